"""The plan of collection: what is due when, of whom, and what is missing or too late."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.show.tables import split_title, table
from tests.worked import rows


def company(*measured, control=True):
    """A course of 10 February with two trained and two others, and who was measured when."""
    arms = [("a", "treated"), ("b", "treated"), *([("c", "control"), ("d", "control")] * control)]
    return {
        "trainings": rows(
            "training_id title started_at ended_at target_kpi_id",
            ("T1", "Calls", "2025-02-10", "2025-02-12", "sales"),
            ("T2", "Safety", "2025-02-10", "2025-02-12", None),  # nothing to move
        ),
        "training_participants": rows(
            "training_id person_key arm", *(("T1", key, arm) for key, arm in arms)
        ),
        "kpi_measurements": rows(
            "training_id subject_key kpi_id phase value period_start period_end",
            *(("T1", key, kpi, phase, 1.0, day, day) for key, kpi, phase, day in measured),
        ),
    }


def states(tables, as_of="2025-03-31", period="2025-03"):
    found = kl.report("training", period, kl.open(tables, as_of=as_of)).collection()
    return {(row["what"], row["when"], row["who"]): row["state"] for _, row in found.iterrows()}


BEFORE = [(key, "sales", "before", "2025-01-31") for key in "abcd"]


def test_what_is_there_what_is_missing_and_what_is_to_come():
    half = [("a", "knowledge_score", "after", "2025-02-12")]
    first = [("a", "sales", "after", "2025-03-31")]
    found = states(company(*BEFORE, *half, *first))

    assert found == {
        ("knowledge_score", "before", "treated"): "no_baseline",
        ("target", "before", "treated"): "complete",
        ("target", "before", "control"): "complete",
        ("taking_part", "during", "treated"): "missing",
        ("training_reaction", "after", "treated"): "missing",
        ("knowledge_score", "after", "treated"): "partly",
        ("training_application", "months after", "treated"): "to come",
        ("target", "year after", "treated"): "under way",
        ("target", "year after", "control"): "to come",
    }


def test_of_those_listed_who_can_be_compared():
    """Both trained were measured before, a alone after; of the others neither after."""
    told = kl.report("training", "2025-03", kl.open(
        company(*BEFORE, ("a", "sales", "after", "2025-03-31"), ("c", "knowledge_score", "before",
                "2025-01-31")), as_of="2025-03-31",
    )).collection()  # fmt: skip
    found = told[told["when"].eq("year after")].set_index("who")["pairable"]

    assert found.to_dict() == {"treated": 0.5, "control": 0.0}
    assert told.loc[told["when"].ne("year after"), "pairable"].isna().all()
    # due: three before, one during, two after, of which the target of both arms is complete
    assert split_title(told) == "Measured: 2 of 6 complete"


def test_who_was_there_is_collected_during_the_course():
    tables = company(*BEFORE)
    members = tables["training_participants"].assign(hours_attended=[7.0, None, None, None])
    told = kl.report("training", "2025-03", kl.open(
        tables | {"training_participants": members}, as_of="2025-03-31"
    )).collection().set_index("when")  # fmt: skip

    assert told.loc["during", ["share", "source", "state"]].tolist() == [
        0.5, "taking_part", "partly"
    ]  # fmt: skip


def test_who_is_to_be_reminded_when():
    """Due on 12 and 19 February are 47 and 40 days late on 31 March: asked of nobody any more. Due
    on 13 May and on 12 February a year later: a week before. At the end of February, what was due
    on the 12th and 19th is asked the next day, and not what is complete or too late."""
    told = {}
    for end, period in (("2025-03-31", "2025-03"), ("2025-02-28", "2025-02")):
        frame = kl.report("training", period, kl.open(company(*BEFORE), as_of=end)).collection()
        told[period] = {(row["what"], row["when"], row["who"]): str(row["remind"])
                        for row in frame.dropna(subset="remind").to_dict("records")}  # fmt: skip
    to_come = {
        ("training_application", "months after", "treated"): "2025-05-06",
        ("target", "year after", "treated"): "2026-02-05",
        ("target", "year after", "control"): "2026-02-05",
    }

    assert told["2025-03"] == to_come
    assert told["2025-02"] == to_come | {
        ("taking_part", "during", "treated"): "2025-03-01",
        ("training_reaction", "after", "treated"): "2025-03-01",
        ("knowledge_score", "after", "treated"): "2025-03-01",
    }


def test_before_the_course_begins_nothing_is_too_late():
    found = states(company(*BEFORE[:2]), as_of="2025-01-31", period="2025-01")

    assert "no_baseline" not in found.values()
    assert found["target", "before", "control"] == "to come"


def test_without_control_group_nobody_is_chosen():
    found = states(company(*BEFORE[:2], control=False))

    assert found["target", "before", "control"] == "nobody"


def test_questionnaires_by_those_who_were_invited():
    tables = company(*BEFORE) | {
        "survey_waves": rows(
            "survey_id wave survey_kind invited_n closed_at",
            ("T1", "end", "training_reaction", 2, "2025-02-19"),
        ),
        "survey_responses": rows(
            "survey_id wave respondent_key item_id value answered_at",
            ("T1", "end", "x", "q", 5, "2025-02-13"), ("T1", "end", "y", "q", 4, "2025-02-13"),
        ),
    }  # fmt: skip

    assert states(tables)["training_reaction", "after", "treated"] == "complete"


@pytest.mark.parametrize(("named", "answered", "state"), [
    (True, 2, "partly"),  # two of the four who were asked, in two teams: once, not once a team
    (True, 4, "complete"),
    (False, 4, "complete"),  # without a name they are counted as well
    (False, 2, "partly"),
])  # fmt: skip
def test_who_answers_a_wave_counts_once_with_a_name_or_without(named, answered, state):
    tables = company(*BEFORE) | {
        "survey_waves": rows(
            "survey_id wave group_key survey_kind invited_n closed_at",
            ("T1", "end", "one", "training_reaction", 2, "2025-02-19"),
            ("T1", "end", "two", "training_reaction", 2, "2025-02-19"),
        ),
        "survey_responses": rows(
            "response_id survey_id wave respondent_key item_id value answered_at",
            *((f"{i}{item}", "T1", "end", f"r{i}" if named else None, item, 5, "2025-02-13")
              for i in range(answered) for item in "pq"),
        ),
    }  # fmt: skip

    assert states(tables)["training_reaction", "after", "treated"] == state


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Too late: no baseline"), ("fr", "Trop tard\u00a0: pas d'avant")]
)
def test_in_words_and_closed(lang, words):
    report = kl.report("training", "2025-03", kl.open(company(), as_of="2025-03-31"), lang=lang)
    frame = report.collection()

    assert words in table(frame).iloc[0].tolist()
    assert split_title(frame)


def test_without_trainings_there_is_no_plan():
    tables = company(*BEFORE)
    del tables["trainings"]

    assert states(tables) == {}
