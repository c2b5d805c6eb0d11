"""The few generators that the company is drawn with, and the arrays of columns that they fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from .business_calendar import DAYS, HOUR_DEMAND, MIDNIGHT_AFTER, weekday

PHRASE = "sixty people who train others, from september to october"
NEVER = np.datetime64("NaT")
Columns = dict[str, np.ndarray]


def generator(domain: str) -> np.random.Generator:
    """Return the random generator of a domain, all of them from one readable phrase.

    Each domain has its own stream: a change in one leaves the tables of the others as they were.
    """
    return np.random.default_rng([*PHRASE.encode(), 0, *domain.encode()])


def pick(rng: np.random.Generator, shares: Mapping | Iterable, size: int | None = None):
    """Draw labels by their shares; shares without labels draw the places 0, 1, 2, ..."""
    labels = np.array(list(shares), dtype=object) if isinstance(shares, Mapping) else None
    chances = list(shares.values()) if isinstance(shares, Mapping) else shares
    place = rng.choice(len(chances), size=size, p=np.array(chances) / sum(chances))
    return place if labels is None else labels[place]


def one_of(rng: np.random.Generator, choices: tuple):
    """Draw one of equally likely choices."""
    return choices[int(rng.integers(0, len(choices)))]


def mark(
    rng: np.random.Generator, mean: float, spread: float, scale: tuple[int, int] = (1, 5)
) -> float:
    """Draw an answer on a scale of whole numbers."""
    return float(np.clip(np.rint(rng.normal(mean, spread)), *scale))


def moments(rng: np.random.Generator, days: np.ndarray, profile: str = "business") -> np.ndarray:
    """Draw a local time of day for each day."""
    second = rng.integers(0, 3600, len(days))
    draw = rng.random(len(days))
    hour = np.empty(len(days), dtype=int)
    weekend = weekday(days) >= 5
    quiet = "weekend" if profile == "business" else profile
    for name, chosen in ((profile, ~weekend), (quiet, weekend)):
        share = np.cumsum(HOUR_DEMAND[name]) / np.sum(HOUR_DEMAND[name])
        hour[chosen] = np.searchsorted(share, draw[chosen], side="right")
    return days.astype("datetime64[s]") + (hour * 3600 + second).astype("timedelta64[s]")


def moment(rng: np.random.Generator, day: np.datetime64) -> np.datetime64:
    """Draw a local time of one day."""
    return moments(rng, np.array([day]))[0]


def arrivals(rng: np.random.Generator, a_day: np.ndarray, profile: str = "business") -> np.ndarray:
    """Draw moments of the period, as many a day as are expected on it."""
    return moments(rng, np.repeat(DAYS, rng.poisson(a_day)), profile)


def looked_up(table: Mapping, keys: Iterable) -> np.ndarray:
    """Return what the table says of each key."""
    return np.array([table[key] for key in keys])


def seconds(values: np.ndarray) -> np.ndarray:
    """Return durations in whole seconds, at least one."""
    return np.maximum(values, 1).astype("timedelta64[s]")


def happened(condition: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the moments where something happened, within the period."""
    return np.where(condition & (at < MIDNIGHT_AFTER), at, NEVER)


def stack(blocks: list[Columns]) -> Columns:
    """Return columns one block after the other."""
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def chosen(columns: Columns, rows: np.ndarray) -> Columns:
    """Return some rows of the columns, by mask or by place."""
    return {name: values[rows] for name, values in columns.items()}


def in_order(columns: Columns, by: str) -> Columns:
    """Return the columns in the order of one of them; equals stay as they were."""
    return chosen(columns, np.argsort(columns[by], kind="stable"))
