"""What employees write without a name: themes of ten texts and more, and nothing of fewer."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.methods.themes import Cell, tellable
from kpilib.period import Period
from kpilib.settings import Settings
from kpilib.show.beforehand import for_pages


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


SPANS = [*((m, m + 1) for m in range(12)), *((q, q + 3) for q in range(0, 12, 3)), (0, 12)]
TWELVE = np.array(list(product([0, 1], repeat=12)), dtype=float)  # every set of months


def solved(told):
    """Return the sets of months of which the sum follows from what is told of spans of months."""
    lines = np.array([[a <= m < b for m in range(12)] for a, b in told], dtype=float)
    if not len(told):
        return TWELVE[:1]
    onto = np.linalg.pinv(lines) @ lines  # what lies in the space of the lines stays where it is
    return TWELVE[np.abs(TWELVE @ onto - TWELVE).max(axis=1) < 1e-6]


def test_nothing_of_fewer_than_ten_texts_can_be_solved_for():
    """The attack: all that is told, as equations; for every set of months of fewer than ten."""
    rng, told_years = np.random.default_rng(5), 0
    for _ in range(500):
        counts = rng.choice([0, 2, 4, 6, 9, 11, 15, 30], 12)
        months = [cell(month, count, count) for month, count in enumerate(counts)]
        told = [span for span in SPANS if tellable(months[slice(*span)])]
        told_years += (0, 12) in told
        sums = solved(told) @ counts
        assert not ((sums > 0) & (sums < 10)).any(), counts
    assert told_years > 100  # and it is not by silence


def test_nothing_of_fewer_than_five_people_can_be_solved_for():
    """The same of months that a few write full: twelve texts may be of two people."""
    rng, told_years = np.random.default_rng(6), 0
    for _ in range(300):
        counts = rng.choice([0, 12, 15, 30], 12)
        heads = np.minimum(rng.choice([1, 2, 4, 9, 12], 12), counts)
        months = [cell(month, *each) for month, each in enumerate(zip(counts, heads, strict=True))]
        told = [span for span in SPANS if tellable(months[slice(*span)])]
        told_years += (0, 12) in told
        people = solved(told) @ heads  # here nobody writes in two months
        assert not ((people > 0) & (people < 5)).any(), (counts, heads)
    assert told_years > 50


def cell(month, texts, writers):
    return Cell(
        int(texts), int(texts), frozenset(f"{month}-{number}" for number in range(int(writers)))
    )


def test_whoever_writes_in_two_months_is_one():
    same = [
        Cell(12, 12, frozenset("abcdefgh")),
        Cell(6, 6, frozenset("ab")),
        Cell(6, 6, frozenset("abcd")),
    ]

    assert not tellable(same)  # the quarter less April is of four people
    assert tellable([*same[:2], Cell(6, 6, frozenset("abcde"))])


def windows():
    """Every kind of period that somebody can ask for, round the year of the box."""
    days = pd.date_range("2025-04-20", "2025-06-10").strftime("%Y-%m-%d")
    weeks = [f"2025-W{week:02}" for week in range(14, 27)]
    pairs = [("2025-04-01", day) for day in days] + [(day, "2025-06-30") for day in days]
    rolling = [(f"2025-{m:02}-01", f"2025-{m + 1:02}-28") for m in range(1, 9)]
    return [*weeks, *pairs, *rolling, ("2025-02-01", "2025-05-31"), "2025-03", "2025-Q2", "2025",
            ("2025-02-01", "2025-04-30"), ("2025-03-01", "2025-08-31")]  # fmt: skip


def test_no_two_windows_differ_by_a_few_texts():
    """The attack over days: what is told of any two periods, the one taken off the other."""
    table = pd.concat([box((5, "charge", 30, 10)), box((4, "charge", 12, 3)),
                       box((6, "charge", 11, 0))])  # fmt: skip
    spread = [pd.Timestamp(ts) + pd.Timedelta(days=n % 18) for n, ts in enumerate(table["ts"])]
    table["ts"] = [f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in spread]
    data = kl.open({"texts": table}, as_of="2025-12-31", timezone="Europe/Paris")
    rows = data.over("feedback_themes", windows())
    shown = rows[rows["status"].eq("ok")]
    days = pd.DatetimeIndex(spread).tz_localize(None).floor("D")
    inside = np.array([(days >= row.period_start) & (days <= row.period_end)
                       for row in shown.itertuples()])  # fmt: skip
    for one, other in product(inside, repeat=2):
        assert not 0 < (one & ~other).sum() < 10

    whole = {"2025-04-01..2025-04-30", "2025-06-01..2025-06-30", "2025-Q2", "2025"}
    assert set(shown["period"]) == whole  # March had none
    closed = rows[rows["status"].eq("suppressed")]
    assert len(closed) > 100 and closed["value"].isna().all()
    assert closed["reason"].str.startswith("Hidden: what employees write is told by months").all()


def test_months_of_the_fiscal_year_are_told_and_its_year_is_not():
    """April to March less the calendar's year is a quarter that may be of few."""
    table = box((5, "charge", 30, 10))
    data = kl.open({"texts": table}, as_of="2025-12-31", timezone="Europe/Paris")
    status = {
        each: data.evaluate("feedback_themes", Period.parse(each, fiscal=4))["status"].tolist()
        for each in ("2025-05", "FY2026-Q1", "FY2026")
    }

    assert status == {"2025-05": ["ok"], "FY2026-Q1": ["ok"], "FY2026": ["suppressed"]}


