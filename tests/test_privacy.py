"""Groups of fewer than five people are hidden, and so is what would reveal them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilib.errors import CompanyError
from kpilib.outcome import Outcome, unknown
from kpilib.period import Period
from kpilib.privacy import hidden_groups, hide, minimum_group, protected


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
        res = hide(known)

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
        res = protected(answer, inside or {})
        return {key: outcome.status for key, outcome in res.items()}

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
        nobody = unknown("no_denominator", "There is nothing to divide by.", people=0.0)

        assert self.statuses({(self.MAY, ""): nobody}) == {(self.MAY, ""): "no_denominator"}

    def test_a_group_of_nobody_is_not_shown_beside_others(self):
        answer = {(self.MAY, "A"): self.of(0), (self.MAY, "B"): self.of(9)}

        assert self.statuses(answer) == {(self.MAY, "A"): "suppressed", (self.MAY, "B"): "ok"}
