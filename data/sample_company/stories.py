"""What is planted in the company for a reader to find, as `stories.yaml` declares it.

The sample tells most of the stories. `retold` and `left_out` give them all with one changed;
`build` makes the company from what they return.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs
from ruamel.yaml import YAML

from .business_calendar import ZONE
from .tables import Tables, numbered


@dataclass(frozen=True, kw_only=True)
class Story:
    """Something planted; the head of `stories.yaml` says what each entry means."""

    name: str
    whom: str
    since: date
    changes: str
    finds: str
    by: Mapping[str, Any] = field(default_factory=dict)
    told: bool = True
    movable: tuple[str, ...] = ("since",)
    plants: Mapping[str, str] = field(default_factory=dict)
    takes_away: Mapping[str, str] = field(default_factory=dict)

    def on(self, at, since: str = "since") -> np.ndarray:
        """Return whether days or moments lie within the story, or a part that begins apart."""
        first = self.by.get(since, self.since) if self.told else None
        return np.asarray(at, dtype="datetime64[s]") >= np.datetime64(first)

    def days_since(self, days: np.ndarray) -> np.ndarray:
        """Return the number of days since the first one; long before it where it is not told."""
        if not self.told:
            return np.full(len(days), -9999)
        return (days - np.datetime64(self.since)).astype(int)

    def between(self, name: str, at: np.datetime64) -> float:
        """Return a level that moves between dated points; it stays where it was if not told."""
        points = self.by[name]
        day = at.astype("datetime64[D]")
        if not self.told:
            day = min(day, np.datetime64(self.since))
        days = np.array(list(points), dtype="datetime64[D]").astype(int)
        return float(np.interp(day.astype(int), days, list(points.values())))

    def edited(self, tables: Tables) -> Tables:
        """Return finished tables with what the story plants in them, or takes away from them."""
        local = {name: table.with_columns(_CLOCK) for name, table in tables.items()}
        day = pl.lit(self.since).cast(pl.Datetime("us", "UTC"))
        minutes = pl.select(n=pl.int_range(100_000)).with_columns(
            at=(day + pl.duration(minutes="n")).dt.convert_time_zone(ZONE)
        )
        queries, edited = pl.SQLContext(local, minutes=minutes, eager=True), {}
        known = {"whom": self.whom, "since": self.since, **self.by}
        for name, query in (self.plants if self.told else self.takes_away).items():
            name = name.format(**known)
            schema = tables[name].schema if name in tables else {}
            rows = queries.execute(query.format(**known, key=next(iter(schema), "")))
            if schema:
                edited[name] = numbered(name, rows.select(list(schema)).cast(dict(schema)))
                rows = edited[name].with_columns(_CLOCK)
            queries.register(name, rows)
        return tables | edited


_CLOCK = cs.datetime().dt.convert_time_zone(ZONE)
_DECLARED = YAML(typ="safe", pure=True).load(Path(__file__).with_name("stories.yaml"))
Stories = Mapping[str, Story]
STORIES: Stories = {name: Story(name=name, **declared) for name, declared in _DECLARED.items()}


def _named(name: str) -> Story:
    if name not in STORIES:
        near = difflib.get_close_matches(name, STORIES, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"There is no story {name!r}.{hint} Stories: {', '.join(STORIES)}.")
    return STORIES[name]


def left_out(name: str) -> Stories:
    """Return the stories with one of them not told."""
    return {**STORIES, name: replace(_named(name), told=False)}


def retold(name: str, **changes: Any) -> Stories:
    """Return the stories with one of them told, in another way where something is changed.

    `changes` are amounts of `by`, or `whom` and `since` where the story may be moved.
    """
    story = _named(name)
    known = [*story.movable, *story.by]
    unknown = sorted(set(changes) - set(known))
    if unknown:
        raise ValueError(f"Story {name!r} has no {unknown}. It has: {', '.join(known) or 'none'}.")
    own = {key: changes.pop(key) for key in story.movable if key in changes}
    return {**STORIES, name: replace(story, told=True, by={**story.by, **changes}, **own)}


def apply_edits(tables: Tables, stories: Stories) -> Tables:
    """Return finished tables with what the stories plant in them, or take away again."""
    for story in stories.values():
        if story.plants if story.told else story.takes_away:
            tables = story.edited(tables)
    return tables
