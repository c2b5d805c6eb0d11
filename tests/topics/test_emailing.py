"""E-mailing: worked examples, with the figure that a naive count would give beside them."""

from __future__ import annotations

import pytest

from tests.worked import exactly, interval, near, one, rows, stack, times, value

SENT = "2025-02-10T09:00:00Z"
MARCH = {"as_of": "2025-03-31"}
COLUMNS = (
    "campaign_id sent_at delivered is_privacy_proxied machine_open human_open human_click"
    " click_count unsubscribed_at"
)


def sends(count, *, campaign="C1", sent=SENT, delivered=True, proxied=False, machine=False,
          opened=False, clicked=False, clicks=0, left=None):  # fmt: skip
    return times(
        count, COLUMNS, campaign, sent, delivered, proxied, machine, opened, clicked, clicks, left
    )


LEFT = "2025-02-12T09:00:00Z"

# 1,000 sent, 50 bounced, 950 delivered: 200 behind Apple's proxy, which opens everything by
# machine, and 750 that can be trusted, of which 180 opened. 38 clicked, 30 of them trackable.
CAMPAIGN = stack(
    sends(50, delivered=False),
    sends(8, proxied=True, machine=True, clicked=True, clicks=1),
    sends(192, proxied=True, machine=True),
    sends(22, opened=True, clicked=True, clicks=2),
    sends(8, opened=True, clicked=True, clicks=1),
    sends(5, opened=True, left=LEFT),
    sends(145, opened=True),
    sends(570),
)


class TestAppleProxy:
    """O-14, one campaign of 1,000 messages."""

    def figure(self, kpi):
        return one({"email_sends": CAMPAIGN}, kpi, "2025-02", **MARCH)

    def test_o14_the_campaign_is_the_one_of_the_oracle(self):
        delivered = CAMPAIGN[CAMPAIGN["delivered"]]
        trackable = delivered[~delivered["is_privacy_proxied"]]

        assert (len(CAMPAIGN), len(delivered), len(trackable)) == (1000, 950, 750)
        assert trackable["human_open"].sum() == 180
        assert (delivered["human_click"].sum(), delivered["click_count"].sum()) == (38, 60)

    @pytest.mark.parametrize(
        ("kpi", "numerator", "denominator"),
        [
            ("delivery_rate", 950, 1000),  # 95 %
            ("open_rate", 380, 950),  # 40 %: 200 machines and 180 people
            ("open_rate_trackable", 180, 750),  # 24 %
            ("click_rate", 38, 950),  # 4 %, not 60 clicks / 950
            ("click_to_open_rate", 30, 180),  # 16.67 %, not 38 / 380
            ("unsubscribe_rate", 5, 950),  # 0.526 %, not 5 / 1,000
        ],
    )
    def test_o14_rates(self, kpi, numerator, denominator):
        row = self.figure(kpi)

        assert (row["numerator"], row["denominator"], row["n"]) == (
            numerator, denominator, denominator,
        )  # fmt: skip
        assert row["value"] == exactly(numerator / denominator)
        assert (row["status"], row["flags"]) == ("ok", ["mpp"] * (kpi == "open_rate"))

    @pytest.mark.parametrize(
        ("kpi", "low", "high"),
        [
            ("open_rate_trackable", 0.210809, 0.271841),
            ("click_rate", 0.029279, 0.054426),
            ("unsubscribe_rate", 0.002250, 0.012261),
        ],
    )
    def test_o14_intervals(self, kpi, low, high):
        assert interval(self.figure(kpi)) == near(low, high)

    def test_o14_the_lower_bound_is_read_beside(self):
        # the same 180 openers over all 950 delivered
        assert self.figure("open_rate_trackable")["details"]["lower_bound"] == exactly(180 / 950)

    def test_what_can_be_followed_is_read_beside(self):
        assert self.figure("open_rate_trackable")["details"]["trackable_share"] == exactly(
            750 / 950
        )

    @pytest.mark.parametrize(("proxied", "flags"), [(70, []), (71, ["approximate"])])
    def test_below_three_in_ten_it_stands_for_too_few(self, proxied, flags):
        """30 of 100 can be followed, 30 of 101 are 29.7 %."""
        table = stack(sends(30, opened=True), sends(proxied, proxied=True, machine=True))
        row = one({"email_sends": table}, "open_rate_trackable", "2025-02", **MARCH)

        assert row["value"] == 1 and row["flags"] == flags


