"""What goes with time in flow: counted by hand, found in the sample, never a person's answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.errors import KpilibError
from kpilib.labels import labels
from kpilib.language import speak
from kpilib.show.beforehand import for_pages
from kpilib.show.tables import split_title, table
from tests.worked import exactly, rows

WAVES = "survey_id wave survey_kind group_key invited_n closed_at"
GIVEN = (
    "response_id survey_id wave respondent_key group_key item_id dimension scale_min scale_max"
    " value answered_at"
)
TEN = range(1, 11)
DAY = "2025-06-10"


@pytest.fixture(autouse=True)
def english():
    speak("en"), write_for("en")


@pytest.fixture(scope="module")
def sample():
    return kl.open("data/sample")


def moments(flow):
    """Ten moments, all as able as ever: so many of them as hard as one's own mean or harder."""
    return [7.0 if number < flow else 1.0 for number in range(10)]


def company(teams, day=DAY, **more):
    """Teams ``{name: [(moments of ten in flow, said of feedback), ...]}``."""
    values = []
    for team, people in teams.items():
        for place, (flow, said) in enumerate(people):
            head = "flow", "1", f"{team}{place}", team
            for number, hard in enumerate(moments(flow)):
                for item, value in (("challenge", hard), ("skill", 4.0)):
                    values.append((*head, item, item, 1, 7, value, f"{day}T{number + 8:02}:00:00Z"))
            if said is not None:
                values.append((*head, "fb", "feedback", 1, 7, said, f"{day}T20:00:00Z"))
    keyed = [(f"r{number}", *value) for number, value in enumerate(values)]
    waves = [("flow", "1", "flow", team, len(people), "2025-06-30") for team, people in
             teams.items()]  # fmt: skip
    tables = {"survey_waves": rows(WAVES, *waves), "survey_responses": rows(GIVEN, *keyed)}
    return kl.open(tables, as_of="2025-06-30", **more)


RISING = [(1, 1.0), (2, 3.0), (3, 2.0), (4, 5.0), (5, 4.0), (6, 7.0)]  # ranks 1 3 2 5 4 6
LEVEL = [(1, 4.0), (2, 4.0), (3, 4.0), (4, 4.0), (5, 4.0)]


def found(data, period="2025-06", driver="feedback"):
    table = data.flow_drivers(period)
    own = table[table["driver"].eq(driver)]
    return own.set_index(own["group"].fillna("all"))


class TestByHand:
    def test_ranks_from_person_to_person(self):
        """Six people; differences of ranks 0 1 1 1 1 0: 1 - 6 x 4 / (6 x 35) = 0.8857."""
        row = found(company({"a": RISING})).loc["a"]

        assert (row["people"], row["correlation"]) == (6, exactly(1 - 24 / 210))
        error = ((1 + row["correlation"] ** 2 / 2) / 3) ** 0.5  # Bonett and Wright (2000)
        middle = np.arctanh(row["correlation"])
        assert row["ci_low"] == pytest.approx(np.tanh(middle - 1.959964 * error), rel=1e-6)
        assert row["ci_high"] == pytest.approx(np.tanh(middle + 1.959964 * error), rel=1e-6)
        exact = stats.permutation_test(
            (range(1, 7),), lambda first: stats.pearsonr(first, [1, 3, 2, 5, 4, 6])[0],
            permutation_type="pairings", n_resamples=720).pvalue  # fmt: skip
        assert row["p"] == pytest.approx(exact, abs=0.01)

    def test_who_was_not_asked_is_in_no_pair(self):
        row = found(company({"a": [*RISING, (9, None)]})).loc["a"]

        assert (row["people"], row["correlation"]) == (6, exactly(1 - 24 / 210))

    def test_all_alike_are_told_nothing_of(self):
        row = found(company({"a": LEVEL})).loc["a"]

        assert row["state"] == "few" and pd.isna(row["correlation"]) and pd.isna(row["p"])

    def test_p_values_are_adjusted_for_all_rows(self):
        table = company({"a": RISING, "b": RISING}).flow_drivers("2025-06")

        assert len(table) == 6  # feedback and challenge: everybody, and two teams
        assert table["p_holm"].min() == exactly(table["p"].min() * 6)

    def test_without_moments_the_questionnaire_is_what_goes_with_it(self):
        values = []
        for person in range(6):
            head = "flow", "1", f"p{person}", "a"
            values += [(*head, f"fks{item}", "flow", 1, 7, float(person + 1), DAY) for item in TEN]
            values.append((*head, "fb1", "feedback", 1, 7, float(7 - person), DAY))
        keyed = [(f"r{number}", *value) for number, value in enumerate(values)]
        data = kl.open({
            "survey_waves": rows(WAVES, ("flow", "1", "flow", "a", 6, "2025-06-30")),
            "survey_responses": rows(GIVEN, *keyed),
        }, as_of="2025-06-30")  # fmt: skip

        assert found(data).loc["a"]["correlation"] == exactly(-1.0)

    def test_without_answers_there_is_no_row(self, sample):
        assert sample.flow_drivers("2026-09").empty
        assert (
            kl.open({"leads": rows("lead_id created_at")}, as_of="2025-06-30")
            .flow_drivers("2025-06")
            .empty
        )

    def test_what_may_not_cut_answers_is_refused(self, sample):
        with pytest.raises(KpilibError):
            sample.flow_drivers("2026-10", by="respondent_key")


