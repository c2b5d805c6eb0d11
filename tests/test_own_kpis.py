"""KPIs of one's own: kl.ratio, kl.total and kpis.yaml."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner

import kpilib as kl
from kpilib.answers.own import read_kpis
from kpilib.cli import commands
from kpilib.errors import CompanyError, ContractError, DefinitionError, ParameterError, UnknownName
from kpilib.language import speaking
from kpilib.measure import count, total
from tests.worked import rows

DAY = "2026-10-05T10:00:00Z"
SESSIONS = rows(
    "session_id started_at channel",
    *((f"s{n}", DAY, "email" if n < 4 else "direct") for n in range(10)),
)
CUSTOMERS = rows("customer_id acquisition_channel", ("c1", "email"), ("c2", "direct"))
ORDERS = rows(
    "order_id customer_id ordered_at amount_ht currency status",
    ("o1", "c1", DAY, 300.0, "EUR", "paid"),
    ("o2", "c2", DAY, 100.0, "EUR", "paid"),
)
TABLES = {"sessions": SESSIONS, "customers": CUSTOMERS, "orders": ORDERS}
DATA = kl.open(TABLES, as_of="2026-10-31")
MINE = kl.ratio("revenue_per_session", "revenue", "sessions", unit="EUR", better="higher")


def test_a_ratio_of_two_measures_of_the_catalogue():
    row = DATA.evaluate(MINE, "2026-10").iloc[0]
    assert (row["value"], row["label"], row["unit"]) == (40.0, "Revenue per session", "EUR")


def test_an_amount_is_in_money_where_no_unit_is_named():
    """400 EUR by ten sessions was a rate of 4,000 %."""
    assert kl.ratio("a_visit", kl.kpi("revenue"), "sessions").unit == "EUR"
    assert (
        kl.total("sold", "revenue").unit == "EUR" and kl.total("seen", "sessions").unit == "count"
    )
    assert kl.ratio("of_orders", "average_order_value.denominator", "sessions").unit == "rate"
    assert kl.ratio("return", "revenue", "cost_per_lead.numerator").unit == "rate"


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"numerator": 1}, "Unknown KPI '1'. kl.kpis() lists all."),
        ({"label": {"en": "Mine"}}, "mine: label: write one text each."),
    ],
)
def test_what_is_no_part_and_no_text_is_said(declared, said):
    with pytest.raises(DefinitionError) as caught:
        kl.ratio(**{"id": "mine", "numerator": "revenue", "denominator": "sessions"} | declared)
    assert str(caught.value) == said


def test_by_channel_through_the_customer_of_the_order():
    found = DATA.evaluate(MINE, "2026-10", by="channel").set_index("channel")["value"]
    assert found.to_dict() == {"email": 300 / 4, "direct": 100 / 6}


def test_beside_kpis_of_the_catalogue_and_in_a_series():
    assert DATA.evaluate([MINE, "sessions"], "2026-10")["kpi"].tolist() == [
        "revenue_per_session", "sessions",
    ]  # fmt: skip
    assert DATA.series(MINE, "2026-10", periods=2)["value"].tolist()[-1] == 40.0


def test_what_two_tables_do_not_share_explains_nothing():
    with pytest.raises(ParameterError) as caught:
        DATA.explain(MINE, "2026-10", by="channel")
    assert str(caught.value) == (
        "revenue_per_session cannot be explained by any column: its parts are of orders, sessions,"
        " which share none. Lay its groups side by side: evaluate(kpi, period, by=...,"
        " compare=...)."
    )


def test_a_part_of_a_rate():
    clicks = kl.total("clicks", "bounce_rate.denominator")
    assert DATA.evaluate(clicks, "2026-10")["status"].tolist() == ["ok"]


@pytest.mark.parametrize("part, said", [
    ("revenu", "Unknown KPI 'revenu'. Did you mean 'revenue'?"),
    ("bounce_rate", "'bounce_rate' is not one measure. Write one of bounce_rate.numerator"),
    ("absenteeism_rate.top", "is not one measure"),
])  # fmt: skip
def test_what_is_no_measure_is_refused_with_the_choices(part, said):
    with pytest.raises(DefinitionError) as caught:
        kl.ratio("mine", part, "sessions")
    assert said in str(caught.value)


def test_a_name_of_the_catalogue_is_taken():
    with pytest.raises(DefinitionError, match="the catalogue has a KPI of that name"):
        kl.total("sessions", "sessions")


def test_a_definition_made_anew_under_its_id_has_its_own_interval():
    def mine(most):
        measure = total("orders", lambda t: t.amount_ht, lambda t: t.amount_ht <= most)
        revenue = kl.kpi("revenue")
        return replace(revenue, id="mine", value=replace(revenue.value, measure=measure), beside={})

    orders = rows(
        "order_id customer_id ordered_at amount_ht currency status",
        *((f"o{n}", f"c{n}", DAY, 10.0 * (n + 1), "EUR", "paid") for n in range(40)),
    )
    again = kl.open({"orders": orders}, as_of="2026-10-31")
    again.evaluate(mine(1000), "2026-10")
    first, second = (
        each.evaluate(mine(200), "2026-10").iloc[0]
        for each in (again, kl.open({"orders": orders}, as_of="2026-10-31"))
    )
    assert first["value"] == second["value"] == 10 * 20 * 21 / 2
    assert (first["ci_low"], first["ci_high"]) == (second["ci_low"], second["ci_high"])


# Six in A, of whom one was ill twice, six in B, once; four in C, nobody ever.
TEAMS = [(f"{team}{n}", "2020-01-01", None, team) for team, size in (("A", 6), ("B", 6), ("C", 4))
         for n in range(size)]  # fmt: skip
STAFF = kl.open(
    {
        "employees": rows("employee_id hired_at left_at team", *TEAMS),
        "absences": rows(
            "absence_id employee_id start_date end_date kind",
            *((f"a{n}", who, f"2026-10-{n:02d}", f"2026-10-{n:02d}", "sickness")
              for n, who in ((5, "A0"), (12, "A0"), (6, "B1"))),
        ),
    },
    as_of="2026-10-31",
)  # fmt: skip


def by_team(kpi):
    found = STAFF.evaluate(kpi, "2026-10", by="team").set_index("team")
    return found["value"].where(found["status"].eq("ok"), found["status"]).to_dict()


class TestOfPeople:
    """What the catalogue hides of few people is hidden in KPIs that are made of its parts."""

    @pytest.mark.parametrize(
        ("kpi", "shown"),
        [
            (kl.total("heads", "headcount"), (6, 6)),
            (kl.ratio("spells_a_head", "absence_frequency.numerator", "headcount"), (2 / 6, 1 / 6)),
            (kl.total("spells", count("absence_spells")), (2, 1)),  # of C, none: that tells, too
            (kl.ratio("a", "absence_frequency.numerator", "headcount", protects="", people=None),
             (2 / 6, 1 / 6)),
        ],
    )  # fmt: skip
    def test_a_group_of_four_is_hidden_and_the_smallest_beside_it(self, kpi, shown):
        # C alone would be known from the whole less A and B: one of them is hidden, too.
        assert by_team(kpi) == {"A": "suppressed", "B": shown[1], "C": "suppressed"}
        assert STAFF.evaluate(kpi, "2026-10")["status"].item() == "ok"

    def test_they_are_never_restricted(self):
        mine = kl.total("spells", count("absence_spells"))
        with pytest.raises(ContractError, match="never restricted"):
            STAFF.evaluate(mine, "2026-10", where={"team": "C"})

    @pytest.mark.parametrize(
        ("part", "protects"),
        [
            (count("absences"), "absence"),
            (total("employee_days", lambda t: t.anact_hours), "absence"),
            (count("survey_answers", lambda t: t.survey_kind == "enps"), "answers"),
            (count("work_items", at="done_at"), "performance"),
            (count("training_participants", at="completed_at"), "performance"),
            (
                count("employees", lambda t: t.leave_reason == "resignation", at="left_at"),
                "leaving",
            ),
            (count("employees"), ""),
        ],
    )
    def test_measures_of_ones_own_are_of_the_people_in_their_tables(self, part, protects):
        mine = kl.total("mine", part)
        assert mine.people is not None and mine.protects == protects

    @pytest.mark.parametrize(
        "part", ["sessions", "revenue", count("orders"), count("survey_waves")]
    )
    def test_what_tells_of_nobody_who_works_or_learns_here_is_free(self, part):
        assert kl.total("mine", part).people is None

    def test_a_table_without_a_day_asks_which_column_has_one(self):
        with pytest.raises(DefinitionError) as caught:
            count("training_participants")
        assert str(caught.value) == (
            "Table 'training_participants' has no column that dates each row. Say which does:"
            " at='completed_at'."
        )

    def test_parts_that_tell_of_different_people_are_refused(self):
        with pytest.raises(DefinitionError) as caught:
            kl.ratio("mine", "absenteeism_rate.numerator", "work_quality_score.denominator")
        assert str(caught.value) == (
            "mine: Absenteeism rate and Work quality tell of different people, so that nobody could"
            " say whose group is too small. Take both parts of one KPI, or one that tells of"
            " nobody."
        )


class TestPage:
    """A page of one's own is of KPIs that no catalogue has."""

    def test_every_part_of_it_is_made(self, tmp_path):
        report = kl.report("mine", kpis=[MINE, "sessions"], period="2026-10", data=DATA, lang="en",
                           out=str(tmp_path))  # fmt: skip
        assert "Revenue per session" in report.lead().data + report.limits().data
        assert report.figures()["value"].tolist() == [40.0, 10.0]
        assert report.target(MINE) is None and report.notes(MINE).empty
        report.sources()
        report.write()
        assert "revenue_per_session" in (tmp_path / "figures.csv").read_text()


