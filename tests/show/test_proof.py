"""Each training's chain, the rung that its effect stands on, and what follows of that."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.show.tables import readable, split_title
from tests.trainings import cost, experiment, followed
from tests.worked import rows

LINE = [10, 12, 11, 13, 12, 14]


def report(tables, period="2025-04", lang="en"):
    return kl.report("training", period, kl.open(tables, as_of="2025-04-30"), lang=lang)


def both(gain, control=True, level=0.0):
    """Twelve people an arm, each a team, with six months before; the trained gain something."""
    people = {}
    for number in range(12):
        own = [each + number % 3 for each in LINE]
        after = [13 + number % 3, 12 + number % 2]
        people[f"t{number}"] = ("treated", [each + level for each in own],
                                [each + gain + level for each in after])  # fmt: skip
        if control:
            people[f"c{number}"] = ("control", own, after)
    return followed(people, price=100.0)


def proof(tables, **asked):
    return report(tables, **asked).proofs().iloc[0]


class TestRung:
    def test_beside_a_control_group(self):
        found = proof(both(5) | {"costs": cost("T1", ("delivery", 500))})

        assert (found["rung"], found["next"]) == ("control", "again")
        assert found["roi"] > 0

    def test_nothing_gained_is_measured_on(self):
        found = proof(both(0))

        assert found["next"] == "more"
        assert found["detectable"] >= found["ci_high"] > 0  # as much would have been seen

    def test_what_cost_more_than_it_brought_is_stopped(self):
        found = proof(both(1) | {"costs": cost("T1", ("delivery", 50_000))})

        assert (found["rung"], found["next"]) == ("control", "stop")

    def test_by_lot(self):
        tables = experiment([(None, 10.0 + i % 3) for i in range(12)],
                            [(None, 4.0 + i % 3) for i in range(12)])  # fmt: skip
        tables["trainings"] = rows("training_id assignment", ("T1", "random"))
        found = proof(tables, period="2025-03")

        assert (found["rung"], found["next"]) == ("lot", "again")

    def test_without_control_group_by_the_own_trend_and_without_return(self):
        found = proof(both(9, control=False) | {"costs": cost("T1", ("delivery", 500))})

        assert (found["rung"], found["next"]) == ("trend", "control")
        assert pd.isna(found["roi"])

    def test_by_what_people_say(self):
        tables = experiment([(1.0, 2.0)] * 6, [])
        tables["effect_estimates"] = rows(
            "training_id person_key answered_at gain_eur share confidence",
            *(("T1", f"T1t{i}", "2025-03-10", 1000.0, 0.5, 0.5) for i in range(6)),
        )
        found = proof(tables, period="2025-03")

        assert (found["rung"], found["unit"]) == ("estimate", "EUR")

    def test_by_nothing(self):
        found = proof(experiment([(1.0, 2.0)] * 6, []), period="2025-03")

        assert (found["rung"], found["next"]) == ("none", "before")

    def test_no_training_is_an_empty_frame(self):
        assert report(both(5), period="2024-01").proofs().empty


class TestRead:
    @pytest.mark.parametrize(
        ("lang", "words"),
        [("en", ["Good: control group", "Run again; measure whether it lasts"]),
         ("fr", ["Bonne\u00a0: groupe témoin", "Reconduire\u00a0; mesurer si cela dure"])],
    )  # fmt: skip
    def test_in_words_and_closed(self, lang, words):
        frame = report(both(5) | {"costs": cost("T1", ("delivery", 500))}, lang=lang).proofs()
        told = readable(frame)

        assert [each in told.iloc[0].tolist() for each in words] == [True, True]
        assert split_title(frame).startswith(("Each training", "Chaînes et preuves"))
