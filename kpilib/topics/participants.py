"""Those who take part: were they satisfied, there, did they learn, do they apply it?

Kirkpatrick's first three levels; what it changed and whether it paid is `kpilib.topics.training`.
"""

from __future__ import annotations

from kpilib import definitions as kpi
from kpilib.definitions import Benchmark, Ratio
from kpilib.measure import Fields, count, distinct, total
from kpilib.methods.measurements import KNOWLEDGE, SKILL, paired_gain, paired_scores
from kpilib.topics.opinions import asked_of, of_kind, on_its_scale, response_rate, satisfied

PAIRS = {"kpi_measurements": "subject_key training_id kpi_id phase value max_value period_end"}
APPLICATION = "training_application"


def enrolled(t: Fields):
    """Put down for the training, whether they came or not."""
    return (t.arm != "control").fill_null(True)


def started(t: Fields):
    """Attended at least once; the control group is not trained."""
    return (t.arm != "control").fill_null(True) & (
        (t.hours_attended > 0).fill_null(False) | ~t.completed_at.is_null()
    )


def clocked(t: Fields):
    """Enrolled, with hours that are known: hours that nobody wrote down are not hours missed."""
    return enrolled(t) & (t.hours_planned > 0).fill_null(False) & ~t.hours_attended.is_null()


def assigned(t: Fields):
    """Enrolled, with quizzes to answer."""
    return enrolled(t) & (t.quizzes_assigned > 0).fill_null(False)


def judged(t: Fields):
    """Enrolled, and somebody wrote down whether the goal was met."""
    return enrolled(t) & ~t.objective_met.is_null()


def applies(t: Fields):
    """Does what was taught: one of the two highest answers, above the middle of its scale."""
    often = (t.value >= t.scale_max - 1) & (2 * t.value > t.scale_min + t.scale_max)
    return on_its_scale(APPLICATION)(t) & often.fill_null(False)


def in_training(where) -> dict:
    """People of a training, whose figures protect them."""
    return {
        "people": distinct("started_participants", "person_key", where),
        "protects": "performance",
        "matures_at": "ended_at",
    }


def observed(t: Fields):
    """A mark that an observer gave to what somebody does at work after the training."""
    marked = (t.value >= 0) & (t.value <= t.max_value)
    return (t.kpi_id == SKILL) & (t.phase == "after") & marked.fill_null(False)


def measured(where):
    """People measured in the period; a method says how many its own figure rests on."""
    return distinct("kpi_measurements", "subject_key", where)


