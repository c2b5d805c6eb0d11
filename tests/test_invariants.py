"""What holds for any data, class by class of figures: P5, P7, P10, P12 to P15 and P17."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpilib as kl
from tests.trainings import experiment, priced
from tests.worked import one, rows, stack, value

OPENING = date(2025, 1, 1)
INTERVALS = st.lists(
    st.tuples(st.integers(-40, 100), st.none() | st.integers(0, 100)), min_size=1, max_size=30
)


def spans(intervals):
    """Who belongs from when to when: one interval a person."""
    for number, (start, length) in enumerate(intervals):
        first = OPENING + timedelta(days=start)
        yield f"p{number}", first, None if length is None else first + timedelta(days=length)


class TestStocks:
    @settings(max_examples=6)
    @given(INTERVALS)
    def test_p05_closing_is_opening_plus_entries_minus_exits(self, intervals):
        table = rows("person_key start_at end_at", *spans(intervals)).assign(kind="newsletter")
        table = table.astype({"start_at": "datetime64[us]", "end_at": "datetime64[us]"})
        res = kl.open({"memberships": table}).series("email_list_size", "2025-03", months=3)
        closing, details = res["value"].tolist(), res["details"].tolist()

        for value_, own in zip(closing, details, strict=True):
            assert value_ == own["opening"] + own["entries"] - own["exits"]
        assert [own["opening"] for own in details[1:]] == closing[:-1]

    @settings(max_examples=6)
    @given(INTERVALS)
    def test_p05_of_members(self, intervals):
        table = rows("person_key start_at end_at", *spans(intervals)).assign(kind="community")
        table = table.astype({"start_at": "datetime64[us]", "end_at": "datetime64[us]"})
        acts = rows("actor_key ts space kind", ("p0", "2025-01-10", "community", "post"))
        data = kl.open({"memberships": table, "interactions": acts}, as_of="2025-03-31")
        res = data.series("community_members", "2025-03", months=3)
        closing, details = res["value"].tolist(), res["details"].tolist()

        for size, own in zip(closing, details, strict=True):
            assert size == own["opening"] + own["entries"] - own["exits"]
            assert size == own["active"] + own["inactive"]
        assert [own["opening"] for own in details[1:]] == closing[:-1]

    @settings(max_examples=6)
    @given(st.lists(st.tuples(st.integers(0, 8), st.integers(-500, 80)), min_size=1, max_size=25))
    def test_p05_and_p07_of_customers(self, bought):
        """Spans of customers add up; those who stay and those who leave are the cohort."""
        orders = rows(
            "order_id customer_id ordered_at amount_ht status",
            *(
                (f"o{number}", f"k{who}", OPENING + timedelta(days=day), 100.0, "paid")
                for number, (who, day) in enumerate(bought)
            ),
        ).astype({"ordered_at": "datetime64[us]"})
        data = kl.open({"orders": orders}, as_of="2025-03-31")
        names = ["active_customers", "customer_retention_rate", "churn_rate"]
        res = data.series(names, "2025-03", months=3)
        size, stay, lost = (res[res["kpi"] == name].to_dict("records") for name in names)

        for month, kept, gone in zip(size, stay, lost, strict=True):
            if month["status"] == "ok":
                own = month["details"]
                assert own["opening"] + own["entries"] - own["exits"] >= 0
            assert kept["status"] == gone["status"]
            assert kept["denominator"] == gone["denominator"] or kept["status"] != "ok"
            if kept["status"] == "ok":
                assert kept["value"] + gone["value"] == pytest.approx(1, rel=1e-12)
        for before, after in zip(size, stay[1:], strict=False):
            if before["status"] == after["status"] == "ok":
                assert after["denominator"] == before["value"]

    @settings(max_examples=6)
    @given(INTERVALS)
    def test_p05_and_p07_of_employees(self, intervals):
        fixed = [(f"s{i}", date(2020, 1, 1), None) for i in range(6)]  # enough to be shown
        people = [*fixed, *spans(intervals)]
        table = rows("employee_id hired_at left_at", *people)
        table = table.astype({"hired_at": "datetime64[us]", "left_at": "datetime64[us]"})
        data = kl.open({"employees": table})
        head = data.series("headcount", "2025-03", months=3)
        kept = data.series("employee_retention_rate", "2025-03", months=3)

        for month, size, stay in zip(
            head["period_start"], head.itertuples(), kept.itertuples(), strict=True
        ):
            first, last = month.date(), size.period_end.date()
            there = [p for p in people if p[1] < first and (p[2] is None or p[2] >= first)]
            gone = [p for p in there if p[2] is not None and p[2] <= last]
            assert (
                size.value
                == size.details["opening"] + size.details["entries"] - size.details["exits"]
            )
            assert size.details["opening"] == len(there)
            # retention and loss of one cohort are the whole of it
            assert stay.value + len(gone) / len(there) == pytest.approx(1)

    def test_p07_turnover_may_pass_one(self):
        people = [(f"s{i}", date(2020, 1, 1), None) for i in range(5)]
        people += [(f"t{i}", date(2025, 2, i + 1), date(2025, 2, i + 1)) for i in range(20)]
        table = rows("employee_id hired_at left_at", *people)

        # 20 exits; 5 people all month and 20 of a day each: 5 + 20/28 on average
        assert value({"employees": table}, "turnover_rate", "2025-02") == pytest.approx(
            20 / (5 + 20 / 28)
        )


GRADES = st.lists(st.integers(0, 10), min_size=6, max_size=60)


class TestSurveys:
    """P10: a score is that of its answers, however they are dealt out to waves."""

    SURVEYS = (("nps", "nps"), ("csat", "csat"), ("support_satisfaction", "support"),
               ("training_satisfaction", "training_reaction"))  # fmt: skip

    @staticmethod
    def wave(grades, wave, kind="enps"):
        answers = rows(
            "survey_id wave respondent_key item_id value answered_at",
            *(
                ("e", wave, f"{wave}r{i}", "q", grade, "2025-02-10")
                for i, grade in enumerate(grades)
            ),
        )
        return {
            "survey_waves": rows(
                "survey_id wave survey_kind closed_at", ("e", wave, kind, "2025-02-20")
            ),
            "survey_responses": answers.assign(scale_min=0, scale_max=10),
        }

    @settings(max_examples=6)
    @given(GRADES, st.data())
    def test_p10_a_wave_split_and_pooled_again_has_the_same_score(self, grades, draw):
        cut = draw.draw(st.integers(1, len(grades) - 1))
        whole = self.wave(grades, "1")
        first, second = self.wave(grades[:cut], "1"), self.wave(grades[cut:], "2")
        split = {name: stack(first[name], second[name]) for name in first}
        found = [one(tables, "enps", "2025-02", as_of="2025-02-28") for tables in (whole, split)]

        assert found[0]["value"] == found[1]["value"]
        assert found[0]["value"] == pytest.approx(
            100 * np.mean([(grade >= 9) - (int(grade) <= 6) for grade in grades], dtype=float)
        )

    @pytest.mark.parametrize(("kpi", "kind"), SURVEYS)
    @settings(max_examples=4)
    @given(GRADES, st.data())
    def test_p10_of_customers(self, kpi, kind, grades, draw):
        cut = draw.draw(st.integers(1, len(grades) - 1))
        whole = self.wave(grades, "1", kind)
        first, second = self.wave(grades[:cut], "1", kind), self.wave(grades[cut:], "2", kind)
        split = {name: stack(first[name], second[name]) for name in first}
        found = [one(tables, kpi, "2025-02", as_of="2025-02-28") for tables in (whole, split)]
        high = sum(grade >= 9 for grade in grades)
        low = sum(grade <= 6 for grade in grades) if kpi == "nps" else 0
        scale = 100 if kpi == "nps" else 1

        assert found[0]["value"] == found[1]["value"]
        assert found[0]["value"] == pytest.approx(scale * (high - low) / len(grades))


LEVELS = st.tuples(*[st.integers(0, 400).map(lambda n: n / 4)] * 2)
PAIRS = st.lists(LEVELS, min_size=5, max_size=8)  # an arm of fewer than five is not shown


class TestEffects:
    @staticmethod
    def effect(treated, control):
        return one(
            experiment(treated, control), "training_effect_did", "2025-03", as_of="2025-03-31"
        )

    @settings(max_examples=3)
    @given(PAIRS, PAIRS)
    def test_p12_swapping_the_arms_negates_the_effect(self, treated, control):
        there, back = self.effect(treated, control), self.effect(control, treated)

        assert back["value"] == pytest.approx(-there["value"], abs=1e-9)
        assert (back["ci_low"], back["ci_high"]) == pytest.approx(
            (-there["ci_high"], -there["ci_low"]), abs=1e-6
        )

    @settings(max_examples=3)
    @given(PAIRS, PAIRS, st.integers(-200, 200))
    def test_p13_what_happens_to_both_arms_is_no_effect(self, treated, control, shift):
        moved = [[(before, after + shift) for before, after in arm] for arm in (treated, control)]

        assert self.effect(*moved)["value"] == pytest.approx(
            self.effect(treated, control)["value"], abs=1e-9
        )

    @settings(max_examples=3)
    @given(st.integers(0, 10_000), st.integers(1, 10_000))
    def test_p14_for_any_benefit_and_cost(self, benefit, cost):
        data = kl.open(priced(benefit, cost), as_of="2025-03-31")
        roi, bcr = (
            one(data, name, "2025-03")["value"] for name in ("training_roi", "training_bcr")
        )

        assert roi == pytest.approx(bcr - 1, rel=1e-9, abs=1e-12)
        assert bcr == pytest.approx(benefit / cost, rel=1e-9, abs=1e-12)


class TestPrivacy:
    @settings(max_examples=6)
    @given(st.lists(st.integers(1, 12), min_size=1, max_size=5))
    def test_p15_no_cell_and_no_difference_describes_fewer_than_five(self, sizes):
        table = rows(
            "employee_id hired_at left_at team",
            *((f"{team}-{i}", "2020-01-01", None, f"team{team}")
              for team, size in enumerate(sizes) for i in range(size)),
        )  # fmt: skip
        data = kl.open({"employees": table}, as_of="2025-02-28")
        shown = data.evaluate("headcount", "2025-02", by="team")["value"].dropna()
        total = one(data, "headcount", "2025-02")["value"]

        assert (shown >= 5).all()
        if total == total:
            assert total >= 5
            rest = total - shown.sum()
            assert rest == 0 or rest >= 5


PARIS = ZoneInfo("Europe/Paris")


@settings(max_examples=6)
@given(st.dates(date(2024, 1, 2), date(2024, 12, 31)))
def test_p17_a_second_across_midnight_moves_a_day_and_no_year(day):
    midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS)
    eve = day - timedelta(days=1)
    for instant, on_the_day in ((midnight, 1), (midnight - timedelta(seconds=1), 0)):
        table = {
            "sessions": pd.DataFrame({"started_at": [pd.Timestamp(instant).tz_convert("UTC")]})
        }
        data = kl.open(table, as_of="2025-12-31")
        res = data.series("sessions", (str(day), str(day)), months=2)
        by_day = dict(zip(res["period_start"].dt.date, res["value"].fillna(0), strict=True))

        assert by_day == {eve: 1 - on_the_day, day: on_the_day}
        assert one(data, "sessions", "2024")["value"] == 1
