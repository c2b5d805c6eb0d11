"""What goes with time in flow, as a reader reads it: a row a driver, for everybody and by group."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.display.numbers import reader
from kpilib.show.findings import capital
from kpilib.show.sentences import group_name
from kpilib.show.telling import Told, with_interval

DRIVER = "dimension"  # whose labels drivers have
ONE_DECIMAL = "rank"  # a number as it stands, as a page has it
TOGETHER_WORDS = {
    "clear": "beyond chance",
    "none": "may be chance",
    "few": "all answered alike",
}
DRIVER_WORDS = {
    "driver": "Goes with time in flow",
    "group": "Among",
    "correlation": "Correlation, from -1 to 1",
    "state": "What is known",
    "people": "People",
}


def _driver(row: dict[str, Any]) -> str:
    return capital(group_name(DRIVER, row["driver"]))


def _among(row: dict[str, Any]) -> str:
    everybody = pd.isna(row["group"])
    return reader().say("everybody") if everybody else group_name(row["by"], row["group"])


def _correlation(row: dict[str, Any]) -> str:
    return with_interval(reader().value(row["correlation"], ONE_DECIMAL), row, ONE_DECIMAL)


def _first(frame: pd.DataFrame) -> str:
    """Say what goes with flow beyond chance: over everybody, and the first group of its own."""
    write = reader()
    if frame.empty:
        return ""
    clear = frame[frame["state"].eq("clear")]
    alone = clear["group"].notna() & ~clear["driver"].isin(clear["driver"][clear["group"].isna()])
    shown = pd.concat([clear[clear["group"].isna()].head(1), clear[alone].head(1)])
    told = [
        _driver(row) if pd.isna(row["group"]) else f"{_driver(row)} ({_among(row)})"
        for row in shown.to_dict("records")
    ]
    if not told:
        return write.say("Flow goes with nothing beyond chance")
    return write.say("Flow goes with: {drivers}", drivers=", ".join(told))


DRIVERS = Told(
    frozenset({"driver", "correlation", "p_holm", "state"}),
    _first,
    DRIVER_WORDS,
    {
        "driver": _driver,
        "group": _among,
        "people": "count",
        "correlation": _correlation,
        "state": TOGETHER_WORDS,
    },
    always=frozenset({"group"}),
)
