"""One tidy table: its columns, its statuses and reasons, its flags."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.engine.outcome import FLAGS, STATUSES, Outcome
from kpilib.errors import ContractError, ParameterError, PeriodError, UnknownName
from tests.worked import one, rows, stack, times

DAY = "2025-02-10"
COLUMNS = [
    "kpi", "label", "period", "period_start", "period_end", "value", "numerator", "denominator",
    "n", "ci_low", "ci_high", "ci_method", "unit", "better", "status", "reason", "flags",
    "details",
]  # fmt: skip
SESSIONS = rows(
    "session_id visitor_id started_at engaged_s pageviews key_events channel",
    ("1", "a", DAY, 20.0, 1, 0, "email"),
    ("2", "b", DAY, 1.0, 1, 0, "email"),
    ("3", "b", DAY, 1.0, 1, 0, None),
    ("4", "c", "2025-01-10", 1.0, 1, 0, "direct"),
)
DATA = kl.open({"sessions": SESSIONS}, as_of="2025-02-28")


class TestColumns:
    def test_of_a_figure(self):
        assert DATA.evaluate("sessions", "2025-02").columns.tolist() == COLUMNS

    def test_of_a_stock(self):
        people = rows("employee_id hired_at left_at", *((f"e{n}", DAY, None) for n in range(6)))
        res = kl.open({"employees": people}, as_of="2025-02-28").evaluate("headcount", "2025-02")

        assert res.columns.tolist() == [*COLUMNS, "opening", "entries", "exits"]
        assert res[["opening", "entries", "exits", "value"]].values.tolist() == [[0, 6, 0, 6]]

    def test_of_a_breakdown(self):
        res = DATA.evaluate("sessions", "2025-02", by="channel")

        assert res.columns.tolist() == [*COLUMNS[:5], "channel", *COLUMNS[5:], "stands_out"]

    def test_of_a_comparison(self):
        res = DATA.evaluate("sessions", "2025-02", compare=["previous", "year_before"])

        assert res.columns.tolist() == [
            *COLUMNS,
            *("previous", "delta_previous", "change_previous"),
            *("change_per_day_previous", "within_noise_previous", "news_previous"),
            *("year_before", "delta_year_before", "change_year_before"),
            *("change_per_day_year_before", "within_noise_year_before", "news_year_before"),
        ]

    def test_numbers_are_floats_and_days_are_days(self):
        res = DATA.evaluate(["sessions", "bounce_rate"], "2025-02", compare=["previous"])

        for name in ("value", "numerator", "denominator", "n", "ci_low", "ci_high", "previous"):
            assert res[name].dtype == np.float64
        assert res.loc[0, "period_start"] == pd.Timestamp("2025-02-01")
        assert res.loc[0, "period_end"] == pd.Timestamp("2025-02-28")  # the last day, included
        assert res["flags"].map(type).eq(list).all()
        assert res["details"].map(type).eq(dict).all()

    def test_rates_are_fractions(self):
        assert one(DATA, "bounce_rate", "2025-02")["value"] == pytest.approx(2 / 3)

    @pytest.mark.parametrize(
        ("period", "name"),
        [("2025-02", "2025-02"), ("2025-Q1", "2025-Q1"), ("2025", "2025"),
         (("2025-02-03", "2025-02-09"), "2025-02-03..2025-02-09")],
    )  # fmt: skip
    def test_periods_are_named_as_they_are_asked(self, period, name):
        assert one(DATA, "sessions", period)["period"] == name


class TestAsking:
    def test_several_keep_their_order(self):
        names = ["bounce_rate", "sessions", "unique_visitors"]

        assert DATA.evaluate(names, "2025-02")["kpi"].tolist() == names

    def test_several_are_answered_as_one_by_one(self):
        names = ["bounce_rate", "sessions", "unique_visitors", "channel_sessions"]
        together = DATA.evaluate(names, "2025-02")
        apart = pd.concat([DATA.evaluate(name, "2025-02") for name in names], ignore_index=True)
        apart["stands_out"] = apart["stands_out"].where(apart["stands_out"].notna(), None)

        pd.testing.assert_frame_equal(together[apart.columns], apart)

    def test_nothing_gives_an_empty_table(self):
        assert DATA.evaluate([], "2025-02").shape == (0, len(COLUMNS))

    def test_an_unknown_kpi_is_refused(self):
        with pytest.raises(UnknownName, match="Did you mean 'bounce_rate'"):
            DATA.evaluate(["sessions", "bounce_rates"], "2025-02")

    def test_a_wrong_period_is_refused(self):
        with pytest.raises(PeriodError, match="There is no month 13"):
            DATA.evaluate("sessions", "2025-13")

    def test_a_breakdown_that_no_table_has_is_refused(self):
        with pytest.raises(ContractError) as caught:
            DATA.evaluate("sessions", "2025-02", by="chanel")

        assert str(caught.value).startswith("Table sessions cannot be broken down by 'chanel'.")
        assert str(caught.value).endswith("Did you mean 'channel'?")

    def test_missing_columns_of_all_kpis_are_named_at_once(self):
        tables = {"sessions": rows("started_at", (DAY,)), "costs": rows("amount", (1,)),
                  "leads": rows("person_key created_at", ("a", DAY))}  # fmt: skip
        with pytest.raises(ContractError) as caught:
            kl.open(tables).evaluate(["bounce_rate", "cost_per_lead", "unique_visitors"], "2025-02")

        missing = [fault.split(" is missing")[0] for fault in caught.value.faults]
        assert sorted(missing) == [
            "table costs: column amount_ht",
            "table costs: column incurred_at",
            "table costs: column scope_kind",
            "table sessions: column engaged_s",
            "table sessions: column key_events",
            "table sessions: column pageviews",
            "table sessions: column visitor_id",
        ]

    def test_only_the_columns_of_the_kpis_asked_are_needed(self):
        data = kl.open({"sessions": SESSIONS[["started_at"]]}, as_of="2025-02-28")

        assert one(data, "sessions", "2025-02")["value"] == 3

    def test_asking_changes_nothing(self):
        before = SESSIONS.copy(deep=True)
        first = DATA.evaluate("sessions", "2025-02", by="channel")

        pd.testing.assert_frame_equal(DATA.evaluate("sessions", "2025-02", by="channel"), first)
        pd.testing.assert_frame_equal(SESSIONS, before)


class TestBreakdownNames:
    @pytest.mark.parametrize("by", ["status", "unit", "n", "period"])
    def test_a_column_of_the_answer_is_no_breakdown(self, by):
        with pytest.raises(ContractError, match=f"'{by}': the answer has a column of that name"):
            DATA.evaluate("sessions", "2025-02", by=by)


class TestStatus:
    def test_a_table_that_is_not_there(self):
        row = one(DATA, "cost_per_lead", "2025-02")

        assert (row["status"], row["reason"]) == ("missing_table", "Missing table: costs, leads.")
        assert row[["value", "numerator", "denominator", "n"]].isna().all()

    def test_a_table_without_rows(self):
        row = one({"sessions": SESSIONS.iloc[:0]}, "sessions", "2025-02")

        assert (row["status"], row["reason"]) == ("no_data", "The table is empty.")

    @pytest.mark.parametrize("month", ["2024-12", "2025-03", "2030-01"])
    def test_a_month_before_or_after_the_data(self, month):
        row = one(DATA, "sessions", month)

        assert (row["status"], row["reason"]) == ("no_data", "There is no data for this period.")
        assert row["value"] != row["value"]  # not 0

    def test_a_gap_in_a_daily_table_is_no_zero(self):
        gap = stack(SESSIONS, SESSIONS.iloc[[0]].assign(started_at="2025-04-10", session_id="9"))

        assert one({"sessions": gap}, "sessions", "2025-03")["status"] == "no_data"

    def test_a_month_without_event_in_a_register_is_zero(self):
        leads = rows("person_key created_at", ("a", "2025-01-10"), ("b", "2025-03-10"))
        row = one({"leads": leads}, "leads", "2025-02", as_of="2025-03-31")

        assert (row["status"], row["value"]) == ("ok", 0)

    def test_nothing_to_divide_by(self):
        sends = rows("sent_at delivered", (DAY, False)).assign(human_click=False)
        row = one({"email_sends": sends}, "click_rate", "2025-02", as_of="2025-03-31")

        assert (row["status"], row["reason"]) == (
            "no_denominator",
            "There is no case to count.",
        )
        assert (row["numerator"], row["denominator"], row["n"]) == (0, 0, 0)
        assert row[["value", "ci_low", "ci_high"]].isna().all()

    def test_a_column_without_a_single_value_is_unknown_not_zero(self):
        costs = rows("scope_kind cost_kind amount_ht incurred_at", ("training", "venue", None, DAY))
        row = one({"costs": costs}, "training_cost", "2025-02", as_of="2025-02-28")

        assert row["status"] == "no_data"
        assert row["value"] != row["value"]

    def test_of_a_group_that_is_silent_in_one_month(self):
        res = DATA.series("sessions", "2025-02", months=2, by="channel")
        found = res.pivot(index="channel", columns="period", values="value")

        assert found.loc["direct"].tolist() == [1, 0]
        assert found.loc["email"].tolist() == [0, 2]
        assert found.loc["(unknown)"].tolist() == [0, 1]

    @pytest.mark.parametrize(
        ("asked", "reason"),
        [
            ("emial", "No row has channel 'emial'. Nearest: email."),
            ("stand", "No row has channel 'stand'. There is: (unknown), direct, email."),
        ],
    )
    def test_a_group_that_no_row_has_is_no_month_without_data(self, asked, reason):
        found = DATA.evaluate("sessions", "2025-02", where={"channel": asked}).iloc[0]

        assert (found["status"], found["reason"]) == ("no_data", reason)

    def test_a_group_that_there_is_may_have_had_nothing(self):
        found = DATA.evaluate("sessions", "2025-02", where={"channel": ["email", "stand"]}).iloc[0]

        assert (found["status"], found["value"]) == ("ok", 2)

    @pytest.mark.parametrize(
        ("where", "visits"),
        [
            ({"is_new_visitor": True}, 2),
            ({"is_new_visitor": np.False_}, 1),
            ({"is_new_visitor": None}, 1),
            ({"weekday": 1}, 4),  # no yes or no
            ({"weekday": [2, 1]}, 4),
        ],
    )
    def test_a_group_is_written_as_it_is_in_python(self, where, visits):
        # On Monday 3 February two new visitors, one who came before, one of whom nobody knows.
        frame = rows(
            "session_id started_at is_new_visitor",
            *(
                (f"s{n}", "2025-02-03T10:00:00Z", new)
                for n, new in enumerate([True, True, False, None])
            ),
        )
        data = kl.open({"sessions": frame}, as_of="2025-02-28")
        assert data.evaluate("sessions", "2025-02", where=where)["value"].item() == visits

    @pytest.mark.parametrize(
        ("where", "said"),
        [
            (
                "email",
                "where is 'email'. Write a column and its groups: where={'channel': 'email'}.",
            ),
            (
                {"channel": []},
                "where names no group of 'channel'. Name one, or leave the column out.",
            ),
        ],
    )
    def test_what_is_no_restriction_is_refused(self, where, said):
        with pytest.raises(ParameterError) as caught:
            DATA.evaluate("sessions", "2025-02", where=where)
        assert str(caught.value) == said

    def test_every_status_and_flag_is_one_of_the_contract(self):
        assert set(STATUSES) == {
            "ok", "no_data", "no_denominator", "not_additive", "suppressed", "too_few",
            "missing_table", "missing_column",
        }  # fmt: skip
        assert set(FLAGS) == {
            "partial", "immature", "low_n", "approximate", "excluded_rows", "late", "not_parallel",
            "no_baseline", "not_fully_loaded", "dominated", "rounded", "mpp",
        }  # fmt: skip

    def test_flags_come_once_and_in_order(self):
        assert Outcome(flags=("late",)).flagged("partial", "late").flags == ("partial", "late")


class TestFlags:
    def test_partial_while_the_month_is_under_way(self):
        row = one({"sessions": SESSIONS}, "sessions", "2025-02", as_of="2025-02-27")

        # fewer than 20 visitors, of whom some came several times
        assert row["flags"] == ["partial", "low_n", "approximate", "late"]

    def test_complete_when_the_last_day_is_covered(self):
        assert "partial" not in one(DATA, "sessions", "2025-02")["flags"]

    def test_late_when_a_daily_table_stops_before_the_month_does(self):
        assert (
            "late" in one(DATA, "sessions", "2025-02")["flags"]
        )  # the last session is of the 10th
        fed = stack(SESSIONS, SESSIONS.iloc[[0]].assign(session_id="9", started_at="2025-02-28"))
        row = one({"sessions": fed}, "sessions", "2025-02", as_of="2025-02-28")
        assert "late" not in row["flags"]

    def test_a_register_is_not_late(self):
        leads = rows("person_key created_at", ("a", DAY))

        assert "late" not in one({"leads": leads}, "leads", "2025-02", as_of="2025-02-28")["flags"]

    @pytest.mark.parametrize(("count", "low"), [(29, True), (30, False)])
    def test_fewer_than_thirty_are_few(self, count, low):
        row = one(
            {"sessions": times(count, "started_at", DAY)}, "sessions", "2025-02", as_of="2025-02-28"
        )

        assert ("low_n" in row["flags"]) is low

    def test_dropped_duplicates_are_said(self):
        row = one(
            {"sessions": stack(SESSIONS, SESSIONS.iloc[[0]])},
            "sessions",
            "2025-02",
            as_of="2025-02-28",
        )

        assert row["value"] == 3
        assert "excluded_rows" in row["flags"]


class TestInterval:
    def test_one_unit_has_none(self):
        row = one(
            {"sessions": SESSIONS.iloc[[0]]}, "pages_per_session", "2025-02", as_of="2025-02-28"
        )

        assert row["value"] == 1
        assert row[["ci_low", "ci_high"]].isna().all()

    def test_rows_that_name_no_unit_have_none(self):
        data = {"sessions": SESSIONS[["started_at", "pageviews"]]}
        row = one(data, "pages_per_session", "2025-02", as_of="2025-02-28")

        assert (row["value"], row["ci_method"]) == (1, "")

    def test_a_series_leaves_out_what_resamples(self):
        res = DATA.series(["pages_per_session", "bounce_rate"], "2025-02", months=1)

        assert res["ci_method"].tolist() == ["", "wilson"]

    def test_of_many_units_is_linearised_and_agrees_with_the_bootstrap(self, monkeypatch):
        from kpilib.engine import intervals

        rng = np.random.default_rng(3)
        sessions = pd.DataFrame({
            "visitor_id": [f"v{i}" for i in rng.integers(0, 400, 1500)],
            "started_at": pd.Timestamp(DAY, tz="UTC"),
            "pageviews": rng.integers(1, 9, 1500),
        })  # fmt: skip
        drawn = one({"sessions": sessions}, "pages_per_session", "2025-02", as_of="2025-02-28")
        monkeypatch.setattr(intervals, "MOST_UNITS", 100)
        line = one({"sessions": sessions}, "pages_per_session", "2025-02", as_of="2025-02-28")

        assert (drawn["ci_method"], line["ci_method"]) == ("bootstrap", "linearised")
        assert drawn["ci_low"] < drawn["value"] < drawn["ci_high"]
        assert drawn["ci_low"] == pytest.approx(line["ci_low"], rel=0.01)
        assert drawn["ci_high"] == pytest.approx(line["ci_high"], rel=0.01)

    def test_it_is_the_same_whatever_else_is_asked_of_the_same_units(self):
        rng = np.random.default_rng(4)
        sessions = pd.DataFrame({
            "visitor_id": [None if i > 57 else f"v{i}" for i in rng.integers(0, 60, 200)],
            "started_at": pd.Timestamp(DAY, tz="UTC"),
            "channel": rng.choice(["email", "direct"], 200),
            "pageviews": rng.integers(1, 9, 200),
            "duration_s": rng.integers(1, 900, 200),
        })  # fmt: skip
        kpis = ["sessions", "pages_per_session", "avg_session_duration", "page_views"]
        opened = [kl.open({"sessions": sessions}, as_of="2025-02-28") for _ in range(5)]
        asked = {"period": "2025-02", "by": "channel"}
        together = opened[0].evaluate(kpis, **asked)
        alone = [own.evaluate(k, **asked) for own, k in zip(opened[1:], kpis, strict=True)]

        pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))
        assert together["ci_low"].notna().all()


class TestAColumnThatIsNotThere:
    """Visits without what people did there."""

    DATA = kl.open(
        {"sessions": rows("session_id started_at channel", ("a", DAY, "email"), ("b", DAY, None))},
        as_of="2025-02-28",
    )

    def test_it_silences_its_own_kpi_alone(self):
        found = self.DATA.evaluate(["sessions", "bounce_rate"], "2025-02")

        assert found["status"].tolist() == ["ok", "missing_column"]
        assert found["value"].iloc[0] == 2 and found["value"].isna().iloc[1]
        assert found["reason"].iloc[1].startswith("Missing column: sessions.")

    def test_asked_alone_it_is_an_error_with_its_remedy(self):
        with pytest.raises(ContractError) as caught:
            self.DATA.evaluate("pages_per_session", "2025-02")

        assert str(caught.value) == (
            "table sessions: column pageviews is missing. Found: session_id, started_at, channel. "
            "Add or rename the column."
        )
