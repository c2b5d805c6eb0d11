"""What the kit answers and publishes of the sample company, frozen before a change and compared.

::

    python -m tests.equality freeze build/before [--pages]
    python -m tests.equality compare build/before [--pages]

Numbers are equal to 1e-12 of themselves; what is missing, statuses, reasons, flags, details and
refusals are the same. With ``--pages`` three months are published too: figures.csv of every topic,
the index and the ledger (some minutes).
"""

from __future__ import annotations

import argparse
import math
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import kpilib as kl
from kpilib.definitions import Method
from kpilib.errors import KpilibError
from kpilib.topics.catalogue import catalogue

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"
PERIODS = ("2026-10", "2026-Q3", "2025")
COMPARED = ("previous", "year_before")
MONTHS = ("2026-08", "2026-09", "2026-10")
CLOSED = "respondent_key"  # by which nothing may be cut
CLOCK = ("hour", "weekday")
PUBLISHED = ("figures.csv", "index.html", "ledger.csv")
MADE_AT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?|\d\d:\d\d")


def answers() -> Iterator[tuple[str, Any]]:
    """Yield everything that is asked, by what it is."""
    ids, company = [*catalogue()], kl.open(SAMPLE)
    for printed in (False, True):  # of one company: what was worked out is kept
        company.printed, how = printed, "printed" if printed else "exact"
        for period in PERIODS:
            yield f"{how} {period}", company.evaluate(ids, period, compare=COMPARED)
        yield f"{how} series", company.series(ids, MONTHS[-1])
        for by, cut in _cuts().items():
            yield f"{how} by {by}", company.evaluate(cut, MONTHS[-1], by=by, compare=COMPARED)
    yield from _beyond_the_rule(company, ids)


def _beyond_the_rule(company: Any, ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Yield refusals, what one table alone answers, days under way, and a split change."""
    plain = [each.id for each in catalogue().values() if not isinstance(each.value, Method)]
    under_way = kl.open(SAMPLE, as_of="2026-10-20")
    yield "under way", under_way.evaluate(plain, MONTHS[-1], compare=COMPARED)
    yield f"by {CLOSED}", _or_refusal(lambda: company.evaluate(ids, MONTHS[-1], by=CLOSED))
    clocked = kl.open(SAMPLE, as_of="2026-10-20")
    clocked.forgiving = True
    for by in CLOCK:
        yield f"by {by}", _or_refusal(lambda by=by: clocked.evaluate(plain, MONTHS[-1], by=by))
    for table, frame in company.tables.given.items():
        alone = kl.open({table: frame}, as_of="2026-10-31")
        alone.forgiving = True
        yield f"{table} alone", alone.evaluate(plain, MONTHS[-1])
    for kpi in map(catalogue().get, plain):
        for by in kpi.cuts[:1]:
            asked = kpi.id, MONTHS[-1], by
            yield f"{kpi.id} explained", _or_refusal(lambda asked=asked: company.explain(*asked))


def _cuts() -> dict[str, list[str]]:
    """Return the KPIs of each declared cut."""
    found: dict[str, list[str]] = {}
    for kpi in catalogue().values():
        for by in kpi.cuts:
            found.setdefault(by, []).append(kpi.id)
    return found


def _or_refusal(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except KpilibError as refusal:
        return str(refusal)


def pages(out: Path) -> Iterator[tuple[str, Any]]:
    """Yield what is published of three months, but for the moment at which it was."""
    for month in MONTHS:
        command = [sys.executable, "-m", "kpilib", "report", month, "--data", str(SAMPLE)]
        subprocess.run([*command, "--out", str(out)], cwd=ROOT, check=True, capture_output=True)
    for path in sorted(out.rglob("*")):
        if path.name in PUBLISHED:
            yield str(path.relative_to(out)), MADE_AT.sub("", path.read_text("utf-8"))


def different(old: Any, new: Any) -> bool:
    """Whether two answers differ by more than the noise of the last digits."""
    if isinstance(old, pd.DataFrame):
        same = isinstance(new, pd.DataFrame) and [*old] == [*new] and len(old) == len(new)
        return not same or any(
            old[name].dtype != new[name].dtype or different([*old[name]], [*new[name]])
            for name in old
        )
    if isinstance(old, Mapping):
        return old.keys() != new.keys() or any(different(old[name], new[name]) for name in old)
    if isinstance(old, (list, tuple, np.ndarray)):
        return len(old) != len(new) or any(map(different, old, new))
    if isinstance(old, float) and isinstance(new, float):
        return not (
            old == new or (old != old and new != new) or math.isclose(old, new, rel_tol=1e-12)
        )
    return not (old is new or (type(old) is type(new) and (pd.isna(old) or old == new)))


def places_of(old: Any, new: Any) -> str:
    """Tell where two answers differ, in one line."""
    if not isinstance(old, pd.DataFrame) or not isinstance(new, pd.DataFrame):
        return "another text" if type(old) is type(new) else f"{type(old)} is {type(new)}"
    if [*old] != [*new] or len(old) != len(new):
        return f"{len(old)} rows of {[*old]} are {len(new)} of {[*new]}"
    found = []
    for name in old:
        if old[name].dtype != new[name].dtype:
            found.append(f"{name}: {old[name].dtype} is {new[name].dtype}")
        at = [
            n for n, each in enumerate(zip(old[name], new[name], strict=True)) if different(*each)
        ]
        if at:
            head = [*old.iloc[at[0]][["kpi", "period"]]] if "kpi" in old else at[0]
            values = old[name].iloc[at[0]], new[name].iloc[at[0]]
            found.append(f"{name} in {len(at)} rows, first {head}: {values[0]!r} is {values[1]!r}")
    return "; ".join(found)


def main() -> int:
    """Freeze, or compare; return 1 where something differs."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("what", choices=("freeze", "compare"))
    asked.add_argument("folder", type=Path)
    asked.add_argument("--pages", action="store_true")
    given = asked.parse_args()
    folder = given.folder / ("pages" if given.pages else "answers")
    folder.mkdir(parents=True, exist_ok=True)
    frozen = folder / "frozen.pickle"
    out = folder / f"{given.what} {date.today()}"
    found = dict(pages(out) if given.pages else answers())
    if given.what == "freeze":
        frozen.write_bytes(pickle.dumps(found))
        print(f"{len(found)} answers are frozen in {frozen}.")
        return 0
    before = pickle.loads(frozen.read_bytes())
    names = dict.fromkeys([*before, *found])
    wrong = [name for name in names if different(before.get(name), found.get(name))]
    for name in wrong:
        print(f"{name}: {places_of(before.get(name), found.get(name))}")
    print(f"{len(names) - len(wrong)} of {len(names)} answers are equal.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
