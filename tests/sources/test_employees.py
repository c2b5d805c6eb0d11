"""Employees from the reports of HR tools: aliases, states, and what is left out."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.sources.secret import pseudonym
from tests.sources.rows_left import left_out
from tests.sources.twins_people import EMPLOYEES_FR, SECRET, read


def of(frame: pl.DataFrame, number: str) -> list[dict]:
    """The states of one employee."""
    return frame.filter(pl.col("employee_id") == pseudonym(number, SECRET)).to_dicts()


def faults(text: str, **more) -> str:
    with pytest.raises(ContractError) as caught:
        read(text, **more)
    return str(caught.value)


@pytest.fixture(scope="module")
def found():
    return read(EMPLOYEES_FR.encode("cp1252"))


class TestFrenchReport:
    def test_columns_of_the_contract_and_nothing_personal(self, found):
        frame, understood = found

        assert set(frame.columns) == {
            "employee_id", "valid_from", "valid_to", "hired_at", "left_at", "leave_reason",
            "contract_kind", "fte", "weekly_hours", "team", "manager_id",
        }  # fmt: skip
        assert understood.ignored == ["Nom", "Prénom", "Sexe", "Date de naissance"]
        text = frame.write_json()
        assert not any(name in text for name in ("Alpha", "Ada", "0015", "1980"))

    def test_leading_zeros_tell_two_people_apart(self, found):
        frame, _ = found

        assert of(frame, "0015")[0]["hired_at"] == date(2020, 2, 1)
        assert of(frame, "15")[0]["hired_at"] == date(2021, 1, 15)
        assert of(frame, "0015")[0]["manager_id"] == pseudonym("0016", SECRET)

    def test_shares_however_they_are_written(self, found):
        frame, _ = found

        # written 80 %, 100 %, 0,8, Temps plein, 1
        numbers = ("0015", "0016", "15", "0018", "0019")
        assert [of(frame, each)[0]["fte"] for each in numbers] == [0.8, 1.0, 0.8, 1.0, 1.0]
        assert of(frame, "0015")[0]["weekly_hours"] == [5.6] * 5 + [0.0, 0.0]

    def test_contracts_and_reasons(self, found):
        frame, _ = found

        assert of(frame, "0020")[0]["contract_kind"] == "intern"
        assert of(frame, "15")[0]["leave_reason"] == "resignation"
        assert of(frame, "0018")[0]["leave_reason"] == "end_fixed_term"

    def test_two_teams_in_a_cell_are_none(self, found):
        frame, understood = found

        assert of(frame, "0021")[0]["team"] is None
        assert any("more than one team" in note for note in understood.block.notes)

    def test_figures(self, found):
        company = kl.open({"employees": found[0]}, as_of="2025-06-30")

        # 9 people, one of them an apprentice: 8; 15 and 0018 leave in June, 0019 comes: closing
        # 0015 0016 0019 0021 0022 0023 = 6; opening 0015 0016 15 0018 0021 0022 0023 = 7
        row = company.evaluate("headcount", "2025-06").iloc[0]
        assert (row["value"], row["details"]["opening"]) == (6, 7)
        # 5 x 30 + 15 until the 15th + 0018 the whole month + 0019 20 days = 215; the end of a
        # fixed term is no turnover: 1 / (215 / 30)
        row = company.evaluate("turnover_rate", "2025-06").iloc[0]
        assert row["value"] == pytest.approx(30 / 215)


HEAD = "Matricule;Date d'embauche;Date de sortie;Service;Date d'effet\n"


class TestStates:
    def test_changes_with_a_date_of_effect(self):
        frame, _ = read(
            HEAD + "a;01/02/2020;;Ventes;01/02/2020\na;01/02/2020;31/12/2025;Achats;15/06/2025\n"
        )

        first, second = of(frame, "a")
        assert (first["valid_from"], first["valid_to"], first["team"]) == (
            None, date(2025, 6, 14), "Ventes")  # fmt: skip
        assert (second["valid_from"], second["valid_to"]) == (date(2025, 6, 15), None)
        assert first["left_at"] == second["left_at"] == date(2025, 12, 31)

    def test_contracts_without_a_gap_are_one_employment(self):
        frame, _ = read(
            "Matricule;Date d'entrée;Fin de contrat;Type de contrat\n"
            "a;01/02/2020;31/07/2020;CDD\na;01/08/2020;;CDI\n"
            "b;01/02/2020;31/07/2020;CDD\nb;15/09/2020;;CDI\n"
        )

        before, after = of(frame, "a")
        assert before["hired_at"] == after["hired_at"] == date(2020, 2, 1)
        assert before["left_at"] is None and before["valid_to"] == date(2020, 7, 31)
        gone, back = of(frame, "b")
        assert gone["left_at"] == date(2020, 7, 31) and back["hired_at"] == date(2020, 9, 15)
        assert back["valid_from"] == date(2020, 9, 15)

    def test_rows_that_begin_on_one_day_are_refused(self):
        text = "Matricule;Date d'entrée;Service\nzz9;01/02/2020;Ventes\nzz9;01/02/2020;Achats\n"

        said = faults(text)
        assert "1 employee(s) have two rows" in said and "zz9" not in said

    def test_the_same_row_twice_counts_once(self):
        frame, understood = read(
            "Matricule;Date d'entrée;Service\na;13/02/2020;Ventes\na;13/02/2020;Ventes\n"
        )

        assert len(frame) == 1
        assert left_out(understood)["the same row twice"] == (1, [3])


class TestWhatIsSaid:
    def test_leavers_left_out_by_the_tool(self):
        _, without = read("Matricule;Date d'entrée\na;13/02/2020\n")
        _, empty = read("Matricule;Date d'entrée;Date de sortie\na;13/02/2020;\n")

        assert any("no column of leave dates" in note for note in without.block.notes)
        assert any("nobody in this file has left" in note for note in empty.block.notes)

    def test_fixed_terms_that_end_without_a_reason(self):
        _, understood = read(
            "Matricule;Date d'entrée;Fin de contrat;Type de contrat\n"
            "a;13/02/2020;30/06/2025;CDD\nb;13/02/2020;;CDD\nc;13/02/2020;30/06/2025;CDI\n"
        )

        assert any(note.startswith("1 fixed-term employee(s)") for note in understood.block.notes)

    def test_hours_in_place_of_a_share(self):
        said = faults(
            "Matricule;Date d'entrée;Temps de travail\na;13/02/2020;35\nb;13/02/2020;28\n"
        )

        assert "column Temps de travail: 2 value(s)" in said and "35" not in said

    def test_percents_without_a_sign(self):
        frame, _ = read("Matricule;Date d'entrée;ETP\na;13/02/2020;100\nb;13/02/2020;80\n")

        assert sorted(frame["fte"]) == [0.8, 1.0]

    def test_an_unknown_contract_is_a_fault_without_its_text(self):
        said = faults("Matricule;Date d'entrée;Type de contrat\na;13/02/2020;Secret\n")

        assert "column Type de contrat" in said and ":2:" in said and "Secret" not in said

    def test_english_days_are_asked_when_they_could_be_months(self):
        text = "Employee ID,Hire date,Department\n0015,02/03/2020,Sales\n"

        assert "Hire date" in faults(text)
        frame, _ = read(text, told={"Hire date": "%d/%m/%Y"})
        assert frame["hired_at"].to_list() == [date(2020, 3, 2)]
