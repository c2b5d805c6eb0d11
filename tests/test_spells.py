"""People and rows are not mixed: whoever has several rows at once is one, and a stock is exact."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpilib as kl
from tests.worked import exactly, one, rows, value

FIRST = date(2025, 1, 1)
MARCH = {"as_of": "2025-03-31"}
CONTRACT = "employee_id hired_at left_at team"
OTHERS = [(f"s{i}", date(2020, 1, 1), None, "north") for i in range(10)]


def employees(*contracts, columns=CONTRACT):
    """A table of contracts, each valid from its first day: that and the person make the key."""
    table = rows(columns, *contracts)
    return table.assign(valid_from=table["hired_at"]).astype(
        {name: "datetime64[us]" for name in ("hired_at", "left_at", "valid_from")}
    )


def staff(*contracts):
    """Ten who always were there, and the contracts given."""
    return {"employees": employees(*OTHERS, *contracts)}


def card(*contracts, month="2025-03", **asked):
    row = one(staff(*contracts), "headcount", month, **MARCH, **asked)
    parts = row["details"]
    return row["value"], parts["opening"], parts["entries"], parts["exits"], parts["average"]


def on(text):
    return date.fromisoformat(text)


class TestOnePersonSeveralContracts:
    """Eleven people in March 2025, 31 days: opening 11 or 10 as told."""

    def test_two_contracts_at_once_are_one_person_in_every_figure(self):
        both = ("t", on("2024-01-01"), None, "north"), ("t", on("2024-06-01"), None, "south")

        assert card(*both) == (11, 11, 0, 0, 11)

    def test_one_of_two_contracts_ends_and_nobody_leaves(self):
        both = (
            ("t", on("2024-01-01"), on("2025-03-15"), "north"),
            ("t", on("2024-06-01"), None, "south"),
        )

        assert card(*both) == (11, 11, 0, 0, 11)
        assert value(staff(*both), "turnover_rate", "2025-03", **MARCH) == 0
        assert value(staff(*both), "employee_retention_rate", "2025-03", **MARCH) == 1

    @pytest.mark.parametrize("last", ["2025-03-14", "2025-03-31", "2025-02-28"])
    def test_a_contract_that_follows_on_the_next_day_is_not_left(self, last):
        end = on(last)
        both = (
            ("t", on("2024-01-01"), end, "north"),
            ("t", end + timedelta(days=1), None, "north"),
        )

        assert card(*both) == (11, 11, 0, 0, 11)
        assert value(staff(*both), "turnover_rate", "2025-03", **MARCH) == 0

    def test_a_gap_of_one_day_is_an_exit_and_an_entry(self):
        both = (
            ("t", on("2024-01-01"), on("2025-03-14"), "north"),
            ("t", on("2025-03-16"), None, "north"),
        )

        # 10 x 31 days and 30 of t
        assert card(*both) == (11, 11, 1, 1, exactly(10 + 30 / 31))
        assert value(staff(*both), "employee_retention_rate", "2025-03", **MARCH) == 1

    def test_who_comes_twice_and_leaves_once_came_twice(self):
        both = (
            ("t", on("2025-03-03"), on("2025-03-07"), "north"),
            ("t", on("2025-03-17"), None, "north"),
        )

        assert card(*both) == (11, 10, 2, 1, exactly(10 + 20 / 31))

    def test_two_contracts_that_end_on_one_day_are_one_exit(self):
        end = on("2025-03-15")
        both = ("t", on("2024-01-01"), end, "north"), ("t", on("2024-06-01"), end, "north")

        assert card(*both) == (10, 11, 0, 1, exactly(10 + 15 / 31))
        assert one(staff(*both), "turnover_rate", "2025-03", **MARCH)["numerator"] == 1

    def test_the_reason_is_that_of_the_contract_with_which_somebody_leaves(self):
        # resigned from one, transferred from the other a fortnight later: no turnover
        both = employees(
            *((*other, None) for other in OTHERS),
            ("t", on("2024-01-01"), on("2025-03-10"), "north", "resignation"),
            ("t", on("2024-06-01"), on("2025-03-24"), "north", "transfer"),
            columns=f"{CONTRACT} leave_reason",
        )
        assert one({"employees": both}, "turnover_rate", "2025-03", **MARCH)["numerator"] == 0
        both["leave_reason"] = both["leave_reason"].iloc[[*range(10), 11, 10]].tolist()
        assert one({"employees": both}, "turnover_rate", "2025-03", **MARCH)["numerator"] == 1

    def test_an_intern_who_gets_a_contract_enters_the_headcount(self):
        states = rows(
            "employee_id hired_at valid_from valid_to contract_kind",
            *((f"s{i}", "2020-01-01", "2020-01-01", None, "CDI") for i in range(10)),
            ("t", "2024-09-01", "2024-09-01", "2025-03-16", "intern"),
            ("t", "2024-09-01", "2025-03-17", None, "CDI"),
        ).assign(left_at=None)
        row = one({"employees": states}, "headcount", "2025-03", **MARCH)

        assert row["value"] == 11
        assert row["details"] == {
            "opening": 10, "entries": 1, "exits": 0, "average": exactly(10 + 15 / 31),
            "full_time_equivalents": exactly(10 + 15 / 31),
        }  # fmt: skip


class TestMoves:
    """Ten in the north, eleven in the south; t moves from north to south on the 15th."""

    MOVED = rows(
        "employee_id hired_at valid_from valid_to team",
        *((f"n{i}", "2020-01-01", "2020-01-01", None, "north") for i in range(10)),
        *((f"s{i}", "2020-01-01", "2020-01-01", None, "south") for i in range(10)),
        ("t", "2020-01-01", "2020-01-01", "2025-03-14", "north"),
        ("t", "2020-01-01", "2025-03-15", None, "south"),
    ).assign(left_at=None)

    @pytest.mark.parametrize(
        ("team", "parts"),
        [
            ("north", (10, 11, 0, 1, exactly(10 + 14 / 31))),
            ("south", (11, 10, 1, 0, exactly(10 + 17 / 31))),
        ],
    )
    def test_a_move_is_an_exit_of_one_and_an_entry_of_the_other(self, team, parts):
        row = one({"employees": self.MOVED}, "headcount", "2025-03", by="team", group=team, **MARCH)
        names = ("opening", "entries", "exits", "average")

        assert (row["value"], *(row["details"][name] for name in names)) == parts

    def test_a_move_is_no_turnover_and_no_loss(self):
        company = kl.open({"employees": self.MOVED}, **MARCH)
        for kpi, figure in (("turnover_rate", 0), ("employee_retention_rate", 1)):
            assert company.evaluate(kpi, "2025-03", by="team")["value"].tolist() == [figure, figure]

    def test_a_move_by_a_new_contract_is_a_move_too(self):
        # t's contract in the north ends on 31 March, the one in the south begins on 1 April
        moved = self.MOVED.drop(columns="valid_to")
        moved.loc[20, "left_at"] = "2025-03-31"
        moved.loc[21, ["hired_at", "valid_from"]] = "2025-04-01"
        company = kl.open({"employees": moved}, as_of="2025-04-30")
        res = company.series("headcount", "2025-04", months=2, by="team")

        assert res.set_index(["period", "team"])["value"].to_dict() == {
            ("2025-03", "north"): 11, ("2025-03", "south"): 10,
            ("2025-04", "north"): 10, ("2025-04", "south"): 11,
        }  # fmt: skip
        assert company.evaluate("turnover_rate", "2025-03", by="team")["value"].tolist() == [0, 0]


# Who, from which day on, for how many days (None: to this day), in which team.
CONTRACTS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(-40, 100),
        st.none() | st.integers(0, 50),
        st.sampled_from("ab"),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda contract: contract[:2],  # of one person on one day there is one row
)
HORIZON = date(2025, 6, 1)


def spans(drawn):
    for who, start, length, team in drawn:
        first = FIRST + timedelta(days=start)
        yield f"p{who}", first, None if length is None else first + timedelta(days=length), team


def days_of(intervals):
    """Return the set of days of each person, one by one."""
    held = defaultdict(set)
    for who, first, last, _ in intervals:
        until = HORIZON if last is None else last
        step = (until - first).days + 1
        held[who] |= {first + timedelta(days=n) for n in range(step)}
    return held


def counted(held, month, next_month):
    """Count a month day by day: there at the close who is there on that day and the next."""
    tomorrow = timedelta(days=1)
    inside = [month + timedelta(days=n) for n in range((next_month - month).days)]
    eve, last = month - tomorrow, inside[-1]
    people = list(held.values())
    return {
        "opening": sum({eve, month} <= own for own in people),
        "closing": sum({last, next_month} <= own for own in people),
        "entries": sum(d in own and d - tomorrow not in own for own in people for d in inside),
        "exits": sum(d in own and d + tomorrow not in own for own in people for d in inside),
        "average": sum(d in own for own in people for d in inside) / len(inside),
    }


MONTHS = [date(2025, month, 1) for month in (1, 2, 3, 4)]


class TestAnyData:
    @settings(max_examples=8, deadline=None)
    @given(CONTRACTS)
    def test_every_part_of_the_card_counts_people_day_by_day(self, drawn):
        everyone = [*OTHERS, *spans(drawn)]
        held = days_of(everyone)
        res = kl.open({"employees": employees(*everyone)}, **MARCH).series(
            "headcount", "2025-03", months=3
        )

        for row, first, after in zip(res.itertuples(), MONTHS, MONTHS[1:], strict=False):
            expected = counted(held, first, after)
            said = {"closing": row.value, **row.details}
            said.pop("full_time_equivalents", None)  # of hours, not of people
            assert said == pytest.approx(expected, rel=1e-12)

    @settings(max_examples=8, deadline=None)
    @given(CONTRACTS)
    def test_the_identity_holds_in_each_team_and_a_closing_is_the_next_opening(self, drawn):
        fixed = [(f"s{team}{i}", date(2024, 1, 1), None, team) for team in "ab" for i in range(6)]
        company = kl.open({"employees": employees(*fixed, *spans(drawn))}, **MARCH)
        res = company.series("headcount", "2025-03", months=3, by="team")

        for _, own in res[res["status"] == "ok"].groupby("team"):
            before = None
            for row in own.itertuples():
                parts = row.details
                assert row.value == parts["opening"] + parts["entries"] - parts["exits"]
                assert before is None or parts["opening"] == before
                before = row.value

    @settings(max_examples=4, deadline=None)
    @given(CONTRACTS)
    def test_the_same_of_members_and_subscribers(self, drawn):
        drawn = list(spans(drawn))
        held = days_of(drawn)
        for kpi, kind in (
            ("email_list_size", "newsletter"),
            ("community_members", "community"),
            ("active_customers", "subscription"),
        ):
            table = rows("person_key start_at end_at team", *drawn).drop(columns="team")
            table = table.astype({"start_at": "datetime64[us]", "end_at": "datetime64[us]"})
            acts = rows("actor_key ts space kind", ("p0", "2025-01-10", "community", "post"))
            tables = {"memberships": table.assign(kind=kind), "interactions": acts}
            res = kl.open(tables, **MARCH).series(kpi, "2025-03", months=3)

            for row, first, after in zip(res.itertuples(), MONTHS, MONTHS[1:], strict=False):
                expected = counted(held, first, after)
                got = {"closing": row.value} | {
                    name: row.details[name] for name in ("opening", "entries", "exits")
                }
                assert got == {name: expected[name] for name in got}, kpi


@pytest.mark.parametrize("engine", ["arrow", "relation"])
def test_wherever_the_table_is(engine):
    table = employees(
        *OTHERS,
        ("t", on("2024-01-01"), on("2025-03-15"), "north"),
        ("t", on("2025-03-16"), on("2025-03-20"), "south"),
        ("t", on("2025-03-18"), None, "south"),
        ("u", on("2025-03-18"), on("2025-03-18"), "south"),
    )
    arrow = pl.from_pandas(table).with_columns(
        pl.col("hired_at", "left_at", "valid_from").cast(pl.Date)
    ).to_arrow()  # fmt: skip
    given_ = arrow if engine == "arrow" else duckdb.connect().from_arrow(pa.table(arrow))
    names = ["headcount", "turnover_rate", "employee_retention_rate"]
    res = kl.open({"employees": given_}, **MARCH).evaluate(names, "2025-03")

    assert res["details"][0] == {
        "opening": 11, "entries": 1, "exits": 1, "average": exactly(11 + 1 / 31),
        "full_time_equivalents": exactly(11 + 4 / 31),  # t has two posts on three days
    }  # fmt: skip
    assert res["value"].tolist() == [11, exactly(1 / (11 + 1 / 31)), 1]
