"""New files into a company's folder, all of them or none; what they replace is kept."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import lock_descriptor

from kpilib.errors import LockedError
from kpilib.files import flushed, replacing
from kpilib.saying import error_of

PREVIOUS = "previous"
LOCK = ".import.lock"
STAGING = ".import"
JOURNAL = "journal.json"


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """Hold the company's folder for one import, and give it a place to prepare its files in.

    What an import that was killed left behind is undone first.

    Raises
    ------
    LockedError
        Another import holds the folder.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not lock_descriptor(descriptor, blocking=False):
            raise error_of(
                LockedError,
                "Another import into {name} is under way. Wait until it has ended.",
                name=folder.name,
            )
        place = folder / STAGING
        if (place / JOURNAL).exists():
            _undo(folder, json.loads((place / JOURNAL).read_text(encoding="utf-8")))
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)
    finally:
        os.close(descriptor)  # frees the lock; its file stays, so that all lock the same one


def _step(folder: Path, target: Path, before: Path, *, keep: bool) -> dict[str, str]:
    """Set aside what stands where a file belongs, and say how that is undone."""
    step = {"target": str(target.relative_to(folder)), "before": "", "kept": ""}
    if target.exists():
        _same_file(target, before)
        step["before"] = str(before.relative_to(folder))
        if keep:
            step["kept"] = str(_numbered(folder / PREVIOUS, target).relative_to(folder))
    return step


def put_in_place(folder: Path, ready: dict[Path, Path], replaced: list[Path]) -> list[str]:
    """Move files to where they belong; when anything fails, all is as it was.

    Parameters
    ----------
    folder : Path
    ready : dict of Path to Path
        Where each file belongs, and where it was prepared.
    replaced : list of Path
        Tables that these replace, kept in ``previous/``; imports.csv is only put back on failure.

    Returns
    -------
    list of str
        Where the tables before are kept, below the folder.
    """
    place = folder / STAGING
    steps = [
        _step(folder, target, place / f"before-{number}", keep=target in replaced)
        for number, target in enumerate(dict.fromkeys([*ready, *replaced]))
    ]
    for made in ready.values():
        flushed(made)
    journal = place / JOURNAL
    with replacing(journal) as aside:
        aside.write_text(json.dumps(steps), encoding="utf-8")
    try:
        kept = _keep(folder, steps)
        for target, made in ready.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(made, target)
        for target in replaced:
            if target not in ready:
                target.unlink()
        journal.unlink()
    except BaseException:
        _undo(folder, steps)
        journal.unlink(missing_ok=True)
        raise
    return kept


def _keep(folder: Path, steps: list[dict[str, str]]) -> list[str]:
    """Keep the tables before in ``previous/``; return where they are."""
    kept = {step["kept"]: step["before"] for step in steps if step["kept"]}
    for name, before in kept.items():
        (folder / PREVIOUS).mkdir(exist_ok=True)
        _same_file(folder / before, folder / name)
    return list(kept)


def _undo(folder: Path, steps: list[dict[str, str]]) -> None:
    """Bring back what stood where a file was put, or was about to be put."""
    for step in steps:
        target = folder / step["target"]
        if not step["before"]:
            target.unlink(missing_ok=True)
            continue
        before = folder / step["before"]
        if not (target.exists() and os.path.samefile(before, target)):
            aside = before.with_suffix(".back")
            shutil.copy2(before, aside)
            os.rename(aside, target)  # puts the whole file back at once
        if step["kept"]:
            (folder / step["kept"]).unlink(missing_ok=True)
    previous = folder / PREVIOUS
    if previous.is_dir() and not any(previous.iterdir()):
        previous.rmdir()


def _same_file(target: Path, name: Path) -> None:
    """Give a file a second name; copy it where the disk has no such names."""
    try:
        os.link(target, name)
    except OSError:
        shutil.copy2(target, name)


def _numbered(previous: Path, target: Path) -> Path:
    """Return the next free name: ``orders.3.parquet``."""
    pattern = re.compile(re.escape(target.stem) + r"\.(\d+)\.")
    found = [pattern.match(each.name) for each in previous.glob(f"{target.stem}.*")]
    last = max((int(match[1]) for match in found if match), default=0)
    return previous / f"{target.stem}.{last + 1}{target.suffix}"
