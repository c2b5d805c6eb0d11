"""A period whose data, notebooks and programs are those it was made of is not made again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

import kpilib
from kpilib.monthly.job import Places
from kpilib.monthly.run import run
from kpilib.monthly.selection import select
from kpilib.monthly.unchanged import made_of, unchanged
from tests.monthly.standin import lay_out, open_company, put


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """October of a company that needs no data, with one page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kpilib, "open", open_company, raising=False)
        folders = lay_out(tmp_path_factory.mktemp("unchanged"), "simple")
        yield folders, run("2026-10", Places(**folders), langs=["en"], jobs=1)


def found(folders, asked="2026-10", langs=("en",), topics=()):
    sources = select(folders["notebooks"], topics)
    made = made_of(folders["data"], sources, langs)
    return unchanged(folders["out"], asked, made, [each.topic for each in sources])


@pytest.mark.parametrize("asked", ["2026-10", None])
def test_what_is_the_same_is_found(published, asked):
    folders, report = published
    again = found(folders, asked)

    assert (again.folder, again.states, again.kpis) == (report.folder, report.states, report.kpis)
    assert again.since == json.loads((report.folder / "run.json").read_text())["ended"]
    assert again.exit_code == report.exit_code


def test_it_is_told_before_anything_heavy_is_loaded(published):
    folders, _ = published
    asked = ["report", "2026-10", "--lang", "en"]
    for name, folder in folders.items():
        asked += [f"--{name}", str(folder)]
    program = (
        "import sys; from click.testing import CliRunner; from kpilib.cli import commands\n"
        f"assert 'Nothing changed' in CliRunner().invoke(commands, {asked}).output\n"
        "print({'pandas', 'polars', 'numpy', 'scipy', 'narwhals'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "set()\n"


def test_another_period_or_language_is_not(published):
    folders, _ = published

    assert found(folders, "2026-09") is None
    assert found(folders, langs=["en", "fr"]) is None
    assert found(folders, langs=()) is None  # what company.yaml says may be another


def test_nor_is_a_copy_of_a_company_under_another_name(published, tmp_path):
    """Two of a list begin with the same files: the second one was never published."""
    folders, _ = published
    copy = shutil.copytree(folders["data"], tmp_path / "another")

    assert found({**folders, "data": copy}) is None


def test_nor_is_what_changed_since(published):
    folders, report = published
    note = folders["data"] / "notes.csv"
    page = next(report.folder.glob("*.html"))
    kept = page.read_bytes()

    note.write_text("date,text\n2026-10-01,A fair\n", encoding="utf-8")
    assert found(folders) is None
    note.unlink()
    assert found(folders) is not None
    page.unlink()
    assert found(folders) is None
    page.write_bytes(kept)
    (folders["data"] / ".hidden").write_text("no data", encoding="utf-8")
    assert found(folders) is not None


def test_nor_is_a_page_that_failed_or_whose_neighbours_came(tmp_path, monkeypatch):
    monkeypatch.setattr(kpilib, "open", open_company, raising=False)
    folders = lay_out(tmp_path, "simple")
    run("2026-10", Places(**folders), langs=["en"], jobs=1)
    run("2026-09", Places(**folders), langs=["en"], jobs=1)
    assert found(folders) is None  # its page leads to September now
    run("2026-10", Places(**folders), langs=["en"], jobs=1)
    assert found(folders) is not None and found(folders, "2026-09") is not None

    put(folders["notebooks"], "simple", "failing:later")
    run("2026-10", Places(**folders), langs=["en"], jobs=1)
    assert found(folders) is None


@pytest.mark.parametrize("told", ["", "[]", '{"made_of": "x"}', '{"made_of": "x", "notebooks": 1}'])
def test_a_damaged_record_is_left_to_the_run(tmp_path, told):
    (tmp_path / "company" / "2026-10").mkdir(parents=True)
    (tmp_path / "company" / "2026-10" / "run.json").write_text(told, encoding="utf-8")

    assert unchanged(tmp_path, "2026-10", "x", []) is None


def test_a_database_may_have_changed(tmp_path, monkeypatch):
    (tmp_path / "company.yaml").write_text("database: {url_from: WHERE}\n", encoding="utf-8")

    assert made_of(tmp_path, [], []) == ""
    assert unchanged(tmp_path, "2026-10", "", []) is None
