"""Tables are opened once, lazily, without duplicates; how far they go is known in local days."""

from __future__ import annotations

import math
from datetime import date
from zoneinfo import ZoneInfo

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest

import kpilib as kl
from kpilib.errors import ContractError, UnknownName
from kpilib.tables.read import files, records, settled
from kpilib.tables.store import Extent, Tables
from kpilib.topics.catalogue import catalogue
from tests.sample_figures import SAMPLE
from tests.worked import rows, stack, value

PARIS = ZoneInfo("Europe/Paris")
LEADS = rows(
    "lead_id person_key created_at",
    ("1", "a", "2025-02-10"),
    ("2", "b", "2025-02-11"),
    ("3", "c", "2025-02-12"),
)


def opened(zone=PARIS, **tables):
    return Tables(tables, zone)


class TestNames:
    def test_an_unknown_table_is_refused_with_the_nearest(self):
        with pytest.raises(UnknownName) as caught:
            opened(lead=LEADS)

        assert str(caught.value).startswith(
            "Unknown table 'lead'. Tables are: sessions, web_events"
        )
        assert str(caught.value).endswith(" Did you mean 'leads'?")

    def test_sessions_can_be_had_from_events(self):
        tables = opened(web_events=rows("visitor_id ts event_name"))

        assert "sessions" in tables
        assert "leads" not in tables

    def test_what_a_derived_table_lacks(self):
        tables = opened(sessions=rows("session_id started_at"))

        assert tables.missing("lead_sessions") == ["leads"]
        assert tables.missing("sessions") == []
        assert tables.missing("employee_days") == ["employees", "absences", "work_calendar"]


class TestDuplicates:
    def test_exact_ones_are_dropped_and_counted(self):
        twice = stack(LEADS, LEADS.iloc[[0, 2]])
        tables = opened(leads=twice)

        assert tables.extent("leads") == Extent(3, 2, date(2025, 2, 10), date(2025, 2, 12))

    def test_ten_more_change_no_figure_but_are_said(self):
        leads = stack(LEADS, *[LEADS.iloc[[1]]] * 10)
        row = kl.open({"leads": leads}, as_of="2025-02-28").evaluate("leads", "2025-02")

        assert row.loc[0, "value"] == 3
        assert "excluded_rows" in row.loc[0, "flags"]

    def test_one_key_with_two_values_is_refused(self):
        other = LEADS.iloc[[0]].assign(created_at="2025-02-20")

        with pytest.raises(ContractError) as caught:
            opened(leads=stack(LEADS, other)).frame("leads", {"created_at"})

        assert str(caught.value) == (
            "table leads: 1 row(s) repeat a key (lead_id) with other values. A key names one row: "
            "keep the right one."
        )

    def test_without_key_nothing_can_be_said(self):
        sessions = rows("started_at", ("2025-02-10",), ("2025-02-10",))

        assert value({"sessions": sessions}, "sessions", "2025-02", as_of="2025-02-28") == 2

    def test_a_key_of_several_columns(self):
        days = rows(
            "date account_id followers",
            ("2025-02-10", "a", 5),
            ("2025-02-10", "b", 5),
            ("2025-02-10", "a", 5),
        )

        assert opened(social_daily=days).extent("social_daily").duplicates == 1

    def test_lists_in_a_row_are_no_obstacle(self):
        week = [7.0] * 5 + [0.0] * 2
        staff = rows(
            "employee_id hired_at left_at weekly_hours", *[("e", "2020-01-01", None, week)] * 2
        )

        assert opened(employees=staff).extent("employees").duplicates == 1


class TestExtent:
    @pytest.mark.parametrize(
        ("zone", "last"),
        [("Europe/Paris", date(2025, 7, 1)), ("America/New_York", date(2025, 6, 30))],
    )
    def test_o03_instants_fall_on_local_days(self, zone, last):
        sessions = rows("started_at", ("2025-06-30T22:30:00Z",))

        assert opened(ZoneInfo(zone), sessions=sessions).extent("sessions").last == last

    @pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Pacific/Auckland"])
    def test_a_day_is_the_same_day_everywhere(self, zone):
        costs = rows("incurred_at", ("2025-01-01",), ("2025-01-31",))
        tables = opened(ZoneInfo(zone), costs=costs)

        assert tables.extent("costs") == Extent(2, 0, date(2025, 1, 1), date(2025, 1, 31))

    def test_of_an_empty_table(self):
        assert opened(leads=LEADS.iloc[:0]).extent("leads") == Extent(0, 0, None, None)

    def test_of_a_table_without_its_date(self):
        leads = LEADS[["lead_id", "person_key"]]

        assert opened(leads=leads).extent("leads") == Extent(3, 0, None, None)


