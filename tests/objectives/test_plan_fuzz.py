"""Whatever stands in objectives.yaml: it is read and has goals, or every fault has its line."""

from __future__ import annotations

import copy
import re
from contextlib import suppress
from functools import reduce
from operator import getitem

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpilib.errors import CompanyError
from kpilib.objectives.plan import FILE, goals_of
from kpilib.yaml_file import load_yaml
from tests.objectives.test_plan import EVERY_MODE

ODD = [
    None, True, -1, 0, 3.3, 80, 1e308, float("nan"), "", "NO", "08", "+20", "3,3 %", "-150 %",
    "3 h", "+10 % par mois", "2026-02-30", "2026-06-30", "2025-01", "binary", "maintain",
    "relative", "count", "per_period_compound", "csat", "leads", "kr_count", "growth", "sales",
    "éè", "<b>", [], {}, [[]], {"en": 3}, [{"group": "a", "target": 3}], {"2026-02": 3},
    {"2026-02": "3 %"}, [1, 0.7, 0.4], [{"date": "2026-02-01", "was": 3, "why": "x"}],
]  # fmt: skip
FURTHER = ["by", "group", "segments", "path", "revisions", "thresholds", "weight", "unit", "parent"]


def places(data, above=()):
    """Every key and every item of the file."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in pairs:
        yield (*above, key)
        if isinstance(value, dict | list):
            yield from places(value, (*above, key))
            if isinstance(value, dict) and "kpi" in value:
                yield from ((*above, key, further) for further in FURTHER)


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    path = tmp_path_factory.mktemp("right") / FILE
    path.write_text(EVERY_MODE, encoding="utf-8")
    return load_yaml(path)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_is_read_or_refused_with_lines(right, tmp_path, data):
    from ruamel.yaml import YAML

    written = copy.deepcopy(right)
    changes = st.tuples(st.sampled_from(list(places(right))), st.sampled_from(ODD))
    for place, odd in data.draw(st.lists(changes, min_size=1, max_size=4)):
        with suppress(KeyError, IndexError, TypeError):  # an earlier change took the place away
            reduce(getitem, place[:-1], written)[place[-1]] = copy.deepcopy(odd)
    with (tmp_path / FILE).open("w", encoding="utf-8") as file:
        YAML().dump(written, file)
    try:
        goals_of(tmp_path)
    except CompanyError as error:
        faults = str(error).split("\nSuch an objective")[0].splitlines()
        assert all(re.match(rf"{FILE}:\d+: \S", fault) for fault in faults)
