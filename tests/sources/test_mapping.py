"""A preset for a company's own file: written, refused while it is open, then used."""

from __future__ import annotations

import polars as pl
import pytest

from kpilib.errors import ContractError, ParameterError, UnknownName
from kpilib.sources.imports import Asked, import_files
from kpilib.sources.mapping import Draft, map_file, needed
from kpilib.sources.preset import Preset
from kpilib.tables import TABLES
from kpilib.yaml_file import read_yaml
from tests.sources.shop import KEY


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KPILIB_KEY", KEY)
    made = tmp_path / "company"
    (made / "tables").mkdir(parents=True)
    return made


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "Commandes d'octobre.csv"
    made.write_text(
        'N° commande;Client;Ordered at;Montant "HT"\nA1;ann@client.example;2026-10-03;12,50\n',
        encoding="utf-8",
    )
    return made


def quiet(*args, **options):
    return import_files(*args, Asked(**options), say=lambda line: None)


def test_lists_every_header_and_guesses_nothing(folder, file):
    made = map_file(file, folder, Draft(target="orders"))
    text = made.read_text(encoding="utf-8")
    preset = read_yaml(made, Preset)
    (table,) = preset.tables

    assert made.name == "commandes_d_octobre.yaml" and preset.id == "commandes_d_octobre"
    assert (
        '#   "N° commande"\n#   "Client"\n#   "Ordered at": perhaps ordered_at, order_id\n' in text
    )
    assert [names[0] for names in table.signature][-1] == 'Montant "HT"'
    assert {name: field.names for name, field in table.fields.items()} == {
        "order_id": ("?",), "ordered_at": ("?",),
    }  # fmt: skip
    assert '# amount_ht: {names: "?", type: money, decimal: auto}' in text
    assert '# customer_id: {names: "?", type: id, pseudonym: true}' in text
    assert "one of paid, cancelled, refunded" in text
    assert "ann@client.example" not in text


def test_an_import_refuses_it_until_it_is_filled_in_and_uses_it_then(folder, file):
    made = map_file(file, folder, Draft(target="orders", columns={"order_id": "n° COMMANDE"}))
    with pytest.raises(ContractError) as caught:
        quiet([file], folder)

    assert caught.value.faults == [
        "presets/commandes_d_octobre.yaml is not filled in yet: ordered_at of orders still hold"
        " '?'. Write the header that each comes from (or the format of the date), then import the"
        " file again."
    ]
    text = made.read_text(encoding="utf-8").replace(
        'ordered_at: {names: "?"', 'ordered_at: {names: "Ordered at"'
    )
    made.write_text(
        text.replace('# amount_ht: {names: "?"', "amount_ht: {names: 'Montant \"HT\"'"),
        encoding="utf-8",
    )
    quiet([file], folder)
    rows = pl.read_parquet(folder / "tables" / "orders.parquet")

    assert rows.select("order_id", "amount_ht").rows() == [("A1", 12.5)]


def test_an_edited_preset_reads_the_same_file_once_more(folder, file):
    columns = {"order_id": "N° commande", "ordered_at": "Ordered at"}
    made = map_file(file, folder, Draft(target="orders", columns=columns))
    quiet([file], folder)
    text = made.read_text(encoding="utf-8")
    made.write_text(
        text.replace('# amount_ht: {names: "?"', "amount_ht: {names: 'Montant \"HT\"'"),
        encoding="utf-8",
    )
    (done,) = quiet([file], folder)

    assert not done.already and done.tables["orders"].changed == 1


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_mapped(folder, file, table):
    preset = read_yaml(map_file(file, folder, Draft(target=table, name=table)), Preset)

    assert set(preset.tables[0].fields) == set(needed(TABLES[table]))


def test_what_does_not_exist_is_named(folder, file, tmp_path):
    with pytest.raises(UnknownName, match="Unknown table 'order'.* Did you mean 'orders'"):
        map_file(file, folder, Draft(target="order"))
    with pytest.raises(UnknownName, match="no column 'order'. Did you mean 'order_id'"):
        map_file(file, folder, Draft(target="orders", columns={"order": "Client"}))
    with pytest.raises(ParameterError, match="has no column 'Clients'. Did you mean 'Client'"):
        map_file(file, folder, Draft(target="orders", columns={"order_id": "Clients"}))
    assert not (folder / "presets").exists()


def test_a_preset_that_is_there_is_not_overwritten(folder, file):
    made = map_file(file, folder, Draft(target="orders"))
    before = made.read_text(encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        map_file(file, folder, Draft(target="leads"))

    assert str(caught.value) == (
        "presets/commandes_d_octobre.yaml exists already. Edit it, delete it, or name another:"
        " --preset."
    )
    assert made.read_text(encoding="utf-8") == before


def test_what_holds_for_all_rows_is_written_once(folder, tmp_path):
    """An advertising tool exports neither its own name nor an item, and rows need both."""
    ads = tmp_path / "ads.csv"
    ads.write_text("Day,Campaign,Impressions\n2026-10-05,A,100\n", encoding="utf-8")
    columns = {"date": "Day", "campaign_id": "Campaign", "impressions": "Impressions"}
    made = map_file(ads, folder, Draft(target="acquisition_daily", columns=columns))
    text = made.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if 'names: "?"' not in line or "# " in line[:8]]
    filled = "\n".join(lines).replace(
        "# constants: {item: TEXT}", "constants: {item: all, platform: linkedin_ads}"
    )

    assert "    # constants: {item: TEXT}" in text
    with pytest.raises(ContractError, match="holds for all rows: constants: {item: TEXT}"):
        quiet([ads], folder)
    made.write_text(filled, encoding="utf-8")
    quiet([ads], folder)
    found = pl.read_parquet(folder / "tables" / "acquisition_daily.parquet")
    assert found.select("platform", "item", "impressions").rows() == [("linkedin_ads", "all", 100)]
