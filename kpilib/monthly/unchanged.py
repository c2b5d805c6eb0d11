"""Whether a period was published from just what is there now: then its pages stand as they are.

Light to import: an answer is wanted before anything heavy is loaded.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kpilib.files import digest_of, part_of
from kpilib.monthly.job import Report
from kpilib.monthly.selection import Source

PACKAGE = Path(__file__).resolve().parents[1]
PUBLISHED = ("ok", "no_data", "skipped")


def made_of(folder: Path, sources: Sequence[Source], langs: Sequence[str]) -> str:
    """Return a fingerprint of all that pages are made of; empty where a database could change.

    Parameters
    ----------
    folder : Path
        The company's.
    sources : sequence of Source
        The notebooks that run.
    langs : sequence of str
        As they were asked for.

    Returns
    -------
    str
        SHA-256 of the company's folder by its name, of every file in it, of the notebooks and of
        kpilib by its content, of the programs installed and of the languages.
    """
    tables = _tables(folder)
    if tables is None:
        return ""
    places = [folder.resolve(), tables.resolve(), PACKAGE]
    whose = f"{folder.resolve().name} {part_of(folder) or ''}"  # a copy is another company
    digest = hashlib.sha256(f"{whose}\n".encode())
    notebooks = {source.path.name: digest_of(source.path) for source in sources}
    for name, content in (*contents(places).items(), *notebooks.items()):
        digest.update(f"{name} {content}\n".encode())
    digest.update("\n".join([platform.python_version(), *_programs(), *langs]).encode())
    return digest.hexdigest()


@cache
def _programs() -> list[str]:
    """Return the packages installed, which a process asks twice and which takes a while."""
    return sorted(f"{each.name} {each.version}" for each in distributions())


def _tables(folder: Path) -> Path | None:
    """Return where the tables lie; None for a database, and where the run has a fault to tell."""
    path = folder / "company.yaml"
    try:
        given = YAML(typ="safe").load(path.read_text("utf-8")) if path.exists() else {}
        return None if given.get("database") else folder / given.get("tables", "tables")
    except (YAMLError, UnicodeDecodeError, AttributeError, TypeError, RecursionError):
        return None


def contents(places: Sequence[Path]) -> dict[str, str]:
    """Return the SHA-256 of every file of some folders, but for hidden ones, which hold no data."""
    found = {}
    for number, place in enumerate(dict.fromkeys(places)):
        paths = [place] if place.is_file() else sorted(place.rglob("*"))
        for path in paths:
            inside = path.relative_to(place.parent if path == place else place)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
            if path.is_file() and not hidden:
                found[f"{number}/{inside.as_posix()}"] = digest_of(path)
    return found


def unchanged(out: Path, asked: str | None, made: str, topics: Sequence[str]) -> Report | None:
    """Return what the run of the period did, if another one would make the same pages.

    Parameters
    ----------
    out : Path
        Where reports are published, in a folder a company.
    asked : str or None
        The period; by default the last complete month in the data.
    made : str
        The fingerprint of what is there now.
    topics : sequence of str
        Those of the notebooks that would run.
    """
    for root in sorted(out.iterdir()) if made and out.is_dir() else ():
        months = {path.parent.name: path for path in sorted(root.glob("*/run.json"))}
        for month, path in months.items():
            # A damaged one, whatever is wrong with it, is named by the run.
            with suppress(ValueError, KeyError, TypeError, AttributeError):
                told = json.loads(path.read_text(encoding="utf-8"))
                if told.get("made_of") == made and month == (asked or told["last_month"]):
                    entries = told["notebooks"].values()
                    pages = [each for entry in entries for each in entry["pages"].values()]
                    if (
                        told["beside"] == [*months]  # pages lead to the periods before and after
                        and set(topics) <= set(told["notebooks"])
                        and all(entry["state"] in PUBLISHED for entry in entries)
                        and all((path.parent / page).is_file() for page in pages)
                    ):
                        return _report(path.parent, told, topics)
    return None


def _report(folder: Path, told: Mapping[str, Any], topics: Sequence[str]) -> Report:
    report = Report(folder, since=told["ended"])
    report.tell({topic: told["notebooks"][topic] for topic in topics})
    return report
