"""Any bytes are tables or one of our errors: no traceback, no hang, and no value in a message."""

from __future__ import annotations

import codecs
import io
import json
import re
import zipfile
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpilib.errors import KpilibError, ParameterError
from kpilib.sources.downloads import blocks, contents
from kpilib.sources.keys import key
from kpilib.tables import cells, moments
from tests.sources.one_column import decimal_sign, number, read_column
from tests.sources.twins_reading import Error, Formula, Sheet, archive, old_workbook, workbook

MARKER = "Zqmarker"
FEW = settings(
    max_examples=120,
    deadline=30_000,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
FEWER = settings(FEW, max_examples=60)  # a workbook is opened in a process of its own
CELLS = settings(FEW, max_examples=30)  # of several texts each
ZONE = ZoneInfo("Europe/Paris")
KINDS = ("text", "id", "int", "number", "rate", "money", "date", "instant", "bool", "seconds")


def read(data: bytes, name: str = "export.csv") -> tuple[int, str]:
    """Read a file to its end, every column as every kind; return rows and what was said."""
    rows, said = 0, ""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            for content in contents(path):
                for block in blocks(content):
                    assert all(isinstance(each, str) for each in block.header)
                    found = list(block.rows)
                    rows += len(found)
                    said += _typed(block, found)
        except KpilibError as error:
            said += str(error)
            assert said.strip()
    return rows, said


def _typed(block, rows) -> str:
    faults: list[str] = []
    width, lines = len(block.header), tuple(line for line, _ in rows)
    for place in range(min(width, 4)):
        column = tuple(texts[place] if place < len(texts) else "" for _, texts in rows)
        for kind in KINDS:
            faults += _faults(column, lines, kind, block.serials)
    return "\n".join(faults)


@cache
def _faults(column: tuple[str, ...], lines: tuple[int, ...], kind: str, serials) -> list[str]:
    """Read a column, once: what is broken in an export leaves most of its columns as they are."""
    sign = "auto" if kind != "id" else "."
    return read_column("c", column, lines, "f", serials=serials, type=kind, decimal=sign)[1]


TEXT = (
    "# Report\n# Start date: 20240101\nDate,Campaign,Cost,Share\n"
    f"2024-01-01,{MARKER} a,1.50,3%\n2024-01-02,\"{MARKER}\nb\",\"1,286.58\",< 10%\n"
    f"Total,{MARKER},1288.08,\n\n# Next\nCountry,Users\n{MARKER},7\n"
)  # fmt: skip
RECORDS = [{"id": 17960320052859139, "who": {"name": MARKER}, "n": [1, MARKER]}, {"id": "0015"}]
BOOK = workbook(
    Sheet(
        "Data",
        [
            ["Notice"],
            ["Date", "Id", "Cost"],
            [date(2024, 1, 1), f"{MARKER} a", 1.5],
            ["13/01/2024", 17960320052859139, Error()],
            [45324, MARKER, Formula()],
        ],
        merged=("B3:B4",),
    ),
    Sheet("Hidden", [[MARKER, MARKER]], hidden=True),
)


def parquet() -> bytes:
    file = io.BytesIO()
    pl.DataFrame({"who": [MARKER, "b"], "n": [[1], [2]], "x": [1.5, None]}).write_parquet(file)
    return file.getvalue()


LOG = f'10.0.0.1 - - [09/Jun/2024:21:30:00 +0200] "GET /{MARKER}" 200 5 "-" "{MARKER}"\n' * 3
EXPORTS = {
    "utf8.csv": TEXT.encode(),
    "utf16.csv": codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    "bare16.csv": TEXT.encode("utf-16-le"),
    "bom.csv": codecs.BOM_UTF8 + TEXT.encode(),
    "array.json": json.dumps(RECORDS).encode(),
    "lines.json": "\n".join(map(json.dumps, RECORDS)).encode(),
    "object.json": json.dumps({"data": RECORDS}).encode(),
    "book.xlsx": BOOK,
    "old.xls": old_workbook(),
    "data.parquet": parquet(),
    "access.log": LOG.encode(),
    "all.zip": archive({"a/x.csv": TEXT.encode(), "b/y.json": json.dumps(RECORDS).encode()}),
}
STARTS = (
    b"",
    codecs.BOM_UTF8,
    codecs.BOM_UTF16_LE,
    b"sep=;\n",
    b"[{",
    b'{"a":',
    b"PK\x03\x04",
    b"PAR1",
)


def test_each_export_is_read_before_it_is_broken():
    for name, data in EXPORTS.items():
        assert read(data, name)[0] >= 2, name


@FEW
@given(start=st.sampled_from(STARTS), data=st.binary(max_size=600))
def test_any_bytes(start, data):
    read(start + data)


@FEW
@given(
    text=st.text(alphabet="ab1, ;\t|\"'\n\r#.-/:%{}[]<=é\u00a0", max_size=300),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-8-sig"]),
)
def test_any_text_of_the_signs_that_matter(text, encoding):
    read(text.encode(encoding))


@FEWER
@given(data=st.data())
def test_exports_with_bytes_changed_lost_and_doubled(data):
    name = data.draw(st.sampled_from(sorted(EXPORTS)))
    whole = bytearray(EXPORTS[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        size = data.draw(st.sampled_from([1, 2, 8, 64]))
        how = data.draw(st.sampled_from(["flip", "cut", "lose", "double", "put"]))
        if how == "flip":
            whole[place] ^= 1 << data.draw(st.integers(0, 7))
        elif how == "cut":
            del whole[max(4, place) :]
        elif how == "lose":
            del whole[place : place + size]
        elif how == "double":
            whole[place:place] = whole[place : place + size]
        else:
            whole[place : place + 1] = data.draw(
                st.sampled_from([b"\0", b'"', b"\xff", b",", b"\n"])
            )
        if not whole:
            break
    _, said = read(bytes(whole), name)
    assert not re.search(MARKER, said)


@FEWER
@given(data=st.data())
def test_workbooks_whose_parts_are_changed(data):
    """Bytes changed under an intact zip, so that the sheets themselves are reached."""
    with zipfile.ZipFile(io.BytesIO(BOOK)) as book:
        parts = {name: bytearray(book.read(name)) for name in book.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(parts[name]) - 1))
        size = data.draw(st.sampled_from([0, 1, 4, 30]))
        put = data.draw(st.sampled_from([b"", b"9", b"9999", b"<", b'"', b"/>", b"XFD", b"&#0;"]))
        parts[name][place : place + size] = put
    _, said = read(archive({name: bytes(part) for name, part in parts.items()}), "book.xlsx")
    assert MARKER not in said


@CELLS
@given(
    texts=st.lists(st.text(max_size=80), min_size=1, max_size=10),
    decimal=st.sampled_from([".", ","]),
)
def test_any_cells(texts, decimal):
    """A cell is a value or nothing; how a column is written is known, or a ValueError."""
    written = pl.Series(texts, dtype=pl.String)
    each = (
        map(key, texts),
        cells.numbers(written, decimal)["value"],
        cells.seconds(written, decimal)["value"],
        moments.day(written, ()),
        moments.day(written, ("%d/%m/%Y", "%d %B %y", "%a, %b %d, %Y")),
        moments.instant(written, ("iso", "%d/%b/%Y:%H:%M:%S %z"), ZONE, date(1899, 12, 30)),
    )
    assert [len([*found]) for found in each] == [len(texts)] * len(each)
    for parse in (cells.decimal_sign, lambda column: moments.Order(column).formats()):
        try:
            parse(written)
        except ValueError as error:
            assert not isinstance(error, UnicodeError)


@FEW
@given(
    numbers=st.lists(
        st.decimals(-(10**9), 10**9, places=2, allow_nan=False), min_size=1, max_size=5
    ),
    decimal=st.sampled_from([".", ","]),
    thousands=st.sampled_from(["", "\u202f", "\u00a0", " ", "'", "other"]),
)
def test_a_number_is_read_back_however_it_is_written(numbers, decimal, thousands):
    parts = ("," if decimal == "." else ".") if thousands == "other" else thousands
    texts = [
        f"{each:,.2f}".replace(",", "_").replace(".", decimal).replace("_", parts)
        for each in numbers
    ]
    assert decimal_sign(texts) == decimal
    assert [number(text, decimal)[0] for text in texts] == [float(each) for each in numbers]


@FEW
@given(
    texts=st.lists(
        st.text(max_size=70)
        | st.from_regex(r"[-+(]?[0-9]{1,4}[., /:-]?[0-9]{0,4}[., /:-]?[0-9]{0,4} ?[%€)PM]{0,2}"),
        min_size=1,
        max_size=6,
    ),
    kind=st.sampled_from(KINDS),
    told=st.sampled_from(["", ".", ",", "%d/%m/%Y", "%m/%d/%y", "%d %B %Y|iso"]),
    serials=st.sampled_from([None, date(1899, 12, 30)]),
)
def test_any_text_of_a_column_is_a_value_a_fault_with_its_row_or_a_question(
    texts, kind, told, serials
):
    try:
        values, said = read_column(
            "Col", texts, range(2, 2 + len(texts)), "f", serials=serials, told={"Col": told},
            type=kind, decimal="auto",
        )  # fmt: skip
    except ParameterError as error:  # an answer that is none for this kind of column
        assert told and "--read Col=" in str(error)
        return
    question = [each for each in said if "--read" in each]
    rows = {int(each.split(":")[1]) for each in said if re.match(r"f:\d+: column Col", each)}

    assert len(values) == len(texts)
    if question:
        assert values == [None] * len(texts)
        return
    assert rows <= set(range(2, 2 + len(texts)))
    nothing = {"", "-", "--", "n/a", "na", "null", "none", "(not set)", "nan", "\u2014", "\u2013"}
    for text, value in zip(texts, values, strict=True):
        plain = text.strip().casefold().replace("\u2212", "-").replace("\u2013", "-")
        empty = plain in nothing or plain[:1] in "<>≤≥" or not text.strip()
        assert value is not None or empty or rows or said
