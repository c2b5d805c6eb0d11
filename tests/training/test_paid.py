"""Whether trainings paid: what if the effect were smaller, and what is never priced."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.engine.intervals import chance_above
from kpilib.errors import CompanyError
from kpilib.language import speak
from kpilib.methods.effects import difference_in_means
from kpilib.settings import Settings, settings_of
from kpilib.show.beforehand import for_pages
from kpilib.show.tables import split_title, table
from tests.trainings import opened, small
from tests.worked import exactly


@pytest.fixture(autouse=True)
def english():
    speak("en"), write_for("en")


def returns(*pairs):
    rows = [
        {"training_id": f"T{place}", "details": {"benefit": gained, "cost": cost}}
        for place, (gained, cost) in enumerate(pairs)
    ]
    return pd.DataFrame(rows)


class TestSensitivity:
    def test_the_published_case_with_half_of_its_benefit(self):
        [row] = kl.sensitivity(returns((350_000.0, 200_000.0))).to_dict("records")

        assert row["as_found"] == exactly(0.75)
        assert row["less_50"] == exactly(-0.125)
        assert row["more_50"] == exactly(1.625)
        assert row["break_even"] == exactly(200 / 350)

    def test_the_budget_is_listed_by_return(self):
        # 3 of 4 parts of the budget went where 1 comes back of 3, one part where 3 come back of 1
        found = kl.sensitivity(returns((100.0, 300.0), (300.0, 100.0)))

        assert found["training_id"].tolist() == ["T1", "T0"]
        assert found["share"].tolist() == [0.25, 0.75]

    def test_at_break_even_nothing_is_gained(self):
        [row] = kl.sensitivity(returns((350_000.0, 200_000.0))).to_dict("records")

        assert row["benefit"] * row["break_even"] == exactly(row["cost"])

    def test_what_was_not_evaluated_or_cost_nothing_is_not_in_it(self):
        assert kl.sensitivity(returns((None, 200.0), (300.0, 0.0), (300.0, None))).empty

    def test_a_loss_has_no_share_from_which_it_pays(self):
        [row] = kl.sensitivity(returns((-10.0, 200.0))).to_dict("records")

        assert row["break_even"] != row["break_even"]

    def test_as_a_reader_reads_it(self):
        frame = kl.sensitivity(returns((350_000.0, 200_000.0)))
        [row] = table(frame).to_dict("records")

        assert split_title(frame) == "Budget, return, sensitivity"  # closed on a page
        cells = [cell.replace("\u00a0", "") for cell in row.values()]
        assert cells[1:] == [
            "€200,000",
            "100%",
            "−12.5%",
            "31.3%",
            "75.0%",
            "118.8%",
            "162.5%",
            "57.1%",
            "–",  # no interval: nobody knows
        ]


class TestChanceToPay:
    def test_an_interval_that_ends_at_nothing_leaves_2_5_percent_beyond_it(self):
        assert chance_above(0.0, 0.0, (-1.0, 1.0)) == exactly(0.5)
        assert chance_above(0.0, 1.0, (0.0, 3.0)) == pytest.approx(0.975)
        assert chance_above(0.0, -1.0, (-3.0, 0.0)) == pytest.approx(0.025)
        assert [chance_above(0.0, each, (each, each)) for each in (-1.0, 1.0)] == [0.0, 1.0]

    def test_people_drawn_again_say_the_same(self):
        """Twenty people an arm: how often, drawn 2,000 times, the difference is at least 1.5."""
        rng = np.random.default_rng(3)
        treated, control = rng.normal(2, 1.5, 20), rng.normal(0, 1.5, 20)
        effect = difference_in_means(treated, control)
        drawn = [rng.choice(each, (2000, 20)).mean(axis=1) for each in (treated, control)]

        for limit in (effect.value - 0.8, effect.value - 0.3, effect.value + 0.3):
            often = float((drawn[0] - drawn[1] >= limit).mean())
            assert abs(chance_above(limit, effect.value, effect.interval) - often) < 0.03

    def test_of_the_sample_each_by_its_own_interval(self):
        data = kl.open("data/sample")
        rows = data.evaluate("training_roi", "2026-10", by="training_id").set_index("training_id")
        told = {name: each.get("break_even_probability") for name, each in rows["details"].items()}

        # 1.1715 above 0, and 0.8367 to the end of the interval: 2.74 standard errors
        assert told["tr_2602_prospection"] == pytest.approx(0.99697, abs=1e-5)
        assert told["tr_2509_negociation"] is None  # nothing is known of the time before
        whole = data.evaluate("training_roi", "2026-10").iloc[0]
        assert whole["details"]["break_even_probability"] is None  # part of it is not proven

    def test_a_page_has_the_words_of_what_is_printed_on_it(self):
        report = for_pages("data/sample")
        rows = report.evaluate("training_roi", "2026-10", by="training_id")
        assert not any(each.get("break_even_probability") for each in rows["details"])
        found = kl.sensitivity(rows).set_index("training_id")
        said = table(found.reset_index())["Chance that it pays"]

        # 1 above 0, and 1.5 to the end that is printed: 1.31 standard errors, 0.904
        assert found.loc["tr_2602_prospection", "chance"] == pytest.approx(0.9043, abs=1e-4)
        assert "about 9 chances in 10" in said.tolist() and "–" in said.tolist()


def declared(**told):
    return {"intangibles": Settings.model_validate({"intangibles": told}).intangibles}


class TestIntangibles:
    def test_by_training_and_by_title_and_none_declared(self):
        told = declared(T1=["Fewer quarrels"], Calls=[{"what": "Pride", "seen": "talks"}])
        found = kl.intangibles(opened(small(), **told), "2025-04")

        assert found[["name", "what", "seen"]].to_numpy().tolist() == [
            ["Calls", "Fewer quarrels", ""], ["Calls", "Pride", "talks"],
        ]  # fmt: skip
        none = kl.intangibles(opened(small()), "2025-04")
        assert none["what"].isna().all() and "none declared" in table(none).to_string()

    def test_they_move_no_figure(self):
        data = opened(small(), **declared(Calls=["Fewer quarrels", "Pride"]))
        with_, without = (
            kl.report("training", "2025-04", each).figures("training_roi", by="training_id")
            for each in (data, opened(small()))
        )

        assert with_["value"].notna().all()
        pd.testing.assert_frame_equal(with_, without)

    @pytest.mark.parametrize("price", ["worth 3,000 €", "saves 20 EUR a day", "3 euros"])
    def test_a_price_is_refused(self, tmp_path, price):
        (tmp_path / "company.yaml").write_text(
            f'name: A\nintangibles:\n  Calls:\n    - "Pride, {price}"\n', encoding="utf-8"
        )
        with pytest.raises(CompanyError, match="never priced"):
            settings_of(tmp_path)
