"""Objectives: how far each key result and each objective is, and the verdict.

The figures are made of check-ins; `kpilib.objectives.okr_answers` makes those from objectives.yaml
and the company's own figures.
"""

from __future__ import annotations

from typing import Any

from kpilib import definitions as kpi
from kpilib.definitions import ARTICLES, Benchmark, Kpi
from kpilib.methods.key_results import (
    goal_attainment,
    key_result_pace,
    key_result_score,
    key_result_verdict,
    objective_reached,
    objective_score,
)

KEY_RESULTS = "kr_id objective_id slice mode baseline target direction weight thresholds start end"
CHECKINS = "kr_id date value value_low value_high expected is_provisional kind"
GRADING = "Google re:Work, Set goals with OKRs; Doerr, Measure What Matters (2018)."


def of_checkins(**declared: Any) -> Kpi:
    """Declare what check-ins tell of key results and objectives: the last day stands, R10."""
    needs = {"key_results": KEY_RESULTS, "checkins": CHECKINS}
    wants = {"objectives": "objective_id parent_id start end"}
    return kpi.worked_out(roll_up="R10", needs=needs, wants=wants, **declared)


KPIS = (
    of_checkins(
        id="kr_score",
        label="Key-result score",
        question="How much of the way to its target has each key result covered?",
        formula="(value - baseline) / (target - baseline), kept between 0 and 1; of a level to be "
        "held, the share of check-ins that hold it",
        unit="grade",
        better="higher",
        method=key_result_score,
        by="kr_id",
        reading="Red below 0.4, amber below 0.7, green from there on. An ambitious objective is "
        "well set at 0.6 to 0.7.",
        caveat="From the baseline, never value over target: a bounce rate of 40 % on its way to "
        "20 % has covered nothing yet, and not half.",
        source=GRADING,
        benchmark=Benchmark(
            "0.6 to 0.7 for ambitious objectives; always 1.0 means that they are too easy.",
            "Google re:Work, Set goals with OKRs",
            "published",
        ),
    ),
    of_checkins(
        id="objective_score",
        label="Objective score",
        question="How far is each objective?",
        formula="Mean of the scores of its key results that can be judged, by their weights",
        unit="grade",
        better="higher",
        method=objective_score,
        interval="none",
        by="objective_id",
        reading="What cannot be judged yet is left out and counted beside the score; what is red "
        "below an objective is said with it.",
        caveat="Not an appraisal of people: whoever is paid by it sets easy targets. More than "
        "four key results are refused.",
        source=GRADING,
    ),
    of_checkins(
        id="okr_binary",
        label="Objective reached, yes or no",
        question="Has each objective been reached?",
        formula="1 when every key result is at or past its target on the end date, else 0",
        unit="yes_no",
        better="neutral",
        method=objective_reached,
        interval="none",
        by="objective_id",
        reading="Known from the end date on.",
        caveat="Missed by a hair or by a mile looks the same: read the score beside it.",
        source=ARTICLES,
    ),
    of_checkins(
        id="kr_pace",
        label="Pace against time elapsed",
        question="Is each key result early or late?",
        formula="Key-result score / share of the way that the path asks for by the day of the "
        "check-in (on a straight path, days elapsed / all days)",
        unit="ratio",
        better="higher",
        method=key_result_pace,
        interval="none",
        by="kr_id",
        tier=2,
        reading="1 is on the path, below 1 late, above 1 early.",
        caveat="In the first days a small step makes a large ratio.",
        source=ARTICLES,
    ),
    of_checkins(
        id="goal_attainment",
        label="Goal attainment",
        question="To what extent is each goal reached?",
        formula="(value - baseline) / (target - baseline), not clipped",
        unit="rate",
        better="higher",
        method=goal_attainment,
        by="kr_id",
        reading="100 % is the target; below 0 % it went the wrong way.",
        caveat="A small step between baseline and target makes large percentages.",
        source=ARTICLES,
    ),
    of_checkins(
        id="verdict",
        label="Verdict",
        question="Continue, improve, change, or stop?",
        formula="Goal attainment against its thresholds (1.0, 0.7, 0.4 by default), before the end "
        "against what the path asks for by then: 3 success, 2 moderate success, 1 moderate "
        "failure, 0 proven failure",
        unit="verdict",
        better="neutral",
        method=key_result_verdict,
        interval="none",
        by="kr_id",
        reading="Success: continue. Moderate success: improve. Moderate failure: change. Proven "
        "failure: stop or pivot.",
        caveat="A failure is proven only when the whole interval of a complete figure (of a full "
        "count, the figure with its usual moves) lies below the last threshold; otherwise it is "
        "moderate.",
        source=ARTICLES,
    ),
)
