"""Frames of one's own, as a page and `kl.table` tell them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.numbers import write_for

DAY = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _english():
    write_for("en", "EUR")


def told(values, **kwargs):
    """A column as a reader reads it."""
    return kl.table(pd.DataFrame({"x": pd.Series(values, **kwargs)}))["x"].tolist()


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.030437512, 0.2], ["0.0304", "0.2000"]),  # 3 % is no "0.03" beside 0.034
        ([1927.0, 2.0, np.nan], ["1,927", "2", ""]),  # a base that was made a float by pandas
        ([15234.5678, 950.25], ["15,235", "950"]),
        ([1.5, 2.25], ["1.50", "2.25"]),
        ([0.0, 0.0], ["0", "0"]),
        ([1e-7, 0.5], ["0.0000", "0.5000"]),
        ([1, 20_000], ["1", "20,000"]),
        ([True, False], ["yes", "no"]),
        ([Decimal("1.50"), None], ["1.5", ""]),
        ([DAY, None], ["1 October 2026", ""]),
        (["a", None], ["a", ""]),
    ],
)
def test_a_column_is_written_alike(values, texts):
    assert told(values) == texts


def test_an_instant_has_its_time_where_one_of_the_column_is_within_a_day():
    at = [datetime(2026, 10, 1, 8, 30), datetime(2026, 10, 2), None]
    assert told(at) == ["1 October 2026, 08:30", "2 October 2026, 00:00", ""]
    assert told(at[1:]) == ["2 October 2026", ""]
    assert told([datetime(2026, 10, 1, 8, 30, 5)]) == ["1 October 2026, 08:30:05"]


def test_of_narrow_numbers_too():
    assert told([0.03, 0.5], dtype="float32") == ["0.03", "0.50"]
    assert told([1, None], dtype="Int64") == ["1", ""]


def test_columns_chosen_of_figures_stand_as_chosen():
    chosen = pd.DataFrame({"campaign_id": ["nl_10a"], "value": [0.0304], "n": [2729.0]})

    assert kl.table(chosen).to_dict("records") == [
        {"campaign_id": "nl_10a", "value": "0.0304", "n": "2,729"}
    ]
    assert kl.table(chosen.iloc[:0]).empty and kl.table(pd.DataFrame()).empty


def test_two_columns_of_one_name_and_two_levels_of_names():
    frame = pd.DataFrame([[1, 2]], columns=["x", "x"])
    levels = pd.DataFrame({("n", "mean"): [1.5], ("n", "sum"): [3.0]})

    assert kl.table(frame).to_numpy().tolist() == [["1", "2"]]
    assert list(kl.table(levels).columns) == ["n · mean", "n · sum"]


def test_what_is_counted_by_has_its_labels_in_any_frame():
    rows = pd.DataFrame(
        {
            "period": ["2026-09", "2026-10"],
            "channel": ["organic_search", "own"],
            "value": [0.5, 0.25],
        }
    )
    turned = kl.table(rows.pivot(index="period", columns="channel", values="value"))

    assert list(kl.table(rows[["channel"]]).iloc[:, 0]) == ["Organic search", "own"]
    assert list(turned.columns) == ["period", "Organic search", "own"]
    assert turned.iloc[:, 0].tolist() == ["September 2026", "October 2026"]
    both = rows.set_index(["period", "channel"]).unstack()
    assert list(kl.table(both).columns)[1:] == ["value · Organic search", "value · own"]
    other = pd.DataFrame({"period": ["before", None], "n": [1, 2]})
    assert kl.table(other)["period"].tolist() == ["before", ""]


def test_a_figure_has_its_unit_where_its_row_still_does():
    rows = pd.DataFrame({"label": ["Visits", "Bounce rate"], "unit": ["count", "rate"]})
    told = kl.table(rows.assign(value=[7092.0, 0.55], delta_previous=[None, 0.0768]))

    assert told["value"].tolist() == ["7,092", "55.0\u00a0%"]
    assert told["delta_previous"].tolist() == ["", "+7.7\u00a0pt"]


def test_several_in_one_cell_stand_side_by_side():
    assert told([["low_n", "late"], [], ("sessions",), {"visits": 3}, {}]) == [
        "low_n, late", "", "sessions", "visits: 3", "",
    ]  # fmt: skip
