"""Which group stands out: beyond chance, whatever the number of groups, and with enough cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

import kpilib as kl
from kpilib.engine.outcome import Outcome
from kpilib.engine.outstanding import _beyond, adjusted, holm, of_scores, of_sums
from tests.one_figure import columns
from tests.worked import stack, times

OPENED = {"as_of": "2025-06-30"}
MONTH = "2025-02"
COLUMNS = "sent_at delivered campaign_id human_click"


def sends(groups):
    """Deliveries of campaigns: name to (clicked, sent)."""
    return stack(
        *(
            times(part, COLUMNS, "2025-02-10", True, name, clicked)
            for name, (up, down) in groups.items()
            for part, clicked in ((up, True), (down - up, False))
        )
    )


def named(tables, kpi, by, period=MONTH, **opened):
    found = kl.open(tables, **OPENED | opened).evaluate(kpi, period, by=by)
    return dict(zip(found[by], found["stands_out"], strict=True))


def clicks(groups):
    return named({"email_sends": sends(groups)}, "click_rate", "campaign_id")


class TestStandsOut:
    def test_is_a_column_only_where_there_are_groups(self):
        data = kl.open({"email_sends": sends({"a": (5, 100)})}, **OPENED)

        assert "stands_out" not in data.evaluate("click_rate", MONTH)
        assert "stands_out" in data.evaluate("click_rate", MONTH, by="campaign_id")

    def test_of_a_group_far_from_the_rest(self):
        """30 of 100 against 30 of 600: Fisher's p is below 1e-10."""
        found = clicks({"a": (30, 100), "b": (10, 200), "c": (10, 200), "d": (10, 200)})

        assert found["a"] is True
        assert not (found["b"] or found["c"] or found["d"])

    def test_the_rest_is_without_the_group(self):
        """14 of 200 against 30 of 200: Fisher's p = 0.0140 by twice the tail, times two groups."""
        tail = stats.hypergeom(400, 44, 200).cdf(14)
        assert 2 * 2 * tail < 0.05

        assert clicks({"a": (14, 200), "b": (30, 200)}) == {"a": True, "b": True}

    def test_what_would_do_alone_does_not_among_forty(self):
        """11 of 100 against 3 of 100 in each of the others: p = 0.0005 or so, times 40."""
        few = {f"c{number}": (3, 100) for number in range(5)}
        many = {f"c{number}": (3, 100) for number in range(39)}
        p = 2 * stats.hypergeom(4000, 128, 100).sf(10)
        assert 0.05 / 40 > p > 0.0001 and p * 6 < 0.05

        assert clicks({"a": (11, 100), **few})["a"] is True
        assert clicks({"a": (9, 100), **many})["a"] is False

    @pytest.mark.parametrize(("cases", "told"), [(29, None), (30, True)])
    def test_no_group_below_thirty_cases(self, cases, told):
        """One of 31 is 3.2 %: with 29 nobody says anything, however far it is."""
        assert clicks({"a": (20, cases), "b": (10, 1000)})["a"] is told

    def test_one_group_alone_cannot(self):
        assert clicks({"a": (30, 100)}) == {"a": None}

    @pytest.mark.parametrize("kpi", ["sessions", "page_views", "channel_sessions"])
    def test_a_total_has_no_level_that_groups_share(self, kpi):
        sessions = stack(times(900, "started_at channel", "2025-02-10", "email"),
                         times(40, "started_at channel", "2025-02-10", "direct"))  # fmt: skip
        sessions = sessions.assign(visitor_id=sessions.index.astype(str), pageviews=3)

        assert named({"sessions": sessions}, kpi, "channel") == {"direct": None, "email": None}

    def test_clumps_count_as_what_they_are(self):
        """40 visits of 4 visitors are no 40 cases: their pages are four accidents."""

        def pages(channel, visitors, each, seen):
            names = [f"{channel}{number % visitors}" for number in range(visitors * each)]
            return pd.DataFrame({"started_at": "2025-02-10", "channel": channel,
                                 "visitor_id": names, "pageviews": seen})  # fmt: skip

        rest = stack(*(pages("direct", 50, 1, seen) for seen in (1, 2, 3, 4)))
        rest["visitor_id"] = [f"d{number}" for number in range(len(rest))]
        few = named({"sessions": stack(rest, pages("email", 4, 30, 6))},
                    "pages_per_session", "channel")  # fmt: skip
        many = named({"sessions": stack(rest, pages("email", 120, 1, 6))},
                     "pages_per_session", "channel")  # fmt: skip

        assert (few["email"], many["email"]) == (None, True)

    def test_costs_per_lead_by_the_leads_that_the_money_should_have_brought(self):
        """100 € each: 40 leads against 10; a channel without cost is not judged."""

        def leads(campaign, count):
            names = [f"{campaign}{number}" for number in range(count)]
            return pd.DataFrame({"lead_id": names, "person_key": names, "campaign_id": campaign,
                                 "created_at": "2025-02-10"})  # fmt: skip

        costs = pd.DataFrame({"cost_id": ["1", "2"], "scope_kind": "campaign",
                              "scope_id": ["a", "b"], "amount_ht": [1000.0, 1000.0],
                              "currency": "EUR", "incurred_at": "2025-02-01"})  # fmt: skip
        tables = {"leads": stack(leads("a", 120), leads("b", 40), leads("c", 50)), "costs": costs}

        assert named(tables, "cost_per_lead", "campaign_id") == {"a": True, "b": True, "c": None}

    def test_net_scores(self):
        """+75 of 80 answers against about 0 of the two others, which are alike."""
        answers = [(60, 0, 20), (30, 28, 22), (27, 30, 23)]
        names = ("favourable", "unfavourable", "neutral")
        groups = columns(
            *(Outcome(details=dict(zip(names, each, strict=True))) for each in answers)
        )
        found = of_scores(groups)

        assert found[0] < 1e-6
        assert of_scores(groups.at([1, 2])).min() > 0.3

    def test_a_series_does_not_say(self):
        data = kl.open({"email_sends": sends({"a": (30, 100), "b": (10, 600)})}, **OPENED)

        assert data.series("click_rate", MONTH, 1, by="campaign_id")["stands_out"].isna().all()


