"""Real data: the sessions of an e-shop over a year (Sakar et al. 2018); a purchase is the lead."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from tests.real.where import real
from tests.worked import exactly, interval, near, one

# The file names months, and no year: any serves.
MONTHS = {name: number for number, name in enumerate(
    ("Jan", "Feb", "Mar", "Apr", "May", "June", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
)}  # fmt: skip
NEW = {"New_Visitor": True, "Returning_Visitor": False}  # 85 are neither


@pytest.fixture(scope="module")
def raw():
    return pd.read_csv(real("online_shoppers.csv"))


@pytest.fixture(scope="module")
def shop(raw):
    """Each row a session of its own, and each session that buys a lead."""
    sessions = pd.DataFrame({
        "session_id": [f"s{number}" for number in range(len(raw))],
        "started_at": pd.to_datetime(
            {"year": 2018, "month": raw["Month"].map(MONTHS), "day": 15, "hour": 12}
        ),
        "is_new_visitor": raw["VisitorType"].map(NEW).astype("boolean"),
        "pageviews": raw[["Administrative", "Informational", "ProductRelated"]].sum(axis=1),
    })  # fmt: skip
    bought = sessions[raw["Revenue"]]
    leads = pd.DataFrame({
        "lead_id": bought["session_id"].str.replace("s", "l"),
        "person_key": bought["session_id"].str.replace("s", "p"),
        "session_id": bought["session_id"],
        "created_at": bought["started_at"],
    })  # fmt: skip
    return kl.open({"sessions": sessions, "leads": leads}, as_of="2018-12-31")


def test_the_year(shop):
    row = one(shop, "visitor_to_lead_rate", "2018")

    assert (row["numerator"], row["denominator"]) == (1908, 12_330)
    assert row["value"] == pytest.approx(0.154745, abs=5e-7)  # printed 15.4745 %
    # Wilson by hand: centre (p + z^2/2n) / (1 + z^2/n) = 0.154853, half-width 0.006384
    assert interval(row) == near(0.148469, 0.161237, 2e-6)


def test_exact_duplicates_are_separate_sessions(shop, raw):
    """125 rows repeat another one: people may do the same thing twice."""
    assert raw.duplicated().sum() == 125
    assert one(shop, "sessions", "2018")["value"] == len(raw)


@pytest.mark.parametrize(
    ("new", "leads", "sessions", "rate"),
    [("true", 422, 1694, 0.2491), ("false", 1470, 10_551, 0.1393), ("(unknown)", 16, 85, 0.1882)],
)
def test_by_kind_of_visitor(shop, new, leads, sessions, rate):
    row = one(shop, "visitor_to_lead_rate", "2018", by="is_new_visitor", group=new)

    assert (row["numerator"], row["denominator"]) == (leads, sessions)
    assert row["value"] == pytest.approx(rate, abs=5e-5)


@pytest.mark.parametrize(
    ("month", "leads", "sessions", "rate"),
    [("2018-11", 760, 2998, 0.2535), ("2018-02", 3, 184, 0.0163)],
)
def test_by_month(shop, month, leads, sessions, rate):
    row = one(shop, "visitor_to_lead_rate", month)

    assert (row["numerator"], row["denominator"]) == (leads, sessions)
    assert row["value"] == pytest.approx(rate, abs=5e-5)


def test_the_year_is_not_the_mean_of_its_months(shop):
    """14.3 % for the ten months with sessions: those of little traffic weigh as much."""
    months = shop.series("visitor_to_lead_rate", "2018-12", months=12)
    known = months[months["denominator"] > 0]

    assert len(known) == 10
    assert known["value"].mean() == pytest.approx(0.1434, abs=5e-5)
    assert known["numerator"].sum() / known["denominator"].sum() == exactly(1908 / 12_330)


def test_pages_per_session(shop, raw):
    pages = raw[["Administrative", "Informational", "ProductRelated"]].to_numpy().sum()

    assert one(shop, "pages_per_session", "2018")["value"] == exactly(pages / len(raw))
