"""Forms, sign-ups, meetings, events and ads: worked examples, and the traps of their cards."""

from __future__ import annotations

import numpy as np
import pytest

import kpilib as kl
from kpilib.engine.intervals import resampled
from tests.worked import exactly, groups, interval, near, one, rows, stack, times, value

FEBRUARY = {"as_of": "2025-02-28"}
DAY = "2025-02-10"
AT = f"{DAY}T10:00:00Z"


class TestForms:
    EVENTS = rows(
        "session_id form_id ts event_name",
        ("s1", "contact", AT, "form_start"),
        ("s1", "contact", AT, "form_submit"),
        ("s1", "contact", f"{DAY}T10:05:00Z", "form_submit"),  # sent twice in one session
        ("s2", "contact", AT, "form_start"),
        ("s3", "contact", AT, "form_start"),
        ("s3", "contact", AT, "form_submit"),
        ("s4", "quote", AT, "form_start"),
        ("s4", None, AT, "page_view"),
    )

    def test_are_counted_by_form(self):
        res = groups({"web_events": self.EVENTS}, "contact_form_submissions", "2025-02",
                     "form_id", **FEBRUARY)  # fmt: skip

        assert res == {"contact": 3, "quote": 0}  # begun and never sent is 0, and worth seeing

    def test_completion_is_of_sessions(self):
        row = one({"web_events": self.EVENTS}, "contact_form_submissions", "2025-02", **FEBRUARY,
                  by="form_id", group="contact")  # fmt: skip

        # s1 and s3 of s1, s2, s3; 3 sent / 3 begun would say that nobody gave up
        assert row["details"]["completion_rate"] == exactly(2 / 3)
        assert row["details"]["completion_rate_low"] == pytest.approx(0.207660, abs=1e-6)

    @pytest.mark.parametrize(("visitors", "method"), [("aaab", "clumped"), ("abcd", "poisson")])
    def test_the_interval_knows_who_sent_several(self, visitors, method):
        sent = times(4, "session_id form_id ts event_name", "s1", "contact", AT, "form_submit")
        tables = {"web_events": sent.assign(visitor_id=[*visitors])}
        row = one(tables, "contact_form_submissions", "2025-02", **FEBRUARY)

        assert row["ci_method"] == method

    def test_qualified_ones_are_leads_by_a_form(self):
        leads = rows(
            "lead_id created_at form_id qualified_at",
            ("1", "2025-02-10T09:00:00Z", "contact", "2025-02-12T09:00:00Z"),
            ("2", "2025-02-10T09:00:00Z", "quote", "2025-03-12T09:00:00Z"),  # 30 days to the second
            ("3", "2025-02-10T09:00:00Z", "quote", "2025-03-12T09:00:01Z"),  # too late
            ("4", "2025-02-10T09:00:00Z", "quote", None),
            ("5", "2025-02-10T09:00:00Z", None, "2025-02-12T09:00:00Z"),  # by telephone
            ("6", "2025-02-10T09:00:00Z", "", "2025-02-12T09:00:00Z"),
            ("7", "2025-01-31T22:59:59Z", "quote", "2025-02-02T09:00:00Z"),  # 31 January in Paris
        )
        tables = {"leads": leads.assign(person_key=leads["lead_id"])}
        row = one(tables, "qualified_form_submissions", "2025-02", as_of="2025-04-30")

        assert (row["value"], row["ci_method"]) == (2, "poisson")
        assert value(tables, "qualified_form_submissions", "2025-01", as_of="2025-04-30") == 1

    @pytest.mark.parametrize(("as_of", "immature"), [("2025-03-29", True), ("2025-03-30", False)])
    def test_qualified_ones_are_immature_for_30_days(self, as_of, immature):
        leads = rows(
            "created_at form_id qualified_at",
            ("2025-02-10", "quote", "2025-02-12"),
            ("2025-02-28", "quote", None),
        )
        row = one({"leads": leads}, "qualified_form_submissions", "2025-02", as_of=as_of)

        assert ("immature" in row["flags"]) == immature


class TestSignups:
    def test_are_newsletter_subscriptions_on_their_first_day(self):
        memberships = rows(
            "membership_id kind person_key start_at end_at",
            ("1", "newsletter", "a", "2025-02-01", None),
            ("2", "newsletter", "b", "2025-02-28", "2025-02-28"),  # left at once: signed up anyway
            ("3", "newsletter", "c", "2025-01-31", None),
            ("4", "community", "d", "2025-02-10", None),
        )
        tables = {"memberships": memberships}

        assert value(tables, "newsletter_signups", "2025-02", **FEBRUARY) == 2
        assert value(tables, "newsletter_signups", "2025-01", **FEBRUARY) == 1


