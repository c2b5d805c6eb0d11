"""What the run asks of a worker and what comes back. Light: both sides import it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RUNNING = ".running"  # in the private folder of a run: locked while it lasts


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
    """

    result: dict[str, Any] = field(default_factory=dict)
    reason: tuple[str, dict[str, Any]] = ("", {})
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether its page may be published."""
        return not self.reason[0]

    @classmethod
    def failed(cls, message: str, **slots: object) -> Outcome:
        """Return the outcome of a notebook that failed for a reason."""
        return cls(reason=(message, slots))
