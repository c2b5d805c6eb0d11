"""Training: did results change, and did it pay?

Kirkpatrick's fourth level and Phillips' fifth; the first three are `kpilib.topics.participants`. An
effect is isolated before it is priced; a raw change is called a raw change.
"""

from __future__ import annotations

from typing import Any

from kpilib import definitions as kpi
from kpilib.definitions import Kpi, Ratio
from kpilib.measure import Fields, count, distinct, total
from kpilib.methods.association import hours_and_change
from kpilib.methods.event_study import first_lasting_effect
from kpilib.methods.improvements import effect_of_improvements
from kpilib.methods.measurements import OF_LEARNERS, difference_in_differences, raw_change
from kpilib.methods.returns import benefit, benefit_cost_ratio, payback_period, return_on_investment
from kpilib.methods.without_control import beyond_the_line, estimated_gain
from kpilib.topics.participants import measured, started

EFFECT = {
    "kpi_measurements": "subject_key training_id kpi_id phase value period_end",
    "training_participants": "training_id person_key arm",
}
BENEFIT = {
    "kpi_measurements": "subject_key training_id kpi_id phase value period_end unit_value_eur",
    "training_participants": "training_id person_key arm",
}
RETURN = {**BENEFIT, "costs": "scope_kind scope_id amount_ht"}
BY_HOURS = {
    **EFFECT,
    "training_participants": "training_id person_key arm hours_attended",
}
VERSIONS = {
    **RETURN,
    "trainings": "training_id title started_at",
    "actions": "kind training_id started_at",
}
ESTIMATES = {
    "effect_estimates": "training_id person_key estimated_by answered_at gain_eur share confidence",
}


def cost_of_training(t: Fields):
    """Cost lines of trainings."""
    return t.scope_kind == "training"


TARGETS = measured(lambda t: ~t.kpi_id.is_in(OF_LEARNERS))


def estimate(**declared: Any) -> Kpi:
    """Declare what a training changed or brought, of people whose performance was measured."""
    usual = {"roll_up": "R9", "people": TARGETS, "protects": "performance"}
    return kpi.worked_out(**usual | declared)


