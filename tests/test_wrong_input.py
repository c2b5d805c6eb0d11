"""What goes wrong with a table, through the command, as an analyst meets it.

Unknown parameters, wrong months, killed kernels, two runs at once and full disks are in
tests/monthly; here are the faults of the data itself.
"""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from kpilib.cli import commands

HEADER = "session_id,visitor_id,started_at,engaged_s,pageviews,key_events"
ROWS = [
    "s1,v1,2025-02-03T09:00:00Z,30,3,0",
    "s2,v2,2025-02-10T09:00:00Z,2,1,0",
    "s3,v2,2025-02-27T09:00:00Z,1,1,0",
    "s4,v3,2025-02-28T09:00:00Z,1,1,0",
]


def asked(tmp_path, lines, *kpis, month="2025-02"):
    """Write sessions.csv, ask for figures, return the exit code, the rows by KPI and the words."""
    folder = tmp_path / "company"
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    (folder / "tables" / "sessions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = CliRunner().invoke(
        commands, ["value", *kpis, "--month", month, "--data", str(folder), "--format", "json"]
    )
    rows = json.loads(done.stdout) if done.exit_code == 0 else []
    return done.exit_code, {row["kpi"]: row for row in rows}, done.stderr


def test_the_table_as_it_should_be(tmp_path):
    code, rows, _ = asked(tmp_path, [HEADER, *ROWS], "sessions", "bounce_rate")
    assert code == 0
    assert rows["sessions"]["value"] == 4
    assert rows["bounce_rate"]["value"] == pytest.approx(0.75)  # s2, s3 and s4 of four


def test_shuffled_columns_change_nothing(tmp_path):
    order = [4, 0, 5, 2, 1, 3]
    shuffled = [",".join(line.split(",")[place] for place in order) for line in (HEADER, *ROWS)]
    kpis = ("sessions", "unique_visitors", "bounce_rate", "pages_per_session")
    assert asked(tmp_path, shuffled, *kpis)[1] == asked(tmp_path, [HEADER, *ROWS], *kpis)[1]


def test_a_missing_column_is_named_with_the_nearest_and_no_figure_is_given(tmp_path):
    renamed = [HEADER.replace("pageviews", "page_views"), *ROWS]
    code, rows, words = asked(tmp_path, renamed, "bounce_rate")
    assert code != 0 and not rows
    assert "sessions.csv: column pageviews is missing" in words
    assert "Did you mean 'page_views'?" in words
    assert "Traceback" not in words


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_what_lacks_its_column_is_a_row_whether_asked_alone_or_beside_others(tmp_path, form):
    folder = tmp_path / "company"
    (folder / "tables").mkdir(parents=True)
    header = HEADER.replace(",pageviews", "")
    lines = [header, "s1,v1,2025-02-03T09:00:00Z,30,0"]
    (folder / "tables" / "sessions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    end = ["--month", "2025-02", "--data", str(folder), "--format", form]
    alone, beside = (
        CliRunner().invoke(commands, ["value", *kpis, *end])
        for kpis in (["pages_per_session"], ["sessions", "pages_per_session"])
    )

    for done in (alone, beside):
        assert "Missing column: sessions.pageviews." in done.stdout
    # Nothing at all was answered: the command says what to do, and fails.
    assert (alone.exit_code, beside.exit_code, beside.stderr) == (1, 0, "")
    assert "column pageviews is missing. Found: session_id, visitor_id" in alone.stderr


def test_kpis_that_do_not_need_it_are_still_answered(tmp_path):
    renamed = [HEADER.replace("pageviews", "page_views"), *ROWS]
    code, rows, _ = asked(tmp_path, renamed, "sessions", "unique_visitors")
    assert code == 0
    assert (rows["sessions"]["value"], rows["unique_visitors"]["value"]) == (4, 3)


def test_an_empty_table_gives_no_data_never_zero(tmp_path):
    code, rows, _ = asked(tmp_path, [HEADER], "sessions", "bounce_rate")
    assert code == 0
    assert {row["status"] for row in rows.values()} == {"no_data"}
    assert {row["value"] for row in rows.values()} == {None}


def test_a_month_without_data_gives_no_data_never_zero(tmp_path):
    code, rows, _ = asked(tmp_path, [HEADER, *ROWS], "sessions", "bounce_rate", month="2024-11")
    assert code == 0
    assert {row["status"] for row in rows.values()} == {"no_data"}
    assert {row["value"] for row in rows.values()} == {None}


def test_nothing_to_divide_by_is_said_with_the_numerator(tmp_path):
    folder = tmp_path / "company" / "tables"
    folder.mkdir(parents=True)
    (folder / "leads.csv").write_text(
        "lead_id,person_key,created_at\nl1,p1,2025-01-05T09:00:00Z\n", encoding="utf-8"
    )
    (folder / "costs.csv").write_text(
        "cost_id,scope_kind,amount_ht,incurred_at\nc1,campaign,500,2025-02-05\n", encoding="utf-8"
    )
    code, rows, _ = asked(tmp_path, [HEADER, *ROWS], "cost_per_lead")
    assert code == 0
    row = rows["cost_per_lead"]
    assert (row["status"], row["value"]) == ("no_denominator", None)
    assert (row["numerator"], row["denominator"]) == (500, 0)


def test_two_rows_with_one_key_that_differ_are_refused(tmp_path):
    twice = [HEADER, *ROWS, "s1,v9,2025-02-04T09:00:00Z,30,3,0"]
    code, _, words = asked(tmp_path, twice, "sessions")
    assert code != 0
    assert "repeat a key (session_id)" in words
    assert "v9" not in words
