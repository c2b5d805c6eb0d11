"""New rows into a table: by key, in any order, in portions or at once."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.errors import ContractError
from kpilib.sources.merge import Part, merge
from kpilib.sources.provenance import NAMES, Entry, overlaps
from kpilib.tables import TABLES

PARIS = ZoneInfo("Europe/Paris")
ORDERS, DAYS = TABLES["orders"], TABLES["social_daily"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("merge")


def part(place, name, rows, **schema):
    path = place / f"{name}.parquet"
    pl.DataFrame(rows, schema_overrides=schema).write_parquet(path)
    return Part(path=path, origin=f"{name}.csv")


def merged(place, parts, before=None, contract=ORDERS):
    made = place / "made.parquet"
    counts = merge(contract, parts, before, made, PARIS)
    return pl.read_parquet(made), (counts.added, counts.changed, counts.same)


def faults_of(place, *parts, contract=ORDERS):
    with pytest.raises(ContractError) as caught:
        merged(place, parts, contract=contract)
    return caught.value.faults


def test_columns_that_an_export_lacks_keep_what_they_held(place):
    before = part(place, "old", [{"order_id": "1", "units": 3, "amount_ht": 5.0}]).path
    new = part(place, "new", [{"order_id": "1", "amount_ht": 6.0}, {"order_id": "2"}])
    rows, counts = merged(place, [new], before)

    assert rows.select("order_id", "units", "amount_ht").rows() == [
        ("1", 3, 6.0), ("2", None, None),
    ]  # fmt: skip
    assert counts == (1, 1, 0)


def test_tables_of_one_export_that_each_hold_a_metric_fill_one_row(place):
    reach = part(place, "reach", [{"date": "2026-10-01", "network": "x", "reach": 7}])
    visits = part(place, "visits", [{"date": "2026-10-01", "network": "x", "profile_contacts": 2}])
    rows, counts = merged(place, [reach, visits], contract=DAYS)

    assert rows.select("account_id", "dimension", "reach", "profile_contacts").rows() == [
        ("all", "total", 7, 2)  # what the contract assumes of its key is written down
    ]
    assert counts == (1, 0, 0)


def test_empty_parts_of_a_key_are_equal(place):
    rows = [
        {"date": "2026-10-01", "account_id": "a", "dimension": "total", "dimension_value": None}
    ]
    before = part(place, "old", rows, dimension_value=pl.String).path
    again = part(place, "new", rows, dimension_value=pl.String)

    assert merged(place, [again], before, DAYS)[1] == (0, 0, 1)


def test_rows_without_a_key_are_refused(place):
    empty = part(place, "empty", [{"order_id": None}, {"order_id": "1"}], order_id=pl.String)
    keyless = part(place, "keyless", [{"amount_ht": 1.0}])

    assert faults_of(place, empty, keyless) == [
        "empty.csv: 1 row(s) have no order_id. A row needs it.",
        "keyless.csv: nothing gives order_id, and rows of orders are told apart by order_id. Add"
        " the column to the preset.",
    ]


def test_a_table_that_contradicts_itself_is_not_made_worse(place):
    before = part(place, "old", [{"order_id": "1", "units": 1}, {"order_id": "1", "units": 2}]).path
    with pytest.raises(ContractError) as caught:
        merged(place, [part(place, "new", [{"order_id": "2"}])], before)

    assert caught.value.faults == [
        "old.parquet: 1 row(s) repeat a key (order_id) with other values, already before this"
        " import. Correct the table first: kpilib check."
    ]


ROWS = st.dictionaries(st.integers(0, 30), st.none() | st.integers(0, 3), min_size=1)


@settings(max_examples=40, deadline=None)
@given(before=ROWS, new=ROWS)
def test_each_key_once_with_its_last_values(place, before, new):
    def frame(name, rows):
        given = [{"order_id": str(number), "units": value} for number, value in rows.items()]
        return part(place, name, given, units=pl.Int64)

    old = frame("old", before)
    rows, counts = merged(place, [frame("new", new)], old.path)

    expected = {str(number): value for number, value in {**before, **new}.items()}
    known = before.keys() & new.keys()
    changed = sum(before[number] != new[number] for number in known)
    assert dict(rows.select("order_id", "units").iter_rows()) == expected
    assert len(rows) == len(expected)  # never more rows than keys
    assert counts == (len(new.keys() - before.keys()), changed, len(known) - changed)


class TestPeriods:
    """Sums over several days must not overlap."""

    def entry(self, first, last, spans="yes", **changes):
        given = dict.fromkeys(NAMES, "") | {
            "file": f"{first}.csv", "preset": "ga4", "source": "traffic", "table": "sessions",
            "first_day": first, "last_day": last, "spans": spans,
        }  # fmt: skip
        return Entry(**given | changes)

    october = ("2026-10-01", "2026-10-31")

    def test_overlapping_periods_are_refused(self):
        new = self.entry("2026-10-15", "2026-11-14")

        assert overlaps([new], [self.entry(*self.october)]) == [
            "2026-10-15.csv: its rows are sums from 2026-10-15 to 2026-11-14; 2026-10-01.csv"
            " already brought 2026-10-01 to 2026-10-31 into sessions, so days would count twice."
            " Export periods that follow each other (whole months), or a table by day, always the"
            " same one."
        ]

    @pytest.mark.parametrize(
        "new",
        [
            {"first": "2026-11-01", "last": "2026-11-30"},  # the next month
            {"first": "2026-10-01", "last": "2026-10-31"},  # the same once more
            {"first": "2026-11-01", "last": "2026-11-30", "preset": "matomo"},
            {"first": "2026-10-15", "last": "2026-11-14", "table": "costs"},
        ],
    )
    def test_others_are_not(self, new):
        assert overlaps([self.entry(**new)], [self.entry(*self.october)]) == []

    def test_days_beside_their_sum_are_refused(self):
        daily = self.entry("2026-10-01", "2026-10-31", spans="", source="by_day")

        assert len(overlaps([daily], [self.entry(*self.october)])) == 1
        assert overlaps([daily], [daily]) == []
