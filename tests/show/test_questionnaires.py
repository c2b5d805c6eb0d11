"""Questionnaires of a training: a page to print, and answers that come back by kpilib import."""

from __future__ import annotations

import csv
import shutil

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

import kpilib as kl
from kpilib.cli import commands
from kpilib.errors import UnknownName
from kpilib.language import LANGUAGES
from kpilib.show.questionnaires import ESTIMATES, QUESTION_WORDS, questionnaire
from tests.worked import exactly, rows

PLAN = rows(
    "training_id title topic method started_at ended_at",
    ("calls", "Calls & quotes", "sales", "blended", "2026-03-02", "2026-03-04"),
)
MEMBERS = rows(
    "training_id person_key arm",
    *(("calls", f"p{number}", "treated") for number in range(8)),
    ("calls", "c", "control"),
)


@pytest.fixture
def company(tmp_path, monkeypatch):
    monkeypatch.setenv("KPILIB_KEY", "a key that is long enough for the tests")
    folder = tmp_path / "acme"
    (folder / "tables").mkdir(parents=True)
    (folder / "company.yaml").write_text("name: Acme\n", encoding="utf-8")
    PLAN.to_csv(folder / "tables/trainings.csv", index=False)
    MEMBERS.to_csv(folder / "tables/training_participants.csv", index=False)
    return folder


def run(*words):
    return CliRunner().invoke(commands, [str(word) for word in words], catch_exceptions=False)


def answered(file, month, answers):
    """Fill in the CSV: one row a form, as a sheet of answers has them."""
    header = next(csv.reader(file.read_text("utf-8").splitlines()))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        for number, given in enumerate(answers):
            writer.writerow([f"2026-{month}-20 09:{number:02d}:00", *given])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("when", QUESTION_WORDS)
class TestPage:
    def test_it_needs_nothing_else_and_asks_what_the_columns_hold(
        self, company, tmp_path, when, lang
    ):
        page, answers, _ = questionnaire(kl.open(company), "calls", when, lang, tmp_path / "q")
        html = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        header = next(csv.reader(answers.read_text("utf-8").splitlines()))

        assert html.html["lang"] == lang and html.h1.get_text() == "Calls & quotes"
        assert not html.select("script, link, img, iframe, [src]")
        asked = [each.get_text().partition(". ")[2] for each in html.select("legend")]
        assert asked[:-1] == header[1:]  # the open question stays on paper
        assert len(html.select("input[type=radio]")) == 5 * (len(header) - 1)


class TestBack:
    def back(self, company, tmp_path, when, lang, month, answers):
        res = run("questionnaire", "calls", "--when", when, "--lang", lang, "--data", company,
                  "--out", tmp_path / "q")  # fmt: skip
        assert res.exit_code == 0, res.output
        name = f"calls-{when}-{lang}"
        shutil.copy(tmp_path / f"q/{name}.surveys.yaml", company / "surveys.yaml")
        file = tmp_path / f"q/{name}.csv"
        answered(file, month, answers)
        res = run("import", file, "--data", company)
        assert res.exit_code == 0, res.output
        return kl.open(company, as_of="2026-12-31")

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_satisfaction_comes_back(self, company, tmp_path, lang):
        # six forms of three answers: 4 and 5 are 2 + 1 + 3 + 0 + 3 + 2 = 11 of 18
        given = [(5, 4, 3), (4, 3, 2), (5, 5, 5), (1, 2, 3), (4, 4, 4), (5, 3, 5)]
        data = self.back(company, tmp_path, "after", lang, "03", given)
        row = data.evaluate("training_satisfaction", "2026-03", by="training_id").iloc[0]

        assert row["training_id"] == "calls"
        assert row["value"] == exactly(11 / 18)

    def test_application_is_of_those_who_were_asked(self, company, tmp_path):
        # five of eight answer; three do at least one thing often: 3 / 8
        given = [(4, 1, 1), (1, 1, 5), (2, 2, 2), (1, 1, 1), (5, 5, 5)]
        data = self.back(company, tmp_path, "later", "en", "05", given)
        # asked until 90 days after 4 March: 2 June
        row = data.evaluate("skill_application_rate", "2026-06", by="training_id").iloc[0]

        assert (row["training_id"], row["denominator"]) == ("calls", 8)
        assert row["value"] == exactly(3 / 8)

    def test_what_is_asked_before_comes_back_and_is_no_satisfaction(self, company, tmp_path):
        data = self.back(company, tmp_path, "before", "en", "02", [(1, 2, 3)] * 6)
        waves = pd.read_parquet(company / "tables/survey_waves.parquet")

        assert waves[["survey_id", "survey_kind", "wave"]].iloc[0].tolist() == [
            "calls", "poll", "start",
        ]  # fmt: skip
        assert data.evaluate("training_satisfaction", "2026-02")["value"].isna().all()


class TestEstimates:
    @pytest.mark.parametrize("lang", LANGUAGES)
    @pytest.mark.parametrize("when", ESTIMATES)
    def test_a_page_with_lines_and_a_row_a_participant(self, company, tmp_path, when, lang):
        made = questionnaire(kl.open(company), "calls", when, lang, tmp_path / "q")
        page, answers = made
        html = BeautifulSoup(page.read_text("utf-8"), "html.parser")

        assert len(html.select("legend")) == 5 and not html.select("input, script, link")
        assert len(html.select(".line")) == 4 + 3
        given = pd.read_csv(answers)
        assert given["person_key"].tolist() == [f"p{number}" for number in range(8)]
        assert set(given["estimated_by"]) == {ESTIMATES[when]}
        assert given[["gain_eur", "share", "confidence"]].isna().all(axis=None)

    def test_they_come_back_as_the_effect_that_is_estimated(self, company, tmp_path):
        # the lower of two counts, no answer is none: of p0 200 x 50 % x 80 % = 80 of the manager,
        # of p1 to p5 1000 x 40 % x 50 % = 200 each, of p6 and p7 nothing: 1,080
        told = {
            "estimate": [("1 000,00", "50%", "0.8"), *[("1000", "40%", "0.5")] * 5],
            "manager": [("200", "50%", "80%")],
        }
        for when, given in told.items():
            run("questionnaire", "calls", "--when", when, "--data", company, "--out", tmp_path)
            file = tmp_path / f"calls-{when}-en.csv"
            rows = pd.read_csv(file, dtype=str).head(len(given) if when == "manager" else 8)
            for number, amounts in enumerate(given):
                rows.loc[number, ["gain_eur", "share", "confidence"]] = amounts
            rows.to_csv(file, index=False)
            res = run("import", file, "--data", company)
            assert res.exit_code == 0, res.output
        row = kl.open(company, as_of="2026-12-31").evaluate(
            "training_effect_estimate", "2026-06", by="training_id"
        ).iloc[0]  # fmt: skip

        assert row["value"] == exactly(1080)
        assert (row["n"], row["details"]["asked_people"]) == (6, 8)


class TestRefused:
    def test_an_unknown_training_names_the_nearest(self, company, tmp_path):
        with pytest.raises(UnknownName, match="Did you mean 'calls'"):
            questionnaire(kl.open(company), "cals", "after", "en", tmp_path)
        assert run("questionnaire", "cals", "--data", company).exit_code == 2
