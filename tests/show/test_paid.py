"""Whether trainings paid: what if the effect were smaller, and what is never priced."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.errors import CompanyError
from kpilib.language import speak
from kpilib.settings import Settings, settings_of
from kpilib.show.tables import readable, split_title
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
        [row] = readable(frame).to_dict("records")

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
        ]


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
        assert none["what"].isna().all() and "none declared" in readable(none).to_string()

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
