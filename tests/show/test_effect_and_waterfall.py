"""What a training changed and what is left of it: what is drawn, what is said, what is refused."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from matplotlib.colors import to_rgba

import kpilib as kl
from kpilib.errors import ParameterError
from kpilib.show.figure import picture
from kpilib.training.rows import beyond_chance
from tests.trainings import cost, experiment, followed, priced
from tests.worked import crowd, rows, stack

MONTH = "2025-03"


def company(tables):
    tables["trainings"] = rows(
        "training_id title target_kpi_id", ("T1", "Selling by phone", "signed_contracts")
    )
    return kl.open(tables, as_of="2025-03-31")


def opened(data, lang="en"):
    return kl.report("training", MONTH, data, lang=lang)


@pytest.fixture
def clear():
    """Ten who go from 10 to 16, beside ten who go from 8 to 10: 4 more."""
    arms = {"treated": (10.0, 16.0), "control": (8.0, 10.0)}
    tables = followed({
        f"{arm}{number}": (arm, [before] * 3, [after + (-1) ** number * 0.1])
        for arm, (before, after) in arms.items()
        for number in range(10)
    }, price=100.0)  # fmt: skip
    return company(tables)


class TestEffect:
    def test_trained_control_and_where_the_trained_would_be(self, clear):
        found = opened(clear).figures("training_effect_did")
        ax = kl.plot.effect(found)
        drawn = {tuple(float(round(y, 2)) for y in line.get_ydata()) for line in ax.lines[:3]}

        assert drawn == {(8.0, 10.0), (10.0, 16.0), (10.0, 12.0)}
        assert found["value"].round(2).tolist() == [4.0]

    def test_the_title_names_the_training_and_what_it_was_to_move(self, clear):
        ax = kl.plot.effect(opened(clear).figures("training_effect_did"))
        title = ax.get_title(loc="left").replace("\n", " ")

        assert re.match(r"Selling by phone: \+4[.0]* signed contracts \(", title)
        assert "chance" not in title

    def test_what_could_be_chance_is_called_so(self):
        apart = [(10.0, 12.0), (10.0, 8.0)] * 5
        data = company(experiment([*apart[:8], (10.0, 11.0), (10.0, 11.0)], apart))
        ax = kl.plot.effect(opened(data).figures("training_effect_did"))

        assert ax.get_title(loc="left").replace("\n", " ").endswith("could be chance")

    @pytest.mark.parametrize(
        ("low", "high", "flags", "clear"),
        [
            (0.0, 1.6, ["rounded"], True),  # widened to 0: the exact one stops before
            (-0.2, 1.6, ["rounded"], False),
            (-1.6, 0.0, ["rounded"], True),
            (0.0, 1.6, [], False),
            (0.1, 1.6, [], True),
            (None, None, [], None),
        ],
    )
    def test_what_ends_at_0_is_beyond_chance_where_it_was_widened(self, low, high, flags, clear):
        assert beyond_chance({"ci_low": low, "ci_high": high, "flags": flags}) is clear

    def test_several_trainings_have_a_panel_each(self, clear):
        found = opened(clear).figures("training_effect_did")
        both = pd.concat([found, found.assign(training_id="T2", name="Selling by post")])
        ax = kl.plot.effect(both)

        assert [len(each.get_title(loc="left")) > 0 for each in ax.figure.axes] == [True, True]
        assert (
            ax.figure.get_suptitle().split()
            == "Trainings with a change beyond chance: 2 of 2".split()
        )
        with pytest.raises(ParameterError, match="one training on an Axes"):
            kl.plot.effect(both, ax=ax)

    def test_it_is_described_and_told_in_french(self, clear):
        ax = kl.plot.effect(opened(clear, "fr").figures("training_effect_did"))
        page = picture(ax.figure)

        assert re.search("Formés de 10[0,]* à 16", page)
        opened(clear)

    def test_another_figure_is_refused(self, clear):
        with pytest.raises(ParameterError, match="effect draws training_effect_did"):
            kl.plot.effect(opened(clear).figures("business_kpi_change"))

    def test_without_a_control_group_the_reason_is_drawn(self):
        data = company(experiment([(1.0, 2.0)] * 6, []))
        ax = kl.plot.effect(opened(data).figures("training_effect_did"))

        assert ax.get_title(loc="left") == "No figure can be worked out"


def small_one():
    """Twenty an arm: the trained gain a unit worth 50, for 800."""
    return crowd(priced(200.0, 800.0))


class TestWaterfall:
    def test_without_trainings_the_picture_says_why(self):
        alone = {"sessions": kl.open(small_one()).tables.given["costs"].head(0)}
        report = opened(kl.open({"costs": alone["sessions"]}, as_of="2025-03-31"))
        del report.company.tables.given["costs"]
        net = report.net()

        assert net["value"].isna().all() and len(net) == 1
        assert kl.plot.waterfall(net) is not None

    def test_benefit_less_each_cost_is_the_net(self):
        net = opened(kl.open(small_one(), as_of="2025-03-31")).net()
        ax = kl.plot.waterfall(net)
        bars = [(bar.get_x(), bar.get_width()) for bar in ax.patches]

        assert net["value"].tolist() == [1000.0, -600.0, -200.0]
        assert bars == [(0, 1000), (1000, -600), (400, -200), (0, 200)]
        assert ax.get_title(loc="left") == "Net of trainings: €200"

    def test_a_training_that_nobody_measured_keeps_its_cost(self):
        tables = small_one()
        tables["costs"] = stack(tables["costs"], cost("T2", ("venue", 500)))
        report = opened(kl.open(tables, as_of="2025-03-31"))
        net, whole = report.net(), report.figures("training_roi").iloc[0]

        assert net["part"].tolist()[-1] == "Trainings without proof"
        assert net["value"].sum() == -300
        assert round(whole["value"], 1) == -0.2  # -300 / 1300, rounded to protect people

    def test_a_training_of_too_few_people_is_not_said_to_lack_proof(self):
        """Four an arm are hidden, and of the others the smallest with them: both cost 800."""
        one, two = small_one(), crowd(priced(200.0, 800.0, training="T2"), 6)
        few = priced(200.0, 800.0, training="T3")
        tables = {name: stack(*(each[name] for each in (one, two, few))) for name in one}
        report = opened(kl.open(tables, as_of="2025-03-31"))
        net = report.net().set_index("part")["value"]
        whole = report.figures("training_roi").iloc[0]["details"]

        # Of the whole, 1,200 are shown: the others brought what is left, and cost 1,600.
        assert net["Trainings of too few people to be shown"] == whole["benefit"] - 1200 - 1600
        assert net.sum() == pytest.approx(whole["benefit"] - whole["cost"]) and whole["cost"] > 0
        assert whole["benefit"] > 1200
        assert "Trainings without proof" not in net.index

    def test_the_smallest_of_many_are_one(self):
        net = opened(kl.open(small_one(), as_of="2025-03-31")).net()
        many = pd.concat([net.head(1).assign(part=f"p{i}", value=float(i)) for i in range(1, 21)])
        ax = kl.plot.waterfall(many)

        assert len(ax.patches) == 8  # seven parts, of which one is the rest, and what they come to
        assert ax.patches[-1].get_width() == 210

    def test_one_colour_for_all_is_taken(self):
        net = opened(kl.open(small_one(), as_of="2025-03-31")).net()
        ax = kl.plot.waterfall(net, color="purple", lw=2)

        filled = {bar.get_facecolor() for bar in ax.patches} - {to_rgba("white")}
        assert filled == {to_rgba("purple")}  # what is not proven is hollow

    def test_rates_do_not_add_up(self):
        report = opened(kl.open(small_one(), as_of="2025-03-31"))
        with pytest.raises(ParameterError, match="do not add up"):
            kl.plot.waterfall(report.figures("training_roi", by="training_id"))
