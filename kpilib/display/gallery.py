"""The charts of a page: from the name of a KPI to a picture, or to the reason why there is none."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.definitions import Kpi
from kpilib.display.block import Block, notice
from kpilib.display.charts.bars import bars_with_intervals
from kpilib.display.charts.dots import dot_interval
from kpilib.display.charts.funnel import funnel
from kpilib.display.charts.heatmap import heatmap
from kpilib.display.charts.movements import movement_bars
from kpilib.display.charts.multiples import Panel, small_multiples
from kpilib.display.charts.scatter import scatter
from kpilib.display.charts.shares import stacked_share
from kpilib.display.charts.split import split
from kpilib.display.charts.trend import trend
from kpilib.display.charts.triple import triple_lines
from kpilib.display.hours import by_hour, five_times, week
from kpilib.display.names import any_known
from kpilib.display.numbers import known
from kpilib.display.reading import group_finding
from kpilib.display.rows import by_month, month_of, months_shown, shown
from kpilib.display.status import flags_of
from kpilib.display.studies import Studies
from kpilib.display.words import column_words, group_words
from kpilib.journey import journey

MONTHS = 13
# Units whose groups add up: no group is compared with all.
COUNTED = ("count", "people", "EUR", "acts")
USUAL_OPEN_RATE = (0.10, 0.30)  # quoted by the source article, from before mail proxies
RULE_OF_THUMB = {"creators": 0.01, "actives": 0.09, "spectators": 0.90}


class Gallery(Studies):
    """The chart methods of a page; see `kpilib.display.page.Page` for the rest of it."""

    month: Any
    notes: list
    figures: Any

    # Over time -----------------------------------------------------------------------------

    def trend(self, kpi: str, months: int = MONTHS) -> Block:
        """Show how a KPI evolved, last year behind it, target and notes on it.

        Parameters
        ----------
        kpi : str
        months : int
            Months of the main line.
        """
        definition = self.definition(kpi)
        rows = self.series(kpi, months + 12)
        if not any_known(rows.tail(months)):
            return self.withheld(definition, rows)
        goal = self.key_result(kpi)
        last = self.row(kpi)
        return trend(
            rows,
            definition,
            self.formatter,
            months=months,
            target=goal.whole(goal.target) if goal else None,
            notes=[
                (note.date, note.text(self.formatter.lang))
                for note in self.notes
                if note.kpi in ("", kpi) and note.date <= self.month.end_day
            ],
            title=self.finding(definition, last),
            key=self.key("trend"),
        )

    def small_multiples(self, *kpis: str, by: str = "", months: int = MONTHS) -> Block:
        """Show several KPIs, or the groups of one, side by side.

        Parameters
        ----------
        *kpis : str
        by : str
            With one KPI: the breakdown; each group becomes a panel.
        months : int
        """
        formatter = self.formatter
        if by:
            definition = self.definition(kpis[0])
            rows = self.series(kpis[0], months + 12, by=by)
            panels = [
                Panel(self.label(by, group), part, definition.unit)
                for group, part in rows.groupby(by, dropna=False, sort=True)
                if not part["status"].eq("no_data").all()
            ]
            title = self.say(definition.question)
        else:
            panels = [
                Panel(self.say(self.definition(each).label), self.series(each, months + 12),
                      self.definition(each).unit)
                for each in kpis
            ]  # fmt: skip
            title = self.say("How do they move together?")
        if not any(any_known(panel.rows) for panel in panels):
            return self.withheld(self.definition(kpis[0]), panels[0].rows if panels else None)
        return small_multiples(
            panels, formatter, title=title, months=months, same_scale=bool(by),
            key=self.key("multiples"),
        )  # fmt: skip

    def shares(self, kpi: str, by: str = "", months: int = MONTHS) -> Block:
        """Show each month as 100 %, cut by group."""
        definition = self.definition(kpi)
        by = by or definition.by or "channel"
        rows = self.series(kpi, months, by=by)
        if not any_known(rows):
            return self.withheld(definition, rows)
        return stacked_share(
            self.named(rows, by), definition, self.formatter, by=by, months=months,
            key=self.key("shares"),
        )  # fmt: skip

    def movements(self, kpi: str, months: int = MONTHS) -> Block:
        """Show entries and exits month by month, and the stock at both ends.

        The title says the change between these two ends, not that of another span.
        """
        definition = self.definition(kpi)
        rows = self.series(kpi, months)
        found = [
            {"period": row["period"], "closing": row["value"], **row["details"]}
            for row in shown(rows).to_dict("records")
            if row["status"] == "ok" and {"opening", "entries", "exits"} <= set(row["details"])
        ]
        if not found:
            return self.withheld(definition, rows)
        start, end = found[0]["opening"], found[-1]["closing"]
        title = self.say(
            "{label}: {change} from the start of {first} to the end of {last}",
            label=self.say(definition.label),
            change=self.formatter.difference(end - start, definition.unit, of=(end, start)),
            first=self.formatter.month(found[0]["period"]),
            last=self.formatter.month(found[-1]["period"]),
        )
        return movement_bars(
            pd.DataFrame(found), self.formatter, title=title, key=self.key("movements")
        )

    def open_rates(self, months: int = MONTHS) -> Block:
        """Show the recorded, the measurable and the certain open rate, with the doubt between."""
        raw, sure = (self.series(each, months) for each in ("open_rate", "open_rate_trackable"))
        if not (any_known(raw) or any_known(sure)):
            return self.withheld(self.definition("open_rate_trackable"), sure)
        recorded, measured = by_month(raw), by_month(sure)
        # A bound says nothing where no open can be told from those of machines.
        bounded = {month: row for month, row in measured.items() if pd.notna(row["value"])}
        lines = [
            {
                "period": month_of(month).name,
                "raw": recorded.get(month, {}).get("value"),
                "trackable": measured.get(month, {}).get("value"),
                "lower": (bounded.get(month, {}).get("details") or {}).get("lower_bound"),
            }
            for month in months_shown(recorded | measured, months)
        ]
        frame = pd.DataFrame(lines)
        frame[["raw", "trackable", "lower"]] = frame[["raw", "trackable", "lower"]].astype(float)
        definition = self.definition("open_rate_trackable")
        return triple_lines(
            frame,
            self.formatter,
            title=self.finding(definition, self.row("open_rate_trackable")),
            subtitle=self.say("Three open rates, by month of sending"),
            expected=USUAL_OPEN_RATE,
            key=self.key("opens"),
        )

    # Between groups ------------------------------------------------------------------------

    def bars(self, kpi: str, by: str = "", months: int = 1) -> Block:
        """Show the groups of a KPI with their intervals, and which differ from the whole.

        Parameters
        ----------
        kpi : str
        by : str
        months : int
            Over how many months together, for events too rare to be told apart in one.
        """
        return self._compare(bars_with_intervals, "bars", kpi, by, months)

    def dots(self, kpi: str, by: str = "", months: int = 1) -> Block:
        """Show a score that may be negative by group, with intervals; small groups stay hidden."""
        return self._compare(dot_interval, "dots", kpi, by, months)

    def _compare(self, draw: Any, kind: str, kpi: str, by: str, months: int) -> Block:
        definition = self.definition(kpi)
        by = by or definition.by or "channel"
        rows = self.rows_over(months, kpi, by)
        if not any_known(rows):
            return self.withheld(definition, rows)
        if definition.unit == "target":  # each training has its own unit: no common axis
            return self.table(kpi, by)
        empty = rows["status"].isin(["no_data", "no_denominator"])
        note = self._not_drawn(rows[empty], by)
        rows = self.named(rows[~empty], by)
        whole = None
        if definition.by is None and definition.unit not in COUNTED:
            whole = self.rows_over(months, kpi).to_dict("records")[0]
        finding = group_finding(definition, rows, by, whole, self.formatter)
        return draw(
            rows, definition, self.formatter, by=by, overall=whole, title=finding,
            note=note, key=self.key(kind),
        )  # fmt: skip

    def _not_drawn(self, rows: pd.DataFrame, by: str) -> str:
        """Say which groups have no bar: those that have cases, and nothing to divide them by."""
        lone = rows["numerator"].fillna(0) > 0
        notes = []
        if lone.any():
            names = ", ".join(self.label(by, group) for group in rows.loc[lone, by])
            notes.append(self.say("Not drawn, with nothing to divide by: {groups}.", groups=names))
        if not lone.all():
            count = int((~lone).sum())
            notes.append(self.say("Groups without any case, not drawn: {count}.", count=count))
        return " ".join(notes)

    def heatmap(self, kpi: str, by: str = "channel", months: int = 6) -> Block:
        """Show a grid: groups by months, or hours by days of the week with ``by="hour"``."""
        definition = self.definition(kpi)
        label = self.say(definition.label)
        if by == "hour":
            return self._week(definition)
        rows = self.named(self.series(kpi, months, by=by), by)
        if not any_known(rows):
            return self.withheld(definition, rows)
        periods = list(dict.fromkeys(rows["period"]))
        grid = rows.assign(_group=rows[by].map(lambda group: group_words(group, self.say)))
        cells = grid.pivot_table(
            index="_group", columns="period", values="value", aggfunc="first", dropna=False
        ).reindex(columns=periods)
        unknown = group_words(None, self.say)
        ranked = cells.iloc[:, -1].sort_values(ascending=False, kind="stable").index
        cells = cells.loc[sorted(ranked, key=lambda group: group == unknown)]
        names = [self.formatter.month_short(period) for period in periods]
        reasons = {
            (row["_group"], self.formatter.month_short(row["period"])): self.formatter.reason(row)
            for row in grid.to_dict("records")
            if not known(row["value"])
        }
        few = {
            (row["_group"], self.formatter.month_short(row["period"]))
            for row in grid.to_dict("records")
            if "low_n" in flags_of(row) and known(row["value"]) and definition.unit not in COUNTED
        }
        cells.columns = names
        return heatmap(
            cells.rename_axis(index=None), definition.unit, self.formatter,
            title=self.say("{label}, by month and {group}", label=label,
                           group=column_words(by, self.say).lower()),
            reasons=reasons, few=few, key=self.key("heatmap"),
        )  # fmt: skip

    def _week(self, definition: Kpi) -> Block:
        """Show the hours and days of the week of a KPI, figures of the engine each."""
        rows, label = by_hour(self.company, definition, self.month), self.say(definition.label)
        if not any_known(rows):
            return self.withheld(definition, rows)
        self.figures.add(rows)
        cells, often = week(rows, self.formatter), five_times(rows, self.formatter)
        note = ""
        if often and definition.unit in COUNTED:
            note = self.say("Days that come five times in the month: {days}.",
                            days=", ".join(often))  # fmt: skip
        places = [
            (cells.index[row["hour"]], cells.columns[row["weekday"] - 1], row)
            for row in rows.to_dict("records")
        ]
        return heatmap(
            cells, definition.unit, self.formatter, key=self.key("hours"),
            title=self.say("{label}: when in the week?", label=label),
            subtitle=self.say("{label}, {month}, by day and hour", label=label,
                              month=self.formatter.month(self.month)),
            note=note,
            reasons={(hour, day): self.formatter.reason(row) for hour, day, row in places
                     if not known(row["value"])},
            few={(hour, day) for hour, day, row in places
                 if "low_n" in flags_of(row) and known(row["value"])
                 and definition.unit not in COUNTED},
        )  # fmt: skip

    def scatter(self, kpi: str = "engagement_rate_impressions", by: str = "post_id") -> Block:
        """Show each post: how often it was seen, and how often people reacted."""
        definition = self.definition(kpi)
        rows = self.company.series(kpi, self.month, 1, by=by)
        if not any_known(rows):
            return self.withheld(definition, rows)
        self.figures.add(rows)
        labels = self._posts() if by == "post_id" else {}
        points = pd.DataFrame(
            {
                "x": rows["denominator"],
                "y": rows["value"],
                "label": [labels.get(group, group_words(group, self.say)) for group in rows[by]],
            }
        )
        whole = self.row(kpi)
        return scatter(
            points,
            self.formatter,
            x_name=self.say("times shown"),
            y_name=self.say(definition.label),
            title=self.say("Is being seen the same as being read?"),
            subtitle=self.say("One dot a post, {month}", month=self.formatter.month(self.month)),
            whole=whole["value"],
            key=self.key("scatter"),
        )

    def participation(self) -> Block:
        """Show how members split into creators, actives and spectators, and the rule of thumb."""
        definition = self.definition("participation_90_9_1")
        rows = self.month_rows("participation_90_9_1")
        if not any_known(rows):
            return self.withheld(definition, rows)
        found = {row["role"]: row["value"] for row in rows.to_dict("records")}
        ours = [(group_words(role, self.say), found.get(role)) for role in RULE_OF_THUMB]
        usual = [(group_words(role, self.say), share) for role, share in RULE_OF_THUMB.items()]
        flags = {flag for row in rows.to_dict("records") for flag in flags_of(row)}
        note = self.say("A description, not a target: it varies by sector and medium.")
        if "approximate" in flags:
            note += " " + self.say("Measured over followers, as members are not known.")
        return split(
            [(self._about(definition), ours), (self.say("Rule of thumb 1, 9, 90"), usual)],
            self.formatter,
            title=self.say(definition.question),
            note=note,
            key=self.key("split"),
        )

    def funnel(self, *kpis: str) -> Block:
        """Show where people drop out: visitors of the month, or the rates of KPIs in order.

        Parameters
        ----------
        *kpis : str
            Without any, one cohort is followed from visit to customer.
        """
        title = self.say("Where do people drop out?")
        if kpis:
            rows = pd.concat([self.month_rows(each) for each in kpis])
            if not any_known(rows):
                return self.withheld(self.definition(kpis[0]), rows)
        else:
            rows = journey(self.company.tables, self.month)
            if rows.empty or not any_known(rows):
                absent = self.say("its data was not provided")
                return notice(title, self.say("n/a: {reason}", reason=absent))
        return funnel(
            rows, self.formatter, title=title,
            subtitle=self.formatter.month(self.month), key=self.key("funnel"),
        )  # fmt: skip
