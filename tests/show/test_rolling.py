"""Windows that end with each month, and figures of teams side by side."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import ParameterError
from kpilib.show.sentences import group_name
from kpilib.show.tables import across, split_title, table


@pytest.fixture(scope="module")
def report():
    return kl.report("employees", "2026-10", "data/sample")


def test_each_row_is_the_figure_over_the_months_that_end_with_it(report):
    found = report.series("turnover_rate", periods=3, rolling=12)
    by_hand = [
        report.company.evaluate("turnover_rate", [start, end])["value"].iloc[0]
        for start, end in (("2025-09-01", "2026-08-31"), ("2025-11-01", "2026-10-31"))
    ]

    assert found["period_start"].dt.strftime("%Y-%m").tolist() == ["2025-09", "2025-10", "2025-11"]
    assert found["period_end"].dt.strftime("%Y-%m-%d").iloc[-1] == "2026-10-31"
    assert found["value"].iloc[[0, 2]].tolist() == by_hand


def test_its_chart_names_the_months_that_the_windows_end_with(report):
    ax = kl.plot.trend(report.series("turnover_rate", periods=13, rolling=12))

    assert ax.get_xticklabels()[-1].get_text().startswith("Oct")
    low, high = ax.get_xlim()
    assert high - low < 400  # thirteen months, not two years


def test_its_title_says_of_how_many_months_the_figure_is(report):
    """1.6 % left in October, 12.8 % in the twelve months to it."""
    title = "Turnover rate over 12 months rose by 6.3 points in a year (could be chance)"

    ax = kl.plot.trend(report.series("turnover_rate", periods=13, rolling=12))
    assert ax.get_title(loc="left").replace("\n", " ") == title
    ax = kl.plot.trend(report.series("turnover_rate", periods=13))
    assert ax.get_title(loc="left").startswith("Turnover rate rose by")


@pytest.mark.parametrize(
    ("kpi", "by"), [("absenteeism_rate", None), ("enps", None), ("turnover_rate", "team")]
)
def test_windows_whose_difference_would_tell_of_few_are_refused(report, kpi, by):
    with pytest.raises(ParameterError, match="tell of single persons"):
        report.series(kpi, periods=2, rolling=12, by=by)
    with pytest.raises(ParameterError, match="tell of single persons"):
        report.company.series(kpi, "2026-10", periods=2, rolling=12, by=by)


def test_what_is_known_of_no_group_is_told_as_a_table_of_figures(report):
    whole = report.figures("absenteeism_rate", "headcount")
    assert across(whole).equals(kl.table(whole))
    assert across(whole.iloc[:0]).empty


def test_numbers_of_rows_are_no_column_of_a_page():
    numbered = pd.DataFrame({"Theme": ["Price", "Delay"]}, index=[3, 7])
    named = numbered.set_axis(["first", "second"])

    assert list(table(numbered)) == ["Theme"]
    assert list(table(named)) == ["", "Theme"]
    assert list(table(named.rename_axis("Rank"))) == ["Rank", "Theme"]


def test_who_is_of_no_known_team_is_no_headline_of_ties():
    rows = pd.DataFrame({"kpi": "network_isolation_rate", "period_end": ["", ""]})
    rows = rows.assign(team=["(unknown)", "sales"], value=[0.5, 0.2], unit="rate")
    rows = rows.assign(label="Isolated people", status="ok")

    assert split_title(rows) == "Isolated people: sales, 20.0\u00a0%"
    assert split_title(rows.head(1)) == "Isolated people"


def test_one_row_a_team_one_column_a_figure(report):
    said = report.figures("enps", "absenteeism_rate", by="team")
    left = report.series("turnover_rate", periods=1, rolling=12, by="team")
    told = across(pd.concat([said, left]))

    assert told.columns.tolist()[0] == "Team"
    # Administration and management are hidden in all three, marketing in two of them.
    assert len(told) == said["team"].nunique() - 1 and len(told.columns) == 4
    assert told["Team"].tolist()[-1] == "Administration, Management"
    # The lowest score comes first, not the first letter; of marketing none is known.
    worst = said[said["kpi"].eq("enps")].dropna(subset=["value"]).sort_values("value")
    assert told["Team"].tolist()[: len(worst)] == [
        group_name("team", each) for each in worst["team"]
    ]
    assert told.isin(["hidden"]).to_numpy().sum(axis=1).tolist() == [0, 0, 0, 0, 2, 3]
