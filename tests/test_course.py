"""How trained and control went, month by month, before a training and after it."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import UnknownName

MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")
# Ten people, five trained: all rise by one a month; the trained by two more from March on.
PEOPLE = {f"t{number}": "treated" for number in range(5)} | {
    f"c{number}": "control" for number in range(5)
}


def tables(people=PEOPLE, without=()):
    measured = pd.DataFrame(
        {
            "subject_key": person,
            "training_id": "tr",
            "kpi_id": "signed_contracts",
            "period_start": f"{month}-01",
            "period_end": f"{month}-28",
            "phase": "before" if place < 2 else "after",
            "value": 10.0 + int(person[1:]) + place + (2 if place > 1 and arm == "treated" else 0),
        }
        for person, arm in people.items()
        for place, month in enumerate(MONTHS)
        if (person, month) not in without
    )
    return {
        "kpi_measurements": measured,
        "training_participants": pd.DataFrame(
            {"training_id": "tr", "person_key": person, "arm": arm}
            for person, arm in people.items()
        ),
        "trainings": pd.DataFrame({"training_id": ["tr"], "started_at": ["2026-02-20"]}),
    }


def course(found):
    return found.pivot(index="period", columns="arm", values="value")


def test_means_of_both_groups_month_by_month():
    """Numbers 0 to 4 add 2 on average: 12, 13, then 14 and 15; the trained 16 and 17."""
    found = kl.open(tables(), as_of="2026-04-30").course("2026-04")

    assert course(found)["control"].tolist() == [12, 13, 14, 15]
    assert course(found)["treated"].tolist() == [12, 13, 16, 17]
    assert found["kpi"].unique().tolist() == ["signed_contracts"] and found["n"].eq(5).all()


def test_the_same_people_all_along():
    """Of t0 to t9 the odd ones are not measured in March: 0, 2, 4, 6, 8 add 4, and 5 were left."""
    people = {f"t{number}": "treated" for number in range(10)} | PEOPLE
    odd = {(f"t{number}", "2026-03") for number in range(1, 10, 2)}
    found = kl.open(tables(people, odd), as_of="2026-04-30").course("2026-04")

    assert course(found)["treated"].tolist() == [14, 15, 18, 19]


@pytest.mark.parametrize("trained", [5, 6])
def test_of_few_and_of_all_but_few_nothing_is_told(trained):
    """Four were measured every time; or five of six, whose sixth the effect's mean would give."""
    people = {f"t{number}": "treated" for number in range(trained)} | PEOPLE
    found = kl.open(tables(people, {("t4", "2026-03")}), as_of="2026-04-30").course("2026-04")

    hidden = found[found["arm"] == "treated"]
    assert hidden["value"].isna().all() and hidden["n"].isna().all()
    assert hidden["status"].eq("suppressed").all()
    assert found[found["arm"] == "control"]["status"].eq("ok").all()


def test_another_training_is_named_with_those_there_are():
    with pytest.raises(UnknownName) as caught:
        kl.open(tables(), as_of="2026-04-30").course("2026-04", "trr")

    assert str(caught.value) == (
        "No training 'trr' was measured afterwards in 2026-04. There is: tr. Did you mean 'tr'?"
    )


@pytest.mark.parametrize(
    ("period", "given", "status"),
    [("2026-01", tables(), "no_data"), ("2026-04", {}, "missing_table")],
)
def test_without_any_it_says_why(period, given, status):
    found = kl.open(given, as_of="2026-04-30").course(period)

    assert found["status"].tolist() == [status] and found["reason"].ne("").all()


def test_what_is_drawn_is_the_time_around_its_beginning():
    """Six months on both sides of February: all four; and when it began, for the chart."""
    found = kl.training_course(kl.open(tables(), as_of="2026-04-30"), "2026-04")

    assert found["date"].eq(pd.Timestamp("2026-02-20")).all() and len(found) == 8
    assert found["text"].eq("The training begins.").all()


@pytest.mark.parametrize(
    ("began", "left_out", "rows"),
    [("2025-02-20", set(), 8), ("2025-02-20", {(p, m) for p in PEOPLE for m in MONTHS[:2]}, 1)],
)
def test_a_training_far_from_its_measures_has_a_chart_all_the_same(began, left_out, rows):
    """A year after it all four months are drawn; measured after alone, the reason stands there."""
    given = tables(without=left_out)
    given["trainings"]["started_at"] = [began]
    found = kl.training_course(kl.open(given, as_of="2026-04-30"), "2026-04")

    assert len(found) == rows and found["reason"].ne("").all() == (rows == 1)
