"""Absences: spells with half days, days joined into spells, and the rate that comes of them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.sources.secret import pseudonym
from tests.sources.rows_left import left_out
from tests.sources.twins_people import LUCCA, PAYROLL, SECRET, read

D = date
HEAD = "Matricule;Type d'absence;Du;Au;Nb jours\n"


def of(frame: pl.DataFrame, number: str) -> list[tuple]:
    """First day, last day, kind and hours of one employee's spells, in order."""
    mine = frame.filter(pl.col("employee_id") == pseudonym(number, SECRET)).sort("start_date")
    return mine.select("start_date", "end_date", "kind", "hours").rows()


def faults(text: str, told: dict[str, str] | None = None) -> str:
    with pytest.raises(ContractError) as caught:
        read(text, told=told)
    return str(caught.value)


def rate(absences: pl.DataFrame) -> float:
    """Absenteeism of June 2025, of six people who work 7 hours from Monday to Friday."""
    numbers = [f"00{number}" for number in range(15, 21)]
    employees = pl.DataFrame({
        "employee_id": [pseudonym(number, SECRET) for number in numbers],
        "hired_at": [D(2020, 1, 1)] * 6,
        "left_at": pl.Series([None] * 6, dtype=pl.Date),
        "weekly_hours": [[7.0] * 5 + [0.0, 0.0]] * 6,
    })  # fmt: skip
    calendar = pl.DataFrame({"date": [D(2025, 6, 9)], "is_public_holiday": [True]})
    tables = {"employees": employees, "absences": absences, "work_calendar": calendar}
    company = kl.open(tables, as_of="2025-06-30")
    return company.evaluate("absenteeism_rate", "2025-06").iloc[0]["value"]


class TestLucca:
    def test_approved_spells_with_their_hours(self):
        frame, understood = read(LUCCA)

        assert of(frame, "0015") == [(D(2025, 6, 2), D(2025, 6, 4), "sickness", 21)]
        assert of(frame, "0016") == [(D(2025, 6, 5), D(2025, 6, 5), "sickness", 3.5)]
        assert left_out(understood)["not approved"] == (1, [4])
        assert left_out(understood)["the employee is at work elsewhere: no absence"] == (1, [8])
        assert {"lastName", "firstName"} <= set(understood.ignored)

    def test_a_correction_takes_back_its_absence(self):
        frame, _ = read(LUCCA)

        assert of(frame, "0018") == [(D(2025, 6, 23), D(2025, 6, 24), "sickness", 0)]

    def test_a_correction_alone_is_refused(self):
        lines = [line for line in LUCCA.splitlines() if not line.endswith(",14,oui")]

        assert "1 negative row(s) without the absence" in faults("\n".join(lines))

    def test_rate(self):
        # June 2025: 20 days without Whit Monday, 6 x 140 = 840 hours; paid leave 35; sickness
        # 21 + 3.5 (the correction leaves none): 24.5 / 805
        assert rate(read(LUCCA)[0]) == pytest.approx(24.5 / 805)


class TestDays:
    TOLD = {"Demi-journée": "7"}

    def test_consecutive_days_are_one_spell(self):
        frame, _ = read(PAYROLL, told=self.TOLD)

        assert of(frame, "0015") == [
            (D(2025, 6, 2), D(2025, 6, 4), "sickness", None),
            (D(2025, 6, 5), D(2025, 6, 5), "sickness", 3.5),
        ]
        assert len(of(frame, "0016")) == 2  # a long weekend between

    def test_the_length_of_a_day_is_asked(self):
        said = faults(PAYROLL)

        assert "Demi-journée" in said and "--read 'Demi-journée=7'" in said

    def test_rate(self):
        # 0015: 21 + 3.5, 0016: 14; paid leave 7: 38.5 / (840 - 7)
        assert rate(read(PAYROLL, told=self.TOLD)[0]) == pytest.approx(38.5 / 833)

    def test_the_same_month_again_is_the_same_rows(self):
        first, _ = read(PAYROLL, told=self.TOLD)
        second, _ = read(PAYROLL + "0015;Alpha;Maladie;30/06/2025;Journée\n", told=self.TOLD)

        assert set(first["absence_id"]) < set(second["absence_id"])

    def test_two_halves_without_a_name_are_a_day(self):
        frame, _ = read(
            "Matricule;Motif;Date;Nb jours\na;Maladie;13/06/2025;0,5\na;Maladie;13/06/2025;0,5\n"
        )

        assert of(frame, "a") == [(D(2025, 6, 13), D(2025, 6, 13), "sickness", None)]

    def test_a_day_taken_back(self):
        frame, _ = read(
            "Matricule;Motif;Date;Nb jours\na;Maladie;13/06/2025;1\na;Maladie;13/06/2025;-1\n"
        )

        assert of(frame, "a") == [(D(2025, 6, 13), D(2025, 6, 13), "sickness", 0)]


