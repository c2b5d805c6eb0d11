"""Engagement segments: one score, thresholds that stay, and where customers go."""

from __future__ import annotations

import numpy as np
import pytest

import kpilib as kl
from kpilib.errors import CompanyError, ContractError
from kpilib.methods.segments import reference_of, segmented
from kpilib.period import Period
from tests.worked import exactly, groups, one, rows, stack

AS_OF = {"as_of": "2025-12-31"}
# Six customers of 2024. a orders every month, f once in February.
MONTHS_2024 = {
    "a": range(1, 13), "b": [2, 4, 6, 8, 10, 12], "c": [3, 7, 11], "d": [4, 10], "e": [6], "f": [2],
}  # fmt: skip


def orders(year, months):
    return rows(
        "order_id customer_id ordered_at amount_ht status",
        *(
            (f"{who}-{year}-{month}", who, f"{year}-{month:02d}-15T09:00:00Z", 100.0, "paid")
            for who, each in months.items()
            for month in each
        ),
    )


FIRST = orders(2024, MONTHS_2024)
END, LATER = Period.parse("2024-12"), Period.parse("2025-12")


def shares(tables, period="2024-12", **opened):
    return groups(tables, "engagement_segments", period, "segment", **{**AS_OF, **opened})


class TestSegments:
    def test_a_third_each_in_the_reference_months(self):
        # sorted by score f e d c b a: the terciles lie between d and e, and between b and c
        found = kl.open({"orders": FIRST}, **AS_OF)
        parts = segmented(found.tables, END)

        assert shares({"orders": FIRST}) == {
            "high": exactly(1 / 3), "moderate": exactly(1 / 3), "low": exactly(1 / 3),
        }  # fmt: skip
        assert parts["segment"].to_dict() == {
            "a": "high", "b": "high", "c": "moderate", "d": "moderate", "e": "low", "f": "low",
        }  # fmt: skip

    def test_score_by_hand(self):
        found = kl.open({"orders": FIRST}, **AS_OF)
        parts = segmented(found.tables, END)
        recency = parts["recency"].to_numpy()
        frequency = np.array([12, 6, 3, 2, 1, 1], dtype=float)
        # from 10:00 on 15 December, twice, 15 November, ..., to midnight on 31 December in Paris
        assert recency[[0, 1, 2, 5]].tolist() == pytest.approx(
            [16 + 14 / 24, 16 + 14 / 24, 46 + 14 / 24, 320 + 14 / 24]
        )
        z = [(x - x.mean()) / x.std() for x in (recency, frequency)]

        assert parts["frequency"].tolist() == frequency.tolist()
        # four weights of 1; of interactions and answers nothing is known, which counts as the mean
        assert parts["score"].tolist() == pytest.approx((z[1] - z[0]) / 4)

    def test_thresholds_stay_so_that_segments_move(self):
        # in 2025 everybody orders every month: nobody is low any more
        busy = {who: range(1, 13) for who in MONTHS_2024}
        tables = {"orders": stack(FIRST, orders(2025, busy))}

        assert shares(tables, "2024-12")["low"] == exactly(1 / 3)
        assert shares(tables, "2025-12") == {"high": 1, "moderate": 0, "low": 0}

    def test_a_later_order_does_not_change_the_reference(self):
        before = reference_of(kl.open({"orders": FIRST}, **AS_OF).tables)
        more = stack(FIRST, orders(2025, {"z": range(1, 12)}))
        after = reference_of(kl.open({"orders": more}, **AS_OF).tables)

        assert (before.low, before.high) == (after.low, after.high)
        assert before.period == after.period == Period.parse(("2024-01-01", "2024-12-31"))

    @pytest.mark.parametrize("period", ["2024-06", "2024-12", "2025-03", "2025"])
    def test_p9_shares_add_up_to_one(self, period):
        tables = {"orders": stack(FIRST, orders(2025, {"a": [1, 2], "e": [5], "g": [3]}))}

        assert sum(shares(tables, period).values()) == exactly(1)

    def test_who_is_no_longer_a_customer_is_in_no_segment(self):
        # a year after the last order; f ordered on 15 February 2024
        row = one(
            {"orders": FIRST}, "engagement_segments", "2025-03", by="segment", group="low", **AS_OF
        )

        assert row["denominator"] == 5

    def test_customers_who_are_all_alike_are_neither_high_nor_low(self):
        alike = orders(2024, dict.fromkeys("abcd", [3]))

        assert shares({"orders": alike}) == {"high": 0, "moderate": 1, "low": 0}

    def test_interactions_and_answers_count(self):
        alike = orders(2024, dict.fromkeys("abc", [3]))
        tickets = rows(
            "ticket_id customer_id opened_at",
            ("1", "a", "2024-05-02T09:00:00Z"),
            ("2", "a", "2024-06-02T09:00:00Z"),
            ("3", "a", "2023-06-02T09:00:00Z"),  # more than a year ago
            ("4", None, "2024-06-02T09:00:00Z"),
        )
        acts = rows("interaction_id actor_key ts", ("i1", "b", "2024-05-02T09:00:00Z"))
        responses = rows(
            "response_id survey_id wave respondent_key item_id answered_at value",
            ("r1", "nps", "w", "a", "q1", "2024-05-02T09:00:00Z", 10),
            ("r2", "nps", "w", "a", "q2", "2024-05-02T09:00:00Z", 9),  # one survey, one act
            ("r3", "nps", "w", "c", "q1", "2024-05-02T09:00:00Z", 0),
        )
        waves = rows("survey_id wave survey_kind", ("nps", "w", "nps"))
        tables = {
            "orders": alike,
            "support_tickets": tickets,
            "interactions": acts,
            "survey_responses": responses,
            "survey_waves": waves,
        }
        parts = segmented(kl.open(tables, **AS_OF).tables, END)

        assert parts["interactions"].to_dict() == {"a": 3, "b": 1, "c": 1}
        assert parts.loc[["a", "c"], "nps"].tolist() == [9, 0]  # q1 and q2 at once: the lower
        assert parts.loc["b", "nps"] != parts.loc["b", "nps"]
        assert parts["segment"].to_dict() == {"a": "high", "b": "moderate", "c": "low"}

    def test_weights_of_the_company(self, tmp_path):
        (tmp_path / "tables").mkdir()
        FIRST.to_csv(tmp_path / "tables" / "orders.csv", index=False)
        config = tmp_path / "company.yaml"
        config.write_text(
            "name: A\nas_of: 2025-12-31\nassumptions:\n  engagement_weights: {recency: 1}\n",
            encoding="utf-8",
        )
        parts = segmented(kl.open(tmp_path).tables, END)
        z = (parts["recency"] - parts["recency"].mean()) / parts["recency"].std(ddof=0)

        assert parts["score"].tolist() == pytest.approx((-z).tolist())

    @pytest.mark.parametrize("weights", ["{recensy: 1}", "{recency: -1}", "{recency: 0}"])
    def test_weights_that_make_no_score_are_refused(self, tmp_path, weights):
        (tmp_path / "tables").mkdir()
        (tmp_path / "company.yaml").write_text(
            f"name: A\nassumptions:\n  engagement_weights: {weights}\n", encoding="utf-8"
        )
        with pytest.raises(CompanyError, match="engagement_weights"):
            kl.open(tmp_path)

    def test_until_the_reference_months_are_over_the_figure_is_not_final(self):
        early = kl.open({"orders": FIRST}, as_of="2024-12-15").evaluate(
            "engagement_segments", "2024-11"
        )
        late = kl.open({"orders": FIRST}, **AS_OF).evaluate("engagement_segments", "2024-11")

        assert all("immature" in flags for flags in early["flags"])
        assert not any("immature" in flags for flags in late["flags"])

    def test_without_a_customer_in_the_reference_months(self):
        unpaid = FIRST.assign(status="cancelled")
        res = kl.open({"orders": unpaid}, **AS_OF).evaluate("engagement_segments", "2024-12")

        assert set(res["status"]) == {"too_few"}

    def test_another_breakdown_is_refused(self):
        with pytest.raises(ContractError, match="always by segment"):
            kl.open({"orders": FIRST}, **AS_OF).evaluate(
                "engagement_segments", "2024-12", by="customer_kind"
            )


