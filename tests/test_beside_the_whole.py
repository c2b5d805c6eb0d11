"""Parts of one company: what each shows of people, beside the whole and all other parts."""

from __future__ import annotations

import json
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.engine.privacy import hidden_groups, shown_parts
from kpilib.errors import CompanyError
from kpilib.files import PART
from kpilib.objectives.diary import decisions

MONTH = "2025-02"


def published(atoms: np.ndarray, minimum: int = 5) -> list[np.ndarray]:
    """Everything that the whole and its parts print of people (a row a campus, a column a team):
    each printed figure as the cells that it is the sum of."""
    cells = np.eye(atoms.size).reshape(*atoms.shape, -1)
    teams = {str(at): size for at, size in enumerate(atoms.sum(axis=0))}
    open_teams = {int(name) for name in teams} - {int(e) for e in hidden_groups(teams, minimum)}
    shown = shown_parts([atoms.sum(axis=1, keepdims=True), atoms], minimum)
    told = [cells.sum(axis=(0, 1)), *(cells[:, at].sum(axis=0) for at in open_teams)]
    told += [cells[at].sum(axis=0) for at in shown]
    if ((atoms == 0) | (atoms >= minimum)).all():
        told += [cells[at, team] for at in shown for team in range(atoms.shape[1])]
    return told


@pytest.mark.parametrize("shape", [(2, 4), (3, 3), (4, 3)])
def test_no_sum_or_difference_of_what_is_printed_tells_of_fewer_than_five(shape):
    """Every way to add and subtract the printed figures once, of small companies at random."""
    random, tried = np.random.default_rng(1), 0
    for _ in range(150):
        atoms = random.choice([0, 0, 1, 2, 3, 5, 6, 9, 14], size=shape).astype(float)
        people = atoms.ravel()
        told = np.array(published(atoms)[: 1 + sum(shape)])
        if people.sum() < 5:  # then the company itself shows nothing
            continue
        signs = np.array([*product((-1, 0, 1), repeat=len(told))])
        left = signs @ told * (people > 0)  # a team that is nowhere else is known to be
        left = left[(left >= 0).all(axis=1) & left.any(axis=1)]
        about = (left > 0) @ people
        assert about.min() >= 5, atoms
        tried += len(left)
    assert tried > 10_000


def test_the_part_that_two_others_would_tell_takes_one_of_them_along():
    """Lyon 10, Paris 9, Nantes 3: the whole less Lyon and Paris would be Nantes' three."""
    assert shown_parts([np.array([[10.0], [9], [3]])]) == {0}
    assert shown_parts([np.array([[10.0], [9], [5]])]) == {0, 1, 2}


def test_a_team_that_is_all_in_one_part_tells_who_else_is_there():
    """Sales are 9 in Lyon; of support 3 are in Lyon and 8 in Paris: Lyon less sales is those 3."""
    teams = np.array([[9.0, 3], [0, 8]])
    everybody = teams.sum(axis=1, keepdims=True)
    assert shown_parts([everybody]) == {0, 1}
    assert shown_parts([everybody, teams]) == set()


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """Lyon: 12 of sales, 10 of support; Paris: 9 and 8; Nantes: 3 of sales and 4 of support."""
    sizes = {"Lyon": (12, 10), "Paris": (9, 8), "Nantes": (3, 4)}
    staff = [
        (campus, team)
        for campus, counts in sizes.items()
        for team, count in zip(("sales", "support"), counts, strict=True)
        for _ in range(count)
    ]
    keys = [f"e{number}" for number in range(len(staff))]
    tables = tmp_path / "acme" / "tables"
    tables.mkdir(parents=True)
    pd.DataFrame({
        "employee_id": keys, "hired_at": date(2020, 1, 1), "left_at": None, "valid_from": None,
        "valid_to": None, "contract_kind": "CDI", "campus": [each for each, _ in staff],
        "team": [team for _, team in staff], "weekly_hours": [[7.0] * 5 + [0.0] * 2] * len(staff),
    }).to_parquet(tables / "employees.parquet")  # fmt: skip
    ill = keys[::4]
    pd.DataFrame({
        "absence_id": ill, "employee_id": ill, "start_date": date(2025, 2, 3),
        "end_date": date(2025, 2, 5), "kind": "sickness", "hours": None,
    }).to_parquet(tables / "absences.parquet")  # fmt: skip
    days = pd.date_range("2025-01-01", "2025-02-28").date
    pd.DataFrame({"date": days, "site": "all", "is_public_holiday": False}).to_parquet(
        tables / "work_calendar.parquet"
    )
    leads = pd.DataFrame({
        "lead_id": [f"l{n}" for n in range(30)], "person_key": [f"p{n}" for n in range(30)],
        "created_at": pd.Timestamp("2025-02-10", tz="UTC"),
        "campus": ["Lyon"] * 12 + ["Paris"] * 10 + ["Nantes"] * 6 + [None] * 2,
    })  # fmt: skip
    leads.to_parquet(tables / "leads.parquet")
    pd.DataFrame({
        "order_id": ["o1"], "customer_id": ["c1"], "amount_ht": [100.0], "kind": ["sale"],
        "ordered_at": pd.Timestamp("2025-02-28 10:00", tz="UTC"),
    }).to_parquet(tables / "orders.parquet")  # fmt: skip
    (tmp_path / "acme" / "company.yaml").write_text(
        "name: Acme\nas_of: 2025-02-28\nbreakdowns: [team, campus]\n"
        "columns: {employees: [campus], leads: [campus]}\n"
    )
    return tmp_path / "acme"


