"""Recognised from its columns, never from its name."""

from __future__ import annotations

import pytest

from kpilib.errors import ContractError
from kpilib.sources.block import Block
from kpilib.sources.incoming import apart, nearest_preset, recognise
from kpilib.sources.preset import Preset


def preset(name, *tables):
    return Preset(
        id=name, name=name.title(), status="documented",
        tables=[{"id": f"t{number}", **table} for number, table in enumerate(tables)],
    )  # fmt: skip


def block(*header, title=""):
    return Block(origin="any.csv", header=header, line=1, rows=iter(()), title=title)


def found(block, *presets):
    match = recognise(block, presets)
    return match and (match[0].id, match[1].id)


BROAD = preset("broad", {"signature": ["Date", ["Clicks", "Clics"]]})
NARROW = preset("narrow", {"signature": ["Date", "Clicks", "Cost"]})


def test_the_most_specific_signature_wins():
    assert found(block("Date", "Clicks", "Cost"), BROAD, NARROW) == ("narrow", "t0")
    assert found(block("Cost", "CLICKS", "date", "more"), BROAD, NARROW) == ("narrow", "t0")
    assert found(block("Date", "Clics"), BROAD, NARROW) == ("broad", "t0")
    assert found(block("Date", "Views"), BROAD, NARROW) is None


def test_a_tie_asks():
    twin = preset("twin", {"signature": ["Date", "Clicks"]})
    with pytest.raises(ContractError) as caught:
        found(block("Date", "Clicks"), BROAD, twin)

    assert caught.value.faults == [
        "any.csv: its columns are those of broad, twin. Say which: --preset NAME."
    ]
    assert found(block("Date", "Clicks"), twin) == ("twin", "t0")  # who asks for it


def test_absent_headers_and_titles_tell_tables_apart():
    tool = preset(
        "tool",
        {"signature": ["Date", "Primary"], "title": "facebook"},
        {"signature": ["Date", "Primary"], "title": "instagram"},
        {"signature": ["Date"], "absent": ["Primary"]},
    )

    assert found(block("Date", "Primary", title="Instagram visits"), tool) == ("tool", "t1")
    assert found(block("Date", "Primary", title="Other"), tool) is None
    assert found(block("Date"), tool) == ("tool", "t2")


def test_the_nearest_says_what_is_lacking():
    assert nearest_preset(block("Date", "Cost"), [BROAD, NARROW]) == ("Narrow", ["Clicks"])
    assert nearest_preset(block("a", "b"), [BROAD, NARROW]) == ("", [])


def sides(block, *presets):
    return [(each.header, list(each.rows)) for each in apart(block, presets)]


def test_tables_side_by_side_are_parted_where_each_is_known():
    costs = preset("costs", {"signature": ["Day", "Cost"]})
    both = preset("both", {"signature": ["Date", "Cost"]})

    def sheet():
        made = block("Date", "Clicks", "", "Day", "Cost")
        made.rows = iter([(2, ("1", "2", "", "3", "4")), (3, ("5", "6", "", "", " "))])
        return made

    assert sides(sheet(), BROAD, costs) == [
        (("Date", "Clicks"), [(2, ("1", "2")), (3, ("5", "6"))]),
        (("Day", "Cost"), [(2, ("3", "4"))]),
    ]
    assert len(sides(sheet(), BROAD)) == 1  # nobody knows the other one
    assert len(sides(sheet(), BROAD, costs, both)) == 1  # one table has columns of both
