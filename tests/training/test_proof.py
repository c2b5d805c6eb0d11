"""Each training's chain, the rung that its effect stands on, and what follows of that."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.language import speak
from kpilib.show.beforehand import for_pages
from kpilib.show.tables import split_title, table
from kpilib.training.chain import falls
from tests.trainings import both, cost, experiment, opened, small
from tests.worked import rows

SAMPLE = "data/sample"
NO_BREAK = "\u00a0"


@pytest.fixture(scope="module")
def sample():
    return kl.open(SAMPLE)


@pytest.fixture(autouse=True)
def english():
    speak("en"), write_for("en")
    yield
    plt.close("all")


def report(tables, period="2025-04", lang="en"):
    return kl.report("training", period, kl.open(tables, as_of="2025-04-30"), lang=lang)


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

    def test_a_loss_that_chance_explains_is_measured_on(self):
        """1 unit x 2 months x 12 people x 100 = 2,400 for 3,000: -54 to 14 %."""
        found = proof(both(1) | {"costs": cost("T1", ("delivery", 3_000))})

        assert found["roi"] < 0
        assert found["next"] == "more"

    def test_what_clearly_harms_is_stopped_and_nothing_proven(self):
        """Without a price no return says so: the figure itself does."""
        harmed = both(-5) | {"costs": cost("T1", ("delivery", 500))}
        measured = harmed["kpi_measurements"].drop(columns="unit_value_eur")
        told = report(harmed | {"kpi_measurements": measured})
        found = told.proofs().iloc[0]
        chain = kl.training_chain(told.company, "2025-04").iloc[-1]

        assert (found["clear"], found["gained"], found["next"]) == (True, False, "stop")
        assert (chain["numerator"], chain["denominator"]) == (0, 1)

    def test_less_of_what_is_to_fall_is_gained(self):
        """Bounces: five fewer of them are the better, whatever the sign."""
        fewer = both(-5)
        fewer["trainings"] = rows(
            "training_id title target_kpi_id started_at",
            ("T1", "Pages", "bounce_rate", "2025-02-10"),
        )
        measured = fewer["kpi_measurements"].drop(columns="unit_value_eur")
        found = proof(fewer | {"kpi_measurements": measured.assign(kpi_id="bounce_rate")})

        assert (found["clear"], found["gained"], found["next"]) == (True, True, "again")

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

    def test_asked_again_it_is_not_worked_out_again_and_is_the_asker_s_own(self, monkeypatch):
        asked = report(both(5))
        first = asked.proofs()
        first["rung"] = "changed"
        monkeypatch.setattr("kpilib.training.proof._proofs", None)
        assert asked.proofs()["rung"].tolist() == ["control"]  # counted in TestRung


class TestRead:
    @pytest.mark.parametrize(
        ("lang", "words"),
        [("en", ["Good: control group", "Run again; measure whether it lasts"]),
         ("fr", ["Bonne\u00a0: groupe témoin", "Reconduire\u00a0; mesurer si cela dure"])],
    )  # fmt: skip
    def test_in_words_and_closed(self, lang, words):
        frame = report(both(5) | {"costs": cost("T1", ("delivery", 500))}, lang=lang).proofs()
        told = table(frame)

        assert [each in told.iloc[0].tolist() for each in words] == [True, True]
        assert split_title(frame).startswith(("Each training", "Chaînes et preuves"))


class TestChain:
    def test_people_asked_are_counted_on_a_page_to_the_nearest_five(self, sample):
        exact, page = (
            kl.training_chain(each, "2026-10").iloc[2] for each in (sample, for_pages(sample))
        )

        assert exact["counted"] == f"{exact['denominator']:.0f} people asked"
        asked = int(page["counted"].split()[0])
        assert asked % 5 == 0 and abs(asked - exact["denominator"]) < 3

    def test_the_sample_counted_from_its_tables(self, sample):
        found = kl.training_chain(sample, "2026-10").set_index("level")
        first = pd.Timestamp("2024-11-01")

        members = pd.read_parquet(f"{SAMPLE}/tables/training_participants.parquet")
        plan = pd.read_parquet(f"{SAMPLE}/tables/trainings.parquet").set_index("training_id")
        began = pd.to_datetime(members["training_id"].map(plan["started_at"]))
        own = members[(began >= first) & (members["arm"] != "control")]
        judged = own[own["objective_met"].notna()]
        assert found.loc[2, "denominator"] == len(judged)
        assert found.loc[2, "numerator"] == judged["objective_met"].astype(bool).sum()

        waves = pd.read_parquet(f"{SAMPLE}/tables/survey_waves.parquet")
        closed = waves["closed_at"].dt.tz_convert("Europe/Paris").dt.tz_localize(None)
        asked = waves[waves["survey_kind"].eq("training_application") & (closed >= first)
                      & (closed < pd.Timestamp("2026-11-01"))]  # fmt: skip
        assert found.loc[3, "denominator"] == asked["invited_n"].sum()

    def test_the_fourth_level_counts_trainings_whose_effect_is_proven(self, sample):
        found = kl.training_chain(sample, "2026-10").iloc[3]
        told = kl.report("training", ("2024-11-01", "2026-10-31"), sample).proofs()
        clear = told["rung"].isin(["lot", "control"]) & (
            told["ci_low"].gt(0) | told["ci_high"].lt(0)
        )

        assert (found["numerator"], found["denominator"]) == (clear.sum(), len(told))

    def test_it_breaks_where_it_falls_deepest(self, sample):
        found = kl.training_chain(sample, "2026-10")
        falls = -found["value"].astype(float).diff()

        assert found.loc[falls.idxmax(), "breaks"]
        assert found["breaks"].sum() == 1

    def test_the_picture_has_a_bar_a_level_and_says_where(self, sample):
        rows = kl.training_chain(sample, "2026-10")
        ax = kl.plot.chain(rows)
        widths = sorted(bar.get_width() for group in ax.containers for bar in group)
        broken = rows[rows["breaks"]].iloc[0]

        assert [w for w in widths if w < 1] == pytest.approx(sorted(rows["value"]))
        assert f"breaks at level {broken['level']}" in ax.get_title(loc="left")

    def test_without_measurements_the_fourth_level_says_so(self):
        tables = small()
        del tables["kpi_measurements"]
        found = kl.training_chain(opened(tables), "2025-04").iloc[3]

        assert found["status"] == "no_data" and pd.isna(found["value"])

    def test_a_training_that_nobody_measured_breaks_no_chain(self):
        """Everybody was measured after it alone: whether it did anything is not known."""
        tables = small()
        measured = tables["kpi_measurements"]
        tables["kpi_measurements"] = measured[measured["phase"].ne("before")]
        found = kl.training_chain(opened(tables), "2025-04").iloc[3]

        assert found["status"] == "no_data" and not found["breaks"]

    def test_a_level_of_which_a_band_is_told_breaks_the_chain(self):
        """Of 70 % not one in ten at most: the fall is 60 points or more, not the 10 before it."""
        rows = pd.DataFrame({"value": [0.8, 0.7, None, 0.65], "ci_high": [0.9, 0.8, 0.1, None]})

        assert falls(rows).round(2).iloc[1:].tolist() == [0.1, 0.6, -0.55]
        found = kl.training_chain(opened(small()), "2025-04")
        found = found.assign(**rows, ci_low=0.0, breaks=found["level"].eq(3), unit="rate")
        ax = kl.plot.chain(found.assign(status=["ok", "ok", "not_additive", "ok"], counted=""))
        assert (
            ax.get_title(loc="left")
            .replace("\n", " ")
            .startswith("The chain breaks at level 3: between 0")
        )

    def test_one_training_measured_is_no_plural(self):
        assert kl.training_chain(opened(small()), "2025-04").iloc[3]["counted"] == (
            "one training measured"
        )

    def test_a_chain_that_never_falls_holds(self):
        found = kl.training_chain(opened(small()), "2025-04").assign(value=0.8, breaks=False)
        ax = kl.plot.chain(found.assign(status="ok", counted=""))

        assert "holds" in ax.get_title(loc="left")

    def test_of_one_level_alone_nobody_knows_whether_the_chain_holds(self):
        found = kl.training_chain(opened(small()), "2025-04").assign(breaks=False, counted="")
        ax = kl.plot.chain(found.assign(value=[0.8, *[float("nan")] * 3]))

        assert ax.get_title(loc="left") == "From liking to result"


class TestNext:
    def proofs(self):
        names = "name next rung roi".split()
        return pd.DataFrame([
            ("A", "again", "control", 0.5), ("B", "again", "lot", 2.0),
            ("C", "stop", "control", -0.9), ("D", "control", "trend", None),
        ], columns=names)  # fmt: skip

    def test_those_of_one_answer_stand_together(self):
        found = kl.what_next(self.proofs())

        assert found["next"].tolist() == ["again", "stop", "control"]
        assert found["trainings"][0] == [("A", 0.5), ("B", 2.0)]
        assert found["proofs"][0] == ["lot", "control"]  # the surest first

    def test_it_stands_open_with_the_return_where_it_is_isolated(self):
        frame = kl.what_next(self.proofs())
        text = table(frame)

        assert split_title(frame) == ""
        assert text.iloc[0, 1].replace(NO_BREAK, "") == "A (+50%), B (+200%)"
        assert text.iloc[2, 1] == "D"

    def test_of_nothing_measured_there_is_nothing_to_say(self):
        assert kl.what_next(self.proofs().head(0)).empty
