"""Questions of lesson 7: people."""

from __future__ import annotations

import pandas as pd

from kpilib.lesson.exercises import Chart, Choice, Exercise, Number, asked, slip
from kpilib.tables.describing import FLOOR

FIRST, LAST = pd.Timestamp(2026, 1, 1), pd.Timestamp(2026, 12, 31)
PROMOTER, DETRACTOR = 9, 6


def questions(
    people: pd.DataFrame,
    week: pd.DataFrame,
    answers: pd.DataFrame,
    lang: str = "en",
    nickname: str = "",
) -> tuple[Exercise, ...]:
    """Return the questions, from ten employments, one week and twelve answers."""
    hired, left = (pd.to_datetime(people[name]) for name in ("hired", "left"))
    began, stays = hired < FIRST, left.isna() | (left > LAST)
    turnover = left.between(FIRST, LAST).sum() / ((began.sum() + stays.sum()) / 2)
    every = [
        _turnover(turnover, began, stays),
        _retention(turnover, began, stays),
        _absence(week),
        _enps(answers["score"]),
        _drawn(answers["score"]),
        _shown(answers["team"].value_counts()),
    ]
    return asked("people", every, lang, nickname)


def _turnover(turnover: float, began: pd.Series, stays: pd.Series) -> Exercise:
    average = (began.sum() + stays.sum()) / 2
    return Number(
        turnover,
        slip(
            "all_rows",
            turnover * average / len(began),
            "You divided by everybody who was ever there in the year. Asked is how "
            "many there were on average.",
        ),
        slip(
            "of_first",
            (began & ~stays).sum() / average,
            "Somebody came and left within the year. She is an exit too.",
        ),
        hints=[
            "Count who left in the year, whenever they came.",
            "How many were there on 1 January, and on 31 December? Take the mean.",
        ],
    )


def _retention(turnover: float, began: pd.Series, stays: pd.Series) -> Exercise:
    return Number(
        (began & stays).sum() / began.sum(),
        slip(
            "one_minus",
            1 - turnover,
            "One minus turnover is not retention: who came and left within the year is in "
            "one and not in the other.",
        ),
        slip("leavers", (began & ~stays).sum() / began.sum(), "That is who did not stay."),
        hints=[
            "Write down who was there on 1 January; forget the others.",
            "How many of these are there on 31 December?",
        ],
    )


def _absence(week: pd.DataFrame) -> Exercise:
    sick, scheduled, leave = (week[name].sum() for name in ("sick", "scheduled", "paid_leave"))
    away = week[["sick", "paid_leave", "training"]].sum().sum()
    return Number(
        sick / (scheduled - leave),
        slip(
            "everything",
            away / scheduled,
            "You counted leave and training as absence. Leave is a right, training is work.",
        ),
        slip(
            "leave_below",
            sick / scheduled,
            "Nobody can be ill at work during paid leave: take these hours off below.",
        ),
        slip("people", (week["sick"] > 0).mean(), "That is the share of people who were ill."),
        hints=[
            "Which hours were lost to illness?",
            "Which hours could have been: scheduled, and no paid leave?",
        ],
    )


def _enps(scores: pd.Series) -> Exercise:
    promoters, detractors = (scores >= PROMOTER).mean(), (scores <= DETRACTOR).mean()
    both = 100 * (promoters + detractors)
    return Number(
        100 * (promoters - detractors),
        slip("sum", both, "You added promoters and detractors: subtract them."),
        slip("mean", scores.mean(), "That is the mean of the marks. An eNPS counts people."),
        slip("promoters", 100 * promoters, "These are the promoters. The detractors go off."),
        slip("fraction", promoters - detractors, "An eNPS is in points, from -100 to +100."),
        unit="points",
        hints=[
            "Nine and ten promote, six and less detract.",
            "Share of promoters less share of detractors, times a hundred.",
        ],
    )


def _drawn(scores: pd.Series) -> Exercise:
    groups = {
        "promoters": (scores >= PROMOTER).sum(),
        "neutral": ((scores < PROMOTER) & (scores > DETRACTOR)).sum(),
        "detractors": (scores <= DETRACTOR).sum(),
    }
    return Chart(
        pd.Series(groups),
        slip("marks", scores.value_counts(), "Your bars show single marks: three groups."),
        hints=[
            "pd.cut(scores, [-1, 6, 8, 10]) makes the three groups.",
            "Let the title say how many people these are.",
        ],
    )


def _shown(teams: pd.Series) -> Exercise:
    return Choice(
        "c" if (teams < FLOOR).sum() == 1 else "a",
        slip("both", "a", "A team is smaller than five: whoever knows one answer knows more."),
        slip(
            "difference",
            "b",
            "The whole less the larger team is the smaller one: anybody can subtract.",
        ),
        choices={
            "a": "Both teams and the whole",
            "b": "The larger team and the whole",
            "c": "The whole alone",
        },
        hints=["What can a reader work out from what you show?"],
    )
