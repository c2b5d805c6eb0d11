"""What page 06 shows: the chain, what follows, courses and figures, what has no price."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.errors import CompanyError
from kpilib.language import speak
from kpilib.settings import Settings, settings_of
from kpilib.show.tables import readable, split_title
from tests.show.test_proof import both
from tests.trainings import cost
from tests.worked import exactly, rows

SAMPLE = "data/sample"
NAMED = "training_id title topic started_at target_kpi_id"
NO_BREAK = "\u00a0"


@pytest.fixture(autouse=True)
def english():
    speak("en"), write_for("en")
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def sample():
    return kl.open(SAMPLE)


def small(gain=5, *, spent=500, sessions=None, **more):
    tables = both(gain) | {"costs": cost("T1", ("delivery", spent))}
    told = sessions or [("T1", "Calls", "sales", "2025-02-10", "sales")]
    return tables | {"trainings": rows(NAMED, *told)} | more


def opened(tables, **changes):
    data = kl.open(tables, as_of="2025-04-30")
    data.settings = data.settings.model_copy(update=changes)
    return data


def declared(**told):
    return {"intangibles": Settings.model_validate({"intangibles": told}).intangibles}


class TestChain:
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

    def test_a_chain_that_never_falls_holds(self):
        found = kl.training_chain(opened(small()), "2025-04").assign(value=0.8, breaks=False)
        ax = kl.plot.chain(found.assign(status="ok", counted=""))

        assert "holds" in ax.get_title(loc="left")


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
        text = readable(frame)

        assert split_title(frame) == ""
        assert text.iloc[0, 1].replace(NO_BREAK, "") == "A (+50%), B (+200%)"
        assert text.iloc[2, 1] == "D"

    def test_of_nothing_measured_there_is_nothing_to_say(self):
        assert kl.what_next(self.proofs().head(0)).empty


class TestGoals:
    def test_a_proven_effect_one_within_chance_and_a_goal_without_figure(self):
        again = ("T2", "Knitting", "crafts", "2025-02-10", None)
        one = ("T1", "Calls", "sales", "2025-02-10", "sales")
        found = kl.training_goals(opened(small(sessions=[one, again])), "2025-04").set_index("goal")

        assert found.loc["Calls", ["kpi", "arrow", "state"]].tolist() == ["sales", "↑", "proven"]
        assert found.loc["Knitting", "state"] == "none" and pd.isna(found.loc["Knitting", "kpi"])

        flat = kl.training_goals(opened(small(0)), "2025-04").iloc[0]
        assert (flat["arrow"], flat["state"]) == ("→", "nothing")

    def test_without_control_group_the_change_is_not_isolated(self):
        tables = small() | both(5, control=False)
        found = kl.training_goals(opened(tables), "2025-04").iloc[0]

        assert (found["arrow"], found["state"]) == ("↑", "raw")

    def test_without_declared_figure_the_topic_proposes_one(self):
        tables = small(sessions=[("T1", "E-mailing", "marketing", "2025-02-10", None)])
        found = kl.training_goals(opened(tables), "2025-04").iloc[0]

        assert (found["kpi"], bool(found["declared"])) == ("click_rate", False)
        assert found["state"] == "missing"  # nobody sent a mailing

    def test_the_matrix_for_a_reader(self, sample):
        frame = kl.training_goals(sample, "2026-10")
        text = readable(frame)

        assert len(text) == frame["goal"].nunique()
        assert split_title(frame) == "Courses and their figures"
        without = frame.loc[frame["state"].eq("none"), "goal"]
        assert text.loc[text["Course"].isin(without), text.columns[-1]].eq("×").all()

    def test_without_trainings_there_is_no_matrix(self):
        tables = small()
        del tables["trainings"]

        assert kl.training_goals(opened(tables), "2025-04").empty


class TestImproved:
    def tables(self, day="2025-03-01"):
        names = "action_id kind training_id version started_at description reason expected_effect"
        return small(actions=rows(
            names,
            ("x", "improvement", "T1", "v2", day, "Real calls", "Role plays bored", "More calls"),
            ("y", "campaign", None, None, "2025-01-01", "Ads", "", ""),
        ))  # fmt: skip

    def test_what_why_expected_and_measured(self):
        [row] = kl.improvements(opened(self.tables()), "2025-04").to_dict("records")

        assert (row["name"], row["version"], row["reason"]) == ("Calls", "v2", "Role plays bored")
        assert row["state"] == "unknown" and pd.isna(row["value"])

    def test_one_of_next_month_is_not_in_it(self):
        assert kl.improvements(opened(self.tables("2025-05-01")), "2025-04").empty

    def test_the_sample_has_the_figure_of_the_card(self, sample):
        [row] = kl.improvements(sample, "2026-10").to_dict("records")
        card = sample.evaluate("improvement_effect", "2026-10", by="training_id").iloc[0]

        assert row["value"] == exactly(card["value"])
        assert row["state"] == "few"  # one session each
        frame = kl.improvements(sample, "2026-10")
        assert "proves nothing" in readable(frame).to_string()
        assert split_title(frame) == "Improvements: expected, measured"


class TestIntangibles:
    def test_by_training_and_by_title_and_none_declared(self):
        told = declared(T1=["Fewer quarrels"], Calls=[{"what": "Pride", "seen": "talks"}])
        found = kl.intangibles(opened(small(), **told), "2025-04")

        assert found[["name", "what", "seen"]].to_numpy().tolist() == [
            ["Calls", "Fewer quarrels", ""], ["Calls", "Pride", "talks"],
        ]  # fmt: skip
        none = kl.intangibles(opened(small()), "2025-04")
        assert none["what"].isna().all() and "none declared" in readable(none).to_string()

    def test_they_stand_in_the_frame_of_the_return_and_move_nothing(self):
        data = opened(small(), **declared(Calls=["Fewer quarrels", "Pride"]))
        with_, without = (
            kl.report("training", "2025-04", each).figures("training_roi", by="training_id")
            for each in (data, opened(small()))
        )

        assert with_["intangibles"].tolist() == ["Fewer quarrels; Pride"]
        assert without["intangibles"].tolist() == [""]
        assert with_["value"].tolist() == without["value"].tolist()

    @pytest.mark.parametrize("price", ["worth 3,000 €", "saves 20 EUR a day", "3 euros"])
    def test_a_price_is_refused(self, tmp_path, price):
        (tmp_path / "company.yaml").write_text(
            f'name: A\nintangibles:\n  Calls:\n    - "Pride, {price}"\n', encoding="utf-8"
        )
        with pytest.raises(CompanyError, match="never priced"):
            settings_of(tmp_path)


class TestSatisfactionByWay:
    def test_answers_are_pooled_by_the_way_of_their_training(self, sample):
        ways = kl.training_ways(sample, "2026-10").set_index("method")["satisfied"]
        plan = pd.read_parquet(f"{SAMPLE}/tables/trainings.parquet")
        answers = pd.read_parquet(f"{SAMPLE}/tables/survey_responses.parquet")
        waves = pd.read_parquet(f"{SAMPLE}/tables/survey_waves.parquet")
        liking = waves.loc[waves["survey_kind"].eq("training_reaction"), ["survey_id", "wave"]]
        own = answers[answers["value"].notna()].merge(liking.drop_duplicates())
        days = own["answered_at"].dt.tz_convert("Europe/Paris").dt.tz_localize(None)
        own = own[(days >= pd.Timestamp("2024-11-01")) & (days < pd.Timestamp("2026-11-01"))]
        own = own.merge(
            plan[["training_id", "method"]], left_on="survey_id", right_on="training_id"
        )
        turned = own["scale_min"] + own["scale_max"] - own["value"]
        given = own["value"].where(~own["is_reversed"].astype(bool), turned)
        liked = own.assign(liked=given >= own["scale_max"] - 1).groupby("method")["liked"]

        assert ways.to_dict() == pytest.approx(liked.mean().to_dict())

    def test_it_stands_beside_what_is_expected(self, sample):
        assert "Liked" in readable(kl.training_ways(sample, "2026-10")).columns
