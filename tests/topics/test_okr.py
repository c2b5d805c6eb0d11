"""The KPIs of objectives: oracles O-61, O-62 and O-64, and cases worked out by hand."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.errors import ContractError
from tests.worked import exactly, groups, interval, near, one, rows, value

MONTH = "2026-06"
YEAR = ("2026-01-01", "2026-12-31")


def plan(*key_results: tuple, **columns: object):
    """Key results: id, objective, mode, baseline, target; further columns alike for all."""
    table = rows("kr_id objective_id mode baseline target", *key_results)
    return table.astype({"baseline": float, "target": float}).assign(**columns)


def said(*checkins: tuple, columns: str = "kr_id date value"):
    return rows(columns, *checkins)


def single(value_: float, baseline: float, target: float, mode: str = "from_to", **columns):
    """One key result with one check-in on the last day of June."""
    return {
        "key_results": plan(("kr", "o", mode, baseline, target), **columns),
        "checkins": said(("kr", "2026-06-30", float(value_))),
    }


class TestKeyResultScore:
    @pytest.mark.parametrize(
        ("now", "score", "raw"), [(28, 0.6, 0.6), (45, 0, -0.25), (15, 1, 1.25), (40, 0, 0)]
    )
    def test_o62_a_bounce_rate_from_40_to_20(self, now, score, raw):
        """(28 - 40) / (20 - 40) = 0.6; target / value would be 0.714."""
        row = one(single(now, 40, 20), "kr_score", MONTH)

        assert row["value"] == exactly(score)
        assert row["details"]["attainment"] == exactly(raw)

    @pytest.mark.parametrize(
        ("now", "baseline", "target", "score"), [(3.5, 2, 5, 0.5), (89, 85, 90, 0.8)]
    )
    def test_o62_engagement_and_satisfaction(self, now, baseline, target, score):
        assert value(single(now, baseline, target), "kr_score", MONTH) == exactly(score)

    def test_o62_maintain_is_the_share_of_checkins_that_hold(self):
        """10.2, 9.8, 10.0 against at least 10: two of three."""
        days = ("2026-04-30", "2026-05-31", "2026-06-30")
        tables = {
            "key_results": plan(("ctr", "o", "maintain", 10, 10), direction="higher"),
            "checkins": said(*zip(["ctr"] * 3, days, (10.2, 9.8, 10.0), strict=True)),
        }
        row = one(tables, "kr_score", MONTH)

        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(2 / 3), 2, 3)
        assert value(tables, "kr_score", "2026-05") == exactly(1 / 2)  # 10.2 and 9.8 so far

    def test_o61_target_equal_to_baseline_is_a_level_to_hold(self):
        assert value(single(9.0, 10, 10), "kr_score", MONTH) == 0
        assert value(single(10.0, 10, 10), "kr_score", MONTH) == 1
        assert value(single(9.0, 10, 10, direction="lower"), "kr_score", MONTH) == 1

    def test_the_interval_goes_through_the_formula(self):
        """From 40 to 20, value 28 in [24, 44]: 16/20 = 0.8 and -4/20, clipped to 0."""
        tables = single(28, 40, 20)
        tables["checkins"] = tables["checkins"].assign(value_low=24.0, value_high=44.0)

        assert interval(one(tables, "kr_score", MONTH)) == near(0.0, 0.8)
        assert interval(one(tables, "goal_attainment", MONTH)) == near(-0.2, 0.8)

    def test_the_last_checkin_inside_or_before_the_period_counts(self):
        tables = {
            "key_results": plan(("kr", "o", "from_to", 0, 10)),
            "checkins": said(("kr", "2026-07-02", 9.0), ("kr", "2026-04-30", 2.0)),
        }
        found = kl.open(tables).series("kr_score", "2026-07", months=4)

        assert found["value"].tolist() == [0.2, 0.2, 0.2, 0.9]
        assert one(tables, "kr_score", "2026-03")["status"] == "no_data"

    def test_notes_and_revisions_measure_nothing(self):
        tables = single(4, 0, 10)
        kinds = [("kr", "2026-06-30", 9.0, "note"), ("kr", "2026-06-29", 8.0, "revision")]
        more = said(*kinds, ("kr", "2026-06-28", 4.0, "checkin"), columns="kr_id date value kind")

        assert value(tables | {"checkins": more}, "kr_score", MONTH) == exactly(0.4)

    def test_without_a_baseline_nobody_knows_where_it_started(self):
        tables = single(4, 0, 10)
        tables["key_results"] = tables["key_results"].drop(columns="baseline")
        row = one(tables, "kr_score", MONTH)

        assert (row["status"], row["reason"]) == (
            "no_data", "The key result has no baseline: nobody knows where it started.",
        )  # fmt: skip

    def test_a_count_starts_at_nothing(self):
        """30 of 40 leads."""
        tables = single(30, 0, 40, mode="count")
        tables["key_results"] = tables["key_results"].drop(columns="baseline")

        assert value(tables, "kr_score", MONTH) == exactly(0.75)

    def test_several_key_results_do_not_make_one(self):
        tables = single(4, 0, 10)
        tables["key_results"] = plan(("kr", "o", "from_to", 0, 10), ("kr2", "o", "from_to", 0, 10))

        assert one(tables, "kr_score", MONTH, by="objective_id")["status"] == "not_additive"


class TestGoalAttainment:
    def test_o62_is_not_clipped(self):
        """Bounce 40 to 20: 45 is -25 %, 15 is 125 %."""
        assert value(single(45, 40, 20), "goal_attainment", MONTH) == exactly(-0.25)
        assert value(single(15, 40, 20), "goal_attainment", MONTH) == exactly(1.25)


class TestPace:
    DATES = dict(zip(("start", "end"), YEAR, strict=True))

    def test_score_over_days_elapsed(self):
        """Half way on 30 June, day 181 of 365: 0.5 / 0.495890 = 1.008287."""
        row = one(single(5, 0, 10, **self.DATES), "kr_pace", MONTH)

        assert row["value"] == exactly(0.5 / (181 / 365))
        assert row["details"]["expected_value"] == exactly(10 * 181 / 365)

    def test_o61_compound_growth_is_held_against_the_compounded_path(self):
        """2.0 % + 10 % each month: 2.662 % after three. On day 31 of 90 the path asks for
        0.02 x 1.331 ** (31/90) = 2.207001 %, 31.2690 % of the way; 2.2 % is 30.2115 % of the way,
        0.966181 of that. A straight path would ask for 34.44 %."""
        tables = {
            "key_results": plan(
                ("kr", "o", "per_period_compound", 0.02, 0.02662),
                start="2026-01-01", end="2026-03-31",
            ),
            "checkins": said(("kr", "2026-01-31", 0.022)),
        }  # fmt: skip
        row = one(tables, "kr_pace", "2026-01")

        assert row["details"]["expected_value"] == pytest.approx(0.02207001, abs=5e-9)
        assert row["value"] == pytest.approx(0.966181, abs=5e-7)

    def test_a_path_of_its_own(self):
        """By 30 June the path asks for 2 of 10: 4 is twice that."""
        tables = single(4, 0, 10, **self.DATES)
        tables["checkins"] = tables["checkins"].assign(expected=2.0)

        assert value(tables, "kr_pace", MONTH) == exactly(2.0)

    def test_before_its_first_day_there_is_none(self):
        row = one(single(4, 0, 10, start="2026-07-01", end="2026-12-31"), "kr_pace", MONTH)

        assert (row["status"], row["reason"]) == ("no_data", "The key result had not started.")

    def test_without_dates_there_is_none(self):
        row = one(single(4, 0, 10), "kr_pace", MONTH)

        assert row["status"] == "no_data" and "no dates" in row["reason"]

    def test_the_days_of_the_objective_count_for_its_key_results(self):
        tables = single(5, 0, 10)
        tables["objectives"] = rows("objective_id start end", ("o", *YEAR))

        assert value(tables, "kr_pace", MONTH) == exactly(0.5 / (181 / 365))


class TestObjectiveScore:
    O62 = {
        "key_results": plan(
            ("a", "o", "from_to", 0, 10), ("b", "o", "from_to", 0, 10), ("c", "o", "from_to", 0, 10)
        ),
        "checkins": said(
            ("a", "2026-06-30", 6.0), ("b", "2026-06-30", 10.0), ("c", "2026-06-30", 2.5)
        ),
    }

    def test_o62_mean_of_its_key_results(self):
        """(0.6 + 1 + 0.25) / 3 = 0.616667: amber."""
        row = one(self.O62, "objective_score", MONTH)

        assert row["value"] == exactly(1.85 / 3)
        assert row["details"] == {"key_results": 3, "without_data": 0}
        assert row["flags"] == []

    def test_weights(self):
        """(0.6 x 2 + 1 x 1 + 0.25 x 1) / 4 = 0.6125."""
        tables = dict(self.O62)
        tables["key_results"] = tables["key_results"].assign(weight=[2.0, 1.0, 1.0])

        assert value(tables, "objective_score", MONTH) == exactly(0.6125)

    def test_a_key_result_without_data_is_left_out_and_said(self):
        """(0.6 + 1) / 2: want of data is no 0."""
        row = one(self.O62 | {"checkins": self.O62["checkins"].iloc[:2]}, "objective_score", MONTH)

        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(0.8), 1.6, 2)
        assert (row["details"]["without_data"], row["flags"]) == (1, ["approximate"])

    def test_a_milestone_that_is_not_due_is_left_out(self):
        tables = {
            "key_results": plan(("a", "o", "from_to", 0, 10), ("b", "o", "binary", 0, 1)).assign(
                start="2026-01-01", end="2026-12-31"
            ),
            "checkins": said(("a", "2026-06-30", 6.0), ("b", "2026-06-30", 0.0)),
        }
        row = one(tables, "objective_score", MONTH)

        assert (row["value"], row["details"]["without_data"]) == (exactly(0.6), 1)

    def test_a_parent_that_is_green_says_what_is_red_below_it(self):
        """0.9 stands above 0.5, and that above 0.1: red, two levels down."""
        tables = {
            "key_results": plan(*((n, n, "from_to", 0, 10) for n in "abc")),
            "checkins": said(
                ("a", "2026-06-30", 9.0), ("b", "2026-06-30", 5.0), ("c", "2026-06-30", 1.0)
            ),
            "objectives": rows(
                "objective_id parent_id start end",
                ("a", None, *YEAR), ("b", "a", *YEAR), ("c", "b", *YEAR),
            ),
        }  # fmt: skip
        found = kl.open(tables).evaluate("objective_score", MONTH).set_index("objective_id")

        assert found["details"].str.get("red_below").fillna(0).to_dict() == {"a": 1, "b": 1, "c": 0}

    def test_without_any_data_there_is_no_score(self):
        row = one(self.O62, "objective_score", "2026-05")

        assert (row["status"], row["reason"]) == (
            "no_data", "Nobody has checked in on any key result.",
        )  # fmt: skip

    @pytest.mark.parametrize("kpi", ["objective_score", "okr_binary"])
    def test_o62_five_key_results_are_refused_and_named(self, kpi):
        five = [(name, "grow", "from_to", 0, 10) for name in "abcde"]

        with pytest.raises(ContractError, match=r"'grow' has 5 key results \(a, b, c, d, e\)"):
            kl.open(self.O62 | {"key_results": plan(*five)}).evaluate(kpi, MONTH)

    def test_targets_by_group_are_one_key_result(self):
        """Five channels with targets of their own are one key result; 1.1 to 1.5 are five."""
        channels = [(f"kr.c{i}", "o", "from_to", 0, 10) for i in range(5)]
        sliced = plan(*channels).assign(slice=[f"channel=c{i}" for i in range(5)])
        tables = {"key_results": sliced, "checkins": said(("kr.c1", "2026-06-30", 5.0))}

        assert value(tables, "objective_score", MONTH) == exactly(0.5)  # four without a figure
        with pytest.raises(ContractError):
            kl.open(tables | {"key_results": plan(*channels)}).evaluate("objective_score", MONTH)

    def test_groups_of_the_objectives_table_come_in_one_order(self):
        """A join keeps no order: they are sorted."""
        names = [f"o{number}" for number in range(40)]
        tables = {
            "key_results": plan(*((f"kr{name}", name, "from_to", 0, 10) for name in names)),
            "checkins": said(*((f"kr{name}", "2026-06-30", 5.0) for name in names)),
            "objectives": rows("objective_id kind", *((each, f"kind {each}") for each in names)),
        }
        found = kl.open(tables).evaluate("kr_score", MONTH, by="kind")

        assert found["kind"].tolist() == sorted(f"kind {each}" for each in names)

    def test_each_objective_by_itself(self):
        tables = {
            "key_results": plan(("a", "o", "from_to", 0, 10), ("b", "p", "from_to", 0, 10)),
            "checkins": self.O62["checkins"],
        }

        assert groups(tables, "objective_score", MONTH, "objective_id") == {"o": 0.6, "p": 1.0}


class TestBinary:
    O62 = TestObjectiveScore.O62

    def test_o62_no(self):
        """0.6, 1 and 0.25: one of three is reached."""
        row = one(self.O62, "okr_binary", MONTH)

        assert (row["value"], row["details"]["reached"]) == (0, 1)

    def test_yes_when_all_are_at_or_past_their_targets(self):
        """Downwards too: 19 is past 20."""
        tables = {
            "key_results": plan(("a", "o", "from_to", 0, 10), ("b", "o", "from_to", 40, 20)),
            "checkins": said(("a", "2026-06-30", 10.0), ("b", "2026-06-30", 19.0)),
        }

        assert value(tables, "okr_binary", MONTH) == 1

    def test_before_the_end_date_nobody_can_say(self):
        tables = single(10, 0, 10, start="2026-01-01", end="2026-07-31")
        found = kl.open(tables).series("okr_binary", "2026-07", months=2)

        assert found["status"].tolist() == ["no_data", "ok"]
        assert found["value"].iloc[1] == 1
        assert found["reason"].iloc[0].startswith("The end date is not reached")

    def test_unknown_when_only_what_is_not_known_could_be_missed(self):
        tables = {
            "key_results": plan(("a", "o", "from_to", 0, 10), ("b", "o", "from_to", 0, 10)),
            "checkins": said(("a", "2026-06-30", 10.0)),
        }
        missed = tables | {"checkins": said(("a", "2026-06-30", 9.0))}

        assert one(tables, "okr_binary", MONTH)["status"] == "no_data"
        assert value(missed, "okr_binary", MONTH) == 0


class TestVerdict:
    RANKS = {3: "success", 2: "moderate_success", 1: "moderate_failure", 0: "proven_failure"}

    def judged(self, attained, upper=None, as_of=None, **columns):
        tables = single(attained, 0, 1, **columns)
        if upper is not None:
            tables["checkins"] = tables["checkins"].assign(value_low=0.0, value_high=upper)
        return one(tables, "verdict", MONTH, as_of=as_of)

    @pytest.mark.parametrize(
        ("attained", "rank"),
        [(1.05, 3), (1.00, 3), (0.85, 2), (0.70, 2), (0.55, 1), (0.40, 1)],
    )
    def test_o64_thresholds(self, attained, rank):
        row = self.judged(attained)

        assert (row["value"], row["details"]["verdict"]) == (rank, self.RANKS[rank])

    def test_o64_proven_only_when_the_whole_interval_is_below(self):
        assert self.judged(0.20, upper=0.35)["details"]["verdict"] == "proven_failure"
        assert self.judged(0.20, upper=0.60)["details"]["verdict"] == "moderate_failure"
        assert self.judged(0.20)["details"]["verdict"] == "moderate_failure"  # no interval

    @pytest.mark.parametrize("kpi", ["followers", "email_list_size", "avg_search_position"])
    def test_a_full_count_fails_for_certain_beyond_its_usual_moves(self, kpi):
        """Six months around 0.2 of the way, give or take 0.01: no sampling doubt, no interval."""
        points = (0.20, 0.21, 0.19, 0.20, 0.21, 0.20)
        days = [f"2026-0{month}-28" for month in range(1, 7)]
        tables = single(0.20, 0, 1) | {
            "checkins": said(*(("kr", day, v) for day, v in zip(days, points, strict=True)))
        }
        tables["key_results"] = tables["key_results"].assign(kpi_id=kpi)
        assert one(tables, "verdict", MONTH)["details"]["verdict"] == "proven_failure"

        jumpy = (0.2, 0.6, 0.1, 0.5, 0.7, 0.2)
        tables["checkins"] = said(*(("kr", day, v) for day, v in zip(days, jumpy, strict=True)))
        assert one(tables, "verdict", MONTH)["details"]["verdict"] == "moderate_failure"
        # A rate has a doubt that nobody wrote down: nothing is proven.
        tables["key_results"] = tables["key_results"].assign(kpi_id="bounce_rate")
        tables["checkins"] = said(*(("kr", day, v) for day, v in zip(days, points, strict=True)))
        assert one(tables, "verdict", MONTH)["details"]["verdict"] == "moderate_failure"

    def test_o64_on_a_partial_month_it_is_provisional(self):
        tables = single(0.20, 0, 1)
        early = said(("kr", "2026-06-12", 0.20, 0.0, 0.35),
                     columns="kr_id date value value_low value_high")  # fmt: skip
        row = one(tables | {"checkins": early}, "verdict", MONTH, as_of="2026-06-12")

        assert row["details"]["verdict"] == "moderate_failure"
        assert row["details"]["provisional"] == 1 and "partial" in row["flags"]

    def test_a_provisional_checkin_proves_nothing(self):
        tables = single(0.20, 0, 1)
        tables["checkins"] = tables["checkins"].assign(
            value_low=0.0, value_high=0.35, is_provisional=True
        )
        row = one(tables, "verdict", MONTH)

        assert (row["details"]["verdict"], row["flags"]) == ("moderate_failure", ["approximate"])

    @pytest.mark.parametrize("written", ["0.7; 0.5; 0.3", "[0.7, 0.5, 0.3]", [0.7, 0.5, 0.3]])
    def test_thresholds_of_its_own(self, written):
        tables = single(0.70, 0, 1)
        tables["key_results"] = tables["key_results"].assign(thresholds=[written])

        assert one(tables, "verdict", MONTH)["value"] == 3

    @pytest.mark.parametrize("written", ["0.3; 0.5; 0.7", "1; 0.7", "high; low; none"])
    def test_thresholds_that_do_not_fall_are_refused(self, written):
        with pytest.raises(ContractError, match="kr: thresholds are .* three falling numbers"):
            kl.open(single(0.5, 0, 1, thresholds=written)).evaluate("verdict", MONTH)

    def test_before_its_end_it_is_held_against_the_path(self):
        """Day 181 of 365 asks for 0.4959: 0.45 is 90.7 % of that, and 45 % of the target."""
        year = dict(zip(("start", "end"), YEAR, strict=True))
        row = self.judged(0.45, **year)

        assert row["details"]["verdict"] == "moderate_success"
        assert row["details"]["so_far"] == 1
        assert row["details"]["measured"] == exactly(0.45 / (181 / 365))

    def test_a_milestone_that_is_not_due_has_none(self):
        row = one(
            single(0, 0, 1, mode="binary", start="2026-01-01", end="2026-12-31"), "verdict", MONTH
        )

        assert (row["status"], row["reason"]) == ("no_data", "The milestone is not due yet.")
        assert row["details"]["verdict"] == "not_assessable"

    def test_want_of_data_is_no_failure(self):
        row = one(single(0, 0, 1), "verdict", "2026-05")

        assert (row["status"], row["reason"]) == ("no_data", "Nobody has checked in yet.")
        assert row["value"] != row["value"]


class TestFromObjectives:
    """A company that has objectives.yaml, and no table of key results."""

    YAML = """
