"""What a buyer of training asks next: what if the effect were smaller, and which way pays."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.language import speak
from kpilib.show.tables import readable, split_title
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

        assert split_title(frame) == "If the benefit were less or more"  # closed on a page
        cells = [cell.replace("\u00a0", "") for cell in row.values()]
        assert cells[1:] == ["−12.5%", "31.3%", "75.0%", "118.8%", "162.5%", "57.1%"]


@pytest.fixture(scope="module")
def ways():
    return kl.training_ways(kl.open("data/sample"), "2026-10").set_index("method")


class TestWays:
    def test_what_is_expected_stands_beside_what_was_found(self, ways):
        assert ways.loc["blended", "expected"] == "High, if well combined"
        assert ways.loc["adaptive", "expected"] == ""
        data = kl.open("data/sample")
        span = ("2024-11-01", "2026-10-31")
        gain = data.evaluate("knowledge_gain", span, by="method").set_index("method")["value"]
        assert ways["gain"].to_dict() == pytest.approx(gain.to_dict())

    def test_too_few_are_not_ranked(self, ways):
        assert ways["ranked"].to_dict() == {
            way: count >= 3 for way, count in ways["trainings"].items()
        }
        assert 0 < ways["ranked"].sum() < len(ways)

    def test_as_a_reader_reads_it(self, ways):
        frame = ways.reset_index()
        text = readable(frame).to_string()

        assert split_title(frame) == "Ways of training: expected and observed"
        assert "too few to rank" in text and "nan" not in text
