"""A table is a file, a frame or a relation; whatever else it is, the message says so."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.tables.read import native

FRAME = pd.DataFrame(
    {"lead_id": ["1", "2"], "person_key": ["a", "b"], "created_at": ["2025-02-10"] * 2}
)


@pytest.mark.parametrize(
    "convert",
    [lambda f: f, pl.from_pandas, lambda f: pl.from_pandas(f).lazy(), pa.Table.from_pandas,
     lambda f: duckdb.connect().from_df(f)],
    ids=["pandas", "polars", "lazy polars", "arrow", "duckdb"],
)  # fmt: skip
def test_frames_are_taken_as_they_are(convert):
    res = native(convert(FRAME), "table leads").collect("pandas").to_native()

    assert res[["lead_id", "person_key"]].values.tolist() == [["1", "a"], ["2", "b"]]


@pytest.mark.parametrize("given", [3, [1, 2], None, {"a": 1}, pd.Series([1])])
def test_anything_else_is_refused(given):
    with pytest.raises(ContractError) as caught:
        native(given, "table leads")

    assert str(caught.value) == (
        f"table leads: {type(given).__name__} is not a table. Give a path (.parquet, .csv), a "
        "pandas or Polars frame, an Arrow table, a DuckDB relation or a Spark frame."
    )


def leads(path):
    return kl.open({"leads": path}, as_of="2025-02-28").evaluate("leads", "2025-02").loc[0, "value"]


class TestFiles:
    @pytest.mark.parametrize("name", ["sessions.csv", "sessions.parquet"])
    def test_a_folder_whose_name_is_a_pattern_to_others_is_a_name(self, tmp_path, name):
        place = tmp_path / "reports [2026] *"
        place.mkdir()
        frame = pl.DataFrame({"session_id": ["a", "b"], "started_at": ["2025-03-01T09:00:00Z"] * 2})
        (frame.write_csv if name.endswith("csv") else frame.write_parquet)(place / name)
        data = kl.open({"sessions": place / name})

        assert data.evaluate("sessions", "2025-03")["value"].tolist() == [2]

    def test_csv_and_parquet(self, tmp_path):
        FRAME.to_csv(tmp_path / "leads.csv", index=False)
        FRAME.to_parquet(tmp_path / "leads.parquet")

        assert leads(tmp_path / "leads.csv") == leads(str(tmp_path / "leads.parquet")) == 2

    def test_columns_of_a_file_in_another_order(self, tmp_path):
        FRAME[["created_at", "person_key", "lead_id"]].to_csv(tmp_path / "leads.csv", index=False)

        assert leads(tmp_path / "leads.csv") == 2

    @pytest.mark.parametrize("name", ["leads.csv", "leads.parquet"])
    def test_one_that_is_not_there(self, tmp_path, name):
        with pytest.raises(ContractError) as caught:
            leads(tmp_path / name)

        assert str(caught.value) == f"{name}: there is no such file."

    def test_one_of_another_kind(self, tmp_path):
        (tmp_path / "leads.xlsx").write_bytes(b"PK")

        with pytest.raises(ContractError) as caught:
            leads(tmp_path / "leads.xlsx")

        assert str(caught.value) == "leads.xlsx: tables are files ending in .parquet, .csv."

    def test_half_a_parquet_file(self, tmp_path):
        FRAME.to_parquet(tmp_path / "whole.parquet")
        whole = (tmp_path / "whole.parquet").read_bytes()
        (tmp_path / "leads.parquet").write_bytes(whole[: len(whole) // 2])

        with pytest.raises(ContractError, match=r"^leads\.parquet: not a readable parquet file"):
            leads(tmp_path / "leads.parquet")

    @pytest.mark.parametrize("kind", ["csv", "parquet"])
    def test_an_empty_file(self, tmp_path, kind):
        (tmp_path / f"leads.{kind}").write_text("")

        said = rf"^leads\.{kind}: not a readable {kind} file \(it is empty\)\.$"
        with pytest.raises(ContractError, match=said):
            leads(tmp_path / f"leads.{kind}")

    def test_a_header_only_is_an_empty_table(self, tmp_path):
        FRAME.iloc[:0].to_csv(tmp_path / "leads.csv", index=False)
        res = kl.open({"leads": tmp_path / "leads.csv"}).evaluate("leads", "2025-02").iloc[0]

        assert (res["status"], res["reason"]) == ("no_data", "The table is empty.")

    @pytest.mark.parametrize("header", ["lead_id,person_key,person_key,created_at"])
    def test_a_column_name_twice(self, tmp_path, header):
        (tmp_path / "leads.csv").write_text(f"{header}\n1,a,b,2025-02-10\n")

        with pytest.raises(ContractError) as caught:
            leads(tmp_path / "leads.csv")

        assert str(caught.value) == (
            "leads.csv: column 'person_key' appears twice. Rename one of them."
        )

    def test_a_login_page_saved_as_csv(self, tmp_path):
        (tmp_path / "leads.csv").write_text("<!DOCTYPE html>\n<html><body>Log in</body></html>\n")

        with pytest.raises(ContractError, match="column created_at is missing"):
            leads(tmp_path / "leads.csv")

    def test_semicolons(self, tmp_path):
        FRAME.to_csv(tmp_path / "leads.csv", index=False, sep=";")

        with pytest.raises(ContractError, match="column created_at is missing. Found: lead_id;"):
            leads(tmp_path / "leads.csv")

    @pytest.mark.parametrize("good", [1, 30_000])
    def test_a_row_with_a_comma_too_many(self, tmp_path, good):
        lines = ["lead_id,person_key,created_at", *(f"{i},p{i},2025-02-10" for i in range(good))]
        (tmp_path / "leads.csv").write_text("\n".join([*lines, "x,Doe, John,2025-02-10"]))

        with pytest.raises(ContractError) as caught:
            leads(tmp_path / "leads.csv")

        assert str(caught.value) == (
            "leads.csv: 1 row(s) do not have the 3 fields of the header; the first is row "
            f"{good + 2}. A text with a comma stands in quotes."
        )

    def test_a_row_that_ends_too_soon(self, tmp_path):
        (tmp_path / "leads.csv").write_text("lead_id,person_key,created_at\n1,a,2025-02-10\n2,b\n")

        with pytest.raises(ContractError, match=r"1 row\(s\) do not have the 3 fields .* row 3\."):
            leads(tmp_path / "leads.csv")

    def test_a_row_cut_short(self, tmp_path):
        """A download that stopped in the middle of a line."""
        (tmp_path / "leads.csv").write_text(
            "lead_id,person_key,created_at\n1,a,2025-02-10\n2,b,2025-02"
        )

        with pytest.raises(ContractError, match="column created_at has 1 value"):
            leads(tmp_path / "leads.csv")

    def test_a_header_without_end_of_line(self, tmp_path):
        (tmp_path / "leads.csv").write_text("lead_id,person_key,created_at")
        res = kl.open({"leads": tmp_path / "leads.csv"}).evaluate("leads", "2025-02").iloc[0]

        assert res["status"] == "no_data"

    def test_latin_1(self, tmp_path):
        (tmp_path / "leads.csv").write_bytes(
            "lead_id,person_key,created_at,channel\n1,é,2025-02-10,référence\n".encode("latin-1")
        )

        with pytest.raises(ContractError) as caught:
            leads(tmp_path / "leads.csv")

        assert str(caught.value) == ("leads.csv: not a readable csv file (the text is not UTF-8).")

    def test_a_byte_order_mark_is_no_part_of_the_first_name(self, tmp_path):
        FRAME.to_csv(tmp_path / "leads.csv", index=False, encoding="utf-8-sig")

        assert leads(tmp_path / "leads.csv") == 2

    def test_quotes_and_new_lines_inside_a_field(self, tmp_path):
        frame = FRAME.assign(form_id=['say "hi"\nand go', "a,b"])
        frame.to_csv(tmp_path / "leads.csv", index=False)
        res = kl.open({"leads": tmp_path / "leads.csv"}).table("leads")

        assert sorted(res["form_id"]) == ["a,b", 'say "hi"\nand go']


class TestPandas:
    def test_a_column_name_twice(self):
        frame = FRAME.assign(x=1)
        frame.columns = ["lead_id", "person_key", "created_at", "person_key"]

        with pytest.raises(ContractError) as caught:
            native(frame, "table leads")

        assert str(caught.value) == (
            "table leads: column 'person_key' appears twice. Rename one of them."
        )

    def test_periods_of_days_are_days_and_others_are_named(self):
        """A column of pandas' own periods was taken for an empty one: "no data"."""
        days = pd.PeriodIndex(["2025-02-10", "2025-02-11", None], freq="D")
        names = ["a", "b", "c"]
        frame = pd.DataFrame({"lead_id": names, "person_key": names, "created_at": days})
        found = kl.open({"leads": frame}, as_of="2025-02-28").evaluate("leads", "2025-02")
        assert found["value"].item() == 2

        for odd in (days.asfreq("M"), pd.IntervalIndex.from_breaks([0, 1, 2, 3]), [1j, 2j, 3j]):
            data = kl.open({"leads": frame.assign(created_at=odd)}, as_of="2025-02-28")
            with pytest.raises(ContractError, match="created_at has . value.s. that are not"):
                data.evaluate("leads", "2025-02")

    def test_sparse_columns_are_the_numbers_they_hold(self):
        frame = pd.DataFrame({"x": pd.Series([0, 2, 3], dtype=pd.SparseDtype("int"))})

        assert native(frame, "table x").collect("polars")["x"].to_list() == [0, 2, 3]

    def test_an_index_without_a_name_is_no_column_and_no_trouble(self):
        frame = FRAME.set_index(pd.Index([7, 7]))

        assert leads(frame) == 2

    @pytest.mark.parametrize("drop", [True, False])
    def test_an_index_with_a_name_is_a_column(self, drop):
        assert leads(FRAME.set_index("person_key", drop=drop)) == 2
        assert leads(FRAME.set_index(["lead_id", "person_key"], drop=drop)) == 2

    def test_mixed_objects_become_text(self):
        res = native(pd.DataFrame({"x": pd.Series([1, "2", None, 3.5], dtype=object)}), "table x")

        assert res.collect("polars")["x"].to_list() == ["1", "2", None, "3.5"]

    def test_lists_stay_lists(self):
        week = [7.0] * 5 + [0.0] * 2
        frame = pd.DataFrame({"x": [week, np.array(week), tuple(week), None]})

        assert native(frame, "table x").collect("polars")["x"].to_list() == [week, week, week, None]

    def test_nullable_types(self):
        frame = pd.DataFrame({"x": pd.array([1, None], dtype="Int64"), "y": pd.array([True, None])})
        res = native(frame, "table x").collect("polars")

        assert (res["x"].to_list(), res["y"].to_list()) == ([1, None], [True, None])