KPIS = (
    estimate(
        id="business_kpi_change",
        label="Raw change of the target KPI (level 4)",
        question="Did the figure we wanted to move move?",
        formula="Mean after - mean before, over trained people with both",
        unit="target",
        better="higher",
        method=raw_change,
        needs=EFFECT,
        by="training_id",
        base="people",
        reading="What happened, not what the training did.",
        caveat="The season, a campaign or a colleague may have moved it: see the isolated effect.",
        source="Kirkpatrick and Kirkpatrick (2006), level 4.",
    ),
    estimate(
        id="training_effect_did",
        label="Isolated effect of the training",
        question="What did the training change, and nothing else?",
        formula="(trained after - before) - (control after - before)",
        unit="target",
        better="higher",
        method=difference_in_differences,
        needs=EFFECT,
        by="training_id",
        reading="What the trained gained beyond what comparable people gained anyway.",
        caveat="Trust it only if both groups moved alike before the training, in 10 teams or more.",
        source="Angrist and Pischke (2009), chapter 5; Phillips, principle 5.",
    ),
    estimate(
        id="training_effect_trend",
        label="Effect beyond the trend",
        question="Did the figure rise more than it was rising anyway?",
        formula="Mean of (measured after - straight line through the periods before, drawn on)",
        unit="target",
        better="higher",
        method=beyond_the_line,
        needs=EFFECT,
        wants={"actions": "training_id started_at"},
        by="training_id",
        base="people",
        reading="Where there is no control group: what the trained themselves were heading for.",
        caveat="Whatever else began with the training is in it; a season needs a year before.",
        source="Wagner and others (2002), interrupted time series; Phillips, trend lines.",
    ),
    kpi.worked_out(
        id="training_effect_estimate",
        label="Effect estimated by those who took part",
        question="What do participants and their managers say it brought?",
        formula="Sum of gain x share due to the training x confidence; no answer counts 0, extremes"
        " are dropped",
        unit="EUR",
        better="higher",
        roll_up="R8",
        tier=2,
        method=estimated_gain,
        needs=ESTIMATES,
        interval="none",
        base="people",
        people=distinct("effect_estimates", "person_key", lambda t: ~t.gain_eur.is_null()),
        protects="performance",
        reading="The weakest proof: claims, made cautious. Where manager and participant both"
        " answer, the lower counts.",
        caveat="People are kind to what cost their time: never set it beside a measured effect.",
        source="Phillips, principles 6, 7 and 8.",
    ),
    estimate(
        id="effect_lag",
        label="Lag from training to result",
        question="When does the effect show?",
        formula="First period after whose isolated effect is beyond chance, and the next one's too",
        unit="periods",
        better="lower",
        tier=2,
        method=first_lasting_effect,
        needs=EFFECT,
        by="training_id",
        base="people",
        interval="none",
        reading="1 is the first period measured after the training.",
        caveat="Few people show an effect late because chance hides it, not because it is late.",
        source=kpi.ARTICLES,
    ),
    estimate(
        id="training_performance_correlation",
        label="Correlation of hours and results",
        question="Did those who attended more change more?",
        formula="Pearson's correlation of hours attended and change of the target figure, over"
        " trained people",
        unit="ratio",
        better="neutral",
        method=hours_and_change,
        needs=BY_HOURS,
        by="training_id",
        base="people",
        reading="Spearman's, of the ranks, stands beside: where both differ, look at the points.",
        caveat="Not a cause: the keen attend more and do better anyway.",
        source="Anscombe (1973): four pictures, one correlation.",
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
    kpi.ratio(
        id="cost_per_participant",
        label="Cost per participant",
        question="What does it cost to train one person?",
        formula="Full cost of trainings begun in the period / people who took part",
        unit="EUR",
        better="lower",
        tier=2,
        numerator=total("costs_of_trainings", lambda t: t.amount_ht),
        denominator=count("paid_for_participants", started),
        beside={
            "cost_per_hour": Ratio(
                total("costs_of_trainings", lambda t: t.amount_ht),
                total("paid_for_participants", lambda t: t.hours_attended, started),
            )
        },
        reading="All bills of these trainings, whenever they came; per hour stands beside.",
        caveat="Cheap per head is dear where nobody learns: read it beside the gain.",
        rises="training a person costs more",
        falls="training a person costs less",
        source="Phillips, fully loaded cost.",
    ),
    estimate(
        id="training_benefit",
        label="Benefit of training",
        question="What is the isolated effect worth?",
        formula="Isolated effect per person and month x months in which each trained person was"
        " measured (12 at most) x margin per unit",
        unit="EUR",
        better="higher",
        method=benefit,
        needs=BENEFIT,
        reading="Only the isolated effect, only the margin, only months that were measured.",
        caveat="Turnover instead of margin would multiply it: 1,140,000 is not 228,000.",
        source="Phillips, principles 4, 5 and 9.",
    ),
    estimate(
        id="training_roi",
        label="Return on training (ROI)",
        question="Did the training pay?",
        formula="(benefit - cost) / cost",
        unit="rate",
        better="higher",
        method=return_on_investment,
        needs=RETURN,
        reading="0 % is break-even; how probable it is stands beside, and is missing where part"
        " is not proven: the interval then goes from nothing to all of it. One without evidence"
        " brings nothing and keeps its cost.",
        caveat="Not benefit / cost, and for several trainings not the mean of their returns.",
        rises="trainings return more",
        falls="trainings return less",
        headline=True,
        source="Phillips and Phillips (2016), level 5.",
    ),
    estimate(
        id="training_bcr",
        label="Benefit-cost ratio",
        question="How much comes back for one euro?",
        formula="Benefit / cost",
        unit="ratio",
        better="higher",
        method=benefit_cost_ratio,
        needs=RETURN,
        reading="1 is break-even: return = ratio - 1.",
        caveat="A ratio of 1.75 is a return of 75 %, not of 175 %.",
        source="Phillips and Phillips (2016).",
    ),
    estimate(
        id="payback_period",
        label="Payback period",
        question="After how many months is the cost back?",
        formula="Months after the training until the summed benefit reaches the full cost; measured"
        " once: cost / benefit of the year x 12",
        unit="months",
        better="lower",
        tier=2,
        method=payback_period,
        needs=RETURN,
        by="training_id",
        interval="none",
        reading="Only benefit that was measured: below the cost there is no payback yet.",
        caveat="Short is not profitable: what comes after the payback is not in it.",
        source="Phillips and Phillips (2016).",
    ),
    estimate(
        id="method_roi",
        label="Return by training method",
        question="Which way of training returns most?",
        formula="(benefits - costs) / costs of all trainings given in one way",
        unit="rate",
        better="higher",
        method=return_on_investment,
        needs={**RETURN, "trainings": "training_id method"},
        by="method",
        reading="Beside what the articles expect of the method, never mixed with it.",
        caveat="Nobody drew lots for the method: topic, audience and trainer differ, too.",
        source=kpi.ARTICLES,
    ),
    estimate(
        id="improvement_effect",
        label="Effect of an improvement on the return",
        question="Did what we changed in the course raise its return?",
        formula="100 x (return of the sessions after the improvement - return of those before), of"
        " one course",
        unit="pt",
        better="higher",
        method=effect_of_improvements,
        needs=VERSIONS,
        reading="Costs and benefits of all sessions before against all after.",
        caveat="One session against one proves nothing: other people came.",
        source=kpi.ARTICLES,
    ),
)