class TestMeetings:
    def test_are_counted_on_their_own_day(self):
        leads = rows(
            "lead_id created_at meeting_at",
            ("1", "2024-11-10T09:00:00Z", "2025-02-03T09:00:00Z"),
            ("2", "2025-02-10T09:00:00Z", "2025-03-03T09:00:00Z"),
            ("3", "2025-02-10T09:00:00Z", None),
        )

        assert value({"leads": leads}, "meetings_booked", "2025-02", **FEBRUARY) == 1
        assert value({"leads": leads}, "meetings_booked", "2025-Q1", as_of="2025-03-31") == 2


COLUMNS = "participation_id activity_id activity_kind activity_at person_key registered_at attended"
HELD = "2025-02-20T17:00:00Z"


def people(prefix, count, registered, attended, kind="webinar", activity="w1"):
    registered_at = "2025-02-01T09:00:00Z" if registered else None
    return rows(COLUMNS, *(
        (f"{activity}{prefix}{i}", activity, kind, HELD, f"{prefix}{i}", registered_at, attended)
        for i in range(count)
    ))  # fmt: skip


class TestEvents:
    # 80 registered, 47 of them came; 5 came without registering
    WEBINAR = stack(
        people("came", 47, True, True),
        people("gone", 33, True, False),
        people("walked", 5, False, True),
    )

    def test_o13_the_show_up_rate_is_of_those_registered(self):
        row = one({"participations": self.WEBINAR}, "event_attendance", "2025-02", **FEBRUARY)

        # 47/80; 52/80 would be 65 %
        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(0.5875), 47, 80)
        assert interval(row) == near(0.478040, 0.688941)

    def test_o13_walk_ins_are_attendees(self):
        row = one({"participations": self.WEBINAR}, "event_attendance", "2025-02", **FEBRUARY)

        assert row["details"] == {"attendees": 52, "walk_ins": 5, "excluded_without_list": 0}

    @pytest.mark.parametrize("attended", [None, False])
    def test_o13_before_the_event_there_is_no_rate(self, attended):
        tables = {"participations": self.WEBINAR.assign(attended=attended)}
        row = one(tables, "event_attendance", "2025-02", as_of="2025-02-19")

        assert row["value"] != row["value"]
        assert row["status"] == "no_denominator"

    def test_o13_registrations_are_counted_before_the_event_too(self):
        row = one({"participations": self.WEBINAR}, "event_registrations", "2025-02",
                  as_of="2025-02-19")  # fmt: skip

        assert (row["activity_id"], row["value"], row["ci_method"]) == ("w1", 80, "poisson")

    def test_an_attendance_list_that_nobody_kept_is_not_an_absence(self):
        unkept = people("x", 10, True, None, activity="w2")
        tables = {"participations": stack(self.WEBINAR, unkept)}
        row = one(tables, "event_attendance", "2025-02", **FEBRUARY)

        assert row["value"] == exactly(47 / 80)  # not 47/90
        assert row["details"]["excluded_without_list"] == 10
        assert "excluded_rows" in row["flags"]
        alone = one({"participations": unkept}, "event_attendance", "2025-02", **FEBRUARY)
        assert alone["status"] == "no_denominator"

    def test_on_a_list_that_was_kept_a_blank_is_an_absence(self):
        kept = stack(people("a", 3, True, True), people("b", 1, True, None))

        assert value({"participations": kept}, "event_attendance", "2025-02", **FEBRUARY) == 0.75

    def test_only_events_and_webinars_for_others_than_staff(self):
        tables = {
            "participations": stack(
                self.WEBINAR.assign(audience="public"),
                people("t", 9, True, True, kind="training", activity="t1").assign(
                    audience="public"
                ),
                people("e", 9, True, True, kind="event", activity="e1").assign(audience="employee"),
                people("m", 2, True, True, kind="event", activity="m1").assign(audience="member"),
                people("n", 1, True, True, kind="event", activity="n1").assign(audience=None),
            )
        }
        res = kl.open(tables, **FEBRUARY).evaluate("event_registrations", "2025-02")

        assert dict(zip(res["activity_id"], res["value"], strict=True)) == {
            "m1": 2, "n1": 1, "w1": 80,
        }  # fmt: skip
        assert value(tables, "event_attendance", "2025-02", **FEBRUARY) == exactly(50 / 83)

    def test_an_event_of_another_month_is_not_a_0_in_this_one(self):
        earlier = people("j", 4, True, True, activity="w0").assign(
            activity_at="2025-01-20T17:00:00Z"
        )
        nobody = people("z", 2, False, True, activity="w3")
        tables = {"participations": stack(self.WEBINAR, earlier, nobody)}
        res = kl.open(tables, **FEBRUARY).evaluate(
            "event_registrations", "2025-02", compare=["previous"]
        )

        assert dict(zip(res["activity_id"], res["value"], strict=True)) == {"w1": 80}

    def test_several_events_are_pooled_and_told_apart(self):
        second = stack(people("p", 1, True, True, activity="w2"),
                       people("q", 3, True, False, activity="w2"))  # fmt: skip
        tables = {"participations": stack(self.WEBINAR, second)}
        by_event = groups(tables, "event_attendance", "2025-02", "activity_id", **FEBRUARY)

        assert value(tables, "event_attendance", "2025-02", **FEBRUARY) == exactly(48 / 84)
        assert by_event == {"w1": exactly(0.5875), "w2": 0.25}

    def test_an_open_event_has_attendees_and_no_rate(self):
        row = one({"participations": people("w", 7, False, True)}, "event_attendance", "2025-02",
                  **FEBRUARY)  # fmt: skip

        assert (row["status"], row["details"]["attendees"]) == ("no_denominator", 7)


