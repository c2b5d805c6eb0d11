"""Frames of one's own of the wrong shape are refused with a sentence, never with Python's."""

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import KpilibError, ParameterError

PANEL = pd.DataFrame(
    {
        "who": [*"aabbcc"],
        "at": [1, 2] * 3,
        "sold": [1.0, 2, 3, 4, 5, 7],
        "trained": [0, 1, 0, 0, 0, 1],
    }
)
MONTHS = pd.DataFrame({"at": range(9), "hours": [3.0, 1, 4, 1, 5, 9, 2, 6, 5], "sold": range(9)})


def fitted(rows=PANEL, outcome="sold", treatments="trained", **others):
    return kl.fixed_effects(rows, outcome, treatments, unit="who", time="at", **others)


def lagged(rows=MONTHS, cause="hours", **others):
    return kl.lags(rows, cause, "sold", "at", **others)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: fitted(None), "Found NoneType where a pandas frame is wanted"),
        (lambda: fitted(PANEL["sold"]), "Found Series where a pandas frame is wanted"),
        (lambda: fitted(treatments=[]), "treatments is []. Name columns"),
        (lambda: fitted(treatments="sold"), "treatments is ['sold']. Name columns"),
        (lambda: fitted(treatments=3), "There is no column 3. There is: who, at,"),
        (lambda: fitted(cluster=["who"]), "There is no column ['who']."),
        (
            lambda: fitted(PANEL.assign(sold="many")),
            "Column 'sold' holds what is no number in 6 row(s)",
        ),
        (
            lambda: fitted(PANEL.assign(sold=np.inf)),
            "Column 'sold' holds what is no number in 6 row(s)",
        ),
        (lambda: fitted(pd.concat([PANEL, PANEL[["sold"]]], axis=1)), "There are two columns 'so"),
        (lambda: lagged([1, 2]), "Found list where a pandas frame is wanted"),
        (lambda: lagged(cause=["hours"]), "There is no column ['hours']."),
        (
            lambda: lagged(MONTHS.assign(hours="x")),
            "Column 'hours' holds what is no number in 9 row",
        ),
        (lambda: lagged(most=1.5), "most is 1.5. Write how many, a whole number from 0"),
        (lambda: lagged(most=-1), "most is -1. Write how many, a whole number from 0"),
        (lambda: kl.drivers(None, None), "drivers compares one KPI with others"),
        (lambda: kl.drivers(PANEL, PANEL), "drivers compares one KPI with others"),
        (lambda: kl.sensitivity(None), "Found NoneType where a pandas frame is wanted. Give one:"),
        (lambda: kl.sensitivity(PANEL), "There is no column 'details'."),
        (lambda: kl.what_next(PANEL), "There is no column 'next'."),
        (lambda: kl.mentions(None, None), "Found NoneType where a pandas frame is wanted"),
        (lambda: kl.influencers(PANEL, PANEL, None), "accounts is empty."),
        (lambda: kl.sentiment("Very good"), "Found str where texts are wanted."),
        (lambda: kl.sentiment(PANEL), "Found DataFrame where texts are wanted."),
        (lambda: kl.sentiment(["Good"], folder="nowhere"), "There is no folder 'nowhere'."),
        (lambda: kl.sentiment(["Good"], second=["positive"]), "second is held against labels"),
        (lambda: kl.sentiment(["Good"], language=3), "language is 3."),
        (lambda: kl.pick(3), "Found 3 where an objective or a training is wanted."),
        (lambda: kl.pick("Grow the following", training=["x"]), "Found ['x'] where an"),
        (lambda: kl.training_goals(3, "2026-10"), "Cannot open int."),
        (lambda: kl.intangibles(None, "2026-10"), "Cannot open NoneType."),
    ],
)
def test_what_is_of_another_shape_is_refused_with_a_remedy(ask, said):
    with pytest.raises(KpilibError) as caught:
        ask()
    assert str(caught.value).startswith(said)


def test_a_value_is_never_told():
    with pytest.raises(ParameterError) as caught:
        fitted(PANEL.assign(sold=["Jane", *range(5)]))
    assert "in 1 row(s), first in row 1 of the frame" in str(caught.value)
    assert "Jane" not in str(caught.value)


def test_numbers_of_any_kind_are_taken():
    figure = fitted()["value"].item()
    for sold in (PANEL["sold"].astype(object), PANEL["sold"].astype("Float64")):
        assert fitted(PANEL.assign(sold=sold))["value"].item() == pytest.approx(figure)
