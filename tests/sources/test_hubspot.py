"""HubSpot: headers in two languages, curly quotes, UTF-16 with tabs, stages and won deals."""

from __future__ import annotations

import pytest

from kpilib.errors import ContractError
from tests.sources.rows_left import left_out
from tests.sources.twins_answers import read, table, told_read

CONTACTS_FR = table(
    ["ID de fiche d’informations", "Prénom", "Nom", "E-mail", "Date de création",
     "Original Source", "Date entered “Customer (Lifecycle Stage Pipeline)”",
     "Associated Company IDs"],
    ["101", "Ada", "A", "ada@client.example", "13/06/2026 09:14", "Organic Search",
     "02/07/2026 10:00", "9001"],
    ["102", "Bo", "B", "bo@client.example", "01/06/2026 09:14", "OFFLINE_SOURCES", "", "9002"],
    ["103", "Cy", "C", "", "02/06/2026 00:30", "Salon de Lyon", "", ""],
    ["104", "Di", "D", "di@client.example", "03/06/2026 10:00", "Paid Search",
     "01/12/2026 10:00", ""],
    delimiter="\t",
)  # fmt: skip
DEALS = [
    ["Record ID", "Deal Name", "Deal Stage", "Close Date", "Pipeline", "Amount", "Deal owner",
     "Associated Company IDs", "Associated Contact IDs"],
    ["501", "Course", "Closed Won", "2026-09-02 10:00", "Sales", "1200.50", "Zoe", "9001", "101"],
    ["502", "Course", "Closed Lost", "2026-09-02 10:00", "Sales", "900", "Zoe", "", "102"],
    ["503", "Course", "Appointment", "", "Sales", "", "Zoe", "", "103"],
    ["504", "Course", "Closed Won", "2026-09-03 10:00", "Sales", "300", "Zoe", "", "104;101"],
]  # fmt: skip


@pytest.fixture(scope="module")
def contacts():
    return read(CONTACTS_FR.encode("utf-16"))


class TestContacts:
    def test_leads_and_customers(self, contacts):
        assert contacts.understood.block.encoding == "utf-16"
        assert contacts.value("leads", "2026-06") == 4
        # one of four bought within 90 days; Di took half a year
        assert contacts.value("lead_to_customer_rate", "2026-06") == pytest.approx(1 / 4)

    def test_channels(self, contacts):
        channels = contacts.rows.sort("created_at")["channel"].to_list()

        # Bo, Cy (a fair is no channel), Di, Ada
        assert channels == ["unassigned", "unassigned", "paid_search", "organic_search"]
        assert "1 row(s) name a source that is no channel: unassigned" in str(
            contacts.understood.block.notes
        )

    def test_the_order_of_day_and_month_is_that_of_the_file(self, contacts):
        # no day of the second column is above 12; the first column shows it
        won = contacts.rows["won_at"].drop_nulls().sort()
        assert [str(each)[:10] for each in won] == ["2026-07-02", "2026-12-01"]

    def test_asked_when_no_column_shows_it(self):
        text = table(
            ["Record ID", "Email", "Create Date"], ["1", "a@x.example", "3/5/2026 2:30 PM"]
        )

        with pytest.raises(ContractError, match="--read 'Create Date=%d/%m/%Y'"):
            read(text)
        found = told_read(text, {"Create Date": "%m/%d/%Y %I:%M %p"})
        # half past two in Paris
        assert str(found.rows["created_at"][0]) == "2026-03-05 13:30:00+00:00"

    def test_american_dates_and_straight_quotes(self):
        text = table(
            ["Record ID", "Email", "Create Date", "Lifecycle Stage",
             'Date entered "Customer (Lifecycle Stage Pipeline)"'],
            ["1", "a@x.example", "3/15/2026 2:30 PM", "customer", "4/1/2026 2:30 PM"],
        )  # fmt: skip

        assert read(text).value("lead_to_customer_rate", "2026-03") == pytest.approx(1.0)

    def test_nothing_personal_is_kept(self, contacts):
        text = contacts.rows.write_json()

        assert not any(word in text for word in ("client.example", "Ada", "9001", '"101"'))


class TestDeals:
    def test_won_deals_are_orders(self):
        found = read(table(*DEALS))

        assert left_out(found.understood) == {"deal not won": (2, [3, 4])}
        assert found.value("average_order_value", "2026-09") == pytest.approx((1200.5 + 300) / 2)

    def test_the_customer_is_that_of_the_leads(self, contacts):
        orders = read(table(*DEALS)).rows.sort("order_id")

        # Ada's company; Di has none and stands for herself
        won = contacts.rows.drop_nulls("won_at").sort("won_at")
        assert orders["customer_id"].to_list() == won["customer_id"].to_list()

    def test_a_stage_of_the_company_is_named(self):
        rows = [[cell.replace("Closed Won", "Signed") for cell in row] for row in DEALS]

        with pytest.raises(ContractError, match="--read 'Deal Stage=NAME OF THE STAGE'"):
            read(table(*rows))
        assert len(told_read(table(*rows), {"Deal Stage": "signed"}).rows) == 2

    def test_a_won_deal_without_an_amount(self):
        rows = [[cell.replace("1200.50", "") for cell in row] for row in DEALS]

        with pytest.raises(ContractError, match=r"1 won deal\(s\) have no amount"):
            read(table(*rows))
