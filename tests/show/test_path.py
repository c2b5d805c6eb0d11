"""A key result on its path: what is drawn and said, and what a target's frame holds."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from matplotlib import pyplot as plt

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.errors import ParameterError
from kpilib.language import speak
from kpilib.objectives.goal import goals
from kpilib.objectives.written import Plan
from kpilib.period import Period
from kpilib.show.verdicts import asked

DAYS = pd.date_range("2026-01-01", periods=4, freq="MS", tz="UTC")
# 10, 20, 30 and 40 sessions from January to April.
SESSIONS = pd.DataFrame(
    {
        "session_id": f"s{month}-{number}", "started_at": day, "engaged_s": 20.0, "pageviews": 1,
        "key_events": 0,
    }
    for month, day in enumerate(DAYS, start=1)
    for number in range(10 * month)
)  # fmt: skip
DATA = kl.open({"sessions": SESSIONS}, as_of="2026-04-30", timezone="UTC")
APRIL = Period.parse("2026-04")


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def sessions():
    return DATA.series("sessions", "2026-04", periods=4)


def target(past=13, **written):
    """What a key result on sessions asks for, from February to June."""
    plan = Plan.model_validate(
        {
            "objectives": [
                {
                    "id": "seen", "kind": "okr", "type": "visibility", "statement": "Be seen",
                    "start": date(2026, 2, 1), "end": date(2026, 6, 30),
                    "key_results": [{"id": "kr", "kpi": "sessions", "unit": "count", **written}],
                }
            ]
        }
    )  # fmt: skip
    return asked(goals(plan, "EUR")[0], APRIL, past)


ALL = {"mode": "count", "target": 150}
LEVEL = {"mode": "maintain", "target": 25}
WAY = {"mode": "from_to", "baseline": 10, "baseline_period": "2026-01", "target": 60}


def drawn(ax):
    return [[float(y) for y in line.get_ydata()] for line in ax.lines if len(line.get_ydata()) > 2]


class TestTarget:
    def test_it_goes_up_to_the_end_with_the_last_target_in_columns(self):
        frame = target(**ALL)

        assert list(frame["period_start"].dt.month) == [2, 3, 4, 5, 6]
        assert frame["target"].eq(150).all() and frame["due"].eq(pd.Timestamp("2026-06-30")).all()
        assert frame["kind"].eq("running_total").all()
        assert frame["since"].eq(pd.Timestamp("2026-02-01")).all()
        assert frame["value"].iloc[-1] == 150
        assert frame["value"].iloc[1] == 59  # 59 of 150 days: 59 of 150 sessions

    def test_a_level_and_a_path_count_from_no_day(self):
        assert target(**LEVEL)["since"].isna().all()
        assert list(target(**LEVEL)["value"]) == [25] * 5
        assert target(**WAY)["kind"].eq("path").all()


class TestPath:
    def test_a_total_is_added_up_from_the_first_day_of_its_key_result(self, sessions):
        ax = kl.plot.path(sessions, target(**ALL))

        assert [20, 50, 90] in drawn(ax)  # February to April; January does not count
        title = " ".join(ax.get_title(loc="left").split())
        assert title == "Sessions: 90 since 1 Feb, the path asks for 89 by 30 Apr"

    def test_totals_are_not_added_up_again(self, sessions):
        spans = [("2026-02-01", f"2026-{month:02d}-{day}") for month, day in ((2, 28), (3, 31))]
        running = pd.concat([DATA.evaluate("sessions", span) for span in spans])
        ax = kl.plot.path(running, target(**ALL))

        assert "50 since 1 Feb" in " ".join(ax.get_title(loc="left").split())

    def test_a_month_without_figure_leaves_the_total_unknown(self, sessions):
        rows = sessions.assign(value=sessions["value"].where(sessions["period"] != "2026-03"))
        ax = kl.plot.path(rows, target(**ALL))

        assert not any(90 in line for line in drawn(ax))
        assert " ".join(ax.get_title(loc="left").split()) == (
            "Sessions: n/a: a period that it adds up has no figure"
        )

    def test_months_stand_on_a_path_and_some_before_it(self, sessions):
        ax = kl.plot.path(sessions, target(**WAY))

        assert [10, 20, 30, 40] in drawn(ax)
        assert ax.get_xticklabels()[-1].get_text() == "Jun"

    def test_a_level_has_a_target_and_no_path(self, sessions):
        title = kl.plot.path(sessions, target(**LEVEL)).get_title(loc="left")

        assert title == "Sessions: 40, target 25"

    def test_it_speaks_french(self, sessions):
        speak("fr"), write_for("fr")
        try:
            title = " ".join(kl.plot.path(sessions, target(**ALL)).get_title(loc="left").split())
        finally:
            speak("en"), write_for("en")

        assert "90 depuis le" in title and "la trajectoire demande 89" in title

    def test_without_target_it_is_a_trend(self, sessions):
        assert kl.plot.path(sessions).get_title(loc="left") == "Sessions: 40"

    def test_several_kpis_and_strange_targets_are_refused(self, sessions):
        two = pd.concat([sessions, sessions.assign(kpi="visitors")])
        with pytest.raises(ParameterError, match="path draws one KPI"):
            kl.plot.path(two, target(**ALL))
        with pytest.raises(ParameterError, match=r"lacks .*due"):
            kl.plot.path(sessions, sessions)


def test_a_total_is_said_beside_a_trend_and_not_drawn_on_it(sessions):
    from kpilib.show.figure import picture

    ax = kl.plot.trend(sessions, target=target(**ALL))

    assert ax.get_ylim()[1] < 150
    assert "Target: 150 in all, from 1 February 2026 to 30 June 2026." in picture(ax.figure)
