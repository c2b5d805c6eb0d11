"""What adding up is allowed to do, class by class (catalogue, 0.2), through the public interface.

Longer periods, breakdowns, and rows that come summed up: for each of R1 to R11.
"""

from __future__ import annotations

from datetime import date, timedelta
from inspect import signature

import pandas as pd
import pytest

import kpilib as kl
from kpilib.company import Company
from kpilib.definitions import Balance, Method, Ratio, Total
from kpilib.topics.catalogue import catalogue
from tests.maker import FIRST, LAST
from tests.small_company import small_company
from tests.worked import exactly, one, rows, stack, times

BOTH = (str(FIRST), str(LAST))
MONTHS = ("2025-01", "2025-02")
LENGTHS = {"2025-01": 31, "2025-02": 28}


def of_class(*classes):
    return [each for each in catalogue().values() if each.roll_up in classes]


def names(kpis):
    return pytest.mark.parametrize("kpi", kpis, ids=[each.id for each in kpis])


def kinds(kpi):
    return {measure.kind for measure in kpi.value.measures().values()}


def known(row):
    return row["status"] == "ok"


@pytest.fixture(scope="module")
def data():
    return kl.open(small_company(seed=31, size=80), as_of=LAST)


@pytest.fixture(scope="module")
def figures(data):
    """Every KPI over January, over February and over both together, by its own groups if any."""
    found = data.over(list(catalogue()), (*MONTHS, BOTH))
    return found.assign(period=found["period"].replace("2025-01-01..2025-02-28", "both"))


def of(figures, kpi, period):
    rows_ = figures[(figures["kpi"] == kpi.id) & (figures["period"] == period)]
    return rows_.set_index(kpi.by) if kpi.by else rows_


def parts_and_whole(figures, kpi):
    """The two months and both together, where all three are known and there is one row each."""
    found = [of(figures, kpi, period) for period in (*MONTHS, "both")]
    if kpi.by is None and all(len(each) == 1 and known(each.iloc[0]) for each in found):
        return [each.iloc[0] for each in found]
    return pytest.skip("by group, or not known in this small company")


