"""A company to play with: the sample company made again, with one thing changed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from kpilib.errors import ParameterError, ReportError
from kpilib.files import filling
from kpilib.saying import error_of, no_such

PACKAGE = Path(__file__).resolve().parents[1]
# The script that makes the company: in a wheel inside the package, in the repository beside it.
MAKER = PACKAGE / "maker" if (PACKAGE / "maker").is_dir() else PACKAGE.parent / "data"
WRITTEN = ("*.yaml", "*.csv")  # by hand, beside the tables
# What a class is asked, and what has happened; the other texts of a story are the maker's.
STORY_WORDS = {
    "lost_leads": (
        "September and October were paid for as planned, and sales complains. What happened?",
        "The form of the page of campaign rentree_2026 has failed since 1 September: its clicks "
        "and its cost go on, its leads fall to nothing. Evaluate sessions and leads by "
        "campaign_id.",
    ),
    "team_leaves": (
        "Turnover of the year looks bearable. Is it, everywhere?",
        "Five trainers resigned on 15 October: all of one team, on one day. Evaluate headcount "
        "and turnover_rate by team; the company's rate hides it.",
    ),
    "dead_sensor": (
        "October has lost many of its visits. Which channel must be saved?",
        "None: the tag of the site is gone since 20 October. All channels stop on the same day, "
        "leads and orders go on. Look at sessions by day before you look at channels.",
    ),
    "double_import": (
        "October is a record month for revenue. Shall we celebrate?",
        "The orders of 5 to 11 October were imported twice under other numbers: the same customers "
        "pay the same amounts at the same second. Count orders without their number.",
    ),
    "robots": (
        "Visits rise and fewer of them become leads. Did the site get worse?",
        "A robot opened the home page every minute from 12 to 13 October: direct visits of one "
        "country, of no second. Without them every rate is what it was; leads never moved.",
    ),
    "lost_comma": (
        "Customers spend far more in October. Who are they?",
        "Amounts of 12 to 14 October were read without their decimal comma: a hundred times too "
        "much, of as many orders as ever. Look at the mean amount by day.",
    ),
    "double_mailing": (
        "The second letter of October is opened half as often as the first. Was it the subject?",
        "It went out twice, two hours apart: twice the letters, as many openers. Count letters by "
        "reader and campaign; nobody should have two.",
    ),
    "closed_at_once": (
        "Customer service has hardly an open request left. How did they do it?",
        "On 29 October, at one second, all that waited was closed, answered or not. The mean time "
        "to resolve rises, and dozens share one resolved_at.",
    ),
    "lost_critics": (
        "The eNPS of October leaps. What did we do right?",
        "Answers of six and less were lost: no mark below seven, and fewer answers than in July. "
        "Look at the distribution and at the response rate before the score.",
    ),
    "good_training": (
        "The training on prospecting is to be repeated. Does it pay?",
        "Here it had no effect: trained and control group moved alike. Before against after looks "
        "fine; the difference of the differences (training_effect_did) is about nothing.",
    ),
}
LEFT_OUT = ("good_training",)  # stories of the sample that are taken out of it; others are planted


def story_words(story: str) -> tuple[str, str]:
    """Return what a class is asked of a story, and its solution."""
    if story not in STORY_WORDS:
        raise no_such(
            ParameterError,
            "There is no story {name!r}. Stories are: {names}.{near}",
            story,
            STORY_WORDS,
        )
    return STORY_WORDS[story]


def make(folder: Path, story: str = "") -> None:
    """Make the sample company in a folder, as it is or with one thing changed.

    Parameters
    ----------
    folder : Path
        A new one.
    story : str
        A key of `STORY_WORDS`; empty: the sample company as it is.

    Raises
    ------
    ParameterError
        There is no such story, something is in the folder, or the maker is not there.
    ReportError
        The maker failed.
    """
    if story:
        story_words(story)
    if not (MAKER / "make_sample.py").is_file():
        raise error_of(
            ParameterError,
            "The script that makes the sample company did not come with this kpilib. Install its"
            " wheel, or use the repository.",
        )
    with filling(folder) as made:
        for pattern in WRITTEN:
            for path in (MAKER / "sample").glob(pattern):
                shutil.copy2(path, made / path.name)
        _make_tables(made / "tables", story)


def _make_tables(folder: Path, story: str) -> None:
    told = ["--without" if story in LEFT_OUT else "--tell", story] if story else []
    asked = [sys.executable, MAKER / "make_sample.py", "--out", folder, *told]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise error_of(
            ReportError,
            "The sample company could not be made: {why}",
            why=done.stderr.strip()[-300:],
        )