class TestNumberOfDays:
    def test_which_days_are_counted_is_asked(self):
        said = faults(HEAD + "a;Maladie;02/06/2025;06/06/2025;5\n")

        assert "--read 'Nb jours=ouvrés'" in said and "calendaires" in said

    def test_whole_days_follow_the_schedule(self):
        for way, count in (("ouvrés", 5), ("ouvrables", 6), ("calendaires", 7)):
            frame, _ = read(
                HEAD + f"a;Maladie;02/06/2025;08/06/2025;{count}\n", told={"Nb jours": way}
            )
            assert of(frame, "a") == [(D(2025, 6, 2), D(2025, 6, 8), "sickness", None)]

    def test_more_days_than_there_are(self):
        said = faults(HEAD + "a;CP;02/06/2025;08/06/2025;7\n", {"Nb jours": "ouvrables"})

        assert "1 number(s) of days that the dates do not have" in said

    def test_half_a_day_in_the_count(self):
        text = HEAD + "a;Maladie;02/06/2025;04/06/2025;2,5\n"

        assert "=ouvrés|7'" in faults(text, {"Nb jours": "ouvrés"})
        frame, _ = read(text, told={"Nb jours": "ouvrés|7"})
        assert of(frame, "a") == [(D(2025, 6, 2), D(2025, 6, 4), "sickness", 17.5)]

    def test_a_part_taken_back(self):
        text = HEAD + "a;CP;02/06/2025;06/06/2025;5\na;CP;02/06/2025;06/06/2025;-2\n"
        frame, _ = read(text, told={"Nb jours": "ouvrés|7"})

        assert of(frame, "a") == [(D(2025, 6, 2), D(2025, 6, 6), "paid_leave", 21)]

    def test_half_days_at_both_ends(self):
        frame, _ = read(
            "Matricule;Motif;Début;Demi-journée début;Fin;Demi-journée fin\n"
            "a;Maladie;02/06/2025;1;04/06/2025;1\n",
            told={"Demi-journée début": "7"},
        )

        assert of(frame, "a") == [
            (D(2025, 6, 2), D(2025, 6, 2), "sickness", 3.5),
            (D(2025, 6, 3), D(2025, 6, 3), "sickness", None),
            (D(2025, 6, 4), D(2025, 6, 4), "sickness", 3.5),
        ]


class TestMore:
    def test_an_absence_that_lasts_has_no_end(self):
        frame, understood = read("Matricule;Motif;Du;Au\na;Maladie;13/06/2025;\n")

        assert of(frame, "a") == [(D(2025, 6, 13), None, "sickness", None)]
        assert any(
            "no column says which absences are approved" in n for n in understood.block.notes
        )

    def test_a_prolonged_absence_keeps_its_name(self):
        before, _ = read("Matricule;Motif;Du;Au\na;Maladie;13/06/2025;14/06/2025\n")
        after, _ = read("Matricule;Motif;Du;Au\na;Maladie;13/06/2025;24/06/2025\n")

        assert before["absence_id"].to_list() == after["absence_id"].to_list()

    def test_two_that_begin_on_one_day_are_refused(self):
        text = "Matricule;Motif;Du;Au\na;Maladie;13/06/2025;14/06/2025\n"

        assert "begin on the same day" in faults(text + "a;Maladie;13/06/2025;24/06/2025\n")
        frame, understood = read(text + text.splitlines()[1] + "\n")
        assert (len(frame), left_out(understood)["the same row twice"]) == (1, (1, [3]))

    def test_an_unknown_kind_is_a_fault_without_its_text(self):
        said = faults("Matricule;Motif;Du;Au\na;Secret;13/06/2025;14/06/2025\n")

        assert ":2: column Motif" in said and "Secret" not in said

    def test_english_headers_and_days_that_could_be_months(self):
        text = (
            "Employee ID,Leave type,Start date,Start half,End date,End half,Status\n"
            "a,Sick leave,06/02/2025,PM,06/03/2025,AM,Approved\n"
            "a,Vacation,06/10/2025,,06/11/2025,,Pending\n"
        )

        assert "Start date" in faults(text, {"Start half": "8"})
        frame, _ = read(
            text, told={"Start half": "8", "Start date": "%m/%d/%Y", "End date": "%m/%d/%Y"}
        )
        assert of(frame, "a") == [
            (D(2025, 6, 2), D(2025, 6, 2), "sickness", 4),
            (D(2025, 6, 3), D(2025, 6, 3), "sickness", 4),
        ]

    def test_contracts_with_dates_are_no_absences(self):
        text = "Employee ID,Type,Start date,End date,FTE\na,Permanent,2020-02-13,,1\n"

        _, understood = read(text)
        assert understood.preset.id == "employees"
