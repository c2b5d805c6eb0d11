"""A frame of figures as a reader reads it: names, units, reasons, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from kpilib.display.numbers import known, reader
from kpilib.display.status import details_of, flag_words
from kpilib.display.words import column_words
from kpilib.engine.printed import TIES
from kpilib.methods.own_rows import require_frame
from kpilib.show.measuring import COLLECTION
from kpilib.show.on_trainings import OF_TRAININGS
from kpilib.show.said import OF_PEOPLE
from kpilib.show.sentences import BASES, base_period, breakdowns, group_name, told_apart
from kpilib.show.standing_words import CHANGE_WORDS, STATE_WORDS, kpi_words
from kpilib.show.telling import DAY, Told, filled, undeclared
from kpilib.show.verdicts import DIARY
from kpilib.tables.contract import UNKNOWN
from kpilib.topics.catalogue import catalogue

SPLIT_WORDS = {
    "weight_before": "Share before",
    "weight_after": "Share after",
    "rate_before": "Before",
    "rate_after": "After",
    "before": "Before",
    "after": "After",
    "mix_effect": "By its share",
    "rate_effect": "By its own figure",
    "days_effect": "By the days",
    "pace_effect": "By the pace",
    "effect": "Together",
}
BASE_WORDS = {"previous": "A period before", "year_before": "A year before"}
TRAINING = "training_id"
HALF = 0.5  # of those asked: below it, who did not answer is a doubt of its own
# What stands closed about trainings, and about what people write and answer.
CLOSED = (*OF_TRAININGS, COLLECTION, *OF_PEOPLE)
SHARES = ("weight_before", "weight_after")  # of a change that was split
LEVELS = ("rate_before", "rate_after", "before", "after")
OF_FIGURES = {"kpi", "label", "period", "value", "unit", "status"}
# A frame that has one of them is of the scoreboard, and so is the diary.
OF_BOARD = {"key_result", "objective"}
BOARD_WORDS = {
    "label": "Key result",
    "statement": "Objective",
    "change": "What changed",
    "before": "A month before",
    "now": "Now",
    "verdict": "Verdict",
    "value": "Reached",
    "figure_before": "Figure before",
    "figure": "Figure",
    "expected": "Expected by now",
    "target": "Target",
    "due": "Due on",
    "attainment": "Share of the way",
    "confidence": "Owner's confidence",
    "score": "Score",
    "expected_score": "Expected by now",
    "judged": "Judged",
    "red_below": "Red below it",
    "owner": "Owner",
    "next_action": "Next action",
    "late": "Reviews not held",
    "first_late": "The first",
    "last_late": "The last",
    "next_review": "Next review",
    "date": "Day",
    "text": "What happened",
    "kind": "Kind",
    "who": "Who",
    "passed": "Tests passed",
    "to_put_right": "What to put right",
}
DONE_WORDS = {True: "done", False: "not done"}


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as texts for a reader.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``data.evaluate``, ``data.series``, ``report.figures`` or ``report.explain``, a
        frame of the scoreboard or of trainings, or any of your own.

    Returns
    -------
    pandas.DataFrame
        Of figures, one row each: what tells the rows apart (figure, period, groups), the value with
        its unit or the reason why there is none (under the figure's name where there is one
        figure), its change on the year before, its interval, its base, what to mind. Columns that
        would be empty are left out. Your own frames keep their columns.

    Examples
    --------
    >>> kl.table(data.evaluate("click_rate", "2026-10", by="channel"))
    """
    require_frame(rows, "kl.table(report.figures('click_rate'))")
    if set(rows) >= OF_FIGURES and not of_board(rows):
        return _of_figures(rows)
    if _is_split(rows):
        return _split(rows)
    if told := _closed(rows):
        return told.table(rows)
    if of_board(rows):
        return BOARD.table(rows)
    return undeclared(rows)


def _of_figures(rows: pd.DataFrame) -> pd.DataFrame:
    say, records = reader().say, rows.to_dict("records")
    one_period, several = rows["period"].nunique() == 1, rows["label"].nunique() > 1
    told = _of_what(rows, records)
    value = say("Value") if several or not records else records[0]["label"]
    told[value] = list(map(reader().row_value, records))
    bases = {base: name for base, name in BASE_WORDS.items() if base in rows and one_period}
    if records and len(bases) > 1 and len({base_period(records[0], base) for base in bases}) == 1:
        del bases["previous"]  # of a year, both are the year before
    for base, name in bases.items():
        told[say(name)] = [_figure_before(row, base) for row in records]
    told[say("95 % interval")] = list(map(_interval, records))
    told[say("Base")] = _bases(records)
    told[say("Remarks")] = list(map(_remarks, records))
    return filled(pd.DataFrame(told, index=rows.index))


