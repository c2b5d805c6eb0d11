"""Trainings with a known effect: how often each rung of proof finds it, misses it, invents one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

import kpilib as kl
from tests.trainings import followed
from tests.worked import rows

RUNS, SEED, TEAMS, PEOPLE = 40, 7, 10, 20
BEFORE, AFTER, LAST = 8, 6, "2025-08"
SWING = 0.2  # what a month does to everybody, in standard deviations of a person's month
EFFECTS = {  # by month after the training
    "none": np.zeros(AFTER),
    "constant": np.full(AFTER, 1.0),
    "late": np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0]),
    "fading": np.array([1.2, 0.9, 0.6, 0.3, 0.0, 0.0]),
}
DESIGNS = {  # effect, what everybody gains a month, what the trained alone gain, likeness of teams
    "none": ("none", 0.0, 0.0, 0.0),
    "none, everybody rises": ("none", 0.15, 0.0, 0.0),
    "none, the trained rise": ("none", 0.0, 0.15, 0.0),
    "none, teams alike": ("none", 0.0, 0.0, 0.5),
    "constant": ("constant", 0.0, 0.0, 0.0),
    "constant, teams alike": ("constant", 0.0, 0.0, 0.5),
    "late": ("late", 0.0, 0.0, 0.0),
    "fading": ("fading", 0.0, 0.0, 0.0),
}
RUNGS = {
    "raw change": "business_kpi_change",
    "own trend": "training_effect_trend",
    "control group": "training_effect_did",
}
DOUBTS = {"not_parallel", "no_baseline"}


def _training(draw: np.random.Generator, number: int, design: tuple) -> dict[str, pd.DataFrame]:
    """Draw twenty people an arm in ten teams, month by month; a team moves together after."""
    effect, everybody, trained, alike = design
    months = BEFORE + AFTER
    swing, people, teams = draw.normal(0, SWING, months), {}, {}
    for arm in ("treated", "control"):
        moved = draw.normal(0, alike, TEAMS)
        for rank in range(PEOPLE):
            team = rank % TEAMS
            path = draw.normal(10, 1) + swing + draw.normal(0, 1, months)
            path += (everybody + trained * (arm == "treated")) * np.arange(months)
            path[BEFORE:] += moved[team] + EFFECTS[effect] * (arm == "treated")
            key = f"{number}{arm}{rank}"
            people[key] = (arm, path[:BEFORE], path[BEFORE:])
            teams[key] = f"{number}{arm}{team}"
    return followed(people, training=f"T{number}", teams=teams)


@cache
def _found(name: str) -> pd.DataFrame:
    """Return what the kit says of the trainings of a design, drawn once for both sections."""
    draw, design = np.random.default_rng([SEED, *name.encode()]), DESIGNS[name]
    parts = [_training(draw, number, design) for number in range(RUNS)]
    tables = {name: pd.concat([part[name] for part in parts], ignore_index=True)
              for name in parts[0]}  # fmt: skip
    data = kl.open(tables, as_of="2025-08-31")
    return data.evaluate([*RUNGS.values(), "effect_lag"], LAST, by="training_id")


def rungs() -> pd.DataFrame:
    """Effects of trainings that each rung of proof claims, where the truth is known.

    Percent of 40 trainings: 20 people an arm in 10 teams, 8 months before, 6 after, a month moves
    everybody by a fifth of a standard deviation. Claimed is an interval beyond 0; where the truth
    is 0 every claim is false. Held is an interval that holds the true mean of the six months. A
    control group that is flagged not_parallel or no_baseline claims nothing: it is doubted.
    """
    lines = []
    for name, design in DESIGNS.items():
        lines += list(_judged(name, float(EFFECTS[design[0]].mean()), _found(name)))
    return pd.DataFrame(lines)


def _judged(name: str, truth: float, rows: pd.DataFrame) -> Iterator[dict]:
    for rung, kpi in RUNGS.items():
        own = rows[rows["kpi"] == kpi]
        sure = ~own["flags"].map(lambda flags: bool(DOUBTS & set(flags))) & own["ci_low"].notna()
        claims = sure & ((own["ci_low"] > 0) | (own["ci_high"] < 0))
        held = (own["ci_low"] <= truth) & (own["ci_high"] >= truth)
        yield {
            "training": name, "truth": round(truth, 2), "rung": rung,
            "mean": round(float(own["value"].mean()), 2),
            "claimed": round(100 * float(claims.mean())),
            "held": round(100 * float(held[sure].mean())) if sure.any() else "",
            "doubted": round(100 * float((~sure).mean())),
        }  # fmt: skip


def lags() -> pd.DataFrame:
    """When an effect is said to show, where it began in the first or in the fourth month.

    The same trainings. The first of two months in a row beyond chance: percent of trainings where
    there is one, and the month that half of those name at the latest.
    """
    lines = []
    for name in DESIGNS:
        rows = _found(name)
        months = rows.loc[rows["kpi"] == "effect_lag", "value"]
        lines.append({
            "training": name, "found": round(100 * float(months.notna().mean())),
            "middle": float(months.median()) if months.notna().any() else "",
        })  # fmt: skip
    return pd.DataFrame(lines)


WAVES, LONG, EACH = (4, 7, 10), 14, 12  # months in which a session begins; people of each


def staggered() -> pd.DataFrame:
    """Courses without control group: what sessions that begin at several times say of each other.

    Percent of 40 courses of three sessions: 12 people in 4 teams each, trained after 4, 7 and 10 of
    14 months, which a fifth of a standard deviation moves. The truth is the mean effect over the
    months of people trained while others wait. One effect is what fixed effects tell that take one
    effect for all: there the early sessions are controls of the late ones, and an effect that grows
    is told too small, one that fades too large. The kit takes an effect a session and month.
    """
    lines = []
    for name in ("none", "none, everybody rises", "constant", "late", "fading"):
        draw, design = np.random.default_rng([SEED, *name.encode()]), DESIGNS[name]
        parts = [_course(draw, number, design) for number in range(RUNS)]
        tables = {each: pd.concat([part[each] for part in parts], ignore_index=True)
                  for each in parts[0]}  # fmt: skip
        data = kl.open(tables, as_of="2025-02-28")
        found = data.evaluate(RUNGS["control group"], "2025-02", by="title")
        effect, later = EFFECTS[design[0]], [WAVES[-1] - start for start in WAVES]
        truth = float(np.mean(np.concatenate([_held(effect, months) for months in later])))
        sure = found["ci_low"].notna()
        claims = sure & ((found["ci_low"] > 0) | (found["ci_high"] < 0))
        held = (found["ci_low"] <= truth) & (found["ci_high"] >= truth)
        lines.append({
            "course": name, "truth": round(truth, 2), "one effect": round(_one_effect(tables), 2),
            "mean": round(float(found["value"].mean()), 2),
            "claimed": round(100 * float(claims.mean())),
            "held": round(100 * float(held[sure].mean())),
        })  # fmt: skip
    return pd.DataFrame(lines)


def _one_effect(tables: dict[str, pd.DataFrame]) -> float:
    measured = tables["kpi_measurements"].merge(tables["trainings"], on="training_id")
    measured = measured.assign(trained=measured["phase"].eq("after").astype(float))
    found = [
        kl.fixed_effects(own, "value", "trained", unit="subject_key", time="period_end")
        for _, own in measured.groupby("title")
    ]
    return float(pd.concat(found)["value"].mean())


def _held(effect: np.ndarray, months: int) -> np.ndarray:
    """Return an effect over so many months: its last month lasts."""
    return np.concatenate([effect, np.full(max(months - len(effect), 0), effect[-1])])[:months]


def _course(draw: np.random.Generator, number: int, design: tuple) -> dict[str, pd.DataFrame]:
    effect, everybody, _, _ = design
    swing, measured, people, sessions = draw.normal(0, SWING, LONG), [], [], []
    ends = pd.date_range("2024-01-31", periods=LONG, freq="ME")
    for wave, start in enumerate(WAVES):
        training = f"T{number}w{wave}"
        sessions.append((training, f"Course {number}", ends[start] - pd.offsets.MonthBegin(1)))
        for rank in range(EACH):
            key = f"{training}p{rank}"
            path = draw.normal(10, 1) + swing + draw.normal(0, 1, LONG)
            path += everybody * np.arange(LONG)
            path[start:] += _held(EFFECTS[effect], LONG - start)
            people.append((training, key, "treated", f"{training}t{rank % 4}"))
            measured += [
                (training, key, "sales", "after" if month >= start else "before", value,
                 ends[month] - pd.offsets.MonthBegin(1), ends[month])
                for month, value in enumerate(path)
            ]  # fmt: skip
    return {
        "trainings": rows("training_id title started_at", *sessions),
        "training_participants": rows("training_id person_key arm team", *people),
        "kpi_measurements": rows(
            "training_id subject_key kpi_id phase value period_start period_end", *measured
        ),
    }


SECTIONS = [rungs, lags, staggered]