class TestPrivacy:
    """The attack knows who was asked and how figures are rounded, and reads all that is printed."""

    SMALL = [(1, 2.0), (4, 1.0), (6, 7.0)]

    def test_no_mean_nor_answer_stands_beside(self, sample):
        assert list(sample.flow_drivers("2026-10")) == [
            "by", "group", "driver", "people", "correlation", "ci_low", "ci_high", "p", "p_holm",
            "state",
        ]  # fmt: skip

    def test_few_are_hidden_and_the_smallest_shown_group_with_them(self):
        data = company({"few": self.SMALL, "a": RISING, "b": [*RISING, (7, 6.0)]})

        assert set(found(data).index) == {"all", "b"}  # all less a and b would be three people

    def test_few_who_answered_a_driver_are_hidden_however_many_told_of_moments(self):
        silent = [(flow, None) for flow, _ in RISING[:3]]
        data = company({"a": [*RISING[:4], *silent], "b": RISING, "c": [*RISING, (7, 6.0)]})

        assert set(found(data).index) == {"all", "c"}
        assert {"a", "b", "c"} <= set(found(data, driver="challenge").index)

    def test_a_quarter_is_hidden_where_one_of_its_months_is(self):
        both = company({"a": RISING})
        late = company({"a": self.SMALL}, day="2025-05-10")
        tables = {
            name: pd.concat([both.table(name, columns=list(WAVES.split())),
                             late.table(name, columns=list(WAVES.split()))])
            for name in ("survey_waves",)
        }  # fmt: skip
        answers = [each.table("survey_responses", columns=GIVEN.split()) for each in (both, late)]
        answers[1] = answers[1].assign(
            response_id="l" + answers[1]["response_id"], wave="0",
            respondent_key="l" + answers[1]["respondent_key"],
        )  # fmt: skip
        tables["survey_waves"]["wave"] = ["1", "0"]
        tables["survey_responses"] = pd.concat(answers)
        data = kl.open(tables, as_of="2025-06-30")

        assert len(found(data)) == 2  # June: everybody and the team
        assert data.flow_drivers("2025-Q2").empty

    def test_a_page_tells_tenths_and_what_follows_of_them(self, sample):
        shown = for_pages(sample).flow_drivers("2026-10")
        told = shown.dropna(subset=["correlation"])

        assert told["correlation"].between(-0.9, 0.9).all() and (told["people"] % 5 == 0).all()
        assert shown[["p", "p_holm"]].isna().all(axis=None)
        same = told.groupby(["people", "correlation"])[["ci_low", "ci_high"]].nunique()
        assert (same == 1).all(axis=None)  # the interval is of what is printed, and tells no more

    def test_of_two_printed_correlations_no_answer_of_the_one_who_left_follows(self):
        """Who reads the whole and a part that lacks one person: every answer stays possible."""
        rng = np.random.default_rng(3)
        flow, said = rng.integers(1, 10, (400_000, 7)), rng.integers(1, 8, (400_000, 7))
        fits = tenths(flow[:, :6], said[:, :6]) == self.printed(RISING)
        fits &= tenths(flow, said) == self.printed([*RISING, (7, 1.0)])
        left = fits.nonzero()[0]

        assert {*said[left, 6]} == {*range(1, 8)}
        assert {*flow[left, 6]} == {*range(1, 10)}

    @staticmethod
    def printed(people):
        return found(for_pages(company({"a": people}))).loc["a"]["correlation"]


def tenths(flow, said):
    """Return correlations, a row each, as a page has them; missing where all are alike."""
    ranks = [stats.rankdata(each, axis=1) - (each.shape[1] + 1) / 2 for each in (flow, said)]
    spread = np.sqrt(np.prod([(each**2).sum(axis=1) for each in ranks], axis=0))
    exact = (ranks[0] * ranks[1]).sum(axis=1) / np.where(spread > 0, spread, np.nan)
    return np.clip(np.floor(exact * 10 + 0.5) / 10, -0.9, 0.9)


class TestSample:
    def test_flow_goes_with_autonomy_and_in_one_team_with_feedback(self, sample):
        clear = for_pages(sample).flow_drivers("2026-10").query("state == 'clear'")

        assert [*zip(clear["driver"], clear["group"].fillna("all"), strict=True)] == [
            ("autonomy", "all"), ("feedback", "pedagogie")]  # fmt: skip

    def test_before_the_story_the_team_does_not_hang_on_feedback(self, sample):
        team = found(sample, "2026-04").loc["pedagogie"]

        assert team["state"] == "none" and abs(team["correlation"]) < 0.7

    def test_a_reader_is_told_it_in_one_line(self, sample):
        write_for("en", labels=labels(sample.folder, sample.settings))
        shown = for_pages(sample).flow_drivers("2026-10")

        assert split_title(shown) == "Flow goes with: Autonomy, Feedback (Training design)"
        first = table(shown).iloc[0].tolist()
        assert first == ["Autonomy", "everybody", "0.7 (0.4 to 0.9)", "beyond chance", "45"]
