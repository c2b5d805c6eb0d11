"""A figure beside another: points and percent, and whether the change may be noise."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import kpilib as kl
from kpilib.answers.evaluate import evaluate
from kpilib.definitions import Kpi, Total
from kpilib.errors import ParameterError
from kpilib.measure import count, total
from kpilib.period import Period
from tests.worked import exactly, one, rows, stack, times

A_DAY = pd.Timedelta(days=1)
DAY, BEFORE, LAST_YEAR = "2025-02-10", "2025-01-10", "2024-02-10"


def sends(day, count, opened):
    return stack(
        times(opened, "sent_at delivered human_click", day, True, True),
        times(count - opened, "sent_at delivered human_click", day, True, False),
    )


class TestWholeMonths:
    """One visit a day, so that a figure is the number of its days."""

    DAILY = pd.DataFrame(
        {
            "session_id": [f"d{i}" for i in range(1461)],
            "started_at": pd.date_range("2023-01-01 12:00", periods=1461, tz="UTC"),
        }
    )

    @pytest.mark.parametrize(
        ("period", "value", "previous", "year_before"),
        [
            (("2025-02-01", "2025-02-28"), 28, 31, 29),
            (("2026-04-01", "2026-09-30"), 183, 182, 183),  # a half-year
            (("2024-03-01", "2025-02-28"), 365, 366, 366),  # a fiscal year, after a leap day
            (("2025-02-01", "2025-04-30"), 89, 92, 90),  # a fiscal quarter
            (("2025-02-01", "2025-02-27"), 27, 27, 27),  # no whole month: as many days
        ],
    )
    def test_days_that_are_whole_months(self, period, value, previous, year_before):
        data = kl.open({"sessions": self.DAILY}, as_of="2026-12-31")
        row = data.evaluate("sessions", period, compare=["previous", "year_before"]).iloc[0]

        assert (row["value"], row["previous"], row["year_before"]) == (value, previous, year_before)

    @pytest.mark.parametrize(
        ("as_of", "period", "days"),
        [
            # January to October: 305 days of 2024, 304 of 2023
            ("2024-10-31", "2024", (305, 304, 304)),
            # October and November are 61 days; so far of the quarter before, July and August, 62;
            # a year before, 61
            ("2026-11-30", "2026-Q4", (61, 62, 61)),
            # ten days more cut a month: as many days
            ("2026-12-10", "2026-Q4", (71, 71, 71)),
            ("2024-03-15", "2024", (75, 75, 75)),
            # March has more days than all of February
            ("2025-03-30", "2025-03", (30, 28, 30)),
        ],
    )
    def test_a_period_under_way(self, as_of, period, days):
        sessions = self.DAILY[self.DAILY["started_at"] < pd.Timestamp(as_of, tz="UTC") + A_DAY]
        data = kl.open({"sessions": sessions}, as_of=as_of)
        row = data.evaluate("sessions", period, compare=["previous", "year_before"]).iloc[0]

        assert (row["value"], row["previous"], row["year_before"]) == days

    def test_a_series_of_fiscal_quarters_is_one_of_whole_months(self):
        data = kl.open({"sessions": self.DAILY}, as_of="2026-12-31")
        res = data.series("sessions", ("2026-08-01", "2026-10-31"), periods=12)

        # November to January, February to April (29 days in 2024), May to July, August to October
        assert res["value"].tolist() == [92, 90, 92, 92, 92, 89, 92, 92, 92, 89, 92, 92]
        assert res["period_start"].dt.strftime("%m-%d").unique().tolist() == [
            "11-01", "02-01", "05-01", "08-01",
        ]  # fmt: skip


class TestPointsAndPercent:
    def test_o63_from_2_to_5_percent_is_3_points_or_150_percent(self):
        tables = {"email_sends": stack(sends(BEFORE, 100, 2), sends(DAY, 100, 5))}
        row = one(tables, "click_rate", "2025-02", compare=("previous",), as_of="2025-03-31")

        assert row["previous"] == exactly(0.02)
        assert row["delta_previous"] == exactly(0.03)
        assert row["change_previous"] == exactly(1.5)

    def test_o63_from_nothing_there_is_no_percent(self):
        sessions = stack(
            rows("started_at channel", (BEFORE, "email")),
            times(5, "started_at channel", DAY, "organic_search"),
        )
        row = one(
            {"sessions": sessions},
            "organic_sessions",
            "2025-02",
            compare=("previous",),
            as_of="2025-02-28",
        )

        assert (row["previous"], row["delta_previous"]) == (0, 5)
        assert row["change_previous"] != row["change_previous"]

    def test_a_percent_of_a_negative_base_means_nothing(self):
        growth = rows("date followers", ("2024-12-31", 100), ("2025-01-31", 90), ("2025-02-28", 95))
        row = one({"social_daily": growth}, "follower_growth", "2025-02", compare=("previous",))

        assert (row["previous"], row["value"], row["delta_previous"]) == (-10, 5, 15)
        assert row["change_previous"] != row["change_previous"]

    def test_both_bases_at_once(self):
        sessions = stack(
            times(4, "started_at", DAY),
            times(2, "started_at", BEFORE),
            times(8, "started_at", LAST_YEAR),
        )
        row = one(
            {"sessions": sessions},
            "sessions",
            "2025-02",
            compare=("previous", "year_before"),
            as_of="2025-02-28",
        )

        assert (row["previous"], row["delta_previous"], row["change_previous"]) == (2, 2, 1)
        assert (row["year_before"], row["delta_year_before"], row["change_year_before"]) == (
            8,
            -4,
            -0.5,
        )

    def test_a_base_that_is_not_known_leaves_all_three_missing(self):
        row = one(
            {"sessions": times(4, "started_at", DAY)},
            "sessions",
            "2025-02",
            compare=("previous",),
            as_of="2025-02-28",
        )

        assert row["value"] == 4
        assert row[["previous", "delta_previous", "change_previous"]].isna().all()
        assert row["within_noise_previous"] is None

    def test_a_base_is_shown_even_if_the_figure_is_not_known(self):
        tables = {"sessions": times(4, "started_at", BEFORE)}
        row = one(tables, "sessions", "2025-02", compare=("previous",), as_of="2025-02-28")

        assert row["status"] == "no_data"
        assert row["previous"] == 4
        assert row[["delta_previous", "change_previous"]].isna().all()

    def test_by_group(self):
        sessions = stack(
            times(4, "started_at channel", DAY, "email"),
            times(2, "started_at channel", BEFORE, "email"),
            times(3, "started_at channel", BEFORE, "direct"),
        )
        res = kl.open({"sessions": sessions}, as_of="2025-02-28").evaluate(
            "sessions", "2025-02", by="channel", compare=["previous"]
        )
        found = res.set_index("channel")[["value", "previous", "delta_previous"]]

        assert found.loc["email"].tolist() == [4, 2, 2]
        assert found.loc["direct"].tolist() == [0, 3, -3]


class TestNoise:
    @pytest.mark.parametrize(
        ("count", "base", "noise"),
        [(120, 100, True), (200, 100, False)],  # p = 0.200092 [O-70]; p < 1e-6
    )
    def test_o70_counts(self, count, base, noise):
        sessions = stack(
            times(count, "started_at", "2025-03-10"), times(base, "started_at", "2024-03-10")
        )
        sessions = sessions.assign(visitor_id=sessions.index.astype(str))
        row = one(
            {"sessions": sessions},
            "sessions",
            "2025-03",
            compare=("year_before",),
            as_of="2025-03-31",
        )

        assert bool(row["within_noise_year_before"]) is noise

    def test_months_of_unequal_length_compare_per_day(self):
        """2,800 in February are as many a day as 3,100 in January."""
        sessions = stack(times(2800, "started_at", DAY), times(3100, "started_at", BEFORE))
        sessions = sessions.assign(visitor_id=sessions.index.astype(str))
        row = one(
            {"sessions": sessions}, "sessions", "2025-02", compare=("previous",), as_of="2025-02-28"
        )

        assert row["delta_previous"] == -300
        assert row["within_noise_previous"]

    def test_a_month_under_way_compares_per_day_elapsed(self):
        """Ten days of February, 100 a day, against ten days of January: nothing changed."""
        february = [(f"2025-02-{day:02d}",) for day in range(1, 11) for _ in range(100)]
        january = [(f"2025-01-{day:02d}",) for day in range(1, 32) for _ in range(100)]
        sessions = rows("started_at", *february, *january)
        sessions = sessions.assign(visitor_id=sessions.index.astype(str))
        row = one(
            {"sessions": sessions}, "sessions", "2025-02", compare=("previous",), as_of="2025-02-10"
        )

        assert (row["value"], row["previous"], row["delta_previous"]) == (1000, 1000, 0)
        assert row["within_noise_previous"]

    @pytest.mark.parametrize(("opened", "noise"), [(45, True), (90, False)])
    def test_rates_by_newcombes_interval(self, opened, noise):
        # 40/1,000 against 45/1,000: -0.0133 to 0.0235; against 90: 0.0287 to 0.0719
        tables = {"email_sends": stack(sends(BEFORE, 1000, 40), sends(DAY, 1000, opened))}
        row = one(tables, "click_rate", "2025-02", compare=("previous",), as_of="2025-03-31")

        assert bool(row["within_noise_previous"]) is noise

    def test_without_interval_nothing_is_said(self):
        sessions = rows("started_at visitor_id", (DAY, "a"), (BEFORE, "b"))
        row = one(
            {"sessions": sessions},
            "unique_visitors",
            "2025-02",
            compare=("previous",),
            as_of="2025-02-28",
        )

        assert row["delta_previous"] == 0
        assert row["within_noise_previous"] is None

    def test_of_a_figure_that_still_fills_up_nothing_is_said(self):
        tables = {"email_sends": stack(sends(BEFORE, 1000, 40), sends(DAY, 1000, 90))}
        row = one(tables, "click_rate", "2025-02", compare=("previous",), as_of="2025-02-12")

        assert "immature" in row["flags"]
        assert row["within_noise_previous"] is None


@pytest.mark.parametrize("compare", [["last"], "year", ["previous", "next"]])
def test_another_comparison_is_refused(compare):
    with pytest.raises(ParameterError) as caught:
        kl.open({"sessions": times(1, "started_at", DAY)}).evaluate(
            "sessions", "2025-02", compare=compare
        )

    assert "Compare with: previous, year_before." in str(caught.value)


def test_one_comparison_may_be_written_alone():
    res = kl.open({"sessions": times(1, "started_at", DAY)}, as_of="2025-02-28").evaluate(
        "sessions", "2025-02", compare="previous"
    )

    assert "previous" in res.columns


def pages(day, per_visitor):
    """One session a visitor, with so many pages."""
    visitors = [f"{day}{i}" for i in range(len(per_visitor))]
    return pd.DataFrame({"started_at": day, "visitor_id": visitors, "pageviews": per_visitor})


def answers(day, promoters, detractors, passives):
    grades = [10] * promoters + [0] * detractors + [7] * passives
    columns = "survey_id wave respondent_key item_id scale_min scale_max value answered_at"
    return rows(
        columns,
        *(
            ("nps", day[:7], f"{i}", "recommend", 0, 10, float(g), day)
            for i, g in enumerate(grades)
        ),
    )


def noise(tables, kpi, month="2025-02", base="previous", **opened):
    row = one(tables, kpi, month, compare=(base,), **{"as_of": "2025-03-31"} | opened)
    found = row[f"within_noise_{base}"]
    return None if found is None else bool(found)


class TestTheRightTest:
    def test_o69_newcombes_published_example(self):
        """56 of 70 against 48 of 80: 0.0524 to 0.3339, beyond noise."""
        tables = {"email_sends": stack(sends(BEFORE, 80, 48), sends(DAY, 70, 56))}

        assert noise(tables, "click_rate") is False

    def test_o69_intervals_that_overlap_may_still_differ(self):
        """45/300 [11.4, 19.5 %], 70/300 [18.9, 28.4 %] overlap; the difference: 2.0 to 14.5."""
        tables = {"email_sends": stack(sends(BEFORE, 300, 45), sends(DAY, 300, 70))}

        assert noise(tables, "click_rate") is False

    def test_a_mean_by_its_bootstrap_intervals(self):
        """Two pages against three, visitors all alike; then visitors of 1 to 40 pages."""
        alike = stack(pages(BEFORE, [2] * 50), pages(DAY, [3] * 50))
        lumpy = stack(pages(BEFORE, [1] * 49 + [40]), pages(DAY, [1] * 48 + [40] * 2))

        assert noise({"sessions": alike}, "pages_per_session") is False
        assert noise({"sessions": lumpy}, "pages_per_session") is True

    def test_a_score_by_its_adjusted_intervals(self):
        kinds = [("nps", day[:7], "nps", day) for day in (BEFORE, DAY)]
        waves = rows("survey_id wave survey_kind closed_at", *kinds)
        few = stack(answers(BEFORE, 5, 2, 3), answers(DAY, 7, 1, 2))
        many = stack(answers(BEFORE, 250, 100, 150), answers(DAY, 350, 50, 100))

        assert noise({"survey_waves": waves, "survey_responses": few}, "nps") is True
        assert noise({"survey_waves": waves, "survey_responses": many}, "nps") is False

    def test_a_count_from_nothing(self):
        """Six against none: p = 2 x 0.5^6 = 0.031; five: 0.0625. March has as many days."""
        other = times(1, "started_at channel", "2024-03-10", "email")
        for visits, expected in ((6, False), (5, True)):
            here = times(visits, "started_at channel", "2025-03-10", "organic_search")
            sessions = stack(here, other)
            tables = {"sessions": sessions.assign(visitor_id=sessions.index.astype(str))}
            assert noise(tables, "organic_sessions", "2025-03", "year_before") is expected

    def test_an_immature_figure_on_either_side_is_not_judged(self):
        leads = rows(
            "lead_id person_key created_at won_at",
            *((f"{day}{i}", f"{day}{i}", day, None) for day in (BEFORE, DAY) for i in range(50)),
        )

        assert noise({"leads": leads}, "lead_to_customer_rate", as_of="2025-02-28") is None

    def test_estimates_of_the_same_measurements_are_not_judged(self):
        from kpilib.engine.compare import compared
        from kpilib.engine.outcome import Outcome
        from kpilib.period import Period
        from kpilib.topics.catalogue import kpi
        from tests.one_figure import columns

        sides = (
            columns(Outcome(value=2.0, interval=(1.9, 2.1))),
            columns(Outcome(value=1.0, interval=(0.9, 1.1))),
        )
        months = [Period.parse("2025-02")], [Period.parse("2025-01")]
        res = compared(kpi("training_effect_did"), "previous", sides, months)

        assert res["within_noise_previous"].tolist() == [None]


class TestLumps:
    """Totals that come in lumps: one visitor brings many pages, so that Poisson is too sure."""

    KPI = Kpi(
        id="pages", label="P", question="P", formula="P", unit="count", better="neutral",
        roll_up="R1", reading="P", caveat="P", source="P", interval="bootstrap",
        value=Total(measure=total("sessions", lambda t: t.pageviews),
                    unit_of_chance="visitor_id"),
    )  # fmt: skip

    def asked(self, sessions, month, base, kpi=KPI):
        data = kl.open({"sessions": sessions}, as_of="2025-03-31")
        question = replace(data._question([], [Period.parse(month)], None, (base,)), kpis=[kpi])
        return evaluate(question).iloc[0]

    def test_a_few_heavy_visitors_are_noise(self):
        """200 pages of 20 visitors, then 300 of 22: Poisson would be sure (p < 0.00001)."""
        sessions = stack(
            pages("2024-03-10", [1] * 18 + [91] * 2), pages("2025-03-10", [1] * 19 + [94, 93, 94])
        )
        row = self.asked(sessions, "2025-03", "year_before")
        counted = replace(self.KPI, interval="poisson")
        sure = self.asked(sessions, "2025-03", "year_before", counted)

        assert (row["year_before"], row["value"]) == (200, 300)
        assert row["ci_method"] == "clumped"
        assert bool(row["within_noise_year_before"]) is True
        assert bool(sure["within_noise_year_before"]) is False

    def test_visitors_who_are_all_alike_are_as_sure_as_their_number(self):
        """100 visitors of three pages, then 110: their number may be chance; then 200, not."""
        for now, expected in ((110, True), (200, False)):
            sessions = stack(pages("2024-03-10", [3] * 100), pages("2025-03-10", [3] * now))
            row = self.asked(sessions, "2025-03", "year_before")
            assert bool(row["within_noise_year_before"]) is expected

    def test_months_of_unequal_length_compare_per_day(self):
        """100 a day of one page each: 3,100 in January, 2,800 in February."""
        sessions = stack(pages(BEFORE, [1] * 3100), pages(DAY, [1] * 2800))
        row = self.asked(sessions, "2025-02", "previous")

        assert row["change_per_day_previous"] == exactly(0)
        assert bool(row["within_noise_previous"]) is True


# KPI, table, a month's rows of so many units that add so many each, by the unit's column.
CLUMPS = {
    "sessions": ("sessions", "visitor_id", "started_at channel", ("direct",), None),
    "page_views": ("sessions", "visitor_id", "started_at channel", ("direct",), "pageviews"),
    "organic_sessions": (
        "sessions", "visitor_id", "started_at channel", ("organic_search",), None,
    ),
    "page_clicks": (
        "web_events", "visitor_id", "ts event_name page", ("product_click", "/a"), None,
    ),
    "contact_form_submissions": (
        "web_events", "visitor_id", "ts event_name form_id", ("form_submit", "f"), None,
    ),
    "units_sold": (
        "orders", "customer_id", "ordered_at status amount_ht product_kind",
        ("paid", 1.0, "product"), "units",
    ),
    "comments_count": ("social_posts", "post_id", "published_at network", ("x",), "comments"),
    "shares_count": ("social_posts", "post_id", "published_at network", ("x",), "shares"),
    "support_requests": ("support_tickets", "customer_id", "opened_at kind", ("simple",), None),
    "brand_mentions": ("texts", "author_key", "ts source", ("mention",), None),
    "qualified_leads": ("leads", "person_key", "qualified_at form_id", ("f",), None),
}  # fmt: skip


def clumps(kpi, day, units, each):
    """Rows of so many units of which each adds as many: in one row, or in that many rows."""
    _, unit, columns, values, amount = CLUMPS[kpi]
    names = [f"{day}-{number}" for number in range(units)]
    found = times(units, columns, day, *values).assign(**{unit: names})
    if amount:
        return found.assign(**{amount: each})
    return stack(*[found] * each)


@pytest.mark.parametrize("kpi", CLUMPS)
class TestTotalsInClumps:
    """40 units of 5 each, then 50 of 5: 200 against 250 is beyond noise only when each is alone.

    Of 200 and 250 events in months of equal length p = 0.021; of 40 and 50 units p = 0.34.
    """

    def asked(self, kpi, change=lambda frame: frame):
        table = CLUMPS[kpi][0]
        frame = stack(clumps(kpi, "2024-03-10", 40, 5), clumps(kpi, "2025-03-10", 50, 5))
        opened = {"as_of": "2025-06-30"}
        return one({table: change(frame)}, kpi, "2025-03", compare=("year_before",), **opened)

    def test_are_as_sure_as_the_number_of_units(self, kpi):
        row = self.asked(kpi)

        assert (row["year_before"], row["value"]) == (200, 250)
        assert bool(row["within_noise_year_before"]) is True
        # 5 x Garwood's interval of 50
        assert (row["ci_low"], row["ci_high"]) == pytest.approx((185.555, 329.594), abs=1e-3)

    def test_rows_that_do_not_say_whose_they_are_make_no_claim(self, kpi):
        if CLUMPS[kpi][1] == "post_id":
            return  # a post is its own row
        for lacking in (
            lambda frame: frame.drop(columns=CLUMPS[kpi][1]),
            lambda frame: frame.assign(**{CLUMPS[kpi][1]: None}),
            lambda frame: frame.assign(
                **{CLUMPS[kpi][1]: frame[CLUMPS[kpi][1]].where(frame.index % 5 > 0)}
            ),  # one in five, without
        ):
            row = self.asked(kpi, lacking)

            assert (row["value"], row["ci_method"]) == (250, "")
            assert row["within_noise_year_before"] is None
            assert row[["ci_low", "ci_high"]].isna().all()


class TestClumpsThatAreSummedUp:
    def test_make_no_claim(self):
        summed = rows(
            "started_at is_aggregate sessions pageviews visitor_id",
            ("2024-03-01", True, 200, 400, None), ("2025-03-01", True, 900, 1800, None),
        )  # fmt: skip
        for kpi in ("sessions", "page_views"):
            row = one({"sessions": summed}, kpi, "2025-03", compare=("year_before",),
                      as_of="2025-03-31")  # fmt: skip

            assert row["delta_year_before"] > 0
            assert (row["ci_method"], row["within_noise_year_before"]) == ("", None)

    def test_a_few_rows_without_a_name_stand_each_for_itself(self):
        """97 visitors of one visit, and three visits without: as 100 visitors."""
        sessions = times(100, "started_at", "2025-03-10")
        sessions["visitor_id"] = [*(f"v{number}" for number in range(97)), None, None, None]
        row = one({"sessions": sessions}, "sessions", "2025-03", as_of="2025-03-31")

        assert (row["ci_low"], row["ci_high"]) == pytest.approx((81.364, 121.627), abs=1e-3)

    def test_none_after_clumps_is_as_doubtful_as_they_are(self):
        """Two visitors of ten visits, then none: as two against none, and not as twenty."""
        email = "started_at channel visitor_id"
        few = stack(times(10, email, "2024-03-10", "email", "a"),
                    times(10, email, "2024-03-10", "email", "b"))  # fmt: skip
        many = stack(*(times(10, email, "2024-03-10", "email", f"{i}") for i in range(30)))
        other = rows(email, ("2025-03-10", "direct", "z"))
        for before, expected in ((few, True), (many, False)):
            data = kl.open({"sessions": stack(before, other)}, as_of="2025-03-31")
            found = data.evaluate("sessions", "2025-03", by="channel", compare="year_before")
            noise = found.set_index("channel")["within_noise_year_before"]
            assert bool(noise["email"]) is expected


class TestWindows:
    def test_windows_that_share_days_are_not_judged(self):
        """Twelve months that end in February share eleven with those that end in January."""
        from kpilib.engine.compare import compared
        from kpilib.engine.outcome import Outcome
        from tests.one_figure import columns

        yearly = replace(
            TestLumps.KPI,
            interval="poisson",
            value=Total(measure=replace(count("sessions"), window="12m")),
        )
        exact = {"interval_method": "poisson"}
        later = Outcome(value=500.0, interval=(457.0, 545.8), **exact)
        earlier = Outcome(value=100.0, interval=(81.4, 121.6), **exact)
        now, month, year = (Period.parse(name) for name in ("2025-02", "2025-01", "2024-02"))
        sides = columns(later, later), columns(earlier, earlier)

        res = compared(yearly, "previous", sides, ([now, now], [month, year]))
        assert res["within_noise_previous"].tolist() == [None, False]


class TestPerDay:
    def test_o65_february_of_a_leap_year(self):
        """2,856 in 28 days against 2,900 in 29: -1.517241 % raw, 102 a day against 100."""
        sessions = stack(times(2856, "started_at", DAY), times(2900, "started_at", LAST_YEAR))
        row = one({"sessions": sessions}, "sessions", "2025-02", compare=("year_before",),
                  as_of="2025-02-28")  # fmt: skip

        assert row["change_year_before"] == pytest.approx(-0.01517241, abs=1e-8)
        assert row["change_per_day_year_before"] == exactly(0.02)

    def test_of_a_rate_nothing_is_said_per_day(self):
        tables = {"email_sends": stack(sends(BEFORE, 100, 2), sends(DAY, 100, 5))}
        row = one(tables, "click_rate", "2025-02", compare=("previous",), as_of="2025-03-31")

        assert row["change_per_day_previous"] != row["change_per_day_previous"]

    def test_nor_of_people(self):
        sessions = rows("started_at visitor_id", (DAY, "a"), (BEFORE, "b"))
        row = one({"sessions": sessions}, "unique_visitors", "2025-02", compare=("previous",),
                  as_of="2025-02-28")  # fmt: skip

        assert row["change_per_day_previous"] != row["change_per_day_previous"]


class TestElapsed:
    """O-66: a period under way is compared with as many days of the other one."""

    @staticmethod
    def daily(*spans):
        days = pd.concat([pd.Series(pd.date_range(*span)) for span in spans])
        return {"sessions": pd.DataFrame({"started_at": days.dt.strftime("%Y-%m-%d")})}

    @pytest.mark.parametrize(
        ("period", "as_of", "base", "expected"),
        [
            ("2025-03", "2025-03-12", "previous", 12),
            ("2025-03", "2025-03-30", "previous", 28),  # February has no 30 days
            ("2025-02", "2025-02-10", "year_before", 10),
            ("2025-Q1", "2025-02-14", "previous", 45),  # 31 + 14 days from 1 October
            ("2025", "2025-01-20", "year_before", 20),
            (("2025-01-06", "2025-01-12"), "2025-01-08", "previous", 3),
        ],
    )
    def test_o66_as_many_days(self, period, as_of, base, expected):
        tables = self.daily(("2023-06-01", as_of))
        row = one(tables, "sessions", period, compare=(base,), as_of=as_of)

        assert row[base] == expected
        assert "partial" in row["flags"]

    def test_o66_nothing_is_scaled_up(self):
        row = one(self.daily(("2025-01-01", "2025-02-12")), "sessions", "2025-02",
                  compare=("previous",), as_of="2025-02-12")  # fmt: skip

        assert (row["value"], row["previous"], row["delta_previous"]) == (12, 12, 0)
        assert row["change_per_day_previous"] == exactly(0)

    def test_o66_a_stock_is_read_on_the_same_day(self):
        days = [("01", day) for day in range(1, 32)] + [("02", day) for day in range(1, 13)]
        followers = rows(
            "date followers", *((f"2025-{m}-{day:02d}", 100 * int(m) + day) for m, day in days)
        )
        row = one({"social_daily": followers}, "followers", "2025-02", compare=("previous",),
                  as_of="2025-02-12")  # fmt: skip

        assert (row["value"], row["previous"]) == (212, 112)
