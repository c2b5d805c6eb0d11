"""Key results as a manager reads them: what needs a decision open, everything else closed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.display.numbers import known, reader
from kpilib.errors import ParameterError, listed
from kpilib.methods.attainment import NOT_ASSESSABLE
from kpilib.saying import error_of
from kpilib.show.findings import capital
from kpilib.show.lead import MOST_DECISIONS, Top, decided
from kpilib.show.pages import fill
from kpilib.show.standing_words import ICONS, ORDER, TO_DECIDE, state
from kpilib.show.tables import amount, table
from kpilib.show.verdicts import COLUMNS

CLOSED = ("label", "verdict", "value", "expected", "target", "due", "confidence", "owner")
MOST_NAMES = 5
# How a company without objectives begins.
BEGIN_WORDS = {
    "why": "A figure without an objective says nothing. Write what the company wants to reach,"
    " and this page will say where it stands.",
    "pick": "Run kpilib pick: from what you want to reach and from the data that is there, it"
    " proposes at most four KPIs and an objective that is ready to paste.",
    "write": "Paste it into objectives.yaml in the company's folder, with a baseline, a target, a"
    " date and an owner.",
    "check": "Run kpilib check: it names what is missing or ambiguous, line by line.",
}
TITLE_WORDS = {
    "late": "Reviews and next actions",
    "kind": "Diary: what was done, and what happened",
    "passed": "Ten tests of how well the key results are set",
    "score": "Objectives: share of the way to their targets, from 0 to 1",
    "change": "What changed since last month",
}
NOTHING_WORDS = {  # by whether any target is judged; None where there is no target
    None: "No target is written yet.",
    True: "Nothing needs a decision this month.",
    False: "No target can be judged: nothing is known of what needs a decision.",
}
MORE_WORDS = {
    "worse": "Worse than a month before: {names}.",
    "better": "Better than a month before: {names}.",
}


def board_lead(verdicts: pd.DataFrame, changed: pd.DataFrame, told: Top) -> str:
    """Return the top of the scoreboard: the finding, decisions, how many targets are where."""
    return fill(
        "board_lead.html.j2",
        headline=headline(verdicts),
        sentences=list(_sentences(changed)),
        decisions=_decisions(told),
        begin=list(map(reader().say, BEGIN_WORDS.values())) if verdicts.empty else [],
        states=[_state(level, part) for level, part in by_level(verdicts)],
    )


def _decisions(told: Top) -> list[dict[str, str]]:
    """Return decisions to begin with: those written down; else what the cards say themselves."""
    most = min(len(told.decided), MOST_DECISIONS) or MOST_DECISIONS
    return [each | {"why": ""} for each in decided(told)][:most]


def headline(verdicts: pd.DataFrame) -> str:
    """Say in a title how many targets need a decision; that none is missed, where some are judged.

    Parameters
    ----------
    verdicts : pandas.DataFrame
        Rows of `Board.verdicts`.
    """
    say, total = reader().say, len(verdicts)
    judged, urgent = verdicts[verdicts["level"].ne(NOT_ASSESSABLE)], verdicts["needs_decision"]
    if not total:
        return say("No objectives yet")
    if total == 1 and judged.empty:
        return say("The only target cannot be judged: {reason}", reason=verdicts["reason"].iloc[0])
    if urgent.sum() == 1:
        name = verdicts.loc[urgent, "label"].iloc[0]
        if total == 1:
            return say("The only target needs a decision: {name}", name=name)
        return say("One target of {total} needs a decision: {name}", total=total, name=name)
    if urgent.any():
        return say("{count} of {total} targets need a decision", count=urgent.sum(), total=total)
    if judged.empty:
        reasons = verdicts["reason"].unique()
        if len(reasons) > 1:  # one of them is not why all of them cannot
            return say("None of the {total} targets can be judged", total=total)
        slots = {"total": total, "reason": reasons[0]}
        return say("None of the {total} targets can be judged: {reason}", **slots)
    if len(judged) == 1 and total > 1:
        return say("The only target of {total} that can be judged is not missed", total=total)
    if len(judged) < total:
        slots = {"judged": len(judged), "total": total}
        return say("No target is missed among the {judged} of {total} that can be judged", **slots)
    return say("No target is missed")


def _sentences(changed: pd.DataFrame):
    """Say which verdicts are others than a month before; the table below it says where all are."""
    for change, words in MORE_WORDS.items():
        part = changed[changed["change"].eq(change)]
        if len(part):
            yield reader().say(words, names=_names(part))


def by_level(verdicts: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the key results by verdict, what needs a decision first."""
    found = [(level, verdicts[verdicts["level"].eq(level)]) for level in ORDER]
    return [(level, part) for level, part in found if len(part)]


