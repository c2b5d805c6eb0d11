"""Measurements as arrays: what is counted by hand, and what a frame of pandas gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kpilib.methods.measured import AFTER, BEFORE, CONTROL, TREATED, Measured, mean_of_each

NAN = float("nan")


def frame(rows: list[tuple], by_lot: bool = False) -> pd.DataFrame:
    """Make measurements of one training: person, arm, phase, day of May, value."""
    found = pd.DataFrame(rows, columns=["person", "arm", "phase", "day", "value"])
    return found.assign(
        subject_key=found["person"] + 100.0,
        team=[NAN if person == 3 else 7.0 for person in found["person"]],
        listed=2.0,
        by_lot=by_lot,
        period_end=pd.to_datetime("2026-05-01") + pd.to_timedelta(found["day"], unit="D"),
        training_id=pd.Categorical(["T1"] * len(found)),
        arm=found["arm"].astype("category"),
        phase=found["phase"].astype("category"),
    ).drop(columns="day")


# Person 1: before 10 and 20, so 15; after 25, so a change of 10.
# Person 2: before 8; after 6, so -2; what was measured during changes nothing.
# Person 3 was never measured before, person 4's mark after is missing.
MARKS = [
    (1.0, "treated", "before", 1, 10.0),
    (1.0, "treated", "before", 2, 20.0),
    (1.0, "treated", "after", 9, 25.0),
    (2.0, "control", "before", 1, 8.0),
    (2.0, "control", "during", 5, 99.0),
    (2.0, "control", "after", 9, 6.0),
    (3.0, "control", "after", 9, 4.0),
    (4.0, "treated", "before", 1, 5.0),
    (4.0, "treated", "after", 9, NAN),
]


def test_phases_and_arms_have_their_numbers_whatever_else_there_is() -> None:
    measured = Measured.of(frame(MARKS))
    phases = [BEFORE, BEFORE, AFTER, BEFORE, 2, AFTER, AFTER, BEFORE, AFTER]
    assert measured["phase"].tolist() == phases
    arms = [TREATED] * 3 + [CONTROL] * 4 + [TREATED] * 2
    assert measured["arm"].tolist() == arms


def test_what_has_no_phase_is_in_none_of_those_named() -> None:
    rows = frame(MARKS)
    rows.loc[0, "phase"] = None
    assert Measured.of(rows)["phase"][0] not in (BEFORE, AFTER)


def test_people_lacking_one_moment_are_left_out() -> None:
    pairs = Measured.of(frame(MARKS)).pairs().frame("person")
    assert pairs.index.tolist() == [1.0, 2.0]
    assert pairs["change"].tolist() == [10.0, -2.0]
    assert pairs["subject_key"].tolist() == [101.0, 102.0]


def test_each_arm_has_its_own_people() -> None:
    arms = Measured.of(frame(MARKS)).arms()
    assert [arms[name]["person"].tolist() for name in ("treated", "control")] == [[1.0], [2.0]]


def test_where_a_lot_decided_everybody_counts_from_one_level() -> None:
    # Persons 1, 2 and 3 were measured after only: their changes are what was measured.
    after = [row for row in MARKS if row[2] == "after"]
    measured = Measured.of(frame(after, by_lot=True))
    assert measured.only_after
    arms = measured.arms()
    assert arms["treated"]["change"].tolist() == [25.0]
    assert arms["control"]["change"].tolist() == [6.0, 4.0]


def test_one_mark_before_is_enough_to_count_from_it() -> None:
    assert not Measured.of(frame(MARKS, by_lot=True)).only_after


def test_content_tells_other_values_apart() -> None:
    rows = frame(MARKS)
    assert Measured.of(rows).content == Measured.of(rows.copy()).content
    assert Measured.of(rows).content != Measured.of(rows.assign(value=1.0)).content


def test_pairs_are_those_of_a_pivot_table() -> None:
    rng = np.random.default_rng(3)
    rows = [
        (float(rng.integers(12)), "treated", rng.choice(["before", "after", "during"]), 1,
         rng.choice([NAN, rng.normal()]))
        for _ in range(90)
    ]  # fmt: skip
    wide = frame(rows).pivot_table("value", "person", "phase", aggfunc="mean", observed=True)
    expected = (wide["after"] - wide["before"]).dropna()
    pairs = Measured.of(frame(rows)).pairs()
    assert pairs["person"].tolist() == expected.index.tolist()
    assert pairs["change"] == pytest.approx(expected.to_numpy())


def test_the_mean_of_nothing_is_no_number() -> None:
    found = mean_of_each(np.array([0, 0, 2]), np.array([1.0, 2.0, 5.0]), 4)
    assert found[[0, 2]].tolist() == [1.5, 5.0]
    assert np.isnan(found[[1, 3]]).all()
