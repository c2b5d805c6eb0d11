"""Promoters of high value: the last answer, not too old, beside what the customer has brought."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kpilib as kl
from kpilib.engine.intervals import difference, wilson
from kpilib.errors import ContractError
from kpilib.methods.promoters import joined, rank_correlation
from kpilib.period import Period
from tests.worked import exactly, one, rows, stack

JUNE = {"as_of": "2025-06-30"}
RECENT, STALE = "2025-03-10T09:00:00Z", "2024-04-30T09:00:00Z"
WAVES = rows("survey_id wave survey_kind", ("nps", "w1", "nps"), ("csat", "w1", "csat"))


def orders(**amounts):
    return rows(
        "order_id customer_id ordered_at amount_ht status",
        *(
            (f"o-{who}", who, "2024-02-10T09:00:00Z", float(a), "paid")
            for who, a in amounts.items()
        ),
    )


def answers(at=RECENT, survey="nps", **values):
    return rows(
        "response_id survey_id wave respondent_key answered_at value",
        *((f"r-{survey}-{at}-{who}", survey, "w1", who, at, v) for who, v in values.items()),
    )


O34 = {
    "orders": orders(A=500, B=1200, C=2500, D=5400, E=800, F=6100),
    "survey_responses": stack(answers(A=10, B=9, C=8, D=9, E=6), answers(STALE, F=10)),
    "survey_waves": WAVES,
}


def promoters(tables, period="2025-06", **opened):
    return one(tables, "high_potential_promoters", period, **(opened or JUNE))


def chosen(tables, period="2025-06"):
    found = joined(kl.open(tables, **JUNE).tables, Period.parse(period))
    return set(found.index[found["chosen"]])


class TestO34:
    def test_o34_one_customer(self):
        row = promoters(O34)

        assert (row["value"], row["n"]) == (1, 5)
        assert row["details"]["threshold"] == exactly(4675)
        assert row["details"]["stale"] == 1  # F
        assert chosen(O34) == {"D"}

    def test_o34_two_by_two(self):
        # fresh answers: D is high; A and B promote among A, B, C, E
        details = promoters(O34)["details"]

        assert (details["promoters_high"], details["others_high"]) == (1, 0)
        assert (details["promoters_rest"], details["others_rest"]) == (2, 2)
        low, high = difference(1.0, wilson(1, 1), 0.5, wilson(2, 4))
        assert details["promoter_share_difference"] == 0.5
        assert details["promoter_share_difference_low"] == exactly(low)
        assert details["promoter_share_difference_high"] == exactly(high)

    def test_o34_no_figure_tells_who(self):
        row = promoters(O34)

        assert not {"A", "B", "C", "D", "E", "F"} & {str(part) for part in row.tolist()}
        assert all(isinstance(part, float) for part in row["details"].values())

    def test_o34_few_pairs_have_no_correlation(self):
        assert "rank_correlation" not in promoters(O34)["details"]


class TestLastAnswer:
    def test_the_last_one_counts(self):
        later = answers("2025-05-10T09:00:00Z", D=3)
        changed = {**O34, "survey_responses": stack(O34["survey_responses"], later)}

        assert promoters(changed)["value"] == 0

    def test_answers_after_the_period_are_not_known_yet(self):
        later = answers("2025-05-10T09:00:00Z", D=3)
        changed = {**O34, "survey_responses": stack(O34["survey_responses"], later)}

        assert promoters(changed, "2025-04")["value"] == 1

    @pytest.mark.parametrize(
        ("at", "value"),
        [("2024-06-30T22:00:00Z", 1), ("2024-06-30T21:59:59Z", 0)],  # midnight in Paris
    )
    def test_twelve_months_to_the_second(self, at, value):
        table = stack(answers(A=10), answers(at, D=10))

        assert promoters({**O34, "survey_responses": table})["value"] == value

    def test_an_invalid_answer_does_not_replace_a_valid_one(self):
        later = answers("2025-05-10T09:00:00Z", D=11)
        changed = {**O34, "survey_responses": stack(O34["survey_responses"], later)}

        assert promoters(changed)["value"] == 1

    def test_satisfaction_is_no_recommendation(self):
        table = stack(answers(A=10), answers(survey="csat", D=10))

        assert promoters({**O34, "survey_responses": table})["value"] == 0

    def test_respondents_who_are_no_customers_do_not_count(self):
        strangers = answers(X=10, Y=0)
        table = stack(O34["survey_responses"], strangers)

        assert promoters({**O34, "survey_responses": table})["n"] == 5


class TestUnknown:
    def test_answers_without_names(self):
        table = O34["survey_responses"].assign(respondent_key=None)
        row = promoters({**O34, "survey_responses": table})

        assert (row["status"], row["n"]) == ("no_data", 0)
        assert row["value"] != row["value"]
        assert row["reason"] == (
            "No customer has answered the recommendation question under their name in a year."
        )

    def test_no_order_yet(self):
        row = promoters(O34, "2024-01")

        assert row["status"] == "no_data"

    def test_without_orders_the_table_is_missing(self):
        tables = {name: table for name, table in O34.items() if name != "orders"}

        assert promoters(tables)["status"] == "missing_table"

    def test_a_breakdown_is_refused(self):
        with pytest.raises(ContractError, match="of everybody together"):
            kl.open(O34, **JUNE).evaluate("high_potential_promoters", "2025-06", by="segment")


class TestCorrelation:
    def test_m24_is_spearmans_with_the_interval_of_fieller(self):
        draw = np.random.default_rng(1)
        values = pd.Series(draw.normal(size=40))
        scores = pd.Series(np.clip(np.round(7 + values + draw.normal(size=40)), 0, 10))
        found = rank_correlation(scores, values)
        r = stats.spearmanr(scores, values).statistic
        half = 1.959963984540054 * np.sqrt(1.06 / 37)

        assert found["rank_correlation"] == exactly(r)
        assert found["rank_correlation_low"] == exactly(np.tanh(np.arctanh(r) - half))
        assert found["rank_correlation_high"] == exactly(np.tanh(np.arctanh(r) + half))

    @pytest.mark.parametrize(
        ("first", "second"),
        [(range(9), range(9)), ([5] * 12, range(12)), (range(12), [100.0] * 12)],
        ids=["nine pairs", "one answer", "one value"],
    )
    def test_too_little_to_say_has_none(self, first, second):
        assert rank_correlation(pd.Series(first), pd.Series(second)) == {}

    def test_a_perfect_order_has_no_interval(self):
        found = rank_correlation(pd.Series(range(12)), pd.Series(range(12)))

        assert found == {"rank_correlation": exactly(1)}