class TestPooling:
    def test_o15_campaigns_are_pooled_never_averaged(self):
        # 140 / 1,100 = 12.73 %; the mean of 10 % and 40 % would be 25 %
        tables = {
            "email_sends": stack(
                sends(100, opened=True),
                sends(900),
                sends(40, campaign="C2", opened=True),
                sends(60, campaign="C2"),
            )
        }

        raw = one(tables, "open_rate", "2025-02", **MARCH)
        assert raw["value"] == exactly(140 / 1100) and "mpp" in raw["flags"]
        assert "mpp" not in one(tables, "open_rate_trackable", "2025-02", **MARCH)["flags"]
        c2 = value(tables, "open_rate", "2025-02", by="campaign_id", group="C2", **MARCH)
        assert c2 == 0.4


class TestOpens:
    def test_a_click_without_recorded_open_implies_an_open(self):
        tables = {"email_sends": stack(sends(1, clicked=True, clicks=1), sends(3))}

        assert value(tables, "open_rate", "2025-02", **MARCH) == 0.25
        assert value(tables, "open_rate_trackable", "2025-02", **MARCH) == 0.25
        assert value(tables, "click_to_open_rate", "2025-02", **MARCH) == 1

    def test_an_undelivered_message_is_neither_opened_nor_clicked(self):
        tables = {
            "email_sends": stack(sends(1, delivered=False, opened=True, clicked=True), sends(1))
        }

        assert value(tables, "open_rate", "2025-02", **MARCH) == 0
        assert value(tables, "click_rate", "2025-02", **MARCH) == 0

    def test_what_is_not_recorded_did_not_happen(self):
        unknown = sends(1).assign(human_open=None, machine_open=None, human_click=None)
        tables = {"email_sends": stack(unknown, sends(3, opened=True))}

        assert value(tables, "open_rate", "2025-02", **MARCH) == 0.75

    def test_nobody_opened_leaves_no_click_to_open_rate(self):
        row = one({"email_sends": sends(3)}, "click_to_open_rate", "2025-02", **MARCH)

        assert (row["status"], row["numerator"], row["denominator"]) == ("no_denominator", 0, 0)


class TestWindow:
    """O-16: what happens after a message belongs to the day it was sent, for seven days."""

    @pytest.mark.parametrize(
        ("left", "counted"),
        [
            ("2025-02-17T09:00:00Z", 1),  # seven days to the second
            ("2025-02-17T09:00:01Z", 0),
            (None, 0),
        ],
    )
    def test_o16_unsubscriptions_count_for_seven_days(self, left, counted):
        tables = {"email_sends": stack(sends(1, left=left), sends(3))}

        assert one(tables, "unsubscribe_rate", "2025-02", **MARCH)["numerator"] == counted

    @pytest.mark.parametrize(
        ("first", "counted"),
        [("2025-02-17T09:00:00Z", 1), ("2025-02-17T09:00:01Z", 0), (None, 1)],
    )
    @pytest.mark.parametrize("kpi", ["open_rate", "open_rate_trackable"])
    def test_o16_opens_count_for_seven_days(self, kpi, first, counted):
        """An open without an instant is counted: the export says no more."""
        table = stack(sends(1, opened=True), sends(3)).assign(
            first_open_at=[first, None, None, None]
        )

        assert one({"email_sends": table}, kpi, "2025-02", **MARCH)["numerator"] == counted

    @pytest.mark.parametrize(
        ("first", "counted"),
        [("2025-02-17T09:00:00Z", 1), ("2025-02-17T09:00:01Z", 0), (None, 1)],
    )
    def test_o16_clicks_count_for_seven_days(self, first, counted):
        table = stack(sends(1, clicked=True), sends(3)).assign(
            first_click_at=[first, None, None, None]
        )

        assert one({"email_sends": table}, "click_rate", "2025-02", **MARCH)["numerator"] == counted

    def test_o16_an_open_in_march_belongs_to_the_february_message(self):
        table = sends(4, sent="2025-02-28T09:00:00Z", opened=True).assign(
            first_open_at="2025-03-02T09:00:00Z"
        )

        assert value({"email_sends": table}, "open_rate", "2025-02", **MARCH) == 1
        row = one({"email_sends": table}, "open_rate", "2025-03", **MARCH)
        assert (row["status"], row["denominator"]) == ("no_denominator", 0)

    @pytest.mark.parametrize(("as_of", "immature"), [("2025-03-06", True), ("2025-03-07", False)])
    @pytest.mark.parametrize(
        "kpi",
        [
            "open_rate",
            "open_rate_trackable",
            "click_rate",
            "click_to_open_rate",
            "unsubscribe_rate",
        ],
    )
    def test_o16_is_immature_until_seven_days_after_the_last_message(self, kpi, as_of, immature):
        table = stack(CAMPAIGN, sends(1, sent="2025-02-28T09:00:00Z"))
        row = one({"email_sends": table}, kpi, "2025-02", as_of=as_of)

        assert ("immature" in row["flags"]) == immature

    @pytest.mark.parametrize(("as_of", "immature"), [("2025-02-16", True), ("2025-02-17", False)])
    def test_o16_a_month_without_late_message_is_mature_before_it_ends(self, as_of, immature):
        row = one({"email_sends": CAMPAIGN}, "click_rate", "2025-02", as_of=as_of)

        assert ("immature" in row["flags"]) == immature

    def test_delivery_is_known_at_once(self):
        row = one({"email_sends": CAMPAIGN}, "delivery_rate", "2025-02", as_of="2025-02-28")

        assert row["flags"] == []


