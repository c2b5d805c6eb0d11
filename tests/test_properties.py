"""What holds for any data over the whole catalogue: P1 to P4, P6, P8, P9, P11, P14, P16.

The other properties are in `tests/test_invariants.py`, longer periods in `tests/test_roll_ups.py`.
"""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

import kpilib as kl
from kpilib.answers.explain import dimensions
from kpilib.definitions import Balance, Method, Ratio, Total
from kpilib.tables import TABLES
from kpilib.tables.conform import DTYPES
from kpilib.tables.describing import DESCRIBING
from kpilib.topics.catalogue import catalogue
from tests.maker import LAST
from tests.small_company import small_company
from tests.worked import groups, stack

FIGURES = ["value", "numerator", "denominator", "n", "ci_low", "ci_high"]
KPIS = list(catalogue())
DAYS = 28  # of February 2025


def measures(kpi):
    """The measures that make the value, without what is only checked or shown beside."""
    spare = ("population", "scales", "flows", "minus", "plus")
    return [part for role, part in kpi.value.measures().items() if role not in spare]


def adds_up(kpi):
    """Whether days (or groups) of the measures add up to the whole."""
    made = isinstance(kpi.value, Total | Ratio | Balance)
    return made and all(part.kind in ("count", "sum") and not part.window for part in measures(kpi))


ADDITIVE = [  # but for what a day has too few people to show
    each.id for each in catalogue().values() if each.roll_up == "R1" and each.people is None
]
RATIOS = [
    each.id
    for each in catalogue().values()
    if adds_up(each) and isinstance(each.value, Ratio | Balance)
    and each.topic != "employees"  # a day's answers are too few to be shown
]  # fmt: skip
# what nobody can add up: people counted once each, over days and over groups
DISTINCT = [
    each.id
    for each in catalogue().values()
    if isinstance(each.value, Total) and each.value.measure.kind == "distinct"
    and each.roll_up == "R3"
]  # fmt: skip
BY_DAY = [*ADDITIVE, *RATIOS, *DISTINCT]
# rates that are no part of a whole: networks take acts back, a return has no end
OPEN_RATES = [
    "engagement_rate_impressions", "avg_post_engagement_rate", "hashtag_performance", "social_ctr",
    "marketing_roi", "training_roi", "method_roi",
]  # fmt: skip


@pytest.fixture(scope="module")
def company():
    return small_company(seed=22, size=60)


@pytest.fixture(scope="module")
def data(company):
    return kl.open(company, as_of=LAST, breakdowns=DESCRIBING)


@pytest.fixture(scope="module")
def february(data):
    return data.evaluate(KPIS, "2025-02")


@pytest.fixture(scope="module")
def by_day(data):
    """Every KPI on each of the 28 days."""
    return data.series(BY_DAY, ("2025-02-28", "2025-02-28"), months=DAYS)


@pytest.fixture(scope="module")
def by_group(data):
    """The same KPIs by every column that makes their groups, each column asked once for all."""
    asked: dict[str, list[str]] = {}
    for name in BY_DAY:
        for by in dimensions(data.tables, catalogue()[name]):
            asked.setdefault(by, []).append(name)
    return {
        by: dict(list(data.series(names, "2025-02", months=1, by=by).groupby("kpi")))
        for by, names in asked.items()
    }


GROUPINGS = sorted({each.by for each in catalogue().values() if each.by})


def sorted_figures(res):
    by = [name for name in GROUPINGS if name in res]
    res = res.sort_values(["kpi", *by], ignore_index=True)
    return res[["kpi", *by, "status", *FIGURES]]


