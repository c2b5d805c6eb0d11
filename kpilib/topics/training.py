"""Training: were participants satisfied, did they learn, did results change, did it pay?

The chain is Kirkpatrick's four levels and Phillips' fifth. An effect is isolated before it is
priced; a raw change is called a raw change.
"""

from __future__ import annotations

from kpilib import definitions as kpi
from kpilib.definitions import Benchmark, Kpi, Method
from kpilib.measure import Fields, count, distinct, total
from kpilib.topics.opinions import on_its_scale, people, top_two_boxes

PAIRS = {"kpi_measurements": "subject_key training_id kpi_id phase value max_value period_end"}
EFFECT = {
    "kpi_measurements": "subject_key training_id kpi_id phase value period_end",
    "training_participants": "training_id person_key arm",
}
BENEFIT = {
    "kpi_measurements": "subject_key training_id kpi_id phase value period_end unit_value_eur",
    "training_participants": "training_id person_key arm",
}
KNOWLEDGE = "knowledge_score"
RETURN = {**BENEFIT, "costs": "scope_kind scope_id amount_ht"}


def started(t: Fields):
    """Attended at least once; the control group is not trained."""
    return (t.arm != "control").fill_null(True) & (
        (t.hours_attended > 0).fill_null(False) | ~t.completed_at.is_null()
    )


def measured(where):
    """People measured in the period; a method says how many its own figure rests on."""
    return distinct("kpi_measurements", "subject_key", where)


def cost_of_training(t: Fields):
    """Cost lines of trainings."""
    return t.scope_kind == "training"


TARGETS = measured(lambda t: t.kpi_id != KNOWLEDGE)

KPIS = (
    Kpi(
        id="training_satisfaction",
        label="Participant satisfaction (level 1)",
        question="Were participants satisfied?",
        formula="Answers in the two highest boxes / valid answers",
        unit="rate",
        better="higher",
        roll_up="R8",
        value=top_two_boxes("training_reaction"),
        base="people",
        interval="wilson",
        people=people(on_its_scale("training_reaction")),
        protects="answers",
        reading="Publish it with the number of people who answered, not of their answers.",
        caveat="A satisfied participant has not learnt yet: it does not predict results.",
        rises="participants are more satisfied",
        falls="participants are less satisfied",
        headline=True,
        source="Kirkpatrick and Kirkpatrick (2006), level 1; Qualiopi, indicator 2.",
    ),
    Kpi(
        id="knowledge_gain",
        label="Knowledge gain (level 2)",
        question="Did participants learn?",
        formula="Mean of (test after - test before) over people with both, in points out of 100",
        unit="pt",
        better="higher",
        roll_up="R6",
        value=Method(name="paired_gain", needs=PAIRS, options={"kpi_id": KNOWLEDGE}),
        base="people",
        interval="method",
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
    Kpi(
        id="business_kpi_change",
        label="Raw change of the target KPI (level 4)",
        question="Did the figure we wanted to move move?",
        formula="Mean after - mean before, over trained people with both",
        unit="target",
        better="higher",
        roll_up="R9",
        value=Method(name="raw_change", needs=EFFECT),
        by="training_id",
        base="people",
        interval="method",
        people=TARGETS,
        protects="performance",
        reading="What happened, not what the training did.",
        caveat="The season, a campaign or a colleague may have moved it: see the isolated effect.",
        source="Kirkpatrick and Kirkpatrick (2006), level 4.",
    ),
    Kpi(
        id="training_effect_did",
        label="Isolated effect of the training",
        question="What did the training change, and nothing else?",
        formula="(trained after - before) - (control after - before)",
        unit="target",
        better="higher",
        roll_up="R9",
        value=Method(name="difference_in_differences", needs=EFFECT),
        by="training_id",
        interval="method",
        people=TARGETS,
        protects="performance",
        reading="What the trained gained beyond what comparable people gained anyway.",
        caveat="Trust it only if both groups moved alike before the training, in 10 teams or more.",
        source="Angrist and Pischke (2009), chapter 5; Phillips, principle 5.",
    ),
    kpi.amount(
        id="training_cost",
        label="Full cost of training",
        question="What did training cost, all included?",
        formula="Analysis, design, delivery, materials, venue, travel, participants' time,"
        " evaluation, overheads",
        better="lower",
        measure=total("costs", lambda t: t.amount_ht, cost_of_training),
        beside={
            "participant_time": total(
                "costs",
                lambda t: t.amount_ht,
                lambda t: cost_of_training(t) & (t.cost_kind == "participant_time"),
            )
        },
        reading="Booked in the period; the return uses the whole cost of the training.",
        caveat="Without participants' paid time, the cost is not fully loaded.",
        rises="training costs more",
        falls="training costs less",
        headline=True,
        source="Phillips, fully loaded cost.",
    ),
    Kpi(
        id="training_benefit",
        label="Benefit of training",
        question="What is the isolated effect worth?",
        formula="Isolated effect per person and month x months in which each trained person was"
        " measured (12 at most) x margin per unit",
        unit="EUR",
        better="higher",
        roll_up="R9",
        value=Method(name="benefit", needs=BENEFIT),
        interval="method",
        people=TARGETS,
        protects="performance",
        reading="Only the isolated effect, only the margin, only months that were measured.",
        caveat="Turnover instead of margin would multiply it: 1,140,000 is not 228,000.",
        source="Phillips, principles 4, 5 and 9.",
    ),
    Kpi(
        id="training_roi",
        label="Return on training (ROI)",
        question="Did the training pay?",
        formula="(benefit - cost) / cost",
        unit="rate",
        better="higher",
        roll_up="R9",
        value=Method(name="return_on_investment", needs=RETURN),
        interval="method",
        people=TARGETS,
        protects="performance",
        reading="0 % is break-even. Of several trainings, one without evidence brings nothing and"
        " keeps its cost.",
        caveat="Not benefit / cost, and for several trainings not the mean of their returns.",
        rises="trainings return more",
        falls="trainings return less",
        headline=True,
        source="Phillips and Phillips (2016), level 5.",
    ),
    Kpi(
        id="training_bcr",
        label="Benefit-cost ratio",
        question="How much comes back for one euro?",
        formula="Benefit / cost",
        unit="ratio",
        better="higher",
        roll_up="R9",
        value=Method(name="benefit_cost_ratio", needs=RETURN),
        interval="method",
        people=TARGETS,
        protects="performance",
        reading="1 is break-even: return = ratio - 1.",
        caveat="A ratio of 1.75 is a return of 75 %, not of 175 %.",
        source="Phillips and Phillips (2016).",
    ),
)
