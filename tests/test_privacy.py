"""Groups of fewer than five people are hidden, and so is what would reveal them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import kpilib as kl
from kpilib.cli import commands
from kpilib.engine.columns import Figures
from kpilib.engine.outcome import Outcome, unknown
from kpilib.engine.privacy import (
    ONE_PERSON,
    hidden_groups,
    hide,
    protect,
    refused,
)
from kpilib.errors import CompanyError, ContractError, KpilibError
from kpilib.period import Period
from kpilib.tables.derive import CONTRACTS
from kpilib.tables.describing import BREAKDOWNS, minimum_group
from kpilib.topics.catalogue import catalogue
from tests.one_figure import columns, outcomes


@pytest.fixture(scope="module")
def sample():
    return kl.open("data/sample")


class TestHiddenGroups:
    @pytest.mark.parametrize(
        ("people", "hidden"),
        [
            ({"A": 8, "B": 4, "C": 9}, {"A", "B"}),  # (a) 21 - 17 = 4 would show B
            ({"A": 4, "B": 3, "C": 20}, {"A", "B"}),  # (b) 7 hidden together
            ({"A": 3, "B": 6}, {"A", "B"}),  # (c) under X 9
            ({"A": 3, "B": 6, "direct": 4}, {"A", "direct"}),  # (c) under X 13
            ({"Tech": 7, "Product": 1}, {"Tech", "Product"}),  # (d)
            ({"": 4}, {""}),  # (e) the whole company
            ({"A": 3, "B": 2, "C": 9}, {"A", "B"}),  # five together: nobody can be told apart
            ({"": 5}, set()),
            ({"A": 5, "B": 5}, set()),
            ({}, set()),
            ({"A": 4, "B": 6, "C": 6}, {"A", "B"}),  # of two alike, always the same one
            ({"A": 0, "B": 7, "C": 8}, {"A"}),  # nobody reveals nobody
            ({"A": 0, "B": 4, "C": 8}, {"A", "B", "C"}),
        ],
    )
    def test_o39(self, people, hidden):
        assert hidden_groups(people) == hidden

    def test_a_higher_minimum(self):
        assert hidden_groups({"A": 7, "B": 20}, 8) == {"A", "B"}

    @given(st.dictionaries(st.text(max_size=3), st.integers(0, 30), max_size=6), st.integers(5, 12))
    def test_p15_subtraction_never_leaves_fewer_than_the_minimum(self, people, minimum):
        hidden = hidden_groups(people, minimum)
        total, shown = sum(people.values()), [n for g, n in people.items() if g not in hidden]

        assert all(size >= minimum for size in shown)
        rest = total - sum(shown)
        assert rest == 0 or rest >= minimum or not shown


class TestMinimum:
    def test_is_five_unless_asked(self):
        assert minimum_group(None) == 5

    def test_can_be_raised(self):
        assert minimum_group(10) == 10

    @pytest.mark.parametrize("asked", [4, 1, 0, -5])
    def test_is_never_lowered(self, asked):
        with pytest.raises(CompanyError) as caught:
            minimum_group(asked)

        assert str(caught.value) == (
            f"privacy.minimum_group is {asked}; it must be 5 or more. Groups of fewer than 5 "
            "people are never shown."
        )


class TestHide:
    def test_tells_nothing(self):
        known = Outcome(
            value=3.0, numerator=1.0, denominator=2.0, n=4.0, interval=(0.0, 1.0), people=4.0,
            interval_method="wilson", details={"opening": 3.0}, flags=("partial", "low_n"),
        )  # fmt: skip
        found = columns(known)
        hide(found, np.array([True]))
        (res,) = outcomes(found).values()

        assert res == unknown(
            "suppressed",
            "Hidden: the group is too small to be shown, or would reveal one that is.",
            flags=("partial",),
        )


class TestProtected:
    MAY, JUNE = Period.parse("2025-05"), Period.parse("2025-06")
    BOTH = Period(date(2025, 5, 1), date(2025, 6, 30))

    @staticmethod
    def of(people):
        return Outcome(value=1.0, people=people)

    def statuses(self, answer, inside=None):
        found = Figures.of(answer)
        protect(found, inside or {})
        return dict(zip(found.places, found.status, strict=True))

    def test_o39_a_hidden_month_hides_the_months_together(self):
        answer = {
            (self.MAY, ""): self.of(5), (self.JUNE, ""): self.of(4), (self.BOTH, ""): self.of(5)
        }  # fmt: skip

        assert self.statuses(answer) == {
            (self.MAY, ""): "ok", (self.JUNE, ""): "suppressed", (self.BOTH, ""): "suppressed",
        }  # fmt: skip

    def test_o39_even_when_the_months_were_not_asked(self):
        answer = {(self.BOTH, ""): self.of(5)}
        inside = {(self.MAY, ""): 5.0, (self.JUNE, ""): 4.0}

        assert self.statuses(answer, inside) == {(self.BOTH, ""): "suppressed"}

    def test_a_month_of_nobody_hides_nothing(self):
        answer = {(self.BOTH, ""): self.of(5)}

        assert self.statuses(answer, {(self.MAY, ""): 5.0, (self.JUNE, ""): 0.0}) == {
            (self.BOTH, ""): "ok"
        }

    def test_where_nobody_is_described_the_reason_stands(self):
        nobody = unknown("no_denominator", "There is no case to count.", people=0.0)

        assert self.statuses({(self.MAY, ""): nobody}) == {(self.MAY, ""): "no_denominator"}

    def test_a_group_of_nobody_is_not_shown_beside_others(self):
        answer = {(self.MAY, "A"): self.of(0), (self.MAY, "B"): self.of(9)}

        assert self.statuses(answer) == {(self.MAY, "A"): "suppressed", (self.MAY, "B"): "ok"}


def tables_of(kpi):
    return dict.fromkeys([*kpi.tables, *(each.table for each in kpi.measures.values())])


class TestBreakdowns:
    """Personal columns never cut a figure; those that describe a person only when named."""

    def test_personal_columns_of_every_table_of_every_kpi_are_refused(self):
        seen = set()
        for each in catalogue().values():
            for table in tables_of(each):
                contract = CONTRACTS[table]
                named = [contract, *(CONTRACTS[name] for name in contract.links.values())]
                for column in (c for own in named for c in own.columns.values() if c.personal):
                    assert refused(each, column.name, BREAKDOWNS), (each.id, column.name)
                    seen.add(column.name)

        assert {"subject_key", "respondent_key", "customer_id", "visitor_id", "person_key"} <= seen

    def test_the_key_of_a_row_about_one_person_names_that_person(self):
        assert {"response_id", "session_id", "lead_id", "order_id", "absence_id"} <= ONE_PERSON
        assert not ONE_PERSON & {"training_id", "campaign_id", "survey_id", "post_id", "wave"}

    @pytest.mark.parametrize(
        ("kpi", "by"),
        [
            ("absenteeism_rate", "employee_id"),
            ("enps", "respondent_key"),
            ("enps", "response_id"),
            ("nps", "respondent_key"),
            ("business_kpi_change", "subject_key"),
            ("completion_rate", "person_key"),
            ("revenue", "customer_id"),
            ("revenue", "order_id"),
            ("sessions", "visitor_id"),
            ("sessions", "session_id"),
            ("leads", "lead_id"),
        ],
    )
    @pytest.mark.parametrize("how", ["evaluate", "series", "over", "explain", "before_after"])
    def test_single_persons_are_refused_whatever_the_question(self, sample, kpi, by, how):
        ask = {
            "evaluate": lambda: sample.evaluate(kpi, "2026-09", by=by),
            "series": lambda: sample.series(kpi, "2026-09", 3, by=by),
            "over": lambda: sample.over(kpi, ["2026-09", "2026-Q3"], by=by),
            "explain": lambda: sample.explain(kpi, "2026-09", by),
            "before_after": lambda: sample.before_after(kpi, "2026-03-01", by=by),
        }[how]

        with pytest.raises(KpilibError):
            ask()

    @pytest.mark.parametrize(
        ("kpi", "by"),
        [
            ("absenteeism_rate", "manager_id"),
            ("absenteeism_rate", "contract_kind"),
            ("absenteeism_rate", "hired_at"),
            ("headcount", "contract_kind"),
            ("completion_rate", "arm"),
            ("completion_rate", "hours_attended"),
            ("enps", "answered_at"),
        ],
    )
    def test_what_describes_a_person_is_refused_unless_it_is_named(self, sample, kpi, by):
        with pytest.raises(ContractError) as caught:
            sample.evaluate(kpi, "2026-09", by=by)

        assert "a team less its manager" in str(caught.value)
        assert f"breakdowns: [team, {by}]" in str(caught.value)
        assert "team" in str(caught.value).partition("It can be by: ")[2].partition(".")[0]

    def test_naming_it_opens_it_and_leaves_the_others_closed(self):
        company = kl.open("data/sample", breakdowns=["contract_kind"])

        assert len(company.evaluate("absenteeism_rate", "2026-09", by="contract_kind")) > 1
        for by in ("team", "manager_id"):
            with pytest.raises(ContractError):
                company.evaluate("absenteeism_rate", "2026-09", by=by)

    @pytest.mark.parametrize(
        ("kpi", "by"),
        [
            ("enps", "team"),
            ("enps", "group_key"),  # the same column under its own name
            ("enps", "wave"),
            ("engagement_survey_score", "item_id"),
            ("engagement_survey_score", "dimension"),
            ("completion_rate", "method"),
            ("business_kpi_change", "training_id"),
            ("nps", "customer_kind"),
            ("sessions", "channel"),
        ],
    )
    def test_the_team_and_what_describes_survey_or_training_are_free(self, sample, kpi, by):
        assert len(sample.evaluate(kpi, "2026-07", by=by))

    def test_a_link_to_another_table_is_no_way_round(self, sample):
        """Revenue has no segment and no referrer of its own, but the customer has."""
        assert len(sample.evaluate("revenue", "2026-09", by="segment"))
        with pytest.raises(ContractError, match="single persons"):
            sample.evaluate("revenue", "2026-09", by="referred_by")

    def test_the_command_line_says_it_in_one_line(self):
        res = CliRunner().invoke(
            commands, ["value", "enps", "--month", "2026-07", "--by", "respondent_key"]
        )

        assert res.exit_code == 1
        assert res.stderr.startswith("kpilib: No breakdown of enps by 'respondent_key': its groups")
        assert len(res.stderr.splitlines()) == 1

    @pytest.mark.parametrize("by", ["respondent_key", "answered_at"])
    def test_a_key_result_by_such_a_column_is_a_fault_at_its_line(self, tmp_path, by):
        (tmp_path / "tables").mkdir()
        (tmp_path / "company.yaml").write_text("name: A\n", encoding="utf-8")
        (tmp_path / "objectives.yaml").write_text(OBJECTIVE.format(by=by), encoding="utf-8")
        res = CliRunner().invoke(commands, ["check", "--data", str(tmp_path)])

        place = "objectives.yaml:14: objectives.staff.key_results.kr_one.by"
        assert f"{place}: No breakdown of enps by {by!r}" in res.output
        assert res.exit_code == 2


OBJECTIVE = """\
objectives:
  - id: staff
    kind: okr
    type: employees
    statement: {{en: "People recommend us", fr: "On nous recommande"}}
    why: {{en: "They stay.", fr: "Ils restent."}}
    owner: {{en: "Head", fr: "Direction"}}
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - id: kr_one
        kpi: enps
        group: X
        by: {by}
        mode: from_to
        unit: points
        baseline: 10
        target: 20
"""
