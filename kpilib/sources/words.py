"""What an import says of a file: what it understood, what it left out, what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kpilib.errors import listed
from kpilib.sources.convert import Understood

if TYPE_CHECKING:
    from kpilib.sources.imports import Imported

STATUS = {
    "verified": "verified with real files",
    "documented": "written from the tool's documentation",
    "unverified": "UNVERIFIED: no real file was seen yet, so compare the figures with the tool's",
}


def sentences(done: Imported, dry_run: bool) -> Iterator[str]:
    """Yield the lines about one file."""
    yield done.file
    for each in done.understood:
        yield from _table(each)
    for reason in done.refused:
        yield f"  Not used: {reason}" if not done.already else f"  {reason}"
    for name, merged in done.tables.items():
        change = "would be " if dry_run else ""
        yield (
            f"  Table {name}: {merged.added:,} row(s) {change}added, {merged.changed:,} {change}"
            f"changed, {merged.same:,} the same as before"
            + (f", {merged.removed:,} {change}removed" if merged.removed else "")
        )


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
    for reason, count in sorted(understood.dropped.items()):
        yield f"    {count:,} row(s) dropped: {reason}"
    yield "    columns used: " + listed(dict.fromkeys(understood.used.values()))
    if understood.ignored:
        yield f"    columns ignored: {listed(understood.ignored)}"
    for name, (said, summed) in understood.totals.items():
        yield f"    total checked: {understood.used[name]} {said:,.10g} (rows: {summed:,.10g})"
    if table.non_additive:
        yield f"    not additive, never summed: {listed(table.non_additive)}"
    if preset.approximate:
        yield "    the tool estimates these figures: they are approximate"
    if understood.encoding:
        yield f"    encoding {understood.encoding}"
    for note in understood.notes:
        yield f"    {note}"
