"""Shares of a whole: divided once, printed so that they add up, refused where they are no parts."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.errors import ParameterError
from kpilib.show.chart import kept_of
from kpilib.show.in_parts import parted
from kpilib.show.sentences import group_apart, group_moved


def frame(counts, unit="count", base=None, by="channel"):
    """One row a period and group, as the engine gives them: {"2026-09": {"email": 1, ...}, ...}."""
    return pd.DataFrame(
        {
            "kpi": "channel_sessions",
            "label": "Sessions by channel",
            "period": period,
            "period_start": pd.Timestamp(period),
            "period_end": pd.Timestamp(period) + pd.offsets.MonthBegin(),
            by: group,
            "value": value,
            "denominator": base,
            "unit": unit,
            "status": "ok",
            "flags": [],
        }
        for period, groups in counts.items()
        for group, value in groups.items()
    )


THIRDS = {"2026-09": {"email": 4, "direct": 8}, "2026-10": {"email": 2, "direct": 1}}


def heights(ax):
    """Heights of the parts, from the floor up, period by period."""
    return [[bar.get_height() for bar in each] for each in ax.containers]


def percents(ax):
    texts = [text.get_text() for text in ax.texts]
    return [float(each.rstrip("% \u00a0")) for each in texts if each.endswith("%")]


@pytest.fixture(autouse=True)
def _english():
    yield
    write_for("en")


class TestOverTime:
    def test_each_period_is_the_whole(self):
        direct, email, *_ = heights(kl.plot.shares(frame(THIRDS)))

        assert [round(each, 4) for each in direct] == [0.6667, 0.3333]
        assert [round(each, 4) for each in email] == [0.3333, 0.6667]

    def test_the_title_names_the_part_that_moved_most(self):
        title = kl.plot.shares(frame(THIRDS)).get_title(loc="left").replace("\n", " ")

        assert title.startswith("Sessions by channel: Direct 33.3")
        assert title.endswith("in September 2026") and "against 66.7" in title

    def test_in_french(self):
        write_for("fr")
        title = kl.plot.shares(frame(THIRDS)).get_title(loc="left").replace("\n", " ")

        assert title.endswith("en septembre 2026") and "contre 66,7" in title

    def test_a_period_without_figures_is_no_period_of_zero(self):
        rows = frame({"2026-08": {"email": None, "direct": None}} | THIRDS)
        parts = parted(rows, "channel")

        assert parts.shares.loc["2026-08"].isna().all()
        assert "n/a" in [text.get_text() for text in kl.plot.shares(rows).texts]

    def test_before_the_records_no_part_is_none(self):
        """The engine gives such a period one row, of no group."""
        ax = kl.plot.shares(frame({"2026-08": {None: None}} | THIRDS))
        (kept,) = kept_of(ax.figure).values()
        assert set(kept.told.iloc[0, 1:]) <= {"n/a", ""}


class TestWhatIsPrinted:
    def test_three_thirds_add_up_to_a_hundred(self):
        found = percents(kl.plot.shares(frame({"2026-10": dict.fromkeys("abc", 7)})))
        assert sorted(found) == [33.3, 33.3, 33.4]

    def test_small_groups_are_one_part(self):
        groups = {name: size for size, name in enumerate("abcdefgh", start=1)}
        parts = parted(frame({"2026-10": groups}), "channel")

        assert list(parts.figures.loc["2026-10"]) == [8, 7, 6, 5, 4, 1 + 2 + 3]
        assert list(parts.figures)[-1] == "3 others"
        assert round(parts.printed.loc["2026-10"].sum(), 6) == 100

    def test_a_part_too_small_to_print(self):
        parts = parted(frame({"2026-10": {"email": 9_999, "direct": 1}}), "channel")
        assert parts.text("2026-10", "Direct").startswith("under 0.1")


class TestSharesAlready:
    SHARES = {"2026-10": {"high": 0.5, "moderate": 0.3, "low": 0.2}}

    def test_they_are_not_divided_again_and_keep_their_order(self):
        parts = parted(frame(self.SHARES, "rate", base=10, by="segment"), "segment")

        assert list(parts.shares.loc["2026-10"]) == [0.5, 0.3, 0.2]
        assert [parts.figure("2026-10", each) for each in parts.shares] == ["5", "3", "2"]

    def test_rates_of_groups_are_no_parts(self):
        rows = frame(self.SHARES, "rate", by="segment").assign(denominator=[10, 20, 30])
        with pytest.raises(ParameterError, match="no parts"):
            kl.plot.shares(rows)


def test_below_zero_is_no_part():
    with pytest.raises(ParameterError, match="below zero: -1"):
        kl.plot.shares(frame({"2026-10": {"email": -1, "direct": 3}}))


def test_hidden_groups_are_said_and_have_no_share():
    rows = frame({"2026-10": {"email": 5, "direct": 5, "referral": 90}})
    rows.loc[2, "status"] = "suppressed"

    ax = kl.plot.shares(rows)
    assert percents(ax) == [50.0, 50.0]
    assert "n/a" in [text.get_text() for text in ax.texts]


def test_nothing_known_says_why():
    rows = frame({"2026-10": {"email": None}}).assign(status="missing_table", reason="sessions")
    assert "No figure" in kl.plot.shares(rows).get_title(loc="left")


def test_the_reason_is_that_of_the_period_asked_for():
    rows = frame({"2026-09": {"email": None}, "2026-10": {"email": None}})
    rows = rows.assign(status=["no_data", "missing_column"], reason=["", "Missing column: a.b."])

    assert "missing column:\na.b" in kl.plot.shares(rows).texts[0].get_text()


def test_shares_of_an_earlier_period_bear_its_name():
    """October has no figure: September's is no news of October."""
    ended = {"2026-10": {"email": None, "direct": None}}
    title = kl.plot.shares(frame({"2026-08": {"email": 2, "direct": 2}, **THIRDS, **ended}))
    moved = frame({"2026-08": {"email": 3, "direct": 3}, "2026-09": {"email": 1, "direct": 3}})
    lines = frame({"2026-08": {"email": 3}, "2026-09": {"email": 1}, "2026-10": {"email": None}})

    said = " ".join(title.get_title(loc="left").split())
    assert "Direct 66.7 % (September 2026), against" in said
    assert "(September" not in kl.plot.shares(moved).get_title(loc="left")
    assert group_moved(lines, "channel").endswith(
        "E-mail 1 (September 2026), against 3 in August 2026"
    )