class TestLongerPeriods:
    @names([k for k in of_class("R1") if isinstance(k.value, Total)])
    def test_r1_months_add_up(self, figures, kpi):
        found = [of(figures, kpi, period)["value"].sum() for period in (*MONTHS, "both")]

        assert found[2] == pytest.approx(found[0] + found[1], rel=1e-12)

    @names([k for k in of_class("R2", "R6") if isinstance(k.value, Ratio) and kinds(k) <= {
        "count", "sum"}])  # fmt: skip
    def test_r2_numerators_and_denominators_add_up_and_are_divided_once(self, figures, kpi):
        january, february, both = parts_and_whole(figures, kpi)

        for part in ("numerator", "denominator"):
            # Each sum is kept to twelve digits.
            assert both[part] == pytest.approx(january[part] + february[part], rel=1e-11)
        assert both["value"] == exactly(both["numerator"] / both["denominator"])

    def test_r2_is_not_the_mean_of_the_months(self):
        """2,000 euros for 60 leads, and not the mean of 20 and 100 (O-11)."""
        spent = [("campaign", 1000.0, f"{month}-10") for month in MONTHS]
        costs = rows("scope_kind amount_ht incurred_at", *spent)
        people = [("2025-01-10", f"a{i}") for i in range(50)]
        people += [("2025-02-10", f"b{i}") for i in range(10)]
        tables = {"costs": costs, "leads": rows("created_at person_key", *people)}

        assert one(tables, "cost_per_lead", BOTH, as_of=LAST)["value"] == exactly(2000 / 60)

    @names([k for k in of_class("R3") if kinds(k) == {"distinct"} and isinstance(k.value, Total)])
    def test_r3_is_counted_again(self, figures, kpi):
        january, february, both = (
            of(figures, kpi, period)["value"].sum() for period in (*MONTHS, "both")
        )

        assert max(january, february) <= both <= january + february

    @names(of_class("R4"))
    def test_r4_a_longer_period_is_its_last_month(self, figures, kpi):
        february, both = (of(figures, kpi, period) for period in ("2025-02", "both"))

        pd.testing.assert_series_equal(
            both["value"].reset_index(drop=True), february["value"].reset_index(drop=True)
        )

    def test_r3_months_are_not_added(self):
        """The same visitor in both months is one visitor."""
        sessions = rows("started_at visitor_id", ("2025-01-10", "a"), ("2025-02-10", "a"))
        data = kl.open({"sessions": sessions}, as_of=LAST)

        assert [one(data, "unique_visitors", period)["value"] for period in (*MONTHS, BOTH)] == [
            1, 1, 1,
        ]  # fmt: skip

    def test_r5_an_average_weighs_every_day_alike(self, figures):
        """The average headcount is the denominator of the turnover rate."""
        kpi = catalogue()["turnover_rate"]
        january, february, both = (of(figures, kpi, p).iloc[0] for p in (*MONTHS, "both"))

        days = sum(
            LENGTHS[name] * row["denominator"]
            for name, row in zip(MONTHS, (january, february), strict=True)
        )
        assert both["denominator"] == exactly(days / 59)

    def test_r6_a_median_is_taken_again_from_the_cases(self):
        """Durations 0, 0, 30 in January and 90, 100 in February: the median of all is 30."""
        sessions = rows(
            "started_at duration_s visitor_id engaged_s",
            *(("2025-01-10", float(x), f"a{x}", 0.0) for x in (0, 0, 30)),
            *(("2025-02-10", float(x), f"b{x}", 0.0) for x in (90, 100)),
        )
        row = one({"sessions": sessions}, "avg_session_duration", BOTH, as_of=LAST)

        assert row["details"]["median"] == 30  # not the mean of 0 and 95
        assert row["value"] == 44  # not the mean of 10 and 95

    def test_r7_follows_the_group_of_the_start(self):
        """Ten employees on the eve of January, one leaves each month: 8 of 10 over both."""
        staff = pd.DataFrame({
            "employee_key": [f"e{i}" for i in range(10)], "hired_at": "2020-01-01",
            "left_at": ["2025-01-15", "2025-02-15", *[None] * 8],
        })  # fmt: skip
        from kpilib.tables import TABLES

        key = next(n for n in TABLES["employees"].columns if n.startswith("employee"))
        tables = {"employees": staff.rename(columns={"employee_key": key})}
        rates = [
            one(tables, "employee_retention_rate", period, as_of=LAST) for period in (*MONTHS, BOTH)
        ]

        assert [row["denominator"] for row in rates] == [10, 9, 10]
        assert rates[2]["value"] == exactly(0.8)  # not the mean of 9/10 and 8/9

    def test_r8_pools_the_answers_of_both_waves(self):
        """5 promoters of 10, then 0 of 40 with 20 detractors: -30 over fifty, not the mean of 0."""
        columns = "survey_id wave respondent_key item_id scale_min scale_max value answered_at"
        grades = {"2025-01": (9, 7) * 5, "2025-02": (3, 3, 3, 3, 7, 7, 7, 7) * 5}
        answers = [
            ("nps", month, f"r{month}{i}", "recommend", 0, 10, float(grade), f"{month}-10")
            for month, given in grades.items()
            for i, grade in enumerate(given)
        ]
        waves = [("nps", month, "nps", f"{month}-20") for month in grades]
        tables = {
            "survey_responses": rows(columns, *answers),
            "survey_waves": rows("survey_id wave survey_kind closed_at", *waves),
        }
        scores = [one(tables, "nps", period, as_of=LAST)["value"] for period in (*MONTHS, BOTH)]

        assert scores == exactly([50, -50, -30])

    @names([k for k in of_class("R9") if k.by is None])
    def test_r9_is_estimated_again_and_never_added(self, kpi):
        """What a period has is worked out by the method, from that period's rows."""
        assert isinstance(kpi.value, Method)

    @names([k for k in of_class("R10") if k.by == "kr_id"])
    def test_r10_is_the_score_at_the_last_checkin_and_never_a_sum(self, data, kpi):
        both, february = (data.evaluate(kpi.id, period) for period in (BOTH, MONTHS[1]))

        assert known(february.iloc[0])
        for column in ("kr_id", "value", "ci_low", "ci_high", "status"):
            pd.testing.assert_series_equal(both[column], february[column])

    def test_r10_follows_the_days(self):
        """2 of 10 at the end of January, 6 at the end of February: 0.6, neither 0.8 nor 0.4."""
        aim = rows("kr_id mode baseline target", ("kr", "from_to", 0.0, 10.0))
        said = rows("kr_id date value", ("kr", "2025-01-31", 2.0), ("kr", "2025-02-28", 6.0))
        tables = {"key_results": aim, "checkins": said}

        assert [one(tables, "kr_score", p)["value"] for p in (*MONTHS, BOTH)] == [0.2, 0.6, 0.6]

    @names(of_class("R11"))
    def test_r11_a_ranking_is_drawn_up_again(self, data, kpi):
        res = data.evaluate(kpi.id, BOTH)
        ranked = res[res["n"] >= kpi.ranked_from]
        values = ranked["ci_low" if kpi.ranked_from else "value"].dropna().tolist()

        assert values == sorted(values, reverse=True)

    def test_r11_adds_no_lines_of_months(self):
        """/b leads in each month by a nose; over both, /a does."""
        views = stack(*(
            times(n, "ts page event_name", f"{month}-10", page, "page_view")
            for month, page, n in (("2025-01", "/a", 6), ("2025-01", "/b", 7),
                                   ("2025-02", "/a", 6), ("2025-02", "/c", 7))
        ))  # fmt: skip
        res = kl.open({"web_events": views}, as_of=LAST).evaluate("top_pages", BOTH)

        assert res["page"].tolist() == ["/a", "/b", "/c"]
        assert res["value"].tolist() == [12, 7, 7]


