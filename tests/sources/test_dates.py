"""One parser of dates: formats told or seen in the whole column, never guessed at."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kpilib.tables.cells import Ambiguous
from tests.sources.one_column import day, formats_of, instant

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("2024-01-15", (), date(2024, 1, 15)),
        ("20240115", (), date(2024, 1, 15)),
        ("2024/01/15", (), date(2024, 1, 15)),
        ("2023-07-08T00:00:00", (), date(2023, 7, 8)),
        ("15/01/2024", ("%d/%m/%Y",), date(2024, 1, 15)),
        ("Tue, Aug 26, 2025", ("%a, %b %d, %Y",), date(2025, 8, 26)),
        ("27 January 2026", ("%d %B %Y",), date(2026, 1, 27)),
        ("1er mars 2024", ("%d %B %Y",), date(2024, 3, 1)),
        ("15 févr. 2024", ("%d %b %Y",), date(2024, 2, 15)),
        ("15 août 2024", ("%d %B %Y",), date(2024, 8, 15)),
        ("mar. 5 mars 2024", ("%a %d %B %Y",), date(2024, 3, 5)),
        ("jeudi 5 décembre 2024", ("%A %d %B %Y",), date(2024, 12, 5)),
        ("5 sept. 2024", ("%d %b %Y",), date(2024, 9, 5)),
        ("23/01/23", ("%d/%m/%y",), date(2023, 1, 23)),  # two digits: 1969 to 2068
        ("23/01/69", ("%d/%m/%y",), date(1969, 1, 23)),
        ("2024-12-31 24:00", (), date(2025, 1, 1)),  # the midnight that ends the day
        ("  ", (), None),
    ],
)
def test_days(text, formats, expected):
    assert day(text, formats) == expected


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("2024-01-15T10:20:30Z", (), datetime(2024, 1, 15, 10, 20, 30, tzinfo=UTC)),
        ("2024-01-15T10:20:30+0200", (), datetime(2024, 1, 15, 8, 20, 30, tzinfo=UTC)),
        ("2024/01/15 10:20:30 AM UTC+1", (), datetime(2024, 1, 15, 9, 20, 30, tzinfo=UTC)),
        ("2024-01-15 10:20", (), datetime(2024, 1, 15, 9, 20, tzinfo=UTC)),  # Paris
        (
            "Jun 09, 2018 09:30 pm",
            ("%b %d, %Y %I:%M %p",),
            datetime(2018, 6, 9, 19, 30, tzinfo=UTC),
        ),
        ("23/01/23, 12:09", ("%d/%m/%y, %H:%M",), datetime(2023, 1, 23, 11, 9, tzinfo=UTC)),
        ("2024-02-28T24:00:00", (), datetime(2024, 2, 28, 23, tzinfo=UTC)),
        ("28/02/2024 24:00", ("%d/%m/%Y*",), datetime(2024, 2, 28, 23, tzinfo=UTC)),
        ("31/12/2024 24:00", ("%d/%m/%Y %H:%M",), datetime(2024, 12, 31, 23, tzinfo=UTC)),
        ("1767605600", ("epoch",), datetime(2026, 1, 5, 9, 33, 20, tzinfo=UTC)),
        ("1767605600123", ("epoch",), datetime(2026, 1, 5, 9, 33, 20, 123000, tzinfo=UTC)),
        ("1767605600.5", ("epoch",), datetime(2026, 1, 5, 9, 33, 20, 500000, tzinfo=UTC)),
        (
            "09/Jun/2018:21:30:00 +0200",
            ("%d/%b/%Y:%H:%M:%S %z",),
            datetime(2018, 6, 9, 19, 30, tzinfo=UTC),
        ),
    ],
)
def test_instants(text, formats, expected):
    assert instant(text, formats, PARIS) == expected


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("01/25/2024", ("%d/%m/%Y",)),  # fault 2: the order changed
        ("01/02/2024", ()),  # fault 1: no format told
        ("45324", ()),
        ("2024-02-30", ()),
        ("2024-01-15x10:00", ()),
        ("2024-01-15 24:01", ()),
        ("2024-01-15 25:00", ()),
        ("9999-12-31 24:00", ()),
        ("1767605600", ()),
        ("17676056001", ("epoch",)),
        ("32 mars 2024", ("%d %B %Y",)),
        ("5 xyz 2024", ("%d %b %Y",)),
        ("hier", ()),
        ("9" * 100_000, ()),
    ],
)
def test_fault_2_what_does_not_fit_the_format_is_refused(text, formats):
    with pytest.raises(ValueError, match="^not a date"):
        day(text, formats)


def test_the_ends_of_the_calendar_are_no_traceback():
    for text in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        with pytest.raises(ValueError, match="^not a date"):
            instant(text, (), PARIS)


def test_fault_1_the_order_of_day_and_month_is_seen_or_asked():
    assert day("13/01/2024", formats_of(["13/01/2024", "01/02/2024"])) == date(2024, 1, 13)
    assert day("01/02/2024", formats_of(["01/02/2024", "12/25/2024"])) == date(2024, 1, 2)
    assert day("15.01.2024", formats_of(["15.01.2024"])) == date(2024, 1, 15)
    for cells, question in (
        (["01/02/2024"], "^no day is above 12: day/month/year, or month/day/year\\?$"),
        (["13/01/2024", "01/25/2024"], "^day and month change places in this column.$"),
        (["13/01/24"], "^years have two digits: of which century is not said.$"),
    ):
        with pytest.raises(Ambiguous, match=question):
            formats_of(cells)


def test_fault_17_serial_numbers_count_from_the_day_the_workbook_says():
    assert day("45324", (), date(1899, 12, 30)) == date(2024, 2, 2)
    assert day("45324", (), date(1904, 1, 1)) == date(2028, 2, 3)
    half = instant("45324.5", (), ZoneInfo("UTC"), date(1899, 12, 30))
    assert half == datetime(2024, 2, 2, 12, tzinfo=UTC)
    for text in ("0", "60", "2958466"):  # 60 is a 29 February 1900 that never was
        with pytest.raises(ValueError, match="^not a date"):
            day(text, (), date(1899, 12, 30))
