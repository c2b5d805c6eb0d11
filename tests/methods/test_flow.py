"""Time in flow: each person by their own means, counted by hand; small groups hidden."""

from __future__ import annotations

import pandas as pd

import kpilib as kl
from kpilib.assumptions import Assumptions
from tests.worked import exactly, one, rows

WAVES = rows(
    "survey_id wave survey_kind group_key invited_n closed_at",
    ("flow", "1", "flow", "north", 9, "2025-06-30T10:00:00Z"),
)
COLUMNS = (
    "response_id survey_id wave respondent_key group_key item_id scale_min scale_max value"
    " answered_at"
)
FIRST = [(5, 5), (3, 3), (5, 3), (3, 5)]  # means 4 and 4: 1 of 4 in flow
SECOND = [(7, 7)] * 3 + [(1, 1)] * 3  # means 4 and 4: 3 of 6
ALIKE = [(4, 4)] * 4  # nothing is above its own mean: nobody


def told(*people):
    """Challenge and skill of the moments of each person."""
    values = []
    for person, moments in enumerate(people):
        for number, pair in enumerate(moments):
            at = f"2025-06-{number + 1:02}T09:{person:02}:00Z"
            for item, value in zip(("challenge", "skill"), pair, strict=True):
                key = f"{person} {number} {item}"
                values.append((key, "flow", "1", f"p{person}", "north", item, 1, 7, value, at))
    return {"survey_waves": WAVES, "survey_responses": rows(COLUMNS, *values)}


def opened(given, least=1):
    company = kl.open(given, as_of="2025-06-30")
    company.tables.assumptions = Assumptions(flow_samples=least)
    return company


def flow(given, **more):
    [row] = opened(given, **more).evaluate("flow_share", "2025-06").to_dict("records")
    return row


class TestSamples:
    def test_o45_the_mean_of_people_and_not_of_moments(self):
        # three times both of them: (1/4 + 3/6) / 2 = 37.5 %, and not 4/10
        row = flow(told(*[FIRST, SECOND] * 3))

        assert (row["value"], row["n"]) == (exactly(0.375), 6)

    def test_o45_who_always_says_the_same_is_left_out(self):
        row = flow(told(*[FIRST, SECOND] * 3, ALIKE))

        assert (row["value"], row["details"]["left_out"]) == (exactly(0.375), 1)
        assert flow(told(*[ALIKE] * 5))["status"] == "too_few"

    def test_ten_moments_are_asked_unless_the_company_decides(self):
        assert flow(told(*[FIRST] * 5), least=10)["status"] == "too_few"
        assert flow(told(*[FIRST * 3] * 5), least=10)["value"] == exactly(0.25)

    def test_a_moment_is_told_by_its_subject_where_there_is_one(self):
        given = told(*[FIRST] * 5)
        answers = given["survey_responses"]
        answers["subject_id"] = answers["response_id"].str.rsplit(" ", n=1).str[0]
        answers["answered_at"] = "2025-06-15T09:00:00Z"  # all sent in at once

        assert flow(given)["value"] == exactly(0.25)

    def test_four_people_are_hidden(self):
        row = flow(told(*[FIRST] * 4))

        assert (row["status"], row["details"]) == ("suppressed", {})


class TestQuestionnaire:
    def scale(self, people, value):
        """Ten items of the Flow Short Scale."""
        values = (
            (f"{who} f{item}", "flow", "1", f"q{who}", "north", f"fks{item}", 1, 7, value(item),
             "2025-06-10T09:00:00Z")
            for who in range(people) for item in range(1, 11)
        )  # fmt: skip
        return {"survey_waves": WAVES, "survey_responses": rows(COLUMNS, *values)}

    def test_o45_means_of_ten_items_and_of_both_parts(self):
        # absorption: items 1, 3, 6 and 10; fluency: the six others
        every = flow(self.scale(5, lambda _: 5))["details"]
        parts = flow(self.scale(5, lambda item: 7 if item in (1, 3, 6, 10) else 2))["details"]

        assert (every["short_scale"], every["absorption"], every["fluency"]) == (5, 5, 5)
        assert (parts["absorption"], parts["fluency"]) == (7, 2)
        assert parts["short_scale"] == exactly((4 * 7 + 6 * 2) / 10)

    def test_a_questionnaire_alone_is_no_share(self):
        row = one(self.scale(5, lambda _: 5), "flow_share", "2025-06", as_of="2025-06-30")

        assert (row["value"] != row["value"], row["status"]) == (True, "no_denominator")

    def test_a_questionnaire_alone_of_few_is_hidden(self):
        row = flow(self.scale(4, lambda _: 5))

        assert (row["status"], row["details"]) == ("suppressed", {})

    def test_an_item_of_another_dimension_is_none_of_the_scale(self):
        given = self.scale(5, lambda _: 5)
        answers = given["survey_responses"].assign(dimension="flow")
        other = answers[answers["item_id"].eq("fks1")].assign(
            response_id=lambda rows: rows["response_id"] + "b", item_id="help1",
            dimension="feedback", value=1,
        )  # fmt: skip
        given["survey_responses"] = pd.concat([answers, other])

        assert flow(given)["details"]["short_scale"] == 5

    def test_a_questionnaire_of_few_is_not_told_beside(self):
        given = told(*[FIRST] * 6)
        few = self.scale(4, lambda _: 5)["survey_responses"]
        given["survey_responses"] = rows(
            COLUMNS,
            *given["survey_responses"].itertuples(index=False),
            *few.itertuples(index=False),
        )
        assert flow(given)["status"] == "suppressed"
