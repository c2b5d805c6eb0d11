"""checkins.csv is read whole, or refused with every fault at its line."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from kpilib.errors import CompanyError
from kpilib.language import speaking
from kpilib.objectives.diary import checkins, decisions, notes
from tests.goals import plan
from tests.standings import RATE

PLAN = plan(
    RATE | {"id": "rate", "unit": "%", "baseline": 2, "target": 4},
    RATE | {"id": "cost", "kpi": "cost_per_lead", "unit": "EUR", "baseline": 30, "target": 20},
    {"id": "site", "mode": "binary"},
    RATE
    | {
        "id": "parts", "by": "channel", "baseline": None, "target": None,
        "segments": [
            {"group": "email", "baseline": 0.02, "target": 0.03},
            {"group": "display", "baseline": 0.01, "target": 0.02},
        ],
    },
)  # fmt: skip
HEAD = "date,key_result,value,confidence,author,comment_en,comment_fr,blocker_en,decision_en\n"


def read(tmp_path, text: str):
    (tmp_path / "checkins.csv").write_text(text, encoding="utf-8")
    return checkins(tmp_path, PLAN)


def faults(tmp_path, text: str) -> list[str]:
    with pytest.raises(CompanyError) as caught:
        read(tmp_path, text)
    return str(caught.value).splitlines()


def test_without_a_file_there_are_none(tmp_path):
    assert checkins(tmp_path, PLAN) == checkins(None, PLAN) == []


def test_a_check_in_is_in_the_unit_of_its_key_result(tmp_path):
    found = read(
        tmp_path,
        HEAD + "2026-02-28,cost,28.5 EUR,,,,,,\n"
        '2026-01-31,rate,2.4,0.7,Léa,"Slow, but up",Lent,No budget,Ask again\n'
        "2026-01-31,site,1,,,,,,\n"
        "2026-01-31,parts.email,0.021,,,,,,\n",
    )
    assert [each.key_result for each in found] == ["parts.email", "rate", "site", "cost"]
    rate = found[1]
    assert (rate.date, rate.value, rate.confidence) == (date(2026, 1, 31), 0.024, 0.7)
    assert (rate.author, rate.comment.en, rate.comment.fr) == ("Léa", "Slow, but up", "Lent")
    assert (rate.blocker.in_language("fr"), rate.decision.en) == ("No budget", "Ask again")
    assert [each.value for each in (found[0], found[2], found[3])] == [0.021, 1, 28.5]


def test_all_but_day_and_key_result_may_be_left_out(tmp_path):
    (found,) = read(tmp_path, "date,key_result\n2026-01-31,rate\n")
    assert (found.value, found.confidence, bool(found.comment)) == (None, None, False)


def test_every_fault_is_listed_with_its_line(tmp_path):
    said = faults(
        tmp_path,
        HEAD + "31/01/2026,rate,,,,,,,\n"
        "2026-01-31,rte,,,,,,,\n"
        "2026-01-31,rate,,70,,,,,\n"
        "2026-01-31,rate,2.4 h,,,,,,\n"
        '2026-01-31,rate,"2,4",,,,,,\n'
        "2026-01-31,site,0.5,,,,,,\n"
        "2026-01-31,rate,,sure,,,,,\n"
        "2026-01-31,cost,,,,,,,\n"
        "2026-01-31,cost,,,,,,,\n"
        "2026-01-31,rate,,,,Slow, but up,,,,\n",
    )
    assert [line.split(":")[1] for line in said] == ["2", "3", "4", "5", "6", "7", "8", "10", "11"]
    assert "column date is not a day. Write it as YYYY-MM-DD" in said[0]
    assert "'rte' is not a key result" in said[1] and "Did you mean 'rate'?" in said[1]
    assert "'70' is not a number from 0" in said[2] and "Write 0.7 for 70 %" in said[2]
    assert "'h' is not a unit of this KPI" in said[3] and "%" in said[3]
    assert "'2,4' is not one number" in said[4] and "2.4" in said[4]
    assert "0 (not done) or 1 (done)" in said[5]
    assert "'sure' is not a number" in said[6]
    assert "'cost' has a check-in on 2026-01-31 already, in line 9" in said[7]
    assert "more cells than columns" in said[8] and "double quotes" in said[8]


@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_spreadsheet_that_writes_decimals_with_a_comma_may_save_it(tmp_path, sign):
    """That of a French company saves no other CSV."""
    head = HEAD.replace(",", sign)
    row = sign.join(["2026-01-31", "rate", "2.4", "0.7", "Léa", "Slow, but up", "", "", ""])
    (found,) = read(tmp_path, f"\ufeff{head}{row}\n")
    assert (found.value, found.confidence, found.comment.en) == (0.024, 0.7, "Slow, but up")


def test_of_groups_each_has_its_own(tmp_path):
    (said,) = faults(tmp_path, HEAD + "2026-01-31,parts,,,,,,,\n")
    assert "'parts' is not a key result" in said and "parts.email" in said


def test_columns_are_checked_first(tmp_path):
    said = faults(tmp_path, "date,kr,comment\n2026-01-31,rate,Slow\n")
    assert said[0].startswith("checkins.csv:1: column key_result is missing.")
    assert "column 'comment' is unknown. Did you mean 'comment_" in said[2]


@pytest.fixture
def usual_cells():
    """Cells as long as Python reads them by itself, whatever was read before in this process."""
    before = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(before)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "checkins.csv:1: it is empty. Its first line names the columns: date, key_result"),
        (
            "date;key_result\n2026-01-31;rate;;x;y\n",
            "checkins.csv:2: more cells than columns. Put a"
            " text that holds ';' between double quotes.",
        ),
        ((HEAD + "2026-01-31,rate,,,Léa\n").encode("latin-1"), "checkins.csv: it is not UTF-8."),
        (HEAD + "x" * 200_000, "checkins.csv: it cannot be read as CSV"),
    ],
)
def test_a_file_that_is_saved_otherwise_is_refused(tmp_path, content, said, usual_cells):
    content = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "checkins.csv").write_bytes(content)

    with pytest.raises(CompanyError) as caught:
        checkins(tmp_path, PLAN)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "checkins.csv",
            "",
            "1: il est vide. Sa première ligne nomme les colonnes\xa0: date, key_result",
        ),
        (
            "checkins.csv",
            "date,key_result\n2026-13-01,rate\n",
            "2: la colonne date n'est pas un jour",
        ),
        (
            "checkins.csv",
            "date,key_result,value\n2026-01-01,rate,3 pieces\n",
            "2: la valeur\xa0: 'piec",
        ),
        ("decisions.csv", "date,text_en\n1 mai,Go on\n", "2: la colonne date n'est pas un jour"),
        ("decisions.csv", "date\n", "1: la colonne text_en manque. Les colonnes sont"),
        ("notes.csv", "date,kpi\n", "1: la colonne kind manque"),
    ],
)
def test_faults_are_french_where_the_reader_is(tmp_path, file, text, said):
    (tmp_path / file).write_text(text, encoding="utf-8")
    read = {"decisions.csv": decisions, "notes.csv": notes}.get(file, lambda to: checkins(to, PLAN))
    with speaking("fr"), pytest.raises(CompanyError) as caught:
        read(tmp_path)
    assert str(caught.value).startswith(f"{file}:{said}")


NOTED = "date,kpi,kind,author,text_en,text_fr,topic,period\n2026-10-30,"


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("notes.csv", NOTED + ",Headline,,New,,emailing,2026-10\n", "2: kind is 'Headline', and a"),
        ("notes.csv", NOTED + ",action,,New,,emailing,\n", "2: kind is 'action', and a topic and"),
        ("notes.csv", NOTED + ",headline,,New,,mailing,2026-10\n", "2: 'mailing' is no topic. Did"),
        ("notes.csv", NOTED + ",headline,,New,,emailing,2026-13\n", "2: There is no month 13 in"),
        ("notes.csv", NOTED + "sessions,action,,,,,\n", "2: the note is not written. Write it in"),
        ("notes.csv", NOTED + "mine,action,,New,,,\n", "2: 'mine' is a KPI of kpis.yaml. Targets"),
        ("decisions.csv", "date,kpi,text_en\n2026-10-30,mine,Go\n", "2: 'mine' is a KPI of kpis"),
        ("decisions.csv", "date,text_en\n20261030,Go\n", "2: column date is not a day. Write it"),
        ("decisions.csv", "date,text_en,texte_fr\n", "1: column 'texte_fr' is unknown. Did you me"),
        ("decisions.csv", "date,text_en,text_en\n", "1: column text_en stands twice. Leave one"),
        (
            "checkins.csv",
            "date,key_result\n2026-W44-5,rate\n",
            "2: column date is not a day. Write",
        ),
        (
            "notes.csv",
            NOTED.replace("-10-", "-13-") + ",action,,New,,,\n",
            "2: column date is not a",
        ),
    ],
)
def test_what_would_be_passed_over_is_a_fault(tmp_path, file, text, said):
    (tmp_path / "kpis.yaml").write_text("kpis:\n  mine: {total: leads}\n")
    (tmp_path / file).write_text(text, encoding="utf-8")
    read = {"decisions.csv": decisions, "notes.csv": notes}.get(file, lambda to: checkins(to, PLAN))
    with pytest.raises(CompanyError) as caught:
        read(tmp_path)
    assert str(caught.value).startswith(f"{file}:{said}")


def test_columns_of_ones_own_and_pages_of_ones_own_are_taken(tmp_path):
    (tmp_path / "decisions.csv").write_text("date,text_en,budget\n2026-10-30,Go on,300\n")
    (tmp_path / "notes.csv").write_text(NOTED + ",headline,,New,,mine,2026-Q3\n")
    assert decisions(tmp_path)[0].text.en == "Go on"
    assert (notes(tmp_path)[0].topic, notes(tmp_path)[0].period) == ("mine", "2026-Q3")
