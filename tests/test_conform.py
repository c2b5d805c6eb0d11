"""Columns come as they are and leave under their contract, or every fault is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.language import speaking
from kpilib.period import Period
from kpilib.tables.conform import conform
from kpilib.tables.contract import table
from kpilib.tables.read import native

PARIS = ZoneInfo("Europe/Paris")
CONTRACT = table(
    "things",
    "one thing",
    """
    name key personal;
    at ts;
    day date;
    count int;
    size float;
    price EUR;
    good bool;
    kind enum(a, b);
    hours hours;
    words list;
    grade float lenient;
    note text absent=;
    extra int absent=7;
    since ts absent=;
    really bool absent=true
    """,
)


def read(columns, frame, zone=PARIS):
    lazy = native(frame, "things.csv")
    res = conform(lazy, CONTRACT, set(columns.split()), zone, "things.csv")
    return res.collect("polars").to_native()


def column(name, values, **kwargs):
    """One column through the contract, from pandas."""
    return read(name, pd.DataFrame({name: pd.Series(values, **kwargs)}))[name].to_list()


class TestInstants:
    @pytest.mark.parametrize(
        "written",
        [
            "2025-06-30T22:30:00Z",
            "2025-06-30 22:30:00Z",
            "2025-06-30T22:30:00",  # without offset: UTC
            "2025-06-30T22:30:00.000Z",
            "2025-07-01T00:30:00+02:00",
            "2025-07-01T00:30:00+0200",
            "2025-06-30T17:30:00-05:00",
            "  2025-06-30T22:30:00Z ",
        ],
    )
    def test_o03_written_ones_are_utc(self, written):
        assert column("at", [written]) == [datetime(2025, 6, 30, 22, 30, tzinfo=UTC)]

    def test_offsets_may_be_mixed(self):
        res = column("at", ["2025-07-01T00:30:00+02:00", "2025-06-30T22:30:00Z"])

        assert res == [datetime(2025, 6, 30, 22, 30, tzinfo=UTC)] * 2

    @pytest.mark.parametrize(
        ("day", "utc"),
        [
            ("2025-01-05", datetime(2025, 1, 4, 23, tzinfo=UTC)),
            ("2025-07-05", datetime(2025, 7, 4, 22, tzinfo=UTC)),
        ],
    )
    def test_a_day_begins_at_local_midnight(self, day, utc):
        assert column("at", [day]) == [utc]
        assert column("at", [date.fromisoformat(day)]) == [utc]

    @pytest.mark.parametrize(
        ("zone", "day"),
        [
            ("America/Santiago", "2025-09-07"), ("Asia/Beirut", "2025-03-30"),
            ("Africa/Cairo", "2024-11-01"), ("America/Asuncion", "2023-10-01"),
            ("America/Havana", "2025-11-02"), ("Pacific/Apia", "2011-12-30"),
        ],
    )  # fmt: skip
    def test_a_day_begins_where_its_period_does_when_clocks_change_at_midnight(self, zone, day):
        begins = Period.parse((day, day)).bounds(ZoneInfo(zone))[0]

        for written in (day, date.fromisoformat(day)):
            frame = pd.DataFrame({"at": [written]})
            assert read("at", frame, ZoneInfo(zone))["at"].to_list() == [begins]

    def test_those_of_pandas(self):
        naive = pd.to_datetime(["2025-06-30T22:30:00"])

        assert column("at", naive) == [datetime(2025, 6, 30, 22, 30, tzinfo=UTC)]
        assert column("at", naive.tz_localize("UTC").tz_convert("Asia/Tokyo")) == [
            datetime(2025, 6, 30, 22, 30, tzinfo=UTC)
        ]

    def test_missing_ones_stay_missing(self):
        assert column("at", ["2025-06-30", None, "", "  "])[1:] == [None] * 3

    @pytest.mark.parametrize(
        "written", ["30/06/2025", "2025-06-31", "June 2025", "20250630", "2025-6-3", "1751322600"]
    )
    def test_another_writing_is_a_fault(self, written):
        with pytest.raises(ContractError) as caught:
            column("at", ["2025-06-30", written])

        assert str(caught.value) == (
            "things.csv: column at has 1 value(s) that are not an instant as "
            "YYYY-MM-DDTHH:MM:SSZ; the first is in row 3. Correct them, or leave them empty."
        )

    def test_a_fault_is_said_in_the_language_of_who_reads(self):
        with speaking("fr"), pytest.raises(ContractError) as caught:
            column("at", ["2025-06-30", "June 2025"])

        assert caught.value.faults == [
            "things.csv: la colonne at a 1 valeur(s) illisibles comme un instant écrit "
            "YYYY-MM-DDTHH:MM:SSZ\u00a0; la première est à la ligne 3. Corrigez-les, ou "
            "laissez-les vides."
        ]


class TestDays:
    def test_are_read_as_written(self):
        assert column("day", ["2025-06-30", None]) == [date(2025, 6, 30), None]

    def test_an_instant_falls_on_its_local_day(self):
        instants = pd.to_datetime(["2025-06-30T22:30:00Z"])

        assert column("day", instants) == [date(2025, 7, 1)]

    def test_a_naive_timestamp_is_a_day(self):
        assert column("day", pd.to_datetime(["2025-06-30"])) == [date(2025, 6, 30)]

    @pytest.mark.parametrize("written", ["01/02/2024", "2024-02-30", "2024-2-1"])
    def test_another_writing_is_a_fault(self, written):
        with pytest.raises(ContractError, match="not a day as YYYY-MM-DD; the first is in row 2"):
            column("day", [written])


class TestNumbers:
    def test_are_read_as_written(self):
        assert column("size", ["1.5", " 2 ", "", None, "-3e2"]) == [1.5, 2.0, None, None, -300.0]
        assert column("count", ["1", "2.0", None]) == [1, 2, None]

    @pytest.mark.parametrize(
        "written", ["1 234,50", "1,5", "12 %", "n/a", "inf", "nan", "1.234.567", "12€"]
    )
    def test_another_writing_is_a_fault_never_a_zero(self, written):
        with pytest.raises(ContractError) as caught:
            column("price", ["1.0", written, written])

        assert str(caught.value) == (
            "things.csv: column price has 2 value(s) that are not a number with a decimal point; "
            "the first is in row 3. Correct them, or leave them empty."
        )

    def test_a_fraction_is_no_count(self):
        with pytest.raises(ContractError, match="column count has 1 value"):
            column("count", ["1", "2.5"])

    @pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32, np.uint8, np.uint32])
    def test_narrow_ones_do_not_overflow_when_added(self, kind):
        top = np.iinfo(kind).max
        res = read("count", pl.DataFrame({"count": np.array([top] * 3, dtype=kind)}))

        assert res["count"].sum() == 3 * int(top)

    def test_decimals_are_numbers(self):
        frame = pl.DataFrame({"price": [Decimal("1.10"), Decimal("2.20")]})

        assert read("price", frame)["price"].to_list() == [1.1, 2.2]

    @pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf")])
    def test_what_is_not_a_number_is_missing(self, odd):
        frame = pl.DataFrame({"size": [1.0, odd]})

        assert read("size", frame)["size"].to_list() == [1.0, None]

    def test_true_is_no_number(self):
        with pytest.raises(ContractError, match="column count holds Boolean, expected int"):
            read("count", pl.DataFrame({"count": [True]}))


class TestTruths:
    def test_words(self):
        yes, no = ["true", "TRUE", "1", "yes", "oui", "Vrai"], ["false", "0", "no", "non", "faux"]

        assert column("good", [*yes, *no, "", None]) == [True] * 6 + [False] * 5 + [None] * 2

    def test_numbers(self):
        assert column("good", [1, 0]) == [True, False]

    def test_missing_ones_among_them(self):
        assert column("good", [True, None, False], dtype=object) == [True, None, False]

    def test_another_word_is_a_fault(self):
        with pytest.raises(ContractError, match="not true or false; the first is in row 3"):
            column("good", ["yes", "maybe"])


class TestNames:
    def test_stay_as_they_are(self):
        assert column("name", ["007", "NA", "None", "null"]) == ["007", "NA", "None", "null"]

    def test_integers_become_text(self):
        assert column("name", [7, 9_007_199_254_740_993]) == ["7", "9007199254740993"]

    def test_categories_become_text(self):
        assert column("kind", ["a", "b"], dtype="category") == ["a", "b"]

    def test_floats_are_refused(self):
        with pytest.raises(ContractError) as caught:
            column("name", [7.0, 8.0])

        assert str(caught.value) == (
            "things.csv: column name holds Float64, and a name must be text (007 is not 7). Read "
            "it as text, in pandas with dtype=str."
        )


class TestHours:
    WEEK = [7.0, 7.0, 7.0, 7.0, 7.0, 0.0, 0.0]

    @pytest.mark.parametrize("written", ["7,7,7,7,7,0,0", "[7, 7, 7, 7, 7, 0, 0]", "7;7;7;7;7;0;0"])
    def test_written(self, written):
        assert column("hours", [written]) == [self.WEEK]

    def test_lists(self):
        assert column("hours", [self.WEEK, None]) == [self.WEEK, None]

    def test_six_days_are_a_fault(self):
        with pytest.raises(ContractError, match="not seven numbers, Monday to Sunday"):
            column("hours", ["7,7,7,7,7,0"])


class TestLists:
    def test_lists_stay_lists(self):
        assert column("words", [["a", "b"], [], None]) == [["a", "b"], [], None]

    def test_a_text_is_left_to_whoever_reads_it(self):
        assert column("words", ["a; b", None]) == ["a; b", None]

    def test_nothing_but_missing_values(self):
        assert column("words", [None, None], dtype=object) == [None, None]

    def test_a_number_is_no_list(self):
        with pytest.raises(ContractError, match="a list of texts"):
            column("words", [1.5])


class TestAnswers:
    def test_what_cannot_be_read_is_no_answer(self):
        assert column("grade", [10, "9", None, 11, "", "bof"], dtype=object) == [
            10.0, 9.0, None, 11.0, None, None,
        ]  # fmt: skip


class TestMissingColumns:
    def test_none_that_the_table_knows(self):
        with pytest.raises(ContractError) as error:
            read("", pd.DataFrame({"a;b": ["1;2"]}))

        assert error.value.faults == [
            "things.csv: none of its columns is one of the table things. Found: a;b. Allowed: "
            "name, at, day, count, size, price, good, kind, hours, words, grade, note, extra, "
            "since, really. Name the columns so, or give the file as it was exported to kpilib "
            "import."
        ]

    def test_an_optional_one_is_filled_as_declared(self):
        res = read("note extra since really", pd.DataFrame({"name": ["x"]}))

        assert res.row(0, named=True) == {"note": None, "extra": 7, "since": None, "really": True}
        assert res.schema["since"] == pl.Datetime("us", "UTC")

    def test_every_missing_one_is_named_with_what_was_found_and_the_nearest(self):
        with pytest.raises(ContractError) as caught:
            read("price day", pd.DataFrame({"Price (EUR)": [1.0], "dai": ["x"]}))

        assert caught.value.faults == [
            "things.csv: column day is missing. Found: Price (EUR), dai. Did you mean 'dai'? "
            "Add or rename the column.",
            "things.csv: column price is missing. Found: Price (EUR), dai. Did you mean "
            "'Price (EUR)'? Add or rename the column.",
        ]

    def test_missing_and_unreadable_ones_are_listed_together(self):
        with pytest.raises(ContractError) as caught:
            read("price day", pd.DataFrame({"price": ["dear"]}))

        assert len(caught.value.faults) == 2

    def test_a_column_without_a_value_is_missing_values(self):
        res = read("at price name good", pd.DataFrame({
            "at": [None], "price": [None], "name": [None], "good": [None]
        }))  # fmt: skip

        assert res.row(0) == (None, None, None, None)

    def test_a_wrong_type_is_named(self):
        with pytest.raises(ContractError) as caught:
            read("day", pl.DataFrame({"day": [1.5]}))

        assert str(caught.value) == (
            "things.csv: column day holds Float64, expected date: a day as YYYY-MM-DD. Convert "
            "the column."
        )


class TestOrderAndExtras:
    def test_columns_are_found_by_name_not_by_place(self):
        frame = pd.DataFrame({"price": [1.0], "name": ["x"]})

        assert read("name price", frame).equals(read("name price", frame[["name", "price"]]))

    def test_a_new_column_disturbs_nothing(self):
        frame = pd.DataFrame({"price": [1.0], "whatever": [object()]})

        assert read("price", frame[["price"]])["price"].to_list() == [1.0]


def test_no_value_is_ever_in_a_message(tmp_path):
    """Canaries in every column; no message may repeat one."""
    canary = "canary.person@example.org"
    path = tmp_path / "leads.csv"
    path.write_text(f"lead_id,person_key,created_at\n1,{canary},{canary}\n2,b,{canary}\n")

    with pytest.raises(ContractError) as caught:
        kl.open({"leads": path}).evaluate("leads", "2025-02")

    assert "leads.csv: column created_at has 2 value(s)" in str(caught.value)
    assert canary not in str(caught.value)
