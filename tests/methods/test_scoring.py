"""Scoring prospects: the published grid, facts that count once, and whether a grid is right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

import kpilib as kl
from kpilib.errors import CompanyError
from kpilib.methods.scoring import Grid, score, won_by_tenth
from kpilib.yaml_file import read_yaml
from tests.worked import exactly, groups, one, rows, stack

GRID = Grid(
    version="2025-1",
    threshold=75,
    points={"pricing_page": 20, "case_study": 15, "director_of_100": 25, "webinar": 20},
)
FIRST_THREE = ["pricing_page", "case_study", "director_of_100"]


class TestGrid:
    def test_o10_three_facts_do_not_qualify(self):
        res = score(GRID, FIRST_THREE)

        assert (res.total, res.is_qualified) == (60, False)

    def test_o10_the_webinar_does(self):
        res = score(GRID, [*FIRST_THREE, "webinar"])

        assert (res.total, res.is_qualified) == (80, True)
        assert res.points == {
            "pricing_page": 20, "case_study": 15, "director_of_100": 25, "webinar": 20,
        }  # fmt: skip

    def test_o10_two_visits_of_a_page_count_once(self):
        assert score(GRID, [*FIRST_THREE, "webinar", "pricing_page"]).total == 80

    def test_the_threshold_itself_qualifies(self):
        assert score(GRID.model_copy(update={"threshold": 60}), FIRST_THREE).is_qualified

    def test_nothing_known_is_no_point(self):
        res = score(GRID, [])

        assert (res.total, res.is_qualified, res.points) == (0, False, {})

    def test_a_fact_that_the_grid_does_not_know_is_said(self):
        res = score(GRID, ["pricing_page", "pricing"])

        assert (res.total, res.unscored) == (20, ("pricing",))

    def test_the_score_bears_the_version_of_its_grid(self):
        assert score(GRID, []).version == "2025-1"

    def test_a_fact_may_speak_against(self):
        grid = GRID.model_copy(update={"points": {**GRID.points, "competitor": -50}})

        assert score(grid, ["pricing_page", "competitor"]).total == -30

    def test_a_fact_may_fade(self):
        grid = GRID.model_copy(update={"half_life_days": {"webinar": 30}})
        res = score(grid, {"webinar": 60, "case_study": 60})

        assert res.points == {"webinar": exactly(5), "case_study": 15}  # 20 / 2 / 2
        assert res.total == exactly(20)


class TestGridFile:
    def test_is_read_as_the_other_files(self, tmp_path):
        path = tmp_path / "scoring.yaml"
        path.write_text("version: '2'\nthreshold: 10\npoints:\n  webinar: 12\n", encoding="utf-8")

        assert score(read_yaml(path, Grid), ["webinar"]).is_qualified

    def test_a_fault_is_named_with_its_line(self, tmp_path):
        path = tmp_path / "scoring.yaml"
        path.write_text("version: '2'\nthreshold: high\npoints: {}\n", encoding="utf-8")
        with pytest.raises(CompanyError) as caught:
            read_yaml(path, Grid)

        assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == [
            "scoring.yaml:2",
            "scoring.yaml:3",
        ]

    @pytest.mark.parametrize("fading", [{"unknown": 30}, {"webinar": 0}])
    def test_what_fades_must_score(self, fading):
        with pytest.raises(ValidationError, match="half_life_days"):
            Grid(version="1", threshold=1, points={"webinar": 1}, half_life_days=fading)


class TestDistribution:
    # Scores 10, 20, 30, 40, 100, one without: the median 30 where the mean is 40
    LEADS = rows(
        "lead_id created_at channel fit_score engagement_score",
        ("1", "2025-02-03", "email", 5.0, 5.0),
        ("2", "2025-02-03", "email", 10.0, 10.0),
        ("3", "2025-02-03", "direct", 20.0, 10.0),
        ("4", "2025-02-03", "direct", 20.0, 20.0),
        ("5", "2025-02-28", "direct", 50.0, 50.0),
        ("6", "2025-02-28", "direct", None, 50.0),
        ("7", "2025-01-31", "direct", 1.0, 1.0),
    )

    def test_is_the_lead_in_the_middle(self):
        row = one({"leads": self.LEADS}, "lead_score", "2025-02", as_of="2025-02-28")

        assert (row["value"], row["n"], row["unit"]) == (30, 5, "pt")
        assert row["details"] == {
            "decile_1": 14,  # 10 + 0.4 x (20 - 10)
            "quartile_1": 20,
            "quartile_3": 40,
            "decile_9": 76,  # 40 + 0.6 x (100 - 40)
            "mean": 40,
            "excluded_without_score": 1,
        }
        assert row["flags"] == ["low_n", "excluded_rows"]

    def test_by_channel(self):
        res = groups({"leads": self.LEADS}, "lead_score", "2025-02", "channel", as_of="2025-02-28")

        assert res == {"direct": 40, "email": 15}  # 30, 40, 100 and 10, 20; the highest first
        assert list(res) == ["direct", "email"]

    def test_without_a_score_there_is_none(self):
        row = one({"leads": self.LEADS.iloc[[5]]}, "lead_score", "2025-02", as_of="2025-02-28")

        assert (row["status"], row["reason"]) == ("no_data", "No lead of this period has a score.")
        assert row["value"] != row["value"]

    @pytest.mark.parametrize("as_of", ["2025-12-31"])
    def test_a_year_of_leads_says_whether_the_grid_is_right(self, as_of):
        # 100 leads of January 2025, scores 1 to 100: the ten highest are all won, no other one;
        # another 100 of December are too young to say
        columns = "lead_id created_at fit_score engagement_score won_at"
        old = rows(columns, *(
            (f"o{i}", "2025-01-10", float(i), 0.0, "2025-02-10" if i > 90 else None)
            for i in range(1, 101)
        ))  # fmt: skip
        young = rows(columns, *((f"y{i}", "2025-12-10", float(i), 0.0, None) for i in range(100)))
        tables = {"leads": stack(old, young)}
        details = one(tables, "lead_score", "2025-12", as_of=as_of)["details"]

        assert (details["win_rate_lowest_tenth"], details["win_rate_highest_tenth"]) == (0, 1)
        assert details["tenths_that_win_less"] == 0

    def test_too_few_leads_say_nothing_of_the_grid(self):
        leads = self.LEADS.assign(won_at=None)
        row = one({"leads": leads}, "lead_score", "2025-02", as_of="2025-12-31")

        assert "win_rate_lowest_tenth" not in row["details"]


class TestTenths:
    def test_each_has_a_tenth_of_the_leads(self):
        scores = pd.Series(np.arange(100.0))
        res = won_by_tenth(scores, scores % 2 == 0)

        assert res["leads"].tolist() == [10] * 10
        assert res["win_rate"].tolist() == [0.5] * 10

    def test_leads_of_one_score_stay_together_in_any_order(self):
        scores = pd.Series([1.0] * 50 + [2.0] * 50)
        won = pd.Series([True] * 10 + [False] * 40 + [True] * 25 + [False] * 25)
        res = won_by_tenth(scores, won)
        turned = won_by_tenth(scores[::-1], won[::-1])

        assert res["win_rate"].tolist() == [0.2, 0.5]
        pd.testing.assert_frame_equal(res, turned)


def test_the_card_says_that_a_new_grid_is_a_new_series():
    assert "never compare across it" in kl.kpi("lead_score").caveat