def _of_what(rows: pd.DataFrame, records: list[dict]) -> dict[str, list[str]]:
    """Return what tells the rows apart: figures, periods, groups."""
    say, told = reader().say, {}
    if rows["label"].nunique() > 1:
        told[say("Figure")] = [row["label"] for row in records]
    if rows["period"].nunique() > 1:
        told[say("Period")] = [reader().month(row["period"]) for row in records]
    names = {column_words(by, say): [_name(row, by) for row in records] for by in breakdowns(rows)}
    return told | names


def _figure_before(row: dict, base: str) -> str:
    return reader().figure(row, base) if known(row[base]) else ""


def _interval(row: dict) -> str:
    interval = reader().interval(row.get("ci_low"), row.get("ci_high"), row["unit"])
    return interval if row["status"] == "ok" else ""


def _bases(records: list[dict]) -> list[str]:
    """Write how many cases each figure is of; nothing where all are the figures themselves."""
    bases = [row["n"] if known(row.get("n")) else None for row in records]
    if all(base in (None, row["value"]) for base, row in zip(bases, records, strict=True)):
        return [""] * len(records)
    return [reader().base(row) for row in records]


def _remarks(row: dict) -> str:
    """Say with what care to read a figure."""
    said = [*flag_words(row, reader().say), *_evaluated(row), *_other_subjects(row)]
    return ", ".join([*said, *_few_answered(row)])


def few_answered(row: Mapping[str, Any]) -> str:
    """Return the part of those who were asked that answered, where it is below half of them."""
    share = details_of(row).get("response_rate")
    return reader().value(share, "rate") if known(share) and share < HALF else ""


def _few_answered(row: dict) -> list[str]:
    """Say so where most of those who were asked did not answer: who did may be unlike them."""
    told, say = few_answered(row), reader().say
    text = say("{share} of those asked answered: the others may think otherwise", share=told)
    return [text] if told else []


def _without_doubts(row: dict) -> str:
    """Say what a figure of several trainings is without the effects that prove nothing."""
    return reader().say(
        "without the effects that are not proven {value}",
        value=reader().value(row["details"]["of_proven"], row["unit"]),
    )


def _evaluated(row: dict) -> list[str]:
    """Say how much of the cost of trainings was evaluated, where it was not all of it."""
    details, write = details_of(row), reader()
    share, alone = details.get("evaluated_share"), details.get("return_of_evaluated")
    said = [_without_doubts(row)] if known(details.get("of_proven")) else []
    if not known(share):
        return said
    said += [
        write.say(
            "{share} of what trainings cost over twelve months was evaluated",
            share=write.value(share, "rate"),
        )
    ]
    if known(alone):
        said.append(
            write.say(
                "a training without evidence brings nothing here and keeps its cost; those that"
                " were evaluated come to {value} by themselves",
                value=write.value(alone, row["unit"]),
            )
        )
    return said


def _other_subjects(row: dict) -> list[str]:
    """Say so where a figure is not compared because it was about other trainings then."""
    bases = [base for base in BASES if known(row.get(base))]
    compared = any(known(row.get(f"delta_{base}")) for base in BASES)
    if not bases or compared or not known(row.get("value")):
        return []
    return [reader().say("not compared with an earlier figure: that was of other trainings")]


def across(rows: pd.DataFrame) -> pd.DataFrame:
    """Return figures of one breakdown as one row a group and one column a figure.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of several KPIs by one column; several periods stand side by side, a KPI once.

    Returns
    -------
    pandas.DataFrame
        Texts for a reader, those without a figure saying why. The group that is worst off in the
        first KPI comes first, in any language; groups of which all is hidden are the last row
        together.

    Examples
    --------
    >>> kl.across(report.figures("enps", "absenteeism_rate", by="team"))
    """
    require_frame(rows, "kl.across(report.figures('enps', by='team'))")
    if not (groups := breakdowns(rows)):  # no row at all, or what is asked is not known by group
        return table(rows)
    write, by = reader(), groups[0]
    records = rows.to_dict("records")
    named = told_apart([_name(row, by) for row in records], rows[by])  # sessions of one course
    texts = rows.assign(group=named, text=list(map(_short, records)))
    wide = texts.pivot(index="group", columns="label", values="text")
    wide = wide.reindex(columns=rows["label"].drop_duplicates()).fillna(write.say("n/a"))
    wide = wide.loc[_worst_first(texts)]
    closed = wide.eq(write.say("hidden")).all(axis=1)
    if closed.sum() > 1:
        last = wide[closed].head(1).rename(index=lambda _: ", ".join(wide.index[closed]))
        wide = pd.concat([wide[~closed], last])
    return wide.rename_axis(index=None, columns=None).reset_index(names=column_words(by, write.say))


def _worst_first(rows: pd.DataFrame) -> pd.Index:
    """Return the groups by need: as the first KPI has them, those without a figure of it last."""
    by_name = rows.groupby("group").size().index
    first = rows[rows["label"].eq(rows["label"].iloc[0])].set_index("group")
    if (better := first["better"].iloc[0]) == "neutral":
        return by_name
    known = first["value"].astype(float).reindex(by_name)
    return known.sort_values(ascending=better == "higher", kind="stable", na_position="last").index


