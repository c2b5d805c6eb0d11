"""Trainings where the truth is known: intervals of people in teams, and groups that moved apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

import kpilib as kl
from kpilib.methods.effects import by_team, difference_in_means
from tests.trainings import followed

RUNS, SEED, TRAININGS = 1000, 15, 100
MOVES = [  # months before, trend, effect
    (6, 0.0, 0.0), (6, 0.0, 1.0), (6, 0.1, 0.0), (6, 0.3, 0.0), (6, 0.6, 0.0), (3, 0.0, 0.0),
    (3, 0.3, 0.0),
]  # fmt: skip
SIZES = np.tile([2, 3, 3, 4, 5, 6, 8, 10, 15, 24], 2)
DESIGNS = {
    "20 whole teams of 8": (np.full(20, 8), "whole"),
    "20 whole teams of 2 to 24": (SIZES, "whole"),
    "20 mixed teams of 8": (np.full(20, 8), "mixed"),
    "20 mixed teams of 2 to 24": (SIZES, "mixed"),
    "10 whole teams of 8": (np.full(10, 8), "whole"),
    "10 mixed teams of 8": (np.full(10, 8), "mixed"),
}


def teams() -> pd.DataFrame:
    """Intervals of an effect that hold the truth, where people of one team are alike.

    Percent of runs, at 95 by design. `icc` is the intra-team correlation; by people is Welch's
    interval, which takes everybody as independent. Half the teams, or half of each, are trained.
    """
    draw, lines = np.random.default_rng(SEED), []
    for name, (sizes, kind) in DESIGNS.items():
        own = np.repeat(np.arange(len(sizes)), sizes)
        first = own % 2 == 0 if kind == "whole" else np.arange(len(own)) % 2 == 0
        groups = [own[first], own[~first]]
        for icc in (0.0, 0.1, 0.33):
            held = np.zeros(2)
            for _ in range(RUNS):
                values = np.sqrt(icc) * draw.normal(size=len(sizes))[own]
                values += np.sqrt(1 - icc) * draw.normal(size=len(own))
                arms = [values[first], values[~first]]
                found = (by_team(arms, groups), difference_in_means(*arms))
                held += [each.interval[0] <= 0 <= each.interval[1] for each in found]
            team, people = (round(100 * each / RUNS, 1) for each in held)
            lines.append({"design": name, "icc": icc, "by team": team, "by people": people})
    return pd.DataFrame(lines)


def moved(draw: np.random.Generator, trend: float, effect: float, before: int) -> pd.DataFrame:
    """Return what the kit says of trainings of 20 people a side with a trend and an effect."""
    parts = []
    for number in range(TRAININGS):
        people = {}
        for arm in ("treated", "control"):
            slope = trend if arm == "treated" else 0.0
            for each in range(20):
                path = draw.normal(10, 1) + draw.normal(0, 1, before + 6)
                path += slope * np.arange(before + 6)
                path[before:] += effect if arm == "treated" else 0.0
                people[f"{number}{arm}{each}"] = (arm, path[:before], path[before:])
        parts.append(followed(people, training=f"T{number}"))
    tables = {name: pd.concat([part[name] for part in parts], ignore_index=True)
              for name in parts[0]}  # fmt: skip
    data = kl.open(tables, as_of="2025-08-31")
    return data.evaluate("training_effect_did", "2025-08", by="training_id")


def alike_before() -> pd.DataFrame:
    """Effects said to be more than chance, of groups that moved apart before and of those alike.

    Percent of 100 trainings, 20 people a side, six months after. A trend is in standard deviations
    of a person's month; with it and no effect, whatever is claimed is false. A trend too small to
    be seen in the months before still makes an effect: one that does not outlive the groups' own
    courses is flagged no_baseline and not claimed, which costs some of the effects that are real.
    """
    draw, lines = np.random.default_rng(SEED), []
    for before, trend, effect in MOVES:
        found = moved(draw, trend, effect, before)
        apart, short = (
            found["flags"].map(lambda flags, flag=flag: flag in flags)
            for flag in ("not_parallel", "no_baseline")
        )
        claimed = ((found["ci_low"] > 0) | (found["ci_high"] < 0)) & ~short
        lines.append({
            "months before": before, "trend": trend, "effect": effect,
            "not_parallel": round(100 * apart.mean()), "no_baseline": round(100 * short.mean()),
            "claimed": round(100 * claimed.mean()),
        })  # fmt: skip
    return pd.DataFrame(lines)


SECTIONS = [teams, alike_before]
