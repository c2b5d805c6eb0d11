"""Several breakdowns at once, some groups only, columns of one's own; hidden people stay hidden."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kpilib as kl
from kpilib.errors import ContractError
from tests.worked import rows

DAY = "2026-10-05T10:00:00Z"
# Two by e-mail from France (one bounced), one direct from France, one direct from Belgium.
SESSIONS = rows(
    "session_id visitor_id started_at engaged_s pageviews key_events channel country campus",
    ("1", "a", DAY, 20.0, 1, 0, "email", "FR", "Lyon"),
    ("2", "b", DAY, 1.0, 1, 0, "email", "FR", "Nice"),
    ("3", "c", DAY, 1.0, 1, 0, "direct", "FR", "Lyon"),
    ("4", "d", DAY, 1.0, 1, 0, "direct", "BE", None),
)
DATA = kl.open({"sessions": SESSIONS}, as_of="2026-10-31")


def counts(frame, *columns):
    return {tuple(row[c] for c in columns): row["value"] for row in frame.to_dict("records")}


class TestSeveral:
    def test_by_two_columns(self):
        found = DATA.evaluate("sessions", "2026-10", by=["channel", "country"])
        assert counts(found, "channel", "country") == {
            ("email", "FR"): 2.0, ("direct", "FR"): 1.0, ("direct", "BE"): 1.0,
        }  # fmt: skip
        assert list(found)[5:7] == ["channel", "country"]

    def test_a_rate_by_two_columns(self):
        found = DATA.evaluate("bounce_rate", "2026-10", by=["channel", "country"])
        assert counts(found, "channel", "country")["email", "FR"] == 0.5

    def test_by_the_clock_and_a_column(self):
        found = DATA.evaluate("sessions", "2026-10", by=["hour", "channel"])
        shown = found[found["value"] > 0]
        assert counts(shown, "hour", "channel") == {(12, "email"): 2.0, (12, "direct"): 2.0}

    def test_weekday_and_hour(self):
        found = DATA.evaluate("sessions", "2026-10", by=["weekday", "hour"])
        assert counts(found[found["value"] > 0], "weekday", "hour") == {(1, 12): 4.0}

    def test_in_a_series(self):
        found = DATA.series("sessions", "2026-10", periods=2, by=["channel", "country"])
        assert found.loc[found["period"] == "2026-10", "value"].sum() == 4

    def test_an_unknown_column_is_named(self):
        with pytest.raises(ContractError, match="cannot be broken down by 'chanel'.*'channel'"):
            DATA.evaluate("sessions", "2026-10", by=["chanel", "country"])

    def test_the_table_that_a_column_stands_in_is_named_where_it_lacks(self):
        orders = pd.DataFrame(
            {"order_id": ["1"], "customer_id": ["a"], "amount_ht": [9.0], "status": ["paid"],
             "ordered_at": pd.to_datetime(["2026-10-05"], utc=True)}
        )  # fmt: skip
        with pytest.raises(ContractError, match="channel of table customers, and there is no"):
            kl.open({"orders": orders}).evaluate("revenue", "2026-10", by="channel")

    @given(st.lists(st.tuples(*[st.sampled_from("abc")] * 2), min_size=1, max_size=12))
    def test_the_parts_are_those_of_pandas(self, cells):
        frame = pd.DataFrame(cells, columns=["source", "medium"]).assign(
            session_id=[f"s{n}" for n in range(len(cells))], started_at=pd.Timestamp(DAY)
        )
        data = kl.open({"sessions": frame.assign(channel="direct")}, as_of="2026-10-31")
        found = data.evaluate("sessions", "2026-10", by=["source", "medium"])
        assert (
            counts(found, "source", "medium")
            == frame.groupby(["source", "medium"]).size().astype(float).to_dict()
        )


class TestWhere:
    @pytest.mark.parametrize("where, expected", [
        ({"channel": "email"}, 2.0),
        ({"channel": ["email", "direct"]}, 4.0),
        ({"channel": "direct", "country": "FR"}, 1.0),
        ({"country": "FR"}, 3.0),
        ({"campus": "Lyon"}, 2.0),
        ({"campus": "(unknown)"}, 1.0),
    ])  # fmt: skip
    def test_only_these_groups(self, where, expected):
        assert DATA.evaluate("sessions", "2026-10", where=where)["value"].tolist() == [expected]

    def test_beside_a_breakdown(self):
        found = DATA.evaluate("sessions", "2026-10", by="channel", where={"country": "FR"})
        assert counts(found, "channel") == {("email",): 2.0, ("direct",): 1.0}

    def test_it_does_not_stay(self):
        DATA.evaluate("bounce_rate", "2026-10", where={"channel": "email"})
        assert DATA.evaluate("bounce_rate", "2026-10")["n"].tolist() == [4.0]

    def test_every_table_of_a_kpi_must_have_the_column(self):
        with pytest.raises(ContractError, match="cannot be broken down by 'page'"):
            DATA.evaluate("sessions", "2026-10", where={"page": "/"})


class TestOwnColumns:
    def test_of_a_frame(self):
        found = DATA.evaluate("sessions", "2026-10", by="campus")
        assert counts(found, "campus") == {("Lyon",): 2.0, ("Nice",): 1.0, ("(unknown)",): 1.0}

    def test_of_a_folder_only_when_company_yaml_lists_them(self, tmp_path):
        (tmp_path / "tables").mkdir()
        SESSIONS.to_parquet(tmp_path / "tables/sessions.parquet")
        (tmp_path / "company.yaml").write_text("name: A\nas_of: 2026-10-31\n")
        with pytest.raises(ContractError, match="cannot be broken down by 'campus'"):
            kl.open(tmp_path).evaluate("sessions", "2026-10", by="campus")
        (tmp_path / "company.yaml").write_text(
            "name: A\nas_of: 2026-10-31\ncolumns: {sessions: [campus]}\n"
        )
        found = kl.open(tmp_path).evaluate("sessions", "2026-10", by="campus")
        assert counts(found, "campus")["Lyon",] == 2.0


class TestPeople:
    DATA = kl.open("data/sample")

    @pytest.mark.parametrize("asked", [
        {"by": ["team", "contract_kind"]}, {"where": {"team": "pedagogie"}},
    ])  # fmt: skip
    def test_a_figure_about_people_takes_one_breakdown_and_no_restriction(self, asked):
        with pytest.raises(ContractError, match="about people|describes a person"):
            self.DATA.evaluate("absenteeism_rate", "2026-10", **asked)

    def test_a_column_of_ones_own_in_a_table_about_people_must_be_named(self):
        tables = {
            "employees": rows(
                "employee_id hired_at left_at desk",
                *((f"e{n}", "2020-01-01", None, "a") for n in range(9)),
            )
        }
        with pytest.raises(ContractError, match="a column of your own may describe a person"):
            kl.open(tables, as_of="2026-10-31").evaluate("headcount", "2026-10", by="desk")
        data = kl.open(tables, as_of="2026-10-31", breakdowns=["team", "desk"])
        assert data.evaluate("headcount", "2026-10", by="desk")["value"].tolist() == [9.0]