def test_the_dearest_group_is_no_first_one():
    rows = frame({"2026-10": {"email": 2.0, "direct": 9.0}}, unit="EUR")
    rows = rows.assign(few=False, rank=rows["value"])

    assert group_apart(rows.assign(better="lower"), "channel", None) == (
        "Sessions by channel: highest for Direct, €9"
    )
    assert "comes first" in group_apart(rows.assign(better="higher"), "channel", None)


def test_of_figures_whose_bounds_are_known_it_is_not_said_that_there_is_none():
    rows = frame({"2026-10": {"email": None}}).assign(status="not_additive", unit="rate")
    ax = kl.plot.shares(rows.assign(ci_low=0.0, ci_high=0.01))

    assert ax.get_title(loc="left") == "Only between which bounds it lies can be told"
    assert "between 0" in ax.texts[0].get_text()


def test_a_line_that_ended_is_named_with_its_month_and_in_the_title():
    """Of a network that was given up, the line had no name, and the title named another."""
    counts = {"2026-08": {"a": 90, "b": 50}, "2026-09": {"a": 91, "b": 52}, "2026-10": {"b": 60}}
    lines = frame(counts | {"2026-10": {"a": None, "b": 60}})
    lines.loc[lines["value"].isna(), "status"] = "no_data"
    ax = kl.plot.lines(lines)
    named = [text.get_text() for text in ax.texts]

    assert any("(September 2026)" in each.replace("\n", " ") for each in named)
    assert group_moved(lines, "channel") == "Sessions by channel: a, no figure since October 2026"
    assert "no figure" not in group_moved(frame(counts), "channel")  # no row of a count is none
