"""What is due and when, in the company's calendar, and the lines for four kinds of machines."""

from __future__ import annotations

import json
import shlex
import subprocess
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from kpilib import cli_delivery
from kpilib.cli import commands
from kpilib.delivery.schedule import due, line
from tests.delivery.published import publish


@pytest.fixture
def company(tmp_path):
    """A company that closes on 3 March 2026, and worked on Labour Day."""
    folder = tmp_path / "Le Sens & Cie 50%"
    (folder / "tables").mkdir(parents=True)
    (folder / "company.yaml").write_text("name: Acme\nas_of: 2026-12-31\n")
    (folder / "tables" / "work_calendar.csv").write_text(
        "date,is_public_holiday,label\n2026-01-01,true,New Year\n2026-03-03,true,Own day\n"
        "2026-05-01,false,Worked\n"
    )
    return folder


def published(company, out, *months, as_of="2026-12-31", failed=False):
    for month in months:
        folder = publish(out / "le-sens-cie-50" / month, failed=failed)
        told = json.loads((folder / "run.json").read_text())
        (folder / "run.json").write_text(json.dumps({**told, "as_of": as_of, "last": as_of}))


@pytest.mark.parametrize(
    ("today", "month", "following"),
    [
        ("2026-03-04", "2026-01", "2026-03-05"),  # Monday 2, Wednesday 4, Thursday 5
        ("2026-03-05", "2026-02", "2026-04-03"),
        ("2026-05-04", "2026-03", "2026-05-05"),  # 1 May was worked
        ("2026-05-05", "2026-04", "2026-06-03"),
        ("2027-01-05", "2026-11", "2027-01-06"),  # of 2027 the table knows nothing: 1 January
        ("2027-01-06", "2026-12", "2027-02-03"),
    ],
)
def test_a_month_is_due_on_the_third_working_day_after_it(
    company, tmp_path, today, month, following
):
    found = due(company, tmp_path / "out", date.fromisoformat(today))
    assert (found.month, found.next.isoformat(), found.missing) == (month, following, (month,))


def test_months_that_were_missed_stay_due_back_to_the_last_published(company, tmp_path):
    out, today = tmp_path / "out", date(2026, 9, 20)
    published(company, out, "2026-05")
    assert due(company, out, today).missing == ("2026-06", "2026-07", "2026-08")
    published(company, out, "2026-07", "2026-06")
    published(company, out, "2026-08", failed=True)
    assert due(company, out, today).missing == ("2026-08",)


def test_a_month_before_the_records_began_has_none_made_after_it(company, tmp_path):
    """One that was asked for by mistake had 72 empty months made."""
    out, today = tmp_path / "out", date(2026, 9, 20)
    published(company, out, "2020-10")
    path = out / "le-sens-cie-50" / "2020-10" / "run.json"
    path.write_text(path.read_text().replace('"state": "ok"', '"state": "no_data"'))
    assert due(company, out, today).missing == ("2026-08",)


def test_a_month_that_was_published_before_it_ended_is_still_due(company, tmp_path):
    out = tmp_path / "out"
    folder = publish(out / "le-sens-cie-50" / "2026-08", failed=False)
    told = json.loads((folder / "run.json").read_text())
    early = {**told, "as_of": "2026-08-20", "last": "2026-08-31"}
    (folder / "run.json").write_text(json.dumps(early))
    assert due(company, out, date(2026, 9, 20)).missing == ("2026-08",)


class Today(date):
    @classmethod
    def today(cls):
        return date(2026, 9, 20)


def test_check_says_whether_the_last_month_is_late(company, tmp_path, monkeypatch):
    monkeypatch.setattr(cli_delivery, "date", Today)
    asked = ["schedule", "--check", "--data", str(company), "--out", str(tmp_path / "out")]
    late = CliRunner().invoke(commands, asked)
    again = shlex.join(["kpilib", "report", "--due", *asked[2:]])
    assert (late.exit_code, late.output) == (1, f"Late: 2026-08. Make it up: {again}\n")
    published(company, tmp_path / "out", "2026-08")
    well = CliRunner().invoke(commands, asked)
    assert (well.exit_code, well.output) == (
        0, "On time: 2026-08 is published. Next: 2026-10-05.\n",
    )  # fmt: skip
    ran = CliRunner().invoke(commands, ["report", "--due", *asked[2:]])
    assert (ran.exit_code, "Nothing is due" in ran.output) == (0, True)