class TestAllKpis:
    def test_p01_order_of_rows_changes_nothing(self, company, february):
        shuffled = {name: frame.sample(frac=1, random_state=5) for name, frame in company.items()}
        res = kl.open(shuffled, as_of=LAST).evaluate(KPIS, "2025-02")

        pd.testing.assert_frame_equal(sorted_figures(res), sorted_figures(february), rtol=1e-12)

    def test_p01_exact_duplicates_change_nothing_and_are_said(self, company, february):
        # work calendar and surveys too: whatever has a key
        twice = {name: stack(frame, frame.iloc[::3]) for name, frame in company.items()}
        res = kl.open(twice, as_of=LAST).evaluate(KPIS, "2025-02")

        pd.testing.assert_frame_equal(sorted_figures(res), sorted_figures(february), rtol=1e-12)
        known = res[res["status"] == "ok"]
        assert known["flags"].map(lambda flags: "excluded_rows" in flags).all()

    def test_p16_renaming_people_changes_nothing(self, company, february):
        renamed = {}
        for name, frame in company.items():
            personal = [
                c for c in frame
                if c in TABLES[name].columns and TABLES[name].columns[c].personal
                and c != "body"  # what people write is no name
            ]  # fmt: skip
            renamed[name] = frame.assign(**{
                column: [None if pd.isna(who) else f"x{who[::-1]}" for who in frame[column]]
                for column in personal
            })  # fmt: skip
        res = kl.open(renamed, as_of=LAST).evaluate(KPIS, "2025-02")

        pd.testing.assert_frame_equal(sorted_figures(res), sorted_figures(february), rtol=1e-12)

    def test_a_figure_does_not_depend_on_what_else_is_asked(self, data, february):
        """In a series or alone, a month is what it is; a group of the other month may come as 0."""
        together = data.series(KPIS, "2025-02", months=2)
        keys = ["kpi", "period", *(by for by in GROUPINGS if by in together)]

        def keyed(res):
            return res.assign(**{key: res[key].astype("string").fillna("") for key in keys})

        for alone in (february, data.series(KPIS, "2025-01", months=1)):
            both = keyed(together).merge(keyed(alone), on=keys, suffixes=("", "_alone"))
            known = both[both["status_alone"] == "ok"]

            assert len(known) > 100
            assert (known["status"] == "ok").all()
            for figure in FIGURES[:4]:
                pd.testing.assert_series_equal(
                    known[figure], known[f"{figure}_alone"], check_names=False, rtol=1e-12
                )

    @pytest.mark.parametrize("name", ADDITIVE)
    def test_p02_a_month_is_the_sum_of_its_days(self, name, february, by_day):
        whole = february[february["kpi"] == name]["value"].sum()
        days = by_day[by_day["kpi"] == name]["value"]

        assert whole != 0
        assert days.sum() == pytest.approx(whole, rel=1e-12)

    @pytest.mark.parametrize("name", RATIOS)
    def test_p03_a_ratio_is_the_weighted_mean_of_its_days(self, name, february, by_day):
        whole = february[february["kpi"] == name].iloc[0]
        days = by_day[by_day["kpi"] == name]
        rates = days[days["status"] == "ok"]
        scale = 100 if isinstance(catalogue()[name].value, Balance) else 1

        assert len(rates)
        # a day of sessions without a single measurement has a denominator, and nothing above it
        assert whole["value"] == pytest.approx(
            scale * days["numerator"].sum() / days["denominator"].sum(), rel=1e-12
        )
        if len(rates) == len(days):
            assert rates["value"].min() - 1e-12 <= whole["value"] <= rates["value"].max() + 1e-12

    @pytest.mark.parametrize("name", DISTINCT)
    def test_p04_distinct_lies_between_the_largest_day_and_the_sum(self, name, february, by_day):
        whole = february[february["kpi"] == name]["value"].item()
        days = by_day[by_day["kpi"] == name]["value"].dropna()

        assert days.max() <= whole <= days.sum()

    def test_p06_rates_lie_between_0_and_1_and_scores_on_their_scale(self, february):
        for row in february.itertuples():
            if row.unit == "rate" and row.kpi not in OPEN_RATES:
                assert row.status != "ok" or 0 <= row.value <= 1, row.kpi
            if row.unit == "points":
                assert -100 <= row.value <= 100

    def test_p06_an_interval_holds_its_figure(self, february):
        held = february[february["ci_low"].notna()]

        assert len(held) > 30
        # The net score's interval is centred on (D + 0.75 - ...)/(n + 3): it may miss at the ends.
        # Bounds hold a figure that is not known.
        plain = held[~held["ci_method"].isin(["net_score", "bounds"])]
        assert ((plain["ci_low"] <= plain["value"]) & (plain["value"] <= plain["ci_high"])).all()
        shares = held[held["ci_method"] == "wilson"]
        most = shares["n"].where(shares["unit"] == "count", 1)  # of a theme's texts, all of them
        assert ((shares["ci_low"] >= 0) & (shares["ci_high"] <= most)).all()

    @pytest.mark.parametrize("name", BY_DAY)
    def test_p09_groups_add_up_with_the_unknown(self, name, data, by_group, february):
        """By every column that makes groups: sums add up, ratios weigh, people lie between."""
        own = february[february["kpi"] == name]
        people = name in DISTINCT or measures(catalogue()[name])[0].kind == "distinct"
        scale = 100 if isinstance(catalogue()[name].value, Balance) else 1
        for by in dimensions(data.tables, catalogue()[name]):
            parts = by_group[by][name]
            if parts["status"].eq("suppressed").any():  # what is hidden cannot be added up
                continue
            assert parts[by].notna().all() and parts[by].is_unique
            if people:
                whole = own["value"].sum()
                assert parts["value"].max() <= whole <= parts["value"].sum() + 1e-9, by
            elif name in ADDITIVE:
                assert parts["value"].sum() == pytest.approx(own["value"].sum(), rel=1e-12), by
            else:
                up, down = parts["numerator"].sum(), parts["denominator"].sum()
                assert own["value"].item() == pytest.approx(scale * up / down, rel=1e-12), by

    @pytest.mark.parametrize(
        ("kpi", "by"),
        [("sessions", "channel"), ("request_mix", "kind"), ("revenue", "acquisition_channel")],
    )
    def test_p09_the_unknown_is_a_group(self, kpi, by, data):
        parts = data.series(kpi, "2025-02", months=1, by=by)

        assert parts[by].eq("(unknown)").any()

    def test_p11_a_hundred_times_the_money(self, company, data):
        cents = dict(company)
        cents["costs"] = company["costs"].assign(amount_ht=company["costs"]["amount_ht"] * 100)
        cents["orders"] = company["orders"].assign(
            amount_ht=company["orders"]["amount_ht"] * 100,
            margin_ht=company["orders"]["margin_ht"] * 100,
        )
        cents["kpi_measurements"] = company["kpi_measurements"].assign(
            unit_value_eur=company["kpi_measurements"]["unit_value_eur"] * 100
        )
        names = [
            "cost_per_lead", "training_cost", "training_benefit", "revenue", "average_order_value",
            "donations_dues", "cltv",
        ]  # fmt: skip
        same = [
            "training_roi", "training_bcr", "marketing_roi", "purchase_frequency",
            "repeat_purchase_rate", "high_potential_promoters",
        ]  # fmt: skip
        there = data.evaluate([*names, *same], "2025-02").set_index("kpi")["value"]
        here = (
            kl.open(cents, as_of=LAST)
            .evaluate([*names, *same], "2025-02")
            .set_index("kpi")["value"]
        )

        assert there.notna().all()
        for name in names:
            assert here[name] == pytest.approx(100 * there[name], rel=1e-12)
        for name in same:
            assert here[name] == pytest.approx(there[name], rel=1e-12)

    def test_p14_the_return_is_the_ratio_less_one(self, data):
        res = data.evaluate(["training_roi", "training_bcr"], "2025-02", by="training_id")
        roi, bcr = (
            res[res["kpi"] == name].set_index("training_id")["value"]
            for name in ("training_roi", "training_bcr")
        )

        assert roi.notna().any()
        pd.testing.assert_series_equal(roi, bcr - 1, check_names=False, rtol=1e-12)


