"""Rows that come many at once are those that `csv` reads one by one."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilib.errors import ContractError, NoRows
from kpilib.sources import body, text_rows
from kpilib.sources.block import LINE, LeftOut
from kpilib.sources.body import Body
from kpilib.sources.preset import TablePreset
from kpilib.sources.split import blocks_of
from tests.sources.held import Held

# Cells that end a table, hide a separator or a line end, or are just cells.
CELL = st.sampled_from(
    ["a", "é", "12", "", " ", "# x", "#", "a b", '"q,r"', '"two\nlines"', "'12", '="012"', "'t"]
)
TABLE = TablePreset(id="rows", target="", signature=[["one"]], fields={})


def read(text, at_once, piece=16):
    """The rows of each table with their lines, or what is said."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body, "AT_ONCE", at_once)
        patch.setattr(text_rows, "PIECE", piece)
        found = []
        try:
            for block in blocks_of(Held(name="x.csv", data=text.encode()), "utf-8"):
                places = {f"c{place}": place for place in range(len(block.header))}
                it = Body(block=block, table=TABLE, places=places, left_out=LeftOut()).read()
                found.append((block.header, it.texts.rows(), it.rows, it.first_odd))
        except (ContractError, NoRows) as error:
            found.append(error.faults)
        return found


class TestManyAtOnce:
    @given(
        st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=30),
        st.sampled_from(["\n", "\r\n"]),
    )
    def test_any_text_gives_the_same_rows(self, rows, end):
        lines = ["one,two,three", "1,2,3", *(",".join(cells) for cells in rows)]
        text = end.join(lines) + end
        assert read(text, 2) == read(text, 1000)

    @pytest.mark.parametrize("sign", [";", "\t", "|"])
    def test_lines_are_numbered_on(self, sign):
        rows = [f"a{sign}b{sign}{n}" for n in range(40)]
        rows[20] = f'a{sign}"x\ny"{sign}20'
        text = "\n".join([f"one{sign}two{sign}three", *rows])
        (_, found, count, _), = read(text, 2)  # fmt: skip
        assert count == 40 and found[19][0] == 21 and found[21][0] == 24
        assert [row[-1] for row in found] == [str(n) for n in range(40)]

    def test_they_are_read_together(self):
        text = "one,two\n" + "a,b\n" * 60
        rows = text_rows.TextRows(Held(name="x.csv", data=text.encode()), "utf-8", ",")
        one_by_one = iter(rows)
        next(one_by_one)
        found = rows.many(2)
        assert found.columns[0] == LINE and found[LINE].to_list() == list(range(2, 62))
        assert found.select(pl.nth(1, 2)).row(59) == ("a", "b") and not list(one_by_one)

    @pytest.mark.parametrize("cell", ['="0015"', '"=""0015"""', "'0015"])
    def test_the_first_guarded_cell_may_stand_anywhere(self, cell):
        text = "one,two\n" + "a,b\n" * 200_000 + f"a,{cell}\n"
        (_, found, count, _), = read(text, 1000, 1 << 21)  # fmt: skip
        assert count == 200_001 and found[-1] == (200_002, "a", "0015")

    def test_a_terminal_hears_of_them_as_they_come(self, monkeypatch):
        heard = []
        monkeypatch.setattr(body.tqdm, "update", lambda bar, count: heard.append(count))
        read("one,two,three\n" + "1,2,3\n" * 60, 2)

        assert sum(heard) == 60 and max(heard) < 20  # a piece holds few lines here
