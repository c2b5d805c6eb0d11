"""The sample company made again with one thing changed: what is asked, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from data.sample_company.stories import STORIES
from kpilib.cli import commands
from kpilib.lesson.played import LEFT_OUT, STORY_WORDS

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def run(*words):
    return CliRunner().invoke(commands, ["sample", *map(str, words)])


def test_ten_stories_that_the_maker_can_tell():
    assert len(STORY_WORDS) == 10
    assert [name for name in STORY_WORDS if STORIES[name].told] == list(LEFT_OUT)


def test_the_stories_are_listed_without_their_solution():
    listed = run("--lang", "fr").stdout

    assert len(listed.splitlines()) == 20 and "Faut-il fêter cela" in listed
    assert "importées deux fois" not in listed
    assert (
        "importées deux fois"
        in run("--story", "double_import", "--solution", "--lang", "fr").stdout
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("x", "--story", "robot"), "There is no story 'robot'. Stories are: lost_leads"),
        (("x", "--story", "robot", "--lang", "fr"), "Il n'y a pas d'histoire 'robot'."),
        ((".",), "is not empty, and nothing in it is overwritten."),
        (("--solution",), "--solution goes with --story."),
    ],
)
def test_what_cannot_be_made(words, said):
    res = run(*words)

    assert res.exit_code == 2 and said in res.output


def test_without_the_maker(tmp_path, monkeypatch):
    monkeypatch.setattr("kpilib.lesson.played.MAKER", tmp_path)
    res = run(tmp_path / "company")

    assert res.exit_code == 2 and "Install its wheel, or use the repository" in res.output
