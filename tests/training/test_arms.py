"""The groups of a training beside each other, as they were before it."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.show.tables import split_title, table
from tests.trainings import both, experiment
from tests.worked import exactly, rows

MARCH = {"as_of": "2025-03-31"}
# Before: 10, 12, 14, 16, 18 (mean 14) and 11, 13, 15, 17, 19 (mean 15), variance 10 each; one of
# the trained, who was on the list too, was never measured after.
TRAINED = [(10.0, 13.0), (12.0, 15.0), (14.0, 17.0), (16.0, 19.0), (18.0, 22.0), (14.0, None)]
OTHERS = [(11.0, 12.0), (13.0, 14.0), (15.0, 15.0), (17.0, 18.0), (19.0, 20.0)]


def arms(tables, period="2025-03", as_of="2025-03-31"):
    return kl.training_arms(kl.open(tables, as_of=as_of), period).set_index("who")


def test_how_far_apart_they_began_and_who_can_be_compared():
    found = arms(experiment(TRAINED, OTHERS))

    assert found["before"].to_dict() == {"treated": exactly(14), "control": exactly(15)}
    assert found["people"].to_dict() == {"treated": 5, "control": 5}
    assert found["pairable"].to_dict() == {"treated": exactly(5 / 6), "control": 1}
    # (14 - 15) / sqrt(10): more than a quarter of a standard deviation
    assert found["difference"]["treated"] == exactly(-1 / 10**0.5)
    assert found["alike"]["treated"] is False
    assert pd.isna(found["difference"]["control"])


def test_alike_before():
    found = arms(both(5), period="2025-04", as_of="2025-04-30")

    assert found["difference"]["treated"] == exactly(0)
    assert found["alike"]["treated"] is True
    assert found["trend"]["treated"] == pytest.approx(0, abs=1e-9)


def test_drawn_by_lot_and_measured_after_only_there_is_no_before():
    tables = experiment([(None, 10.0 + i % 3) for i in range(12)],
                        [(None, 4.0 + i % 3) for i in range(12)])  # fmt: skip
    tables["trainings"] = rows("training_id assignment", ("T1", "random"))
    found = arms(tables)

    assert found["before"].isna().all()
    assert found["pairable"].eq(0).all()


def test_without_control_group_nothing_is_compared():
    assert arms(experiment(TRAINED, [])).empty


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "standard deviations, not alike"), ("fr", "écart-type, dissemblables")],
)
def test_in_words_closed_and_rounded(lang, words):
    report = kl.report("training", "2025-03", kl.open(experiment(TRAINED, OTHERS), **MARCH),
                       lang=lang)  # fmt: skip
    frame = kl.training_arms(report.company, report.period)

    assert words in table(frame).iloc[0].str.cat(sep=" ")
    assert split_title(frame)
    assert frame["difference"][0] == -0.5  # of ten people, one moves it by a tenth: half steps


def test_arms_that_began_alike_are_apart_by_nothing():
    """They were "no change standard deviations" apart."""
    report = kl.report("training", "2025-03", kl.open(experiment(TRAINED, TRAINED), **MARCH))
    frame = kl.training_arms(report.company, report.period)
    text = table(frame).iloc[0].str.cat(sep=" ")

    assert "no difference" in text and "no change" not in text