class TestHolm:
    def test_is_the_published_adjustment(self):
        draw = np.random.default_rng(4)
        for many in (1, 2, 7, 40):
            chances = draw.random(many) ** 3

            assert holm(chances) == pytest.approx(multipletests(chances, method="holm")[1])

    def test_of_nothing(self):
        assert holm(np.array([])).tolist() == []


def monthly(groups, draw, **levels):
    """Deliveries of so many campaigns in each of 36 months, all alike but for some."""
    parts = []
    for month in pd.period_range("2022-07", "2025-06", freq="M"):
        cases = np.maximum(draw.lognormal(3.9, 0.7, groups).astype(int), 8)
        names = np.array([f"c{number}" for number in range(groups)], dtype=object)
        for number, name in enumerate(levels):
            names[number], cases[number] = name, 500
        level = np.array([levels.get(name, 0.04) for name in names])
        parts.append(pd.DataFrame({
            "campaign_id": np.repeat(names, cases), "delivered": True,
            "sent_at": f"{month}-10",
            "human_click": draw.random(cases.sum()) < np.repeat(level, cases),
        }))  # fmt: skip
    months = pd.period_range("2022-07", "2025-05", freq="M").astype(str)
    data = kl.open({"email_sends": stack(*parts)}, **OPENED)
    return data.over("click_rate", list(months), by="campaign_id", intervals=True)


class TestGroupsThatAreAlike:
    """At most 6 % of charts of alike groups may name one: by intervals, 87 % of 40 groups do."""

    @pytest.mark.parametrize("groups", [4, 40])
    def test_are_not_named(self, groups):
        """35 charts: at 5 %, five or more would happen in 3 of 100 benches; this one is seeded."""
        found = monthly(groups, np.random.default_rng(groups))
        wrong = found["stands_out"].eq(True).groupby(found["period"]).any()

        assert len(wrong) == 35
        assert wrong.sum() <= 4

    def test_one_that_is_not_alike_is_found(self):
        """Of 500 cases, 11 % where ten others have 4 %."""
        found = monthly(11, np.random.default_rng(7), best=0.11)
        best = found[found["campaign_id"].eq("best")]

        assert best["stands_out"].eq(True).mean() >= 0.9


class TestSumsOfUnits:
    """Alike groups of customers who spend lognormally: a few large ones, and many groups."""

    def alike(self, groups, charts, best=1.0):
        draw, found = np.random.default_rng(groups), 0
        for _ in range(charts):
            units = np.maximum(draw.lognormal(4.0, 0.8, groups).astype(int), 10)
            units[0] = 500
            group = np.repeat(np.arange(groups), units)
            spent = draw.lognormal(0, 1.2, len(group)) * np.where(group == 0, best, 1.0)
            powers = [np.bincount(group, (spent - spent.mean()) ** power) for power in (1, 2, 3)]
            chances = of_sums(*[units.astype(float)] * 2, *powers)
            stands, _ = adjusted(chances, units)
            found += stands[0] if best > 1 else stands.any()
        return found / charts

    @pytest.mark.parametrize("groups", [4, 40, 400])
    def test_that_are_alike_are_not_named(self, groups):
        assert self.alike(groups, 100) <= 0.06

    @pytest.mark.parametrize("groups", [4, 40, 400])
    def test_one_that_spends_twice_as_much_is(self, groups):
        assert self.alike(groups, 40, best=2.0) >= 0.8


def test_the_upper_tail_is_that_of_pearsons_third_law():
    distance, skew = np.meshgrid(np.linspace(0, 40, 81), [0.0, 1e-6, 2e-5, 0.01, 0.5, 2.0, 30.0])
    theirs = stats.pearson3.sf(distance, skew)
    np.testing.assert_allclose(_beyond(distance, skew), theirs, rtol=1e-9, atol=1e-300)
