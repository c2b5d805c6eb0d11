"""A table's contract is declared in words; a word that is not understood is refused."""

from __future__ import annotations

import pytest

from kpilib.errors import DefinitionError
from kpilib.tables.contract import Column, table


def test_a_column_is_its_name_its_type_and_words():
    res = table("t", "one", "price EUR personal lenient approximates absent=3 min=0 max=9.5")

    assert res.columns["price"] == Column(
        name="price", type="EUR", absent="3", minimum=0, maximum=9.5, personal=True, lenient=True,
        approximates=True,
    )  # fmt: skip


def test_choices_keep_their_order_and_may_break_over_lines():
    res = table("t", "one", "kind enum(b,\n    a, c d)\n    absent=a; other key")

    assert res.columns["kind"].choices == ("b", "a", "c d")
    assert list(res.columns) == ["kind", "other"]


def test_absent_without_value_means_missing():
    assert table("t", "one", "note text absent=").columns["note"].absent == ""
    assert table("t", "one", "note text").columns["note"].absent is None


def test_a_breakdown_may_stand_for_a_column():
    res = table("t", "one", "group_key key", aliases={"team": "group_key"})

    assert res.column("team") is res.column("group_key") is res.columns["group_key"]
    assert res.column("other") is None


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            "name",
            "Not a column: 'name'. Types are key, ts, date, int, float, EUR, bool, text, list, "
            "enum, hours.",
        ),
        (
            "name number",
            "Not a column: 'name number'. Types are key, ts, date, int, float, EUR, bool, text, "
            "list, enum, hours.",
        ),
        (
            "name key personnal",
            "Column name: 'personnal' is not one of personal, describes, lenient, approximates, "
            "later, absent, min, max. Columns are separated by ';'.",
        ),
        (
            "name key\n other int",
            "Column name: 'other' is not one of personal, describes, lenient, approximates, "
            "later, absent, min, max. Columns are separated by ';'.",
        ),
    ],
)
def test_what_is_not_understood_is_refused(columns, message):
    with pytest.raises(DefinitionError) as caught:
        table("t", "one", columns)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    "named",
    [{"key": "x"}, {"time": "x"}, {"span": "a x"}, {"state": "x a"}, {"links": {"x": "t"}},
     {"aliases": {"team": "x"}}],
    ids=lambda named: next(iter(named)),
)  # fmt: skip
def test_a_name_without_column_is_refused(named):
    with pytest.raises(DefinitionError) as caught:
        table("t", "one", "a key; b key", **named)

    assert str(caught.value) == "Table t names a column it does not have: x."
