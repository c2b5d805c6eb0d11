"""Figures of goals month by month, and the tables that are made of them."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import kpilib as kl
from kpilib.methods.attainment import expected
from kpilib.objectives.diary import checkins
from kpilib.objectives.goal import goals
from kpilib.objectives.goal_rows import monthly_rows
from kpilib.objectives.okr_answers import as_tables
from kpilib.period import Period
from tests.goals import goal, plan
from tests.worked import rows

# January 2, February 3 and March 4 visits; by e-mail 1 in January and 2 in March.
VISITS = (
    [("2026-01-10", "email"), ("2026-01-20", "direct")]
    + [("2026-02-10", "direct")] * 3
    + [("2026-03-10", "email")] * 2 + [("2026-03-20", "direct")] * 2
)  # fmt: skip
VISITED = {"kpi": "sessions", "unit": "count", "baseline": 2, "target": 10}


@pytest.fixture
def company():
    visits = rows("started_at channel", *VISITS)
    visits["visitor_id"] = visits.index.astype(str)
    return kl.open({"sessions": visits}, as_of="2026-03-31")


def steering_frames(company, plan, months):
    asked, every = [Period.parse(month) for month in months], goals(plan, "EUR")
    rows = monthly_rows(company, every, asked[-1], len(asked), asked)
    said = checkins(company.folder, plan, "EUR")
    return as_tables(plan, every, rows, asked, company.as_of, said)


def values(found):
    return [row["value"] if row["status"] == "ok" else row["status"] for row in found]


class TestMonthlyRows:
    def test_a_figure_a_month(self, company):
        found = monthly_rows(company, [goal(**VISITED)], "2026-03", 3)["kr"]

        assert values(found) == [2, 3, 4]
        assert [row["period"] for row in found] == ["2026-01", "2026-02", "2026-03"]

    def test_of_its_own_group(self, company):
        mine = goal(**VISITED, by="channel", group="email")
        found = monthly_rows(company, [mine], "2026-03", 3)["kr"]

        assert [row["value"] if row["value"] == row["value"] else None for row in found][::2] == [
            1, 2,
        ]  # fmt: skip
        assert found[1]["status"] == "no_data" or found[1]["value"] == 0
        assert found[0]["channel"] == found[1]["channel"] == "email"

    def test_a_group_that_is_not_there_has_no_data(self, company):
        mine = goal(**VISITED, by="channel", group="fax")
        found = monthly_rows(company, [mine], "2026-03", 2)["kr"]

        assert values(found) == ["no_data", "no_data"]
        assert found[0]["reason"]

    def test_a_missing_table_is_said_for_every_group(self, company):
        mine = goal(kpi="revenue", unit="EUR", by="customer_kind", group="RH", baseline=0)
        (row,) = monthly_rows(company, [mine], "2026-03", 1)["kr"]

        assert (row["status"], row["customer_kind"]) == ("missing_table", "RH")

    def test_a_count_grows_from_its_first_day(self, company):
        """From 15 January: 1, then 1 + 3; and nothing after 10 March: 1 + 3 + 2."""
        mine = goal(kpi="sessions", unit="count", mode="count", baseline=None, target=20,
                    start="2026-01-15", end="2026-03-15")  # fmt: skip
        found = monthly_rows(company, [mine], "2026-04", 5)["kr"]

        assert values(found) == ["no_data", 1, 4, 6, 6]
        assert found[0]["reason"] == "The key result had not started."

    def test_a_milestone_has_no_figure(self, company):
        mine = goal(mode="binary", kpi="", unit="", baseline=None, target=None)
        (row,) = monthly_rows(company, [mine], "2026-03", 1)["kr"]

        assert (row["status"], row["reason"]) == ("no_data", "No KPI measures this key result.")

    def test_a_score_of_objectives_is_no_goal_of_one(self, company):
        (row,) = monthly_rows(company, [goal(kpi="kr_score", unit="grade")], "2026-03", 1)["kr"]

        assert row["status"] == "no_data"

    def test_one_pass_a_breakdown(self, company, monkeypatch):
        passes = []
        monkeypatch.setattr(
            company, "over", lambda kpis, *given, **more: passes.append(kpis) or pd.DataFrame()
        )
        names = ["sessions", "page_views", "bounce_rate"]
        units = {"bounce_rate": "fraction"}
        every = [goal(id=name, kpi=name, unit=units.get(name, "count")) for name in names]
        monthly_rows(company, every, "2026-03", 12, [Period.parse("2026-03")])

        # and one more for the intervals of those that are drawn again, in judged months
        assert passes == [names, ["sessions", "page_views"]]

    def test_intervals_that_resample_are_there_for_the_months_that_are_judged(self):
        """The time of a visit has a bootstrap interval: only where it may prove a failure."""
        days = [f"2026-0{month}-{day:02d}" for month in (1, 2, 3) for day in range(1, 21)] * 2
        table = rows(
            "started_at visitor_id duration_s",
            *((day, f"v{i}", float(i % 7 * 30)) for i, day in enumerate(days)),
        )
        data = kl.open({"sessions": table}, as_of="2026-03-31")
        mine = goal(kpi="avg_session_duration", unit="s", baseline=60, target=120)
        found = monthly_rows(data, [mine], "2026-03", 3, [Period.parse("2026-03")])["kr"]

        assert [row["ci_low"] == row["ci_low"] for row in found] == [False, False, True]


class TestFrames:
    def test_o62_one_table_each(self, company):
        """Three months of 2, 3 and 4 visits, from 2 to 10: 0, 1/8 and 2/8."""
        frames = steering_frames(company, plan({"id": "kr", "mode": "from_to", **VISITED}),
                                 ["2026-01", "2026-02", "2026-03"])  # fmt: skip
        found = kl.open(frames, as_of="2026-03-31").series("kr_score", "2026-03", months=3)

        assert sorted(frames) == ["checkins", "key_results", "objectives"]
        assert found["value"].tolist() == [0, 0.125, 0.25]

    def test_checkins_are_month_ends_inside_the_goal(self, company):
        """Begun in February, ended on 20 March: none in January, the last on 20 March."""
        mine = {"id": "kr", "mode": "from_to", **VISITED}
        frames = steering_frames(
            company,
            plan(mine | {"start": "2026-02-10", "end": "2026-03-20"}),
            ["2026-01", "2026-02", "2026-03", "2026-04"],
        )

        assert [day.date() for day in frames["checkins"]["date"]] == [
            date(2026, 2, 28), date(2026, 3, 20),
        ]  # fmt: skip

    def test_data_that_stops_inside_a_month_is_provisional(self):
        many = [(day,) for day in ("2026-02-10", "2026-03-10") for _ in range(40)]
        data = kl.open({"sessions": rows("started_at", *many)}, as_of="2026-03-20")
        checkins = steering_frames(
            data, plan({"id": "kr", "mode": "from_to", **VISITED}), ["2026-02", "2026-03"]
        )["checkins"]

        assert checkins["is_provisional"].tolist() == [False, True]
        assert checkins["date"].iloc[1].date() == date(2026, 3, 20)
        assert checkins["expected"].iloc[1] == expected(
            2, 10, date(2026, 1, 1), date(2026, 12, 31), date(2026, 3, 20)
        )

    def test_the_interval_of_a_figure_goes_with_it(self, company):
        checkin = steering_frames(
            company, plan({"id": "kr", "mode": "from_to", **VISITED}), ["2026-03"]
        )["checkins"].iloc[0]
        row = company.evaluate("sessions", "2026-03").iloc[0]

        assert (checkin["value_low"], checkin["value_high"]) == (row["ci_low"], row["ci_high"])

    def test_the_target_in_force_then(self, company):
        revised = {"date": "2026-03-01", "was": 6, "why": "Too easy"}
        written = plan({"id": "kr", "mode": "from_to", **VISITED, "revisions": [revised]})
        then, now = (
            steering_frames(company, written, [month])["key_results"].loc[0, "target"]
            for month in ("2026-02", "2026-03")
        )

        assert (then, now) == (6, 10)

    def test_what_is_written_is_kept(self, company):
        written = plan(
            {"id": "kr", "mode": "from_to", **VISITED, "by": "channel", "group": "email",
             "weight": 2, "thresholds": "stretch"}, parent="company", kind="okr",
        )  # fmt: skip
        frames = steering_frames(company, written, ["2026-03"])
        (mine,) = goals(written, "EUR")
        key_result, objective = frames["key_results"].loc[0], frames["objectives"].loc[0]

        assert key_result["slice"] == "channel=email" and key_result["kpi_id"] == "sessions"
        assert key_result["weight"] == mine.weight == 2
        assert key_result["thresholds"] == "0.7; 0.5; 0.3"
        assert (objective["objective_id"], objective["parent_id"]) == ("growth", "company")

    def test_a_plan_without_objectives_makes_empty_tables(self, company):
        frames = steering_frames(company, type(plan())(), ["2026-03"])

        assert [len(frame) for frame in frames.values()] == [0, 0, 0]
