"""A dated total among the rows of a table would be one row more, as large as all the others."""

from __future__ import annotations

import re

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.tables.duplicates import PATTERN
from tests.local_spark import local_spark
from tests.worked import value

HEADER = "order_id,ordered_at,amount_ht,status"
# Two orders of 10 and 20: 30, and not 60.
ORDERS = ["A1,2026-10-05,10,paid", "A2,2026-10-06,20,paid"]
TOTAL = "{},2026-10-31,30,paid"
ASKED = {"timezone": "Europe/Paris", "as_of": "2026-10-31"}

TOTALS = [
    "Total", "TOTAL", " total ", "Totals:", "— Total —", "*Total*", "(Total)", "Grand Total",
    "grand-total", "GRAND TOTAL", "Total général", "TOTAL GÉNÉRAL", "Total ge\u0301ne\u0301ral",
    "Total general", "Totaux", "Sous-total", "sous total", "SOUS‑TOTAL".replace("‑", "-"), "Somme",
    "Subtotal", "sub-total", "(all)", "[All]", "<all>", "(tous)", "Gesamt", "Gesamtsumme", "Summe",
    "Gesamtergebnis", "Zwischensumme", "Suma", "Totales", "Totale", "Totaal", "Total\u00a0:",
    "Total: Campaigns", "Total 2026", "Total 2026-10", "Total 10/2026", "Total octobre 2026",
    "Total October", "Total (12 records)", "Total août 2026",
    "Razem", "RAZEM:", "Suma końcowa", "Łącznie", "ogółem", "Celkem", "Celkový součet", "Součet",
    "Spolu", "Összesen", "ÖSSZESEN", "Végösszeg", "Mindösszesen",
    "Summa", "Totalt", "Totalsumma", "Delsumma", "I alt", "Ialt", "Hovedtotal", "Yhteensä",
    "YHTEENSÄ", "Toplam", "Genel Toplam", "GENEL TOPLAM", "Итого", "ИТОГО:", "Всего", "Общий итог",
    "ОБЩИЙ ИТОГ", "Общии\u0306 итог", "Итого 2026", "Разом", "Σύνολο", "ΣΥΝΟΛΟ", "Γενικό σύνολο",
    "合计", "总计", "合計", "總計", "総計", "小計", "計", "合计：", "합계",
    "총합계", "合計 2026",
]  # fmt: skip
NAMES = [
    "Total Energies", "TotalEnergies", "Total-42", "TOTAL-001", "A001", "all", "All", "Totally",
    "Summer", "Sumatra", "Sum41", "somme-toute", "Total Marketing 2026", "/total/", "/all",
    "Razem dla zdrowia", "Toplama", "Summary", "Summarum", "Всегорье", "Итоговый отчёт", "会計",
    "合計金額レポート", "Yhteensattuma", "(all) courses", "Total Recall", "Gesamtschule",
    "Totalement", "", "total@client.example",
]  # fmt: skip


def pandas(rows: list[str]) -> pd.DataFrame:
    cells = [row.split(",") for row in rows]
    frame = pd.DataFrame(cells, columns=HEADER.split(","))
    return frame.assign(
        amount_ht=frame["amount_ht"].astype(float), ordered_at=pd.to_datetime(frame["ordered_at"])
    )


def csv(tmp_path, rows: list[str]):
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


class TestWords:
    @pytest.mark.parametrize("text", TOTALS)
    def test_a_total_in_any_spelling(self, text):
        assert re.match(PATTERN, text)

    @pytest.mark.parametrize("text", NAMES)
    def test_a_name_that_holds_the_word(self, text):
        assert not re.match(PATTERN, text)

    @given(st.from_regex(r"[A-Za-z]{1,5}-?[0-9]{1,9}", fullmatch=True))
    def test_an_id_is_none(self, text):
        assert not re.match(PATTERN, text)

    @given(st.sampled_from(["grand total", "sous total", "somme", "gesamt"]), st.data())
    def test_whatever_the_case_and_the_signs_around(self, text, data):
        cased = "".join(data.draw(st.sampled_from([sign, sign.upper()])) for sign in text)
        around = data.draw(st.text(" .:-*=\u00a0_", max_size=4))

        assert re.match(
            PATTERN, around + cased.replace(" ", data.draw(st.sampled_from(" -_"))) + around
        )

    def test_every_engine_reads_the_same_words(self):
        frame = pl.DataFrame({"order_id": [*TOTALS, *NAMES, None]}).with_row_index("row")
        found = duckdb.sql("select * from frame").pl()  # the texts pass through DuckDB unharmed
        assert found.equals(frame.with_columns(pl.col("row").cast(found["row"].dtype)))
        mixed = pd.DataFrame({"order_id": [*TOTALS, *NAMES]}).assign(
            ordered_at=pd.Timestamp("2026-10-31"), amount_ht=30.0, status="paid"
        )
        for table in (duckdb.sql("select * from mixed"), mixed):  # these and no others, at once
            with pytest.raises(ContractError, match=rf" {len(TOTALS)} row\(s\).* reads as a total"):
                kl.open({"orders": table}).evaluate(["revenue"], "2026-10")
        rest = pd.DataFrame({"order_id": NAMES}).assign(
            ordered_at=pd.Timestamp("2026-10-01"), amount_ht=1.0, status="paid"
        )
        relation = duckdb.sql("select * from rest")
        assert value({"orders": relation}, "revenue", "2026-10", **ASKED) == len(NAMES)
        assert value({"orders": rest}, "revenue", "2026-10", **ASKED) == len(NAMES)


