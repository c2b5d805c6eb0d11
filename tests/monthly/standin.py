"""A company and notebooks that need no data: the run is tested apart from what it runs.

Also a command line of its own, for the tests that must end or starve a run from outside.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from kpilib.settings import Settings

NOTEBOOKS = Path(__file__).parent / "notebooks"
NAME = 'Le Sens <script>alert("x")</script> & Cie'
SESSIONS = {
    "table": "sessions",
    "rows": 12345,
    "duplicates": 2,
    "first_date": date(2024, 9, 1),
    "last_date": date(2026, 10, 31),
    "sha256": "ab" * 32,
    "late": False,
}


class Tables:
    """The one table that this company has."""

    given = {"sessions": Path("sessions.csv")}
    unreadable: dict[str, list[str]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.given

    def origin(self, name: str) -> str:
        return f"{name}.csv"


def open_company(folder: Path) -> SimpleNamespace:
    """Return what the run asks of a company, without reading anything."""
    return SimpleNamespace(
        settings=Settings(name=NAME, lang=["en", "fr"]),
        tables=Tables(),
        folder=Path(folder),
        as_of=date(2026, 10, 31),
        last_month=lambda: "2026-10",
        facts=lambda: pd.DataFrame([SESSIONS]),
        check=lambda: [],
    )


def lay_out(place: Path, *cases: str) -> dict[str, Path]:
    """Lay out a company's folder and numbered notebooks; return the paths a run is given."""
    folders = {"data": place / "data" / "stand in", "notebooks": place / "notebooks"}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    (folders["data"] / "company.yaml").write_text("name: only its time of change is read\n")
    put(folders["notebooks"], *cases)
    return {**folders, "out": place / "reports"}


def put(folder: Path, *cases: str) -> None:
    """Put stand-in notebooks into a folder in place of those that are there."""
    for old in folder.glob("*.ipynb"):
        old.unlink()
    for number, case in enumerate(cases, 1):
        name, _, topic = case.partition(":")
        shutil.copy(NOTEBOOKS / f"{name}.ipynb", folder / f"{number:02d}_{topic or name}.ipynb")


if __name__ == "__main__":
    import kpilib
    from kpilib.cli import main

    pytest.MonkeyPatch().setattr(kpilib, "open", open_company, raising=False)
    main()
