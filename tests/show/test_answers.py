"""Favourable, neutral and unfavourable answers: three shares a group that fill its bar."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.errors import ParameterError


@pytest.fixture(autouse=True)
def _english():
    write_for("en")


def frame(shares, **details):
    return pd.DataFrame(
        {
            "kpi": "engagement_survey_score",
            "label": "Engagement score",
            "period": "2026-10",
            "period_start": pd.Timestamp("2026-10-01"),
            "period_end": pd.Timestamp("2026-10-31"),
            "dimension": dimension,
            "value": 3.5,
            "unit": "score",
            "status": "ok",
            "flags": [],
            "details": dict(zip(
                ("favourable_share", "neutral_share", "unfavourable_share"), each, strict=False
            )),
        }
        for dimension, each in shares.items()
    )  # fmt: skip


def test_each_bar_is_whole_and_the_least_favourable_is_first():
    # printed shares are rounded one by one: 0.5 + 0.3 + 0.15 is drawn as 0.95
    ax = kl.plot.answers(frame({"mission": (0.6, 0.25, 0.15), "manager": (0.5, 0.3, 0.15)}))
    widths = [[round(bar.get_width(), 4) for bar in each] for each in ax.containers]

    assert widths == [[0.5263, 0.6], [0.3158, 0.25], [0.1579, 0.15]]
    title = " ".join(ax.get_title(loc="left").split())
    assert title == "Engagement score: least favourable on manager, 50.0 % of answers"


def test_a_figure_without_such_shares_is_named():
    with pytest.raises(ParameterError, match="engagement_survey_score has none in its details"):
        kl.plot.answers(frame({"mission": ()}))


def test_of_groups_all_of_which_are_hidden_it_says_why():
    rows = frame({"mission": (), "manager": ()}).assign(value=None, status="suppressed")
    ax = kl.plot.answers(rows)
    assert ax.get_title(loc="left") == "No figure may be shown" and not ax.axison
