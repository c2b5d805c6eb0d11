"""A new company's folder: what there is to fill in, with words that say how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from kpilib.errors import listed
from kpilib.files import filling
from kpilib.labels import LABELS
from kpilib.language import speaker
from kpilib.objectives.diary import CHECKINS, NOTES
from kpilib.starting.holidays import CALENDAR, calendar

HERE = Path(__file__).parent
# Where a text of ours goes in the company's folder.
PLACES = {
    "company.yaml": "company.yaml",
    "objectives.yaml": "objectives.yaml",
    "exports.md": "exports/README.md",
    "tables.md": "tables/README.md",
}
UNCOMMITTED = """\
# Exports and tables hold personal data, and so do the tables kept from before an import.
/exports/*
!/exports/README.md
/tables/*
!/tables/README.md
!/tables/work_calendar.csv
/previous/
/.import*
"""


def start(folder: Path, name: str = "", langs: Sequence[str] = ("en",)) -> list[Path]:
    """Make a company's folder, with comments that say what to put where.

    Parameters
    ----------
    folder : Path
        It is made; one that holds anything is refused.
    name : str
        The company's; by default that of the folder.
    langs : sequence of str
        Languages of its reports; the comments are in the first.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ParameterError
        The folder is not empty, or is a file; or a language is not one of reports.
    """
    for lang in langs:
        speaker(lang)  # says which languages there are
    name = " ".join(name.split()) or _named(folder)
    slots = {"__NAME__": _quoted(name), "__LANGS__": listed(dict.fromkeys(langs))}
    written = {
        place: _filled((HERE / langs[0] / text).read_text(encoding="utf-8"), slots)
        for text, place in PLACES.items()
    }
    written[NOTES.file] = ",".join(NOTES.required) + "\n"
    for sheet in (CHECKINS, LABELS):
        written[sheet.file] = ",".join(sheet.columns) + "\n"
    written[f"tables/{CALENDAR}"] = calendar()
    written[".gitignore"] = UNCOMMITTED
    with filling(folder) as made:
        _write(made, written)
    return [folder / place for place in written]


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for place, text in texts.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _named(folder: Path) -> str:
    words = folder.resolve().name.replace("-", " ").replace("_", " ").split()
    return " ".join(word[:1].upper() + word[1:] for word in words) or "Company"


def _quoted(name: str) -> str:
    """Write a name so that YAML reads it back as it is."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _filled(text: str, slots: dict[str, str]) -> str:
    for slot, value in slots.items():
        text = text.replace(slot, value)
    return text
