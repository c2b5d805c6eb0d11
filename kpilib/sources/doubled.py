"""Keys that come twice in one import with other values: found, counted, refused."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kpilib.contract import Table
from kpilib.errors import listed
from kpilib.sources.portions import Part


class Doubled:
    """Keys that come twice in one import with other values, counted by the files they are in."""

    def __init__(self, contract: Table, parts: Sequence[Part]) -> None:
        self.contract, self.parts = contract, parts
        self.found: dict[tuple[str, ...], tuple[int, set[str]]] = {}

    def look(self, frames: list[pl.DataFrame]) -> None:
        """Count those of one portion."""
        key = list(self.contract.key)
        # One mark for each value: lists cannot be counted, and eight bytes are enough to differ.
        marked = [
            rows.select(
                *key,
                *(pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash(0)).alias(f" {name}")
                  for name in rows.columns if name not in key),
                from_part=pl.lit(place, dtype=pl.UInt32),
            )
            for place, rows in enumerate(frames)
        ]  # fmt: skip
        rows = pl.concat(marked, how="diagonal") if marked else pl.DataFrame()
        if not len(rows) or rows.select(pl.struct(key).n_unique()).item() == len(rows):
            return
        values = [name for name in rows.columns if name.startswith(" ")]
        twice = rows.group_by(key).agg(
            *(pl.col(name).drop_nulls().n_unique() > 1 for name in values),
            from_part=pl.col("from_part").unique().sort(),
        )
        wrong = twice.filter(pl.any_horizontal([pl.lit(False), *values]))
        for *marks, places in wrong.select(*values, "from_part").iter_rows():
            files = tuple(dict.fromkeys(self.parts[place].origin for place in places))
            count, columns = self.found.setdefault(files, (0, set()))
            columns |= {name[1:] for name, mark in zip(values, marks, strict=True) if mark}
            self.found[files] = count + 1, columns

    def faults(self) -> list[str]:
        """Return one sentence for each set of files."""
        key = listed(self.contract.key)
        sentences = []
        for files, (count, columns) in self.found.items():
            other = listed(sorted(columns))
            if len(files) == 1:
                sentences.append(
                    f"{files[0]}: {count} key(s) of {self.contract.name} ({key}) come twice with"
                    f" other values ({other}). A key names one row: keep the right one."
                )
            else:
                sentences.append(
                    f"{' and '.join(files)} contradict each other: {count} row(s) of"
                    f" {self.contract.name} with the same {key} have other values ({other}). One is"
                    " an older copy: import the later one alone."
                )
        return sentences
