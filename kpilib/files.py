"""Files that others read: whole or not there, under names and with cells that do no harm."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp

from kpilib.errors import CompanyError, ParameterError
from kpilib.saying import error_of

PART = "KPILIB_PART"  # in the environment of one run: of which folder, which rows
OF_PART = " · "  # between the name of a company and those of the groups of a part
DIGITS = 8  # of the digest behind a name that lost letters
APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ`´"), "'")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@contextmanager
def replacing(path: Path, lasting: bool = True) -> Iterator[Path]:
    """Give a place beside a file to write it anew; it is moved there only when it is complete.

    Parameters
    ----------
    path : Path
    lasting : bool
        Whether it must outlive a machine that goes down; not so of what only one run reads.
    """
    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(descriptor)
    aside = Path(name)
    try:
        yield aside
        if lasting:
            flushed(aside)
        aside.chmod(0o644)  # a temporary file is for its owner alone
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def flushed(path: Path) -> None:
    """Have a file on the disk; some file systems tell only now that there is no space."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def filling(folder: Path) -> Iterator[Path]:
    """Give a place beside a new folder to fill; it is moved there only when all of it is there.

    Raises
    ------
    ParameterError
        It is a file, or not empty: something could be overwritten.
    """
    _require_new(folder)
    there = folder.resolve()
    there.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=there.parent, prefix=f".{there.name}.") as aside:
        filled = Path(aside) / there.name
        filled.mkdir()
        yield filled
        there.mkdir(exist_ok=True)  # one that is there stays: a terminal may stand in it
        for path in [*filled.iterdir()]:
            shutil.move(path, there / path.name)


def _require_new(folder: Path) -> None:
    if (file := file_in(folder)) is not None:
        raise error_of(
            ParameterError,
            "{folder!r} is a file. Name a folder that does not exist yet.",
            folder=file.name,
        )
    if folder.is_dir() and any(folder.iterdir()):
        raise error_of(
            ParameterError,
            "{folder!r} is not empty, and nothing in it is overwritten. Name a folder that does not"
            " exist yet.",
            folder=folder.name or str(folder),
        )


def require_folder(folder: Path) -> None:
    """Refuse a company's folder that is not there."""
    if not folder.is_dir():
        raise error_of(
            CompanyError,
            "There is no folder {name!r}. Name a company's, such as data/sample: --data"
            " on the command line, data in a notebook.",
            name=folder.name,
        )


def file_in(path: Path) -> Path | None:
    """Return the file that stands where a folder is meant, or where one of those above it is."""
    there = next((each for each in (path, *path.parents) if each.exists()), None)
    return None if there is None or there.is_dir() else there


def slug(name: str, between: str = "-") -> str:
    """Return a name in small letters without accents, anything else replaced by one sign.

    Where letters are lost that way (東京, Ωmega), or nothing is left, a digest of the whole name
    stands behind, so that two names do not become one.
    """
    lost = any(sign.isalnum() and not sign.isascii() for sign in _plain(name))
    if not lost and any(sign.isalnum() for sign in name):
        return shortened(name, between)
    whole = unicodedata.normalize("NFKC", name).casefold()  # the same from every file system
    digest = hashlib.sha256(whole.encode()).hexdigest()[:DIGITS]
    return f"{shortened(name, between)}{between}{digest}"


def shortened(name: str, between: str = "-", otherwise: str = "company") -> str:
    """Return what is left of a name in small letters without accents, as all were once called."""
    plain = _plain(name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", between, plain).strip(between) or otherwise


def _plain(name: str) -> str:
    plain = re.sub(r"\s+", " ", name.translate(APOSTROPHES))
    return unicodedata.normalize("NFKD", plain).casefold()


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Write rows as CSV; what a row does not have is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def disarmed(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def rearmed(text: str) -> str:
    """Return a text as it was before it was disarmed."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def harmless(cell: str) -> str:
    """Disarm a cell of a file, which may be a text or a number: numbers stay numbers."""
    if not cell.startswith(FORMULA_STARTS):
        return cell  # nearly all: to try each as a number takes three times as long
    try:
        float(cell)
    except ValueError:
        return disarmed(cell)
    return cell


def part_of(folder: Path) -> dict[str, list[str]]:
    """Return the column and groups of the part that a run is about; nothing of a whole company."""
    told = json.loads(os.environ.get(PART, "{}"))
    return told.get(str(folder.resolve()), {})


def about(folder: Path, where: Mapping[str, Sequence[str]]) -> AbstractContextManager[None]:
    """Have what is run in a `with` block be about a part: a column and its groups, if there are."""
    return variable(PART, json.dumps({str(folder.resolve()): where}) if where else None)


@contextmanager
def variable(name: str, value: str | None) -> Iterator[None]:
    """Have a variable of the environment hold a value, where one is given, in a `with` block."""
    before = os.environ.get(name)
    if value is not None:
        os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(name, None)  # of several threads, one has done it
        else:
            os.environ[name] = before


def options_of(where: Mapping[str, Sequence[str]] | None) -> list[str]:
    """Return the options of a command that ask for a part; none where it is about the whole."""
    return [
        f"--where={column}={each}" for column, groups in (where or {}).items() for each in groups
    ]


def written_in(folder: Path | None) -> Path | None:
    """Return where objectives, notes and decisions lie: they are of a company, not of a part."""
    return None if folder is None or part_of(folder) else folder
