"""Whose a folder of reports is: two companies never publish into one, nor into one record.

A company is known by its name in company.yaml, wherever its data lies; without a name, by that of
its folder. Copies of its data are the same company, and a name that differs by an accent or a
capital is another one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kpilib.errors import CompanyError, listed
from kpilib.files import shortened
from kpilib.settings import Settings


def one_spelling(name: str) -> str:
    """Return a name as it compares: the same letters, whatever keyboard or system wrote them."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def owners(months: Mapping[str, Mapping[str, Any]], rows: Iterable[Any]) -> dict[str, str]:
    """Return the companies that published into a folder, each with where that is said.

    Parameters
    ----------
    months : mapping of str to manifest
        Of older versions, they tell the company's name alone; nothing where it had none.
    rows : iterable of Publication
        Of older versions, they tell nothing.
    """
    found: dict[str, str] = {}
    for month, manifest in months.items():
        name = manifest.get("identity") or manifest.get("company") or ""
        if "identity" not in manifest and name == Settings().name:
            continue
        found.setdefault(one_spelling(str(name)), f"{month}/run.json")
    for each in rows:
        found.setdefault(one_spelling(each.company), "ledger.csv")
    found.pop("", None)
    return found


def refuse_others(
    root: Path,
    known: tuple[str, ...],
    months: Mapping[str, Mapping[str, Any]],
    rows: Iterable[Any],
) -> None:
    """Refuse to publish into the folder of another company.

    Parameters
    ----------
    root : Path
        The folder.
    known : tuple of str
        What this company is known by, and was before.
    months, rows
        What lies there: see `owners`.

    Raises
    ------
    CompanyError
        With whose it is, where that is said, and what to do.
    """
    others = {name: where for name, where in owners(months, rows).items() if name not in known}
    if not others:
        return
    said = listed(f"{name!r} ({where})" for name, where in others.items())
    raise CompanyError(
        f"The folder {root.parent.name}/{root.name} holds reports of another company: {said}; this"
        f" one is {known[0]!r} (company.yaml). Two companies never share a folder: publish this one"
        f" elsewhere (--out FOLDER), or rename its data folder. If it is the same company under"
        f" another name, say so in company.yaml: former_names: [{', '.join(map(repr, others))}]."
    )


def root_of(out: Path, slug: str, folder: str, known: tuple[str, ...], months_of: Any) -> Path:
    """Return where the reports of a company lie.

    Parameters
    ----------
    out : Path
        Where those of all companies lie.
    slug, folder : str
        The name of its folder of reports, and of that of its data.
    known : tuple of str
        What it is known by, and was before.
    months_of : callable
        Reads the run.json of every month below a folder.

    Notes
    -----
    Names without Latin letters once lost them, and several could become one. Reports that are its
    own, and only those, stay where they were.
    """
    root, older = out / slug, out / shortened(folder)
    if root == older or root.exists() or not older.is_dir():
        return root
    own = set(owners(months_of(older), ()))
    return older if own and own <= set(known) else root
