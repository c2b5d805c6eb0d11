"""One spelling a label: what is brought together, what stays, and that the table's own wins."""

from __future__ import annotations

import polars as pl
import pytest

from kpilib.sources.spellings import cleaned, columns_of, folded, one_spelling
from kpilib.tables import TABLES

SESSIONS = TABLES["sessions"]


@pytest.fixture
def write(tmp_path):
    def made(name, *countries, **more):
        path = tmp_path / f"{name}.parquet"
        pl.DataFrame({"country": countries, **more}, schema_overrides={"country": pl.String}
                     ).write_parquet(path)  # fmt: skip
        return path

    return made


def countries(path):
    return pl.read_parquet(path)["country"].to_list()


@pytest.mark.parametrize(
    "label",
    ["Re\u0301union", " R\u00e9union\u00a0", "R\u200b\u00e9u\u00adnion", "\ufeffR\u00e9union"],
)
def test_what_nobody_sees_is_left_out(label):
    assert cleaned(label) == "R\u00e9union"


def test_accents_and_words_part_labels():
    assert len({folded(each) for each in ("R\u00e9union", "Reunion", "La R\u00e9union")}) == 3


def test_the_spelling_of_most_rows_wins_over_all_files(write):
    one, two = write("one", "PARIS", "Paris", None), write("two", "Paris", "paris ", "Lyon")
    said = list(one_spelling(SESSIONS, [one, two], None))

    assert (countries(one), countries(two)) == (["Paris"] * 2 + [None], ["Paris"] * 2 + ["Lyon"])
    assert said == [
        "Table sessions: column country: 2 spelling(s) merged into 1 label(s); they differed in"
        " capitals, spaces or how accents are stored"
    ]


def test_among_equals_the_one_that_is_not_all_capitals(write):
    path = write("one", "PARIS", "Paris")
    list(one_spelling(SESSIONS, [path], None))

    assert countries(path) == ["Paris"] * 2


def test_the_spelling_of_the_table_before_wins_and_the_table_stays(write):
    before, new = write("before", "PARIS"), write("new", "Paris", "Paris")
    list(one_spelling(SESSIONS, [new], before))

    assert (countries(before), countries(new)) == (["PARIS"], ["PARIS"] * 2)


def test_a_label_of_nothing_is_none(write):
    path = write("one", "\u200b", "Paris")
    list(one_spelling(SESSIONS, [path], None))

    assert countries(path) == [None, "Paris"]


def test_nothing_to_merge_says_nothing_and_writes_nothing(write):
    path = write("one", "Paris", "Lyon", None)
    before = path.stat().st_mtime_ns

    assert list(one_spelling(SESSIONS, [path], None)) == []
    assert path.stat().st_mtime_ns == before


def test_ids_pages_texts_choices_and_keys_are_no_labels():
    assert columns_of(SESSIONS) == ["country", "medium", "source"]
    assert columns_of(TABLES["texts"]) == ["language", "medium"]  # its source is a choice
    assert columns_of(TABLES["leads"]) == []
