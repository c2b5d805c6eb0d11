"""Labels of tables that were not imported: one name written in several ways is several groups."""

from __future__ import annotations

from collections.abc import Iterator

from kpilib.sources.spellings import columns_of, folded
from kpilib.tables import TABLES
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables


def labels(tables: Tables) -> Iterator[str]:
    """Yield a sentence for each column whose labels differ only as nobody means them to.

    Parameters
    ----------
    tables : Tables
        Without faults.
    """
    for name in tables.given:
        for column in columns_of(TABLES[name]):
            if column not in tables.columns(name):
                continue
            written = in_pandas(tables.frame(name, {column}).unique())[column].dropna()
            meant = len({folded(label) for label in written})
            if meant < len(written):
                yield (
                    f"{tables.origin(name)}: column {column}: {len(written):,} labels are {meant:,}"
                    " once capitals, spaces and the way accents are stored are left aside, and"
                    " each is a group of its own. Write them alike."
                )
