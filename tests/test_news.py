"""What is news: beyond chance, and further than the series itself usually moves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.engine.compare import unusual
from tests.worked import stack, times

MONTHS = pd.period_range("2024-01", "2026-03", freq="M").astype(str)  # 27 of them
NOW = MONTHS[-1]
OPENED = {"as_of": "2026-03-31"}
DAYS = pd.PeriodIndex(MONTHS, freq="M").days_in_month.to_numpy()
STEADY = [30 * days + 5 * (-1) ** number for number, days in enumerate(DAYS)]  # 30 a day


def visits(counts, months=MONTHS, **columns):
    """So many visits a month, each of another visitor."""
    months = np.repeat(list(months[-len(counts) :]), counts)
    frame = pd.DataFrame({"started_at": [f"{month}-10" for month in months]} | columns)
    return frame.assign(visitor_id=frame.index.astype(str))


def sums(levels, pages=None):
    """The same as sums of months, one series a page: whose visits they are is not known."""
    pages = pages or [f"/{number}" for number in range(len(levels))]
    frame = pd.DataFrame(levels, index=pages, columns=MONTHS[-levels.shape[1] :])
    long = frame.rename_axis("landing_page").reset_index().melt(
        "landing_page", var_name="month", value_name="sessions"
    )  # fmt: skip
    return long.assign(started_at=long["month"] + "-01", is_aggregate=True).drop(columns="month")


def news(table, kpi="sessions", period=NOW, by=None, opened=OPENED):
    found = kl.open({"sessions": table}, **opened).evaluate(
        kpi, period, by=by, compare=["previous", "year_before"]
    )
    names = ["within_noise_previous", "news_previous", "news_year_before"]
    return found[names] if by else tuple(found.iloc[0][names])


class TestNews:
    def test_a_drop_of_a_fifth_in_a_steady_series_is(self):
        assert news(visits([*STEADY[:-1], 744])) == (False, True, True)

    def test_a_change_that_chance_explains_is_not(self):
        """930 would be as many a day as before; of 990, p = 0.13."""
        assert news(visits([*STEADY[:-1], 990])) == (True, False, False)

    def test_a_change_beyond_chance_that_the_series_often_makes_is_not(self):
        """From 30 a day to 40 and back, month after month."""
        levels = [days * (30 if number % 2 else 40) for number, days in enumerate(DAYS)]

        assert news(visits(levels)) == (False, False, False)

    def test_no_change_is_none(self):
        assert news(sums(np.full((1, 27), 50.0)))[1] is False

    @pytest.mark.parametrize(("months", "told"), [(13, None), (14, True)])
    def test_fewer_than_twelve_earlier_moves_leave_it_unknown(self, months, told):
        """Of 13 months eleven moves are earlier than the last one."""
        noise, previous, year_before = news(visits([*STEADY[-months:-1], 600]))

        assert (noise, previous, year_before) == (False, told, None)

    def test_of_a_year_before_twelve_earlier_ones_take_25_months(self):
        assert news(visits([*STEADY[-24:-1], 600]))[2] is None
        assert news(visits([*STEADY[-25:-1], 600]))[2] is True

    def test_a_short_history_says_nothing_of_what_chance_explains_either(self):
        assert news(visits([310, 279, 310])) == (True, None, None)

    def test_months_of_unequal_length_compare_per_day(self):
        """100 a day in all months, 31 after 28 days: no news, though 3,100 are 300 more."""
        assert news(sums(np.array([100.0 * DAYS])))[1:] == (False, False)

    def test_the_same_rise_every_march_is_the_season(self):
        """A peak of 40 % in March; in the third one, 20 % less than the peak was."""
        level = np.array([1400.0 if month.endswith("-03") else 1000.0 for month in MONTHS])
        level *= (1 + 0.01 * np.sin(np.arange(len(MONTHS)))) * DAYS / 30

        assert news(sums(level[None]))[1] is False
        level[-1] *= 0.8
        assert news(sums(level[None]))[1:] == (True, True)

    def test_points_of_a_rate_and_not_percent_of_it(self):
        """From 1 to 2 % is one point, as from 11 to 12 %: the series moves by as much."""
        opened = [*([10, 20] * 7), 30]
        sends = stack(
            *(
                times(part, "sent_at delivered human_click", f"{month}-10", True, clicked)
                for month, number in zip(MONTHS[-15:], opened, strict=True)
                for part, clicked in ((number, True), (1000 - number, False))
            )
        )
        found = kl.open({"email_sends": sends}, as_of="2026-05-31").evaluate(
            "click_rate", NOW, compare="previous"
        )

        assert found["news_previous"].tolist() == [False]

    def test_a_month_under_way_is_measured_by_as_many_days_of_the_others(self):
        """Ten visits a day in the first ten days, and more later on, in another number a month."""
        days = pd.date_range("2024-12-01", "2026-03-10")
        many = [10 if day.day <= 10 else 20 + 2 * day.month for day in days]
        frame = pd.DataFrame({"started_at": np.repeat(days.strftime("%Y-%m-%d"), many)})
        frame = frame.assign(visitor_id=frame.index.astype(str))
        steady = news(frame, opened={"as_of": "2026-03-10"})
        fewer = frame[~((frame["started_at"] >= "2026-03-01") & (frame.index % 2 == 0))]

        assert steady == (True, False, None)
        assert news(fewer, opened={"as_of": "2026-03-10"}) == (False, True, None)

    def test_each_group_by_its_own_moves(self):
        wild = [days * (20 if number % 2 else 30) for number, days in enumerate(DAYS)]
        calm = [*STEADY[:-1], 1200]
        table = stack(visits(wild, channel="email"), visits(calm, channel="direct"),
                      visits([500, 500, 700], channel="referral"))  # fmt: skip
        table = table.assign(visitor_id=table.index.astype(str))
        found = kl.open({"sessions": table}, **OPENED).evaluate(
            "sessions", NOW, by="channel", compare="previous"
        )

        told = dict(zip(found["channel"], found["news_previous"], strict=True))
        assert told == {"direct": True, "email": False, "referral": None}

    def test_a_period_of_ones_own_has_none(self):
        found = kl.open({"sessions": visits(STEADY)}, **OPENED).before_after(
            "sessions", on="2026-01-01", months=2
        )

        assert not [name for name in found if "news" in name]

    def test_what_is_not_ripe_has_none(self):
        names = [f"{month}-{number}" for month in MONTHS for number in range(10, 28)]
        leads = pd.DataFrame({"lead_id": names, "person_key": names, "created_at": names,
                              "qualified_at": names})  # fmt: skip
        found = kl.open({"leads": leads}, **OPENED).evaluate(
            "lead_qualification_rate", NOW, compare="previous"
        )

        assert found["news_previous"].tolist() == [None]


class TestFalseNews:
    """200 series in which nothing happened, as sums of months: at most 7 % are news."""

    @pytest.mark.parametrize(("wobble", "season"), [(0.03, 0.2), (0.1, 0.0)])
    def test_is_rare(self, wobble, season):
        draw = np.random.default_rng(1)
        level = 233 * DAYS * np.exp(draw.normal(0, wobble, (200, len(MONTHS))))
        level *= np.exp(draw.normal(0, season, (200, 12)))[:, np.arange(len(MONTHS)) % 12]
        found = news(sums(draw.poisson(level)), by="landing_page")

        assert found["within_noise_previous"].isna().all()
        for name in ("news_previous", "news_year_before"):
            assert found[name].eq(True).mean() <= 0.07

    def test_and_a_drop_of_a_fifth_is_found(self):
        draw = np.random.default_rng(2)
        level = np.tile(233.0 * DAYS, (200, 1))
        level[:, -1] *= 0.8
        found = news(sums(draw.poisson(level)), by="landing_page")

        assert found["news_previous"].eq(True).mean() >= 0.9
        assert found["news_year_before"].eq(True).mean() >= 0.9


class TestUnusual:
    def test_moves_that_are_all_alike_make_any_other_unusual(self):
        moves = np.array([[2.0, *[1.0] * 12], [1.0, *[1.0] * 12]])
        further, told = unusual(moves)

        assert (further.tolist(), told.tolist()) == ([True, False], [True, True])

    def test_one_outlier_does_not_make_everything_usual(self):
        """Moves of about 1 with one of 100: by the standard deviation (27) 20 would be usual."""
        past = [1, -1, 1.2, -0.8, 0.9, -1.1, 1, -1, 0.8, -0.9, 1.1, 100]
        further, _ = unusual(np.array([[20.0, *past], [2.0, *past]]))

        assert further.tolist() == [True, False]

    def test_what_is_not_known_does_not_count(self):
        past = [0.0, 1.0, np.nan, *[0.5] * 10]  # twelve are known
        _, told = unusual(np.array([[9.0, *past], [np.nan, *past], [9.0, *past[:-1], np.nan]]))

        assert told.tolist() == [True, False, False]
