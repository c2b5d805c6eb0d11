"""Forgetting: what is old goes and the ledger stays; a person goes from every table and copy."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from click.testing import CliRunner

from kpilib.cli import commands
from kpilib.delivery.audiences import publish_audiences
from kpilib.delivery.purge import erase, old, purge
from kpilib.errors import CompanyError
from kpilib.sources.provenance import NAMES
from tests.delivery.published import publish

EMPLOYEES = (
    "employee_id,contract,start_date,end_date,weekly_hours,team,manager_id\n"
    "p1,permanent,2020-01-06,,35,Sales,\np2,permanent,2020-01-06,,35,Sales,p1\n"
)
MESSAGES = (
    "message_id,sent_at,sender_key,recipient_key\n"
    "1,2026-10-01T08:00:00Z,p1,p2\n2,2026-10-01T08:00:00Z,p2,p3\n3,2026-10-01T08:00:00Z,p3,p1\n"
)


@pytest.fixture
def company(tmp_path):
    folder = tmp_path / "acme"
    for name in ("tables", "exports", "previous"):
        (folder / name).mkdir(parents=True)
    (folder / "company.yaml").write_text("name: Acme\n")
    (folder / "tables" / "employees.csv").write_text(EMPLOYEES)
    pd.read_csv(io_of(MESSAGES)).to_parquet(folder / "tables" / "messages.parquet")
    (folder / "previous" / "employees.1.csv").write_text(EMPLOYEES)
    aged(folder / "previous" / "employees.1.csv", 2024)
    return folder


def io_of(text):
    from io import StringIO

    return StringIO(text)


def aged(path, year):
    then = datetime(year, 1, 1, tzinfo=UTC).timestamp()
    os.utime(path, (then, then))


def imported(company, **last):
    rows = [
        dict.fromkeys(NAMES, "") | {"file": f"{name}.csv", "last_day": day}
        for name, day in last.items()
    ]
    pd.DataFrame(rows, columns=list(NAMES)).to_csv(company / "imports.csv", index=False)
    for name in (*last, "unknown"):
        (company / "exports" / f"{name}.csv").write_text("x")


def test_what_is_older_goes_and_the_ledger_and_the_pages_stay(company, tmp_path):
    imported(company, old="2024-08-31", new="2024-10-01", undated="")
    out = tmp_path / "reports"
    for month in ("2024-09", "2024-10"):
        folder = publish(out / "acme" / month, failed=False)
        for name in ("figures.csv", "month.pdf", "fr/month.pdf", "message.eml"):
            (folder / name).write_text("x")
    (out / "acme" / "ledger.csv").write_text("kept")
    seen = old(company, out, date(2024, 10, 1))
    assert all(path.exists() for path in seen.files)
    gone = purge(company, out, date(2024, 10, 1))
    assert gone == seen
    assert {path.relative_to(tmp_path).as_posix() for path in gone.files} == {
        "acme/exports/old.csv", "acme/previous/employees.1.csv",
        *(f"reports/acme/2024-09/{name}"
          for name in ("figures.csv", "month.pdf", "fr/month.pdf", "message.eml")),
    }  # fmt: skip
    assert not any(path.exists() for path in gone.files)
    assert [path.name for path in gone.unknown] == ["unknown.csv"]
    assert (out / "acme" / "ledger.csv").read_text() == "kept"
    pages = {month: (out / "acme" / month / "index.html").read_text() for month in
             ("2024-09", "2024-10")}  # fmt: skip
    assert ["figures.csv" in page for page in pages.values()] == [False, True]
    assert purge(company, out, date(2024, 10, 1)).files == ()


def test_what_is_older_goes_of_the_parts_too_and_of_no_other_company(company, tmp_path):
    out = tmp_path / "reports"
    for name, identity in (("acme-lyon", "Acme · Lyon"), ("acme-sud", "Acme Sud")):
        folder = publish(out / name / "2024-09", failed=False)
        told = json.loads((folder / "run.json").read_text())
        (folder / "run.json").write_text(json.dumps({**told, "identity": identity}))
        (folder / "figures.csv").write_text("x")
    gone = purge(company, out, date(2024, 10, 1)).files
    assert out / "acme-lyon" / "2024-09" / "figures.csv" in gone
    assert [path.parent.parent.name for path in out.rglob("figures.csv")] == ["acme-sud"]


def test_a_person_goes_from_tables_and_copies_and_the_record_names_nobody(company):
    assert erase(company, "p1") == [
        ("previous/employees.1.csv", 2), ("tables/employees.csv", 2),
        ("tables/messages.parquet", 2),
    ]  # fmt: skip
    for name in ("tables/employees.csv", "previous/employees.1.csv"):
        left = pd.read_csv(company / name, dtype=str)
        assert left["employee_id"].tolist() == ["p2"]
        assert left["manager_id"].isna().all()
        assert left["weekly_hours"].tolist() == ["35"]
    left = pd.read_parquet(company / "tables" / "messages.parquet")
    assert left["message_id"].tolist() == [2]
    record = (company / "erased.csv").read_text()
    assert record.startswith("erased_on,file,rows\n")
    assert "p1" not in record
    assert old(company, company, date(2024, 10, 1)).files  # the copy is as old as before
    with pytest.raises(CompanyError, match="Nobody of that key"):
        erase(company, "p1")


def test_the_command_wants_one_of_both(company, tmp_path):
    asked = ["purge", "--data", str(company), "--out", str(tmp_path / "reports")]
    assert CliRunner().invoke(commands, asked).exit_code == 2
    assert CliRunner().invoke(commands, [*asked, "--person", "p9"]).exit_code == 2
    said = CliRunner().invoke(commands, [*asked, "--before", "2024-10", "--dry-run"])
    assert (said.exit_code, "employees.1.csv" in said.output) == (0, True)
    assert (company / "previous" / "employees.1.csv").exists()
    ahead = CliRunner().invoke(commands, [*asked, "--before", "2094-10"])  # for 2024: all would go
    assert (ahead.exit_code, "has not come yet" in ahead.output) == (2, True)
    assert (company / "previous" / "employees.1.csv").exists()


def test_the_command_says_what_it_did_and_takes_its_own_readme_for_no_export(company, tmp_path):
    imported(company, old="2024-08-31")
    (company / "exports" / "README.md").write_text("what to download")
    asked = ["purge", "--before", "2024-10", "--data", str(company), "--out", str(tmp_path / "out")]

    def said(*more: str) -> str:
        return CliRunner().invoke(commands, [*asked, *more]).output

    assert "Nothing was removed; 2 would go. The ledger and the pages stay." in said("--dry-run")
    done = said()
    assert "Removed: 2." in done and "README" not in done
    assert "Nothing here is older than 2024-10." in said()


def test_what_audiences_were_given_of_it_goes_too(company, tmp_path):
    (company / "company.yaml").write_text("delivery: {audiences: {team: [leads]}}\n")
    root = tmp_path / "reports" / "acme"
    for month in ("2024-09", "2024-10"):
        folder = publish(root / month, failed=False)
        (folder / "figures.csv").write_text("topic,value\nleads,7\n")
    publish_audiences(root, {"team": ["leads"]})
    assert len([*root.rglob("for/team/*/figures.csv")]) == 2
    purge(company, tmp_path / "reports", date(2024, 10, 1))
    left = [path.relative_to(root).as_posix() for path in root.rglob("figures.csv")]
    assert sorted(left) == ["2024-10/figures.csv", "for/team/2024-10/figures.csv"]
    assert (root / "for/team/2024-09/leads.html").exists()
