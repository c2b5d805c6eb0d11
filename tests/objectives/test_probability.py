"""The probability of reaching a target: by hand, by its laws, and whether it comes true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import atan, log, pi, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpilib.objectives.goal import Goal
from kpilib.objectives.probability import (
    LEAST,
    MOST,
    Moves,
    best_moves,
    centre,
    chance,
    likelihood,
    of_a_record,
    scale_of,
    spread,
    without_overlap,
)
from kpilib.period import Period
from tests.goals import goal
from tests.objectives.calibration import FAMILIES, LIMITS, best_ever, cases, of, reliability

NOW = Period.parse("2026-04")
MONEY = goal(kpi="revenue", unit="EUR", baseline=1, target=2)
POINTS = goal(kpi="nps", unit="points", baseline=0, target=1)


def past(*figures: float | None) -> list[tuple[Period, float | None]]:
    return list(zip(NOW.trailing(len(figures) or 1), figures, strict=False))


def asked(of_kpi: Goal, target: float, ahead: int, down: bool = False, **changed) -> Goal:
    """Return a goal that ends so many months after April 2026."""
    end = NOW.start.replace(month=NOW.start.month + ahead)
    return replace(of_kpi, target=target, baseline=target + (1 if down else -1), end=end, **changed)


def said(of_kpi: Goal, figures, target: float, ahead: int, down: bool = False) -> float:
    found = chance(asked(of_kpi, target, ahead, down), past(*figures), NOW)
    assert found is not None
    return found


def moves(figures, wanted: float, ahead: int, unit: str = "points", sign: float = 1) -> Moves:
    """Return the moves that are looked at: of months, where they start at the month itself."""
    return best_moves(np.array(figures, dtype=float), wanted, ahead, unit, sign)


class TestByHand:
    def test_four_moves(self):
        # Centre 0, mean square 1, scale sqrt(1 + 1/4); t = 1/sqrt(1.25) with 3 degrees of freedom,
        # whose distribution is 1/2 + (atan(x) + x / (1 + x2)) / pi with x = t / sqrt(3).
        x = 1 / sqrt(1.25) / sqrt(3)
        expected = 0.5 - (atan(x) + x / (1 + x * x)) / pi

        assert expected == pytest.approx(0.2184, abs=1e-4)
        assert likelihood(Moves(np.arange(4), np.array([1, -1, 1, -1]), 1), 1) == pytest.approx(
            expected, rel=1e-9
        )

    def test_two_moves_are_next_to_nothing(self):
        # Scale 3 x sqrt(1.5), t = 1 with one degree of freedom: 1/2 - atan(1)/pi = 1/4.
        assert likelihood(
            Moves(np.arange(2), np.array([3, -3]), 3 * sqrt(1.5)), 1
        ) == pytest.approx(0.25)

    def test_overlapping_moves_count_less(self):
        # Six moves over three months: (6 + 3 - 1) / 3 fit one after the other.
        assert without_overlap(6, 3) == pytest.approx(8 / 3)
        assert without_overlap(6, 1) == 6

    def test_the_average_move_is_believed_as_far_as_it_stands_out(self):
        # Mean 2, variance 4, of 4 moves: error2 = 1, so that 2 x 4 / (4 + 3 x 1).
        assert centre((0, 4, 0, 4), 1) == pytest.approx(8 / 7)
        # From there: 0 is 8/7 away, 4 is 20/7; their mean square is (64 + 400) / 2 / 49.
        assert spread((0, 4, 0, 4), 1) == pytest.approx(sqrt(232) / 7)
        assert centre((2, 2), 1) == 2
        assert centre((1, -1), 1) == 0

    def test_steady_growth_goes_on(self):
        # 0, 1, ... 11: ten moves, all of 2 in two months.
        found = moves(range(12), 13, 2)

        assert (found.sizes.tolist(), found.needed, found.share) == ([2] * 10, 2, 1)
        assert said(POINTS, range(12), 13, 2) == MOST
        assert said(POINTS, range(12), 14, 2) == LEAST

    def test_money_moves_in_per_cent(self):
        # Doubles each month: the moves are all log 2, though in money each is larger than before.
        found = moves([2.0**n for n in range(12)], 2.0**12, 1, "EUR")

        assert (found.sizes.tolist(), found.share) == (pytest.approx([log(2)] * 11), 1)
        assert found.needed == pytest.approx(log(2))

    def test_rates_move_in_odds(self):
        odds = scale_of(np.array([0.2, np.nan, 0.5]), "rate")

        assert odds(0.2) == pytest.approx(log(1 / 4))
        assert odds(1.0) == float("inf")  # never reached, rather than an error
        assert scale_of(np.array([0.2, 1.0]), "rate")(1.0) == 1.0

    def test_a_month_above_the_usual_falls_back(self):
        # Around 50, twice at 54 or more, now at 53: from the average of six months.
        figures = [49, 51, 54, 48, 50, 46, 55, 49, 50, 46, 51, 48, 50, 53]

        found = moves(figures, 53, 1)

        # Last six: (50 + 46 + 51 + 48 + 50 + 53) / 6 = 49.67, so that 3.33 are needed.
        assert (found.share, found.needed) == (0, pytest.approx(10 / 3))
        assert said(POINTS, figures, 53, 1) < 0.25

    def test_a_month_like_none_before_is_a_new_level(self):
        figures = [49, 51, 54, 48, 50, 46, 55, 49, 50, 46, 51, 48, 50, 20]

        found = moves(figures, 50, 1)

        assert (found.share, found.needed) == (1, 30)
        assert found.sizes.max() < 30  # never seen
        assert said(POINTS, figures, 50, 1) < 0.05

    def test_a_season_is_not_a_fall(self):
        # August is at 10, all other months around 50: from April, four months ahead.
        figures = [
            (10 if month.start.month == 8 else 50) + (number % 3)
            for number, month in enumerate(NOW.trailing(26))
        ]

        # Each less the same month a year before: the first twelve months have none.
        assert len(moves(figures, 15, 4, sign=-1).sizes) == 26 - 12 - 4
        assert said(POINTS, figures, 15, 4, down=True) > 0.95
        # With 23 months nobody can tell: one August in the past.
        assert len(moves(figures[3:], 15, 4, sign=-1).sizes) == 23 - 4

    def test_a_total(self):
        # 10 a month: 40 from January to April, 20 more are missing in two months.
        counted = goal(kpi="leads", unit="count", mode="count", baseline=None, target=60)
        counted = replace(counted, end=date(2026, 6, 30))
        figures = [9, 11, 10, 9, 11, 10, 9, 11, 10, 9, 11, 10]

        found = chance(counted, past(*figures), NOW)
        more = chance(replace(counted, target=70), past(*figures), NOW)

        assert 0.3 < found < 0.7
        assert more < 0.05

    def test_a_record_of_what_scatters_is_believed_by_two_thirds(self):
        # 3, 1, 3, 1, ...: the slope of ten months is negative, so that nothing is added.
        scattered = np.array([3.0, 1.0] * 5)

        assert of_a_record(0.6, scattered, 3, "points", 1) == pytest.approx(0.4)
        assert of_a_record(0.6, scattered, 2.9, "points", 1) == 0.6  # some month exceeded it
        assert of_a_record(0.6, -scattered, -3, "points", -1) == pytest.approx(0.4)

    def test_a_record_of_what_climbs_is_believed_the_more_the_straighter_its_line(self):
        # 0 1 1 2: slope 0.6; residuals -0.1 0.3 -0.3 0.1, their squares 0.2; the slope's error
        # sqrt(0.2 / 2 / 5), so that t2 = 0.36 / 0.02 = 18.
        climbing = np.array([0.0, 1.0, 1.0, 2.0])

        believed = of_a_record(0.6, climbing, 2, "points", 1)

        assert believed == pytest.approx(0.6 * (2 / 3 + 18 / (18 + 9) / 3))
        assert of_a_record(0.99, climbing, 2, "points", 1) == pytest.approx(2 / 3 + 18 / 918 / 3)
        assert of_a_record(0.99, np.arange(3.0), 3, "points", 1) == 0.99  # no scatter, no luck

    def test_a_total_that_is_reached_stays_reached(self):
        counted = goal(kpi="leads", unit="count", mode="count", baseline=None, target=40)
        counted = replace(counted, end=date(2026, 6, 30))

        assert chance(counted, past(*[10.0] * 12), NOW) == MOST

    def test_holding_a_level(self):
        held = goal(kpi="nps", unit="points", mode="maintain", baseline=None, target=40)
        held = replace(held, end=date(2026, 5, 31))
        figures = [50, 52, 48, 51, 49, 50, 53, 47, 50, 51, 49, 50]

        assert chance(held, past(*figures), NOW) > 0.95
        assert chance(replace(held, better="lower"), past(*figures), NOW) < 0.05

    def test_a_figure_that_never_moved(self):
        assert said(POINTS, [40.1] * 14, 40.1, 1) == MOST
        assert said(POINTS, [40.1] * 14, 41, 1) == LEAST


class TestNone:
    FIGURES = tuple(float(50 + number % 5) for number in range(14))

    def none(self, of_goal: Goal, figures=FIGURES) -> bool:
        return chance(of_goal, past(*figures), NOW) is None

    def test_where_nothing_tells(self):
        over = replace(POINTS, end=date(2026, 4, 30))
        milestone = replace(POINTS, kpi="", mode="binary")
        counted = replace(POINTS, mode="count", start=date(2025, 1, 1))
        later = replace(counted, start=date(2026, 5, 1))

        assert self.none(over)
        assert self.none(milestone)
        assert self.none(POINTS, (*self.FIGURES[:-1], None))
        assert self.none(POINTS, (*self.FIGURES[:-1], float("nan")))
        assert self.none(POINTS, ())
        assert self.none(counted)  # its first month is not in the past
        assert self.none(later)
        assert self.none(asked(POINTS, 60, 1), self.FIGURES[:11])
        assert self.none(asked(POINTS, 60, 7))  # 13/7 moves without overlap
        assert chance(asked(POINTS, 60, 6), past(*self.FIGURES), NOW) is not None

    def test_a_gap_in_the_past_is_left_out(self):
        found = moves([*self.FIGURES[:6], np.nan, *self.FIGURES[6:]], 60, 1)

        assert len(found.sizes) == 12  # of 14, the two that begin or end in the gap

    def test_a_month_that_is_not_listed_is_a_gap(self):
        known = past(*self.FIGURES)
        listed = chance(asked(POINTS, 60, 1), known[:3] + known[4:], NOW)

        assert listed == said(POINTS, (*self.FIGURES[:3], None, *self.FIGURES[4:]), 60, 1)


FIGURES = st.lists(st.floats(1, 1000), min_size=14, max_size=26)
AHEAD = st.integers(1, 6)


class TestLaws:
    @given(FIGURES, st.floats(-500, 1500), st.floats(0, 500), AHEAD)
    def test_more_is_less_probable(self, figures, target, more, ahead):
        near = said(POINTS, figures, target, ahead)
        far = said(POINTS, figures, target + more, ahead)

        assert LEAST <= far <= near <= MOST

    @given(FIGURES, st.floats(-500, 1500), AHEAD)
    def test_direction_does_not_matter(self, figures, target, ahead):
        up = said(POINTS, figures, target, ahead)
        down = said(POINTS, [-each for each in figures], -target, ahead, down=True)

        assert down == pytest.approx(up, abs=1e-9)

    @given(st.lists(st.integers(1, 1000), min_size=14, max_size=26), st.integers(1, 2000), AHEAD)
    def test_currency_does_not_matter(self, figures, target, ahead):
        # A multiple of two is exact, so that no tie between methods is decided by rounding.
        assume(len(set(figures)) > 3)
        euros = said(MONEY, figures, target, ahead)
        other = said(MONEY, [each * 4 for each in figures], target * 4, ahead)

        assert other == pytest.approx(euros, abs=1e-6)


# What a class of the table may be off by, beyond three standard errors of its own count: of one
# kind of company, and of all together. Seen with 22 000 companies: 0.055 (the figure that wanders;
# 0.015 for the next) and 0.005.
MARGIN, MARGIN_OF_ALL = 0.07, 0.015
COMPANIES = 100
CHOSEN: dict[tuple, Moves | None] = {}


def departures(found, margin: float, of_all: float) -> list[str]:
    """Return the classes with at least 100 cases that came true too often or too rarely."""
    lines = [(reliability(name, of(found, family=name)), margin) for name in FAMILIES]
    lines.append((reliability("all", found), of_all))
    return [
        f"{line.name}: {each.said:.2f} said, {each.came:.2f} came, {each.count} cases"
        for line, allowed in lines
        for each in line.bins
        if each and each.count >= 100 and each.off > allowed + each.error
    ]


@pytest.fixture
def chosen_once(monkeypatch):
    """Choose the moves of a case once: a factor on every spread chooses the same ones.

    That choice is most of the work, and three tests make up the same companies.
    """

    def chosen(figures, *asked, total):
        case = (figures.tobytes(), *asked, total)
        if case not in CHOSEN:
            CHOSEN[case] = best_moves(figures, *asked, total=total)
        return CHOSEN[case]

    monkeypatch.setattr("kpilib.objectives.probability.best_moves", chosen)


class TestCalibration:
    def test_it_comes_true_as_often_as_it_says(self, chosen_once):
        found = list(cases(FAMILIES, COMPANIES))
        every = reliability("all", found)

        assert departures(found, MARGIN, MARGIN_OF_ALL) == []
        assert every.brier < 0.6 * every.climatology  # and it says more than one half each time
        assert min(each.count for each in every.bins) > 500  # every class is tried

    # Of 40 companies 469 cases are in the surest class: three standard errors are 0.042, what is
    # half as sure as it may be is off by 0.06. In single families a class needs 100 cases.
    @pytest.mark.parametrize(("factor", "companies"), [(0.5, COMPANIES), (1.5, 40)])
    def test_a_broken_method_does_not_pass(self, monkeypatch, chosen_once, factor, companies):
        def broken(sizes, ahead):
            return factor * spread(sizes, ahead)

        monkeypatch.setattr("kpilib.objectives.probability.spread", broken)

        found = departures(list(cases(FAMILIES, companies)), MARGIN, MARGIN_OF_ALL)

        assert any(each.startswith("all") for each in found)
        # Twice as sure as it may be is seen in single families too, half as sure only in all.
        assert factor > 1 or any(not each.startswith("all") for each in found)

    def test_the_best_month_ever_as_a_target(self):
        """Where it is asked for again: said and came within 5 points, of each class that counts."""
        found = list(best_ever(100))
        whole = reliability("best", found)
        said = sum(case.probability for case in found) / len(found)
        came = sum(case.reached for case in found) / len(found)

        assert abs(said - came) < 0.05
        assert [
            each for each in whole.bins if each.count > 100 and each.off > 0.05 + each.error
        ] == []
        # The month that is the best so far was taken for a new level: said 50 %, came 3 %.
        noise = reliability("noise", of(found, family="noise"))
        assert noise.bins[2] is None or noise.bins[2].count < 0.02 * len(of(found, family="noise"))

    def test_quarters_that_peak_at_their_end(self):
        found = list(cases({"quarters": FAMILIES["quarters"]}, 250))

        whole = reliability("quarters", found)
        assert [e for e in whole.bins if e.count >= 100 and e.off > 0.05 + e.error] == []
        assert whole.brier < 0.4 * whole.climatology

    @pytest.mark.parametrize(("family", "off"), [("growth", 0.14), ("fallen", -0.17)])
    def test_the_limits_that_are_documented(self, family, off):
        # The day this fails, the docstring is out of date: of 50 %, 64 % and 33 % come true.
        middle = reliability(family, list(cases({family: LIMITS[family]}, 400))).bins[2]

        assert middle.came - middle.said == pytest.approx(off, abs=0.08)
