"""A new company's folder is read as it stands, and keeps people's data out of git."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

import kpilib as kl
from kpilib.cli import commands
from kpilib.files import filling
from kpilib.objectives.diary import checkins, notes
from kpilib.objectives.plan import read_plan
from kpilib.settings import Settings
from kpilib.starting import PLACES, start
from kpilib.starting.holidays import easter, holidays
from kpilib.yaml_file import read_yaml


def call(*given):
    return CliRunner().invoke(commands, [str(part) for part in given], prog_name="kpilib")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_file_is_read_as_it_stands(tmp_path, lang):
    folder = tmp_path / "acme"
    start(folder, 'Acme "Formation": tout', [lang])

    settings = read_yaml(folder / "company.yaml", Settings)
    assert (settings.name, settings.lang) == ('Acme "Formation": tout', [lang])
    plan = read_plan(folder)
    assert (plan.objectives, notes(folder), checkins(folder, plan)) == ((), [], [])
    assert list(kl.open(folder).tables.given) == ["work_calendar"]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_commented_parts_hold_once_their_signs_are_taken_off(tmp_path, lang):
    start(tmp_path / "acme", "", [lang])
    objectives = tmp_path / "acme" / "objectives.yaml"
    lines = objectives.read_text(encoding="utf-8").splitlines()
    first = lines.index("# objectives:")
    objectives.write_text("\n".join(line.removeprefix("# ") for line in lines[first:]))
    company = tmp_path / "acme" / "company.yaml"
    settings = company.read_text(encoding="utf-8").splitlines()
    at = settings.index("# freshness:")
    block = [line.removeprefix("#").removeprefix(" ") for line in settings[at : at + 3]]
    company.write_text("\n".join([block[0], *(f" {line}" for line in block[1:])]), encoding="utf-8")

    plan = read_plan(tmp_path / "acme")
    assert [each.id for each in plan.objectives[0].key_results] == ["kr_satisfaction"]
    assert read_yaml(company, Settings).freshness["sessions"] == 3


def test_both_languages_say_the_same_settings():
    where = Path(kl.__file__).parent / "starting"

    def keys(lang):
        text = (where / lang / "company.yaml").read_text(encoding="utf-8")
        return re.findall(r"^#? *([a-z_]+):(?: |$)", text, re.M)

    for name in PLACES:
        assert (where / "en" / name).exists() and (where / "fr" / name).exists()
    assert keys("en") == keys("fr")


def test_a_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("")
    made = call("init", tmp_path)

    assert made.exit_code == 2
    assert "is not empty, and nothing in it is overwritten" in made.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert call("init", tmp_path / "mine.txt").exit_code == 2


def test_an_empty_folder_will_do_and_the_name_is_the_folders(tmp_path):
    folder = tmp_path / "acme-formation"
    folder.mkdir()
    made = call("init", folder, "--lang", "fr", "--lang", "en")

    assert made.exit_code == 0
    settings = kl.open(folder).settings
    assert (settings.name, settings.lang) == ("Acme Formation", ["fr", "en"])


def test_the_folder_in_which_a_terminal_stands_will_do(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    made = CliRunner().invoke(commands, ["init", "."])

    assert made.exit_code == 0, made.output
    assert Path("company.yaml").is_file() and Path("tables").is_dir()  # relative: it stayed
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_what_fails_halfway_leaves_nothing_behind(tmp_path):
    folder = tmp_path / "new" / "company"
    with pytest.raises(OSError), filling(folder) as made:
        (made / "tables").mkdir()
        raise OSError("No space.")

    assert not folder.exists() and not [*folder.parent.iterdir()]


def test_check_says_what_to_do_next_instead_of_failing(tmp_path):
    call("init", tmp_path / "acme")
    made = call("check", "--data", tmp_path / "acme")

    assert made.exit_code == 0
    assert "There is no table yet" in made.output
    assert "kpilib import" in made.output
    assert "All well" not in made.output


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_exports_and_tables_are_not_committed(tmp_path):
    folder = tmp_path / "acme"
    start(folder)
    for name in ("exports/staff.csv", "tables/employees.parquet", "previous/employees.1.parquet"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("personal")
    (folder / ".import.lock").write_text("")
    subprocess.run(["git", "init", "-q", folder], check=True)
    subprocess.run(["git", "-C", folder, "add", "."], check=True)
    kept = subprocess.check_output(["git", "-C", folder, "ls-files"], text=True).split()

    assert sorted(kept) == [
        ".gitignore", "checkins.csv", "company.yaml", "exports/README.md", "labels.csv",
        "notes.csv", "objectives.yaml", "tables/README.md", "tables/work_calendar.csv",
    ]  # fmt: skip


def test_the_calendar_begins_with_the_public_holidays_of_france():
    # Easter Sunday: 12 April 2020, 20 April 2025, 5 April 2026, 28 March 2027, 25 April 2038
    assert [str(easter(year)) for year in (2020, 2025, 2026, 2027, 2038)] == [
        "2020-04-12", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25",
    ]  # fmt: skip
    assert sorted(str(day) for day, _ in holidays(2026)) == [
        "2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25",
        "2026-07-14", "2026-08-15", "2026-11-01", "2026-11-11", "2026-12-25",
    ]  # fmt: skip
