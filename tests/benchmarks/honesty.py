"""How honest the figures are, measured: seeded simulations where the truth is known, as tables.

``python -m tests.benchmarks.honesty > docs/honesty.md`` writes all of it; names after the module
(``honesty news groups``) print those sections alone. A section is a function without parameters
that returns a data frame: its docstring's first line is the title and the rest what stands below
it. Each judges by the package itself, never by a formula of its own.
"""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable, Iterable

import pandas as pd

from tests.benchmarks import (
    honesty_chance,
    honesty_coverage,
    honesty_groups,
    honesty_news,
    honesty_teams,
    honesty_trainings,
)

SECTIONS: list[Callable[[], pd.DataFrame]] = [
    *honesty_news.SECTIONS,
    *honesty_groups.SECTIONS,
    *honesty_coverage.SECTIONS,
    *honesty_teams.SECTIONS,
    *honesty_trainings.SECTIONS,
    *honesty_chance.SECTIONS,
]
TOP = """# How honest the figures are

Simulations in which the truth is known, judged by kpilib. Written by
`python -m tests.benchmarks.honesty > docs/honesty.md`; seeded, so that anyone gets the same."""


def table(found: pd.DataFrame) -> str:
    """Return a frame as a Markdown table, numbers to the right."""
    ends = ["---:" if pd.api.types.is_numeric_dtype(found[name]) else "---" for name in found]
    lines = [list(found.columns), ends, *found.astype(str).values.tolist()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def section(make: Callable[[], pd.DataFrame]) -> str:
    """Return one section in Markdown, with its title and what is said of it."""
    title, _, said = inspect.getdoc(make).partition("\n")
    parts = [f"## {title.rstrip('.')}", said.strip(), table(make())]
    return "\n\n".join(part for part in parts if part)


def main(names: Iterable[str] = ()) -> None:
    """Print the sections asked for, or all; on the side, how long each took."""
    wanted = set(names) or {make.__name__ for make in SECTIONS}
    print(TOP)
    for make in SECTIONS:
        if make.__name__ in wanted:
            start = time.perf_counter()
            print(f"\n{section(make)}", flush=True)
            print(f"{make.__name__}: {time.perf_counter() - start:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
