"""The JSON schema that editors read says what the models say, and the sample file fits it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from kpilib.objectives.written import SCHEMA, schema, schema_text
from kpilib.topics.catalogue import catalogue
from kpilib.yaml_file import load_yaml

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "objectives.yaml"


def test_the_published_schema_is_the_one_that_the_models_give():
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), (
        "run python -m kpilib.objectives.written"
    )


def test_the_schema_is_one():
    Draft202012Validator.check_schema(schema())


def test_every_key_says_what_it_is():
    silent = [
        f"{name}.{key}"
        for name, part in schema()["$defs"].items()
        for key, about in part.get("properties", {}).items()
        if not about.get("description")
    ]

    assert silent == []


def test_every_kpi_is_proposed():
    assert schema()["$defs"]["KeyResult"]["properties"]["kpi"]["enum"] == ["", *catalogue()]


def test_the_sample_fits():
    faults = list(Draft202012Validator(schema()).iter_errors(load_yaml(SAMPLE)))

    assert [fault.message for fault in faults] == []


def test_the_schema_that_the_sample_names_is_this_one():
    named = re.findall(r"# yaml-language-server: \$schema=(\S+)", SAMPLE.read_text("utf-8"))

    assert [(SAMPLE.parent / path).resolve() for path in named] in ([], [SCHEMA])


@pytest.mark.parametrize(
    ("key", "value"),
    [("mode", "form_to"), ("kpi", "organic_sesions"), ("weight", 0), ("baselin", 3),
     ("path", {"2026-13": 4})],
)  # fmt: skip
def test_an_editor_sees_what_is_wrong(key, value):
    right = {"id": "kr", "kpi": "csat", "mode": "maintain", "target": "85 %", "label": "Satisfied"}
    validator = Draft202012Validator(schema())

    def faults(key_result):
        objective = {"id": "service", "statement": "Serve", "key_results": [key_result]}
        return list(validator.iter_errors({"objectives": [objective]}))

    assert faults(right) == []
    assert faults(right | {key: value})
