"""Courses beside each other: figures to move, ways of training, what was improved."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from scipy import stats

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.language import speak
from kpilib.show.tables import split_title, table
from tests.trainings import both, opened, small
from tests.worked import exactly, rows

SAMPLE = "data/sample"
NO_BREAK = "\u00a0"


@pytest.fixture(autouse=True)
def english():
    speak("en"), write_for("en")
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def sample():
    return kl.open(SAMPLE)


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
        text = table(frame)

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
        frame = kl.improvements(sample, "2026-10").set_index("training_id")
        card = sample.evaluate("improvement_effect", "2026-10", by="training_id").iloc[0]
        row = frame.loc["tr_2510_relance"]

        assert row["value"] == exactly(card["value"])
        assert row["value"] == exactly(100 * (row["after"] - row["before"]))
        assert row["state"] == "few"  # one session each
        assert frame["reason"].notna().all()
        frame = frame.reset_index()
        assert "proves nothing" in table(frame).to_string()
        assert split_title(frame) == "Improvements: expected, measured"

    def test_without_a_return_versions_are_compared_by_what_people_learnt(self, sample):
        """Counted by pandas: marks after - before of people with both, in points of 100."""
        frame = kl.improvements(sample, "2026-10").set_index("training_id")
        marks = pd.read_parquet(f"{SAMPLE}/tables/kpi_measurements.parquet")
        plan = pd.read_parquet(f"{SAMPLE}/tables/trainings.parquet").set_index("training_id")
        marks = marks[marks["kpi_id"].eq("knowledge_score")].dropna(subset="value")
        marks["points"] = 100 * marks["value"] / marks["max_value"]
        wide = marks.pivot(
            index=["training_id", "subject_key"], columns="phase", values="points"
        ).dropna(subset=["before", "after"])
        gain = (wide["after"] - wide["before"]).rename("gain").reset_index()
        gain = gain.join(plan[["title", "started_at"]], on="training_id")
        began = pd.to_datetime(gain["started_at"])
        for training, state in (("tr_2604_1", "clear"), ("tr_2510_2", "none")):
            row = frame.loc[training]
            own = gain[gain["title"].eq(row["name"]) & (began >= "2024-11-01")]
            late = began[own.index] >= row["started_at"]
            sides = [own.loc[side, "gain"] for side in (~late, late)]
            assert [row["before"], row["after"]] == pytest.approx([s.mean() for s in sides])
            assert row["value"] == exactly(row["after"] - row["before"])
            low, high = stats.ttest_ind(*sides[::-1], equal_var=False).confidence_interval()
            assert [row["ci_low"], row["ci_high"]] == pytest.approx([low, high], abs=0.5)
            assert row["state"] == state

    def test_no_measurable_effect_is_said(self, sample):
        told = table(kl.improvements(sample, "2026-10")).set_index("Training")
        assert told.loc["Excel avancé", "What is known"] == "no measurable effect"


def of_methods(data):
    ways = kl.training_ways(data, "2026-10")
    return ways[ways["by"].eq("method")].set_index("way")


class TestSatisfactionByWay:
    def test_answers_are_pooled_by_the_way_of_their_training(self, sample):
        ways = of_methods(sample)["satisfied"]
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
        assert "Liked" in table(kl.training_ways(sample, "2026-10")).columns


def tutored():
    """Ten people with a tutor, who all complete; ten without, of whom five do."""
    names = [("T1", f"a{number}", True) for number in range(10)]
    names += [("T2", f"b{number}", number < 5) for number in range(10)]
    return {
        "trainings": rows(
            "training_id title started_at ended_at is_tutored",
            ("T1", "Calls", "2025-02-10", "2025-02-12", True),
            ("T2", "Calls", "2025-02-10", "2025-02-12", False),
        ),
        "training_participants": rows(
            "training_id person_key arm hours_attended completed_at",
            *((own, key, "treated", 7.0, "2025-02-12" if done else None)
              for own, key, done in names),
        ),
    }  # fmt: skip


@pytest.fixture(scope="module")
def ways():
    return of_methods(kl.open("data/sample"))


class TestWays:
    def test_what_is_expected_stands_beside_what_was_found(self, ways):
        assert ways.loc["blended", "expected"] == "High, if well combined"
        assert ways.loc["blended", "drawbacks"] == "needs careful planning"
        assert ways.loc["adaptive", "expected"] == ""
        data = kl.open("data/sample")
        span = ("2024-11-01", "2026-10-31")
        gain = data.evaluate("knowledge_gain", span, by="method").set_index("method")["value"]
        assert ways["gain"].to_dict() == pytest.approx(gain.to_dict())

    def test_lengths_and_games_are_ways_too(self):
        """Counted by pandas from the tables: completed of those who started, two years."""
        found = kl.training_ways(kl.open(SAMPLE), "2026-10").set_index(["by", "way"])
        members = pd.read_parquet(f"{SAMPLE}/tables/training_participants.parquet")
        plan = pd.read_parquet(f"{SAMPLE}/tables/trainings.parquet").set_index("training_id")
        own = members.join(plan[["started_at", "duration_h", "is_gamified"]], on="training_id")
        began = pd.to_datetime(own["started_at"])
        own = own[(began >= "2024-11-01") & (began < "2026-11-01") & own["arm"].ne("control")]
        own = own[(own["hours_attended"] > 0) | own["completed_at"].notna()]
        for by in ("duration_h", "is_gamified"):
            share = own["completed_at"].notna().groupby(own[by].astype(str).str.lower()).mean()
            assert found.loc[by, "completed"].to_dict() == pytest.approx(share.to_dict())
        assert list(found.loc["duration_h", "name"])[0] == f"3.50{NO_BREAK}h"

    def test_what_is_known_of_one_way_alone_compares_nothing(self):
        ways = kl.training_ways(opened(small()), "2025-04")
        assert set(ways["by"]) <= {"method"}

    def test_with_a_tutor_or_without(self):
        tables = tutored()
        ways = kl.training_ways(opened(tables), "2025-04").query("by == 'is_tutored'")
        assert ways.set_index("name")["completed"].to_dict() == {
            "With a tutor": 1.0,
            "Without a tutor": 0.5,
        }

    def test_too_few_are_not_ranked(self, ways):
        assert ways["ranked"].to_dict() == {
            way: count >= 3 for way, count in ways["trainings"].items()
        }
        assert 0 < ways["ranked"].sum() < len(ways)

    def test_as_a_reader_reads_it(self, ways):
        frame = ways.reset_index()
        text = table(frame).to_string()

        assert split_title(frame) == "Ways of training compared"
        assert "too few to rank" in text and "nan" not in text
