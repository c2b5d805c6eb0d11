"""The wheel alone, in a folder where the repository is not: from an empty folder to a month."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXPORTS = ROOT / "data" / "sample_exports"
pytestmark = pytest.mark.slow


class Place:
    """A folder of its own, and an environment into which pip has installed the wheel.

    What kpilib needs is that of the tests, which the environment finds behind its own packages: no
    index is asked, and yet metadata, command and files of data are those that pip has written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "desk"
        self.folder.mkdir()
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist"]
        subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
        [self.wheel] = (folder / "dist").glob("*.whl")
        venv.create(folder / "env", symlinks=os.name != "nt")
        paths = {"base": str(folder / "env"), "platbase": str(folder / "env")}
        self.bin = Path(sysconfig.get_path("scripts", "venv", vars=paths))
        self.site = Path(sysconfig.get_path("purelib", "venv", vars=paths))
        (self.site / "of_the_tests.pth").write_text(sysconfig.get_path("purelib"))
        self.python = self.bin / Path(sys.executable).name
        self.pip("install", "--no-index", "--no-deps", self.wheel)

    def pip(self, *words: object) -> subprocess.CompletedProcess:
        """Have pip do something to the environment."""
        asked = [sys.executable, "-m", "pip", "--python", self.python, *map(str, words)]
        return subprocess.run(asked, cwd=self.folder, env=self.env, capture_output=True, text=True)

    @property
    def env(self) -> dict[str, str]:
        """What the shell knows; nothing that leads to the repository."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        share = Path(sys.prefix, "share", "jupyter")  # what Jupyter keeps beside its packages
        return kept | {"KPILIB_KEY": "for tests, not a secret", "JUPYTER_PATH": str(share)}

    def run(self, *words: object) -> str:
        """Type a command; it has to go well."""
        asked = [self.bin / "kpilib", *map(str, words)]
        done = subprocess.run(asked, cwd=self.folder, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Place(tmp_path_factory.mktemp("wheel"))


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


def test_f89_it_publishes_a_month_where_the_repository_is_not(place):
    shutil.copytree(EXPORTS, place.folder / "downloads")
    place.run("init", "acme", "--name", "Acme")
    place.run("import", "downloads", "--data", "acme")
    said = place.run("report", "2026-10", "--data", "acme", "--topic", "audience", "--topic", "okr")
    month = place.folder / "reports" / "acme" / "2026-10"

    assert said == f"{month / 'index.html'}\n"
    assert {path.name for path in month.glob("*.html")} == {
        "index.html", "audience.html", "scoreboard.html", "glossary.html",
    }  # fmt: skip


def test_the_sample_company_is_made_by_it(place):
    place.run("sample", "played", "--story", "double_import")
    folder = place.folder / "played"

    assert {path.name for path in folder.glob("*.*")} == {
        path.name for path in (ROOT / "data" / "sample").glob("*.*")
    }
    said = place.run("value", "revenue", "--period", "2026-10", "--data", "played")
    assert "revenue" in said and (folder / "tables" / "orders.parquet").is_file()


def test_notebooks_and_lessons_are_copied_from_it(place):
    place.run("notebooks", "mine", "--lang", "fr")
    place.run("lessons", "class")

    assert (place.folder / "mine" / "03_emailing.ipynb").is_file()
    students = place.folder / "class" / "students"
    assert (students / "lessons" / "ten_leads.csv").is_file()
    with (
        zipfile.ZipFile(place.wheel) as ours,
        zipfile.ZipFile(next((students / "wheels").glob("*.whl"))) as again,
    ):
        solved = "kpilib/notebooks/lessons/"  # the class has copies without solutions
        kept = [name for name in ours.namelist() if not name.startswith(solved)]
        assert len(kept) < len(ours.namelist())
        assert sorted(again.namelist()) == sorted(kept)
