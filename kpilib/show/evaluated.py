"""What a return stands on: how much of the cost was evaluated, and what it is not compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpilib.display.numbers import known, reader
from kpilib.show.sentences import BASES


def evaluated(row: Mapping[str, Any]) -> list[str]:
    """Say how much of the cost of trainings was evaluated, where it was not all of it."""
    details, write = row.get("details") or {}, reader()
    share, alone = details.get("evaluated_share"), details.get("return_of_evaluated")
    if not known(share):
        return []
    said = [
        write.say(
            "{share} of what trainings cost over twelve months was evaluated",
            share=write.value(share, "rate"),
        )
    ]
    if known(alone):
        said.append(
            write.say(
                "a training without evidence brings nothing here and keeps its cost; those that"
                " were evaluated come to {value} by themselves",
                value=write.value(alone, row["unit"]),
            )
        )
    return said


def other_subjects(row: Mapping[str, Any]) -> list[str]:
    """Say so where a figure is not compared because it was about other trainings then."""
    bases = [base for base in BASES if known(row.get(base))]
    compared = any(known(row.get(f"delta_{base}")) for base in BASES)
    if not bases or compared or not known(row.get("value")):
        return []
    return [reader().say("not compared with an earlier figure: that was of other trainings")]
