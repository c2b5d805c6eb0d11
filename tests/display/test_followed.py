"""Cohorts, and the figures that stand beside a KPI, as a page shows them."""

from __future__ import annotations

import re

import pytest

import kpilib as kl
from kpilib.display.followed import BESIDE_WORDS
from tests.worked import rows


def plain(block):
    """What a reader reads, tags and no-break spaces aside."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", block._repr_html_()).replace("\u00a0", " "))


def lines(block):
    """The rows of the block's table, as texts."""
    found = re.findall(r"<tr>(.*?)</tr>", block._repr_html_(), re.DOTALL)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in found)
    return [[re.sub(r"<[^>]+>", "", cell).replace("\u00a0", " ") for cell in row] for row in cells]


ORDERS = rows(
    "order_id customer_id ordered_at amount_ht status",
    ("1", "a", "2025-01-10T12:00:00Z", 150.0, "paid"),
    ("2", "a", "2025-02-10T12:00:00Z", 150.0, "paid"),
    ("3", "b", "2025-01-20T12:00:00Z", 300.0, "paid"),
    ("4", "c", "2025-03-20T12:00:00Z", 0.0, "paid"),
    ("5", "d", "2025-03-20T12:00:00Z", 100.0, "paid"),
).assign(product_kind="inter")


@pytest.fixture
def page():
    return kl.page(
        "customers", month="2025-03", data=kl.open({"orders": ORDERS}, as_of="2025-03-31")
    )


class TestCohorts:
    def test_each_cohort_goes_as_far_as_it_is_old(self, page):
        table = lines(page.cohorts())

        assert table[0][1:] == ["0", "1", "2"]
        assert table[1] == ["Jan (2)", "0 %", "50.0 %", "50.0 %"]
        assert table[2] == ["Mar (1)", "0 %", "n/a", "n/a"]  # not yet, and not 0 %

    def test_the_last_line_allows_for_the_young_ones(self, page):
        # one month on, two of three are followed, and one of them came back
        assert lines(page.cohorts())[-1] == ["All (3)", "0 %", "50.0 %", "50.0 %"]

    def test_a_cell_says_that_it_is_not_observed_yet(self, page):
        assert "n/a: not observed yet" in page.cohorts()._repr_html_()

    def test_few_months(self, page):
        assert [line[0] for line in lines(page.cohorts(months=1))[1:]] == ["Mar (1)", "All (3)"]

    def test_without_orders_it_says_so(self):
        customers = rows("customer_id first_order_at", ("a", "2025-03-01"))
        empty = kl.page("customers", month="2025-03", data={"customers": customers})

        assert "n/a: its data was not provided" in plain(empty.cohorts())

    def test_without_a_paid_order_it_says_so(self):
        data = kl.open({"orders": ORDERS.assign(status="cancelled")}, as_of="2025-03-31")
        empty = kl.page("customers", month="2025-03", data=data)

        assert "n/a: no data in this period" in plain(empty.cohorts())

    def test_in_french(self):
        data = kl.open({"orders": ORDERS}, as_of="2025-03-31")
        found = kl.page("customers", month="2025-03", data=data, lang="fr").cohorts()

        assert "Qui a recommandé, et en combien de temps ?" in plain(found)


class TestBeside:
    def test_shows_the_factors_of_a_lifetime_value(self, page):
        found = dict(lines(page.beside("cltv")))

        assert found["Customer lifetime value"] == "€233"  # 700 / 3
        assert found["Average order"] == "€175"
        assert found["Customers since the records begin"] == "3"

    def test_leaves_out_what_is_not_known_and_what_was_not_left_out(self, page):
        names = [line[0] for line in lines(page.beside("revenue"))]

        assert "Left out: free orders" in names
        assert "Left out: cancelled orders" not in names
        assert "Variant in margin" not in [line[0] for line in lines(page.beside("cltv"))]

    def test_of_a_figure_that_is_missing_says_why(self, page):
        found = dict(lines(page.beside("churn_rate")))

        assert found["Churn rate"] == ("n/a: the records do not go back far enough to tell")


def test_every_figure_beside_a_kpi_of_the_page_has_a_name(page):
    kpis = ["revenue", "average_order_value", "purchase_frequency", "cltv", "active_customers"]
    found = page.company.evaluate(kpis, "2025-03")

    assert {name for details in found["details"] for name in details} <= set(BESIDE_WORDS)