def test_a_part_has_a_schedule_of_its_own(company, tmp_path, monkeypatch):
    """August of the whole stands; of the part nothing does, and its line names its rows."""
    (company / "tables" / "sessions.csv").write_text(
        "session_id,visitor_id,started_at,channel\n1,a,2026-08-01T08:00:00Z,email\n"
    )
    monkeypatch.setattr(cli_delivery, "date", Today)
    published(company, tmp_path / "out", "2026-08")
    asked = ["--data", str(company), "--where", "channel=email", "--out", str(tmp_path / "out")]
    late = CliRunner().invoke(commands, ["schedule", "--check", *asked])
    assert (late.exit_code, "--where=channel=email --out" in late.output) == (1, True)
    assert "--where=channel=email" in CliRunner().invoke(commands, ["schedule", *asked]).output
    assert "kpilib-" in (task := line("windows", company, tmp_path, [], {"channel": ["email"]}))
    assert "-email /SC" in task  # another one than that of the whole, which it would replace
    sent = CliRunner().invoke(commands, ["schedule", "--check", *asked, "--send"])
    assert "--where=channel=email --send --out" in sent.output
    strange = ["schedule", *asked[:2], "--where", "campus=Lille"]
    assert CliRunner().invoke(commands, strange).exit_code == 2  # it would fail every day
    both = CliRunner().invoke(commands, ["schedule", "--check", *asked, "--for", "cron"])
    assert (both.exit_code, "not both" in both.output) == (2, True)
    two = CliRunner().invoke(commands, ["schedule", *asked, "--where", "campus=Lyon"])
    assert (two.exit_code, "a part has one column" in two.output) == (2, True)


def test_cron_runs_the_line_as_a_shell_does_and_knows_percent(company, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = line("cron", company, Path("out"), ["--send"])
    assert said.startswith("0 7 * * *  cd ")
    command = said.split("  ", 1)[1].replace(r"\%", "%")
    shown = command.replace("&& ", "&& printf '%s\\n' ", 1)
    words = subprocess.run(["sh", "-c", shown], capture_output=True, text=True, check=True).stdout
    assert words.split("\n")[4:] == [
        "--due", "--data", str(company), "--out", str(tmp_path / "out"), "--send", "",
    ]  # fmt: skip
    assert "%" not in said.replace(r"\%", "")


def test_systemd_windows_and_github_quote_as_each_of_them_reads(company, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    systemd = line("systemd", company, Path("out"), [])
    assert f'--data "{str(company).replace("%", "%%")}" --out' in systemd
    assert "Persistent=true" in systemd
    windows = line("windows", company, Path("out"), [])
    assert f'--data \\"{company}\\" --out' in windows
    github = yaml.safe_load(line("github", company, Path("out"), ["--pdf"]))
    steps = [step["run"] for step in github["jobs"]["report"]["steps"] if "run" in step]
    assert shlex.split(steps[-1]) == [
        "kpilib", "report", "--due", "--data", company.name, "--out", "out", "--pdf",
    ]  # fmt: skip


def test_a_company_without_data_has_nothing_that_is_due(tmp_path, monkeypatch):
    """A new folder holds its holidays alone: a month of it would be an empty page."""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(commands, ["init", "acme"]).exit_code == 0
    for command in (["schedule", "--check"], ["report", "--due"]):
        said = CliRunner().invoke(commands, [*command, "--data", "acme", "--out", "out"])
        assert said.exit_code == 1
        assert "acme has no data yet, so nothing is due. Import its exports first" in said.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", [["schedule"], ["purge", "--before", "2024-10"]])
def test_a_folder_that_is_not_there_is_said_at_once(tmp_path, command):
    said = CliRunner().invoke(commands, [*command, "--data", str(tmp_path / "nope")])
    assert (said.exit_code, said.output) == (
        2,
        "kpilib: There is no folder 'nope'. Name a company's, such as data/sample: --data on the"
        " command line, data in a notebook.\n",
    )
