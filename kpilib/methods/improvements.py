"""Whether what was changed in a course raised its return: sessions before against those after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from kpilib.engine.outcome import NO_DATA, TOO_FEW, Answer, Outcome, unknown
from kpilib.methods.call import Call
from kpilib.methods.effects import FEWEST_TO_CONCLUDE
from kpilib.methods.measurements import all_known, business, known_by
from kpilib.methods.returns import Part, priced, return_of
from kpilib.methods.spending import Spending
from kpilib.period import Period

RESAMPLES = 2_000
NOT_JUDGED = "The sessions before or after the improvement have no return: nothing to compare."


def effect_of_improvements(call: Call) -> Answer:
    """Return the return of the sessions after an improvement less that of those before, in points.

    An improvement belongs to a period in which a session after it was measured; without a
    breakdown, sessions of all improvements are pooled.
    """
    whole = replace(call, by="training_id")
    rows = all_known(whole, business)
    spending, improvements = Spending.of(call), _improvements(call)
    answer: Answer = {}
    for period in call.periods:
        measured = set(known_by(whole, business, period)["training_id"])
        sides = _sides(call, rows, spending, period)
        groups: dict[str, list[tuple[Sequence[Part], Sequence[Part]]]] = {}
        for group, before, after in improvements:
            if measured & set(after):
                groups.setdefault(group, []).append((sides(before), sides(after)))
        for group, found in sorted(groups.items()):
            answer[period, group] = _gained(*(sum(each, []) for each in zip(*found, strict=True)))
    return answer


def _improvements(call: Call) -> list[tuple[str, list[str], list[str]]]:
    """Return each improvement: its group, and the sessions of that course before and from then on.

    A course is all sessions of one title; the log names any of them.
    """
    sessions = call.rows("trainings", "training_id title started_at")
    sessions["started_at"] = pd.to_datetime(sessions["started_at"])
    log = replace(call, by=None).rows("actions", "kind training_id started_at")
    log = log[log["kind"].eq("improvement") & log["training_id"].notna()]
    title = sessions.set_index("training_id")["title"]
    found = []
    for _, line in log.sort_values("started_at").iterrows():
        course = sessions[sessions["title"].eq(title.get(line["training_id"]))]
        late = course["started_at"] >= pd.Timestamp(line["started_at"])
        if len(course):
            group = course.loc[course["training_id"] == line["training_id"], "group"].iloc[0]
            found.append(
                (group, list(course["training_id"][~late]), list(course["training_id"][late]))
            )
    return found


def _sides(call: Call, rows: pd.DataFrame, spending: Spending, period: Period):
    """Return what looks up sessions with all that was known of them at the end of a period."""
    known = rows[rows["period_end"] <= pd.Timestamp(period.end_day)]

    def parts(names: Iterable[str]) -> list[Part]:
        own = {name: known[known["training_id"] == name] for name in names}
        return [
            Part(name, priced(call, period, name, part), *spending.whole(name))
            for name, part in own.items()
            if part["phase"].eq("after").any()
        ]

    return parts


def _gained(before: list[Part], after: list[Part]) -> Outcome:
    known = [[part for part in side if part.evaluated and part.cost] for side in (before, after)]
    people = float(sum(part.worth.people or 0.0 for part in (*before, *after)))
    details = {"sessions_before": float(len(known[0])), "sessions_after": float(len(known[1]))}
    told = {"n": people, "people": people, "details": details}
    if not all(known):
        return unknown(TOO_FEW if known[0] else NO_DATA, NOT_JUDGED, **told)
    sums = [np.array([(part.worth.value, part.cost) for part in side]) for side in known]
    returns = [return_of(*side.sum(axis=0)) for side in sums]
    details |= {"return_before": returns[0], "return_after": returns[1]}
    few = min(map(len, known)) < FEWEST_TO_CONCLUDE
    flags = {flag for side in known for part in side for flag in part.worth.flags}
    return Outcome(
        value=100 * (returns[1] - returns[0]),
        interval=None if few else _drawn_again(sums),
        interval_method="" if few else "bootstrap",
        subjects=frozenset(part.name for side in known for part in side),
        **told,
    ).flagged(*flags, *(["low_n"] if few else []))


def _drawn_again(sums: Sequence[np.ndarray]) -> tuple[float, float]:
    """Draw the sessions of each side again, with their costs."""
    rng, sides = np.random.default_rng(0), []
    for side in sums:
        side = side[np.lexsort(side.T)]
        drawn = side[rng.integers(0, len(side), (RESAMPLES, len(side)))].sum(axis=1)
        sides.append(drawn[:, 0] / drawn[:, 1] - 1)
    low, high = np.percentile(100 * (sides[1] - sides[0]), (2.5, 97.5))
    return float(low), float(high)
