"""Data with faults, or without any, is said before a kernel starts, and only where it matters."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

import kpilib
from kpilib.errors import ParameterError
from kpilib.monthly import basis, manifest, selection
from tests.monthly.standin import NOTEBOOKS, open_company, put


@pytest.fixture
def sources(tmp_path):
    put(tmp_path, "simple:audience", "simple:emailing", "simple:our_partners")
    return selection.select(tmp_path)


@pytest.fixture
def given(tmp_path, monkeypatch):
    monkeypatch.setattr(kpilib, "open", open_company, raising=False)
    return basis.read_basis(tmp_path, None, [])


def test_a_notebook_belongs_to_a_topic_of_the_catalogue_by_its_name(tmp_path):
    put(tmp_path, "simple:training_roi")
    (source,) = selection.select(tmp_path, ["training"])
    assert (source.topic, source.catalogue_topic) == ("training_roi", "training")
    assert "training_roi" in source.expected
    assert {"trainings", "training_participants"} <= set(source.tables)


class TestOwn:
    """A company's own notebooks, in its folder."""

    @pytest.fixture
    def folders(self, tmp_path):
        places = [tmp_path / "ours", tmp_path / "own"]
        for place in places:
            place.mkdir()
        put(places[0], "simple:audience", "simple:emailing")
        return places

    def own(self, folder, *names):
        for name in names:
            shutil.copy(NOTEBOOKS / "simple.ipynb", folder / name)

    def test_it_stands_in_place_of_that_of_its_name_whatever_its_letters(self, folders):
        ours, own = folders
        self.own(own, "02_Emailing.ipynb", "30_été à lyon.ipynb")
        found = selection.select(ours, own=own)

        assert [(each.topic, each.path.parent.name) for each in found] == [
            ("audience", "ours"),
            ("emailing", "own"),
            ("été à lyon", "own"),
        ]

    def test_its_topic_is_found_in_whatever_letters(self, folders):
        ours, own = folders
        self.own(own, "12_Team_Lyon.ipynb")
        (found,) = selection.select(ours, ["Team_Lyon"], own=own)
        assert found.topic == "team_lyon"

    def test_two_of_one_page_are_named_and_no_other(self, folders):
        ours, own = folders
        self.own(own, "09_mine.ipynb", "10_Mine.ipynb", "11_third.ipynb")
        with pytest.raises(ParameterError) as caught:
            selection.select(ours, own=own)

        assert str(caught.value) == (
            "Two notebooks have the same topic, so they would write the same page: 09_mine.ipynb,"
            " 10_Mine.ipynb. Rename one."
        )

    def test_one_that_does_not_run_is_named(self, folders):
        ours, own = folders
        names = ["Untitled.ipynb", "12_index.ipynb", "13_c#.ipynb", "14_fine.ipynb"]
        self.own(own, *names)

        assert len(selection.select(ours, own=own)) == 3
        assert [each.partition(" does not run: ")[0] for each in selection.left_out(own)] == [
            "12_index.ipynb",
            "13_c#.ipynb",
            "Untitled.ipynb",
        ]
        assert selection.left_out(ours / "nowhere") == []


def test_its_first_heading_in_a_language_is_its_title(sources):
    assert [sources[0].title(lang) for lang in ("en", "fr")] == [
        "Audience: does the site attract visitors who stay?",
        "Audience\xa0: le site attire-t-il des visiteurs qui restent\xa0?",
    ]


def test_a_new_companys_calendar_makes_no_page_about_employees(tmp_path, given):
    """`kpilib init` writes the holidays: days are there, and nobody who works on them."""
    (tmp_path / "05").mkdir()
    put(tmp_path / "05", "simple:employees")
    (employees,) = selection.select(tmp_path / "05")
    assert "work_calendar" in employees.tables
    alone = replace(given, provided=frozenset({"work_calendar"}))
    assert manifest.refused([employees], alone, explicit=False)["employees"]["state"] == "skipped"
    staffed = replace(given, provided=frozenset({"work_calendar", "employees"}))
    assert manifest.refused([employees], staffed, explicit=False) == {}


def test_a_topic_without_any_of_its_tables_is_skipped_unless_it_is_asked_for(sources, given):
    skipped = manifest.refused(sources, given, explicit=False)
    assert list(skipped) == ["emailing"]
    assert skipped["emailing"]["state"] == "skipped"
    assert "email_sends" in skipped["emailing"]["reason"]["slots"]["tables"]
    assert manifest.refused(sources, given, explicit=True) == {}


def test_a_fault_of_a_table_fails_the_topics_that_read_it(sources, given):
    given.faults["sessions"] = ["sessions.csv: column started_at, 2 row(s): the value is empty."]
    refused = manifest.refused(sources, given, explicit=True)
    assert list(refused) == ["audience"]
    assert refused["audience"]["state"] == "failed"
    assert "sessions.csv: column started_at" in refused["audience"]["reason"]["slots"]["faults"]


def test_the_stand_ins_are_all_used():
    used = {path.stem for path in NOTEBOOKS.glob("*.ipynb")}
    tests = "".join(path.read_text() for path in NOTEBOOKS.parent.glob("test_*.py"))
    assert {name for name in used if f'"{name}' not in tests} == set()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Étude & Co", "etude-co"),
        ("sample", "sample"),
        ("../../x", "x"),
        ("日本", "company-cf2abf0c"),
    ],
)
def test_the_folder_of_a_company_has_a_safe_name(name, safe):
    assert basis.slug(name) == safe