class TestATableOfTheirOwn:
    @pytest.mark.parametrize("word", ["Total", "sous-total", "SOMME", "Grand total", "(all)"])
    def test_a_file_with_the_whole_sentence(self, tmp_path, word):
        path = csv(tmp_path, [*ORDERS, TOTAL.format(word)])

        assert kl.open({"orders": path}).check() == [
            "orders.csv: column order_id, 1 row(s), the first in row 4: the key reads as a total."
            " Such a row adds up others, and would be counted as one more of them: take it out."
        ]
        with pytest.raises(ContractError, match="order_id, 1 row.s., the first in row 4"):
            kl.open({"orders": path}).evaluate(["revenue"], "2026-10")

    @pytest.mark.parametrize("make", [pandas, lambda rows: pl.from_pandas(pandas(rows))])
    def test_frames(self, make):
        with pytest.raises(ContractError, match="table orders: column order_id, 2 row.s., the"):
            value({"orders": make([TOTAL.format("Sous-total"), *ORDERS, TOTAL.format("Total")])},
                  "revenue", "2026-10", **ASKED)  # fmt: skip
        assert value({"orders": make(ORDERS)}, "revenue", "2026-10", **ASKED) == 30

    def test_categories(self):
        frame = pandas([*ORDERS, TOTAL.format("Total")])

        with pytest.raises(ContractError, match="reads as a total"):
            value({"orders": frame.astype({"order_id": "category"})}, "revenue", "2026-10", **ASKED)

    def test_a_relation_of_a_database_has_no_row_numbers(self):
        frame = pandas([*ORDERS, TOTAL.format("Total")])  # noqa: F841  DuckDB finds it by its name

        with pytest.raises(ContractError) as caught:
            value({"orders": duckdb.sql("select * from frame")}, "revenue", "2026-10", **ASKED)
        assert caught.value.faults[0].startswith("table orders: column order_id, 1 row(s): the key")

    def test_keys_that_are_numbers(self):
        frame = pandas(ORDERS).assign(order_id=[1, 2])

        assert value({"orders": frame}, "revenue", "2026-10", **ASKED) == 30
        assert (
            value({"orders": duckdb.sql("select * from frame")}, "revenue", "2026-10", **ASKED)
            == 30
        )

    def test_an_imported_table_says_how_to_be_rid_of_it(self, tmp_path):
        path = tmp_path / "orders.parquet"
        pl.from_pandas(pandas([*ORDERS, TOTAL.format("Total")])).write_parquet(path)

        [fault] = kl.open({"orders": path}).check()

        assert "remove orders.parquet and import its files again" in fault

    def test_a_name_that_holds_the_word_is_a_row(self, tmp_path):
        path = csv(tmp_path, [*ORDERS, TOTAL.format("Total Energies"), TOTAL.format("TOTAL-001")])

        assert value({"orders": path}, "revenue", "2026-10", **ASKED) == 90
        assert kl.open({"orders": path}).check() == []

    def test_a_text_beside_the_key_is_not_looked_at(self):
        frame = pandas(ORDERS).assign(customer_id="Total")

        assert value({"orders": frame}, "revenue", "2026-10", **ASKED) == 30

    def test_rows_of_a_whole_platform_are_called_all(self):
        """`item` is a text, and ``(all)`` is what kpilib itself writes there."""
        frame = pd.DataFrame(
            {"date": ["2026-10-01"], "platform": ["google_ads"], "campaign_id": ["Total Energies"],
             "item": ["(all)"], "clicks": [5], "impressions": [50]}
        )  # fmt: skip
        assert value({"acquisition_daily": frame}, "ad_ctr", "2026-10", **ASKED) == 0.1

    def test_one_part_of_a_key_is_enough(self):
        frame = pd.DataFrame(
            {"training_id": ["T", "T"], "person_key": ["p1", "Total"],
             "completed_at": ["2026-10-01", "2026-10-01"]}
        )  # fmt: skip
        [fault] = kl.open({"training_participants": frame}).check()

        assert "column person_key, 1 row(s), the first in row 3" in fault

    def test_spark(self):
        with local_spark() as session:
            frame = session.createDataFrame(pandas([*ORDERS, TOTAL.format("Total général")]))
            with pytest.raises(ContractError, match="column order_id, 1 row.s.: the key reads"):
                value({"orders": frame}, "revenue", "2026-10", **ASKED)
