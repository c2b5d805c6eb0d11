"""The sentences and tables of a page: what moved, the figures by group, how they mislead."""

from __future__ import annotations

import pandas as pd

from kpilib.definitions import Kpi
from kpilib.display import css
from kpilib.display.block import Block, name, text
from kpilib.display.followed import BESIDE_WORDS, Followed
from kpilib.display.ranking import standing
from kpilib.display.reading import sentence
from kpilib.display.reasons import Reasons
from kpilib.display.table import table
from kpilib.display.voice import Voice
from kpilib.display.words import column_words


class Prose(Followed, Voice, Reasons):
    """The methods of a page that show words and tables."""

    kpis: dict[str, Kpi]

    def reading(self, *kpis: str, base: str = "year_before") -> Block:
        """Say in sentences how KPIs moved, and with what care to read them.

        Parameters
        ----------
        *kpis : str
        base : str
            ``year_before`` or ``previous``.
        """
        said = [
            sentence(self.definition(each), self.row(each), self.formatter, base=base)
            for each in kpis
        ]
        if len(said) == 1:
            return Block(f'{css.sheet()}<div class="kl"><p>{text(said[0])}</p></div>')
        items = "".join(f"<li>{text(each)}</li>" for each in said)
        return Block(f'{css.sheet()}<div class="kl"><ul>{items}</ul></div>')

    def table(self, kpi: str, by: str | None = None) -> Block:
        """Show the figures of a KPI, by group when asked, as a table."""
        definition, say = self.definition(kpi), self.say
        by = by or definition.by
        lines = [
            {
                column_words(by, say) if by else say("KPI"): self._named(definition, by, row),
                say("Value"): self.formatter.row_value(row),
                say("95 % interval"): self.formatter.interval(
                    row["ci_low"], row["ci_high"], row["unit"]
                ),
                say("Base"): self.formatter.base(row),
            }
            for row in self.month_rows(kpi, by if by != definition.by else None).to_dict("records")
        ]
        frame = pd.DataFrame(lines)
        formats = dict.fromkeys(list(frame.columns)[1:], str)
        return table(frame, say, caption=self._about(definition), formats=formats)

    def beside(self, kpi: str, *details: str, by: str = "", months: int = 1) -> Block:
        """Show, group by group, a KPI and the figures that are read with it; all, without names.

        Parameters
        ----------
        kpi : str
        *details : str
            Names in its ``details``, such as ``"attributed"``.
        by : str
            By default the KPI's own breakdown.
        months : int
            Over how many months together.
        """
        if not details:
            return super().beside(kpi)
        definition, say = self.definition(kpi), self.say
        by = by or definition.by or "channel"
        rows = self.rows_over(months, kpi, by)
        told = rows[rows["details"].map(lambda known: any(name in known for name in details))]
        if told.empty:
            return self.withheld(definition, rows)
        lines = [
            {
                column_words(by, say): self.label(by, row[by]),
                **{
                    say(BESIDE_WORDS[each]): self._with_bounds(row["details"], each)
                    for each in details
                },
                say("Value"): self.formatter.value(row["value"], row["unit"]),
            }
            for row in sorted(told.to_dict("records"), key=lambda row: standing(row, definition))
        ]
        frame = pd.DataFrame(lines)
        formats = dict.fromkeys(list(frame.columns)[1:], str)
        span = self.formatter.month(told["period"].iloc[0])
        caption = say("{label}, {month}", label=say(definition.label), month=span)
        shown = table(frame, say, caption=caption, formats=formats)
        return Block(shown.html + self._withheld_groups(told, by))

    def _withheld_groups(self, rows: pd.DataFrame, by: str) -> str:
        """Say of which groups there is no figure, and why."""
        reasons: dict[str, list[str]] = {}
        for row in rows[rows["value"].isna()].to_dict("records"):
            reasons.setdefault(self.formatter.explanation(row), []).append(self.label(by, row[by]))
        said = (
            self.formatter.pair(self.formatter.listed(names), reason) + "."
            for reason, names in reasons.items()
        )
        body = " ".join(map(text, said))
        return f'<div class="kl"><p class="kl-quiet">{body}</p></div>' if body else ""

    def _named(self, kpi: Kpi, by: str | None, row: dict) -> str:
        """Name a row: its group, and for a training what was measured."""
        if by is None:
            return self.say(kpi.label)
        label = self.label(by, row[by])
        if kpi.unit == "target" and by == "training_id":
            return f"{label} ({self._target_name(row[by])})"
        return label

    def _about(self, kpi: Kpi) -> str:
        return self.say(
            "{label}, {month}", label=self.say(kpi.label), month=self.formatter.month(self.month)
        )

    def limits(self, *kpis: str) -> Block:
        """Say how the figures of the page may mislead: the caveat of each KPI, and its formula."""
        say = self.say
        chosen = [self.definition(each) for each in kpis] or list(self.kpis.values())
        items = "".join(
            f"<li><strong>{name(say(each.label))}</strong>. {text(say(each.caveat))} "
            f'<span class="kl-quiet">{text(say("Formula: {formula}.", formula=say(each.formula)))}'
            "</span></li>"
            for each in chosen
        )
        census = say(
            "A complete month of logs is a census of that month. The interval answers another"
            " question: could the change be chance, if the same process ran again?"
        )
        return Block(f'{css.sheet()}<div class="kl"><p>{text(census)}</p><ul>{items}</ul></div>')
