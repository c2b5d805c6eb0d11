"""One period of trainings, three views: participants, the manager of a team, management."""

from __future__ import annotations

import csv
import re
import shutil

import pytest
from click.testing import CliRunner

from kpilib.cli import commands

WHO = "{participants: [participants], managers: [my_team]}"
ANOTHER_TEAM = re.compile(r"client_(?!51\b)\d+")
OF_A_RETURN = ("training_roi", "training_benefit", "training_effect", "training_cost")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The sample company with the notebooks of both audiences, as a reader of the guide has it."""
    root = tmp_path_factory.mktemp("views")
    company = root / "acme"
    shutil.copytree("data/sample", company)
    (company / "notebooks").mkdir()
    for path in ("10_participants", "11_my_team"):
        shutil.copy(f"notebooks/audiences/{path}.ipynb", company / "notebooks")
    with (company / "company.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\ndelivery:\n  audiences: {WHO}\n")
    asked = f"report 2026-10 --topic participants --topic my_team --data {company} --out {root}/out"
    run = CliRunner().invoke(commands, asked.split())
    assert run.exit_code == 0, run.output
    return root / "out/acme/for"


def told(folder):
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def figures(pages):
    return list(csv.DictReader(pages["2026-10/figures.csv"].splitlines()))


def test_a_manager_sees_one_team_and_everybody(folders):
    pages = told(folders / "managers")
    assert {"2026-10/my_team.html", "2026-10/fr/my_team.html"} <= set(pages)
    for text in pages.values():
        assert not ANOTHER_TEAM.search(text)
    assert "client_51" in pages["2026-10/my_team.html"]


def test_participants_see_no_team_and_no_return(folders):
    pages = told(folders / "participants")
    page = pages["2026-10/participants.html"]
    assert "Manager de proximité" in page and "client_" not in "".join(pages.values())
    assert not [row["kpi"] for row in figures(pages) if row["kpi"].startswith(OF_A_RETURN)]


def test_no_figure_is_of_fewer_than_five(folders):
    for who in ("participants", "managers"):
        shown = [row for row in figures(told(folders / who)) if row["value"]]
        assert shown and not [row for row in shown if row["n"] and float(row["n"]) < 5]


def test_each_has_only_its_own(folders):
    assert not [path for path in told(folders / "managers") if "participants" in path]
    assert not [path for path in told(folders / "participants") if "my_team" in path]
