"""Whether members help one another, what they are told and asked, and what is said elsewhere."""

from __future__ import annotations

from kpilib.definitions import ARTICLES, Kpi, Method, Ratio, Total
from kpilib.measure import Fields, count, distinct, hours_until, median, total

ANSWER_DAYS = 7
OWN_SPACES = ["community", "internal", "own"]  # media that are ours: what is said there stays home


def answered(t: Fields):
    """Another member answered within seven days."""
    return t.is_due & (t.first_reply_at <= t.due_at).fill_null(False)


def asked(t: Fields):
    """Old enough to have been answered, and by somebody: else nobody knows who is another."""
    return t.is_due & ~t.actor_key.is_null()


def outside(t: Fields):
    """Somebody speaks of us where we are not at home."""
    return (t.source == "mention") & ~t.medium.is_in(OWN_SPACES).fill_null(False)


def poll(t: Fields):
    """A poll among members."""
    return t.survey_kind == "poll"


def in_tone(tone: str):
    """Count the outside mentions of one tone."""
    return count("texts", lambda t: outside(t) & (t.sentiment == tone).fill_null(False))


KPIS = (
    Kpi(
        id="answer_rate",
        label="Questions answered",
        question="Does a member who asks get an answer?",
        formula="Questions that another member answered within 7 days / questions at least 7 days"
        " old",
        unit="rate",
        better="higher",
        roll_up="R2",
        value=Ratio(numerator=count("questions", answered), denominator=count("questions", asked)),
        beside={
            "median_hours_to_answer": median(
                "questions", lambda t: hours_until(t.ts, t.first_reply_at), asked
            ),
            "not_yet_due": count("questions", lambda t: ~t.is_due),
            "excluded_without_author": count(
                "questions", lambda t: t.is_due & t.actor_key.is_null()
            ),
        },
        interval="wilson",
        maturity_days=ANSWER_DAYS,
        reading="By the day of the question. The median wait beside it counts those without an"
        " answer, and is not known while they are half of all.",
        caveat="An answer is not yet a solution. Neither what authors answer themselves nor what"
        " the company answers counts.",
        rises="more questions find an answer",
        falls="fewer questions find an answer",
        headline=True,
        source="House rule: seven days, another member.",
    ),
    Kpi(
        id="member_interaction_level",
        label="Member-to-member interaction",
        question="Do members speak with one another, or each with us?",
        formula="Answers, mentions, quotes between members and joint projects / active members",
        unit="acts",
        better="higher",
        roll_up="R3",
        tier=2,
        value=Method(
            name="exchanges",
            needs={
                "member_acts": "ts actor_key kind",
                "member_exchanges": "ts actor_key kind",
            },
            wants={"participations": "activity_kind activity_at person_key attended"},
        ),
        interval="method",
        reading="The share of members with at least one exchange stands beside: it tells many who"
        " speak a little from a few who speak a lot.",
        caveat="Who answers oneself, or exchanges with the company, is not counted; what members"
        " say elsewhere is not seen.",
        rises="members speak more with one another",
        falls="members speak less with one another",
        headline=True,
        source="House rule, after " + ARTICLES + ".",
    ),
    Kpi(
        id="poll_participation_rate",
        label="Poll participation",
        question="How many members answer when they are asked?",
        formula="Respondents / members invited, polls closed in the period",
        unit="rate",
        better="higher",
        roll_up="R2",
        tier=2,
        value=Ratio(
            numerator=distinct("wave_respondents", "survey_id wave respondent_key", poll),
            denominator=total("survey_waves", lambda t: t.invited_n, poll),
        ),
        beside={"polls": distinct("survey_waves", "survey_id wave", poll)},
        interval="wilson",
        people=distinct("wave_respondents", "respondent_key", poll),
        reading="Publish what was answered and what was changed: members answer again when they see"
        " that it counts.",
        caveat="A rate says nothing of who answers: the active answer more than the silent.",
        source="House rule, after " + ARTICLES + ".",
    ),
    Kpi(
        id="content_quality_score",
        label="Content quality",
        question="Are the contents relevant, original, useful and credible?",
        formula="Mean over contents of each content's mean mark from 1 to 5, on the rubric",
        unit="score",
        better="higher",
        roll_up="R8",
        tier=2,
        value=Method(
            name="content_rubric",
            needs={
                "survey_answers": "survey_id wave respondent_key item_id value scale_min scale_max"
                " answered_at survey_kind subject_id"
            },
        ),
        interval="method",
        reading="Every content weighs the same, however many raters it had. How far the raters"
        " agree stands beside.",
        caveat="Not published unless two raters marked a fifth of it and agree (weighted kappa of"
        " 0.6 or more): a mark on which raters differ measures the rater.",
        source="Cohen (1968), weighted kappa; Light (1971) for more than two raters.",
    ),
    Kpi(
        id="external_mentions",
        label="External mentions",
        question="Is the community spoken of elsewhere?",
        formula="Mentions of the brand outside its own spaces; by tone beside",
        unit="count",
        better="higher",
        roll_up="R1",
        tier=2,
        value=Total(measure=count("texts", outside), unit_of_chance="author_key"),
        beside={tone: in_tone(tone) for tone in ("positive", "neutral", "negative")},
        interval="bootstrap",
        reading="By medium, and with the tone beside: to be spoken of is not yet to be praised.",
        caveat="What a listening tool finds depends on its words and its sources; the tone of a"
        " text is an estimate.",
        source="House rule, after " + ARTICLES + ".",
    ),
)