objectives:
  - id: reach
    statement: More visits
    key_results:
      - {id: visits, kpi: sessions, mode: from_to, unit: count, baseline: 1, target: 5,
         start: 2026-05-01, end: 2026-07-31}
      - {id: page, mode: binary, start: 2026-05-01, end: 2026-07-31, label: New page}
"""

    @pytest.fixture
    def company(self, tmp_path):
        (tmp_path / "tables").mkdir()
        (tmp_path / "objectives.yaml").write_text(self.YAML, encoding="utf-8")
        days = ["2026-05-10"] * 2 + ["2026-06-10"] * 4
        rows("started_at", *((day,) for day in days)).to_csv(
            tmp_path / "tables" / "sessions.csv", index=False
        )
        return tmp_path

    def test_scores_come_from_its_own_figures(self, company):
        """Two visits in May, four in June, from one to five: 1/4 and 3/4."""
        data = kl.open(company, as_of="2026-06-30")
        found = data.series("kr_score", "2026-06", months=3).set_index(["period", "kr_id"])

        assert found.loc[("2026-05", "visits"), "value"] == 0.25
        assert found.loc[("2026-06", "visits"), "value"] == 0.75
        assert found.loc[("2026-04", "visits"), "reason"] == "The key result had not started."

    def test_beside_other_figures_in_the_order_asked(self, company):
        res = kl.open(company, as_of="2026-06-30").evaluate(
            ["objective_score", "sessions", "kr_score"], "2026-06", compare=["previous"]
        )

        assert res["kpi"].tolist() == ["objective_score", "sessions", "kr_score", "kr_score"]
        assert res["value"].tolist()[:3] == [0.75, 4, 0.75]  # the milestone is not due
        assert res["previous"].tolist()[:3] == [0.25, 2, 0.25]
        assert res["details"].iloc[0]["without_data"] == 1

    def test_a_milestone_is_what_its_checkin_says(self, company):
        (company / "checkins.csv").write_text(
            "date,key_result,value\n2026-06-20,page,1\n", encoding="utf-8"
        )
        data = kl.open(company, as_of="2026-06-30")

        assert groups_of(data, "kr_score") == {"visits": 0.75, "page": 1}

    def test_a_revised_target_holds_from_its_day_on(self, company):
        """Target 3 until June, 5 from then on: two visits in May are half way, four in June 3/4."""
        path = company / "objectives.yaml"
        revised = "end: 2026-07-31,\n revisions: [{date: 2026-06-01, was: 3, why: Too easy}]}"
        path.write_text(
            self.YAML.replace("end: 2026-07-31}", revised.replace("\n", "\n        "), 1),
            encoding="utf-8",
        )  # fmt: skip
        found = kl.open(company, as_of="2026-06-30").series("kr_score", "2026-06", months=2)

        assert found[found["kr_id"] == "visits"]["value"].tolist() == [0.5, 0.75]

    def test_before_any_figure_nobody_has_checked_in(self, company):
        rows("started_at", ("2026-04-10",)).to_csv(company / "tables" / "sessions.csv", index=False)
        row = one(kl.open(company, as_of="2026-04-30"), "objective_score", "2026-04")

        assert row["reason"] == "Nobody has checked in on any key result."

    def test_tables_that_are_given_come_first(self, company):
        tables = single(6, 0, 10)
        for name, frame in tables.items():
            frame.to_csv(company / "tables" / f"{name}.csv", index=False)

        assert groups_of(kl.open(company, as_of="2026-06-30"), "kr_score") == {"kr": 0.6}

    def test_without_either_a_table_is_missing(self, company):
        (company / "objectives.yaml").unlink()
        row = one(kl.open(company), "verdict", MONTH)

        assert (row["status"], row["reason"]) == (
            "missing_table", "Missing table: key_results, checkins.",
        )  # fmt: skip


def groups_of(data, kpi):
    res = data.evaluate(kpi, MONTH)
    return dict(zip(res["kr_id"], res["value"], strict=True))
