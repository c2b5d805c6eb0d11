"""What the run asks of a worker and what comes back. Light: both sides import it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kpilib.language import Say, spoken

# Where a fork is safe. Elsewhere the system's own libraries may have begun threads in the process
# that is forked, or there is no fork at all; KPILIB_FORK=0 does without one on Linux too.
FORKS = sys.platform == "linux" and os.environ.get("KPILIB_FORK") != "0"
FIGURES = "figures"  # in the private folder: what pages tell each other
PLAN = f"{FIGURES}/plan"  # and what the run has read for them
STATE_WORDS = {  # what is said of a topic that was not published
    "failed": "{topic}: failed",
    "no_data": "{topic}: no data",
    "skipped": "{topic}: skipped",
}


@dataclass(frozen=True)
class Places:
    """Where a run finds what it needs and leaves what it makes.

    Parameters
    ----------
    data : path
        The company's folder.
    out : path
        Where reports are published, in a folder a company.
    notebooks : path
        The folder of the notebooks.
    """

    data: str | Path = "data/sample"
    out: str | Path = "reports"
    notebooks: str | Path = "notebooks"


@dataclass(frozen=True)
class Job:
    """One notebook to run in one language.

    Parameters
    ----------
    topic, lang, month : str
    notebook : Path
    parameters : dict of str to str
        The values of its parameters; ``out`` is where it writes its result.
    expected : tuple of str
        The KPIs that its result must hold.
    work : Path
        A private folder for everything that is not published.
    frame : dict
        What the page says around the notebook's cells.
    cell_limit : float
        Seconds that one cell may take.
    """

    topic: str
    lang: str
    month: str
    notebook: Path
    parameters: dict[str, str]
    expected: tuple[str, ...]
    work: Path
    frame: dict[str, Any]
    cell_limit: float

    @property
    def page(self) -> Path:
        """Where its page is written before it is published."""
        return self.work / "page.html"

    @property
    def figures(self) -> Path:
        """Where it writes the figures of its page."""
        return Path(self.parameters["out"]) / "figures.csv"


@dataclass(frozen=True)
class Beforehand:
    """Some of the figures that all pages of a period need, to be worked out before they begin.

    Parameters
    ----------
    folder : Path
        The company's.
    month : str
    topics : tuple of str
    methods : tuple of bool
        Which of theirs: true are KPIs that are worked out by methods, false all others.
    work : Path
        A private folder.
    shared : Path
        Where pages look for what is worked out already.
    """

    folder: Path
    month: str
    topics: tuple[str, ...]
    methods: tuple[bool, ...]
    work: Path
    shared: Path


@dataclass
class Outcome:
    """What became of a job.

    Parameters
    ----------
    result : dict
        The notebook's result.json, empty when it failed.
    reason : tuple of str and dict
        Why it failed: an English message and what fills its slots. It is published, so it never
        repeats what the data or a foreign error said. The message is empty on success.
    seconds : dict of str to float
        Where the time went: ``notebook`` (start, cells and stop), ``cells`` alone, ``page``.
    seen_alone : list of int
        Cells with a picture that nothing but its axes describes.
    """

    result: dict[str, Any] = field(default_factory=dict)
    reason: tuple[str, dict[str, Any]] = ("", {})
    seconds: dict[str, float] = field(default_factory=dict)
    seen_alone: list[int] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether its page may be published."""
        return not self.reason[0]

    @classmethod
    def failed(cls, message: str, **slots: object) -> Outcome:
        """Return the outcome of a notebook that failed for a reason."""
        return cls(reason=(message, slots))


@dataclass
class Report:
    """What a run did.

    Parameters
    ----------
    folder : Path
        Where the month lies.
    states : dict of str to str
        Topic to ``ok``, ``no_data``, ``skipped`` or ``failed``.
    reasons : dict of str to str
        Topic to why it has no page.
    kpis : dict of str to str
        Each KPI of the pages and its status.
    late : tuple of str
        KPIs whose data stops before the period does.
    logs : Path or None
        The private folder of what failed: executed notebooks and logs.
    since : str
        When it was published, where nothing has changed since and nothing was run.
    unreadable : tuple of str
        Faults of tables that cannot be read.
    """

    folder: Path
    states: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    kpis: dict[str, str] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    logs: Path | None = None
    since: str = ""
    unreadable: tuple[str, ...] = ()

    def tell(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        """Take what became of each notebook from its entry in run.json."""
        self.states = {topic: entry["state"] for topic, entry in entries.items()}
        why = {topic: said(entry["reason"], spoken()) for topic, entry in entries.items()}
        self.reasons = {topic: each for topic, each in why.items() if each}
        self.kpis = {kpi: s for entry in entries.values() for kpi, s in entry["kpis"].items()}
        self.late = tuple(kpi for entry in entries.values() for kpi in entry.get("late", ()))

    @property
    def lacking(self) -> list[str]:
        """KPIs of which no figure could be worked out."""
        return [kpi for kpi, status in self.kpis.items() if status != "ok"]

    @property
    def exit_code(self) -> int:
        """0 when all is published, 1 when a notebook failed or lacks data or a table is damaged."""
        lost = any(state in ("failed", "no_data") for state in self.states.values())
        return int(lost or bool(self.unreadable))


def said(reason: Mapping[str, Any], say: Say) -> str:
    """Say why a notebook has no page, in the reader's language."""
    return say(reason["message"], **reason["slots"]) if reason["message"] else ""