class TestFile:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "tables").mkdir()
        for name, frame in TABLES.items():
            frame.to_parquet(tmp_path / f"tables/{name}.parquet")
        (tmp_path / "company.yaml").write_text("name: A\nas_of: 2026-10-31\n")
        return tmp_path

    def test_it_declares_for_every_command(self, folder):
        (folder / "kpis.yaml").write_text(
            "kpis:\n  revenue_per_session:\n    ratio: [revenue, sessions]\n    unit: EUR\n"
        )
        data = kl.open(folder)
        assert data.evaluate("revenue_per_session", "2026-10")["value"].tolist() == [40.0]
        page = kl.report("mine", kpis=["revenue_per_session"], period="2026-10", data=data)
        assert "Revenue per session" in page.lead().data

    def test_a_change_is_read_by_who_opens_the_folder_again(self, folder):
        for first in ("orders", "revenue"):
            (folder / "kpis.yaml").write_text(
                f"kpis:\n  {first}_each:\n    ratio: [revenue, sessions]\n"
            )
            assert kl.open(folder).evaluate(f"{first}_each", "2026-10")["value"].item() == 40

    def test_it_stands_on_the_page_of_its_topic_and_on_the_command_line(self, folder):
        (folder / "kpis.yaml").write_text(
            "kpis:\n  each:\n    ratio: [revenue, sessions]\n    unit: EUR\n    topic: leads\n"
        )
        page = kl.report("leads", period="2026-10", data=folder)
        assert page.figures()["kpi"].iloc[-1] == "each"
        listed, card, strange = (
            CliRunner().invoke(commands, [*words, "--data", str(folder)])
            for words in (["kpis", "--topic", "leads"], ["show", "each", "--lang", "fr"],
                          ["show", "eachh"])
        )  # fmt: skip
        assert listed.output.splitlines()[-1].split() == ["leads", "each", "Each", "EUR", "neutral"]
        assert "Où en sommes-nous ?" in card.output
        assert "Did you mean 'each'" in strange.output

    def test_a_topic_that_there_is_not(self, folder):
        (folder / "kpis.yaml").write_text("kpis:\n  each: {total: revenue, topic: lead}\n")
        with pytest.raises(CompanyError, match="topic is 'lead'; write one of audience"):
            kl.open(folder).evaluate("each", "2026-10")

    def test_every_fault_at_once(self, folder):
        (folder / "kpis.yaml").write_text(
            "kpis:\n  one:\n    ratio: [revenu, sessions]\n  two:\n    label: Two\n"
        )
        with pytest.raises(CompanyError) as caught:
            kl.open(folder).evaluate("one", "2026-10")
        assert str(caught.value).splitlines() == [
            "kpis.yaml: one: Unknown KPI 'revenu'. Did you mean 'revenue'? kl.kpis() lists all.",
            "kpis.yaml: two: write either ratio: [numerator, denominator] or total: measure.",
        ]

    def test_an_unknown_name_suggests_three(self, folder):
        with pytest.raises(UnknownName) as caught:
            kl.open(folder).evaluate("sesions", "2026-10")
        said = str(caught.value)
        assert said.startswith("Unknown KPI 'sesions'. Did you mean 'sessions'? Nearest: sessions,")
        assert len(said) < 180


def test_faults_of_what_a_company_declares_are_french_where_the_reader_is(tmp_path):
    (tmp_path / "kpis.yaml").write_text(
        "kpis:\n  mine: {total: leads, unit: leads}\n  both: {label: Both}\n"
        "  leads: {total: leads}\n"
    )
    with speaking("fr"), pytest.raises(CompanyError) as caught:
        read_kpis(tmp_path)
    mine, both, taken = str(caught.value).splitlines()
    assert mine.startswith("kpis.yaml: mine: unit est 'leads'\u00a0; écrire l'un de count, ")
    assert both.startswith("kpis.yaml: both: écrire soit «")
    assert taken.endswith(
        "leads: le catalogue a un indicateur de ce nom\u00a0; en donner un autre."
    )
