"""What is made of survey answers, once for every survey that asks it: two boxes, net promoters.

Who is asked changes (customers, people just helped, participants, employees); the formula does
not.
"""

from __future__ import annotations

from typing import Any

from kpilib import definitions as kpi
from kpilib.definitions import Balance, Kpi, Ratio
from kpilib.measure import Expression, Fields, Measure, count, distinct, total

ANSWERS = "survey_answers"
# People are asked in waves, and pooled answer by answer.
OF_PEOPLE = {"better": "higher", "roll_up": "R8", "base": "people"}


def of_kind(*kinds: str) -> Expression:
    """Any answer to a survey of these kinds, valid or not."""
    return lambda t: t.survey_kind.is_in([*kinds]).fill_null(False)


def on_its_scale(kind: str) -> Expression:
    """A valid answer on the scale of its question: one of its whole numbers."""
    return lambda t: _whole(kind, t, t.scale_min, t.scale_max)


def recommends(kind: str) -> Expression:
    """A valid answer to the recommendation question: a whole number from 0 to 10."""
    return lambda t: _whole(kind, t, 0, 10)


def _whole(kind: str, t: Fields, low: Any, high: Any):
    inside = (t.value >= low) & (t.value <= high) & (t.value % 1 == 0)
    return ((t.survey_kind == kind) & inside).fill_null(False)


def by_person(valid: Expression) -> dict[str, str | Measure]:
    """Who gave these answers: a person draws once, however many items or waves are answered.

    Without a name, those who answered the first item are counted, as in `wave_respondents`.
    """
    return {
        "unit_of_chance": "respondent_key",
        "persons": distinct(
            ANSWERS, "respondent_key", lambda t: valid(t) & ~t.respondent_key.is_null()
        ),
        "nameless": count(
            ANSWERS, lambda t: valid(t) & t.respondent_key.is_null() & t.is_first_item
        ),
    }


def asked_of(kind: str, waves: str = "survey_waves") -> Measure:
    """Of how many people the answers are a part: those whom the waves of a kind are about."""
    return total(waves, lambda t: t.population_n, lambda t: t.survey_kind == kind)


def answered(kind: str, so: Expression, **declared: Any) -> Kpi:
    """Declare which part of the valid answers to a kind of survey is such, all on one scale."""
    valid = on_its_scale(kind)
    usual = {
        "numerator": count(ANSWERS, lambda t: valid(t) & so(t)),
        "denominator": count(ANSWERS, valid),
        "scales": distinct(ANSWERS, "scale_min scale_max", valid),
        "interval": "wilson",
        "people": people(valid),
    }
    return kpi.rate(**OF_PEOPLE | by_person(valid) | usual | declared)


def satisfied(kind: str, **declared: Any) -> Kpi:
    """Declare the two highest boxes: answers 4 and 5 of 5, 6 and 7 of 7, 9 and 10 of 10."""
    return answered(kind, lambda t: t.value >= t.scale_max - 1, **declared)


def recommended(kind: str, population: Measure | None = None, **declared: Any) -> Kpi:
    """Declare a net promoter score: answers 9 and 10 less answers 0 to 6, over valid ones."""
    valid = recommends(kind)
    balance = Balance(
        favourable=count(ANSWERS, lambda t: valid(t) & (t.value >= 9)),
        unfavourable=count(ANSWERS, lambda t: valid(t) & (t.value <= 6)),
        answers=count(ANSWERS, valid),
        population=population,
        **by_person(valid),
    )
    usual = {"unit": "points", "interval": "net_score", "people": people(valid)}
    return Kpi(value=balance, **OF_PEOPLE | usual | declared)


def people(valid: Expression) -> Measure:
    """Those who gave such answers: fewer than five are never told apart."""
    return distinct(ANSWERS, "person", valid)


def beside_boxes(kind: str) -> dict[str, Measure | Ratio]:
    """What two boxes are read with: the mean beside them, and never in their place."""
    valid = on_its_scale(kind)
    return {
        "mean": Ratio(total(ANSWERS, lambda t: t.value, valid), count(ANSWERS, valid)),
        "excluded_answers": left_out(kind, valid),
        "response_rate": response_rate(kind),
    }


def left_out(kind: str, valid: Expression) -> Measure:
    """Answers that are missing or not valid."""
    return count(ANSWERS, lambda t: of_kind(kind)(t) & ~valid(t))


def response_rate(*kinds: str, waves: str = "survey_waves") -> Ratio:
    """Of those asked in the waves that closed in the period, who answered."""
    return Ratio(
        distinct("wave_respondents", "survey_id wave respondent_key", of_kind(*kinds)),
        total(waves, lambda t: t.invited_n, of_kind(*kinds)),
    )
