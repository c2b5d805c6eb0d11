"""What customers say, as tables and grids: themes, promoters of high value, who moved where."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.display.block import Block, notice
from kpilib.display.charts.heatmap import heatmap
from kpilib.display.gallery import Gallery
from kpilib.display.names import any_known
from kpilib.display.numbers import known
from kpilib.display.table import table
from kpilib.display.words import group_words
from kpilib.intervals import wilson
from kpilib.methods.segments import migration, segmented

MOST_THEMES, FEW = 12, 10
HALF_WORDS = {"high": "Highest quarter of values", "rest": "Other customers"}


class Voice(Gallery):
    """The methods of a page about what customers say and how engaged they are."""

    def themes(self, months: int = 1) -> Block:
        """Show the themes of texts by priority, each with its share of negative ones."""
        definition, say, write = self.definition("complaint_themes"), self.say, self.formatter
        rows = self.rows_over(months, "complaint_themes", "theme")
        if not any_known(rows):
            return self.withheld(definition, rows)
        found = [row for row in rows.to_dict("records") if known(row["value"])]
        graver = any(row["details"]["severity"] != 1 for row in found)
        lines = [
            {
                say("Theme"): group_words(row["theme"], say),
                **({say("Priority"): write.row_value(row)} if graver else {}),
                say("Negative texts"): write.count(row["details"]["negative"]),
                say("Texts with a sentiment"): write.count(row["details"]["judged"]),
                say("Share of negative texts"): self._negative(row["details"]),
            }
            for row in found
        ]
        caption = say("{label}, {month}", label=say(definition.label), month=self._span(months))
        frame = pd.DataFrame(lines)
        return table(
            frame, say, caption=caption, formats=dict.fromkeys(list(frame)[1:], str),
            most_rows=MOST_THEMES,
        )  # fmt: skip

    def _negative(self, details: dict[str, float]) -> str:
        bounds = (details["negative_share_low"], details["negative_share_high"])
        share = self.formatter.value(details["negative_share"], "rate")
        return f"{share} ({self.formatter.interval(*bounds, 'rate')})"

    def _span(self, months: int) -> str:
        first = self.month.trailing(months)[0]
        last = self.formatter.month(self.month)
        return last if months == 1 else f"{self.formatter.month(first)} – {last}"

    def promoters(self) -> Block:
        """Show whether customers of high value recommend more than the others."""
        definition, say = self.definition("high_potential_promoters"), self.say
        row = self.row("high_potential_promoters")
        details = row.get("details") or {}
        if not (known(row["value"]) and "promoter_share_difference" in details):
            return self.withheld(definition, pd.DataFrame([row]))
        names = [
            say("Customers with an answer"), say("Promoters"), say("Others"),
            say("Share of promoters"), say("95 % interval"),
        ]  # fmt: skip
        lines = [(say(HALF_WORDS[half]), *self._half(details, half)) for half in HALF_WORDS]
        caption = say("{label}, {month}", label=say(definition.label), month=self._span(1))
        return table(
            pd.DataFrame(lines, columns=names), say, caption=caption,
            formats=dict.fromkeys(names[1:], str), note=self._difference(details),
        )  # fmt: skip

    def _half(self, details: dict[str, float], half: str) -> tuple[str, ...]:
        write = self.formatter
        promoters, others = details[f"promoters_{half}"], details[f"others_{half}"]
        bounds = wilson(promoters, promoters + others)
        return (
            write.count(promoters), write.count(others),
            write.value(details[f"promoter_share_{half}"], "rate"),
            write.interval(*bounds, "rate"),
        )  # fmt: skip

    def _difference(self, details: dict[str, float]) -> str:
        say, write = self.say, self.formatter
        low, high = (details[f"promoter_share_difference_{end}"] for end in ("low", "high"))
        slots = {
            "difference": write.difference(details["promoter_share_difference"], "rate"),
            "low": write.difference(low, "rate"),
            "high": write.difference(high, "rate"),
        }
        said = [
            say("Difference: {difference} ({low} to {high}), which chance could explain.", **slots)
            if low <= 0 <= high
            else say("Difference: {difference} ({low} to {high}).", **slots)
        ]
        said.append(
            say(
                "High is {threshold} or more; {stale} more promoters answered over a year ago.",
                threshold=write.value(details["threshold"], "EUR"),
                stale=write.count(details["stale"]),
            )
        )
        if known(details.get("rank_correlation_low")):
            said.append(
                say(
                    "Rank correlation of answers with values: {value} ({interval}).",
                    value=write.value(details["rank_correlation"], "ratio"),
                    interval=write.interval(
                        details["rank_correlation_low"], details["rank_correlation_high"], "ratio"
                    ),
                )
            )
        return " ".join(said)

    def migration(self, months: int = 12) -> Block:
        """Show where the customers of each engagement segment are some months later."""
        say, tables = self.say, self.company.tables
        definition = self.definition("engagement_segments")
        then = self.month.trailing(months + 1)[0]
        title = say("Where are the customers of {month} now?", month=self.formatter.month(then))
        if not any_known(self.month_rows("engagement_segments")):
            return self.withheld(definition, self.month_rows("engagement_segments"))
        moved = migration(tables, then, self.month)
        if moved.empty:
            return notice(title, say("n/a: {reason}", reason=say("no data in this period")))
        sizes = segmented(tables, then)["segment"].value_counts()
        rows = {each: self._segment(each, sizes[each]) for each in moved.index}
        columns = {each: group_words(each, say) for each in moved.columns}
        few = {
            (rows[each], column)
            for each in rows
            if sizes[each] < FEW
            for column in columns.values()
        }
        return heatmap(
            moved.rename(index=rows, columns=columns).rename_axis(index=None), "rate",
            self.formatter, title=title, few=few, key=self.key("migration"),
            subtitle=say("Share of each segment, by segment in {month}; lines add up to 100 %",
                         month=self.formatter.month(self.month)),
            note=say("In brackets behind the segment: its customers at the start."),
        )  # fmt: skip

    def _segment(self, segment: str, size: Any) -> str:
        name = group_words(segment, self.say)
        return f"{name} ({self.formatter.count(size)})"