class TestEmpty:
    """P8: without rows every KPI is unknown, with a status, and nothing fails."""

    @pytest.mark.parametrize("by", [None, "team", "channel"])
    def test_p08_no_table_at_all(self, by):
        res = kl.open({}).evaluate(KPIS, "2025-02", by=by)

        assert set(res["status"]) == {"missing_table"}
        assert res["value"].isna().all()
        assert res["reason"].str.match(r"Missing table: [a-z_, ]+\.").all()

    @pytest.mark.parametrize(
        ("kind", "as_of"), [("untyped pandas", None), ("typed polars", "2025-02-28")]
    )
    def test_p08_tables_without_rows(self, kind, as_of):
        columns = {
            name: [
                c
                for c in contract.columns
                if c not in ("is_aggregate", "unique_visitors", "sessions")
            ]
            for name, contract in TABLES.items()
        }
        if kind == "untyped pandas":
            tables = {name: pd.DataFrame(columns=own) for name, own in columns.items()}
        else:
            tables = {
                name: pl.DataFrame(schema={c: POLARS[TABLES[name].columns[c].type] for c in own})
                for name, own in columns.items()
            }
        res = kl.open(tables, as_of=as_of).evaluate(KPIS, "2025-02", compare=["previous"])

        # networks of staff are refused before anything is read: nobody stated what they are for
        networks = res["kpi"].str.startswith("network_")
        assert set(res.loc[~networks, "status"]) == {"no_data"}
        assert set(res.loc[networks, "status"]) == {"suppressed"}
        assert res["value"].isna().all()
        assert (res["reason"] != "").all()


POLARS = {kind: dtype.to_polars() if hasattr(dtype, "to_polars") else dtype for kind, dtype in {
    **dict.fromkeys(("key", "text", "enum"), pl.String), "ts": pl.Datetime("us", "UTC"),
    "date": pl.Date, "int": pl.Int64, "float": pl.Float64, "EUR": pl.Float64, "bool": pl.Boolean,
    "hours": pl.List(pl.Float64), "list": pl.List(pl.String),
}.items()}  # fmt: skip


def test_every_type_of_a_column_is_in_the_empty_tables():
    assert set(POLARS) == set(DTYPES)


def test_every_roll_up_class_that_is_used_has_a_property():
    """R4 and R7 by P5 and P7, R8 by P10, R9 by P12 to P14, R10 and R11 by P1."""
    used = {each.roll_up for each in catalogue().values()}

    assert used <= {"R1", "R2", "R3", "R4", "R6", "R7", "R8", "R9", "R10", "R11"}


def test_groups_of_a_method_are_those_of_its_table():
    """By training, the five trainings of the small company, and no other."""
    res = groups(
        small_company(seed=1, size=40), "training_effect_did", "2025-02", "training_id", as_of=LAST
    )

    assert set(res) == {"T1", "T2", "T3", "T4", "T5"}
    assert isinstance(catalogue()["training_effect_did"].value, Method)
