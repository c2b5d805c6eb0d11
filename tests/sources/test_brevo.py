"""Brevo: campaigns under the names of its programming interface, contacts."""

from __future__ import annotations

import json
from datetime import date

import polars as pl

from kpilib.sources.preset import presets
from tests.sources.rows_left import left_out
from tests.sources.twins_social import BREVO, BREVO_CONTACTS, taken
from tests.worked import one, value

ASKED = {"timezone": "Europe/Paris", "as_of": "2025-03-31"}


class TestCampaigns:
    def test_figures(self, tmp_path):
        table = {"email_sends": taken(tmp_path, BREVO)["email_sends"]}

        for kpi, up, down in (
            ("delivery_rate", 950, 1000),
            ("open_rate", 380, 950),
            ("click_rate", 38, 950),  # people, not their 60 clicks
            ("unsubscribe_rate", 5, 950),
        ):
            row = one(table, kpi, "2025-02", **ASKED)
            assert (row["numerator"], row["denominator"]) == (up, down)
        assert one(table, "open_rate_trackable", "2025-02", **ASKED)["status"] == "no_denominator"

    def test_a_soft_bounce_that_arrived_later_counts_once(self, tmp_path):
        sends = taken(tmp_path, BREVO)["email_sends"]
        kinds = dict(sends.group_by("bounce_kind").agg(pl.col("sends").sum()).rows())

        # 50 did not arrive: 30 hard, so 20 of the 25 soft ones
        assert (kinds["hard"], kinds["soft"], kinds[None]) == (30, 20, 950)

    def test_the_answer_of_the_interface_gives_the_same(self, tmp_path):
        stats = {
            "sent": 1000, "delivered": 950, "hardBounces": 30, "softBounces": 25, "deferred": 5,
            "uniqueViews": 380, "viewed": 900, "trackableViews": 180, "uniqueClicks": 38,
            "clickers": 60, "unsubscriptions": 5, "complaints": 1,
        }  # fmt: skip
        campaign = {
            "id": 12,
            "name": "Rentree",
            "sentDate": "2025-02-10T09:00:00.000+01:00",
            "statistics": {"globalStats": stats},
        }
        asked = taken(tmp_path, json.dumps([campaign]).encode(), "campaigns.json")["email_sends"]

        assert asked.equals(taken(tmp_path, BREVO)["email_sends"])

    def test_its_status_is_said(self):
        assert presets()["brevo_campaigns"].status == "unverified"
        assert presets()["brevo"].status == "documented"


class TestContacts:
    def test_days_are_day_first_and_names_are_dropped(self, tmp_path):
        members = taken(tmp_path, BREVO_CONTACTS)["memberships"]

        # 12 January, not 1 December
        assert members.select("start_at", "end_at", "end_reason").rows() == [
            (date(2025, 1, 12), None, None),
            (date(2025, 1, 5), date(2025, 2, 12), "unsubscribed"),
        ]
        written = members.write_csv().casefold()
        assert not any(name in written for name in ("ada", "bob", "example", "33600"))

    def test_a_contact_that_left_on_an_unknown_day_is_left_out_and_said(self, tmp_path):
        (understood,) = taken(tmp_path, BREVO_CONTACTS).understood

        assert (understood.rows, understood.kept) == (3, 2)
        reason = "contact without an address, or a day on which they came or left"
        assert left_out(understood) == {reason: (1, [4])}

    def test_list_size(self, tmp_path):
        table = {"memberships": taken(tmp_path, BREVO_CONTACTS)["memberships"]}

        assert value(table, "email_list_size", "2025-01", **ASKED) == 2
        assert value(table, "email_list_size", "2025-02", **ASKED) == 1

    def test_the_same_person_has_the_same_pseudonym_in_every_export(self, tmp_path):
        upper = BREVO_CONTACTS.replace(b"ada@reader", b"ADA@Reader")

        assert (
            taken(tmp_path, upper)["memberships"]["person_key"][0]
            == taken(tmp_path, BREVO_CONTACTS)["memberships"]["person_key"][0]
        )
