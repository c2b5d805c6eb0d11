"""Groups of participants compared with the largest of them: counted by hand, and on the sample."""

from __future__ import annotations

import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

import kpilib as kl
from kpilib.answers.groups_apart import OF_EACH
from kpilib.display.numbers import write_for
from kpilib.language import speak
from kpilib.methods.call import Call
from kpilib.show.beforehand import for_pages
from kpilib.show.figure import _frame
from kpilib.show.tables import split_title, table
from kpilib.topics.catalogue import kpi as definition
from kpilib.training.collecting import COLUMNS
from tests.trainings import AFTER, BEFORE, opened
from tests.worked import exactly, rows

MONTH = "2025-04"
CLASSROOM, ONLINE = [10, 10, 20, 20, 30, 30], [40, 40, 50, 60, 60]


@pytest.fixture(autouse=True)
def english():
    speak("en"), write_for("en")


@pytest.fixture(scope="module")
def sample():
    return kl.open("data/sample")


def gained(sessions):
    """Trainings ``{id: (method, gains)}`` whose people had a mark of 20 of 100 before."""
    names = "training_id subject_key kpi_id phase value max_value period_start period_end"
    marks = [
        (training, f"{training}p{number}", "knowledge_score", phase, mark, 100.0, *days)
        for training, (_, gains) in sessions.items()
        for number, gain in enumerate(gains)
        for phase, mark, days in (("before", 20.0, BEFORE), ("after", 20.0 + gain, AFTER))
    ]
    plan = [(name, method, "2025-02-10") for name, (method, _) in sessions.items()]
    members = rows("training_id person_key arm", *((line[0], line[1], "treated")
                                                   for line in marks[::2]))  # fmt: skip
    return {
        "kpi_measurements": rows(names, *marks),
        "trainings": rows("training_id method started_at", *plan),
        "training_participants": members,
    }


def applied(sessions):
    """Sessions ``(method, answers)`` of six who were asked: whoever answered applies it often."""
    waves, given = [], []
    for number, (method, answers) in enumerate(sessions):
        name = f"{method}{number}"
        waves.append((name, "1", "training_application", 6, "2025-04-20"))
        given += [(name, "1", f"{name}p{each}", "q1", 5.0, 1.0, 5.0, False, "2025-04-10", name)
                  for each in range(answers)]  # fmt: skip
    return {
        "survey_waves": rows("survey_id wave survey_kind invited_n closed_at", *waves),
        "survey_responses": rows(
            "survey_id wave respondent_key item_id value scale_min scale_max is_reversed "
            "answered_at subject_id", *given),
        "trainings": rows("training_id method started_at",
                          *((wave[0], wave[0][0], "2025-02-10") for wave in waves)),
    }  # fmt: skip


def each_alone(**methods):
    """Every person in a session of their own, so that the session counts as the person does."""
    return {f"{method}{number}": (method, [gain])
            for method, gains in methods.items() for number, gain in enumerate(gains)}  # fmt: skip


