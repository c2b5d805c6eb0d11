"""What stands beside a figure by group, what a page says of missing columns, and of doubts."""

from __future__ import annotations

import re

import pytest

import kpilib as kl
from kpilib.errors import ContractError
from tests.worked import rows

OPENED = {"as_of": "2026-10-31"}
AT = "2026-10-10T10:00:00Z"


def page(tables, topic="leads", lang="en"):
    return kl.page(topic, month="2026-10", data=kl.open(tables, **OPENED), lang=lang)


def words(block):
    return " ".join(re.sub(r"<[^>]+>", " ", block._repr_html_()).split())


class TestByGroup:
    EVENTS = rows(
        "session_id form_id ts event_name",
        *((f"s{i}", "contact", AT, "form_start") for i in range(4)),
        *((f"s{i}", "contact", AT, "form_submit") for i in range(3)),
        ("s9", "devis", AT, "form_submit"),
    ).assign(visitor_id=None, cta_id=None, asset_id=None)

    def test_figures_of_each_group_with_their_bounds(self):
        made = page({"web_events": self.EVENTS})
        said = words(made.beside("contact_form_submissions", "completion_rate"))

        assert "Forms submitted, October 2026" in said
        assert "Form Completion rate Value" in said
        assert "contact 75.0 % (30.1 to 95.4 %) 3" in said.replace("\u00a0", " ")

    def test_what_is_not_known_of_a_group_is_left_blank(self):
        made = page({"web_events": self.EVENTS})

        assert words(made.beside("contact_form_submissions", "completion_rate")).endswith("devis 1")

    def test_a_group_without_figure_is_named_with_the_reason(self):
        sessions = rows("session_id started_at", *((f"s{i}", AT) for i in range(3)))
        actions = rows("action_id kind started_at ended_at", ("c1", "sea", "2026-10-10", None))
        made = page({"sessions": sessions, "actions": actions})
        said = words(made.beside("campaign_traffic_uplift", "observed", "expected"))

        assert said.endswith(
            "c1 3 n/a c1: fewer than 4 whole weeks are known before the campaign: its effect cannot"
            " be estimated."
        )

    def test_nothing_known_says_why(self):
        made = page({"web_events": self.EVENTS})

        said = words(made.beside("campaign_traffic_uplift", "observed"))
        assert said.endswith("Sessions gained by a campaign n/a: missing table: actions")


class TestMissingColumns:
    SESSIONS = rows(
        "session_id visitor_id started_at duration_s engaged_s pageviews key_events channel",
        *((f"s{i}", f"v{i}", AT, 10.0, 10.0, 1, 0, "email") for i in range(40)),
    )

    @pytest.mark.parametrize(
        ("lang", "said"),
        [
            ("en", "missing column: sessions.country"),
            ("fr", "colonne manquante : sessions.country"),
        ],
    )
    def test_a_page_says_which_column_a_second_tier_kpi_misses(self, lang, said):
        made = page({"sessions": self.SESSIONS}, "audience", lang)
        row = made.row("foreign_audience_share")

        assert (row["status"], row["reason"]) == (
            "missing_column", "Missing column: sessions.country.",
        )  # fmt: skip
        assert said in words(made.scorecard()).replace("\u00a0", " ")
        assert made.row("sessions")["value"] == 40

    def test_an_analyst_who_asks_gets_an_error_that_names_it(self):
        with pytest.raises(ContractError, match="column country is missing"):
            kl.open({"sessions": self.SESSIONS}, **OPENED).evaluate(
                "foreign_audience_share", "2026-10"
            )

    def test_the_company_that_was_given_is_not_changed(self):
        company = kl.open({"sessions": self.SESSIONS}, **OPENED)
        kl.page("audience", month="2026-10", data=company)

        assert not company.forgiving

    def test_a_first_tier_kpi_too_says_which_and_silences_no_other(self):
        made = page({"sessions": self.SESSIONS.drop(columns="engaged_s")}, "audience")

        assert made.row("bounce_rate")["status"] == "missing_column"
        assert made.row("sessions")["value"] == 40


class TestDoubts:
    @pytest.mark.parametrize(("topic", "stands"), [("audience", True), ("leads", False)])
    def test_stand_at_the_top_of_the_page_they_are_about(self, topic, stands):
        sessions = TestMissingColumns.SESSIONS.assign(channel="direct")
        shown = words(page({"sessions": sessions}, topic).freshness())
        doubt = "Direct: 100 % of the sessions of October 2026. Above 30 %, links are not tagged."

        assert (doubt in shown.replace("\u00a0", " ")) == stands
