"""Leads: worked examples, with the figure that a naive count would give beside them."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from tests.small_company import small_company
from tests.worked import exactly, interval, near, one, rows, stack, times, value

FEBRUARY = {"as_of": "2025-02-28"}
DAY = "2025-02-10"


class TestLeads:
    LEADS = rows(
        "lead_id person_key created_at channel",
        ("1", "a", "2025-01-10T09:00:00Z", "email"),
        ("2", "a", "2025-02-10T09:00:00Z", "organic_search"),  # wrote again: not a new lead
        ("3", "b", "2025-02-11T09:00:00Z", "email"),
        ("4", "b", "2025-02-12T09:00:00Z", "referral"),
        ("5", "c", "2025-02-13T09:00:00Z", None),
    )

    def test_are_people_on_the_day_of_their_first_record(self):
        tables = {"leads": self.LEADS}

        assert value(tables, "leads", "2025-01", **FEBRUARY) == 1  # a
        assert value(tables, "leads", "2025-02", **FEBRUARY) == 2  # b and c, not the 4 records
        assert value(tables, "leads", "2025", as_of="2025-12-31") == 3

    def test_belong_to_the_channel_of_the_first_record(self):
        res = kl.open({"leads": self.LEADS}, **FEBRUARY).evaluate("leads", "2025-02", by="channel")

        assert dict(zip(res["channel"], res["value"], strict=True)) == {"(unknown)": 1, "email": 1}

    def test_two_first_records_at_one_instant_give_one_answer_in_any_order(self):
        leads = rows(
            "lead_id person_key created_at channel",
            ("1", "a", "2025-02-10T09:00:00Z", "email"),
            ("2", "a", "2025-02-10T09:00:00Z", "referral"),
        )
        answers = [
            kl.open({"leads": table}, **FEBRUARY).evaluate("leads", "2025-02", by="channel")
            for table in (leads, leads.iloc[::-1])
        ]

        assert answers[0]["channel"].tolist() == answers[1]["channel"].tolist()
        assert [answer["value"].sum() for answer in answers] == [1, 1]

    def test_a_record_without_day_does_not_hide_the_person(self):
        leads = rows(
            "lead_id person_key created_at", ("1", "a", None), ("2", "a", "2025-02-10T09:00:00Z")
        )

        assert value({"leads": leads}, "leads", "2025-02", **FEBRUARY) == 1

    def test_nobody_is_not_a_person(self):
        leads = rows("lead_id person_key created_at", ("1", None, DAY), ("2", "b", DAY))

        assert value({"leads": leads}, "leads", "2025-02", **FEBRUARY) == 1


class TestVisitToLead:
    SESSIONS = rows(
        "session_id started_at channel",
        ("s1", DAY, "email"),
        ("s2", DAY, "email"),
        ("s3", DAY, "organic_search"),
        ("s4", DAY, "organic_search"),
    )
    LEADS = rows(
        "lead_id session_id", ("1", "s1"), ("2", "s1"), ("3", "s3"), ("4", None), ("5", "elsewhere")
    )

    def test_o05_several_leads_in_one_session_count_once(self):
        # s1 (twice) and s3 of four sessions: 2/4; 5 leads / 4 sessions would pass 100 %
        tables = {"sessions": self.SESSIONS, "leads": self.LEADS}
        row = one(tables, "visitor_to_lead_rate", "2025-02", **FEBRUARY)

        assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 2, 4)
        assert interval(row) == near(0.150039, 0.849961)

    def test_before_leads_were_kept_nobody_knows_which_session_became_one(self):
        """Visits since January, requests since February: January has no rate of 0."""
        early = self.SESSIONS.assign(session_id=list("abcd"), started_at="2025-01-10T10:00:00Z")
        tables = {
            "sessions": pd.concat([early, self.SESSIONS]),
            "leads": self.LEADS.assign(created_at=DAY),
        }
        found = kl.open(tables, **FEBRUARY).series("visitor_to_lead_rate", "2025-02", 2)

        assert found["status"].tolist() == ["no_data", "ok"]
        assert kl.open(tables | {"leads": self.LEADS.iloc[:0]}, **FEBRUARY).evaluate(
            "visitor_to_lead_rate", "2025-02"
        )["reason"].tolist() == ["The table is empty."]

    def test_by_channel_of_the_session(self):
        tables = {"sessions": self.SESSIONS, "leads": self.LEADS}
        row = one(
            tables, "visitor_to_lead_rate", "2025-02", by="channel", group="email", **FEBRUARY
        )

        assert row["value"] == 0.5  # s1 of s1 and s2

    def test_o05_channels_add_up_to_the_whole_and_never_pass_100_percent(self):
        # three leads in one session of e-mail, one in two of search: 1/1 and 1/2, 2/3 together
        sessions = rows(
            "session_id started_at channel",
            ("s1", DAY, "email"),
            ("s2", DAY, "organic_search"),
            ("s3", DAY, "organic_search"),
        )
        leads = rows("lead_id session_id", ("1", "s1"), ("2", "s1"), ("3", "s1"), ("4", "s3"))
        tables = {"sessions": sessions, "leads": leads}
        res = kl.open(tables, **FEBRUARY).evaluate("visitor_to_lead_rate", "2025-02", by="channel")

        assert dict(zip(res["channel"], res["value"], strict=True)) == {
            "email": 1, "organic_search": 0.5,
        }  # fmt: skip
        assert value(tables, "visitor_to_lead_rate", "2025-02", **FEBRUARY) == exactly(2 / 3)

    def test_o05_visitors_are_another_basis_and_stand_beside(self):
        # a came three times and left a name once, b came once without: 1/4 sessions, 1/2 visitors
        sessions = self.SESSIONS.assign(visitor_id=["a", "a", "a", "b"])
        leads = rows("lead_id session_id", ("1", "s1"))
        row = one(
            {"sessions": sessions, "leads": leads}, "visitor_to_lead_rate", "2025-02", **FEBRUARY
        )

        assert (row["value"], row["details"]) == (0.25, {"per_visitor": 0.5})

    def test_a_channel_with_leads_and_no_visit_keeps_its_row(self):
        leads = self.LEADS.assign(
            created_at=DAY, channel=["email", "email", "organic_search", "referral", "email"]
        )
        data = kl.open({"sessions": self.SESSIONS, "leads": leads}, **FEBRUARY)
        found = data.evaluate("visitor_to_lead_rate", "2025-02", by="channel").set_index("channel")
        row = found.loc["referral"]

        assert (row["status"], row["numerator"], row["denominator"]) == ("no_denominator", 0, 0)
        assert row["value"] != row["value"] and row["details"]["leads"] == 1
        parts, whole = found[["numerator", "denominator"]].sum(), [2, 4]
        assert parts.tolist() == whole

    def test_o05_summed_sessions_do_not_say_which_became_leads(self):
        summed = self.SESSIONS.assign(is_aggregate=True, sessions=10)
        tables = {"sessions": summed, "leads": self.LEADS}
        row = one(tables, "visitor_to_lead_rate", "2025-02", **FEBRUARY)

        assert row["status"] == "not_additive"
        assert row["value"] != row["value"]


class TestActions:
    SESSIONS = rows("session_id visitor_id started_at", *(
        (f"s{i}", visitor, DAY) for i, visitor in enumerate(["a", "a", "b", "c", "d"])
    ))  # fmt: skip
    EVENTS = rows(
        "session_id visitor_id ts event_name",
        ("s0", "a", f"{DAY}T10:00:00Z", "cta_click"),
        ("s1", "a", f"{DAY}T11:00:00Z", "download"),
        ("s2", "b", f"{DAY}T10:00:00Z", "newsletter_signup"),
        ("s3", "c", f"{DAY}T10:00:00Z", "page_view"),
        ("s4", "d", f"{DAY}T10:00:00Z", "cta_view"),
        ("s4", "d", f"{DAY}T10:00:01Z", "form_start"),  # started, not sent
    )

    def test_are_people_over_people(self):
        # a and b of a, b, c, d; the source's sentence upside down would give 4/2
        tables = {"sessions": self.SESSIONS, "web_events": self.EVENTS}
        row = one(tables, "action_rate", "2025-02", **FEBRUARY)

        assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 2, 4)

    @pytest.mark.parametrize("event", ["cta_click", "download", "form_submit", "newsletter_signup"])
    def test_each_action_counts(self, event):
        events = self.EVENTS.iloc[[0]].assign(event_name=event)
        tables = {"sessions": self.SESSIONS, "web_events": events}

        assert value(tables, "action_rate", "2025-02", **FEBRUARY) == 0.25


class TestCallsToAction:
    @staticmethod
    def events(cta, views, clicks):
        each = "session_id cta_id ts event_name"
        return rows(
            each,
            *((f"{cta}{i}", cta, f"{DAY}T10:00:00Z", "cta_view") for i in range(views)),
            *((f"{cta}{i}", cta, f"{DAY}T10:00:05Z", "cta_click") for i in range(clicks)),
        )

    @pytest.mark.parametrize(
        ("cta", "rate", "low", "high"),
        [("A", 3 / 10, 0.107791, 0.603222), ("B", 90 / 400, 0.186805, 0.268427)],
    )
    def test_o09_rates_and_intervals_of_each(self, cta, rate, low, high):
        tables = {"web_events": stack(self.events("A", 10, 3), self.events("B", 400, 90))}
        row = one(tables, "cta_click_rate", "2025-02", by="cta_id", group=cta, **FEBRUARY)

        assert row["value"] == exactly(rate)
        assert interval(row) == near(low, high)
        assert ("low_n" in row["flags"]) == (cta == "A")

    def test_o09_the_lower_bound_ranks_b_first(self):
        tables = {"web_events": stack(self.events("A", 10, 3), self.events("B", 400, 90))}
        res = kl.open(tables, **FEBRUARY).evaluate("cta_click_rate", "2025-02")

        assert res["cta_id"].tolist() == ["B", "A"]

    def test_o09_fewer_than_a_hundred_views_come_after_whatever_they_prove(self):
        """40 of 90 are surely more than 90 of 400, and not ranked; C is below B."""
        tables = {
            "web_events": stack(
                *(self.events(*each) for each in (("A", 90, 40), ("B", 400, 90), ("C", 400, 20)))
            )
        }
        res = kl.open(tables, **FEBRUARY).evaluate("cta_click_rate", "2025-02")

        assert res["cta_id"].tolist() == ["B", "C", "A"]
        ax = kl.plot.bars(res)
        assert [text.get_text() for text in ax.get_yticklabels()] == ["B", "C", "A"]
        assert "few: 90" in {text.get_text() for text in ax.texts}
        days = kl.open(tables, **FEBRUARY).evaluate("cta_click_rate", "2025-02", by="weekday")
        assert days["weekday"].is_monotonic_increasing  # another breakdown is no ranking

    def test_o09_without_a_view_there_is_no_rate(self):
        clicks = self.events("C", 0, 2)
        row = one(
            {"web_events": clicks}, "cta_click_rate", "2025-02", group="C", by="cta_id", **FEBRUARY
        )

        assert (row["status"], row["numerator"], row["denominator"]) == ("no_denominator", 2, 0)

    PAGES = (
        ("s1", "/offer", None, "page_view"),
        ("s1", "/offer", "D", "cta_click"),
        ("s2", "/offer?from=mail", None, "page_view"),
        ("s2", "/offer/", None, "page_view"),
        ("s3", "/blog", None, "page_view"),
        ("s4", "/blog", "A", "cta_view"),
        ("s4", "/blog", "A", "cta_click"),
        ("s5", None, "E", "cta_click"),
    )

    def pages(self):
        each = [(*row, f"{DAY}T10:00:00Z") for row in self.PAGES]
        return {"web_events": rows("session_id page cta_id event_name ts", *each)}

    def test_without_recorded_views_those_of_the_page_that_carries_it_count(self):
        # D was clicked on /offer, which s1 and s2 saw: 1 of 2, approximate. A was seen once, so
        # that nobody asks who saw the blog. No page is known of E: nothing to divide by.
        res = kl.open(self.pages(), **FEBRUARY).evaluate("cta_click_rate", "2025-02")
        found = res.set_index("cta_id")

        assert found["numerator"].to_dict() == {"A": 1, "D": 1, "E": 1}
        assert found["denominator"].to_dict() == {"A": 1, "D": 2, "E": 0}
        assert [flags.count("approximate") for flags in found["flags"]] == [0, 1, 0]
        assert found.loc["D", "details"] == {"corrected_views": 2}

    def test_page_views_in_place_of_views_are_those_of_pandas(self):
        every = small_company(3)["web_events"]
        every = every.assign(page=[f"/p{number % 30}" for number in range(len(every))])
        events = every[every["event_name"] != "cta_view"]
        clicks = events[events["event_name"] == "cta_click"]
        views = events[events["event_name"] == "page_view"]
        company = kl.open({"web_events": events}, as_of="2025-03-31")
        found = company.evaluate("cta_click_rate", "2025-02").set_index("cta_id")

        inside = views["ts"].astype(str).str.startswith("2025-02")
        assert len(found) > 1
        for cta, own in clicks.groupby("cta_id"):
            on_it = inside & views["page"].isin(own["page"].dropna())
            assert found.loc[cta, "denominator"] == views[on_it]["session_id"].nunique()

    def test_several_clicks_in_one_session_count_once(self):
        once = self.events("A", 10, 3)
        tables = {"web_events": stack(once, once[once["event_name"] == "cta_click"])}

        assert value(tables, "cta_click_rate", "2025-02", by="cta_id", group="A", **FEBRUARY) == 0.3

    def test_page_views_do_not_make_a_group(self):
        pages = rows(
            "session_id cta_id ts event_name", ("x", None, f"{DAY}T10:00:00Z", "page_view")
        )
        tables = {"web_events": stack(self.events("A", 10, 3), pages)}
        res = kl.open(tables, **FEBRUARY).evaluate("cta_click_rate", "2025-02")

        assert res["cta_id"].tolist() == ["A"]


class TestDownloads:
    def test_the_same_person_and_document_count_once(self):
        events = rows(
            "visitor_id asset_id ts event_name",
            ("a", "guide", f"{DAY}T10:00:00Z", "download"),
            ("a", "guide", f"{DAY}T11:00:00Z", "download"),
            ("a", "checklist", f"{DAY}T11:00:00Z", "download"),
            ("b", "guide", f"{DAY}T11:00:00Z", "download"),
            ("b", "guide", f"{DAY}T11:00:00Z", "page_view"),
        )

        assert value({"web_events": events}, "content_downloads", "2025-02", **FEBRUARY) == 3


class TestQualification:
    LEADS = rows(
        "person_key created_at qualified_at",
        ("a", "2025-01-10T09:00:00Z", "2025-02-09T09:00:00Z"),  # 30 days to the second
        ("b", "2025-01-10T09:00:00Z", "2025-02-09T09:00:01Z"),  # one second too late
        ("c", "2025-01-20T09:00:00Z", "2025-01-21T09:00:00Z"),
        ("d", "2025-01-20T09:00:00Z", None),
    )

    def test_volume_counts_on_the_day_of_qualification(self):
        tables = {"leads": self.LEADS}

        assert value(tables, "qualified_leads", "2025-01", **FEBRUARY) == 1  # c
        assert value(tables, "qualified_leads", "2025-02", **FEBRUARY) == 2  # a and b

    def test_rate_follows_the_cohort_for_30_days(self):
        row = one({"leads": self.LEADS}, "lead_qualification_rate", "2025-01", as_of="2025-03-02")

        assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 2, 4)  # a and c
        assert row["flags"] == ["low_n"]

    @pytest.mark.parametrize(("as_of", "immature"), [("2025-03-01", True), ("2025-03-02", False)])
    def test_is_immature_until_30_days_after_the_last_lead(self, as_of, immature):
        last = rows(" ".join(self.LEADS), ("e", "2025-01-31T09:00:00Z", None))
        table = stack(self.LEADS, last)
        row = one({"leads": table}, "lead_qualification_rate", "2025-01", as_of=as_of)

        assert ("immature" in row["flags"]) == immature


class TestCustomers:
    LEADS = rows(
        "person_key created_at won_at",
        ("a", "2025-01-10T09:00:00Z", "2025-04-10T09:00:00Z"),  # 90 days to the second
        ("b", "2025-01-10T09:00:00Z", "2025-04-10T09:00:01Z"),
        ("c", "2024-11-10T09:00:00Z", "2025-01-12T09:00:00Z"),
        ("d", "2024-11-10T09:00:00Z", "2025-01-13T09:00:00Z"),
        ("e", "2024-11-10T09:00:00Z", "2025-01-14T09:00:00Z"),
    )

    def test_o12_wins_count_for_the_month_of_the_lead(self):
        # January: a of a and b. Wins of January / leads of January would be 3/2 = 150 %.
        row = one({"leads": self.LEADS}, "lead_to_customer_rate", "2025-01", as_of="2025-05-01")

        assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 1, 2)

    def test_o12_the_wins_of_the_month_over_its_leads_are_another_ratio(self):
        # won in January: c, d and e of November, over a and b of January: 150 %
        row = one({"leads": self.LEADS}, "lead_to_customer_rate", "2025-01", as_of="2025-05-01")

        assert row["details"] == {"period_win_ratio": 1.5}
        assert interval(row)[1] <= 1

    def test_o12_a_quarter_follows_all_its_leads(self):
        # three months of one lead each: won after 10, 89 and 91 days: 2/3
        leads = rows(
            "person_key created_at won_at",
            ("a", "2025-01-01T09:00:00Z", "2025-01-11T09:00:00Z"),
            ("b", "2025-02-01T09:00:00Z", "2025-05-01T09:00:00Z"),
            ("c", "2025-03-01T09:00:00Z", "2025-05-31T09:00:00Z"),
        )

        assert value(
            {"leads": leads}, "lead_to_customer_rate", "2025-Q1", as_of="2025-12-31"
        ) == exactly(2 / 3)

    @pytest.mark.parametrize(("as_of", "immature"), [("2025-04-30", True), ("2025-05-01", False)])
    def test_o12_is_immature_until_90_days_after_the_last_lead(self, as_of, immature):
        last = rows(" ".join(self.LEADS), ("f", "2025-01-31T09:00:00Z", None))
        table = stack(self.LEADS, last)
        row = one({"leads": table}, "lead_to_customer_rate", "2025-01", as_of=as_of)

        assert ("immature" in row["flags"]) == immature


class TestCostPerLead:
    LEADS = stack(
        rows("person_key created_at", *((f"j{i}", "2025-01-10") for i in range(50))),
        rows("person_key created_at", *((f"f{i}", "2025-02-10") for i in range(10))),
    )
    COSTS = rows(
        "scope_kind scope_id amount_ht incurred_at",
        ("campaign", "c1", 1000.0, "2025-01-15"),
        ("campaign", "c1", 1000.0, "2025-02-15"),
        ("campaign", "c2", 500.0, "2025-03-15"),
        ("training", "t1", 9999.0, "2025-01-15"),  # not an acquisition cost
    )
    TABLES = {"leads": LEADS, "costs": COSTS}

    @pytest.mark.parametrize(
        ("period", "expected"),
        [
            ("2025-01", 20),  # 1,000 / 50
            ("2025-02", 100),  # 1,000 / 10
            (("2025-01-01", "2025-02-28"), 2000 / 60),  # not the mean of 20 and 100
            ("2025-Q1", 2500 / 60),  # the cost of March counts
        ],
    )
    def test_o11_costs_and_leads_are_added_before_dividing(self, period, expected):
        res = value(self.TABLES, "cost_per_lead", period, as_of="2025-03-31")

        assert res == exactly(expected)

    def test_o11_without_a_lead_the_cost_is_shown_without_rate(self):
        row = one(self.TABLES, "cost_per_lead", "2025-03", as_of="2025-03-31")

        assert (row["status"], row["numerator"], row["denominator"]) == ("no_denominator", 500, 0)
        assert row["value"] != row["value"]
        assert row["reason"] == "There is no case to count."

    def test_interval_holds_the_cost_and_lets_the_leads_vary(self):
        row = one(self.TABLES, "cost_per_lead", "2025-02", as_of="2025-03-31")

        # exact Poisson of 10 leads: [4.795389, 18.390356]
        assert interval(row) == pytest.approx((1000 / 18.390356, 1000 / 4.795389), rel=1e-6)

    def test_one_lead_still_has_an_interval(self):
        row = one(
            {**self.TABLES, "leads": times(1, "person_key created_at", "a", "2025-02-10")},
            "cost_per_lead",
            "2025-02",
            as_of="2025-03-31",
        )

        # exact Poisson of 1: [0.025318, 5.571643]
        assert interval(row) == pytest.approx((1000 / 5.571643, 1000 / 0.0253178), rel=1e-5)