def _names(part: pd.DataFrame) -> str:
    """List key results, of many the first ones."""
    names, more = list(part["label"][:MOST_NAMES]), len(part) - MOST_NAMES
    return reader().listed([*names, *([reader().say("{count} more", count=more)] * (more > 0))])


def _state(level: str, part: pd.DataFrame) -> dict[str, Any]:
    return {"level": level, "icon": ICONS[level], "name": state(level), "count": len(part)}


def cards(verdicts: pd.DataFrame) -> str:
    """Return key results as HTML: those that need a decision open, the others as closed tables."""
    lost = [name for name in COLUMNS if name not in verdicts]
    if lost:
        raise error_of(
            ParameterError,
            "The board shows rows of report.verdicts(); these lack {lost}. Keep all"
            " columns, and choose rows: verdicts[verdicts['owner'] == 'Sales manager'].",
            lost=listed(lost),
        )
    parts, judged = by_level(verdicts), verdicts["level"].ne(NOT_ASSESSABLE).any()
    return fill(
        "board.html.j2",
        nothing=reader().say(NOTHING_WORDS[None if verdicts.empty else bool(judged)]),
        cards=[
            _card(row)
            for level, part in parts
            if level in TO_DECIDE
            for row in part.to_dict("records")
        ],
        closed=[
            _state(level, part) | {"rows": table(part[[*CLOSED, "unit", "key_result"]])}
            for level, part in parts
            if level not in TO_DECIDE
        ],
    )


def _card(row: dict[str, Any]) -> dict[str, Any]:
    write = reader()
    share, owed = row["attainment"], row["owed"]
    review = row["next_review"]
    day = "" if pd.isna(review) else write.day_near(review, row["judged_on"])
    said = [row["owner"], write.say("by {day}", day=day) if day else ""]
    alone = write.pair(write.say("Next review"), day) if day else ""
    return row | {
        "icon": ICONS[row["level"]],
        "value": _reached(row),
        "aim": _aim(row),
        "done": _percent(share) if known(share) else None,
        "owed": _percent(owed),
        "chance": capital(row["chance"]),
        "said": _said(row),
        "next": (row["decision"] or row["next_action"]).rstrip("."),
        "who": ", ".join(filter(None, said)) if row["owner"] else alone,
    }


def _percent(share: float) -> float:
    return round(100 * min(1.0, max(0.0, share)), 1)


def _reached(row: dict[str, Any]) -> str:
    """Write what was reached; of what is counted, since when."""
    write, value = reader(), amount(row["value"], row["unit"], row["target"])
    if not value:
        return write.say("n/a")
    if pd.isna(row["since"]):
        return value
    return write.say("{value} since {day}", value=value, day=write.day(row["since"]))


def _aim(row: dict[str, Any]) -> str:
    """Write what should be reached by now, and the target with its day."""
    write = reader()
    day = write.day_near(row["due"], row["judged_on"])
    if row["unit"] == "done":
        return write.say("due by {day}", day=day)
    slots = {"target": amount(row["target"], row["unit"], row["value"]), "day": day}
    aim = write.say("target {target} by {day}", **slots)
    if row["over"] or not known(row["expected"]) or row["expected"] == row["target"]:
        return aim
    now = amount(row["expected"], row["unit"], row["value"])
    return f"{write.say('{target} expected by now', target=now)}, {aim}"


def _said(row: dict[str, Any]) -> str:
    """Say when the owner checked in last, and how sure the owner was."""
    write = reader()
    if pd.isna(row["said_on"]):
        return write.say("No check-in yet")
    day = write.day_short(row["said_on"])
    author = row["author"] if row["author"] != row["owner"] else write.say("The owner")
    said = write.say("{author} on {day}", author=author, day=day)
    if not known(row["confidence"]):
        return said
    share = write.ticks([row["confidence"]], "rate")[0]
    return f"{said}, {write.say('confidence {share}', share=share)}"


def title(frame: pd.DataFrame) -> str:
    """Return what a closed frame holds."""
    found = next((words for name, words in TITLE_WORDS.items() if name in frame), "Table")
    return reader().say(found)
