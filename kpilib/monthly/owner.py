"""Whose a folder of reports is: two companies never publish into one, nor into one record.

A company is known by its name in company.yaml, wherever its data lies; without a name, by that of
its folder. Copies of its data are the same company, and a name that differs by an accent or a
capital is another one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kpilib.errors import CompanyError, listed
from kpilib.files import OF_PART, part_of, shortened, slug
from kpilib.monthly.index import manifests
from kpilib.saying import error_of
from kpilib.settings import Settings, settings_of


def one_spelling(name: str) -> str:
    """Return a name as it compares: the same letters, whatever keyboard or system wrote them."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def owners(months: Mapping[str, Mapping[str, Any]], recorded: Iterable[str]) -> dict[str, str]:
    """Return the companies that published into a folder, each with where that is said.

    Parameters
    ----------
    months : mapping of str to manifest
        Of older versions, they tell the company's name alone; nothing where it had none.
    recorded : iterable of str
        The companies that its ledger names; rows of older versions name none.
    """
    found: dict[str, str] = {}
    for month, manifest in months.items():
        name = manifest.get("identity") or manifest.get("company") or ""
        if "identity" not in manifest and name == Settings().name:
            continue
        found.setdefault(one_spelling(str(name)), f"{month}/run.json")
    for name in recorded:
        found.setdefault(one_spelling(name), "ledger.csv")
    found.pop("", None)
    return found


def refuse_others(
    root: Path,
    known: tuple[str, ...],
    months: Mapping[str, Mapping[str, Any]],
    recorded: Iterable[str],
) -> None:
    """Refuse to publish into the folder of another company.

    Parameters
    ----------
    root : Path
        The folder.
    known : tuple of str
        What this company is known by, and was before.
    months, recorded
        What lies there: see `owners`.

    Raises
    ------
    CompanyError
        With whose it is, where that is said, and what to do.
    """
    others = {name: where for name, where in owners(months, recorded).items() if name not in known}
    if not others:
        return
    said = listed(f"{name!r} ({where})" for name, where in others.items())
    raise error_of(
        CompanyError,
        "The folder {folder} holds reports of another company: {others}; this one is {own!r}"
        " (company.yaml). Two companies never share a folder: publish this one elsewhere (--out"
        " FOLDER), or rename its data folder. If it is the same company under another name, say so"
        " in company.yaml: former_names: [{names}].",
        folder=f"{root.parent.name}/{root.name}",
        others=said,
        own=known[0],
        names=listed(map(repr, others)),
    )


def names_of(data: Path, settings: Settings) -> tuple[str, ...]:
    """Return what a company is known by, first, and what it was known by before."""
    named = settings.name != Settings().name
    now = settings.name if named else data.resolve().name
    return tuple(map(one_spelling, (now, *settings.former_names)))


def folder_of(data: Path, part: Mapping[str, Sequence[str]]) -> str:
    """Return the name of the reports of a company, or of a part of it."""
    groups = [group for groups in part.values() for group in groups]
    return "-".join([data.resolve().name, *groups])


def root_of(
    out: Path,
    data: Path,
    known: Sequence[str] = (),
    part: Mapping[str, Sequence[str]] | None = None,
) -> Path:
    """Return where the reports of a company lie, for all that read or write them.

    Parameters
    ----------
    out : Path
        Where those of all companies lie.
    data : Path
        The company's folder.
    known : sequence of str
        What it is known by, and was before; by default what its company.yaml says, which is read
        only where it matters.
    part : mapping of str to sequence of str, optional
        The column and groups of a part of it; by default those that the run is about.

    Notes
    -----
    Names without Latin letters once lost them, and several could become one. Reports that are its
    own, and only those, stay where they were.
    """
    folder = folder_of(data, part_of(data) if part is None else part)
    root, older = out / slug(folder), out / shortened(folder)
    if root == older or root.exists() or not older.is_dir():
        return root
    own = set(owners(manifests(older), ()))
    return older if own and own <= set(known or names_of(data, settings_of(data))) else root


def roots_of(out: Path, data: Path) -> list[Path]:
    """Return where the reports of a company and of all its parts lie."""
    whole, names = root_of(out, data), names_of(data, settings_of(data))
    of_part = tuple(f"{name}{OF_PART}" for name in names)
    beside = sorted(out.glob(f"{slug(data.resolve().name)}-*"))
    told = {each: owners(manifests(each), ()) for each in beside if each.is_dir()}
    own = [each for each, by in told.items() if by and all(n.startswith(of_part) for n in by)]
    return [whole, *own]
