"""Small trainings: who took part, what was measured before and after, what it cost."""

from __future__ import annotations

import kpilib as kl
from tests.worked import rows, stack

LINE = [10, 12, 11, 13, 12, 14]  # six months before
NAMED = "training_id title topic started_at target_kpi_id"
BEFORE, AFTER = ("2025-01-01", "2025-01-31"), ("2025-03-01", "2025-03-31")


def people(training, arm, *keys):
    return rows("training_id person_key arm", *((training, key, arm) for key in keys))


def measured(training, key, before, after, *, kpi="revenue", price=None):
    """One person's value before and after; None leaves the value out."""
    return rows(
        "training_id subject_key kpi_id phase value period_start period_end unit_value_eur",
        (training, key, kpi, "before", before, *BEFORE, price),
        (training, key, kpi, "after", after, *AFTER, price),
    )


def experiment(treated, control, *, training="T1", price=None):
    """Pairs (before, after) of each arm."""
    names = [f"{training}t{i}" for i in range(len(treated))]
    others = [f"{training}c{i}" for i in range(len(control))]
    pairs = zip([*names, *others], [*treated, *control], strict=True)
    return {
        "kpi_measurements": stack(
            *(measured(training, key, before, after, price=price) for key, (before, after) in pairs)
        ),
        "training_participants": stack(
            people(training, "treated", *names), people(training, "control", *others)
        ),
    }


def priced(benefit, cost, *, training="T1"):
    """Four trained people who gain 1 unit more than the control group, worth benefit / 4."""
    tables = experiment(
        [(10.0, 12.0)] * 4, [(10.0, 11.0)] * 4, training=training, price=benefit / 4
    )
    tables["costs"] = rows(
        "scope_kind scope_id cost_kind amount_ht incurred_at",
        ("training", training, "delivery", cost * 0.75, "2025-02-10"),
        ("training", training, "participant_time", cost * 0.25, "2025-02-10"),
        ("campaign", training, "media", 1e6, "2025-02-10"),  # not a cost of the training
    )
    return tables


def followed(people, *, training="T1", price=None, teams=None):
    """What each person did month by month: ``{key: (arm, values before, values after)}``.

    Months before end in January 2025, those after begin in March; None leaves a month out.
    """
    lines = []
    for key, (_, before, after) in people.items():
        months = [(2025, 1 - back) for back in range(len(before))][::-1]
        months += [(2025, 3 + on) for on in range(len(after))]
        for (year, month), level in zip(months, (*before, *after), strict=True):
            first = f"{year + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}"
            phase = "after" if month > 2 else "before"
            if level is not None:
                lines.append((training, key, "sales", phase, float(level),
                              f"{first}-01", f"{first}-28", price))  # fmt: skip
    arms = [(training, key, arm, (teams or {}).get(key)) for key, (arm, _, _) in people.items()]
    members = rows("training_id person_key arm team", *arms)
    return {
        "kpi_measurements": rows(
            "training_id subject_key kpi_id phase value period_start period_end unit_value_eur",
            *lines,
        ),
        "training_participants": members if teams else members.drop(columns="team"),
    }


def cost(training, *kinds, day="2025-02-10"):
    """Cost lines of a training: ``(kind, amount)`` each."""
    return rows(
        "scope_kind scope_id cost_kind amount_ht incurred_at",
        *(("training", training, kind, float(amount), day) for kind, amount in kinds),
    )


def both(gain, control=True, level=0.0):
    """Twelve people an arm, each a team, with six months before; the trained gain something."""
    people = {}
    for number in range(12):
        own = [each + number % 3 for each in LINE]
        after = [13 + number % 3, 12 + number % 2]
        people[f"t{number}"] = ("treated", [each + level for each in own],
                                [each + gain + level for each in after])  # fmt: skip
        if control:
            people[f"c{number}"] = ("control", own, after)
    return followed(people, price=100.0)


def small(gain=5, *, spent=500, sessions=None, **more):
    tables = both(gain) | {"costs": cost("T1", ("delivery", spent))}
    told = sessions or [("T1", "Calls", "sales", "2025-02-10", "sales")]
    return tables | {"trainings": rows(NAMED, *told)} | more


def opened(tables, **changes):
    data = kl.open(tables, as_of="2025-04-30")
    data.settings = data.settings.model_copy(update=changes)
    return data
