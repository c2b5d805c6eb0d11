"""The wheel alone, where the repository is not; test_sample_exports publishes a month with it."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.installed import ROOT, Place

SAMPLE = ROOT / "data" / "sample"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(installed, tmp_path_factory):
    return Place(installed, tmp_path_factory.mktemp("desk"))


def test_it_carries_notebooks_lessons_and_texts_and_nothing_else(place):
    with zipfile.ZipFile(place.wheel) as packed:
        names = {Path(name) for name in packed.namelist()}
    ours = {path.relative_to(ROOT / "notebooks") for path in (ROOT / "notebooks").rglob("*.*")}

    kept = {name for name in ours if ".ipynb_checkpoints" not in name.parts}
    assert {Path("kpilib/notebooks") / name for name in kept} <= names
    assert {name.parts[0].partition("-")[0] for name in names} == {"kpilib"}
    assert not [name for name in names if name.suffix == ".pyc"]


def test_pip_installs_it_with_what_it_declares(place):
    code = "import importlib.metadata as m, kpilib; print(m.version('kpilib'), kpilib.__file__)"
    asked = [place.python, "-c", code]
    said = subprocess.run(asked, cwd=place.folder, env=place.env, capture_output=True, text=True)
    version, file = said.stdout.split()
    told = place.pip("check").stdout

    assert Path(file).is_relative_to(place.site) and version in place.wheel.name
    assert not [line for line in told.splitlines() if line.startswith("kpilib ")], told
    assert [line for line in place.pip("list").stdout.splitlines() if line.startswith("kpilib ")]


def test_the_sample_company_is_made_by_it(place):
    place.run("sample", "played", "--story", "double_import")
    folder = place.folder / "played"

    assert {path.name for path in folder.glob("*.*")} == {
        path.name for path in (ROOT / "data" / "sample").glob("*.*")
    }
    said = place.run("value", "revenue", "--period", "2026-10", "--data", "played")
    assert "revenue" in said and (folder / "tables" / "orders.parquet").is_file()


def test_notebooks_are_copied_from_it(place):
    place.run("notebooks", "mine", "--lang", "fr")

    assert (place.folder / "mine" / "03_emailing.ipynb").is_file()


def test_a_class_gets_lessons_the_same_company_byte_for_byte_and_the_wheel(place):
    """Made a second time with another hash seed and in another time zone."""
    place.run("lessons", "class", PYTHONHASHSEED="7", TZ="America/New_York")
    students = place.folder / "class" / "students"
    ours, made = (
        {path.relative_to(top): path.read_bytes() for path in top.rglob("*.*")}
        for top in (SAMPLE, students / "sample")
    )

    assert made.keys() == ours.keys()
    assert [str(file) for file in ours if made[file] != ours[file]] == []
    assert (students / "lessons" / "ten_leads.csv").is_file()
    with (
        zipfile.ZipFile(place.wheel) as ours,
        zipfile.ZipFile(next((students / "wheels").glob("*.whl"))) as again,
    ):
        solved = "kpilib/notebooks/lessons/"  # the class has copies without solutions
        kept = [name for name in ours.namelist() if not name.startswith(solved)]
        assert len(kept) < len(ours.namelist())
        assert sorted(again.namelist()) == sorted(kept)
