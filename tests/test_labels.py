"""labels.csv: what codes are called, every fault at once, and nothing that a fault repeats."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.numbers import Formatter, reader, write_for
from kpilib.errors import CompanyError
from kpilib.labels import LONGEST, Labels, labels
from kpilib.monthly.basis import faults_of_company
from kpilib.settings import Settings
from kpilib.show.sentences import group_name, group_names

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
HEAD = "column,code,label_en,label_fr\n"


@pytest.fixture(autouse=True)
def _nobody_afterwards():
    yield
    write_for("en")


def read(folder, lines, head=HEAD, **settings):
    (folder / "labels.csv").write_text(head + lines, encoding="utf-8")
    return labels(folder, Settings(**settings))


def refused(folder, lines, head=HEAD):
    with pytest.raises(CompanyError) as error:
        read(folder, lines, head)
    return str(error.value)


class TestReading:
    def test_each_language_or_the_other_where_there_is_one(self, tmp_path):
        found = read(tmp_path, "team,peda,Training design,Pédagogie\npage,/cpf,,Compte formation\n")

        assert found.of("team", "peda", "en") == "Training design"
        assert found.of("team", "peda", "fr") == "Pédagogie"
        assert found.of("page", "/cpf", "en") == "Compte formation"
        assert found.of("theme", "peda", "fr") == ""  # of another column

    def test_without_a_file_there_is_none(self, tmp_path):
        assert labels(tmp_path, Settings()) == Labels()
        assert labels(None, Settings()) == Labels()

    def test_a_column_of_the_company_may_have_labels(self, tmp_path):
        found = read(tmp_path, "campus,ly,Lyons,Lyon\n", columns={"leads": ["campus"]})

        assert found.of("campus", "ly", "en") == "Lyons"

    def test_signs_that_hide_or_reverse_text_are_left_out(self, tmp_path):
        found = read(tmp_path, "team,a,\u202eSa\u200bles ,\n")

        assert found.of("team", "a", "en") == "Sa les"


class TestFaults:
    def test_all_at_once_with_their_lines(self, tmp_path):
        said = refused(
            tmp_path,
            "campain_id,a,A,\nteam,,B,\nteam,c,,\nteam,d,D,\nteam,d,E,\nteam,f,D,\n"
            f"team,g,{'x' * (LONGEST + 1)},\nteam,h,one, two,three\n,i,I,\nteam,(unknown),J,\n",
        ).splitlines()

        assert [each.split(": ")[0] for each in said] == [
            f"labels.csv:{line}" for line in (2, 3, 4, 6, 7, 8, 9, 10, 11)
        ]
        assert "Did you mean 'campaign_id'?" in said[0]
        assert "column code is empty" in said[1]
        assert "in line 5 already" in said[3]
        assert "column label_en: line 5 has the same label" in said[4]

    def test_columns_that_name_persons_have_none_and_nothing_is_repeated(self, tmp_path):
        said = refused(tmp_path, "employee_id,e-007,Jane Doe,\nteem,secret,Jane Doe,\n")

        assert "employee_id names single persons" in said
        assert "e-007" not in said and "Jane" not in said and "secret" not in said

    @pytest.mark.parametrize(
        ("head", "words"),
        [
            ("column,code,label\n", "'label' is unknown. Did you mean 'label_"),
            ("", "it is empty. Its first line names the columns: column, code"),
            ("code,label_en\n", "column column is missing"),
            ("column,code\n", "column label_en/label_fr is missing"),
        ],
    )
    def test_the_header(self, tmp_path, head, words):
        assert words in refused(tmp_path, "", head)

    def test_another_encoding(self, tmp_path):
        (tmp_path / "labels.csv").write_bytes((HEAD + "team,a,Pédagogie,\n").encode("latin-1"))

        with pytest.raises(CompanyError, match="UTF-8"):
            labels(tmp_path, Settings())

    def test_check_says_them(self, tmp_path):
        (tmp_path / "tables").mkdir()
        (tmp_path / "company.yaml").write_text("name: Acme\n")
        (tmp_path / "labels.csv").write_text(HEAD + "taem,a,A,\n")

        configuration, _ = faults_of_company(tmp_path)

        assert any(each.startswith("labels.csv:2:") and "'team'" in each for each in configuration)


class TestNaming:
    FOUND = Labels({("team", "a"): {"en": "Sales", "fr": "Ventes"}, ("team", "n"): {"en": "None"}})

    def test_a_label_before_known_words_before_the_code(self):
        write = Formatter("fr", labels=self.FOUND)

        assert write.group("team", "a") == "Ventes"
        assert write.group("channel", "a") == "a"
        assert write.group("cost_kind", "travel") == write.say("Travel") != "travel"
        assert write.group("team", None) == write.say("(unknown)")
        assert write.group("team", "n") == '"None"'  # reads like a figure nobody worked out

    def test_labels_end_with_their_company(self):
        write_for("en", labels=self.FOUND)
        assert group_name("team", "a") == "Sales"

        write_for("en")
        assert group_name("team", "a") == "a"

    def test_two_groups_of_one_name_are_told_apart(self):
        write_for("en", labels=self.FOUND)

        assert group_names("team", ["a", "Sales", "b"]) == ["Sales (a)", "Sales (Sales)", "b"]
        assert group_names("team", ["a", "a"]) == ["Sales", "Sales"]  # one group


class TestReport:
    def test_readers_see_labels_and_frames_keep_codes(self):
        report = kl.report("emailing", period="2026-10", data=SAMPLE, lang="fr")
        rows = report.figures("click_rate", by="campaign_id")
        sent = kl.table(rows)

        assert "nl_2026_10b" in set(rows["campaign_id"])
        assert "Newsletter du 20 oct. 2026" in set(sent.iloc[:, 0])
        ax = kl.plot.bars(rows)
        assert "nl_2026" not in " ".join(each.get_text() for each in ax.get_yticklabels())

    def test_a_training_is_called_by_its_title_in_the_chart_and_above_it(self):
        report = kl.report("training", period="2026-10", data=SAMPLE)
        rows = report.figures("training_roi", by="training_id").dropna(subset="value")

        ax = kl.plot.bars(rows)

        assert "tr_26" not in ax.get_title(loc="left")

    def test_the_next_company_has_its_own(self):
        kl.report("emailing", period="2026-10", data=SAMPLE)
        assert group_name("team", "pedagogie") == "Training design"

        tables = {"email_sends": pd.read_parquet(SAMPLE / "tables" / "email_sends.parquet")}
        kl.report("emailing", period="2026-10", data=kl.open(tables))

        assert group_name("team", "pedagogie") == "pedagogie"
        assert reader().labels == Labels()


def test_every_code_of_the_sample_that_pages_name_has_a_label_in_both_languages():
    found = labels(SAMPLE, Settings()).words
    read_ = {
        "email_sends": ["campaign_id"], "acquisition_daily": ["campaign_id"],
        "employees": ["team"], "sessions": ["campaign_id", "landing_page"],
        "web_events": ["page", "cta_id", "form_id"], "actions": ["action_id"],
        "participations": ["activity_id"], "social_posts": ["format"],
    }  # fmt: skip
    lost = {
        (column, code)
        for table, columns in read_.items()
        for column in columns
        for code in pd.read_parquet(SAMPLE / "tables" / f"{table}.parquet")[column].dropna()
        if not all(found.get((column, code), {"en": ""}).values())
    }

    assert lost == set()
