"""Since when something happens more often: counted by hand, against another way, and by chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kpilib.engine.outstanding import FEWEST_BEFORE, risen_since


def test_a_rise_is_found_where_it_begins():
    # Nothing in twelve periods, then 6 events in four, of ten people each.
    # At 12: 6 ln(6/40) - 6 ln(6/160) = 6 ln 4 = 8.3; at any other place it is less.
    assert risen_since([0] * 12 + [2, 1, 2, 1], [10] * 16) == 12


def test_as_another_way_finds_it():
    """Every place, by the probabilities of counts themselves."""
    rng = np.random.default_rng(3)
    events = [*rng.poisson(0.3, 14), *rng.poisson(3.0, 8)]
    exposure = rng.uniform(8, 12, len(events))

    def likelihood(part):
        counts, base = np.array(events)[part], exposure[part]
        return stats.poisson.logpmf(counts, counts.sum() / base.sum() * base).sum()

    places = range(FEWEST_BEFORE, len(events))
    best = max(places, key=lambda at: likelihood(slice(at)) + likelihood(slice(at, None)))

    assert risen_since(events, exposure) == best


@pytest.mark.parametrize(("events", "exposure"), [
    ([0] * 16, [10] * 16),  # nothing happened
    ([2, 1, 2, 1] + [0] * 12, [10] * 16),  # it fell
    ([0, 1] * 8, [10] * 16),  # always the same
    ([0] * 15 + [1], [10] * 16),  # one event proves nothing
    ([0] * 5 + [9], [10] * 6),  # nobody knows how it was before
    ([0] * 8 + [1] * 8, [1.0] * 8 + [400.0] * 8),  # more people, not more often
    ([1] * 16, [10] * 15 + [0]),  # nobody was there
])  # fmt: skip
def test_no_rise(events, exposure):
    assert risen_since(events, exposure) is None


def test_chance_alone_rises_once_in_twenty_times():
    rng = np.random.default_rng(7)
    found = [risen_since(rng.poisson(0.4, 24), [10.0] * 24) is not None for _ in range(300)]

    assert 0.01 < np.mean(found) < 0.08  # 5 % of draws, 300 times: 2.5 to 7.5 %
