"""The kit of a class: a folder for a USB stick, and one for its trainer."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from kpilib.copies import copies
from kpilib.display.numbers import Formatter
from kpilib.files import require_new
from kpilib.language import messages, speaker
from kpilib.lesson.guide import GUIDE_WORDS, kept
from kpilib.lesson.played import STORY_WORDS, make
from kpilib.lesson.quiz import quiz_notebook
from kpilib.lesson.wheels import gather

STARTS = {"start.sh": "start.sh.j2", "start.command": "start.sh.j2", "start.bat": "start.bat.j2"}
WINDOWS = ".bat"


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
    require_new(folder)
    students, trainer, say = folder / "students", folder / "trainer", speaker(lang, "lessons")
    make(students / "sample")
    copies(source, students / "lessons", lang, solved=False, data=students / "sample")
    solved = copies(source, trainer / "lessons", lang, data=students / "sample")
    quiz_notebook(students / "lessons" / "quiz.ipynb", lang)
    slots = {"lang": lang, "offline": bool(pythons), "say": say, "write": Formatter(lang)}
    for name, template in STARTS.items():
        _write(students / name, _filled(template, **slots))
        (students / name).chmod(0o755)
    _write(students / say("IN_CASE_OF_TROUBLE.html"), _filled("trouble.html.j2", **slots))
    lessons = [path for path in solved if path.suffix == ".ipynb"]
    known = messages(lang) | messages(lang, "lessons")
    slots["kept"] = [(path.stem, *kept(path, known)) for path in lessons]
    slots |= {"guide": GUIDE_WORDS, "stories": STORY_WORDS}
    _write(trainer / "guide.html", _filled("guide.html.j2", **slots))
    handout = _filled("handout.html.j2", **slots)
    _write(trainer / "handout.html", handout)
    return [*_as_pdf(handout, trainer / "handout.pdf"), *gather(students / "wheels", pythons)]


@cache
def _templates() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=PackageLoader("kpilib.lesson", "templates"),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _filled(template: str, **slots: Any) -> str:
    return _templates().get_template(template).render(**slots)


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
