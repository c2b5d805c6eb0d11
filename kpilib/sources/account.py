"""What an import says of a file: what it understood, what it left out, what it changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kpilib.errors import listed
from kpilib.sources.convert import Understood
from kpilib.sources.left_out import numbered

if TYPE_CHECKING:
    from kpilib.sources.importing import Imported
    from kpilib.sources.merge import Merged

STATUS = {
    "verified": "verified with real files",
    "documented": "documented; not yet compared with the figures of a real file",
    "unverified": "UNVERIFIED: no real file was seen yet, so compare the figures with the tool's",
}


def sentences(done: Imported) -> Iterator[str]:
    """Yield the lines about one file."""
    yield done.file
    for each in done.understood:
        yield from _table(each)
    for reason in done.refused:
        yield f"  {reason}" if done.already else f"  Not used: {reason}"


def changes(tables: Mapping[str, Merged], dry_run: bool, kept: Sequence[str]) -> Iterator[str]:
    """Yield the lines about the tables, and about where those before are."""
    would = "would be " if dry_run else ""
    for name, merged in tables.items():
        yield (
            f"Table {name}: {merged.added:,} row(s) {would}added, {merged.changed:,}"
            f" {would}changed, {merged.same:,} the same as before"
            + (f", {merged.removed:,} {would}removed" if merged.removed else "")
        )
    if dry_run:
        yield "Nothing was written (--dry-run)."
    elif kept:
        yield f"The table(s) before are kept: {listed(kept)}"


def _table(understood: Understood) -> Iterator[str]:
    preset, table = understood.preset, understood.table
    yield f"  {understood.origin}: {preset.name}, table {table.id} ({STATUS[preset.status]})"
    if not table.target:
        use = "read for what it says about the other tables" if table.facts else "not used"
        yield f"    {use}" + (f": {table.unused}" if table.unused else "")
        for name, summed in understood.sums.items():
            yield f"    {understood.rows:,} row(s), {understood.used[name]}: {summed:,.10g}"
        return
    days = f", {understood.first} to {understood.last}" if understood.first else ""
    yield f"    {understood.rows:,} row(s) read, {understood.kept:,} kept for {table.target}{days}"
    for reason, count, rows in understood.left_out.iter_rows():
        yield f"    {count:,} row(s) left out: {reason} ({numbered(count, rows)})"
    yield "    columns used: " + listed(dict.fromkeys(understood.used.values()))
    if understood.ignored:
        yield f"    columns ignored: {listed(understood.ignored)}"
    for name, (said, summed) in understood.totals.items():
        yield f"    total checked: {understood.used[name]} {said:,.10g} (rows: {summed:,.10g})"
    if understood.never_summed:
        yield f"    not additive, never summed: {listed(understood.never_summed)}"
    if preset.approximate:
        yield "    the tool estimates these figures: they are approximate"
    if understood.encoding:
        yield f"    encoding {understood.encoding}"
    for note in understood.notes:
        yield f"    {note}"
