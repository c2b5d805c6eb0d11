"""A notebook runs only with exactly the parameters it declares, and declares them plainly."""

from __future__ import annotations

import json

import pytest

from kpilib.errors import ParameterError
from kpilib.monthly.parameters import faults_of, read
from tests.monthly.standin import NOTEBOOKS

GIVEN = {"period": "2026-10", "data": "data/sample", "lang": "fr", "out": "somewhere"}


def stand_in(case: str) -> dict:
    return json.loads((NOTEBOOKS / f"{case}.ipynb").read_text(encoding="utf-8"))


def notebook(*lines: str) -> dict:
    cell = {
        "cell_type": "code",
        "metadata": {"tags": ["parameters"]},
        "source": "\n".join(lines),
    }
    return {"cells": [cell]}


def test_a_plain_parameters_cell_is_read_with_its_types():
    assert read(stand_in("simple"))["period"] == "str"


def test_the_declared_parameters_may_be_given():
    assert faults_of(stand_in("simple"), GIVEN) == []


def test_an_unknown_parameter_is_refused_with_the_known_ones_and_the_nearest():
    assert faults_of(stand_in("unknown_parameter"), GIVEN) == [
        "Unknown parameter 'period'. The notebook declares: periode, data, lang, out. "
        "Did you mean 'periode'?"
    ]


def test_the_name_that_the_period_had_is_told_the_new_one():
    assert faults_of(notebook('month: str = "2026-10"'), {"period": "2026-10"}) == [
        "The parameter `month` is called `period` now: rename it."
    ]


@pytest.mark.parametrize(
    ("case", "part"),
    [
        ("no_parameters", "this one has 0. Tag its first code cell."),
        ("two_parameters", "this one has 2. Remove all but the first."),
        ("derived_parameter", "title is not a literal"),
    ],
)
def test_a_cell_that_would_keep_its_own_month_is_refused(case, part):
    (fault,) = faults_of(stand_in(case), GIVEN)
    assert part in fault


def test_a_parameters_cell_behind_other_code_is_refused():
    late = stand_in("simple")
    late["cells"].insert(0, {"cell_type": "code", "metadata": {}, "source": "month = 'x'"})
    assert "not the first code cell" in faults_of(late, GIVEN)[0]


def test_a_tag_that_lets_errors_pass_is_refused():
    lenient = stand_in("simple")
    lenient["cells"][-1]["metadata"]["tags"] = ["raises-exception"]
    assert faults_of(lenient, GIVEN)[0].startswith("Cell 6 has the tag 'raises-exception'")


@pytest.mark.parametrize(
    "line",
    [
        'month = "2026-10"',
        "month: str",
        "month: str = today()",
        "month: str = 'a' + 'b'",
        "month: str = 202610",
        "month: int = True",
        "month: date = '2026-10'",
        "month: list[str] = []",
        "import os",
        "self.month: str = 'x'",
    ],
)
def test_a_line_that_is_not_a_typed_literal_is_refused(line):
    with pytest.raises(ParameterError, match="Line 1 of the parameters cell"):
        read(notebook(line))


def test_all_faults_of_a_cell_are_named_at_once():
    with pytest.raises(ParameterError) as caught:
        read(notebook("a = 1", "b: str = ''", "c: str = f()", "b: str = ''"))
    assert [f"Line {number}" in str(caught.value) for number in (1, 2, 3, 4)] == [
        True,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("str = ''", 7),
        ("int = 0", "007"),
        ("int = 0", True),
        ("bool = False", "NO"),
        ("bool = False", 1),
        ("float = 0.5", "five"),
    ],
)
def test_a_value_of_another_type_is_refused(declared, value):
    (fault,) = faults_of(notebook(f"threshold: {declared}"), {"threshold": value})
    assert fault.startswith("The parameter 'threshold' must be ")


@pytest.mark.parametrize("name", ["password", "db_token", "api_key", "SECRET", "key"])
def test_a_secret_is_refused_by_its_name(name):
    (fault,) = faults_of(notebook(f"{name}: str = ''"), {name: "hunter2"})
    assert "looks like a secret" in fault
    assert "hunter2" not in fault


def test_an_address_with_a_password_is_refused_and_not_repeated():
    (fault,) = faults_of(notebook("source: str = ''"), {"source": "sql://me:hunter2@host/db"})
    assert "looks like a secret" in fault
    assert "hunter2" not in fault


def test_a_name_that_is_code_is_no_parameter():
    (fault,) = faults_of(notebook("month: str = ''"), {"month; import os": "x"})
    assert fault.startswith("Unknown parameter")
