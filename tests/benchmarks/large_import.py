"""Measures the import of 200 MB of CSV: seconds of CPU and the most memory, first and once more."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

MEGABYTES = 200
HEADER = (
    "Session ID,Visitor,Started,Duration,Engaged,Pageviews,Key events,Source,Medium,Landing page,"
    "Country,New visitor"
)
FIELDS = """
      session_id: {names: Session ID, type: id}
      visitor_id: {names: Visitor, type: id, pseudonym: true}
      started_at: {names: Started, type: instant}
      duration_s: {names: Duration, type: number, decimal: auto}
      engaged_s: {names: Engaged, type: number, decimal: auto}
      pageviews: {names: Pageviews, type: int, decimal: auto}
      key_events: {names: Key events, type: int, decimal: auto}
      source: {names: Source, type: text}
      medium: {names: Medium, type: text}
      landing_page: {names: Landing page, type: text}
      country: {names: Country, type: text}
      is_new_visitor: {names: New visitor, type: bool}
"""
PRESET = f"""
id: visits
name: Visits
status: documented
tables:
  - id: rows
    target: sessions
    signature: [Session ID, Visitor, Started]
    fields:{FIELDS}"""
# Run beside this process, so that the most memory is that of the import alone.
MEASURED = """
import resource, sys
from kpilib.cli import commands
commands(sys.argv[1:], standalone_mode=False)
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def export(path: Path, megabytes: float) -> int:
    """Write visits of a seed; return how many."""
    rng = random.Random(7)
    sources = ["google,organic", "(direct),(none)", "newsletter,email", "linkedin.com,social"]
    first, rows, size = datetime(2026, 1, 1), 0, 0
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEADER}\n")
        while size < megabytes * 1e6:
            begun = first + timedelta(seconds=rng.randrange(330 * 86_400))
            size += file.write(
                f"s{rows:08d},v{rng.randrange(900_000):07d},{begun},{rng.randrange(18_000) / 10},"
                f"{rng.randrange(900)},{rng.randrange(1, 20)},{rng.randrange(2)},"
                f"{rng.choice(sources)},/trainings/{rng.randrange(160)},France,"
                f"{rng.choice(('yes', 'no'))}\n"
            )
            rows += 1
    return rows


def main(megabytes: float = MEGABYTES) -> list[tuple[float, float]]:
    """Print the figures of an import into an empty company, and of the same file once more."""
    found = []
    with tempfile.TemporaryDirectory() as place:
        folder, file = Path(place, "company"), Path(place, "visits.csv")
        rows = export(file, megabytes)
        (folder / "presets").mkdir(parents=True)
        (folder / "company.yaml").write_text("name: Large\ntimezone: Europe/Paris\n", "utf-8")
        (folder / "presets" / "visits.yaml").write_text(PRESET, "utf-8")
        print(f"import of {megabytes:g} MB of CSV, {rows:,} rows", flush=True)
        for what in ("into an empty company", "the same once more"):
            res = subprocess.run(
                [sys.executable, "-c", MEASURED, "import", file, "--data", folder, "--again"],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            cpu, most = map(float, res.stdout.split()[-2:])
            print(f"  {what:24s} {cpu:6.1f} s of CPU, at most {most:6.0f} MB of memory")
            found.append((cpu, most))
    return found


if __name__ == "__main__":
    main()
