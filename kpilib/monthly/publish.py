"""From finished pages to published ones: written aside, moved into place, never half of anything.

What can fail for want of space happens in a folder beside the target; moving a file within a file
system needs none and is all or nothing, so readers see the old page or the new one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import pandas as pd

from kpilib.display.figures import in_order, read
from kpilib.errors import LockedError, ReportError
from kpilib.files import flushed, harmless
from kpilib.monthly import lock
from kpilib.monthly.index import LEDGER, manifests, pages
from kpilib.saying import error_of


def _move(names: Iterable[str], staging: Path, root: Path) -> None:
    """Move files from where they were written into place, in the order given."""
    for name in names:
        folder, below, _ = name.partition("/")
        if below and not (root / folder).exists():
            os.rename(staging / folder, root / folder)  # a new month appears at once
        if (staging / name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / name, root / name)


def publish(root: Path, files: Mapping[str, bytes], removed: Iterable[str], aside: str) -> None:
    """Put files into place, in the order given.

    Parameters
    ----------
    root : Path
        Where the company's reports lie.
    files : mapping of str to bytes
        Content by path below the root; what links to others stands behind them.
    removed : iterable of str
        Files that are published no more.
    aside : str
        Name of the folder in which they are written first, emptied before and after.

    Raises
    ------
    ReportError
        They could not be written; what was published before is untouched.
    """
    staging = root / aside
    shutil.rmtree(staging, ignore_errors=True)  # of a run that was killed
    try:
        for name, content in files.items():
            _write(staging / name, content)
    except OSError as error:
        raise error_of(
            ReportError,
            "The pages could not be written: {why}. What was published before is untouched. Free"
            " some space, then start again.",
            why=error.strerror,
        ) from error
    else:
        _move(files, staging, root)
        for name in removed:
            (root / name).unlink(missing_ok=True)
            with suppress(OSError):  # not empty
                (root / name).parent.rmdir()
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def index_anew(root: Path) -> None:
    """Make the indexes of a company once more, of what lies there now: PDFs come, figures go."""
    with lock.hold(root / ".index.lock"):
        made = pages(manifests(root), lambda path: (root / path).is_file())
        publish(root, changed(root, made), (), ".index.new")


def changed(root: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return those files that do not lie there yet as they are to be."""
    return {
        path: content
        for path, content in files.items()
        if not (root / path).is_file() or (root / path).read_bytes() != content
    }


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    flushed(path)


def sweep(root: Path) -> None:
    """Put away what runs that were killed left among the reports: free locks, pages in waiting.

    Where the record of what is published had been put into place, the pages that it tells of
    follow: without them it would tell of figures that nobody can see.
    """
    for path in root.glob(".*.lock"):
        name = path.name.removesuffix(".lock")
        staging, month = root / f"{name}.new", name.removeprefix(".")
        with suppress(LockedError), lock.hold(path, path.name):
            if (root / LEDGER).exists() and not (staging / LEDGER).exists():
                if (staging / month).exists() and not (root / month).exists():
                    os.rename(staging / month, root / month)
                for made in sorted((staging / month).rglob("*.*")):
                    os.replace(made, root / made.relative_to(staging))
            shutil.rmtree(staging, ignore_errors=True)


def as_json(content: object) -> bytes:
    """Write an object as JSON that people can read and compare."""
    text = json.dumps(content, indent=2, ensure_ascii=False, default=str)
    return (text + "\n").encode()


def join_figures(parts: Mapping[str, bytes], before: bytes, topics: Iterable[str]) -> bytes:
    """Join the figures of the topics into one table.

    Parameters
    ----------
    parts : mapping of str to bytes
        The figures.csv of each topic that ran.
    before : bytes
        The month's figures as published before, empty if there are none.
    topics : iterable of str
        The topics that have a page, in the order of the report; the figures of those that did not
        run are those of before.

    Returns
    -------
    bytes
        CSV in evaluate's columns, the groups behind the period, ``topic`` last. A text that a
        spreadsheet would take for a formula has an apostrophe in front.
    """
    old = read(before)
    found = [
        read(parts[topic]).assign(topic=topic) if topic in parts else old[old["topic"] == topic]
        for topic in topics
    ]
    rows = pd.concat([old[:0], *found]).dropna(axis="columns", how="all").fillna("")
    columns = [name for name in in_order(rows) if name in rows]
    return rows[columns].map(harmless).to_csv(index=False, lineterminator="\n").encode()
