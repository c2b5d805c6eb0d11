"""Networks with published answers, the case O-44, and what must be stated first."""

from __future__ import annotations

import re

import duckdb
import networkx as nx
import pandas as pd
import pytest
from click.testing import CliRunner

import kpilib as kl
from kpilib.cli import commands
from kpilib.errors import CompanyError, ContractError, ParameterError
from kpilib.methods import network
from kpilib.methods.call import Call
from kpilib.period import Period
from kpilib.show.beforehand import for_pages
from kpilib.topics.catalogue import kpi
from tests.network import MARCH, STATED, letters, office, staff, tied
from tests.worked import exactly

KPIS = ["network_isolation_rate", "network_hubs", "network_density"]
KITE = (
    "A-B A-C A-D A-F B-D B-E B-G C-D C-F D-E D-F D-G E-G F-G F-H G-H H-I I-J"  # Krackhardt (1990)
)
NAMES = {"A": "Andre", "B": "Beverley", "D": "Diane", "F": "Fernando", "G": "Garth", "H": "Heather"}


def ask(company, name, by=None):
    return company.evaluate(name, MARCH, by=by).iloc[0]


def standing(company):
    """Return how each person stands in March."""
    asked = kpi("network_hubs")
    call = Call(tables=company.tables, kpi=asked, periods=[Period.parse(MARCH)], by=None)
    [(_, found)] = network._networks(call)
    return network.central(found)


@pytest.fixture(scope="module")
def kite(tmp_path_factory):
    edges = [tuple(edge.split("-")) for edge in KITE.split()]
    people = sorted({name for edge in edges for name in edge})
    folder = tmp_path_factory.mktemp("kite")
    return office(folder, staff(dict.fromkeys(people, "all")), letters(tied(edges)))


class TestKrackhardtsKite:
    def test_o44_each_notion_picks_another_person(self, kite):
        people = standing(kite)

        assert people["degree"].to_dict()["D"] == people["degree"].max() == 6
        assert people["betweenness"].idxmax() == "H"
        assert people["betweenness"][list("HFGIDAB")].to_list() == pytest.approx(
            [14, 25 / 3, 25 / 3, 8, 11 / 3, 5 / 6, 5 / 6]
        )
        assert people["eigenvector"].idxmax() == "D"
        assert people["eigenvector"]["D"] == pytest.approx(0.481021, abs=1e-6)

    def test_o44_density(self, kite):
        row = ask(kite, "network_density")

        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(0.4), 18, 45)
        assert row["details"]["mean_degree"] == exactly(3.6)
        assert row["details"]["reciprocity"] == 1

    def test_nobody_is_isolated_and_one_of_ten_stands_between_most(self, kite):
        assert ask(kite, "network_isolation_rate")["value"] == 0
        # 14 of 14 + 2 x 25/3 + 8 + 11/3 + 2 x 5/6 = 44
        assert ask(kite, "network_hubs")["value"] == exactly(14 / 44)


def test_zacharys_club_gives_the_published_answers(tmp_path):
    club = nx.karate_club_graph()
    edges = [(f"{a:02}", f"{b:02}") for a, b in club.edges]
    teams = {f"{one:02}": side for one, side in club.nodes(data="club")}
    company = office(tmp_path, staff(teams), letters(tied(edges)))
    people = standing(company)

    assert ask(company, "network_density")["value"] == exactly(78 / 561)  # 0.139
    assert people["degree"][["33", "00"]].to_list() == [17, 16]
    between = people["betweenness"] * 2 / (33 * 32)
    assert between[["00", "33", "32"]].to_list() == pytest.approx(
        [0.437635, 0.304075, 0.145247], abs=1e-6
    )
    assert people["eigenvector"][["33", "00"]].to_list() == pytest.approx(
        [0.373371, 0.355483], abs=1e-5
    )
    # ten of its 78 friendships lead to the other side when the club splits
    crossing = sum(teams[a] != teams[b] for a, b in edges)
    assert ask(company, "network_density")["details"]["cross_team_share"] == exactly(crossing / 78)


