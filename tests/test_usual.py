"""How far a full count usually moves: growth is no wobble, a season neither."""

from __future__ import annotations

import numpy as np
import pytest

from kpilib.engine.compare import usual_move


def test_twelve_moves_by_hand():
    # Moves of +1 and -1 by turns: median 0 (six of each), median distance 1; 12 / 11.2 for the
    # doubt about the spread of twelve, and the root of 1 + pi / 24 for that about their median.
    wide = 12 / 11.2 * np.sqrt(1 + np.pi / 24)
    assert usual_move([0, 1] * 6 + [0]) == pytest.approx(2.5 * 1.4826 * wide)


def test_steady_growth_is_no_wobble_and_one_jump_neither():
    assert usual_move(range(100, 120)) == 0
    # Nineteen moves, 18 of 1 and one of 786: the median distance is 0, the mean one 785 / 19.
    wide = 19 / 18.2 * np.sqrt(1 + np.pi / 38)
    jumped = usual_move([*range(100, 115), *range(900, 905)])
    assert jumped == pytest.approx(2.5 * 1.2533 * 785 / 19 * wide)
    assert jumped < 785  # which is none of them


def test_a_season_is_taken_out_from_two_years_on():
    season = [0, 50, 10, 80, 20, 5, 90, 30, 60, 15, 70, 40]
    assert usual_move([*season, *season, season[0]]) == 0
    assert usual_move([*season, *season[:6]]) > 50


def test_of_few_moves_it_is_wider_and_of_fewer_than_three_unknown():
    draw = np.random.default_rng(18).normal(size=13).cumsum()
    assert usual_move(draw[:3]) is None and usual_move([1, None, 2, None, 3]) is None
    # Three moves of 1, -1 and 1: standard deviation 1.155, times 8.9 (t of two degrees, 98.8 %).
    assert usual_move([0, 1, 0, 1]) == pytest.approx(1.1547 * 8.92, rel=0.01)
