"""What employees write without a name: themes of ten texts and more, and nothing of fewer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.methods.themes import tellable


def box(*counts):
    """Texts of a month: (month, theme, negative, positive)."""
    rows = [
        (f"{month}-{theme}-{tone}-{number}", f"2025-{month:02}-10T10:00:00Z", tone, theme)
        for month, theme, negative, positive in counts
        for tone, many in (("negative", negative), ("positive", positive))
        for number in range(many)
    ]
    frame = pd.DataFrame(rows, columns=["text_id", "ts", "sentiment", "themes"])
    return frame.assign(source="feedback_box")


def figures(table, period, **more):
    data = kl.open({"texts": table}, as_of="2025-12-31", timezone="Europe/Paris", **more)
    return data.evaluate("feedback_themes", period)


def test_ranked_by_negative_texts_with_intervals():
    found = figures(box((5, "charge", 9, 3), (5, "outils", 4, 8)), "2025-05")

    assert list(found["theme"]) == ["charge", "outils"]
    assert list(found["value"]) == [9, 4]
    first = found.iloc[0]
    # Wilson for 9 of 12, by hand: 0.467695 to 0.911063.
    assert first["ci_low"] == pytest.approx(12 * 0.467695, abs=1e-4)
    assert first["ci_high"] == pytest.approx(12 * 0.911063, abs=1e-4)


def test_a_theme_of_nine_texts_is_not_named():
    found = figures(box((5, "charge", 9, 3), (5, "outils", 9, 0)), "2025-05")

    assert list(found["theme"]) == ["charge"]


def test_nothing_is_told_where_no_theme_has_ten():
    found = figures(box((5, "charge", 6, 3)), "2025-05")

    assert list(found["status"]) == ["suppressed"]
    assert found["value"].isna().all()


def test_a_quarter_does_not_give_away_its_hidden_month():
    told = (4, "charge", 12, 0), (5, "charge", 12, 0)
    alone, with_two = (
        (*told, (6, "charge", 4, 0)),
        (*told[:1], (5, "charge", 6, 0), (6, "charge", 6, 0)),
    )

    assert list(figures(box(*alone), "2025-Q2")["status"]) == ["suppressed"]
    assert list(figures(box(*with_two), "2025-Q2")["value"]) == [24]


def test_a_year_does_not_give_away_a_hidden_quarter():
    """Q4 is withheld for one month of 4; the year less Q1 to Q3 would give it."""
    counts = [12, 12, 12, 12, 6, 6, 12, 12, 12, 12, 12, 4]
    table = box(*((month + 1, "charge", count, 0) for month, count in enumerate(counts)))
    status = {each: list(figures(table, each)["status"])[0] for each in ("2025-Q2", "2025-Q4")}

    assert status == {"2025-Q2": "ok", "2025-Q4": "suppressed"}
    assert list(figures(table, "2025")["status"]) == ["suppressed"]


def test_no_month_can_be_solved_for():
    """The attack: all that is told of months, quarters and the year, as equations."""
    rng, told_years = np.random.default_rng(5), 0
    for _ in range(2_000):
        counts = rng.choice([0, 2, 4, 6, 9, 11, 15, 30], 12).astype(float)
        spans = [*((m, m + 1) for m in range(12)), *((q, q + 3) for q in range(0, 12, 3)), (0, 12)]
        told = [span for span in spans if tellable(list(counts[slice(*span)]))]
        told_years += (0, 12) in told
        known = np.array([[a <= m < b for m in range(12)] for a, b in told], float).reshape(-1, 12)
        for month in np.flatnonzero((counts > 0) & (counts < 10)):
            more = np.vstack([known, np.eye(12)[month]])
            assert np.linalg.matrix_rank(more) > np.linalg.matrix_rank(known)
    assert told_years > 500  # and it is not by silence


def test_customers_do_not_speak_here():
    table = pd.concat([
        box((5, "charge", 12, 0)),
        box((5, "prix", 12, 0)).assign(source="support"),
    ])  # fmt: skip

    assert list(figures(table, "2025-05")["theme"]) == ["charge"]


def test_one_who_writes_often_is_one():
    table = box((5, "charge", 12, 0)).assign(author_key="p1")

    assert list(figures(table, "2025-05")["status"]) == ["suppressed"]


def test_no_text_leaves():
    table = box((5, "charge", 12, 0)).assign(body="Mon chef Dupont crie")
    found = figures(table, "2025-05")

    assert "Dupont" not in found.to_csv()
