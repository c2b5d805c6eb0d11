"""Time the month beside a shell loop, tables beside SQL, an import; measure how honest it is."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from tests.benchmarks import audience, honesty, large_import, many_companies, many_texts, network

ROOT = Path(__file__).resolve().parents[2]
MONTH = "2026-10"


def timed(*command: object, cwd: Path) -> float:
    """Return the seconds a command takes; stop if it fails."""
    start = time.perf_counter()
    subprocess.run([str(part) for part in command], cwd=cwd, check=True, capture_output=True)
    return time.perf_counter() - start


def the_month(out: Path) -> float:
    """Publish the sample company's month, one language, as a user does."""
    return timed(
        sys.executable, "-m", "kpilib", "report", MONTH, "--data", ROOT / "data" / "sample",
        "--out", out, "--lang", "en",
        cwd=ROOT,
    )  # fmt: skip


def the_loop(notebooks: list[Path], out: Path) -> tuple[float, float]:
    """Run and convert each notebook with the usual commands; also add up the cells' own times."""
    whole = cells = 0.0
    binaries = Path(sys.executable).parent
    for notebook in notebooks:
        executed = out / notebook.name
        whole += timed(
            binaries / "papermill", notebook, executed, "--no-progress-bar",
            "-p", "period", MONTH, "-p", "data", ROOT / "data" / "sample",
            cwd=notebook.parent,
        )  # fmt: skip
        whole += timed(
            binaries / "jupyter", "nbconvert", "--to", "html", "--no-input", executed, cwd=out
        )
        for cell in nbformat.read(executed, as_version=4).cells:
            cells += cell.metadata.get("papermill", {}).get("duration") or 0.0
    return whole, cells


def main() -> None:
    """Print the three times and their ratios."""
    notebooks = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        month = the_month(place / "reports")
        loop, cells = the_loop(notebooks, place)
    print(f"{len(notebooks)} notebooks, one language, to pages")
    print(f"  kpilib report                       {month:6.1f} s")
    print(f"  papermill, jupyter nbconvert, loop  {loop:6.1f} s")
    print(f"  the cells' own time, added up       {cells:6.1f} s")
    print(f"  report / loop  {month / loop:.2f}    report / cells  {month / cells:.2f}")
    many_companies.main()
    audience.main()
    network.main()
    many_texts.main()
    large_import.main()
    honesty.main()


if __name__ == "__main__":
    main()
