"""``kpilib pick``, and the warnings of ``kpilib check``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpilib.cli import commands
from kpilib.objectives.plan import FILE, read_plan

SAMPLE = Path(__file__).parents[1] / "data" / "sample"


@pytest.fixture
def run():
    runner = CliRunner()
    return lambda *words: runner.invoke(commands, [str(word) for word in words])


def test_without_argument_lists_the_choices(run):
    res = run("pick")

    assert res.exit_code == 0
    assert [line.split()[0] for line in res.stdout.splitlines() if line.startswith("  ")][:3] == [
        "revenue", "forms", "event",
    ]  # fmt: skip
    assert "sales_methods" in res.stdout


def test_an_objective_in_french(run):
    res = run("pick", "chiffre d'affaires", "--lang", "fr")

    assert res.exit_code == 0
    assert "1. Chiffre d'affaires (revenue)" in res.stdout
    assert "À coller dans objectives.yaml" in res.stdout


def test_a_training(run):
    res = run("pick", "--training", "content marketing")

    assert [line for line in res.stdout.splitlines() if line[:1].isdigit()] == [
        "1. Sessions (sessions)",
        "2. Engagement rate (by impressions) (engagement_rate_impressions)",
        "3. Qualified leads (qualified_leads)",
    ]


def test_yaml_is_a_file_that_can_be_read(run, tmp_path):
    res = run("pick", "revenue", "--data", SAMPLE, "--format", "yaml")
    (tmp_path / FILE).write_text(res.stdout, encoding="utf-8")

    assert [each.id for each in read_plan(tmp_path).objectives] == ["revenue"]


def test_yaml_of_nothing_is_wrong_usage(run):
    res = run("pick", "--format", "yaml")

    assert res.exit_code == 2
    assert "needs an OBJECTIVE or a --training" in res.stderr


def test_an_unknown_name(run):
    res = run("pick", "revenu")

    assert res.exit_code == 2
    assert res.stderr.startswith("kpilib: Unknown objective type 'revenu'.")
    assert "Did you mean 'revenue'?" in res.stderr


def test_check_warns_of_weak_objectives_and_still_passes(run, tmp_path):
    folder = tmp_path / "company"
    shutil.copytree(SAMPLE, folder)
    for name in ("objectives.yaml", "notes.csv", "checkins.csv"):
        (folder / name).unlink(missing_ok=True)
    (folder / FILE).write_text(
        """\
objectives:
  - id: opens
    statement: "Be read"
    key_results:
      - {id: kr, kpi: open_rate_trackable, mode: from_to, unit: "%", baseline: 19, target: 60,
         start: 2026-07-01, end: 2026-12-31, owner: "Léa"}
""",
        encoding="utf-8",
    )
    res = run("check", "--data", folder)

    assert res.exit_code == 0
    looked = [line for line in res.stdout.splitlines() if line.startswith("To be looked at: ")]
    assert any(
        "kr: not attainable. 60.0 % is beyond" in line.replace("\u00a0", " ") for line in looked
    )
    assert any("kr: not negotiable." in line for line in looked)
    assert any("opens: “Be read”: why?" in line for line in looked)
    assert res.stdout.endswith("All well: no fault found.\n")
