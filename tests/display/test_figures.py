"""figures.csv: every figure once, safe to open in a spreadsheet, whole or not there at all."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest

from kpilib.display.figures import Figures, write_result
from kpilib.files import replacing
from tests.display import frames


def read(folder) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "figures.csv").read_text("utf-8"))))


def test_a_figure_shown_twice_is_written_once_with_all_that_is_known(tmp_path):
    figures = Figures("audience")
    figures.add(pd.DataFrame([frames.row(value=12.5)]))
    figures.add(pd.DataFrame([frames.row(value=12.5) | {"previous": 10.0, "delta_previous": 2.5}]))
    figures.add(pd.DataFrame([frames.row(value=12.5, channel="email")]))
    figures.write(tmp_path)
    rows = read(tmp_path)
    assert len(rows) == 2 == len(figures)
    assert rows[0]["value"] == "12.5" and rows[0]["previous"] == "10"
    assert rows[0]["topic"] == "audience" and list(rows[0])[-1] == "topic"
    assert [row["channel"] for row in rows] == ["", "email"]


def test_a_text_is_never_a_formula_and_a_negative_number_stays_a_number(tmp_path):
    figures = Figures("audience")
    for name in ("=2+5", "+1", "-1", "@x", "\tx"):
        figures.add(pd.DataFrame([frames.row(value=-3.5, campaign_id=name)]))
    figures.write(tmp_path)
    rows = read(tmp_path)
    assert all(row["campaign_id"].startswith("'") for row in rows)
    assert {row["value"] for row in rows} == {"-3.5"}


def test_a_suppressed_group_leaves_no_figure(tmp_path):
    figures = Figures("employees")
    leaked = frames.row("enps", value=77.7, n=3, status="suppressed", details={"favourable": 5.5})
    figures.add(pd.DataFrame([leaked | {"team": "Legal", "previous": 66.6}]))
    figures.write(tmp_path)
    assert not any(n in (tmp_path / "figures.csv").read_text() for n in ("77.7", "5.5", "66.6"))


def test_details_and_flags_are_one_cell_each(tmp_path):
    figures = Figures("emailing")
    row = frames.row(value=1, flags=["partial", "late"], details={"b": 2.0, "a": None, "c": 0.5})
    figures.add(pd.DataFrame([row]))
    figures.write(tmp_path)
    assert read(tmp_path)[0]["flags"] == "partial late"
    assert json.loads(read(tmp_path)[0]["details"]) == {"b": 2.0, "c": 0.5}


def test_missing_is_empty_never_nan(tmp_path):
    figures = Figures("audience")
    figures.add(pd.DataFrame([frames.missing()]))
    figures.write(tmp_path)
    text = (tmp_path / "figures.csv").read_text()
    assert "nan" not in text.lower() and "None" not in text


def test_a_write_that_fails_leaves_the_good_file_and_nothing_else(tmp_path):
    write_result(tmp_path, {"topic": "audience"})
    with pytest.raises(OSError), replacing(tmp_path / "result.json") as aside:
        aside.write_text("half")
        raise OSError("no space left")
    assert json.loads((tmp_path / "result.json").read_text()) == {"topic": "audience"}
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


def test_a_result_without_a_number_is_refused(tmp_path):
    with pytest.raises(ValueError):
        write_result(tmp_path, {"charts": float("nan")})
    assert not list(tmp_path.iterdir())
