"""What holds for any data: the properties P1 to P17 of the KPIs that exist."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpilib as kl
from kpilib.catalogue import catalogue
from kpilib.conform import DTYPES
from kpilib.kpi import Method
from kpilib.tables import TABLES
from tests.small_company import LAST, small_company
from tests.trainings import experiment, priced
from tests.worked import groups, one, rows, stack, value

FIGURES = ["value", "numerator", "denominator", "n", "ci_low", "ci_high"]
KPIS = list(catalogue())
DAYS = 28  # of February 2025


def of_class(*classes):
    return [each.id for each in catalogue().values() if each.roll_up in classes]


# Not turnover: a month's average headcount is no sum of days. Not calls to action: a session
# counts once a month, and once a day. Knowledge is measured at the end of the month only.
RATIOS = [
    name
    for name in of_class("R2", "R6")
    if name not in ("turnover_rate", "cta_click_rate", "knowledge_gain")
]
DISTINCT = ["unique_visitors", "content_downloads"]
BY_DAY = [*of_class("R1"), *RATIOS, *DISTINCT]


@pytest.fixture(scope="module")
def company():
    return small_company(seed=22, size=60)


@pytest.fixture(scope="module")
def data(company):
    return kl.open(company, as_of=LAST)


@pytest.fixture(scope="module")
def february(data):
    return data.evaluate(KPIS, "2025-02")


@pytest.fixture(scope="module")
def by_day(data):
    """Every KPI on each of the 28 days."""
    return data.series(BY_DAY, ("2025-02-28", "2025-02-28"), months=DAYS)


def sorted_figures(res):
    by = [name for name in ("channel", "role", "training_id", "cta_id") if name in res]
    res = res.sort_values(["kpi", *by], ignore_index=True)
    return res[["kpi", *by, "status", *FIGURES]]


class TestAllKpis:
    def test_p01_order_of_rows_changes_nothing(self, company, february):
        shuffled = {name: frame.sample(frac=1, random_state=5) for name, frame in company.items()}
        res = kl.open(shuffled, as_of=LAST).evaluate(KPIS, "2025-02")

        pd.testing.assert_frame_equal(sorted_figures(res), sorted_figures(february), rtol=1e-12)

    def test_p01_exact_duplicates_change_nothing_and_are_said(self, company, february):
        # work calendar and surveys too: whatever has a key
        twice = {name: stack(frame, frame.iloc[::3]) for name, frame in company.items()}
        res = kl.open(twice, as_of=LAST).evaluate(KPIS, "2025-02")

        pd.testing.assert_frame_equal(sorted_figures(res), sorted_figures(february), rtol=1e-12)
        known = res[res["status"] == "ok"]
        assert known["flags"].map(lambda flags: "excluded_rows" in flags).all()

    def test_p16_renaming_people_changes_nothing(self, company, february):
        renamed = {}
        for name, frame in company.items():
            personal = [
                c for c in frame if c in TABLES[name].columns and TABLES[name].columns[c].personal
            ]
            renamed[name] = frame.assign(**{
                column: [None if pd.isna(who) else f"x{who[::-1]}" for who in frame[column]]
                for column in personal
            })  # fmt: skip
        res = kl.open(renamed, as_of=LAST).evaluate(KPIS, "2025-02")

        pd.testing.assert_frame_equal(sorted_figures(res), sorted_figures(february), rtol=1e-12)

    @pytest.mark.parametrize("name", of_class("R1"))
    def test_p02_a_month_is_the_sum_of_its_days(self, name, february, by_day):
        whole = february[february["kpi"] == name]["value"].sum()
        days = by_day[by_day["kpi"] == name]["value"]

        assert whole != 0
        assert days.sum() == pytest.approx(whole, rel=1e-12)

    @pytest.mark.parametrize("name", RATIOS)
    def test_p03_a_ratio_is_the_weighted_mean_of_its_days(self, name, february, by_day):
        whole = february[february["kpi"] == name].iloc[0]
        days = by_day[by_day["kpi"] == name]
        rates = days[days["status"] == "ok"]

        assert len(rates)
        # a day of sessions without a single measurement has a denominator, and nothing above it
        assert whole["value"] == pytest.approx(
            days["numerator"].sum() / days["denominator"].sum(), rel=1e-12
        )
        if len(rates) == len(days):
            assert rates["value"].min() - 1e-12 <= whole["value"] <= rates["value"].max() + 1e-12

    @pytest.mark.parametrize("name", DISTINCT)
    def test_p04_distinct_lies_between_the_largest_day_and_the_sum(self, name, february, by_day):
        whole = february[february["kpi"] == name]["value"].item()
        days = by_day[by_day["kpi"] == name]["value"].dropna()

        assert days.max() <= whole <= days.sum()

    def test_p06_rates_lie_between_0_and_1_and_scores_on_their_scale(self, february):
        for row in february.itertuples():
            if row.unit == "rate" and row.kpi not in (
                "engagement_rate_impressions",
                "training_roi",
            ):
                assert row.status != "ok" or 0 <= row.value <= 1, row.kpi
            if row.unit == "points":
                assert -100 <= row.value <= 100

    def test_p06_an_interval_holds_its_figure(self, february):
        held = february[february["ci_low"].notna()]

        assert len(held) > 30
        # The net score's interval is centred on (D + 0.75 - ...)/(n + 3): it may miss at the ends.
        plain = held[held["ci_method"] != "net_score"]
        assert ((plain["ci_low"] <= plain["value"]) & (plain["value"] <= plain["ci_high"])).all()
        rates = held[(held["ci_method"] == "wilson")]
        assert ((rates["ci_low"] >= 0) & (rates["ci_high"] <= 1)).all()

    @pytest.mark.parametrize(
        ("kpi", "by"),
        [
            ("sessions", "channel"),
            ("sessions", "country"),
            ("leads", "channel"),
            ("leads", "campaign_id"),
            ("qualified_leads", "channel"),
            ("interactions", "format"),
            ("interactions", "network"),
            ("positive_reviews", "source"),
            ("training_cost", "cost_kind"),
            ("training_cost", "training_id"),
            ("follower_growth", "account_id"),
        ],
    )
    def test_p09_slices_add_up_with_the_unknown(self, kpi, by, data, february):
        whole = february[february["kpi"] == kpi]["value"].item()

        assert data.evaluate(kpi, "2025-02", by=by)["value"].sum() == pytest.approx(
            whole, rel=1e-12
        )

    def test_p11_a_hundred_times_the_money(self, company, data):
        cents = dict(company)
        cents["costs"] = company["costs"].assign(amount_ht=company["costs"]["amount_ht"] * 100)
        cents["kpi_measurements"] = company["kpi_measurements"].assign(
            unit_value_eur=company["kpi_measurements"]["unit_value_eur"] * 100
        )
        names = [
            "cost_per_lead",
            "training_cost",
            "training_benefit",
            "training_roi",
            "training_bcr",
        ]
        there = data.evaluate(names, "2025-02").set_index("kpi")["value"]
        here = kl.open(cents, as_of=LAST).evaluate(names, "2025-02").set_index("kpi")["value"]

        assert there.notna().all()
        for name in names[:3]:
            assert here[name] == pytest.approx(100 * there[name], rel=1e-12)
        for name in names[3:]:
            assert here[name] == pytest.approx(there[name], rel=1e-12)

    def test_p14_the_return_is_the_ratio_less_one(self, data):
        res = data.evaluate(["training_roi", "training_bcr"], "2025-02", by="training_id")
        roi, bcr = (
            res[res["kpi"] == name].set_index("training_id")["value"]
            for name in ("training_roi", "training_bcr")
        )

        assert roi.notna().any()
        pd.testing.assert_series_equal(roi, bcr - 1, check_names=False, rtol=1e-12)


class TestEmpty:
    """P8: without rows every KPI is unknown, with a status, and nothing fails."""

    @pytest.mark.parametrize("by", [None, "team", "channel"])
    def test_p08_no_table_at_all(self, by):
        res = kl.open({}).evaluate(KPIS, "2025-02", by=by)

        assert set(res["status"]) == {"missing_table"}
        assert res["value"].isna().all()
        assert res["reason"].str.match(r"Missing table: [a-z_, ]+\.").all()

    @pytest.mark.parametrize(
        ("kind", "as_of"), [("untyped pandas", None), ("typed polars", "2025-02-28")]
    )
    def test_p08_tables_without_rows(self, kind, as_of):
        columns = {
            name: [
                c
                for c in contract.columns
                if c not in ("is_aggregate", "unique_visitors", "sessions")
            ]
            for name, contract in TABLES.items()
        }
        if kind == "untyped pandas":
            tables = {name: pd.DataFrame(columns=own) for name, own in columns.items()}
        else:
            tables = {
                name: pl.DataFrame(schema={c: POLARS[TABLES[name].columns[c].type] for c in own})
                for name, own in columns.items()
            }
        res = kl.open(tables, as_of=as_of).evaluate(KPIS, "2025-02", compare=["previous"])

        assert set(res["status"]) == {"no_data"}
        assert res["value"].isna().all()
        assert (res["reason"] != "").all()


POLARS = {kind: dtype.to_polars() if hasattr(dtype, "to_polars") else dtype for kind, dtype in {
    **dict.fromkeys(("key", "text", "enum"), pl.String), "ts": pl.Datetime("us", "UTC"),
    "date": pl.Date, "int": pl.Int64, "float": pl.Float64, "EUR": pl.Float64, "bool": pl.Boolean,
    "hours": pl.List(pl.Float64),
}.items()}  # fmt: skip


def test_every_type_of_a_column_is_in_the_empty_tables():
    assert set(POLARS) == set(DTYPES)


OPENING = date(2025, 1, 1)
INTERVALS = st.lists(
    st.tuples(st.integers(-40, 100), st.none() | st.integers(0, 100)), min_size=1, max_size=30
)


def spans(intervals):
    """Who belongs from when to when: one interval a person."""
    for number, (start, length) in enumerate(intervals):
        first = OPENING + timedelta(days=start)
        yield f"p{number}", first, None if length is None else first + timedelta(days=length)


class TestStocks:
    @settings(max_examples=6)
    @given(INTERVALS)
    def test_p05_closing_is_opening_plus_entries_minus_exits(self, intervals):
        table = rows("person_key start_at end_at", *spans(intervals)).assign(kind="newsletter")
        table = table.astype({"start_at": "datetime64[us]", "end_at": "datetime64[us]"})
        res = kl.open({"memberships": table}).series("email_list_size", "2025-03", months=3)
        closing, details = res["value"].tolist(), res["details"].tolist()

        for value_, own in zip(closing, details, strict=True):
            assert value_ == own["opening"] + own["entries"] - own["exits"]
        assert [own["opening"] for own in details[1:]] == closing[:-1]

    @settings(max_examples=6)
    @given(INTERVALS)
    def test_p05_and_p07_of_employees(self, intervals):
        fixed = [(f"s{i}", date(2020, 1, 1), None) for i in range(6)]  # enough to be shown
        people = [*fixed, *spans(intervals)]
        table = rows("employee_id hired_at left_at", *people)
        table = table.astype({"hired_at": "datetime64[us]", "left_at": "datetime64[us]"})
        data = kl.open({"employees": table})
        head = data.series("headcount", "2025-03", months=3)
        kept = data.series("employee_retention_rate", "2025-03", months=3)

        for month, size, stay in zip(
            head["period_start"], head.itertuples(), kept.itertuples(), strict=True
        ):
            first, last = month.date(), size.period_end.date()
            there = [p for p in people if p[1] < first and (p[2] is None or p[2] >= first)]
            gone = [p for p in there if p[2] is not None and p[2] <= last]
            assert (
                size.value
                == size.details["opening"] + size.details["entries"] - size.details["exits"]
            )
            assert size.details["opening"] == len(there)
            # retention and loss of one cohort are the whole of it
            assert stay.value + len(gone) / len(there) == pytest.approx(1)

    def test_p07_turnover_may_pass_one(self):
        people = [(f"s{i}", date(2020, 1, 1), None) for i in range(5)]
        people += [(f"t{i}", date(2025, 2, i + 1), date(2025, 2, i + 1)) for i in range(20)]
        table = rows("employee_id hired_at left_at", *people)

        # 20 exits; 5 people all month and 20 of a day each: 5 + 20/28 on average
        assert value({"employees": table}, "turnover_rate", "2025-02") == pytest.approx(
            20 / (5 + 20 / 28)
        )


GRADES = st.lists(st.integers(0, 10), min_size=6, max_size=60)


class TestSurveys:
    @staticmethod
    def wave(grades, wave):
        answers = rows(
            "survey_id wave respondent_key item_id value answered_at",
            *(
                ("e", wave, f"{wave}r{i}", "q", grade, "2025-02-10")
                for i, grade in enumerate(grades)
            ),
        )
        return {
            "survey_waves": rows(
                "survey_id wave survey_kind closed_at", ("e", wave, "enps", "2025-02-20")
            ),
            "survey_responses": answers.assign(scale_min=0, scale_max=10),
        }

    @settings(max_examples=6)
    @given(GRADES, st.data())
    def test_p10_a_wave_split_and_pooled_again_has_the_same_score(self, grades, draw):
        cut = draw.draw(st.integers(1, len(grades) - 1))
        whole = self.wave(grades, "1")
        first, second = self.wave(grades[:cut], "1"), self.wave(grades[cut:], "2")
        split = {name: stack(first[name], second[name]) for name in first}
        found = [one(tables, "enps", "2025-02", as_of="2025-02-28") for tables in (whole, split)]

        assert found[0]["value"] == found[1]["value"]
        assert found[0]["value"] == pytest.approx(
            100 * np.mean([(grade >= 9) - (int(grade) <= 6) for grade in grades], dtype=float)
        )


PAIRS = st.lists(st.tuples(*[st.integers(0, 400).map(lambda n: n / 4)] * 2), min_size=2, max_size=6)


class TestEffects:
    @staticmethod
    def effect(treated, control):
        return one(
            experiment(treated, control), "training_effect_did", "2025-03", as_of="2025-03-31"
        )

    @settings(max_examples=3)
    @given(PAIRS, PAIRS)
    def test_p12_swapping_the_arms_negates_the_effect(self, treated, control):
        there, back = self.effect(treated, control), self.effect(control, treated)

        assert back["value"] == pytest.approx(-there["value"], abs=1e-9)
        assert (back["ci_low"], back["ci_high"]) == pytest.approx(
            (-there["ci_high"], -there["ci_low"]), abs=1e-6
        )

    @settings(max_examples=3)
    @given(PAIRS, PAIRS, st.integers(-200, 200))
    def test_p13_what_happens_to_both_arms_is_no_effect(self, treated, control, shift):
        moved = [[(before, after + shift) for before, after in arm] for arm in (treated, control)]

        assert self.effect(*moved)["value"] == pytest.approx(
            self.effect(treated, control)["value"], abs=1e-9
        )

    @settings(max_examples=3)
    @given(st.integers(0, 10_000), st.integers(1, 10_000))
    def test_p14_for_any_benefit_and_cost(self, benefit, cost):
        data = kl.open(priced(benefit, cost), as_of="2025-03-31")
        roi, bcr = (
            one(data, name, "2025-03")["value"] for name in ("training_roi", "training_bcr")
        )

        assert roi == pytest.approx(bcr - 1, rel=1e-9, abs=1e-12)
        assert bcr == pytest.approx(benefit / cost, rel=1e-9, abs=1e-12)


class TestPrivacy:
    @settings(max_examples=6)
    @given(st.lists(st.integers(1, 12), min_size=1, max_size=5))
    def test_p15_no_cell_and_no_difference_describes_fewer_than_five(self, sizes):
        table = rows(
            "employee_id hired_at left_at team",
            *((f"{team}-{i}", "2020-01-01", None, f"team{team}")
              for team, size in enumerate(sizes) for i in range(size)),
        )  # fmt: skip
        data = kl.open({"employees": table}, as_of="2025-02-28")
        shown = data.evaluate("headcount", "2025-02", by="team")["value"].dropna()
        total = one(data, "headcount", "2025-02")["value"]

        assert (shown >= 5).all()
        if total == total:
            assert total >= 5
            rest = total - shown.sum()
            assert rest == 0 or rest >= 5


PARIS = ZoneInfo("Europe/Paris")


@settings(max_examples=6)
@given(st.dates(date(2024, 1, 2), date(2024, 12, 31)))
def test_p17_a_second_across_midnight_moves_a_day_and_no_year(day):
    midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS)
    eve = day - timedelta(days=1)
    for instant, on_the_day in ((midnight, 1), (midnight - timedelta(seconds=1), 0)):
        table = {
            "sessions": pd.DataFrame({"started_at": [pd.Timestamp(instant).tz_convert("UTC")]})
        }
        data = kl.open(table, as_of="2025-12-31")
        res = data.series("sessions", (str(day), str(day)), months=2)
        by_day = dict(zip(res["period_start"].dt.date, res["value"].fillna(0), strict=True))

        assert by_day == {eve: 1 - on_the_day, day: on_the_day}
        assert one(data, "sessions", "2024")["value"] == 1


def test_every_roll_up_class_that_is_used_has_a_property():
    """R4 and R7 by P5 and P7, R8 by P10, R9 by P12 to P14."""
    used = {each.roll_up for each in catalogue().values()}

    assert used <= {"R1", "R2", "R3", "R4", "R6", "R7", "R8", "R9"}


def test_groups_of_a_method_are_those_of_its_table():
    """By training, the three trainings of the small company, and no other."""
    res = groups(
        small_company(seed=1, size=40), "training_effect_did", "2025-02", "training_id", as_of=LAST
    )

    assert set(res) == {"T1", "T2", "T3"}
    assert isinstance(catalogue()["training_effect_did"].value, Method)