class TestLastDay:
    def test_is_the_last_on_which_anything_happened(self):
        tables = opened(
            leads=LEADS,
            sessions=rows("started_at", ("2025-02-20",)),
            employees=rows("hired_at", ("2030-01-01",)),  # an interval, not an event
            trainings=rows("training_id started_at", ("t", "2031-01-01")),  # planned
            work_calendar=rows("date is_public_holiday", ("2032-01-01", True)),
        )

        assert tables.last_day == date(2025, 2, 20)

    def test_of_nothing_is_not_known(self):
        assert opened(leads=LEADS.iloc[:0]).last_day is None


class TestFiles:
    def test_are_found_by_the_name_of_their_table(self, tmp_path):
        for name in ("leads.csv", "sessions.parquet", "README.md", ".hidden.csv"):
            (tmp_path / name).write_text("")

        assert files(tmp_path) == {
            "leads": tmp_path / "leads.csv", "sessions": tmp_path / "sessions.parquet"
        }  # fmt: skip

    def test_every_fault_is_listed(self, tmp_path):
        for name in ("lead.csv", "costs.csv", "costs.parquet", "leads (1).csv"):
            (tmp_path / name).write_text("")

        with pytest.raises(ContractError) as caught:
            files(tmp_path)

        assert caught.value.faults == [
            "costs.parquet: table costs is also in costs.csv. Keep one.",
            "lead.csv: no table is called 'lead'. Did you mean 'leads'? Rename the file after its "
            "table, or move it elsewhere.",
            "leads (1).csv: no table is called 'leads (1)'. Did you mean 'leads'? Rename the file "
            "after its table, or move it elsewhere.",
        ]


class TestSummed:
    def test_sums_and_single_rows_in_one_table_are_refused(self):
        mixed = rows(
            "started_at is_aggregate sessions", ("2025-02-10", True, 9), ("2025-02-11", False, 1)
        )

        with pytest.raises(ContractError) as caught:
            kl.open({"sessions": mixed}).evaluate("sessions", "2025-02")

        assert str(caught.value) == (
            "table sessions: is_aggregate is true in 1 row(s) and not in 1. A table holds single "
            "rows or sums: part them."
        )

    def test_written_marks_are_understood(self, tmp_path):
        path = tmp_path / "sessions.csv"
        path.write_text("started_at,is_aggregate,sessions\n2025-02-10,true,9\n2025-02-11,true,1\n")

        assert value({"sessions": path}, "sessions", "2025-02", as_of="2025-02-28") == 10


class TestCurrency:
    COSTS = rows(
        "scope_kind amount_ht incurred_at currency",
        ("training", 10.0, "2025-02-10", "EUR"),
        ("training", 10.0, "2025-02-10", "USD"),
    )

    def test_two_are_never_added(self):
        with pytest.raises(ContractError) as caught:
            kl.open({"costs": self.COSTS.assign(cost_kind="venue")}).evaluate(
                "training_cost", "2025-02"
            )

        assert str(caught.value) == (
            "table costs: column currency, 1 row(s), the first in row 3: the value is not EUR: "
            "convert the amounts, two currencies are never added."
        )

    def test_the_companys_own_is_accepted(self):
        costs = self.COSTS.iloc[[1]].assign(cost_kind="venue")

        assert (
            value({"costs": costs}, "training_cost", "2025-02", currency="USD", as_of="2025-02-28")
            == 10
        )

    def test_what_has_no_amount_in_it_does_not_mind(self):
        orders = pd.DataFrame({"currency": ["USD"], "ordered_at": ["2025-02-10"]})

        assert opened(orders=orders).frame("orders", {"ordered_at"}).collect("polars").shape == (
            1,
            1,
        )


