"""What is left out of an import, short enough to be compared."""

from __future__ import annotations

from kpilib.sources.convert import Understood


def left_out(understood: Understood) -> dict[str, tuple[int, list[int]]]:
    """Return reason to how many rows, and the numbers of the first of them."""
    return {why: (count, rows) for why, count, rows in understood.left_out.reasons()}