class TestBreakdowns:
    @pytest.mark.parametrize(
        ("kpi", "by"),
        [
            ("sessions", "channel"), ("leads", "channel"), ("page_views", "country"),
            ("training_cost", "cost_kind"), ("interactions", "network"),
            ("email_list_size", "kind"), ("followers", "network"),
        ],
    )  # fmt: skip
    def test_parts_add_up_with_the_unknown_one(self, data, kpi, by):
        parts, whole = data.evaluate(kpi, "2025-02", by=by), data.evaluate(kpi, "2025-02")

        assert parts["value"].sum() == pytest.approx(whole.loc[0, "value"], rel=1e-12)

    def test_the_unknown_group_is_a_group(self, data):
        res = data.evaluate("sessions", "2025-02", by="channel").set_index("channel")

        assert res.loc["(unknown)", "value"] > 0

    @names([k for k in of_class("R2", "R6") if isinstance(k.value, Ratio) and kinds(k) <= {
        "count", "sum"} and k.people is None])  # fmt: skip
    def test_rates_of_groups_are_weighed_never_averaged(self, data, kpi):
        from kpilib.answers.explain import dimensions

        if kpi.by or any(data.tables.missing(table) for table in kpi.tables):
            pytest.skip("by group, or not in this small company")
        by = next(iter(dimensions(data.tables, kpi)), None)
        if by is None:
            pytest.skip("nothing to break it down by")
        parts = data.evaluate(kpi.id, "2025-02", by=by)
        whole = data.evaluate(kpi.id, "2025-02").iloc[0]
        if not known(whole):
            pytest.skip("not known in this small company")

        rate = parts["numerator"].sum() / parts["denominator"].sum()
        assert whole["value"] == pytest.approx(rate, rel=1e-12)

    def test_shares_add_up_to_one(self, data):
        res = data.evaluate("request_mix", "2025-02") if not data.tables.missing(
            "support_requests" if "support_requests" in data.tables else "sessions"
        ) else None  # fmt: skip
        if res is None or not res["status"].eq("ok").any():
            pytest.skip("not known in this small company")

        assert res["value"].sum() == exactly(1)

    def test_people_of_groups_do_not_add_up(self):
        """One visitor by two channels: 1 in each, 1 in all."""
        sessions = rows("started_at visitor_id channel",
                        ("2025-02-10", "a", "email"), ("2025-02-11", "a", "direct"))  # fmt: skip
        data = kl.open({"sessions": sessions}, as_of=LAST)

        assert data.evaluate("unique_visitors", "2025-02").loc[0, "value"] == 1
        assert data.evaluate("unique_visitors", "2025-02", by="channel")["value"].tolist() == [1, 1]


@pytest.fixture(scope="module")
def sums():
    days = [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1)]
    table = rows(
        "started_at channel country pageviews duration_s engaged_s key_events sessions"
        " unique_visitors visitor_id is_aggregate",
        *((day.isoformat(), "email", country, 30, 600.0, 90.0, 2, 10, 8, None, True)
          for day in days for country in ("FR", "BE")),
    )  # fmt: skip
    return kl.open({"sessions": table}, as_of=LAST)