class TestWhoIsLookedAt:
    """O-44: A<->B 4 each way, B->C 5, C->B 3, D->A 10 unanswered, F to 25 at once, E on leave."""

    PEOPLE = staff(dict.fromkeys("ABCDEF", "north"))
    SAID = (("A", "B", 4), ("B", "A", 4), ("B", "C", 5), ("C", "B", 3), ("D", "A", 10))
    LEAVE = pd.DataFrame(
        {"absence_id": ["w1"], "employee_id": ["E"], "start_date": ["2025-03-01"],
         "end_date": ["2025-03-31"], "kind": ["paid_leave"]}
    )  # fmt: skip

    def company(self, folder, *more, employees=PEOPLE, leave=LEAVE):
        said = pd.concat([letters(self.SAID), *more], ignore_index=True)
        return office(folder, employees, said, absences=leave)

    def broadcast(self, **columns):
        return letters([("F", f"x{n}", 1) for n in range(20)]
                       + [("F", one, 3) for one in "ABCDE"]).assign(**columns)  # fmt: skip

    def test_o44_isolated(self, tmp_path):
        company = self.company(tmp_path, self.broadcast(message_id="b1").drop_duplicates())
        row = ask(company, "network_isolation_rate")

        assert (row["value"], row["numerator"], row["denominator"]) == (exactly(0.4), 2, 5)
        assert standing(company)["betweenness"].to_dict() == {
            "A": 0,
            "B": 1,
            "C": 0,
            "D": 0,
            "F": 0,
        }

    def test_o44_reciprocity(self, tmp_path):
        row = ask(self.company(tmp_path), "network_density")

        assert row["value"] == exactly(2 / 10)  # A-B and B-C of ten pairs
        assert row["details"]["reciprocity"] == exactly(4 / 5)  # D -> A does not come back
        assert standing(self.company(tmp_path))["in_degree"]["A"] == 2

    @pytest.mark.parametrize("columns", [{"recipients_n": 25}, {"is_bot": True}])
    def test_announcements_and_bots_make_no_tie(self, tmp_path, columns):
        back = letters([("A", "F", 3)])
        back["message_id"] = "back" + back["message_id"]
        there = letters([("F", "A", 3)])
        there["message_id"] = "there" + there["message_id"]
        tie = self.company(tmp_path / "tie", back, there)
        told = self.company(tmp_path / "told", back, there.assign(**columns))

        assert ask(tie, "network_isolation_rate")["numerator"] == 1
        assert ask(told, "network_isolation_rate")["numerator"] == 2

    @pytest.mark.parametrize(
        ("column", "day", "eligible"),
        [("hired_at", "2025-03-01", 5), ("hired_at", "2025-03-02", 4), ("left_at", "2025-03-30", 4),
         ("left_at", "2025-03-31", 5)],
    )  # fmt: skip
    def test_who_has_just_come_or_left_is_not_looked_at(self, tmp_path, column, day, eligible):
        people = self.PEOPLE.copy()
        people.loc[5, column] = pd.Timestamp(day)
        row = one_row(self.company(tmp_path, employees=people))

        assert row["status"] == "suppressed" or row["denominator"] == eligible
        assert (row["status"] == "suppressed") == (eligible < 5)

    def test_half_of_the_month_away_is_not_most_of_it(self, tmp_path):
        half = self.LEAVE.assign(end_date="2025-03-15")  # 15 of 31 days
        longer = self.LEAVE.assign(end_date="2025-03-16")

        assert one_row(self.company(tmp_path / "half", leave=half))["denominator"] == 6
        assert one_row(self.company(tmp_path / "longer", leave=longer))["denominator"] == 5

    def test_without_absences_it_is_approximate(self, tmp_path):
        row = ask(office(tmp_path, self.PEOPLE, letters(self.SAID)), "network_isolation_rate")

        assert "approximate" in row["flags"]

    def test_keys_that_are_not_those_of_employees_are_said(self, tmp_path):
        people = staff({f"n{number}": "north" for number in range(6)})
        row = ask(self.company(tmp_path, employees=people), "network_isolation_rate")

        assert (row["status"], row["value"]) == (
            "no_data",
            pytest.approx(float("nan"), nan_ok=True),
        )
        assert "must be those of the table employees" in row["reason"]

    @pytest.mark.parametrize("by", ["channel", "message_id", "sender_key", "manager_id"])
    def test_it_is_cut_by_team_alone(self, tmp_path, by):
        company = self.company(tmp_path)

        with pytest.raises(ContractError):
            company.evaluate("network_isolation_rate", MARCH, by=by)