class TestAsOf:
    """What is later than a stated day is not known yet: rows, and what came of the others."""

    def test_a_lead_that_is_qualified_later_is_not_yet(self):
        leads = rows(
            "lead_id person_key created_at qualified_at form_id",
            ("1", "a", "2025-02-10T09:00:00Z", "2025-02-12T09:00:00Z", "f"),
            ("2", "b", "2025-02-10T09:00:00Z", "2025-02-20T09:00:00Z", "f"),  # after the 15th
            ("3", "c", "2025-02-20T09:00:00Z", "2025-02-20T09:00:00Z", "f"),  # not there yet
        )

        for kpi in ("qualified_form_submissions", "qualified_leads"):
            assert value({"leads": leads}, kpi, "2025-02", as_of="2025-02-15") == 1
            assert value({"leads": leads}, kpi, "2025-02", as_of="2025-02-28") == 3

    def test_a_message_that_is_opened_later_is_not_opened_yet(self):
        sends = rows(
            "send_id campaign_id recipient_key sent_at delivered bounce_kind is_privacy_proxied "
            "human_open machine_open first_open_at human_click first_click_at",
            ("1", "c", "a", "2025-02-10T09:00:00Z", True, None, False, True, True,
             "2025-02-11T09:00:00Z", True, "2025-02-11T09:00:00Z"),
            ("2", "c", "b", "2025-02-10T09:00:00Z", True, None, False, True, True,
             "2025-02-16T09:00:00Z", True, "2025-02-16T09:00:00Z"),
            ("3", "c", "d", "2025-02-10T09:00:00Z", True, None, False, True, True,
             None, False, None),  # opened, when is not recorded
        )  # fmt: skip
        tables = {"email_sends": sends}

        assert value(tables, "open_rate", "2025-02", as_of="2025-02-15") == 2 / 3
        assert value(tables, "open_rate", "2025-02", as_of="2025-02-16") == 1
        assert value(tables, "click_rate", "2025-02", as_of="2025-02-15") == 1 / 3

    def test_no_figure_of_the_sample_reads_what_is_later(self):
        """All of the catalogue in the middle of August, with what is later and without it."""
        whole = {path.stem: pd.read_parquet(path) for path in (SAMPLE / "tables").glob("*.parquet")}
        then = pd.Timestamp("2026-08-15T22:00Z")  # the end of that day in Paris
        cut = dict(whole)
        for name, (time, *outcomes) in EVENTS.items():
            kept = whole[name][~(_instant(whole[name][time]) >= then)] if time else whole[name]
            later = {column: _instant(kept[column]) >= then for column in outcomes}
            cut[name] = kept.assign(
                **{column: kept[column].mask(late) for column, late in later.items()},
                **{said: kept[said] & ~later[day] for said, day in SAID.items() if day in outcomes},
            )
        asked = [each.id for each in catalogue().values() if each.topic != "okr"]
        figures = [
            kl.open(tables, timezone="Europe/Paris", as_of="2026-08-15").evaluate(asked, "2026-08")
            for tables in (whole, cut)
        ]

        assert cut["leads"]["won_at"].notna().sum() < whole["leads"]["won_at"].notna().sum()
        columns = ["kpi", "value", "numerator", "denominator", "n", "status"]
        pd.testing.assert_frame_equal(figures[0][columns], figures[1][columns], rtol=1e-12)


# Of what happens: the column that dates a row, then those that date what came of it.
EVENTS = {
    "sessions": ("started_at",),
    "web_events": ("ts",),
    "leads": ("created_at", "qualified_at", "sql_at", "meeting_at", "won_at"),
    "email_sends": ("sent_at", "first_open_at", "first_click_at", "unsubscribed_at"),
    "orders": ("ordered_at",),
    "interactions": ("ts",),
    "texts": ("ts",),
    "support_tickets": ("opened_at", "first_response_at", "resolved_at"),
    "survey_responses": ("answered_at",),
    "social_posts": ("published_at",),
    "training_participants": ("", "completed_at"),
}
SAID = {
    "human_open": "first_open_at", "machine_open": "first_open_at", "human_click": "first_click_at"
}  # fmt: skip


def _instant(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, utc=True)


class TestSums:
    # (1 + ... + 200) / 30 and twice as much: 670 + 1,340 = 2,010, whatever comes first
    AMOUNTS = [tenth / 30 for tenth in range(1, 201)] + [tenth / 15 for tenth in range(1, 201)]

    def test_do_not_show_the_order_in_which_they_were_added(self):
        orders = [np.random.default_rng(seed).permutation(self.AMOUNTS) for seed in range(20)]
        found = [
            records(nw.from_native(pl.LazyFrame({"a": own})).select(nw.col("a").sum()))
            for own in orders
        ]

        assert len({repr(float(sum(own))) for own in orders}) > 1  # added one after the other
        assert {repr(each[0]["a"]) for each in found} == {"2010.0"}

    @pytest.mark.parametrize("known", [0.0, -0.25, 1 / 3, 1e-9 / 7, 123456789012345.0, math.inf])
    def test_keep_twelve_digits(self, known):
        assert settled(np.array([known]))[0] == pytest.approx(known, rel=1e-11)

    def test_of_nothing_stay_missing(self):
        assert np.isnan(settled(np.array([math.nan]))).all()
