"""What a return stands on: how much of the cost was evaluated, and what it is not compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpilib.definitions import Kpi
from kpilib.display.numbers import Formatter, known

BASES = ("year_before", "previous")


def evaluated(kpi: Kpi, row: Mapping[str, Any], formatter: Formatter) -> list[str]:
    """Say how much of the cost of trainings was evaluated, where it was not all of it."""
    details = row.get("details") or {}
    share, say = details.get("evaluated_share"), formatter.say
    if not known(share):
        return []
    said = [
        say(
            "{share} of what trainings cost over twelve months was evaluated.",
            share=formatter.value(share, "rate"),
        )
    ]
    alone = details.get("return_of_evaluated")
    if known(alone):
        said.append(
            say(
                "A training without evidence brings nothing here and keeps its cost; those that"
                " were evaluated come to {value} by themselves.",
                value=formatter.value(alone, kpi.unit),
            )
        )
    return said


def other_subjects(row: Mapping[str, Any], formatter: Formatter) -> list[str]:
    """Say so where a figure is not compared because it was about other trainings then."""
    bases = [base for base in BASES if known(row.get(base))]
    compared = any(known(row.get(f"delta_{base}")) for base in BASES)
    if not bases or compared or not known(row.get("value")):
        return []
    return [formatter.say("Not compared with an earlier figure: that was of other trainings.")]
