"""What a company says of its surveys, from its file to the figures of an import."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.errors import CompanyError, ContractError
from kpilib.sources.imports import Asked, import_files
from kpilib.sources.keys import key
from kpilib.sources.survey_file import FILE, Survey, said, standard, surveys_of
from tests.sources.test_surveymonkey import HEADER, PEOPLE, SECOND
from tests.sources.twins_answers import NPS_EN, NPS_FR, table

PULSE = """\
surveys:
  pulse:
    kind: engagement
    scale: 1-5
    wave: 2026 autumn
    opened: 2026-09-07
    closed: 2026-09-25
    group: Which team?
    invited: {Sales: 7, IT: 2}
    questions:
      How much do you agree?:
        dimension: work
"""


@pytest.fixture
def company(tmp_path, monkeypatch):
    monkeypatch.setenv("KPILIB_KEY", "a key that is long enough for the tests")
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "company.yaml").write_text("name: Acme\n", encoding="utf-8")
    return folder


def put(folder, name: str, text: str):
    path = folder.parent / name
    path.write_text(text, encoding="utf-8")
    return path


class TestImport:
    def test_answers_and_waves_are_tables_of_the_company(self, company):
        (company / FILE).write_text(PULSE, encoding="utf-8")
        file = put(company, "answers.csv", table(HEADER, SECOND, *PEOPLE))
        heard: list[str] = []

        import_files([file], company, say=heard.append)

        # 6 of the 9 who were asked
        rate = kl.open(company).evaluate("survey_response_rate", "2026-09")
        assert rate["value"].iloc[0] == pytest.approx(6 / 9)
        assert any("engagement on 1-5 of pulse" in line for line in heard)
        tables = company / "tables"
        before = {each.name: each.read_bytes() for each in tables.iterdir()}
        import_files([file], company, Asked(again=True), say=heard.append)
        assert {each.name: each.read_bytes() for each in tables.iterdir()} == before

    def test_told_on_the_command_line(self, company):
        text = table(HEADER, SECOND, *PEOPLE)
        file = put(company, "answers.csv", text)

        told = {"how much do you agree? | Tools": "csat 1-5"}
        import_files([file], company, Asked(told=told), say=lambda _: None)

        # tools: 5, 4, 3 and three times 3: two of six
        csat = kl.open(company).evaluate("csat", "2026-09")
        assert csat["value"].iloc[0] == pytest.approx(2 / 6)

    def test_two_files_of_one_survey_agree_on_its_wave(self, company):
        (company / FILE).write_text(PULSE, encoding="utf-8")
        files = [
            put(company, "one.csv", table(HEADER, SECOND, *PEOPLE[:3])),
            put(company, "two.csv", table(HEADER, SECOND, *PEOPLE[3:])),
        ]

        import_files(files, company, say=lambda _: None)

        rate = kl.open(company).evaluate("survey_response_rate", "2026-09")
        assert rate["value"].iloc[0] == pytest.approx(6 / 9)

    def test_nothing_is_written_when_nothing_says_what_the_columns_are(self, company):
        file = put(company, "answers.csv", table(HEADER, SECOND, *PEOPLE))

        with pytest.raises(ContractError, match="Nothing says it"):
            import_files([file], company, say=lambda _: None)
        assert not (company / "tables").exists()


class TestFile:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (("scale: 1-5", "scale: 5"), "is not a scale"),
            (("kind: engagement", "kind: pulse"), "pulse.kind"),
            (("kind: engagement", "kind: enps"), "0-10 only"),
            (("    opened: 2026-09-07\n", ""), "first and the last day of the wave"),
            (("invited: {Sales: 7, IT: 2}", "invited: 9"), "by group"),
            (("dimension:", "dimensoin:"), "Did you mean 'dimension'"),
        ],
    )
    def test_faults_name_the_line(self, company, change, words):
        (company / FILE).write_text(PULSE.replace(*change), encoding="utf-8")

        with pytest.raises(CompanyError, match=rf"surveys\.yaml:\d+: .*{words}"):
            surveys_of(company)

    def test_usual_labels_are_of_some_scales(self):
        with pytest.raises(ValueError, match="usual labels for 4, 5, 7 answers, and 0-10 has 11"):
            Survey(kind="csat", scale="0-10", questions={"Q": None}, labels="agreement")

    def test_labels_are_as_many_as_the_scale(self):
        with pytest.raises(ValueError, match="2 labels for the scale 1-5"):
            Survey(kind="csat", scale="1-5", questions={"Q": None}, labels=["no", "yes"])

    def test_no_file_says_nothing(self, company):
        assert surveys_of(company) == {}

    def test_few_words(self):
        assert said("csat 1-5 reversed work load") == {
            "kind": "csat", "scale": "1-5", "reversed": True, "dimension": "work load",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        (NPS_EN, "nps"),
        (NPS_FR, "nps"),
        ("De 0 à 10, dans quelle mesure recommanderiez\u00a0-vous Acme ?", "nps"),
        ("On a scale of 0-10, how likely are you to recommend Acme as a place to work?", "enps"),
        ("De 0 à 10, recommanderiez-vous Acme comme employeur ?", "enps"),
        ("How likely are you to recommend us?", None),
        ("On a scale of 1 to 10, how likely are you to recommend us?", None),
        ("On a scale of 0 to 10, how likely are you to recommend this training?", None),
        ("On a scale of 0 to 10, how satisfied are you?", None),
    ],
)
def test_standard_questions(question, kind):
    found = standard(key(question))

    assert (found.kind if found else None) == kind
