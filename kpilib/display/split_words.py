"""The words of a change that is split over groups: its parts, its table, its sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kpilib.definitions import Kpi
from kpilib.display.block import Block, notice
from kpilib.display.charts.parts import Part
from kpilib.display.numbers import known
from kpilib.display.words import column_words

if TYPE_CHECKING:
    from kpilib.display.names import Names

MOSTLY = 2  # times as large as the other part
NAMED = 2  # parts that a sentence tells
SIDES = ("before", "after")


class Words:
    """How one split is told to one reader.

    Parameters
    ----------
    page : Names
        Who knows the groups' names, and the reader's language.
    kpi : Kpi
    by : str
    """

    def __init__(self, page: Names, kpi: Kpi, by: str) -> None:
        self.kpi, self.by = kpi, by
        self.label = page.label
        self.say, self.write = page.say, page.formatter

    def part(self, row: dict[str, Any]) -> Part:
        """Return a group as the chart draws it."""
        label = self.label(self.by, row["group"])
        if "mix_effect" not in row:
            return Part(label, row["effect"], said=tuple(self._figure(row[s]) for s in SIDES))
        said = (
            *(self.write.value(row[f"weight_{side}"], "rate") for side in SIDES),
            *(self._figure(row[f"rate_{side}"]) for side in SIDES),
        )
        return Part(label, row["effect"], row["mix_effect"], row["rate_effect"], said)

    def columns(self, *, rate: bool) -> list[str]:
        """Return the names of the table's columns."""
        say = self.say
        first = column_words(self.by, say)
        if not rate:
            return [first, say("Before"), say("After"), say("Change")]
        return [
            first, say("Share before"), say("Share after"), say("Before"), say("After"),
            say("By its share"), say("By its own figure"), say("Together"),
        ]  # fmt: skip

    def sentences(self, found: pd.DataFrame, daily: str) -> list[str]:
        """Name the largest parts, and say whether it is who came or how they behaved."""
        said = []
        parts = self._largest(found)
        if len(parts) > 1:
            said.append(self.say("The largest parts: {parts}.", parts=self.write.listed(parts)))
        elif parts:
            said.append(self.say("The largest part: {parts}.", parts=parts[0]))
        if daily:
            text = self.say("Per day, as the periods differ in days: {change}.", change=daily)
            said.append(text)
        if "mix_effect" in found:
            said.append(self._who_or_how(found["mix_effect"].sum(), found["rate_effect"].sum()))
        return said

    def paradox(self) -> Block:
        """Warn of groups that all went one way while the whole went the other."""
        return notice(
            self.say("Every group went one way, and the whole the other"),
            self.say(
                "It is the shares of the groups that changed (Simpson's paradox): judge the"
                " groups, not the whole."
            ),
        )

    def _largest(self, found: pd.DataFrame) -> list[str]:
        kinds = ("mix_effect", "rate_effect") if "mix_effect" in found else ("effect",)
        parts = [(row[kind], kind, row) for row in found.to_dict("records") for kind in kinds]
        parts.sort(key=lambda part: -abs(part[0]))
        return [self._told(*part) for part in parts[:NAMED] if part[0]]

    def _told(self, effect: float, kind: str, row: dict[str, Any]) -> str:
        prefixes = {"mix_effect": "weight_", "rate_effect": "rate_", "effect": ""}
        before, after = (row[prefixes[kind] + side] for side in SIDES)
        unit = "rate" if kind == "mix_effect" else self.kpi.unit
        slots = {
            "effect": self.write.difference(
                effect, self.kpi.unit, of=(after, before) if kind == "effect" else None
            ),
            "group": self.label(self.by, row["group"]),
            "before": self.write.value(before, unit, against=after),
            "after": self.write.value(after, unit, against=before),
        }
        say = self.say
        if kind == "effect" or not (known(before) and known(after)):
            return say("{group}, {after} against {before} ({effect})", **slots)
        if kind == "mix_effect" and after > before:
            return say("{group}, a larger share, {after} against {before} ({effect})", **slots)
        if kind == "mix_effect":
            return say("{group}, a smaller share, {after} against {before} ({effect})", **slots)
        return say("{group}, its own figure, {after} against {before} ({effect})", **slots)

    def _who_or_how(self, mix: float, rate: float) -> str:
        """Say which counts more: more of some visitors, or visitors who behave otherwise."""
        slots = {
            "mix": self.write.difference(mix, self.kpi.unit),
            "rate": self.write.difference(rate, self.kpi.unit),
        }
        if abs(mix) >= MOSTLY * abs(rate):
            return self.say(
                "Mostly the mix: {mix} because the shares of the groups changed, {rate} because"
                " their own figures did.",
                **slots,
            )
        if abs(rate) >= MOSTLY * abs(mix):
            return self.say(
                "Mostly the groups themselves: {rate} because their own figures changed, {mix}"
                " because their shares did.",
                **slots,
            )
        return self.say(
            "Both count: {mix} because the shares of the groups changed, {rate} because their own"
            " figures did.",
            **slots,
        )

    def _figure(self, value: object) -> str:
        return self.write.value(value, self.kpi.unit)
