"""The legal ledger: which accounts become costs, and what they add up to."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.errors import ContractError
from tests.sources.rows_left import left_out
from tests.sources.twins_people import fec, fec_signed, read


def cost(frame, month: str) -> float:
    return kl.open({"costs": frame}).evaluate("training_cost", month).iloc[0]["value"]


@pytest.mark.parametrize(
    "data",
    [
        fec().encode("iso-8859-15"),
        fec("\t").encode(),
        fec_signed().encode(),
        fec_signed().replace("|D|", "|+1|").replace("|C|", "|-1|").encode(),
    ],
    ids=["odoo", "tab", "side", "signs"],
)
def test_costs_of_the_accounts_by_default(data):
    frame, understood = read(data, "123456789FEC20251231.txt")

    assert cost(frame, "2025-01") == pytest.approx(1700.5)  # 1200,50 of 6185 and 500 of 6333
    assert cost(frame, "2025-02") == pytest.approx(-200.5)  # a credit note
    assert set(frame["currency"]) == {"EUR"} and set(frame["scope_kind"]) == {"training"}
    assert frame.sort("cost_id")["cost_kind"].to_list() == ["delivery", "delivery", "overhead"]
    assert left_out(understood)["another account"] == (6, [3, 4, 6, 7, 9])
    assert any("6185 as delivery (2 line(s), 1,000.00)" in note for note in understood.block.notes)


def test_debit_and_credit_count_where_a_side_stands_beside_them():
    header, *lines = fec().splitlines()
    text = "\n".join([f"{header}|Sens", *(f"{line}|D" for line in lines)])

    assert cost(read(text)[0], "2025-01") == pytest.approx(1700.5)


def test_labels_are_not_kept():
    frame, _ = read(fec())

    assert "Zoé" not in frame.write_json()


def test_names_of_lines_are_told_apart_and_stay():
    frame, _ = read(fec())
    told, _ = read(fec(), told={"CompteNum": "6185|6228"})

    assert frame["cost_id"].n_unique() == 3
    assert set(told["cost_id"]) & set(frame["cost_id"]) == {"AC:1:20250113:0", "AC:2:20250214:1"}


def test_the_company_lists_its_accounts():
    frame, _ = read(fec(), told={"CompteNum": "6185|6228:design"})

    assert cost(frame, "2025-01") == pytest.approx(2000.5)
    assert frame.filter(cost_id="AC:3:20250120:0")["cost_kind"].item() == "design"


def test_a_ledger_that_is_cut_does_not_balance():
    with pytest.raises(ContractError, match="1,440.60 apart"):
        read(fec().replace("401000", "401000", 1).replace("1440,60", "0000,00"))


def test_an_account_that_is_none():
    with pytest.raises(ContractError, match="--read 'CompteNum=6333"):
        read(fec(), told={"CompteNum": "6185:fun"})
