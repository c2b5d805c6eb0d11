"""The kit of a class: what lies on the stick, what only the trainer has, and how it starts."""

from __future__ import annotations

import os
import platform
import subprocess
import zipfile
from html import unescape
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner

from kpilib.cli import commands
from kpilib.copies import copies
from kpilib.errors import ParameterError, ReportError
from kpilib.lesson.kit import GUIDE_WORDS, make_kit
from kpilib.lesson.played import STORY_WORDS
from kpilib.lesson.wheels import SYSTEMS, needed, whole

LESSONS = Path(__file__).parents[2] / "notebooks" / "lessons"


@pytest.fixture(scope="module")
def kit(kit_in):
    return kit_in("fr")


def sources(folder):
    return [
        cell.source
        for path in sorted(folder.glob("*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
    ]


def test_solutions_are_the_trainers_alone(kit):
    assert not [each for each in sources(kit / "students" / "lessons") if ".solution()" in each]
    assert [each for each in sources(kit / "trainer" / "lessons") if ".solution()" in each]
    assert not [path for path in (kit / "students").rglob("*") if "guide" in path.name]


def test_the_wheel_of_the_stick_holds_no_lesson(kit):
    """They are installed with kpilib, solutions and all; the record names no file that is gone."""
    (wheel,) = (kit / "students" / "wheels").glob("kpilib-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        (record,) = [name for name in names if name.endswith("/RECORD")]
        recorded = [line.split(",")[0] for line in packed.read(record).decode().splitlines()]

    assert set(recorded) == set(names)
    assert [name for name in names if name.startswith("kpilib/notebooks/")]
    assert not [name for name in names if "/lessons/" in name and name.endswith(".ipynb")]


def test_lessons_of_the_stick_read_the_company_beside_them(kit, monkeypatch):
    monkeypatch.chdir(kit / "students" / "lessons")
    told = [each for each in sources(Path()) if "data: str" in each]

    assert len(told) == 8 and all('data: str = "../sample"' in each for each in told)
    assert all('lang: str = "fr"' in each for each in told)
    assert Path("../sample/company.yaml").is_file()


def test_the_guide_speaks_of_every_lesson_and_story(kit):
    guide = (kit / "trainer" / "guide.html").read_text(encoding="utf-8")

    assert set(GUIDE_WORDS) == {path.stem for path in LESSONS.glob("*.ipynb")}
    assert all(f"<code>{name}</code>" in guide for name in STORY_WORDS)
    assert guide.count("<dt>But</dt>") == 8
    assert "http" not in guide


def test_the_template_of_an_own_lesson_works(kit):
    guide = (kit / "trainer" / "guide.html").read_text(encoding="utf-8")
    template = unescape(guide.partition("<pre>")[2].partition("</pre>")[0])
    done = pd.Series([True, False, False, False])
    names = {"done": done, "lang": "fr", "nickname": ""}
    exec(template, names)

    assert names["q1"].check("25 %").right and names["q2"].check("b").right
    assert repr(names["q1"].check("75 %")) == "Ce sont les autres."


def test_the_handout_is_what_to_keep_of_every_lesson(kit):
    handout = (kit / "trainer" / "handout.html").read_text(encoding="utf-8")

    assert handout.count("<h2>") == 8 and handout.count("<li>") >= 24
    assert "On ne fait jamais la moyenne de taux." in handout
    assert (kit / "trainer" / "handout.pdf").read_bytes()[:4] == b"%PDF"


def test_nothing_is_overwritten(kit):
    res = CliRunner().invoke(commands, ["lessons", str(kit), "--lessons", str(LESSONS)])

    assert res.exit_code == 2 and "is not empty" in res.output


def test_start_files_are_for_their_systems(kit):
    students = kit / "students"

    assert (students / "start.bat").read_bytes().count(b"\r\n") > 10
    for name in ("start.sh", "start.command"):
        assert os.access(students / name, os.X_OK)
        assert b"\r" not in (students / name).read_bytes()


class TestStart:
    """start.sh with a Python that only notes what it is asked."""

    def start(self, kit, tmp_path, breaks="nothing"):
        python = tmp_path / "bin" / "python3"
        python.parent.mkdir()
        python.write_text(
            "#!/bin/sh\n"
            f'echo "$@" >> {tmp_path}/asked\n'
            f'case "$*" in *{breaks}*) exit 1;; esac\n'
            'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n'
        )
        python.chmod(0o755)
        env = {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(tmp_path / "home")}
        started = ["sh", str(kit / "students" / "start.sh")]
        done = subprocess.run(started, env=env, capture_output=True, text=True, cwd="/")
        return done, (tmp_path / "asked").read_text().splitlines()

    def test_it_makes_an_environment_once_and_opens_the_lessons(self, kit, tmp_path):
        done, asked = self.start(kit, tmp_path)

        assert done.returncode == 0, done.stderr
        assert [line.split()[1] for line in asked] == [
            "venv", "pip", "jupyterlab.labextensions", "jupyterlab",
        ]  # fmt: skip
        assert (tmp_path / "home" / "kpilib-class" / "lessons" / "5_emailing.ipynb").is_file()

    def test_what_fails_leads_to_the_page(self, kit, tmp_path):
        done, _ = self.start(kit, tmp_path, breaks="install")

        assert done.returncode == 1 and "EN_CAS_DE_PROBLEME.html" in done.stdout
        assert (kit / "students" / "EN_CAS_DE_PROBLEME.html").is_file()
        assert not (tmp_path / "home" / "kpilib-class" / "ready").exists()


class TestWheels:
    def names(self, system, python="3.12"):
        marks, _ = SYSTEMS[system]
        return {line.split("=")[0]: line for line in needed({**marks, "python_version": python})}

    def test_each_system_gets_what_it_alone_needs(self):
        windows, mac, linux = (self.names(system) for system in SYSTEMS)

        assert any(name.startswith("pywinpty") for name in windows)
        assert "appnope" in " ".join(mac) and "appnope" not in " ".join(windows)
        assert "colorama" in " ".join(windows) and "ptyprocess" in linux

    def test_the_version_of_python_is_whole(self):
        here = platform.python_version()

        assert whole(here.rpartition(".")[0]) == here
        assert whole("3.99") == "3.99.9"

    def test_versions_are_those_installed_here(self):
        for system in SYSTEMS:
            assert self.names(system)["pandas"] == f"pandas=={pd.__version__}"
            assert "pytest" not in self.names(system)  # of an extra


def test_a_file_is_no_folder_for_a_kit(tmp_path):
    (tmp_path / "notes").write_text("mine", encoding="utf-8")
    res = CliRunner().invoke(
        commands, ["lessons", str(tmp_path / "notes"), "--lessons", str(LESSONS)]
    )

    assert res.exit_code == 2 and "'notes' is a file" in res.output


def test_a_version_that_is_none_is_refused_before_anything_is_made(tmp_path):
    res = CliRunner().invoke(
        commands, ["lessons", str(tmp_path / "kit"), "--wheels", "--python", "abc"]
    )

    assert res.exit_code == 2 and "--python abc: write a version such as 3.12." in res.output
    assert not list(tmp_path.iterdir())


def test_a_kit_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def make(folder, story=""):
        (folder / "tables").mkdir(parents=True)
        raise ReportError("No space.")

    monkeypatch.setattr("kpilib.lesson.kit.make", make)
    with pytest.raises(ReportError):
        make_kit(tmp_path / "kit", LESSONS, "fr")

    assert not list(tmp_path.iterdir())


def test_lessons_that_are_not_there_are_a_sentence(tmp_path):
    with pytest.raises(ParameterError, match="There is no notebook in 'lessons'"):
        copies(tmp_path / "lessons", tmp_path / "mine", "fr", solved=False)