def _short(row: dict) -> str:
    say = reader().say
    return say("hidden") if row["status"] == "suppressed" else reader().row_value(row)


def _name(row: dict, by: str) -> str:
    """Return the name of a row's group, nothing where a row is of all; a training by its title."""
    if by == TRAINING and isinstance(row.get("name"), str):
        return row["name"]
    return "" if pd.isna(row[by]) else group_name(by, row[by])


def _closed(frame: pd.DataFrame) -> Told | None:
    return next((told for told in CLOSED if told.belongs(frame)), None)


def split_title(frame: pd.DataFrame) -> str:
    """Say what a closed frame shows: a split, proofs, ties, what trainings share; else nothing."""
    if told := _closed(frame):
        return told.named(frame)
    if _is_of_ties(frame):
        return _ties_title(frame)
    if not _is_split(frame):
        return ""
    write, by = reader(), column_words(frame.attrs["by"], reader().say).lower()
    figure = kpi_words(frame.attrs["kpi"], write)
    return write.say("{figure}: what moved it, by {by}", figure=figure, by=by)


def _is_of_ties(frame: pd.DataFrame) -> bool:
    """Whether a frame holds figures of who writes to whom: asked for, and not at first sight."""
    ids = set(frame["kpi"]) if {"kpi", "label"} <= set(frame) else set()
    return bool(ids) and all(
        each in catalogue() and catalogue()[each].protects == TIES for each in ids
    )


def _ties_title(frame: pd.DataFrame) -> str:
    """Name the figure, and the group with most of it where one is known."""
    write, label = reader(), frame["label"].iloc[0]
    if not (groups := breakdowns(frame)):
        return label
    by, known_ = groups[0], frame[frame["status"].eq("ok") & frame["value"].gt(0)]
    known_ = known_[known_[by].ne(UNKNOWN)]
    if known_.empty:
        return label
    row = known_.loc[known_["value"].astype(float).idxmax()].to_dict()
    return write.pair(label, f"{_name(row, by)}, {write.row_value(row)}")


def _is_split(frame: pd.DataFrame) -> bool:
    return {"group", "effect"} <= set(frame) and "unit" in frame.attrs


def _split(frame: pd.DataFrame) -> pd.DataFrame:
    """Write a change split over groups: shares, figures on both sides, what each part did."""
    write, by, unit = reader(), frame.attrs["by"], frame.attrs["unit"]
    how = {
        **dict.fromkeys(SHARES, partial(write.value, unit="rate")),
        **dict.fromkeys(LEVELS, partial(write.value, unit=unit)),
    }
    told = {column_words(by, write.say): [group_name(by, group) for group in frame["group"]]}
    for name, title in SPLIT_WORDS.items():
        if name in frame:
            written = how.get(name, partial(write.difference, unit=unit))
            told[write.say(title)] = list(map(written, frame[name]))
    return pd.DataFrame(told)


# The scoreboard ---------------------------------------------------------------------------------


def of_board(frame: pd.DataFrame) -> bool:
    """Tell whether a frame is one of the scoreboard."""
    return bool(OF_BOARD & set(frame)) or set(frame) >= set(DIARY)


def amount(value: Any, unit: str, against: Any = None) -> str:
    """Write a number in the unit of a key result; of a milestone, whether it is done."""
    if not known(value):
        return ""
    if unit == "done":
        return reader().say(DONE_WORDS[value >= 1])
    return reader().value(value, unit, against=against if known(against) else None)


def _amount(name: str, row: dict) -> str:
    return amount(row[name], row["unit"], row.get("target"))


def _on_the_way(name: str, row: dict) -> str:
    """Write a share of the way to a target; of a figure that moves away there is none."""
    share, write = row[name], reader()
    return write.say("moving away") if share < 0 else write.ticks([round(share, 2)], "rate")[0]


def _of(name: str, every: str, row: dict) -> str:
    slots = {"count": row[name], "total": row[every]}
    return reader().say("{count} of {total}", **slots) if row[every] else ""


def _late(row: dict) -> str:
    return reader().count(row["late"]) if row["late"] else ""


AMOUNTS = ("value", "expected", "target", "figure_before", "figure")
BOARD = Told(
    frozenset(OF_BOARD),
    "",
    BOARD_WORDS,
    {
        **{name: partial(_amount, name) for name in AMOUNTS},
        **{name: partial(_on_the_way, name) for name in ("attainment", "confidence")},
        **dict.fromkeys(("due", "first_late", "last_late", "next_review", "date"), DAY),
        **dict.fromkeys(("score", "expected_score"), "ratio"),
        **dict.fromkeys(("before", "now"), STATE_WORDS),
        "change": CHANGE_WORDS,
        "statement": lambda row: f"{'– ' * row['depth']}{row['statement']}",
        "judged": partial(_of, "judged", "key_results"),
        "passed": partial(_of, "passed", "of"),
        "late": _late,
    },
    spare=True,
)
