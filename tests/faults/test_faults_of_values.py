"""Faults 26 to 32: rows twice, groups, names, ids and values that cannot be."""

from __future__ import annotations

import pytest

from tests.faults.desk import CANARY, HEADER, MONTH, order, orders

VISITS = "Visit,Begun,Country"


def visits(*countries: str) -> list[str]:
    return [VISITS, *(f"V{n},2026-10-05,{name}" for n, name in enumerate(countries, 1))]


def test_f26_exact_duplicates_are_counted_once(desk):
    lines = orders("10.00", "20.00")
    desk.takes(desk.got([*lines, *[lines[1]] * 10]))

    assert desk.figure() == 30.0  # not 130


def test_f26_exact_duplicates_of_a_table_are_left_out_and_said(desk):
    row = "A1,2026-10-05,10,paid"
    desk.table(
        "orders", "order_id,ordered_at,amount_ht,status", *[row] * 11, "A2,2026-10-05,20,paid"
    )
    code, said = desk.checked()

    assert desk.figure() == 30.0
    assert code == 0 and "orders: 10 " in said


def test_f26_one_id_with_two_values_is_refused(desk):
    said = desk.refuses(desk.got([HEADER, order(1, "10.00"), order(1, "20.00")]))

    assert "export.csv: orders: 1 row(s) repeat a key (order_id) with other values." in said
    assert "keep the right one" in said


def test_f27_a_dimension_that_is_listed_twice_multiplies_nothing(desk):
    desk.table("trainings", "training_id,started_at,ended_at,method",
               *["T1,2026-10-05,2026-10-06,presentiel"] * 2)  # fmt: skip
    desk.table("training_participants", "training_id,person_key,hours_attended,completed_at",
               *(f"T1,{one},7,{day}" for one, day in zip(
                   "abcdefghij", ["2026-10-06"] * 5 + [""] * 5, strict=True
               )))  # fmt: skip
    (whole,) = desk.rows("completion_rate")
    (part,) = desk.rows("completion_rate", by="method")

    # Five of ten people; the training stands twice, its people do not.
    assert (whole["numerator"], whole["denominator"]) == (5, 10)
    assert (part["numerator"], part["denominator"]) == (5, 10)


def test_f27_a_dimension_with_two_answers_is_refused(desk):
    days = "T1,2026-10-05,2026-10-06"
    names = "training_id,started_at,ended_at,method"
    desk.table("trainings", names, f"{days},presentiel", f"{days},en_ligne")
    code, said = desk.checked()

    assert code == 1 and "trainings.csv: 1 row(s) repeat a key (training_id)" in said


def test_f28_a_group_without_a_name_is_shown_and_the_parts_add_up(desk):
    desk.takes(desk.got(visits("FR", "FR", "", "  ")))
    parts = desk.groups("sessions", "country")

    assert parts == {"FR": 2.0, "(unknown)": 2.0}
    assert sum(parts.values()) == desk.figure("sessions") == 4.0


@pytest.mark.parametrize("name", ["NA", "None", "null", "nan"])
def test_f29_a_name_that_looks_like_nothing_is_a_name(desk, name):
    desk.takes(desk.got(visits(name, "FR", "")))

    assert desk.groups("sessions", "country") == {name: 1.0, "FR": 1.0, "(unknown)": 1.0}


def test_f30_variants_of_a_label_are_one_and_said(desk):
    composed, decomposed = "Réunion", "Re\u0301union"
    said = desk.takes(
        desk.got(
            visits(
                composed,
                composed,
                decomposed,
                f" {composed} ",
                composed.upper(),
                "R\u200béunion",
                "New\u00a0 Zealand",
                "New Zealand",
            )
        )  # fmt: skip
    )

    assert desk.groups("sessions", "country") == {"Réunion": 6.0, "New Zealand": 2.0}
    # Three beside Réunion (spaces around a cell never count), one beside New Zealand.
    assert "Table sessions: column country: 4 spelling(s) merged into 2 label(s)" in said


def test_f30_the_spelling_of_the_table_stays(desk):
    desk.takes(desk.got(["Visit,Begun,Country", "W1,2026-10-04,Belgique"], "a.csv"))
    file = desk.got(visits("BELGIQUE", "BELGIQUE", "belgique"), "b.csv")
    desk.takes(file)
    before = desk.state()["tables/sessions.parquet"]
    desk.takes(file, "--again")

    assert desk.groups("sessions", "country") == {"Belgique": 4.0}
    assert desk.state()["tables/sessions.parquet"] == before


def test_f30_variants_in_a_table_of_the_companys_own_are_said(desk):
    desk.table("sessions", "session_id,started_at,country",
               "1,2026-10-05,Paris", "2,2026-10-31,PARIS", "3,2026-10-31,Lyon")  # fmt: skip
    code, said = desk.checked()

    assert code == 0
    assert "To be looked at: sessions.csv: column country: 3 labels are 2 once capitals" in said
    assert "Paris" not in said


def test_f30_ids_that_differ_in_case_are_two(desk):
    desk.takes(desk.got(["Visit,Begun,Country", "Ab,2026-10-05,FR", "aB,2026-10-05,FR"]))

    assert desk.figure("sessions") == 2.0


def test_f31_leading_zeros_and_long_ids_stay_as_they_are(desk):
    numbers = ("007", "7", "9007199254740992", "9007199254740993")  # 2^53 and the next
    desk.takes(desk.got([HEADER, *(f"{each},b,2026-10-05,10.00,Paid" for each in numbers)]))

    assert desk.figure("revenue") == 40.0  # four orders


def test_f31_ids_that_excel_has_shortened_are_refused(desk):
    said = desk.refuses(desk.got([HEADER, "9.00719E+15,b,2026-10-05,10.00,Paid"]))

    assert "export.csv:2: column Order No: a number that Excel has shortened" in said
    assert "import the file as it was downloaded" in said


@pytest.mark.parametrize(
    ("table", "header", "row", "fault"),
    [
        ("employees", "employee_id,hired_at,left_at,fte", f"{CANARY},2020-01-01,,1.7",
         "column fte, 1 row(s), the first in row 2: the value is above 1."),
        ("sessions", "session_id,started_at,pageviews", f"{CANARY},2026-10-05,-3",
         "column pageviews, 1 row(s), the first in row 2: the value is below 0."),
        ("texts", "text_id,ts,rating", f"{CANARY},2026-10-05,11",
         "column rating, 1 row(s), the first in row 2: the value is above 10."),
    ],
)  # fmt: skip
def test_f32_impossible_values(desk, table, header, row, fault):
    desk.table(table, header, row)
    code, said = desk.checked()

    assert code == 1 and f"{table}.csv: {fault}" in said


def test_f32_an_import_of_impossible_values_is_refused(desk):
    preset = (desk.folder / "presets" / "site.yaml").read_text()
    pages = "      pageviews: {names: Pages, type: int}\n"
    (desk.folder / "presets" / "site.yaml").write_text(preset + pages)
    said = desk.refuses(desk.got(["Visit,Begun,Country,Pages", "V1,2026-10-05,FR,-3"]))

    assert "export.csv: sessions: column pageviews, 1 row(s)" in said and "is below 0" in said


def test_f32_refunds_are_kept_and_lower_the_revenue(desk):
    desk.takes(desk.got(orders("10.00", "20.00", "-5.00")))

    assert desk.figure("revenue", MONTH) == 25.0  # 10 + 20 - 5
