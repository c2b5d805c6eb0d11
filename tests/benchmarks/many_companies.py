"""Many companies from one list beside the usual loop over notebooks: time, cost, memory.

`python -m tests.benchmarks.many_companies [COMPANIES] [small|sample]`. One company by the loop,
papermill and nbconvert on every notebook, stands for all of them: half of it runs before the list
and half after, so that a machine that does other things slows down both. Seconds of processors are
those of every process that a command started, to its end.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import polars as pl
import psutil

from kpilib.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]
TOPICS = ("audience", "leads", "emailing", "social", "employees", "training_roi")
MONTH = "2026-10"
SINCE = {"small": "2026-08", "sample": ""}  # three months of the sample, or all three years
REFERRED_TO = {other for each in TABLES.values() for other in each.links.values()}
COMPANIES, MB, LOOK = 4, 2**20, 2.0  # seconds: to look costs itself
ADOPT = 36  # PR_SET_CHILD_SUBREAPER


@dataclass
class Cost:
    """What commands took: seconds on the clock, of processors, and the most memory at a time."""

    clock: float = 0.0
    processors: float = 0.0
    memory: list[int] = field(default_factory=list)
    said: str = ""

    def add(self, *command: object, cwd: Path) -> None:
        """Run a command to its end, watching all that it starts; stop if it fails."""
        before, began = os.times(), time.perf_counter()
        ran = subprocess.Popen(
            [str(part) for part in command], cwd=cwd, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        watching = threading.Thread(target=self._watch, args=(psutil.Process(ran.pid),))
        watching.start()
        _, self.said = ran.communicate()
        watching.join()
        with suppress(ChildProcessError):
            while True:  # what it leaves behind: the process that notebooks are forked from
                os.wait()
        if ran.returncode:
            sys.exit(self.said)
        after = os.times()
        self.clock += time.perf_counter() - began
        self.processors += after.children_user - before.children_user
        self.processors += after.children_system - before.children_system

    def _watch(self, process: psutil.Process) -> None:
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            total = 0
            try:
                for each in (process, *process.children(recursive=True)):
                    try:  # what several processes share counts once
                        total += each.memory_full_info().pss
                    except psutil.Error:
                        continue
            except psutil.Error:
                break
            self.memory.append(total)
            time.sleep(LOOK)


def lay_out(folder: Path, since: str) -> None:
    """Copy the sample; its tables of moments, which no other one refers to, from a day on."""
    sample = ROOT / "data" / "sample"
    shutil.copytree(sample, folder)
    for path in (sample / "tables").glob("*.parquet"):
        contract, rows = TABLES[path.stem], pl.read_parquet(path)
        if (
            since
            and contract.time in rows.columns
            and not (contract.span or path.stem in REFERRED_TO)
        ):
            rows = rows.filter(pl.col(contract.time).cast(pl.String) >= since)
        rows.write_parquet(folder / "tables" / path.name)


def companies(place: Path, count: int, since: str) -> Path:
    """Lay out companies and their list."""
    lines = [f"defaults: {{topics: [{', '.join(TOPICS)}], languages: [en]}}", "companies:"]
    for number in range(count):
        lay_out(place / f"company-{number:03}", since)
        lines.append(f"- folder: company-{number:03}")
    file = place / "companies.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def loop(notebooks: list[Path], place: Path, cost: Cost) -> None:
    """Run and convert each notebook with the usual commands."""
    programs = Path(sys.executable).parent
    for notebook in notebooks:
        done = place / notebook.name
        cost.add(
            programs / "papermill", notebook, done, "--no-progress-bar",
            "-p", "period", MONTH, "-p", "data", place / "company-000", cwd=notebook.parent,
        )  # fmt: skip
        cost.add(programs / "jupyter", "nbconvert", "--to", "html", "--no-input", done, cwd=place)


def main(count: int = COMPANIES, kind: str = "small") -> None:
    """Print what a company costs either way, and how the list's memory goes on."""
    ctypes.CDLL(None).prctl(ADOPT, 1)  # so that all that a command starts is counted, to its end
    names = ("01_audience", "02_leads", "03_emailing", "04_social", "05_employees",
             "06_training_roi")  # fmt: skip
    notebooks = [ROOT / "notebooks" / f"{name}.ipynb" for name in names]
    many, usual = Cost(), Cost()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        file = companies(place, count, SINCE[kind])
        loop(notebooks[::2], place, usual)
        many.add(
            sys.executable, "-m", "kpilib", "report", MONTH, "--companies", file,
            "--out", place / "reports", cwd=ROOT,
        )  # fmt: skip
        loop(notebooks[1::2], place, usual)
    half = len(many.memory) // 2
    first, second = max(many.memory[:half]) / MB, max(many.memory[half:]) / MB
    print(f"{count} companies ({kind}) x {len(TOPICS)} reports; by the loop one x {len(TOPICS)}")
    print(f"  kpilib report --companies  {many.processors / count:6.1f} s of processors a company,"
          f" {many.clock / count:6.1f} s on the clock")  # fmt: skip
    print(f"  papermill, nbconvert       {usual.processors:6.1f} s of processors a company,"
          f" {usual.clock:6.1f} s on the clock")  # fmt: skip
    print(f"  loop / list  {usual.processors * count / many.processors:.1f} of processors,"
          f" {usual.clock * count / many.clock:.1f} on the clock, of a machine that does other"
          " things meanwhile")  # fmt: skip
    print(f"  most memory of all processes: first half {first:.0f} MB, second half {second:.0f} MB")
    took = [float(line.rpartition("(")[2].split(" s)")[0]) for line in many.said.splitlines()
            if line.startswith("[")]  # fmt: skip
    print(f"  one company: {min(took):.0f} to {max(took):.0f} s, half below {median(took):.0f} s;"
          f" in turn {', '.join(f'{each:.0f}' for each in took)}")  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:3])
