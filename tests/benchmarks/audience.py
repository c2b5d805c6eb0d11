"""All audience KPIs, 13 months by channel, beside the same figures written by hand.

Each way runs in a process of its own, by turns; the best time of each counts. Imports are not
timed. kpilib also looks for repeated sessions, which those who write by hand rarely do.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.by_hand import NAMES, as_kpis, with_duckdb, with_polars

ROOT = Path(__file__).resolve().parents[2]
ROWS, ROUNDS = 30_000_000, 3
UNKNOWN = "(unknown)"
MODULE = "tests.benchmarks.audience"


def asked() -> list[str]:
    """Return the audience KPIs that are made of sessions alone and added up by the engine."""
    from kpilib.definitions import Method
    from kpilib.tables.derive import base_of
    from kpilib.topics.catalogue import catalogue

    return [
        name
        for name, kpi in catalogue().items()
        if kpi.topic == "audience"
        and not isinstance(kpi.value, Method)
        and {base_of(table) for table in kpi.tables} == {"sessions"}
    ]


def with_kpilib(path: str) -> dict[str, float]:
    """Ask kpilib, in one call."""
    import kpilib as kl

    data = kl.open({"sessions": path}, timezone="Europe/Paris")
    table = data.series(asked(), "2026-10", months=13, by="channel")
    found = {}
    for row in table.itertuples():
        cell = f"{row.period} {row.channel}"
        found[f"{cell} {row.kpi}"] = row.value
        details = {k: v for k, v in row.details.items() if not k.endswith(("_low", "_high"))}
        found |= {f"{cell} {row.kpi}.{name}": value for name, value in details.items()}
    return found


def by_hand(rows: list[dict]) -> dict[str, float | None]:
    """Name the figures written by hand as kpilib's are."""
    return {
        f"{NAMES[row['month'] - 1]} {row['channel'] or UNKNOWN} {name}": value
        for row in rows
        for name, value in as_kpis(row).items()
    }


def child(way: str, path: str, answers: str) -> None:
    """Time one way in this process, and write down its figures."""
    import duckdb  # noqa: F401
    import polars  # noqa: F401
    import scipy.stats  # noqa: F401

    import kpilib.answers.evaluate
    import kpilib.engine.question  # noqa: F401

    start = time.perf_counter()
    if way == "kpilib":
        found = with_kpilib(path)
    else:
        found = by_hand((with_duckdb if way == "DuckDB" else with_polars)(path))
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    unit = 1 if sys.platform == "darwin" else 1024
    facts = {
        "seconds": seconds, "gigabytes": used.ru_maxrss * unit / 1e9, "figures": found,
    }  # fmt: skip
    Path(answers).write_text(json.dumps(facts), encoding="utf-8")


def compared(ours: dict[str, float], theirs: dict[str, float | None]) -> int:
    """Return how many figures are the same; stop at one that is not."""
    for name, value in ours.items():
        other = theirs[name]
        if not (value is other is None or math.isclose(value, other, rel_tol=1e-9)):
            raise SystemExit(f"{name}: kpilib says {value}, by hand it is {other}.")
    # Where nothing of a kind was counted, kpilib has no group.
    lost = [name for name, value in theirs.items() if value and "." not in name.split()[-1]
            and name not in ours]  # fmt: skip
    if lost:
        raise SystemExit(f"kpilib has no {lost[0]}.")
    return len(ours)


def main(rows: int = ROWS, rounds: int = ROUNDS) -> None:
    """Make the sessions, run the three ways by turns and print their times and memory."""
    from tests.benchmarks.many_sessions import many_sessions

    ways = ("kpilib", "DuckDB", "Polars")
    best: dict[str, dict] = {}
    with tempfile.TemporaryDirectory() as folder:
        path, answers = Path(folder) / "sessions.parquet", Path(folder) / "answers.json"
        many_sessions(path, rows)
        for _ in range(rounds):
            for way in ways:
                command = [sys.executable, "-m", MODULE, way, path, answers]
                subprocess.run([str(part) for part in command], cwd=ROOT, check=True)
                facts = json.loads(answers.read_text(encoding="utf-8"))
                known = best.setdefault(way, facts)
                known["seconds"] = min(known["seconds"], facts["seconds"])
                known["gigabytes"] = max(known["gigabytes"], facts["gigabytes"])
    same = min(compared(best["kpilib"]["figures"], best[way]["figures"]) for way in ways[1:])
    print(f"{len(asked())} audience KPIs of {rows / 1e6:g} million sessions, 13 months x channel")
    print(f"  {same} figures and details, the same by hand")
    for way in ways:
        print(f"  {way:8} {best[way]['seconds']:6.1f} s  {best[way]['gigabytes']:5.2f} GB at most")
    faster = min(best[way]["seconds"] for way in ways[1:])
    leaner = min(best[way]["gigabytes"] for way in ways[1:])
    print(
        f"  kpilib / the faster by hand {best['kpilib']['seconds'] / faster:.2f}"
        f"    kpilib / the leaner by hand {best['kpilib']['gigabytes'] / leaner:.2f}"
    )


if __name__ == "__main__":
    if len(sys.argv) > 3:
        child(*sys.argv[1:])
    else:
        main(*map(int, sys.argv[1:]))
