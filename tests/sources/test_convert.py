"""A table of an export into rows of a canonical table, by its preset."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kpilib.errors import ContractError
from kpilib.sources.block import Block
from kpilib.sources.context import Context
from kpilib.sources.convert import convert
from kpilib.sources.preset import Preset
from kpilib.sources.secret import pseudonym
from tests.sources.rows_left import left_out

SECRET = b"a key that is long enough"
FIELDS = {
    "order_id": {"names": "No", "type": "id"},
    "customer_id": {"names": "Buyer", "type": "id", "pseudonym": True, "required": False},
    "ordered_at": {"names": ["Day", "Jour"], "type": "instant"},
    "amount_ht": {"names": "Amount", "type": "money", "decimal": "auto"},
    "status": {"names": "State", "values": {"Paid": "paid"}, "required": False},
    "units": {"names": "Units", "type": "int", "required": False, "default": 1},
}


def preset(**changes):
    table = {"id": "orders", "target": "orders", "signature": ["No"], "fields": FIELDS, **changes}
    return Preset(id="shop", name="Shop", status="documented", tables=[table])


def block(header, rows, **changes):
    numbered = iter([(line, tuple(cells)) for line, cells in enumerate(rows, 2)])
    return Block(origin="a.csv", header=tuple(header), line=1, rows=numbered, **changes)


def context(**told):
    return Context(zone=ZoneInfo("Europe/Paris"), currency="EUR", secret=lambda: SECRET, told=told)


def converted(header, rows, told=None, **changes):
    made = preset(**changes)
    return convert(block(header, rows), made, made.tables[0], context(**told or {}))


def faults_of(*args, **options):
    with pytest.raises(ContractError) as caught:
        converted(*args, **options)
    return caught.value.faults


HEADER = ["No", "Day", "Amount"]


def test_types_zones_defaults_and_pseudonyms():
    frame, _ = converted(
        ["No", "Buyer", "Day", "Amount", "State"],
        [["007", "Ann@Client.example", "2026-07-01 00:30:00", "1 234,50", "PAID "],
         ["008", "", "", "", ""]],
    )  # fmt: skip

    assert frame.to_dicts() == [
        {
            "order_id": "007",
            "customer_id": pseudonym("ann@client.example", SECRET),
            "ordered_at": datetime(2026, 6, 30, 22, 30, tzinfo=UTC),  # Paris is two hours ahead
            "amount_ht": 1234.5,
            "status": "paid",
            "units": 1,
        },
        {"order_id": "008", "customer_id": None, "ordered_at": None, "amount_ht": None,
         "status": None, "units": 1},
    ]  # fmt: skip


def test_the_sign_of_a_column_is_settled_by_its_last_row():
    rows = [[str(n), f"2026-10-{1 + n % 28:02}", "1,234"] for n in range(50)]
    rows.append(["50", "2026-10-01", "0,5"])  # only here: the comma parts decimals
    whole, understood = converted(HEADER, rows)

    assert whole["amount_ht"][0] == 1.234
    assert (understood.rows, understood.kept) == (51, 51)


def test_without_any_decisive_number_it_is_asked():
    (fault,) = faults_of(HEADER, [["1", "2026-10-01", "1,234"]])
    frame, _ = converted(HEADER, [["1", "2026-10-01", "1,234"]], told={"Amount": "."})

    assert fault.startswith("a.csv: column Amount: ") and "--read 'Amount=,'" in fault
    assert frame["amount_ht"].item() == 1234


def test_faults_late_in_a_long_file_name_their_lines_and_no_value():
    rows = [[str(n), "2026-10-01", "1.5"] for n in range(30_000)]
    rows[25_000] = ["x", "2026-10-01", "secret@client.example"]  # line 25,002
    rows[25_001] = ["x", "2026-10-01", "ten"]
    rows[27_000] = ["x", "2026-10-01", "1", "5"]  # line 27,002

    assert faults_of(HEADER, rows) == [
        "a.csv:27002: 4 cell(s) in this row, 3 in the header. A text holds the separator without"
        " quotes, or the file was cut: export it again.",
        "a.csv:25002: column Amount: not a number, and in 1 more row(s).",
    ]


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        ([["1", "2026-10-01", "1", "5"]] * 14 + [["x", "2026-10-01", "ten"]], 5),
        ([["Total", "2026-10-01", "1"]] * 14, 4),
    ],
)
def test_of_many_faults_those_beyond_the_first_are_counted(rows, more):
    *shown, last = faults_of(HEADER, rows)

    assert len(shown) == 10 and last == f"a.csv: {more} more fault(s)."


def test_unknown_texts_are_counted_and_only_the_allowed_ones_are_listed():
    rows = [[str(n), "2026-10-01", "1", state] for n, state in enumerate(["Paid", "Lost", "Owed"])]

    assert faults_of([*HEADER, "State"], rows) == [
        "a.csv:3: column State: not one of Paid, and in 1 more row(s)."
    ]


def test_a_missing_column_names_those_there_and_the_nearest():
    assert faults_of(["No", "Day", "Amount (net)"], []) == [
        "a.csv:1: expected a column Amount, found No, Day, Amount (net). Did you mean"
        " 'Amount (net)'?"
    ]


def test_a_second_header_is_no_row():
    rows = [["(text)", "(day)", "(EUR)"], ["1", "2026-10-01", "1.5"]]
    frame, understood = converted(HEADER, rows, second_header=True)

    assert frame["amount_ht"].to_list() == [1.5] and understood.rows == 1


def test_two_columns_of_one_name_are_refused_only_where_it_matters():
    assert faults_of(["No", "Day", "Amount", "amount "], []) == [
        "a.csv:1: two columns are called 'Amount', and Shop needs one. Rename or remove the other."
    ]
    frame, understood = converted(["No", "Day", "Amount", "x", "x"], [["1", "", "2", "", ""]])
    assert len(frame) == 1 and understood.ignored == ["x", "x"]


class TestTotals:
    RULES = {"totals": [{"column": "order_id", "pattern": "Total.*|"}], "additive": ["amount_ht"]}
    ROWS = [["1", "", "10.25"], ["2", "", "5.5"]]

    def test_are_checked_and_dropped(self):
        rows = [["", "", "15.75"], *self.ROWS, ["Total: Search", "", "5.5"]]
        frame, understood = converted(HEADER, rows, **self.RULES)

        assert frame["amount_ht"].to_list() == [10.25, 5.5]
        assert left_out(understood) == {"totals row": (2, [2, 5])}
        assert understood.totals == {"amount_ht": (15.75, 15.75)}  # the largest is about all

    def test_that_do_not_add_up_are_a_fault(self):
        assert faults_of(HEADER, [["Total", "", "20"], *self.ROWS], **self.RULES) == [
            "a.csv: column Amount: the rows add up to 15.75, the totals row says 20. Rows are"
            " missing, or come twice: export all of them again."
        ]

    def test_rounding_is_no_fault(self):
        _, understood = converted(HEADER, [["Total", "", "15.76"], *self.ROWS], **self.RULES)

        assert understood.totals == {"amount_ht": (15.76, 15.75)}

    def test_what_is_not_additive_is_not_compared(self):
        rules = {**self.RULES, "additive": []}
        _, understood = converted(HEADER, [["Total", "", "99"], *self.ROWS], **rules)

        assert understood.totals == {}

    def test_may_be_longer_than_the_header(self):
        frame, _ = converted(
            HEADER, [["", "", "10", "Grand total"], ["1", "", "10"]],
            totals=[{"pattern": "Grand total"}],
        )  # fmt: skip

        assert len(frame) == 1


def test_messages_of_the_tool_are_dropped_and_counted():
    _, understood = converted(
        HEADER, [["", "An error occurred.", ""], ["1", "", "1"]],
        notices=[{"pattern": "an error occurred.*"}],
    )  # fmt: skip

    assert left_out(understood) == {"message of the tool": (1, [2])}


def test_a_table_that_is_recognised_and_not_used_is_counted():
    made = Preset(
        id="shop", name="Shop", status="documented",
        tables=[{"id": "other", "signature": ["No"]}],
    )  # fmt: skip
    frame, understood = convert(block(["No"], [["1"], ["2"]]), made, made.tables[0], context())

    assert frame.is_empty() and understood.rows == 2


def test_dates_of_a_column_are_days():
    frame, _ = converted(
        HEADER, [["1", "25/12/2026", "1"]],
        fields={**FIELDS, "ordered_at": {"names": "Day", "type": "date"}},
    )  # fmt: skip

    assert frame["ordered_at"].item() == date(2026, 12, 25)
