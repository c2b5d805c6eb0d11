"""Why a figure moved, and what an action changed: the methods of a page that look for reasons."""

from __future__ import annotations

from typing import Any

from kpilib.definitions import Kpi
from kpilib.display.block import Block, notice, paragraph
from kpilib.display.charts.parts import parts_of_change
from kpilib.display.gallery import Gallery
from kpilib.display.names import Charts
from kpilib.display.numbers import known
from kpilib.display.reading import (
    BASES,
    base_month,
    beyond_chance,
    by_chance,
    moved,
    per_day,
)  # fmt: skip
from kpilib.display.split_words import Words
from kpilib.display.words import column_words
from kpilib.errors import ParameterError
from kpilib.explain import dimensions, refuse_unless_parts_add_up
from kpilib.period import Period
from kpilib.slices import divisible


class Reasons(Gallery):
    """The methods of a page that say why; see `kpilib.display.page.Page` for the rest of it."""

    def why(self, kpi: str, by: str = "channel") -> Block:
        """Show which groups moved a KPI, when it moved by more than chance and its usual moves.

        Parameters
        ----------
        kpi : str
            A total or a rate whose groups add up; see `kpilib.company.Company.explain`.
        by : str
        """
        definition = self.definition(kpi)
        if definition.by is not None:
            raise ParameterError(
                f"{kpi} is always read by {definition.by}. Ask why of the whole it is a part of."
            )
        refuse_unless_parts_add_up(definition)  # every month, not only when it moved
        row = self.row(kpi)
        if row["status"] != "ok" or not known(row["value"]):
            return self.withheld(definition, self.month_rows(kpi))
        label = self.say(definition.label)
        bases = [base for base in BASES if known(row.get(f"delta_{base}"))]
        found = [
            base
            for base in bases
            if row.get(f"news_{base}") is True
            or (beyond_chance(row[f"within_noise_{base}"]) and row.get(f"news_{base}") is None)
        ]
        if not found:
            return paragraph(self._nothing(label, row, bases))
        if not self._divided(definition, by):
            reason = self.say("There is no column {column} to split it by.", column=by)
            return notice(label, reason)
        return self._shown(definition, by, row, found[0])

    def _nothing(self, label: str, row: dict[str, Any], bases: list[str]) -> str:
        """Say why nothing is explained: no change that is news, or none that can be judged."""
        if not bases:
            return self.say(
                "{label}: there is no earlier figure to compare with, so no change to explain.",
                label=label,
            )
        months = [self.formatter.month(base_month(row, base)) for base in bases]
        if len(months) > 1:
            months = [self.say("{one} and {other}", one=months[0], other=months[1])]
        if all(by_chance(row[f"within_noise_{base}"]) for base in bases):
            return self.say(
                "{label}: chance alone could explain the difference from {months}, so there is"
                " nothing to explain.",
                label=label, months=months[0],
            )  # fmt: skip
        if all(row.get(f"news_{base}") is False for base in bases):
            return self.say(
                "{label}: the difference from {months} is no more than it usually moves, so there"
                " is nothing to explain.",
                label=label, months=months[0],
            )  # fmt: skip
        return self.say(
            "{label}: whether the difference from {months} is more than chance and its usual moves"
            " cannot be told, so it is not split.",
            label=label, months=months[0],
        )  # fmt: skip

    def _divided(self, kpi: Kpi, by: str) -> bool:
        """Whether the column of a breakdown is there; a name that no table has is refused."""
        tables = self.company.tables
        known_names = all(
            divisible(self.company.tables, m.table, by) for m in kpi.value.measures().values()
        )
        return not known_names or by in dimensions(tables, kpi)

    def _shown(self, kpi: Kpi, by: str, row: dict[str, Any], base: str) -> Block:
        found = self.company.explain(kpi.id, self.month, by, compare=base)
        self.month_rows(kpi.id, by)  # the groups' figures are on the page: they are kept
        words, other = Words(self, kpi, by), base_month(row, base)
        finding = moved(kpi, row, self.formatter, base=base)
        if "mix_effect" in found and not (found["weight_before"] * found["weight_after"]).any():
            return paragraph(f"{finding}.", self.say(
                "No {group} is there on both sides, so that the change cannot be split.",
                group=column_words(by, self.say).lower(),
            ))  # fmt: skip
        drawn = parts_of_change(
            [words.part(each) for each in found.to_dict("records")],
            ((self.formatter.month(other), row[base]),
             (self.formatter.month(self.month), row["value"])),
            kpi.unit,
            self.formatter,
            title=finding,
            columns=words.columns(rate="mix_effect" in found),
            subtitle=self.say("What made it move, by {group}",
                              group=column_words(by, self.say).lower()),
            key=self.key("why"),
        )  # fmt: skip
        blocks = [drawn, paragraph(*words.sentences(found, per_day(row, base, self.formatter)))]
        if found.attrs["paradox"]:
            blocks.append(words.paradox())
        return Charts(blocks)

    def since_action(self, kpi: str, months: int = 6) -> Block:
        """Say what changed after the last action that the notes tell about a KPI.

        Parameters
        ----------
        kpi : str
        months : int
            How many months before and after, at most.
        """
        definition, say = self.definition(kpi), self.say
        label = say(definition.label)
        actions = [
            note
            for note in self.notes
            if note.kpi == kpi and note.kind == "action" and note.date <= self.month.end_day
        ]
        if not actions:
            return paragraph(say("{label}: no action is noted.", label=label))
        note = actions[-1]
        slots = {
            "label": label,
            "day": self.formatter.day(note.date),
            "action": note.text(self.formatter.lang).rstrip("."),
        }
        elapsed = [n for n in range(1, months + 1)
                   if Period.around(note.date, n)[1].end_day <= self.month.end_day]  # fmt: skip
        if not elapsed:
            return paragraph(
                say("{label}: action of {day} ({action}). It is too early to say.", **slots)
            )
        row = self.company.before_after(kpi, note.date, elapsed[-1]).iloc[0].to_dict()
        if row["status"] != "ok":
            reason = self.formatter.explanation(row)
            return paragraph(
                say("{label}: action of {day} ({action}). {reason}.", reason=reason, **slots)
            )
        return paragraph(*self._before_and_after(definition, row, slots))

    def _before_and_after(self, kpi: Kpi, row: dict[str, Any], slots: dict[str, str]) -> list[str]:
        say, write = self.say, self.formatter
        slots = slots | {
            "months": int(row["months"]),
            "before": write.value(row["before"], kpi.unit, against=row["after"]),
            "after": write.value(row["after"], kpi.unit, against=row["before"]),
            "change": write.change(
                row["delta"],
                row["change"],
                kpi.unit,
                roll_up=kpi.roll_up,
                of=(row["after"], row["before"]),
            ),
        }
        if known(row["change_per_day"]):  # months differ in days
            slots["change"] = say("{change} per day", change=write.relative(row["change_per_day"]))
        said = [
            say("{label}: action of {day} ({action}).", **slots),
            say("Months before and after: {months}. {before}, then {after} ({change}).", **slots),
        ]
        if by_chance(row["within_noise"]):
            said.append(say("Chance alone could explain the difference."))
        elif beyond_chance(row["within_noise"]):
            said.append(say("The difference is more than chance would explain."))
        if row["months"] % 12:
            said.append(say("The months before and after are not of the same season."))
        said.append(say("Other things may have changed at the same time: this is no proof."))
        return said