@pytest.mark.parametrize("period", ["2025-W20", "2025-Q2", "2025", ("2025-05-01", "2025-05-30")])
def test_terms_of_staff_are_told_of_single_months(period):
    table = box((5, "charge", 20, 10)).assign(body="Le planning change encore", themes=None)
    table.loc[table["sentiment"] == "positive", "body"] = "Merci beaucoup"
    data = kl.open({"texts": table}, as_of="2025-12-31", timezone="Europe/Paris")
    month = data.digest("2025-05", of="employees")

    assert "term" in set(month["kind"])
    assert "term" not in set(data.digest(period, of="employees")["kind"])


def test_terms_of_staff_are_of_five_people():
    table = box((5, "charge", 20, 10)).assign(body="Le planning change encore", themes=None)
    table.loc[table["sentiment"] == "positive", "body"] = "Merci beaucoup"
    table["author_key"] = [f"p{number % 4}" for number in range(len(table))]
    data = kl.open({"texts": table}, as_of="2025-12-31", timezone="Europe/Paris")

    assert data.digest("2025-05", of="employees").empty


def test_texts_of_which_few_have_a_sentiment_are_not_told():
    """None of three is negative: the interval of 0 of 3, 0 to 1.68, would give the three away."""
    table = box((5, "charge", 0, 12))
    table.loc[3:, "sentiment"] = None

    assert list(figures(table, "2025-05")["status"]) == ["suppressed"]
    assert not tellable([Cell(12, 3, frozenset("abcdefghijkl"))])


@pytest.mark.parametrize("late", ["negative", "positive"])
def test_a_month_published_twice_does_not_tell_what_a_late_text_said(late):
    """13 of 18 blame; one text more, of either tone: every figure in print is as it was."""
    first = box((5, "charge", 13, 5))
    more = box((5, "charge", 14, 5) if late == "negative" else (5, "charge", 13, 6))
    seen = []
    for table in (first, more):
        data = for_pages(kl.open({"texts": table}, as_of="2025-12-31", timezone="Europe/Paris"))
        told = data.digest("2025-05", of="employees").drop(
            columns=["labelled", "macro_f1", "limit"]
        )
        row = data.evaluate("feedback_themes", "2025-05").drop(columns="details")
        seen.append((told.to_csv(), row.to_csv()))

    assert seen[0] == seen[1]


@pytest.mark.parametrize(("fewest", "status"), [(5, "ok"), (13, "suppressed")])
def test_a_company_may_ask_for_more_writers(fewest, status):
    table = box((5, "charge", 12, 0))
    settings = Settings(privacy={"minimum_group": fewest})
    company = kl.open({"texts": table}, as_of="2025-12-31", timezone="Europe/Paris")
    company.settings = settings

    assert list(company.evaluate("feedback_themes", "2025-05")["status"]) == [status]


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
