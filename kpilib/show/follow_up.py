"""How key results are followed: reviews, what was done and what happened, how well they are set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from kpilib.display.lint_words import check_words, letter_words
from kpilib.display.numbers import reader
from kpilib.objectives.diary import SAID, Note
from kpilib.objectives.standing import Standing
from kpilib.objectives.ten_tests import Lint
from kpilib.objectives.written import Action, same_in
from kpilib.show.standing_words import goal_words
from kpilib.show.verdicts import in_order

NOTE_WORDS = {"action": "action", "incident": "incident", "event": "event"}
REVIEWS = (
    "key_result",
    "label",
    "owner",
    "late",
    "first_late",
    "last_late",
    "next_review",
    "next_action",
)
DIARY = ("date", "text", "kind", "who")
TESTS = ("key_result", "label", "passed", "of", "to_put_right")
ON_SCREEN = (REVIEWS, DIARY, TESTS)  # paper leaves them out


def review_rows(standings: Sequence[Standing]) -> pd.DataFrame:
    """Return one row a key result: the reviews that were not held, and the next one."""
    rows = [
        {
            "key_result": each.goal.id,
            "label": goal_words(each.goal, reader()),
            "owner": each.goal.owner.in_language(reader().lang),
            "late": len(each.overdue),
            "first_late": pd.Timestamp(each.overdue[0]) if each.overdue else pd.NaT,
            "last_late": pd.Timestamp(each.overdue[-1]) if each.overdue else pd.NaT,
            "next_review": pd.Timestamp(each.next_review) if each.next_review else pd.NaT,
            "next_action": each.goal.key_result.next_action.in_language(reader().lang),
        }
        for each in in_order(standings)
        if each.overdue or each.next_review
    ]
    frame = pd.DataFrame(rows, columns=list(REVIEWS))
    return frame.sort_values(["late", "next_review"], ascending=[False, True], ignore_index=True)


def diary_rows(notes: Sequence[Note], standings: Sequence[Standing], first: date, last: date):
    """Return what was done and what happened from one day to another, newest first."""
    write, lang = reader(), reader().lang
    actions = [action for each in standings for action in each.actions]
    owners = [each.goal.owner for each in standings]
    found = {
        (
            each.date,
            each.text(lang),
            write.say(NOTE_WORDS.get(each.kind, each.kind)),
            same_in(each.author, owners, lang),
        )
        for each in _unsaid(notes, actions)
        if each.kind not in SAID
    }
    for standing in standings:
        for each in standing.actions:
            who = (each.owner or standing.goal.owner).in_language(lang)
            said = each.description.in_language(lang)
            found.add((each.start, said, write.say(NOTE_WORDS["action"]), who))
    shown = sorted((each for each in found if first <= each[0] <= last), reverse=True)
    return pd.DataFrame(shown, columns=list(DIARY)).astype({"date": "datetime64[ns]"})


def events(standing: Standing, notes: Sequence[Note]) -> pd.DataFrame:
    """Return the actions of a key result and the notes about its KPI, for its chart."""
    lang = reader().lang
    found = [(e.start, e.description.in_language(lang), "action") for e in standing.actions]
    about = [each for each in notes if each.kpi == standing.goal.kpi and each.kind not in SAID]
    found += [(each.date, each.text(lang), each.kind) for each in _unsaid(about, standing.actions)]
    shown = sorted({each for each in found if each[0] <= standing.day})
    return pd.DataFrame(shown, columns=["date", "text", "kind"])


def _unsaid(notes: Sequence[Note], actions: Sequence[Action]) -> list[Note]:
    """Return the notes but for those of an action that the objectives tell themselves."""
    begun = {each.start for each in actions}
    return [each for each in notes if each.kind != "action" or each.date not in begun]


def tested_rows(lints: Sequence[Lint]) -> pd.DataFrame:
    """Return one row a key result: how many of the ten tests it passes, what is to be put right."""
    return pd.DataFrame(map(_tested, lints), columns=list(TESTS))


def _tested(lint: Lint) -> dict[str, object]:
    write, checks = reader(), (*lint.malin, *lint.smart)
    name = lint.objective.statement.in_language(write.lang)
    why = dict.fromkeys(
        write.pair(letter_words(each.letter, write), check_words(each, write))
        for each in lint.failed
    )
    return {
        "key_result": lint.id,
        "label": goal_words(lint.goal, write) if lint.goal is not None else name,
        "passed": sum(each.passed is True for each in checks),
        "of": len(checks),
        "to_put_right": " ".join(why),
    }