def one_row(company):
    return ask(company, "network_isolation_rate")


class TestStatement:
    """Nobody looks at who writes to whom before it is said what for."""

    @pytest.mark.parametrize("name", KPIS)
    def test_without_it_every_figure_is_refused(self, tmp_path, name):
        company = office(tmp_path, staff({"A": "n"}), letters([("A", "B", 3)]), said="")

        for ask_for in (company.evaluate, company.series):
            with pytest.raises(ContractError) as caught:
                ask_for(name, MARCH)
            for word in (
                "purpose",
                "staff_informed",
                "works_council_informed",
                "impact_assessment",
            ):
                assert f"{word}: " in str(caught.value)

    def test_nor_is_anybody_listed(self, tmp_path, kite):
        company = office(tmp_path, staff({"A": "n"}), letters([("A", "B", 3)]), said="")

        with pytest.raises(ContractError, match="staff_informed"):
            company.people("network_hubs", MARCH)

    def test_a_page_is_made_without_them(self, tmp_path):
        company = office(tmp_path, staff({"A": "n"}), letters([("A", "B", 3)]), said="")
        row = ask(for_pages(company), "network_density")

        assert (row["status"], row["details"]) == ("suppressed", {})
        assert row["reason"].startswith("Withheld until company.yaml says")

    @pytest.mark.parametrize("line", STATED.splitlines()[1:])
    def test_a_part_of_it_is_not_enough(self, tmp_path, line):
        said = STATED.replace(f"{line}\n", "")

        with pytest.raises(CompanyError, match=line.split(":")[0].strip()):
            office(tmp_path, staff({"A": "n"}), letters([("A", "B", 3)]), said=said)

    def test_the_command_line_says_it_in_one_line(self, tmp_path):
        office(tmp_path, staff({"A": "n"}), letters([("A", "B", 3)]), said="")
        res = CliRunner().invoke(
            commands, ["value", "network_hubs", "--period", MARCH, "--data", str(tmp_path)]
        )

        assert res.exit_code == 1
        assert len(res.stderr.splitlines()) == 1


class TestList:
    def test_names_are_made_anew_and_are_nobodys(self, kite):
        first, second = (kite.people("network_hubs", MARCH) for _ in range(2))

        assert not set(first["person_key"]) & set(second["person_key"])
        assert all(re.fullmatch("[0-9a-f]{8}", name) for name in first["person_key"])
        assert first["betweenness"].iloc[0] == 14
        assert len(first) >= 5 and "team" not in first

    def test_of_few_people_nobody_is_listed(self, tmp_path):
        edges = [("A", "B"), ("B", "C"), ("C", "D"), ("D", "E")]
        company = office(tmp_path, staff(dict.fromkeys("ABCDE", "n")), letters(tied(edges)))

        with pytest.raises(ParameterError, match="at least 10 people"):
            company.people("network_hubs", MARCH)


def test_in_a_database_the_figures_are_the_same(tmp_path, kite):
    with duckdb.connect(str(tmp_path / "office.duckdb")) as con:
        for name, path in kite.tables.given.items():
            con.execute(f"create table {name} as select * from '{path}'")
    (tmp_path / "company.yaml").write_text(f"tables: office.duckdb\n{STATED}", encoding="utf-8")
    there = kl.open(tmp_path, as_of="2025-03-31")

    for name in KPIS:
        assert ask(there, name)["value"] == exactly(ask(kite, name)["value"])


def test_ties_do_not_depend_on_the_order_of_rows():
    # an engine may give groups in any order, and sums over paths then end in other digits
    pairs = [("c", "a"), ("a", "b"), ("b", "a"), ("a", "c")]
    counts = pd.DataFrame(pairs, columns=["sender", "recipient"]).assign(messages=9)
    found = network.ties(counts, list("abc"))

    assert found["sender"].tolist() == ["a", "a", "b", "c"]
    pd.testing.assert_frame_equal(network.ties(counts.iloc[::-1], list("abc")), found)


def test_what_was_written_is_in_no_column():
    columns = set(kl.tables.TABLES["messages"].columns)

    assert columns == {
        "message_id", "sent_at", "sender_key", "recipient_key", "channel", "recipients_n", "is_bot",
    }  # fmt: skip