class TestAds:
    # Two days: 10 clicks of 100 views, then 10 of 900: 20/1000. The mean of the days is 5.6 %.
    ADS = rows(
        "date platform channel campaign_id item impressions clicks conversions",
        ("2025-02-03", "google_ads", "paid_search", "c1", "a", 100, 10, 2),
        ("2025-02-04", "meta_ads", "paid_social", "c2", "b", 900, 10, 3),
        ("2025-02-04", "search_console", "organic_search", None, "roi", 5000, 500, None),
    )

    def test_clicks_over_views_of_paid_platforms(self):
        row = one({"acquisition_daily": self.ADS}, "ad_ctr", "2025-02", **FEBRUARY)

        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(0.02), 20, 1000)

    def test_interval_draws_whole_days(self):
        row = one({"acquisition_daily": self.ADS}, "ad_ctr", "2025-02", **FEBRUARY)

        # two days, of 10 clicks for 100 views and of 10 for 900
        found, method = resampled(np.array([10.0, 10.0]), np.array([100.0, 900.0]))
        assert (interval(row), row["ci_method"]) == (found, method)

    def test_by_platform(self):
        res = groups({"acquisition_daily": self.ADS}, "ad_ctr", "2025-02", "platform", **FEBRUARY)

        assert res == {"google_ads": exactly(0.1), "meta_ads": exactly(10 / 900)}

    def test_days_without_ads_are_no_missing_data(self):
        row = one({"acquisition_daily": self.ADS}, "ad_ctr", "2025-02", **FEBRUARY)

        assert "coverage" not in row["details"]
        assert "partial" not in row["flags"]

    def test_without_a_view_there_is_no_rate(self):
        tables = {"acquisition_daily": self.ADS.assign(impressions=0, clicks=0)}
        row = one(tables, "ad_ctr", "2025-02", **FEBRUARY)

        assert (row["status"], row["denominator"]) == ("no_denominator", 0)

    def test_conversions_over_clicks(self):
        row = one({"acquisition_daily": self.ADS}, "ad_conversion_rate", "2025-02", **FEBRUARY)

        assert (row["value"], row["numerator"], row["denominator"]) == (0.25, 5, 20)
        assert interval(row) == near(0.111862, 0.468701)

    def test_what_the_own_site_saw_stands_beside(self):
        sessions = rows(
            "session_id started_at channel key_events",
            ("1", DAY, "paid_search", 1),
            ("2", DAY, "paid_social", 0),
            ("3", DAY, "display", None),
            ("4", DAY, "paid_search", 3),
            ("5", DAY, "email", 1),
        )
        tables = {"acquisition_daily": self.ADS, "sessions": sessions}
        details = one(tables, "ad_conversion_rate", "2025-02", **FEBRUARY)["details"]

        assert details["own_site_rate"] == 0.5  # 1 and 4 of the four paid sessions

    def test_what_cannot_be_told_by_platform_makes_no_group(self):
        sessions = times(3, "started_at channel key_events", DAY, "paid_search", 1)
        tables = {"acquisition_daily": self.ADS, "sessions": sessions}
        res = kl.open(tables, **FEBRUARY).evaluate("ad_conversion_rate", "2025-02", by="platform")

        assert res["platform"].tolist() == ["google_ads", "meta_ads"]
        assert all("own_site_rate" not in details for details in res["details"])