class TestMigration:
    TABLES = {
        "orders": stack(
            FIRST, orders(2025, {"a": [1], "b": range(1, 13), "e": range(1, 13), "g": [5]})
        )
    }

    def test_m23_rows_add_up_to_one(self):
        moved = kl.open(self.TABLES, **AS_OF).migration(END, LATER)

        assert moved.sum(axis=1).tolist() == pytest.approx([1.0] * len(moved))
        assert list(moved.columns) == ["high", "moderate", "low", "gone"]

    def test_m23_where_each_segment_went(self):
        # high: a slept, b stayed high. moderate: c and d left. low: e rose, f left.
        moved = kl.open(self.TABLES, **AS_OF).migration(END, LATER)

        assert moved.loc["high", "high"] == 0.5
        assert moved.loc["moderate", "gone"] == 1
        assert moved.loc["low"].to_dict() == {"high": 0.5, "moderate": 0, "low": 0, "gone": 0.5}

    def test_m23_who_came_later_is_in_no_row(self):
        tables = kl.open(self.TABLES, **AS_OF).tables

        assert "g" not in segmented(tables, END).index
        assert "g" in segmented(tables, LATER).index

    def test_a_period_against_itself_moves_nobody(self):
        moved = kl.open(self.TABLES, **AS_OF).migration(END, END)

        assert np.diag(moved[["high", "moderate", "low"]]).tolist() == [1, 1, 1]
