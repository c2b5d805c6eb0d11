"""From the exports of the sample company to its figures, as the README tells a newcomer to do."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys

import polars as pl
import pytest

import kpilib as kl
from tests.installed import ROOT, Place

EXPORTS, SAMPLE = ROOT / "data" / "sample_exports", ROOT / "data" / "sample"
MONTH = "2026-10"

# What the exports can tell as exactly as the tables.
SAME = (
    "sessions", "engaged_session_rate", "bounce_rate", "pages_per_session", "page_views",
    "organic_sessions", "social_sessions", "delivery_rate", "open_rate", "click_rate",
    "unsubscribe_rate", "headcount", "employee_retention_rate", "turnover_rate",
    "nps",
)  # fmt: skip


def commands():
    """The commands of the README's section, word by word."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("## Your own data in ten minutes")[1].split("\n## ")[0]
    block = re.search(r"```\n(.*?)```", section, re.S)[1]
    return [line for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def folder(installed, tmp_path_factory):
    """A desk with the exports and what pip installs: the README's commands run as they stand."""
    desk = tmp_path_factory.mktemp("newcomer")
    shutil.copytree(EXPORTS, desk / "data" / "sample_exports")
    (desk / ".venv").symlink_to(Place(installed, desk).home, target_is_directory=True)
    return desk


def typed(line, folder, installed, **changed):
    """Type one of the README's lines."""
    environment = Place(installed, folder).env | changed
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, env=environment, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def told(folder, installed):
    """What each command said."""
    said = []
    for line in commands():
        done = typed(line, folder, installed)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        said.append(done.stdout)
    return said


@pytest.fixture(scope="module")
def acme(told, folder):
    company = kl.open(folder / "data" / "acme")
    company.forgiving = True
    return company


@pytest.fixture(scope="module")
def sample():
    return kl.open(SAMPLE)


def one(company, kpi):
    found = company.evaluate(kpi, MONTH)
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.slow
class TestTheReadme:
    def test_its_commands_are_those_that_a_newcomer_needs(self):
        words = [shlex.split(line)[:2] for line in commands()]

        assert [each[1] for each in words if each[0].endswith("kpilib")] == [
            "init", "import", "import", "check", "value", "report",
        ]  # fmt: skip

    def test_a_dry_run_writes_nothing_and_says_what_would_be(self, told):
        assert "7\u202f092" in told[2]  # in French, as the company speaks

    def test_every_table_is_there(self, acme):
        assert {
            "sessions", "acquisition_daily", "email_sends", "social_daily", "employees",
            "absences", "survey_responses", "survey_waves",
        } <= set(acme.tables.given)  # fmt: skip
        assert acme.check() == []

    def test_check_says_where_each_table_comes_from(self, told):
        assert re.search(
            r"^sessions\u00a0: 236 lignes\u00a0; .*31 jours sur 31 de 2026-10\u00a0; Google A",
            told[4],
            re.M,
        )
        assert "Brevo campaigns\u00a0: lu d'après une description de son format" in told[4]
        assert told[4].endswith("Tout va bien\u00a0: aucune erreur trouvée.\n")

    @pytest.mark.parametrize("kpi", SAME)
    def test_figures_are_those_of_the_tables(self, acme, sample, kpi):
        mine, true = one(acme, kpi), one(sample, kpi)

        assert (mine["status"], true["status"]) == ("ok", "ok")
        assert mine["value"] == pytest.approx(true["value"], rel=1e-12)

    def test_sessions_of_each_channel_are_the_same(self, acme, sample):
        def channels(company):
            found = company.evaluate("sessions", MONTH, by="channel")
            return dict(zip(found["channel"], found["value"], strict=True))

        mine, true = channels(acme), channels(sample)
        # The tool calls what it cannot place "Unassigned"; in the tables these have no channel.
        true["unassigned"] = true.get("unassigned", 0) + true.pop("(unknown)", 0)
        assert mine == {name: value for name, value in true.items() if value}

    def test_a_rounded_position_is_right_to_its_rounding(self, acme, sample):
        mine, true = one(acme, "avg_search_position"), one(sample, "avg_search_position")

        assert mine["value"] == pytest.approx(true["value"], abs=0.005)  # the file has two digits

    def test_absences_are_exact_but_for_the_days_that_part_timers_work(self, acme, sample):
        # A report has hours a week, not which days: they are taken as even from Monday to Friday.
        tables = {
            name: pl.read_parquet(SAMPLE / "tables" / f"{name}.parquet")
            for name in ("employees", "absences", "work_calendar")
        }
        day = pl.col("weekly_hours").list.sum() / 5
        even = pl.concat_list([day] * 5 + [pl.lit(0.0)] * 2)
        tables["employees"] = tables["employees"].with_columns(weekly_hours=even)
        mine, true = one(acme, "absenteeism_rate"), one(sample, "absenteeism_rate")

        assert mine["value"] == pytest.approx(
            one(kl.open(tables, as_of="2026-10-31"), "absenteeism_rate")["value"], rel=1e-12
        )
        assert mine["value"] == pytest.approx(true["value"], rel=0.02)

    def test_followers_and_reach_are_those_of_the_page(self, acme):
        days = pl.read_parquet(SAMPLE / "tables" / "social_daily.parquet")
        page = kl.open({"social_daily": days.filter(pl.col("account_id") == "acc_linkedin")})

        assert one(acme, "new_followers")["value"] == one(page, "new_followers")["value"]
        mine, true = one(acme, "reach"), one(page, "reach")
        assert mine["status"] == true["status"] == "not_additive"
        assert (mine["ci_low"], mine["ci_high"]) == (true["ci_low"], true["ci_high"])

    def test_clicks_of_the_search_console_are_the_same(self, acme, sample):
        def clicks(company):
            rows = company.table(
                "acquisition_daily", columns=["date", "platform", "clicks", "impressions"]
            )
            month = rows[(rows["platform"] == "search_console") & (rows["date"] >= "2026-10-01")]
            return tuple(month[["clicks", "impressions"]].sum())

        assert clicks(acme) == clicks(sample)

    def test_people_cannot_be_added_up_and_their_bounds_hold(self, acme, sample):
        mine, true = one(acme, "unique_visitors"), one(sample, "unique_visitors")

        assert mine["status"] == "not_additive"
        assert mine["value"] != mine["value"]
        assert mine["ci_low"] <= true["value"] <= mine["ci_high"]

    def test_f89_the_month_is_published_where_the_repository_is_not(self, told, folder):
        month = folder / "reports" / "acme" / "2026-10"

        assert told[-1].strip().endswith("index.html")
        for page in ("audience", "emailing", "social", "employees", "glossary"):
            assert (month / f"{page}.html").exists() and (month / "en" / f"{page}.html").exists()
        page = (month / "emailing.html").read_text(encoding="utf-8")
        assert "pas encore essayé sur un vrai fichier" in page
        assert "Importé depuis" in page

    def test_nobody_is_in_what_is_written(self, told, folder):
        places = [folder / "data" / "acme", folder / "reports"]
        files = [
            path
            for place in places
            for path in place.rglob("*")
            if path.is_file() and "exports" not in path.parts
        ]

        assert len(files) > 20
        assert [path for path in files if b"customer.example" in path.read_bytes()] == []
        assert not any("customer.example" in each for each in told)

    def test_importing_again_changes_nothing(self, told, folder, installed):
        tables = folder / "data" / "acme" / "tables"
        before = {path.name: path.read_bytes() for path in tables.iterdir()}
        done = typed(commands()[3], folder, installed, KPILIB_KEY="another key to refuse")

        assert done.returncode == 0, done.stderr
        assert {path.name: path.read_bytes() for path in tables.iterdir()} == before


class TestTheFiles:
    def test_they_are_small(self):
        sizes = [path.stat().st_size for path in EXPORTS.iterdir()]

        assert len(sizes) == 9
        assert sum(sizes) < 300_000

    def test_the_script_writes_them_again(self, tmp_path):
        program = ROOT / "data" / "make_exports.py"
        subprocess.run(
            [sys.executable, str(program), "--out", str(tmp_path)], check=True, capture_output=True
        )

        assert {path.name for path in tmp_path.iterdir()} == {p.name for p in EXPORTS.iterdir()}
        for path in EXPORTS.iterdir():
            if path.suffix not in (".zip", ".xlsx"):  # zlib may pack otherwise elsewhere
                assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name

    def test_addresses_end_in_example(self):
        for path in EXPORTS.glob("*.csv"):
            found = re.findall(rb"[\w.]+@[\w.]+", path.read_bytes())
            assert all(each.endswith(b".example") for each in found)
