"""Where a feed ends before the data does, a comparison takes as many days as the feed has."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.show.figure import picture
from tests.worked import exactly, one, rows

DAYS = pd.date_range("2025-09-01", "2026-10-31")
BOTH = ("previous", "year_before")


def followers(*ends: tuple[str, str]) -> pd.DataFrame:
    """Three new followers a day on each network, until its last day."""
    found = [
        (day.date(), network, network, 100, 3, 0)
        for network, last in ends
        for day in DAYS[pd.Timestamp(last) >= DAYS]
    ]
    names = "date account_id network followers new_followers lost_followers"
    return rows(names, *found)


def visits(last: str) -> pd.DataFrame:
    """One visit a day."""
    days = DAYS[pd.Timestamp(last) >= DAYS] + pd.Timedelta(hours=10)
    return pd.DataFrame({"session_id": range(len(days)), "started_at": days.tz_localize("UTC")})


class TestOneFeed:
    @pytest.mark.parametrize(
        ("kpi", "tables", "a_day"),
        [
            ("new_followers", {"social_daily": followers(("x", "2026-10-20"))}, 3),
            ("sessions", {"sessions": visits("2026-10-20")}, 1),
        ],
    )
    def test_twenty_days_are_compared_with_twenty(self, kpi, tables, a_day):
        row = one(tables, kpi, "2026-10", compare=BOTH, as_of="2026-10-31")

        assert row["value"] == row["previous"] == row["year_before"] == 20 * a_day
        assert row["change_previous"] == row["change_per_day_previous"] == exactly(0)
        assert "late" in row["flags"]

    def test_a_feed_that_goes_as_far_as_the_data_is_compared_whole(self):
        row = one({"sessions": visits("2026-10-31")}, "sessions", "2026-10", compare=BOTH,
                  as_of="2026-10-31")  # fmt: skip

        assert (row["value"], row["previous"], row["year_before"]) == (31, 30, 31)
        assert "late" not in row["flags"]

    def test_a_period_under_way_whose_feed_ends_earlier_still(self):
        tables = {"social_daily": followers(("x", "2026-10-08"))}
        row = one(tables, "new_followers", "2026-10", compare=BOTH, as_of="2026-10-12")

        assert row["value"] == row["previous"] == row["year_before"] == 24

    def test_figures_asked_together_are_those_asked_alone(self):
        tables = {"social_daily": followers(("x", "2026-10-20")), "sessions": visits("2026-10-25")}
        data = kl.open(tables, as_of="2026-10-31")
        names = ["sessions", "new_followers"]
        together = data.evaluate(names, "2026-10", compare=list(BOTH))
        alone = [data.evaluate(name, "2026-10", compare=list(BOTH)) for name in names]

        pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))
        assert together["previous"].tolist() == [25, 60]

    def test_few_visits_are_no_feed_that_ended(self):
        """Three visits a month: the last one on the 20th says nothing of the days after."""
        days = [f"2026-{month:02d}-{day}" for month in (8, 9, 10) for day in (10, 17, 20)]
        sessions = pd.DataFrame({"session_id": range(9), "started_at": days})
        sessions.loc[4, "started_at"] = "2026-09-25"
        row = one({"sessions": sessions}, "sessions", "2026-10", compare=BOTH, as_of="2026-10-31")

        assert (row["value"], row["previous"]) == (3, 3)

    def test_the_days_a_company_allows_a_table_to_lag(self, tmp_path):
        """Leads are no daily feed; company.yaml says that three days without one are an end."""
        days = [day for day in DAYS if day <= pd.Timestamp("2026-10-20")]
        leads = pd.DataFrame(
            {"lead_id": [str(i) for i in range(len(days))], "person_key": [f"p{d}" for d in days],
             "created_at": [f"{day:%Y-%m-%d}T10:00:00Z" for day in days]}
        )  # fmt: skip
        (tmp_path / "tables").mkdir()
        leads.to_csv(tmp_path / "tables" / "leads.csv", index=False)
        (tmp_path / "company.yaml").write_text("as_of: 2026-10-31\nfreshness: {leads: 3}\n")
        row = one(kl.open(tmp_path), "leads", "2026-10", compare=BOTH)

        assert row["value"] == row["previous"] == row["year_before"] == 20


class TestSeveralFeeds:
    TABLES = {"social_daily": followers(("x", "2026-10-20"), ("y", "2026-10-31"))}  # noqa: RUF012

    @pytest.mark.parametrize("by", ["network", "account_id"])
    def test_each_is_compared_over_its_own_days(self, by):
        data = kl.open(self.TABLES, as_of="2026-10-31")
        found = data.evaluate("new_followers", "2026-10", by=by, compare=list(BOTH))
        found = found.set_index(by)

        assert found.loc["x", ["value", "previous", "year_before"]].tolist() == [60, 60, 60]
        assert found.loc["y", ["value", "previous", "year_before"]].tolist() == [93, 90, 93]
        assert "late" in found.loc["x", "flags"] and "late" not in found.loc["y", "flags"]

    def test_the_whole_says_that_one_of_them_is_late(self):
        row = one(self.TABLES, "new_followers", "2026-10", compare=BOTH, as_of="2026-10-31")

        assert row["value"] == 153 and "late" in row["flags"]

    def test_parts_of_a_change_add_up_over_the_same_days(self):
        tables = {"social_daily": followers(("x", "2026-10-20"), ("y", "2026-10-20"))}
        data = kl.open(tables, as_of="2026-10-31")
        found = data.explain("new_followers", "2026-10", by="network")

        assert found.attrs["base"] == "2026-09-01..2026-09-20"
        assert found["effect"].tolist() == [0, 0]


class TestNothingBelow:
    """A platform with clicks recorded and no impression: seven clicks over nothing."""

    ADS = rows(
        "date platform campaign_id impressions clicks",
        ("2026-09-30", "google_ads", "a", 500, 5), ("2026-09-30", "meta_ads", "b", 100, 3),
        ("2026-10-31", "google_ads", "a", 1000, 10), ("2026-10-31", "meta_ads", "b", 0, 7),
    )  # fmt: skip
    DATA = kl.open({"acquisition_daily": ADS}, as_of="2026-10-31")

    @pytest.mark.parametrize(("by", "group"), [("platform", "meta_ads"), ("campaign_id", "b")])
    def test_keeps_its_row_and_what_stands_above(self, by, group):
        asked = (
            self.DATA.evaluate("ad_ctr", "2026-10", by=by, compare=["previous"]),
            self.DATA.series("ad_ctr", "2026-10", periods=2, by=by),
        )
        for found in asked:
            row = found[(found["period"] == "2026-10") & (found[by] == group)].iloc[0]

            assert (row["status"], row["numerator"], row["denominator"]) == ("no_denominator", 7, 0)
            assert row["value"] != row["value"]
        assert asked[0].set_index(by).loc[group, "previous"] == exactly(0.03)

    def test_its_part_of_the_change_adds_up(self):
        found = self.DATA.explain("ad_ctr", "2026-10", by="platform")

        assert set(found["group"]) == {"google_ads", "meta_ads"}
        assert found["effect"].sum() == exactly(17 / 1000 - 8 / 600)

    def test_a_page_names_it(self):
        rows = kl.report("leads", period="2026-10", data=self.DATA).figures("ad_ctr", by="platform")
        html = picture(kl.plot.bars(rows).figure)

        assert "Groups without a figure, not drawn: 1." in html
        assert "no case to count" in html  # in the table behind it
