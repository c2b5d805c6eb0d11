"""Opening a company's data, wherever it is, and the facts it stands on."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import CompanyError, ContractError, ParameterError, PeriodError, UnknownName
from tests.worked import rows, value

LEADS = rows(
    "lead_id person_key created_at channel",
    ("1", "a", "2025-01-10", "email"),
    ("2", "b", "2025-02-11", "email"),
    ("3", "c", "2025-02-12", "referral"),
)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "acme"
    (place / "tables").mkdir(parents=True)
    LEADS.to_csv(place / "tables" / "leads.csv", index=False)
    (place / "company.yaml").write_text("name: Acme\ncurrency: CHF\nas_of: '2025-02-28'\n")
    return place


class TestOpen:
    def test_a_folder(self, folder):
        data = kl.open(folder)

        assert (data.settings.name, data.settings.currency) == ("Acme", "CHF")
        assert data.folder == folder
        assert value(data, "leads", "2025-02") == 2

    def test_a_folder_by_its_name(self, folder):
        assert kl.open(str(folder)).folder == Path(folder)

    def test_a_folder_without_company_file_is_named_after_itself(self, folder):
        (folder / "company.yaml").unlink()

        assert kl.open(folder).settings.name == "acme"

    def test_tables_may_lie_elsewhere(self, folder):
        (folder / "tables").rename(folder / "data")
        (folder / "company.yaml").write_text("tables: data\n")

        assert value(kl.open(folder, as_of="2025-02-28"), "leads", "2025-02") == 2

    def test_arguments_win_over_the_file(self, folder):
        data = kl.open(folder, timezone="America/New_York", currency="USD", as_of="2025-03-31")

        assert (data.settings.timezone, data.settings.currency) == ("America/New_York", "USD")
        assert data.as_of == date(2025, 3, 31)

    def test_a_duckdb_connection(self):
        con = duckdb.connect()
        con.register("given", LEADS)
        con.execute(
            "create table leads as select * replace (created_at::date as created_at) from given"
        )
        con.execute("create table something_else as select 1 as x")
        data = kl.open(con, as_of="2025-02-28")

        assert value(data, "leads", "2025-02") == 2
        assert repr(data) == "<Company: leads>"

    def test_a_folder_that_is_not_there(self, tmp_path):
        with pytest.raises(CompanyError) as caught:
            kl.open(tmp_path / "nowhere")

        assert str(caught.value) == (
            "There is no folder 'nowhere'. Name a company's, such as data/sample: --data on the "
            "command line, data in a notebook."
        )

    def test_one_file_is_no_company(self, tmp_path):
        (tmp_path / "leads.csv").write_text("lead_id\n")
        with pytest.raises(CompanyError) as caught:
            kl.open(tmp_path / "leads.csv")

        assert str(caught.value) == (
            "'leads.csv' is a file. Name a company's folder, such as data/sample; of one table "
            'alone, say which it is: kl.open({"sessions": path}).'
        )

    def test_a_folder_without_tables(self, folder):
        (folder / "tables" / "leads.csv").unlink()
        (folder / "tables").rmdir()

        with pytest.raises(CompanyError) as caught:
            kl.open(folder)

        assert str(caught.value) == (
            "acme: there is no folder 'tables' with the tables. Create it, or say in company.yaml "
            "where they are (tables: ...)."
        )

    def test_anything_else(self):
        with pytest.raises(ParameterError) as caught:
            kl.open(LEADS)

        assert str(caught.value) == (
            "Cannot open DataFrame. Give a company folder, a mapping of table names to frames or "
            "paths, a DuckDB connection or a Spark session."
        )

    @pytest.mark.parametrize(
        ("argument", "message"),
        [
            ({"timezone": "Paris"}, "timezone: Unknown time zone 'Paris'. Write an IANA name such "
             "as 'Europe/Paris'."),
            ({"currency": "euro"}, "currency: found 'euro'; write its three capital letters, such "
             "as EUR."),
        ],
    )  # fmt: skip
    def test_arguments_are_checked(self, argument, message):
        with pytest.raises(ParameterError) as caught:
            kl.open({"leads": LEADS}, **argument)

        assert str(caught.value) == message

    @pytest.mark.parametrize("as_of", ["2025-2-28", "yesterday", "2025-02-30"])
    def test_a_day_is_checked(self, as_of):
        with pytest.raises(PeriodError, match="Write days as YYYY-MM-DD"):
            kl.open({"leads": LEADS}, as_of=as_of)


class TestLastMonth:
    @pytest.mark.parametrize(
        ("as_of", "month"),
        [("2025-02-28", "2025-02"), ("2025-02-27", "2025-01"), (date(2025, 3, 1), "2025-02")],
    )
    def test_is_the_last_complete_one(self, as_of, month):
        assert kl.open({"leads": LEADS}, as_of=as_of).last_month() == month

    def test_is_found_in_the_data(self):
        assert kl.open({"leads": LEADS}).as_of == date(2025, 2, 12)
        assert kl.open({"leads": LEADS}).last_month() == "2025-01"

    def test_of_no_dated_row_is_not_known(self):
        with pytest.raises(PeriodError) as caught:
            kl.open({"leads": LEADS.iloc[:0]}).last_month()

        assert str(caught.value) == (
            "No month can be chosen: no table has a dated row. Name a month."
        )

    def test_does_not_depend_on_the_clock(self):
        """As late as a lead lies, so far the data goes, if it is a day that somebody can mean."""
        year = date.today().year + 9
        future = LEADS.assign(created_at=f"{year}-05-31")

        assert kl.open({"leads": future}).last_month() == f"{year}-05"


class TestSeries:
    DATA = kl.open({"leads": LEADS}, as_of="2025-02-28")

    def test_is_evaluate_month_by_month(self):
        res = self.DATA.series("leads", "2025-02", months=3)
        each = [self.DATA.evaluate("leads", month) for month in ("2024-12", "2025-01", "2025-02")]

        assert res["period"].tolist() == ["2024-12", "2025-01", "2025-02"]
        pd.testing.assert_frame_equal(res, pd.concat(each, ignore_index=True))

    def test_has_thirteen_months_unless_asked(self):
        res = self.DATA.series(["leads", "qualified_leads"][:1], "2025-02")

        assert len(res) == 13
        assert res["period"].iloc[[0, -1]].tolist() == ["2024-02", "2025-02"]

    def test_periods_and_months_are_two_names_of_one_number(self):
        named = self.DATA.series("leads", "2025-02", periods=3)

        pd.testing.assert_frame_equal(named, self.DATA.series("leads", "2025-02", months=3))
        pd.testing.assert_frame_equal(named, self.DATA.series("leads", "2025-02", 3))
        with pytest.raises(ParameterError, match="two names of one number"):
            self.DATA.series("leads", "2025-02", periods=3, months=3)

    @pytest.mark.parametrize("name", ["periods", "months"])
    @pytest.mark.parametrize("count", [0, -1, 2.5, "3", True])
    def test_of_no_period_is_refused(self, name, count):
        with pytest.raises(ParameterError, match="Write how many, a whole number from 1"):
            self.DATA.series("leads", "2025-02", **{name: count})

    def test_rolling_is_each_window_that_ends_with_a_period(self):
        # leads of December and January, then of January and February
        res = self.DATA.series("leads", "2025-02", periods=2, rolling=2)
        spans = [("2024-12-01", "2025-01-31"), ("2025-01-01", "2025-02-28")]
        each = [self.DATA.evaluate("leads", span) for span in spans]

        pd.testing.assert_frame_equal(res, pd.concat(each, ignore_index=True))
        one = self.DATA.series("leads", "2025-02", periods=2, rolling=2, where={"channel": "email"})
        assert one["value"].tolist() < res["value"].tolist()

    @pytest.mark.parametrize("rolling", [-1, 2.5, "3", True, None])
    def test_rolling_that_is_no_number_of_months_is_refused(self, rolling):
        with pytest.raises(ParameterError, match="Write how many, a whole number from 0"):
            self.DATA.series("leads", "2025-02", rolling=rolling)

    def test_windows_that_begin_before_the_calendar_are_refused(self):
        with pytest.raises(ParameterError, match="begin before 1900. Write 1,500 at most"):
            self.DATA.series("leads", "2025-02", periods=1, rolling=10**6)

    def test_by_group(self):
        res = self.DATA.series("leads", "2025-02", months=2, by="channel")
        found = res.pivot(index="channel", columns="period", values="value")

        assert found.loc["email"].tolist() == [1, 1]
        assert found.loc["referral"].tolist() == [0, 1]


class TestTables:
    DATA = kl.open({"leads": LEADS}, as_of="2025-02-28")

    def test_are_shown_without_what_is_personal(self):
        assert set(self.DATA.table("leads").columns) == {"lead_id", "created_at", "channel"}

    def test_are_shown_with_it_when_it_is_named(self):
        assert set(self.DATA.table("leads", columns=["person_key"]).columns) == {"person_key"}

    def test_columns_beyond_the_contract_cannot_be_reached(self, tmp_path):
        """What a table does not need, nobody sees: minimisation."""
        (tmp_path / "tables").mkdir()
        LEADS.assign(health="private").to_parquet(tmp_path / "tables/leads.parquet")
        data = kl.open(tmp_path)

        assert "health" not in data.table("leads").columns
        with pytest.raises(UnknownName, match="Table leads has no column 'health'"):
            data.table("leads", columns=["health"])
        with pytest.raises(ContractError, match="cannot be broken down by 'health'"):
            data.evaluate("leads", "2025-02", by="health")

    def test_an_unknown_table_is_refused(self):
        with pytest.raises(UnknownName, match=r"^Unknown table 'lead'\. .* mean 'leads'\?$"):
            self.DATA.table("lead")

    def test_a_table_that_was_not_given_is_refused(self):
        with pytest.raises(UnknownName) as caught:
            self.DATA.table("sessions")

        assert str(caught.value) == "There is no table sessions here. There is: leads."


class TestFacts:
    def test_say_what_the_figures_stand_on(self, folder):
        path = folder / "tables" / "leads.csv"
        path.write_text(path.read_text() + "3,c,2025-02-12,referral\n")
        facts = kl.open(folder).facts()
        row = facts.iloc[0]

        assert len(facts) == 1
        assert (row["table"], row["rows"], row["duplicates"]) == ("leads", 3, 1)
        assert (row["first_date"], row["last_date"]) == (date(2025, 1, 10), date(2025, 2, 12))
        assert row["sha256"] == sha256(path.read_bytes()).hexdigest()

    @pytest.mark.parametrize(("days", "late"), [(15, True), (16, False)])
    def test_say_whether_a_table_is_late(self, folder, days, late):
        # the last lead is of the 12th, the data of the 28th: 16 days
        (folder / "company.yaml").write_text(f"as_of: '2025-02-28'\nfreshness:\n  leads: {days}\n")

        assert bool(kl.open(folder).facts().iloc[0]["late"]) is late

    def test_a_frame_has_no_file_to_name(self):
        assert kl.open({"leads": LEADS}).facts().iloc[0]["sha256"] == ""


class TestCohorts:
    def test_months_since_the_first_order(self):
        # Of two who first ordered in January one came back in March; February's came back at once
        orders = rows(
            "order_id customer_id ordered_at amount_ht status",
            ("1", "a", "2025-01-10", 10.0, "paid"),
            ("2", "b", "2025-01-11", 10.0, "paid"),
            ("3", "c", "2025-02-01", 10.0, "paid"),
            ("4", "c", "2025-02-20", 10.0, "paid"),
            ("5", "a", "2025-03-05", 10.0, "paid"),
        )
        res = kl.open({"orders": orders}, as_of="2025-03-31").cohorts("2025-03")

        assert res.loc["2025-01"].tolist() == [0, 0, 0.5]
        assert res.loc["2025-02"].dropna().tolist() == [1, 1]
        assert res.columns.tolist() == [0, 1, 2]