class TestSums:
    """Sessions that come summed up by day: what can be known of them, and what cannot."""

    def test_r1_adds(self, sums):
        assert one(sums, "sessions", "2025-01")["value"] == 31 * 20
        assert one(sums, "page_views", "2025-01")["value"] == 31 * 60

    def test_r2_of_sums_divides_them_once(self, sums):
        assert one(sums, "pages_per_session", BOTH)["value"] == 3

    def test_r2_over_what_is_worked_out_of_sums(self, sums):
        assert one(sums, "foreign_audience_share", BOTH)["value"] == exactly(0.5)

    def test_r3_is_refused_with_its_bounds(self, sums):
        """Of 62 numbers of 8: at least 8 people, at most 496."""
        row = one(sums, "unique_visitors", "2025-01")

        assert (row["status"], row["ci_method"]) == ("not_additive", "bounds")
        assert (row["ci_low"], row["ci_high"]) == (8, 62 * 8)
        assert row["value"] != row["value"]

    def test_r3_of_one_row_is_known(self, sums):
        row = one(sums, "unique_visitors", ("2025-01-05", "2025-01-05"), by="country", group="FR")

        assert (row["status"], row["value"]) == ("ok", 8)

    @pytest.mark.parametrize("kpi", ["engaged_session_rate", "bounce_rate", "avg_session_duration"])
    def test_what_needs_rows_one_by_one_is_refused(self, sums, kpi):
        row = one(sums, kpi, "2025-01")

        assert row["status"] == "not_additive"
        assert row["reason"] == "The rows come summed up, and this figure needs them one by one."
        assert row[["value", "ci_low", "ci_high"]].isna().all()

    def test_platform_counts_of_people_are_bounded(self):
        """Reach 100 and 60 on two days: between 100 and 160 people."""
        reach = rows("date reach dimension", ("2025-02-01", 100, "total"),
                     ("2025-02-02", 60, "total"))  # fmt: skip
        row = one({"social_daily": reach}, "reach", "2025-02", as_of="2025-02-02")

        assert (row["status"], row["ci_low"], row["ci_high"]) == ("not_additive", 100, 160)


class TestNoMeanOfRates:
    @names([k for k in catalogue().values() if isinstance(k.value, (Ratio, Balance))])
    def test_every_rate_is_one_division(self, figures, kpi):
        scale = 100 if isinstance(kpi.value, Balance) else 1
        for period in (*MONTHS, "both"):
            for row in of(figures, kpi, period).to_dict("records"):
                if known(row):
                    whole = scale * row["numerator"] / row["denominator"]
                    assert row["value"] == pytest.approx(whole, rel=1e-12)

    def test_a_series_and_a_comparison_hold_the_figures_of_evaluate(self, data):
        alone = [one(data, "bounce_rate", month)["value"] for month in MONTHS]
        series = data.series("bounce_rate", "2025-02", months=2)["value"].tolist()
        compared = one(data, "bounce_rate", "2025-02", compare=("previous",))

        assert series == alone == [compared["previous"], compared["value"]]

    def test_before_and_after_hold_the_figures_of_evaluate(self, data):
        row = data.before_after("bounce_rate", on=date(2025, 2, 1), months=1).iloc[0]

        assert row["before"] == one(data, "bounce_rate", "2025-01")["value"]
        assert row["after"] == one(data, "bounce_rate", "2025-02")["value"]

    def test_an_explanation_holds_them_too(self, data):
        found = data.explain("bounce_rate", "2025-02", by="channel")

        assert found.attrs["before"] == one(data, "bounce_rate", "2025-01")["value"]
        assert found.attrs["after"] == one(data, "bounce_rate", "2025-02")["value"]
        weighed = (found["weight_after"] * found["rate_after"].fillna(0)).sum()
        assert weighed == exactly(found.attrs["after"])

    @pytest.mark.parametrize("name", ["evaluate", "series", "explain", "before_after"])
    def test_what_gives_figures_takes_names_and_works_from_rows(self, name):
        asked = list(signature(getattr(Company, name)).parameters.values())[1:]

        assert asked[0].name in ("kpi", "kpis") and asked[0].annotation in ("str", "Asked")
        assert not [each for each in asked if "DataFrame" in each.annotation]
        assert not [each for each in asked if "float" in each.annotation]

    def test_no_public_name_averages(self):
        public = [*kl.__all__, *(name for name in vars(Company) if not name.startswith("_"))]

        assert not [name for name in public if "mean" in name or "average" in name]