def opened(company: Path, monkeypatch, *groups: str):
    where = {"campus": [*groups]} if groups else {}
    monkeypatch.setenv(PART, json.dumps({str(company): where}))
    return kl.open(company)


def test_a_part_tells_what_its_rows_tell_and_nothing_of_the_others(company, monkeypatch):
    """12 of the 30 leads are Lyon's; orders do not say whose they are, so that none is."""
    lyon = opened(company, monkeypatch, "Lyon")
    assert lyon.settings.name == "Acme · Lyon"
    assert lyon.evaluate("leads", MONTH)["value"].tolist() == [12]
    assert "orders" not in lyon.tables and lyon.as_of == date(2025, 2, 28)
    both = opened(company, monkeypatch, "Lyon", "Paris")
    assert both.evaluate("leads", MONTH)["value"].tolist() == [22]


def test_figures_of_people_are_those_of_the_company_by_that_column(company, monkeypatch):
    """Nantes has 7: all three may be shown, and are what the company itself says of them."""
    whole = opened(company, monkeypatch)
    told = whole.evaluate("headcount", MONTH, by="campus").set_index("campus")["value"]
    assert told.to_dict() == {"Lyon": 22, "Paris": 17, "Nantes": 7}
    for name, size in told.items():
        part = opened(company, monkeypatch, name)
        assert part.evaluate("headcount", MONTH)["value"].tolist() == [size]
    # By hand: of Lyon's 22 keys e0 to e21 six are ill (0, 4, ... 20) three days of 20 each.
    lyon = opened(company, monkeypatch, "Lyon").evaluate(["absenteeism_rate"], MONTH)
    assert lyon["value"].iloc[0] == pytest.approx(6 * 3 / (22 * 20))


def test_groups_of_a_part_are_shown_where_those_of_all_parts_may_be(company, monkeypatch):
    """Three of sales in Nantes: no part says anything by team, since the whole does."""
    for name in ("Lyon", "Paris", "Nantes"):
        rows = opened(company, monkeypatch, name).evaluate("headcount", MONTH, by="team")
        assert set(rows["status"]) == {"suppressed"} and rows["value"].isna().all()
    path = company / "tables" / "employees.parquet"
    staff = pd.read_parquet(path)
    staff[staff["campus"] != "Nantes"].to_parquet(path)
    rows = opened(company, monkeypatch, "Lyon").evaluate("headcount", MONTH, by="team")
    assert dict(zip(rows["team"], rows["value"], strict=True)) == {"sales": 12, "support": 10}


def test_a_small_part_is_hidden_and_so_is_who_would_tell_it(company, monkeypatch):
    """Nantes has 3 left: hidden, and with it Paris, the smaller of the two others."""
    path = company / "tables" / "employees.parquet"
    staff = pd.read_parquet(path)
    staff[(staff["campus"] != "Nantes") | (staff["team"] == "sales")].to_parquet(path)
    kpis = ["headcount", "absenteeism_rate", "absence_frequency"]
    shown = {
        name: opened(company, monkeypatch, *name).evaluate(kpis, MONTH)["status"].tolist()
        for name in [("Lyon",), ("Paris",), ("Nantes",), ("Lyon", "Paris")]
    }
    assert shown == {
        ("Lyon",): ["ok"] * 3, ("Paris",): ["suppressed"] * 3, ("Nantes",): ["suppressed"] * 3,
        ("Lyon", "Paris"): ["suppressed"] * 3,
    }  # fmt: skip
    quarter = opened(company, monkeypatch, "Paris").evaluate(kpis, "2025-Q1")
    assert quarter["status"].tolist() == ["suppressed"] * 3


def test_what_people_wrote_of_the_company_is_not_said_of_a_part(company, monkeypatch):
    (company / "decisions.csv").write_text("date,text_en\n2025-02-03,Call back sooner\n")
    opened(company, monkeypatch)
    assert [each.text.en for each in decisions(company)] == ["Call back sooner"]
    opened(company, monkeypatch, "Lyon")
    assert decisions(company) == []


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"campus": ["Lion"]}, "no row has 'Lion' in campus. There is: (unknown), Lyon, Nantes,"),
        ({"employee_id": ["e1"]}, "'employee_id' names single persons"),
        ({"kampus": ["Lyon"]}, "no table has a column 'kampus'"),
    ],
)
def test_a_part_that_is_none_is_refused(company, monkeypatch, where, said):
    monkeypatch.setenv(PART, json.dumps({str(company): where}))
    with pytest.raises(CompanyError) as fault:
        kl.open(company)
    assert said in str(fault.value)
