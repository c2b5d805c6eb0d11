"""Presets: those that come with kpilib are sound, and a slip in one of one's own is named."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from kpilib.cli import commands
from kpilib.errors import CompanyError
from kpilib.language import speaking
from kpilib.sources.preset import HERE, presets, presets_of
from kpilib.sources.shapes import HOME, shape
from tests.sources.shop import PRESET, company

TABLES = [(preset, table) for preset in presets().values() for table in preset.tables]


def test_each_file_is_named_after_its_preset():
    assert sorted(presets()) == sorted(path.stem for path in HERE.glob("*.yaml"))


@pytest.mark.parametrize(("preset", "table"), TABLES, ids=[f"{p.id}-{t.id}" for p, t in TABLES])
def test_a_table_can_be_recognised_and_says_where_its_columns_come_from(preset, table):
    assert table.signature or table.headers or table.title or table.above, (
        "any file would be recognised as this"
    )
    assert all(field.names for field in table.fields.values())
    assert [each for each in table.also if each not in {one.id for one in preset.tables}] == []


def test_every_shape_is_there():
    missing = [name for name in HOME if not callable(shape(name))]

    assert missing == []


def test_a_company_s_own_goes_before_ours(tmp_path):
    own = PRESET.replace("id: shop", "id: google_search_console")
    folder = company(tmp_path / "c", own)

    assert presets_of(folder)["google_search_console"].name == "Shop"
    assert presets_of(tmp_path) == presets()


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        (
            ("target: orders", "target: order"),
            "there is no 'order'. Did you mean 'orders'?",
        ),
        (
            ("      amount_ht:", "      amount:"),
            "orders: there is no 'amount'. Did you mean",
        ),
        (("status: documented", "status: sure"), "shop.yaml:4: status: found 'sure'. Write one of"),
        (
            ("additive: [amount_ht]", "additive: [sum]"),
            "additive: there is no 'sum'. There is",
        ),
        (("additive: [amount_ht]", "additive: [status]"), "additive: status holds no numbers. Say"),
        (("column: order_id", "column: order_no"), "column: there is no 'order_no'. Did you mean"),
        (("{Paid: paid", "{Paid: payed"), "status: there is no 'payed'. Did you mean 'paid'?"),
        (
            ("    totals", "    constants: {status: due}\n    totals"),
            "status: there is no 'due'.",
        ),
        (
            ("instant}", "instant, formats: [dd/mm]}"),
            "fields.ordered_at.formats: 'dd/mm' is",
        ),
        (
            ("instant}", "instant, formats: ['%d/%Q']}"),
            "shop.yaml:12: tables.orders.fields",
        ),
        (("pattern: Total", "pattern: (Total"), "not a regular expression: missing )"),
        (("id: orders", "id: orders\n    shape: turned"), "shape: there is no 'turned'. There is:"),
        (
            ("id: orders", "id: orders\n    colums: 1"),
            "shop.yaml:7: tables.orders.colums: unknown",
        ),
    ],
)
def test_a_slip_is_named(tmp_path, slip, said):
    folder = company(tmp_path / "c", PRESET.replace(*slip))
    with pytest.raises(CompanyError) as caught:
        presets_of(folder)

    assert said in str(caught.value)


def test_one_header_needs_no_list(tmp_path):
    slip = ("signature: [Order No, Buyer, Ordered, Amount, State]", "signature: Order No")
    folder = company(tmp_path / "c", PRESET.replace(*slip))

    assert presets_of(folder)["shop"].tables[0].signature == (("Order No",),)


def test_a_slip_is_said_by_a_check(tmp_path):
    folder = company(tmp_path / "c", PRESET.replace("id: orders", "id: orders\n    colums: 1"))
    (folder / "surveys.yaml").write_text("reader: {kind: csat}\n", encoding="utf-8")
    done = CliRunner().invoke(commands, ["check", "--data", str(folder)])

    assert done.exit_code == 2
    assert "shop.yaml:7: tables.orders.colums: unknown" in done.output
    assert "surveys.yaml:1: reader: unknown key." in done.output


def test_a_slip_is_said_in_the_language_of_who_imports(tmp_path):
    folder = company(tmp_path / "c", PRESET.replace("status: documented", "statut: sure"))
    with speaking("fr"), pytest.raises(CompanyError) as caught:
        presets_of(folder)

    assert str(caught.value) == (
        "shop.yaml:4: statut: clé inconnue. Vouliez-vous dire 'status'\u00a0?"
    )