class TestList:
    """O-17: a stock; closing = opening + entries - exits."""

    MEMBERSHIPS = rows(
        "kind person_key start_at end_at",
        ("newsletter", "a", "2024-05-01", None),
        ("newsletter", "b", "2024-05-01", "2025-01-31"),  # left before
        ("newsletter", "c", "2024-05-01", "2025-02-01"),  # last day is the first of the month
        ("newsletter", "d", "2025-02-01", None),
        ("newsletter", "e", "2025-02-28", None),
        ("newsletter", "f", "2025-02-03", "2025-02-28"),  # last day is the last of the month
        ("newsletter", "g", "2025-03-01", None),
        ("community", "h", "2024-05-01", None),  # another membership
    )

    def test_o17_closing_list(self):
        # opening a, c = 2; entries d, e, f = 3; exits c, f = 2; closing a, d, e = 3
        row = one({"memberships": self.MEMBERSHIPS}, "email_list_size", "2025-02")

        assert row["value"] == 3
        assert row["details"] == {"opening": 2, "entries": 3, "exits": 2}

    def test_o17_a_quarter_is_its_last_month_never_a_sum(self):
        tables = {"memberships": self.MEMBERSHIPS}

        assert value(tables, "email_list_size", "2025-01") == 2  # a, c
        assert value(tables, "email_list_size", "2025-03") == 4  # a, d, e, g
        assert value(tables, "email_list_size", "2025-Q1") == 4

    def test_churn_follows_those_of_the_first_day(self):
        # a and c were there; c left, a stayed: 1/2. f came and left, and is in neither.
        row = one({"memberships": self.MEMBERSHIPS}, "list_churn_rate", "2025-02")

        assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 1, 2)

    def test_a_person_on_the_list_twice_is_one_contact(self):
        twice = stack(self.MEMBERSHIPS, self.MEMBERSHIPS.iloc[[0]])

        assert value({"memberships": twice}, "email_list_size", "2025-02") == 3


class TestMessagesPerContact:
    """A and B got both mailings of the 10th, C the second alone; that to D bounced."""

    LATER = "2025-02-10T10:00:00Z"
    SENDS = rows(
        "recipient_key campaign_id sent_at delivered",
        ("a", "C1", SENT, True),
        ("b", "C1", SENT, True),
        ("a", "C2", LATER, True),
        ("b", "C2", LATER, True),
        ("c", "C2", LATER, True),
        ("d", "C2", LATER, False),
    )

    def test_five_messages_reached_three_people(self):
        row = one({"email_sends": self.SENDS}, "messages_per_contact", "2025-02", **MARCH)
        assert (row["numerator"], row["denominator"]) == (5, 3)
        assert row["value"] == exactly(5 / 3)

    def test_as_pandas_counts(self):
        reached = self.SENDS[self.SENDS["delivered"]].groupby("recipient_key").size()
        figure = one({"email_sends": self.SENDS}, "messages_per_contact", "2025-02", **MARCH)
        assert figure["value"] == exactly(reached.mean())
