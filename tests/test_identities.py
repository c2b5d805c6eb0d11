"""What a page states adds up: for any data, in each month of the sample, and as it is printed."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpilib as kl
from kpilib.answers.journey import journey
from kpilib.period import Period
from tests.sample_figures import SAMPLE
from tests.worked import exactly, rows

MONTHS = 26
REVENUE = ["revenue", "purchase_frequency", "average_order_value"]


@pytest.fixture(scope="module")
def sample():
    return kl.open(SAMPLE)


def series(data, kpis, **asked):
    return data.series(kpis, "2026-10", months=MONTHS, **asked)


def factors(found: pd.DataFrame):
    """Revenue, and what customers, orders and their value make of it, one pair a period."""
    for _, part in found.groupby("period"):
        revenue, often, worth = (part.set_index("kpi").loc[name] for name in REVENUE)
        nameless = often["details"].get("excluded_orders_without_customer") or 0.0
        orders = often["denominator"] * often["value"] + nameless
        yield revenue["value"], orders * worth["value"] + revenue["details"]["refunds"]


def test_revenue_is_customers_times_orders_times_their_value_and_what_is_named(sample):
    found = series(sample, REVENUE)

    pairs = list(factors(found))
    assert len(pairs) == MONTHS
    for revenue, made in pairs:
        assert made == exactly(revenue)
    assert any(row["refunds"] for row in found[found["kpi"] == "revenue"]["details"])


ORDER = st.tuples(
    st.sampled_from(["a", "b", None]),
    st.sampled_from([120.0, 35.5, 0.0, -20.25, -120.0]),
    st.sampled_from(["paid", "refunded", "cancelled"]),
)


# Ten months in one question cost what one does: forty of them are tried.
@settings(max_examples=4)
@given(st.lists(st.lists(ORDER, max_size=9), min_size=10, max_size=10))
def test_revenue_is_so_for_any_orders(months):
    table = rows(
        "order_id customer_id amount_ht status ordered_at",
        *(
            each
            for month, orders in enumerate(months, 1)
            for each in (
                (f"first{month}", "a", 80.0, "paid", f"2026-{month:02}-03"),
                *((f"o{month}-{n}", *order, f"2026-{month:02}-12")
                  for n, order in enumerate(orders)),
            )
        ),
    ).assign(currency="EUR")  # fmt: skip
    found = kl.open({"orders": table}, as_of="2026-10-31").series(REVENUE, "2026-10", months=10)

    pairs = list(factors(found))
    assert len(pairs) == 10
    for revenue, made in pairs:
        assert made == exactly(revenue)


@pytest.mark.parametrize(
    "kpi", ["headcount", "email_list_size", "active_customers", "community_members"]
)
def test_opening_entries_and_exits_make_the_closing_which_opens_the_next(sample, kpi):
    found = series(sample, kpi)
    details = pd.DataFrame(list(found["details"]))

    assert (details["opening"] + details["entries"] - details["exits"]).tolist() == (
        found["value"].tolist()
    )
    assert details["opening"].tolist()[1:] == found["value"].tolist()[:-1]


@pytest.mark.parametrize("kpi", ["nps", "enps", "net_sentiment"])
def test_favourable_neutral_and_unfavourable_are_all_answers(sample, kpi):
    found = series(sample, kpi)
    found = found[found["status"] == "ok"]
    details = pd.DataFrame(list(found["details"]))
    sides = details["favourable"] + details["neutral"] + details["unfavourable"]

    assert len(found) > 5
    assert sides.tolist() == found["denominator"].tolist()


def test_stars_are_all_reviews(sample):
    found = series(sample, "review_score")
    found = found[found["status"] == "ok"]
    stars = [sum(row[f"stars_{n}"] for n in range(1, 6)) for row in found["details"]]

    assert stars == found["denominator"].tolist()


@pytest.mark.parametrize("kpi", ["sessions", "revenue", "leads"])
def test_changes_by_group_add_up_to_the_change(sample, kpi):
    by = "product_kind" if kpi == "revenue" else "channel"
    parts = sample.explain(kpi, "2026-10", by=by)
    whole = sample.evaluate(kpi, "2026-10", compare="previous").iloc[0]

    assert parts["effect"].sum() == exactly(whole["delta_previous"])


def test_the_share_of_a_theme_is_of_the_texts_beside_it(sample):
    found = sample.evaluate("complaint_themes", "2026-10")
    details = pd.DataFrame(list(found[found["status"] == "ok"]["details"]))

    assert len(details) > 2
    assert (details["negative"] / details["judged"]).tolist() == details["negative_share"].tolist()
    assert (details["judged"] <= details["count"]).all()


class TestJourney:
    """One cohort from visit to customer: each step is counted among those of the step before."""

    TABLES = {
        "sessions": rows(
            "session_id visitor_id started_at",
            *((f"s{n}", f"v{n % 10}", "2026-06-10T09:00:00Z") for n in range(30)),
            ("before", "v99", "2026-05-10T09:00:00Z"),
        ),
        "leads": rows(
            "lead_id visitor_id created_at qualified_at won_at",
            ("l1", "v1", "2026-06-10T10:00:00Z", "2026-06-20T09:00:00Z", "2026-07-01T09:00:00Z"),
            ("l2", "v1", "2026-06-11T10:00:00Z", None, None),  # v1 again: one visitor
            ("l3", "v2", "2026-06-12T10:00:00Z", "2026-06-30T09:00:00Z", None),
            ("l4", "v3", "2026-06-13T10:00:00Z", None, "2026-07-01T09:00:00Z"),  # not qualified
            ("l5", "v4", "2026-06-14T10:00:00Z", "2026-08-30T09:00:00Z", None),  # after 30 days
            ("l6", None, "2026-06-15T10:00:00Z", "2026-06-16T09:00:00Z", None),  # from a fair
            ("l7", "v99", "2026-06-16T10:00:00Z", "2026-06-17T09:00:00Z", None),  # came in May
        ),
    }

    def test_counted_by_hand(self):
        # v0 to v9 visited; v1 to v4 became leads; v1 and v2 were qualified in time; v1 bought
        data = kl.open(self.TABLES, as_of="2026-12-31")
        found = journey(data.tables, Period.parse("2026-06"))

        assert found[["numerator", "denominator"]].to_numpy().tolist() == [
            [4, 10], [2, 4], [1, 2],
        ]  # fmt: skip
        assert found["value"].tolist() == [0.4, 0.5, 0.5]
        assert found["flags"].map(len).tolist() == [0, 0, 0]

    def test_where_visits_come_summed_up_it_starts_with_leads(self):
        summed = rows("session_id started_at is_aggregate sessions unique_visitors",
                      ("s", "2026-06-10T09:00:00Z", True, 30, 10))  # fmt: skip
        data = kl.open(self.TABLES | {"sessions": summed}, as_of="2026-07-05")
        found = journey(data.tables, Period.parse("2026-06"))

        assert found["denominator"].tolist() == [7, 4]
        assert found["flags"].tolist() == [["immature"], ["immature"]]

    def test_each_step_of_the_sample_is_of_the_one_before(self, sample):
        for period in Period.parse("2026-10").trailing(MONTHS):
            found = journey(sample.tables, period)
            assert found["denominator"].tolist()[1:] == found["numerator"].tolist()[:-1]
            whole = found["numerator"].iloc[-1] / found["denominator"].iloc[0]
            assert found["value"].prod() == exactly(whole)