KPIS = (
    satisfied(
        "training_reaction",
        id="training_satisfaction",
        label="Participant satisfaction (level 1)",
        question="Were participants satisfied?",
        formula="Answers in the two highest boxes / valid answers",
        population=asked_of("training_reaction", "training_waves"),
        beside={"response_rate": response_rate("training_reaction", waves="training_waves")},
        protects="answers",
        reading="Publish it with the number of people who answered, not of their answers.",
        caveat="A satisfied participant has not learnt yet: it does not predict results.",
        rises="participants are more satisfied",
        falls="participants are less satisfied",
        headline=True,
        source="Kirkpatrick and Kirkpatrick (2006), level 1; Qualiopi, indicator 2.",
    ),
    kpi.rate(
        id="attendance_rate",
        label="Attendance rate",
        question="Were those who were enrolled there?",
        formula="Hours attended / hours planned, trainings begun in the period",
        better="higher",
        tier=2,
        numerator=total("started_participants", lambda t: t.hours_attended, clocked),
        denominator=total("started_participants", lambda t: t.hours_planned, clocked),
        unit_of_chance="person_key",
        **in_training(clocked),
        reading="Hours of all people over hours of all people: a long course weighs more.",
        caveat="Being there is not learning; without a record of hours, a person is left out.",
        rises="participants attend more",
        falls="participants attend less",
        source="Qualiopi, indicator 11: attendance and prevention of drop-out.",
    ),
    kpi.rate(
        id="quiz_participation_rate",
        label="Quiz participation",
        question="Do participants stay involved all along?",
        formula="Quizzes answered / quizzes assigned, trainings begun in the period",
        better="higher",
        tier=2,
        numerator=total("started_participants", lambda t: t.quizzes_answered, assigned),
        denominator=total("started_participants", lambda t: t.quizzes_assigned, assigned),
        unit_of_chance="person_key",
        **in_training(assigned),
        reading="Who gave up still had quizzes to answer and counts with none.",
        caveat="A quiz that must be answered measures obedience, not interest.",
        rises="participants answer more quizzes",
        falls="participants answer fewer quizzes",
        source=kpi.ARTICLES,
    ),
    kpi.worked_out(
        id="knowledge_score",
        label="Knowledge before, during and after (level 2)",
        question="What did participants know, and when?",
        formula="Mean mark over the highest mark, by phase, of people tested before and after",
        unit="rate",
        better="higher",
        roll_up="R6",
        method=paired_scores,
        needs=PAIRS,
        by="phase",
        base="people",
        people=measured(lambda t: t.kpi_id == KNOWLEDGE),
        protects="performance",
        reading="Always the same people: who left out one of the two tests is in none.",
        caveat="Two tests of unequal difficulty are not one scale.",
        source="Kirkpatrick and Kirkpatrick (2006), level 2.",
    ),
    kpi.worked_out(
        id="knowledge_gain",
        label="Knowledge gain (level 2)",
        question="Did participants learn?",
        formula="Mean of (test after - test before) over people with both, in points out of 100",
        unit="pt",
        better="higher",
        roll_up="R6",
        method=paired_gain,
        needs=PAIRS,
        base="people",
        people=measured(lambda t: t.kpi_id == KNOWLEDGE),
        protects="performance",
        reading="The normalised gain tells which part of what could be learnt was learnt.",
        caveat="Without the test before, a high score may be what they knew already.",
        rises="participants learn more",
        falls="participants learn less",
        headline=True,
        source="Hake (1998): normalised gain, below 0.3 low, above 0.7 high.",
        benchmark=Benchmark(
            "Normalised gain: 0.3 and 0.7 bound the medium range.", "Hake (1998)", "published"
        ),
    ),
    kpi.cohort_rate(
        id="completion_rate",
        label="Completion rate",
        question="Do those who start finish?",
        formula="Participants who completed / participants who started, trainings begun in the"
        " period",
        better="higher",
        numerator=count("started_participants", lambda t: started(t) & ~t.completed_at.is_null()),
        denominator=count("started_participants", started),
        people=distinct("started_participants", "person_key", started),
        protects="performance",
        matures_at="ended_at",
        reading="Counted for the group that began together.",
        caveat="While a session is still running, the figure is immature.",
        rises="more participants finish",
        falls="fewer participants finish",
        headline=True,
        source="Qualiopi, indicator 2: results of trainings, those who gave up included.",
    ),
    kpi.rate(
        id="learning_goal_attainment",
        label="Learning-goal attainment",
        question="How many reached what the training was to teach?",
        formula="Participants who met their learning goal / participants who were judged",
        better="higher",
        tier=2,
        numerator=count("started_participants", lambda t: judged(t) & t.objective_met),
        denominator=count("started_participants", judged),
        beside={
            "exceeded": Ratio(
                count(
                    "started_participants",
                    lambda t: judged(t) & (t.objective_met & t.objective_exceeded).fill_null(False),
                ),
                count("started_participants", judged),
            ),
            "excluded_not_judged": count(
                "started_participants", lambda t: enrolled(t) & t.objective_met.is_null()
            ),
        },
        **in_training(judged),
        reading="Those who went beyond it stand beside, apart.",
        caveat="A goal that the trainer sets and judges is met more often than one others test.",
        rises="more participants meet their goal",
        falls="fewer participants meet their goal",
        source=kpi.ARTICLES,
    ),
    kpi.rate(
        id="skill_application_rate",
        label="Skills applied at work (level 3)",
        question="Do they do at work what they learnt?",
        formula="People who often apply at least one of the behaviours taught / people asked, two"
        " to three months after",
        better="higher",
        roll_up="R8",
        numerator=distinct("closed_answers", "survey_id wave person", applies),
        denominator=total("training_waves", lambda t: t.invited_n, of_kind(APPLICATION)),
        beside={
            "response_rate": response_rate(APPLICATION, waves="training_waves"),
            "of_respondents": Ratio(
                distinct("closed_answers", "survey_id wave person", applies),
                distinct("closed_answers", "survey_id wave person", on_its_scale(APPLICATION)),
            ),
            "observed_skill": Ratio(
                total("kpi_measurements", lambda t: t.value, observed),
                total("kpi_measurements", lambda t: t.max_value, observed),
                persons=measured(observed),
            ),
        },
        base="people",
        people=distinct("closed_answers", "person", on_its_scale(APPLICATION)),
        protects="answers",
        reading="Who does not answer counts as not applying; the share of those who answered stands"
        " beside, and the mean mark of observers where there are some.",
        caveat="What people say they do is more than what others see them do.",
        rises="more people apply what they learnt",
        falls="fewer people apply what they learnt",
        source="Kirkpatrick and Kirkpatrick (2006), level 3; Phillips, principle 6.",
    ),
)
