"""What is made of survey answers, once for every survey that asks it: two boxes, net promoters.

Who is asked changes (customers, people just helped, participants, employees); the formula does
not.
"""

from __future__ import annotations

from kpilib.definitions import Balance, Ratio
from kpilib.measure import Expression, Fields, Measure, count, distinct, total

ANSWERS = "survey_answers"


def of_kind(kind: str) -> Expression:
    """Any answer to a survey of a kind, valid or not."""
    return lambda t: (t.survey_kind == kind).fill_null(False)


def on_its_scale(kind: str) -> Expression:
    """A valid answer on the scale of its question: one of its whole numbers."""

    def valid(t: Fields):
        inside = (t.value >= t.scale_min) & (t.value <= t.scale_max) & (t.value % 1 == 0)
        return ((t.survey_kind == kind) & inside).fill_null(False)

    return valid


def recommends(kind: str) -> Expression:
    """A valid answer to the recommendation question: a whole number from 0 to 10."""

    def valid(t: Fields):
        inside = (t.value >= 0) & (t.value <= 10) & (t.value % 1 == 0)
        return ((t.survey_kind == kind) & inside).fill_null(False)

    return valid


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


def top_two_boxes(kind: str) -> Ratio:
    """Answers 4 and 5 of 5, 6 and 7 of 7, 9 and 10 of 10, over valid answers on one scale."""
    valid = on_its_scale(kind)
    return Ratio(
        count(ANSWERS, lambda t: valid(t) & (t.value >= t.scale_max - 1)),
        count(ANSWERS, valid),
        scales=distinct(ANSWERS, "scale_min scale_max", valid),
        **by_person(valid),
    )


def asked_of(kind: str) -> Measure:
    """Of how many people the answers are a part: those whom the waves of a kind are about."""
    return total("survey_waves", lambda t: t.population_n, lambda t: t.survey_kind == kind)


def net_promoters(kind: str, population: Measure | None = None) -> Balance:
    """Answers 9 and 10 less answers 0 to 6, over valid ones: passives and holes are not alike."""
    valid = recommends(kind)
    return Balance(
        favourable=count(ANSWERS, lambda t: valid(t) & (t.value >= 9)),
        unfavourable=count(ANSWERS, lambda t: valid(t) & (t.value <= 6)),
        answers=count(ANSWERS, valid),
        population=population,
        **by_person(valid),
    )


def people(valid: Expression) -> Measure:
    """Those who gave such answers: fewer than five are never told apart."""
    return distinct(ANSWERS, "person", valid)


def mean_answer(kind: str) -> Ratio:
    """The mean of valid answers, which is read beside the two boxes and never in their place."""
    valid = on_its_scale(kind)
    return Ratio(total(ANSWERS, lambda t: t.value, valid), count(ANSWERS, valid))


def left_out(kind: str, valid: Expression) -> Measure:
    """Answers that are missing or not valid."""
    return count(ANSWERS, lambda t: of_kind(kind)(t) & ~valid(t))


def response_rate(kind: str) -> Ratio:
    """Of those asked in the waves that closed in the period, who answered."""
    return Ratio(
        distinct("wave_respondents", "survey_id wave respondent_key", of_kind(kind)),
        total("survey_waves", lambda t: t.invited_n, of_kind(kind)),
    )
