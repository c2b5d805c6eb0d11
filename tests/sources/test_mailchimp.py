"""Mailchimp (and Klaviyo): campaigns as weighted rows, one report, the audience."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from kpilib.errors import ContractError
from tests.sources.rows_left import left_out
from tests.sources.twins_social import (
    KLAVIYO,
    MAILCHIMP,
    MAILCHIMP_REPORT,
    MAILCHIMP_TEST,
    MEMBERS,
    MEMBERS_LEFT,
    taken,
)
from tests.worked import exactly, interval, near, one, value

ASKED = {"timezone": "Europe/Paris", "as_of": "2025-03-31"}
# The campaign of O-14, then one of 100 delivered, whose 25 clickers are more than its 20 openers.
FIRST, SECOND = "Un (2025-02-10 21:30)", "Deux (2025-02-12 09:15)"


@pytest.fixture
def campaigns(tmp_path):
    return taken(tmp_path, MAILCHIMP)


@pytest.fixture
def sends(campaigns):
    return {"email_sends": campaigns["email_sends"]}


class TestFigures:
    @pytest.mark.parametrize(
        ("kpi", "first", "second"),
        [
            ("delivery_rate", (950, 1000), (100, 110)),
            ("open_rate", (380, 950), (25, 100)),  # a click without an open implies an open
            ("click_rate", (38, 950), (25, 100)),
            ("unsubscribe_rate", (5, 950), (30, 100)),
        ],
    )
    def test_rates_of_campaigns_and_of_the_month(self, sends, kpi, first, second):
        for campaign, (up, down) in ((FIRST, first), (SECOND, second)):
            row = one(sends, kpi, "2025-02", by="campaign_id", group=campaign, **ASKED)
            assert (row["numerator"], row["denominator"], row["n"]) == (up, down, down)
        month = one(sends, kpi, "2025-02", **ASKED)
        up, down = first[0] + second[0], first[1] + second[1]
        assert (month["numerator"], month["denominator"]) == (up, down)
        assert month["value"] == exactly(up / down)

    def test_intervals_are_those_of_the_messages_and_not_of_the_rows(self, sends):
        row = one(sends, "click_rate", "2025-02", by="campaign_id", group=FIRST, **ASKED)

        # O-14: Wilson of 38 in 950
        assert interval(row) == near(0.029279, 0.054426)

    @pytest.mark.parametrize("kpi", ["open_rate", "click_rate", "unsubscribe_rate"])
    def test_totals_up_to_the_export_are_approximate(self, sends, kpi):
        machines = ["mpp"] * (kpi == "open_rate")  # read by machines, too
        assert one(sends, kpi, "2025-02", **ASKED)["flags"] == ["approximate", *machines]

    def test_deliveries_are_not(self, sends):
        assert one(sends, "delivery_rate", "2025-02", **ASKED)["flags"] == []

    @pytest.mark.parametrize("kpi", ["open_rate_trackable", "click_to_open_rate"])
    def test_opens_that_cannot_be_trusted_give_no_trackable_rate(self, sends, kpi):
        row = one(sends, kpi, "2025-02", **ASKED)

        assert row["status"] == "no_denominator"
        assert row["value"] is None or row["value"] != row["value"]

    def test_a_campaign_younger_than_a_week_is_immature(self, sends):
        row = one(sends, "open_rate", "2025-02", as_of="2025-02-15", timezone="Europe/Paris")

        assert "immature" in row["flags"]


class TestRows:
    def test_marginal_counts_are_exact(self, campaigns):
        rows = campaigns["email_sends"].filter(campaign_id=FIRST)
        counts = {
            name: rows.filter(condition)["sends"].sum()
            for name, condition in {
                "sent": pl.lit(True),
                "hard": pl.col("bounce_kind") == "hard",
                "soft": pl.col("bounce_kind") == "soft",
                "opened": pl.col("machine_open"),
                "clicked": pl.col("human_click"),
                "left": pl.col("unsubscribed_at").is_not_null(),
                "complained": pl.col("complained"),
            }.items()
        }

        assert counts == {
            "sent": 1000, "hard": 30, "soft": 20, "opened": 380, "clicked": 38, "left": 5,
            "complained": 1,
        }  # fmt: skip

    def test_a_later_export_replaces_every_row_of_a_campaign(self, campaigns, tmp_path):
        # first there were fewer unsubscriptions than complaints: the parts change their order
        before = taken(tmp_path, MAILCHIMP.replace(b"60,5,1,0", b"60,0,3,0"))["email_sends"]

        assert set(before["send_id"]) == set(campaigns["email_sends"]["send_id"])
        assert before["send_id"].n_unique() == len(before) == 2 * 13

    def test_a_draft_is_left_out_and_said(self, campaigns):
        (understood,) = campaigns.understood

        assert left_out(understood) == {"campaign without a date of sending": (1, [4])}
        assert "trackable open rate cannot be known" in campaigns.notes

    def test_moments_are_those_of_the_company(self, campaigns):
        sent = campaigns["email_sends"].filter(campaign_id=FIRST)["sent_at"].unique().to_list()

        # half past nine in the evening in Paris, in winter
        assert [each.isoformat() for each in sent] == ["2025-02-10T20:30:00+00:00"]

    @pytest.mark.parametrize(
        ("was", "becomes", "why"),
        [
            (b'"1,000",950,', b'"1,000",1950,', "more messages delivered than sent"),
            (b",0,0,380,", b",0,0,3800,", "more opens, clicks or unsubscriptions"),
            (b",38,4.00%,60,5,", b",38,4.00%,60,,", "a figure is missing"),
        ],
    )
    def test_figures_that_contradict_each_other_are_a_fault(self, tmp_path, was, becomes, why):
        assert was in MAILCHIMP
        with pytest.raises(ContractError, match=f"campaign 1 of the table: {why}"):
            taken(tmp_path, MAILCHIMP.replace(was, becomes))


class TestReport:
    def test_a_report_is_the_campaign_of_the_list(self, tmp_path):
        table = {"email_sends": taken(tmp_path, MAILCHIMP_REPORT)["email_sends"]}

        for kpi, up, down in (
            ("delivery_rate", 950, 1000),
            ("open_rate", 380, 950),
            ("click_rate", 38, 950),
            ("unsubscribe_rate", 5, 950),
        ):
            row = one(table, kpi, "2025-02", **ASKED)
            assert (row["numerator"], row["denominator"]) == (up, down)

    def test_the_report_knows_its_title_and_day(self, tmp_path):
        sends = taken(tmp_path, MAILCHIMP_REPORT)["email_sends"]

        assert sends["campaign_id"].unique().to_list() == [FIRST]
        assert sends["sent_at"][0].isoformat() == "2025-02-10T20:30:00+00:00"

    def test_report_and_list_together_count_a_campaign_once(self, tmp_path, campaigns):
        report = taken(tmp_path, MAILCHIMP_REPORT)["email_sends"]

        assert set(report["send_id"]) == set(
            campaigns["email_sends"].filter(campaign_id=FIRST)["send_id"]
        )

    def test_a_test_of_two_versions_is_two_campaigns(self, tmp_path):
        table = {"email_sends": taken(tmp_path, MAILCHIMP_TEST)["email_sends"]}
        names = {
            "Essai, Combination 1 Stats (2025-02-10 10:15)": 0.1,
            "Essai, Combination 2 Stats (2025-02-10 10:15)": 0.2,
        }

        # 9 of 90; 19 of 95; together 28 of 185
        for name, rate in names.items():
            row = one(table, "click_rate", "2025-02", by="campaign_id", group=name, **ASKED)
            assert row["value"] == exactly(rate)
        assert value(table, "click_rate", "2025-02", **ASKED) == exactly(28 / 185)

    def test_a_date_that_is_none_is_a_fault_without_its_value(self, tmp_path):
        broken = MAILCHIMP_REPORT.replace(b"Mon, Feb 10, 2025 21:30", b"secret moment")
        with pytest.raises(ContractError, match="Delivery Date/Time: is not a date") as caught:
            taken(tmp_path, broken)
        assert "secret" not in str(caught.value)


class TestAudience:
    def test_members_are_pseudonyms_with_the_day_they_came(self, tmp_path):
        members = taken(tmp_path, MEMBERS)["memberships"]

        assert members["start_at"].to_list() == [date(2025, 1, 16), date(2025, 2, 3)]
        assert members["end_at"].null_count() == 2
        assert "ada" not in members.write_csv().casefold()
        assert set(members["kind"]) == {"newsletter"}

    def test_the_list_with_those_who_left(self, tmp_path):
        here = taken(tmp_path, MEMBERS)["memberships"]
        gone = taken(tmp_path, MEMBERS_LEFT)["memberships"]
        table = {"memberships": pl.concat([here, gone], how="diagonal_relaxed")}

        assert gone["end_at"].to_list() == [date(2025, 2, 20)]
        # January closes with Ada and Eve; in February Bob comes and Eve leaves
        assert value(table, "email_list_size", "2025-01", **ASKED) == 2
        assert value(table, "email_list_size", "2025-02", **ASKED) == 2
        row = one(table, "list_churn_rate", "2025-02", **ASKED)
        assert (row["numerator"], row["denominator"]) == (1, 2)


def test_klaviyo_counts_mails_and_leaves_text_messages_out(tmp_path):
    found = taken(tmp_path, KLAVIYO)
    table = {"email_sends": found["email_sends"]}

    assert left_out(found.understood[0]) == {"campaign that is not an e-mail": (1, [3])}
    row = one(table, "click_rate", "2025-02", **ASKED)
    assert (row["numerator"], row["denominator"]) == (38, 950)
    # bounces of no kind: 50 of 1,000
    assert one(table, "delivery_rate", "2025-02", **ASKED)["denominator"] == 1000
    assert found["email_sends"].filter(pl.col("bounce_kind").is_not_null())["sends"].sum() == 0
