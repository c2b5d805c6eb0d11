"""Files appear whole or not at all, and what was good stays when there is no space."""

from __future__ import annotations

import csv
import errno
import io
import os
import resource

import pytest

from kpilib.errors import ReportError
from kpilib.files import harmless
from kpilib.monthly.publish import join_figures, publish


def tree(root) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


GOOD = {"2026-10/a.html": b"good", "index.html": b"index"}


@pytest.fixture
def root(tmp_path):
    publish(tmp_path, GOOD, [], ".new")
    return tmp_path


def test_files_are_put_in_place_and_nothing_else_is_left(root):
    assert tree(root) == GOOD
    publish(root, {"2026-10/b.html": b"b", "index.html": b"other"}, ["2026-10/a.html"], ".new")
    assert tree(root) == {"2026-10/b.html": b"b", "index.html": b"other"}
    assert sorted(path.name for path in root.iterdir()) == ["2026-10", "index.html"]


def test_a_folder_that_becomes_empty_goes_too(root):
    publish(root, {"2026-10/fr/a.html": b"fr"}, [], ".new")
    publish(root, {"2026-10/a.html": b"good"}, ["2026-10/fr/a.html"], ".new")
    assert not (root / "2026-10" / "fr").exists()


def test_leftovers_of_a_killed_run_are_not_published(root):
    (root / ".new" / "2026-10").mkdir(parents=True)
    (root / ".new" / "2026-10" / "half.html").write_bytes(b"ha")
    publish(root, {"2026-10/a.html": b"better"}, [], ".new")
    assert tree(root) == {**GOOD, "2026-10/a.html": b"better"}


def test_a_full_disk_leaves_the_old_month_as_it_was(root):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(ReportError, match="What was published before is untouched"):
            publish(root, {"2026-10/a.html": b"new", "2026-10/b.html": b"x" * 9999}, [], ".new")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert tree(root) == GOOD
    assert not (root / ".new").exists()


def test_a_disk_that_says_late_that_it_is_full_is_believed(root, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportError, match="No space left on device"):
        publish(root, {"2026-10/a.html": b"new"}, [], ".new")
    assert tree(root) == GOOD


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_figures_of_topics_stand_in_one_table_with_the_columns_of_all():
    joined = join_figures(
        {"a": b"kpi,channel,value\nx,mail,1\n", "b": b"kpi,team,value\ny,sales,2\n"},
        b"",
        ["a", "b"],
    )
    assert joined.decode().splitlines() == [
        "kpi,channel,team,value,topic",
        "x,mail,,1,a",
        "y,,sales,2,b",
    ]


def test_figures_of_a_page_that_stays_are_kept_and_of_others_replaced():
    before = b"kpi,value,topic\nx,1,a\ny,2,b\nz,3,c\n"
    joined = rows(join_figures({"a": b"kpi,value\nx,9\n"}, before, ["a", "b"]))
    assert [(row["topic"], row["value"]) for row in joined] == [("a", "9"), ("b", "2")]


@pytest.mark.parametrize("text", ["=2+5", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_run_is_disarmed(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-4", "-0.5", "+3", "-1e-9", "", "sessions", "a=b"])
def test_numbers_and_plain_texts_stay(text):
    assert harmless(text) == text
