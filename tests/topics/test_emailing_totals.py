"""E-mailing from totals: weighted rows answer as the single messages do."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.errors import ContractError
from tests.topics.test_emailing import CAMPAIGN, MARCH, SENT
from tests.worked import exactly, interval, near, one, rows, stack, value


class TestTotals:
    """Campaigns whose messages come as weighted rows, as exports of totals give them."""

    COLUMNS = (
        "send_id campaign_id sent_at delivered is_privacy_proxied machine_open human_open"
        " human_click unsubscribed_at is_aggregate sends"
    )

    def campaign(self):
        """The campaign of O-14 in eight rows instead of a thousand."""
        parts = [
            # delivered, proxied, machine, human, click, left, messages
            (False, None, None, None, None, None, 50),
            (True, True, True, None, True, None, 8),
            (True, True, True, None, False, None, 192),
            (True, False, False, True, True, SENT, 5),
            (True, False, False, True, True, None, 25),
            (True, False, False, True, False, None, 150),
            (True, False, False, False, False, None, 570),
            (True, False, False, False, False, None, 0),
        ]
        made = [
            (f"C1:{place}", "C1", SENT, *flags, True, messages)
            for place, (*flags, messages) in enumerate(parts)
        ]
        return {"email_sends": rows(self.COLUMNS, *made)}

    @pytest.mark.parametrize(
        ("kpi", "numerator", "denominator"),
        [
            ("delivery_rate", 950, 1000),
            ("open_rate", 380, 950),
            ("open_rate_trackable", 180, 750),
            ("click_rate", 38, 950),
            ("click_to_open_rate", 30, 180),
            ("unsubscribe_rate", 5, 950),
        ],
    )
    def test_o14_rates_are_those_of_single_messages(self, kpi, numerator, denominator):
        row = one(self.campaign(), kpi, "2025-02", **MARCH)
        single = one({"email_sends": CAMPAIGN}, kpi, "2025-02", **MARCH)

        assert (row["numerator"], row["denominator"], row["n"]) == (
            numerator, denominator, denominator,
        )  # fmt: skip
        assert row["value"] == exactly(numerator / denominator)
        assert interval(row) == near(*interval(single))

    def test_the_lower_bound_is_read_beside(self):
        row = one(self.campaign(), "open_rate_trackable", "2025-02", **MARCH)

        assert row["details"]["lower_bound"] == exactly(180 / 950)

    @pytest.mark.parametrize(
        ("kpi", "flags"),
        [
            ("delivery_rate", []),
            ("open_rate", ["approximate", "mpp"]),
            ("open_rate_trackable", ["approximate"]),
            ("click_rate", ["approximate"]),
            ("click_to_open_rate", ["approximate"]),
            ("unsubscribe_rate", ["approximate"]),
        ],
    )
    def test_what_waits_seven_days_is_approximate(self, kpi, flags):
        # totals say nothing about when: what came on the eighth day counts, too
        assert one(self.campaign(), kpi, "2025-02", **MARCH)["flags"] == flags

    def test_a_campaign_is_weighed_by_its_messages(self):
        # 38 of 950 and 10 of 10: 48 / 960, and not one row of two
        small = rows(
            self.COLUMNS,
            ("C2:1", "C2", SENT, True, True, True, None, True, None, True, 10),
        )
        tables = {"email_sends": stack(self.campaign()["email_sends"], small)}

        assert value(tables, "click_rate", "2025-02", **MARCH) == exactly(48 / 960)

    def test_seven_days_are_waited_for(self):
        row = one(self.campaign(), "click_rate", "2025-02", as_of="2025-02-14")

        assert "immature" in row["flags"]

    def test_totals_and_single_messages_are_not_mixed(self):
        ids = [f"x{place}" for place in range(len(CAMPAIGN))]
        single = CAMPAIGN.assign(send_id=ids, is_aggregate=False, sends=None)
        tables = {"email_sends": stack(single, self.campaign()["email_sends"])}

        with pytest.raises(ContractError, match="is_aggregate is true in 8 row"):
            one(tables, "click_rate", "2025-02", **MARCH)

    def test_the_page_shows_no_bound_where_no_open_can_be_trusted(self):
        # one campaign of a tool that cannot tell: 40 opens of 100, by people or machines
        made = [
            ("C1:1", "C1", SENT, True, True, True, None, False, None, True, 40),
            ("C1:2", "C1", SENT, True, True, False, None, False, None, True, 60),
        ]
        company = kl.open({"email_sends": rows(self.COLUMNS, *made)}, **MARCH)
        shown = company.evaluate(["open_rate", "open_rate_trackable"], "2025-02")

        assert shown["value"].tolist() == [0.4, pytest.approx(float("nan"), nan_ok=True)]
        assert shown["details"][0].get("certain") is None  # and not 0 %
