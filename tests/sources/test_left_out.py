"""Rows that are left out: why, how many, and the numbers of the first; said at the terminal."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from kpilib.sources.block import LINE, LeftOut, numbered
from kpilib.sources.imports import sentences
from kpilib.sources.incoming import Imported
from tests.sources.rows_left import left_out
from tests.sources.shop import company, export, row
from tests.sources.test_convert import HEADER, converted
from tests.sources.test_imports import bring
from tests.sources.twins_web import CHANNEL, ga4, read, written


def test_reasons_with_their_counts_and_first_rows():
    found = LeftOut()
    found.leave("total", 103, 12)
    found.leave("total", 57)
    found.leave("nothing")

    assert found.reasons() == [("total", 3, [12, 57, 103])]


def test_a_million_rows_are_counted_and_five_are_named():
    found = LeftOut()
    found.leave("robot", *range(1_000_001, 1, -1))

    [(_, count, rows)] = found.reasons()
    assert (count, rows) == (1_000_000, [2, 3, 4, 5, 6])
    assert numbered(count, rows) == "rows 2, 3, 4, 5, 6 and 999,995 more"


@pytest.mark.parametrize(
    ("count", "first", "said"),
    [(1, [7], "row 7"), (3, [12, 57, 103], "rows 12, 57, 103"), (5, [1, 2, 3, 4, 5],
     "rows 1, 2, 3, 4, 5"), (9, [1], "row 1")],
)  # fmt: skip
def test_where_rows_stand(count, first, said):
    """The last: nine records of one line of JSON."""
    assert numbered(count, first) == said


def test_what_a_rule_does_not_know_is_left_out_too():
    rows = pl.DataFrame({LINE: [2, 3, 4], "kept": [True, None, False]})
    found = LeftOut()

    assert found.keep(rows, pl.col("kept"), "not kept")[LINE].to_list() == [2]
    assert found.reasons() == [("not kept", 2, [3, 4])]


def test_what_is_read_is_what_is_kept_and_what_is_left_out():
    rows = [["1", "2026-10-05", "1"], ["Total", "", "1"], ["", "An error occurred.", ""]]
    _, understood = converted(
        HEADER, rows, totals=[{"column": "order_id", "pattern": "Total"}],
        additive=["amount_ht"], notices=[{"pattern": "an error occurred.*"}],
    )  # fmt: skip

    assert left_out(understood) == {"totals row": (1, [3]), "message of the tool": (1, [4])}
    assert (
        understood.rows
        == understood.kept + sum(n for _, n, _ in understood.left_out.reasons())
        == 3
    )


def test_a_group_without_a_visit_is_said(tmp_path):
    """It had no row before, and nobody was told."""
    text = ga4(f"Date,{CHANNEL},Sessions\n20260901,Direct,8\n20260902,Email,0\n20260903,Email,2")
    [found] = read(written(tmp_path, "x.csv", text), "ga4")

    assert found.frame["sessions"].to_list() == [8, 2]
    [(reason, (count, [line]))] = left_out(found.understood).items()
    assert (reason, count) == ("no visit in it", 1)
    assert text.splitlines()[line - 1] == "20260902,Email,0"
    done = Imported(file="x.csv", sha256="", understood=[found.understood])
    assert f"    1 row(s) left out: no visit in it (row {line})" in list(sentences(done))


def test_the_terminal_names_them(tmp_path):
    shop = company(tmp_path / "shop")
    file = export(tmp_path / "a.csv", row(1, "10.00"), "Total,,,10.00,", row(2, "5.00"),
                  "Total,,,15.00,")  # fmt: skip
    _, said = bring(shop, file)

    assert "    2 row(s) left out: totals row (rows 3, 5)" in said
    assert date(2026, 10, 5).isoformat() in said[2]
