"""One spelling for each label: PARIS, Paris and "Paris " with a hard space are one group.

Only names of groups are brought together: identifiers, page addresses and texts that people wrote
stay as they are. The spelling that is in the table already wins, so that importing twice changes
nothing; else the one that most rows have.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from kpilib.files import replacing
from kpilib.saying import say
from kpilib.tables.contract import Table
from kpilib.tables.read import native

LABELS = (
    "acquisition_channel",
    "country",
    "format",
    "language",
    "medium",
    "network",
    "segment",
    "source",
    "team",
    "topic",
)
UNSEEN = re.compile("[\u200b\u2060\ufeff\u00ad]")  # without width: nobody sees that they are there


def cleaned(label: str) -> str:
    """Return a label as it looks: accents stored one way, single spaces, nothing unseen."""
    return " ".join(UNSEEN.sub("", unicodedata.normalize("NFC", label)).split())


def folded(label: str) -> str:
    """Return what all spellings of a label have in common."""
    return cleaned(label).casefold()


def columns_of(contract: Table) -> list[str]:
    """Return the columns of a table that hold labels; what is part of its key stays as it is."""
    named = (contract.columns[each] for each in LABELS if each in contract.columns)
    return [
        each.name
        for each in named
        if each.type in ("key", "text") and each.name not in contract.key
    ]


def one_spelling(contract: Table, parts: Sequence[Path], before: Path | None) -> Iterator[str]:
    """Write the labels of new rows in one way each; yield a sentence a column that had several.

    Parameters
    ----------
    contract : Table
    parts : sequence of Path
        Parquet files of new rows, written anew where a label changes.
    before : Path or None
        The table as it is.
    """
    for column in columns_of(contract):
        given = [
            path for path in parts if column in pl.scan_parquet(path, glob=False).collect_schema()
        ]
        rows = Counter[str]()
        for path in given:
            rows.update(_counted(pl.scan_parquet(path, glob=False), column))
        known = _known(before, column) if rows else Counter()
        meant = _meant(rows, known)
        if not meant:
            continue
        for path in given:
            _rewrite(path, column, meant)
        merged = len({spelling for spelling in meant.values() if spelling is not None})
        yield (
            say(
                "Table {table}: column {column}: {count} spelling(s) merged into {merged}"
                " label(s); they differed in capitals, spaces or how accents are stored",
                table=contract.name,
                column=column,
                count=len(meant),
                merged=merged,
            )
        )


def _meant(rows: Counter[str], known: Counter[str]) -> dict[str, str | None]:
    """Return what each spelling that is not the one of its label becomes."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for label, count in rows.items():
        groups[folded(label)][cleaned(label)] += count
    there: dict[str, Counter[str]] = defaultdict(Counter)
    for label, count in known.items():
        there[folded(label)][label] += count
    chosen = {fold: _first(there.get(fold) or labels) for fold, labels in groups.items()}
    meant = {label: chosen[folded(label)] or None for label in rows}
    return {label: spelling for label, spelling in meant.items() if spelling != label}


def _first(labels: Counter[str]) -> str:
    """Return the most frequent spelling; among equals, one that is not all capitals."""
    return min(labels, key=lambda label: (-labels[label], label.isupper(), label))


def _counted(frame: pl.LazyFrame, column: str) -> Counter[str]:
    counts = frame.group_by(pl.col(column).cast(pl.String)).len().collect(engine="streaming")
    return Counter({label: rows for label, rows in counts.iter_rows() if label is not None})


def _known(before: Path | None, column: str) -> Counter[str]:
    if before is None:
        return Counter()
    frame: pl.LazyFrame = native(before, before.name).to_native()
    return _counted(frame, column) if column in frame.collect_schema() else Counter()


def _rewrite(path: Path, column: str, meant: dict[str, str | None]) -> None:
    spelt = pl.col(column).replace(list(meant), list(meant.values()))
    with replacing(path, lasting=False) as aside:
        pl.scan_parquet(path, glob=False).with_columns(spelt).sink_parquet(aside, compression="lz4")
