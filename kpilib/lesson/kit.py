"""The kit of a class: a folder for a USB stick, and one for its trainer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kpilib.copies import copies
from kpilib.display.numbers import Formatter
from kpilib.files import filling
from kpilib.language import messages, speaker
from kpilib.lesson.played import STORY_WORDS, make
from kpilib.lesson.quiz import quiz_notebook
from kpilib.lesson.wheels import gather
from kpilib.show.pages import templates

STARTS = {"start.sh": "start.sh.j2", "start.command": "start.sh.j2", "start.bat": "start.bat.j2"}
WINDOWS = ".bat"
# By lesson: its aim, what to ask, what they get wrong, what to show.
GUIDE_WORDS = {
    "1_rates_and_denominators": (
        "Say of any rate what is above, what is below, and who is in it that should not be.",
        "Who could have converted? What would the rate be if the banners had never run?",
        "Four leads over ten sessions; the mean of two rates; the tallest bar of seventeen visits.",
        "Cover the counts and show the two rates: half of the class averages them.",
    ),
    "2_objective_first": (
        "Write an objective that somebody else can judge in a year.",
        "And if we do it, what has changed for anybody? Who would be sorry if we did not?",
        "A year taken for a figure; a task taken for an objective; value over target.",
        "Let kl.judge refuse the class's own sentences, one after the other, until one passes.",
    ),
    "3_audience_and_channels": (
        "Tell a change of visitors from other visitors, and a month from part of a month.",
        "How many days are in this figure? If it doubled, what would you do on Monday?",
        "Robots left out above and kept below; twenty days against thirty; the mix called a trend.",
        "Two channels whose rates stand still while the whole falls: draw it on the board.",
    ),
    "4_leads_and_funnel": (
        "Follow one group from its first day, and wait until it is ripe.",
        "Which request belongs to this sale? Which public will next year's campaign have?",
        "This month's sales over this month's leads; October judged in October; one winner for "
        "all.",
        "The four rates of the two campaigns beside the two totals: let them argue.",
    ),
    "5_emailing": (
        "Know which open rate kept its meaning, and when a test has no winner.",
        "Who opened this letter: a person? How often would chance give four clicks more?",
        "Dividing by what was sent; hidden readers left out above only; points called percent.",
        "Throw twenty-two coins, twice; compare with the two subjects.",
    ),
    "6_social_and_community": (
        "Look at the largest post, count people once, and see who carries a community.",
        "Without the viral post, what was the month? If the first member leaves, who answers?",
        "Reach added up; the mean of posts called typical; a rule of thumb called a law.",
        "Name by name who saw two posts: strike out those met before.",
    ),
    "7_people": (
        "Report on colleagues so that the figure is right and nobody is exposed.",
        "Who is in the denominator? What can be worked out by subtraction?",
        "One minus turnover; leave counted as absence; promoters and detractors added.",
        "Move one of twelve answers by a point and see the eNPS leap.",
    ),
    "8_did_the_training_pay": (
        "Tell what a training did from what would have come anyway, and price it fully.",
        "What would have become of them without it? Whose time was paid and not counted?",
        "Before and after; after alone; BCR called ROI; not proven called failed.",
        "Lay a ruler on the rising team before you say that it was trained.",
    ),
}


def make_kit(folder: Path, source: Path, lang: str, pythons: tuple[str, ...] = ()) -> list[str]:
    """Make the kit of a class in a new folder.

    Parameters
    ----------
    folder : Path
        Gets ``students``, to be copied on a stick, and ``trainer``.
    source : Path
        Folder of the lessons.
    lang : str
    pythons : tuple of str
        Versions of Python whose wheels are fetched, for every system; none: only kpilib's own.

    Returns
    -------
    list of str
        What the trainer should know.

    Raises
    ------
    ParameterError
        Something is in the folder already.
    """
    with filling(folder) as made:
        return _filled_kit(made, source, lang, pythons)


def _filled_kit(folder: Path, source: Path, lang: str, pythons: tuple[str, ...]) -> list[str]:
    students, trainer, say = folder / "students", folder / "trainer", speaker(lang, "lessons")
    slots = {"lang": lang, "offline": bool(pythons), "say": say, "write": Formatter(lang)}
    make(students / "sample")
    copies(source, students / "lessons", lang, solved=False, data=students / "sample")
    solved = copies(source, trainer / "lessons", lang, data=students / "sample")
    quiz_notebook(students / "lessons" / "quiz.ipynb", lang)
    for name, template in STARTS.items():
        _write(students / name, _filled(template, **slots))
        (students / name).chmod(0o755)
    _write(students / say("IN_CASE_OF_TROUBLE.html"), _filled("trouble.html.j2", **slots))
    lessons = [path for path in solved if path.suffix == ".ipynb"]
    return [*_for_trainer(trainer, lessons, **slots), *gather(students / "wheels", pythons)]


def _for_trainer(folder: Path, lessons: list[Path], *, lang: str, **slots: Any) -> list[str]:
    """Write guide and handout; return what the trainer should know."""
    known = messages(lang) | messages(lang, "lessons")
    slots |= {"lang": lang, "guide": GUIDE_WORDS, "stories": STORY_WORDS}
    slots["kept"] = [(path.stem, *kept(path, known)) for path in lessons]
    _write(folder / "guide.html", _filled("guide.html.j2", **slots))
    handout = _filled("handout.html.j2", **slots)
    _write(folder / "handout.html", handout)
    return _as_pdf(handout, folder / "handout.pdf")


def kept(path: Path, known: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the title of a lesson's copy, and what is to be kept of it, as they stand in it.

    Parameters
    ----------
    path : Path
        A copy, in one language.
    known : mapping
        Texts of that language, for the heading.
    """
    import nbformat

    cells = [
        cell.source
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown"
    ]
    heading = known.get("What to keep", "What to keep")
    last = cells[-1].partition(f"## {heading}")[2]
    points = [line[2:] for line in last.splitlines() if line.startswith("- ")]
    return cells[0].splitlines()[0].removeprefix("# "), points


def _filled(template: str, **slots: Any) -> str:
    made = templates("kpilib.lesson").get_template(template).render(**slots)
    return made.rstrip("\n") + "\n"


def _write(path: Path, text: str) -> None:
    ends = "\r\n" if path.suffix == WINDOWS else "\n"
    path.write_text(text, encoding="utf-8", newline=ends)


def _as_pdf(page: str, path: Path) -> list[str]:
    """Print the handout where WeasyPrint is installed; say so where it is not."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError):  # not installed, or without the libraries that it needs
        return ["The handout is a page: the extra pdf makes it a PDF too."]
    HTML(string=page).write_pdf(path)
    return []
