"""Faults 1 to 6 and 10 to 13: dates, columns, rows and numbers, as `kpilib import` meets them."""

from __future__ import annotations

import pytest

from tests.faults.desk import CANARY, HEADER, order, orders


def on(*days: str) -> list[str]:
    return [HEADER, *(order(number, day=day) for number, day in enumerate(days, 1))]


def test_f01_ambiguous_day_and_month(desk):
    file = desk.got(on("01/10/2026", "05/10/2026", "10/10/2026"))
    said = desk.refuses(file)

    assert "export.csv: column Ordered: " in said
    assert "--read 'Ordered=%d/%m/%Y' (day first)" in said and "'Ordered=%m/%d/%Y'" in said
    assert "05/10/2026" not in said
    desk.takes(file, "--read", "Ordered=%d/%m/%Y")
    assert desk.figure() == 30.0  # 1, 5 and 10 October


def test_f01_the_other_answer_gives_the_other_months(desk):
    desk.takes(desk.got(on("01/10/2026", "05/10/2026", "10/10/2026")), "--read", "Ordered=%m/%d/%Y")

    assert desk.figure() == 10.0  # 10 October alone: the others are January and May


def test_f02_the_order_flips_between_months(desk):
    january = desk.got(on("05/10/2026", "06/10/2026"), "one.csv")
    february = desk.got(on("05/10/2026", "10/25/2026"), "two.csv")
    desk.takes(january, "--read", "Ordered=%d/%m/%Y")
    said = desk.refuses(february, "--read", "Ordered=%d/%m/%Y")

    assert "two.csv:3: column Ordered: not a date written YYYY-MM-DD or %d/%m/%Y" in said
    assert "10/25" not in said


def test_f02_the_order_flips_within_a_file(desk):
    said = desk.refuses(desk.got(on("25/10/2026", "10/25/2026")))

    assert "export.csv" in said and "column Ordered" in said and "25/10" not in said


def test_f03_columns_in_another_order(desk):
    desk.takes(desk.got(orders("10.00", "20.00"), "a.csv"))
    before = desk.folder.joinpath("tables", "orders.parquet").read_bytes()
    turned = [",".join(reversed(line.split(","))) for line in orders("10.00", "20.00")]
    said = desk.takes(desk.got(turned, "b.csv"))

    assert "0 row(s) added, 0 changed, 2 the same as before" in said
    assert desk.folder.joinpath("tables", "orders.parquet").read_bytes() == before
    assert desk.figure() == 30.0


def test_f04_a_column_is_renamed(desk):
    lines = orders("10.00")
    said = desk.refuses(desk.got([lines[0].replace("Amount", "Amount (€)"), *lines[1:]]))

    assert "export.csv" in said and "Amount (€)" in said  # what was found
    assert "The nearest is Till" in said and "also has Amount" in said  # what was expected
    assert "--map" in said  # what to do


def test_f04_a_column_of_a_table_is_missing(desk):
    desk.table("orders", "order_id,ordered_at,amount", "A1,2026-10-05,10")
    res = desk.run("value", "revenue", "--month", "2026-10")

    assert res.exit_code == 1
    assert "orders.csv: column amount_ht is missing. Found: order_id, ordered_at" in res.stderr
    assert "Did you mean 'amount'?" in res.stderr


def test_f05_a_new_column(desk):
    lines = [f"{line},{CANARY}" for line in orders("10.00", "20.00")]
    said = desk.takes(desk.got([lines[0].replace(CANARY, "Loyalty"), *lines[1:]]))

    assert "columns ignored: Loyalty" in said
    assert desk.figure() == 30.0


def test_f06_a_header_twice(desk):
    lines = [f"{line},99.00" for line in orders("10.00")]
    said = desk.refuses(desk.got([lines[0].replace("99.00", "Amount"), *lines[1:]]))

    assert "export.csv:1: two columns are called 'Amount'" in said
    assert "Rename or remove the other" in said


def test_f06_a_header_twice_in_a_table(desk):
    desk.table("orders", "order_id,ordered_at,amount_ht,amount_ht", "A1,2026-10-05,10,99")
    code, said = desk.checked()

    assert code == 1 and "orders.csv: a column name appears twice. Rename one of them." in said


@pytest.mark.parametrize("line", [3, 25_000])  # also where no sample of the file would look
def test_f10_a_row_with_a_comma_too_many(desk, line):
    lines = [HEADER, *(order(number) for number in range(1, 30_001))]
    lines[line - 1] = f"{lines[line - 1]},{CANARY}"
    said = desk.refuses(desk.got(lines))

    assert f"export.csv:{line}: 6 cell(s) in this row, 5 in the header." in said
    assert "export it again" in said


def test_f10_in_a_table_of_the_companys_own(desk):
    desk.table(
        "orders",
        "order_id,ordered_at,amount_ht",
        *(f"A{number},2026-10-05,10" for number in range(25_000)),
        f"A25000,2026-10-05,10,{CANARY}",
    )
    code, said = desk.checked()

    assert code == 1
    assert "orders.csv: 1 row(s) do not have the 3 fields of the header" in said
    assert "the first is row 25002" in said


def test_f11_a_bad_type_late_in_the_file(desk):
    lines = [HEADER, *(order(number) for number in range(1, 30_001))]
    for number in (25_000, 28_000, 29_000):
        lines[number] = order(number, amount=CANARY)
    said = desk.refuses(desk.got(lines))

    assert "export.csv:25001: column Amount: not a number, and in 2 more row(s)." in said


def test_f12_semicolons_decimal_commas_and_hard_spaces(desk):
    lines = [
        "Order No;Buyer;Ordered;Amount;State",
        "A1;b@client.example;2026-10-05;1\u00a0234,50;Paid",
        "A2;b@client.example;2026-10-05;12\u202f000,25;Paid",
    ]
    desk.takes(desk.got(lines))

    assert desk.figure() == 13234.75  # 1 234,50 + 12 000,25


def test_f12_a_text_among_numbers_is_never_nothing(desk):
    said = desk.refuses(desk.got(orders("10.00", "10.00 or so")))

    assert "export.csv:3: column Amount: not a number." in said


def test_f13_a_number_with_two_readings(desk):
    file = desk.got(orders("1.234", "5.678"))
    said = desk.refuses(file)

    assert "export.csv: column Amount: " in said and "1.234" not in said
    assert "--read 'Amount=.' (decimal point) or --read 'Amount=,' (decimal comma)" in said
    desk.takes(file, "--read", "Amount=,")
    assert desk.figure() == 6912.0  # 1 234 + 5 678


def test_f13_what_was_read_a_thousand_times_too_large_is_out_of_range(desk):
    desk.table("employees", "employee_id,hired_at,left_at,fte", "E1,2020-01-01,,800")
    code, said = desk.checked()

    assert code == 1
    assert "employees.csv: column fte, 1 row(s), the first in row 2: the value is above 1." in said