class TestByHand:
    def test_a_difference_its_chance_and_its_size(self):
        """Means 50 and 20. Squares 400 and 400: variances 400 / 4 / 5 = 20 and 400 / 5 / 6 =
        13.33 of the means, standard error 5.77 (Welch's). g = 30 / sqrt(800 / 9) x (1 - 3 / 35)."""
        tables = gained(each_alone(classroom=CLASSROOM, online=ONLINE))
        [row] = kl.training_differences(opened(tables), MONTH).to_dict("records")

        assert (row["group"], row["against"], row["people"]) == ("online", "classroom", 5)
        assert row["difference"] == exactly(30.0)
        assert row["hedges_g"] == exactly(30 / (800 / 9) ** 0.5 * 32 / 35)
        half = (row["ci_high"] - row["ci_low"]) / 2
        assert 2.26 < half / (100 / 3) ** 0.5 < 2.31  # t of 9 degrees and of 8
        assert row["p_holm"] == row["p"] < 0.001  # one comparison needs no adjustment
        assert row["state"] == "clear"

    def test_people_of_few_sessions_prove_nothing(self):
        sessions = {"a": ("classroom", CLASSROOM), "b": ("online", ONLINE)}
        [row] = kl.training_differences(opened(gained(sessions)), MONTH).to_dict("records")

        assert row["difference"] == exactly(30.0)
        assert row["state"] == "few" and pd.isna(row["p"]) and pd.isna(row["ci_low"])

    def test_groups_below_five_are_in_no_comparison(self):
        """Three of one way are hidden, and the smallest other way with them: one is left."""
        tables = gained(each_alone(classroom=CLASSROOM, online=ONLINE, tiny=[1, 2, 3]))
        data = opened(tables)
        shown = data.evaluate("knowledge_gain", MONTH, by="method").query("status == 'ok'")
        found = kl.training_differences(data, MONTH)

        assert "tiny" not in {*shown["method"]}
        assert {*found["group"], *found["against"]} <= {*shown["method"]}

    def test_who_was_invited_and_did_not_answer_does_not_apply(self):
        """Six of six answer that they often do; of six invited elsewhere, five answer so."""
        tables = applied([("a", 6), ("b", 5)] * 6)
        found = kl.training_differences(opened(tables), MONTH).set_index("kpi")
        row = found.loc["skill_application_rate"]

        assert sorted([row["value"], row["value_against"]]) == exactly([5 / 6, 1.0])
        assert abs(row["difference"]) == exactly(1 / 6)

    def test_a_survey_about_several_trainings_is_no_way_to_differ_from(self):
        """Five of ten and seven of ten apply it; of twenty asked about both at once, sixteen."""
        asked = [("T1", 10), ("T2", 10), ("both", 20)]
        answers = [("T1", None, 5), ("T2", None, 7), ("both", "T1", 8), ("both", "T2", 8)]
        given = [(survey, f"{survey}{subject}{each}", subject)
                 for survey, subject, count in answers for each in range(count)]  # fmt: skip
        tables = {
            "survey_waves": rows("survey_id invited_n", *asked).assign(
                wave="1", survey_kind="training_application", closed_at="2025-04-20"
            ),
            "survey_responses": rows("survey_id respondent_key subject_id", *given).assign(
                wave="1", item_id="q", value=5.0, scale_min=1, scale_max=5, is_reversed=False,
                answered_at="2025-04-10",
            ),
            "trainings": rows("training_id method started_at", ("T1", "a", "2025-02-10"),
                              ("T2", "b", "2025-02-10")),
        }  # fmt: skip
        data = opened(tables)
        found = kl.training_differences(data, MONTH)
        shown = data.evaluate("skill_application_rate", MONTH, by="method").set_index("method")

        assert shown["value"].to_dict() == {"(unknown)": 0.8, "a": 0.5, "b": exactly(0.7)}
        assert {*found["group"], *found["against"]} == {"a", "b"}

    def test_where_no_chance_is_known_a_reader_is_told_the_difference_alone(self):
        """Six of six and five of six, one session each: no interval in the whole frame."""
        data = opened(applied([("a", 6), ("b", 5)]))
        found = table(kl.training_differences(data, MONTH))

        assert found["Difference"].tolist() == ["−16.7\u00a0pt"]
        assert found["What is known"].tolist() == ["too few sessions"]

    def test_where_nothing_is_compared_a_page_says_of_what_there_is_nothing(self):
        found = kl.training_differences(opened(applied([("a", 6)])), MONTH)

        assert "Nothing to tell (Ways tested)." in _frame(found)
        nothing = pd.DataFrame(columns=list(COLUMNS))  # whose title says how many of how many
        assert "<p>Nothing to tell.</p>" in _frame(nothing)


class TestSample:
    def test_the_people_compared_are_those_of_the_figure(self, sample):
        span = sample.period("2026-10").ending("24m")
        compared = 0
        for name, each in OF_EACH.items():
            shown = sample.over([name], [span], by="method").query("status == 'ok'")
            shown = shown.set_index("method")["value"]
            call = Call(tables=sample.tables, kpi=definition(name), periods=[span], by="method")
            for group, own in each(call, span):
                if group in shown.index:
                    assert own["value"].mean() == exactly(shown[group])
                    compared += 1
        assert compared > 10

    def test_every_comparison_of_a_call_is_adjusted_for_all_others(self, sample):
        found = kl.training_differences(sample, "2026-10")
        tested = found[found["p"].notna()]

        assert len(tested) > 10
        adjusted = multipletests(tested["p"].astype(float), method="holm")[1]
        assert tested["p_holm"].tolist() == pytest.approx(adjusted.tolist())

    def test_a_page_says_no_more_than_the_figures_printed_on_it(self, sample):
        exact = kl.training_differences(sample, "2026-10").set_index(["by", "kpi", "group"])
        found = kl.training_differences(for_pages("data/sample"), "2026-10")

        assert found[["p", "p_holm", "hedges_g"]].isna().all(axis=None)
        apart = found["value"] - found["value_against"]
        assert found["difference"].tolist() == pytest.approx(apart.tolist(), abs=1e-9)
        known = found.dropna(subset="ci_low").set_index(["by", "kpi", "group"])
        own = exact.loc[known.index]
        assert ((known["ci_low"] < own["ci_low"]) & (known["ci_high"] > own["ci_high"])).all()

    def test_for_a_reader(self, sample):
        found = kl.training_differences(for_pages("data/sample"), "2026-10")
        text = table(found)

        assert split_title(found) == "Ways tested"
        assert list(text) == ["Figure", "Group", "Against the largest", "Difference",
                              "What is known"]  # fmt: skip
        assert set(text["What is known"]) <= {
            "beyond chance", "no clear difference", "too few sessions"
        }  # fmt: skip

    def test_in_french_a_colon_stands_apart(self):
        write_for("fr")
        try:
            text = table(kl.training_differences(for_pages("data/sample"), "2026-10"))
        finally:
            write_for("en")
        assert text.iloc[:, 1].str.contains("\u00a0: ").all()
        assert not text.iloc[:, 3].str.contains("inchangé").any()  # nothing changed or did not
