"""One notebook: run with papermill, judged by its result, made into a page.

Heavy to import: only the warm process does (see `workers`), once for all notebooks.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from functools import partial
from pathlib import Path
from typing import Any, TextIO

# jsonschema builds a grammar of international addresses when this package is there: 1.3 s, two
# thirds of the time to import papermill, for what no notebook has. Without it jsonschema goes on.
sys.modules.setdefault("rfc3987_syntax", None)

import papermill  # noqa: E402
from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: E402
from nbconvert.filters.ansi import strip_ansi  # noqa: E402
from nbformat import NotebookNode  # noqa: E402
from papermill.exceptions import PapermillExecutionError  # noqa: E402

from kpilib import errors  # noqa: E402
from kpilib.answers.worked_out import SHARED  # noqa: E402
from kpilib.language import speak  # noqa: E402
from kpilib.monthly import checks, kernel, page  # noqa: E402
from kpilib.monthly.job import FIGURES, PLAN, Beforehand, Job, Outcome  # noqa: E402
from kpilib.objectives.plan import take  # noqa: E402
from kpilib.show import beforehand  # noqa: E402
from kpilib.show.figure import PERSONS  # noqa: E402

START_LIMIT = 60
STARTS = 2


class Failed(Exception):
    """The notebook failed; carries the reason, in a message that may be published."""

    def __init__(self, message: str, **slots: object) -> None:
        super().__init__(message.format(**slots))
        self.reason = (message, slots)


def do(job: Job) -> Outcome:
    """Run a notebook and write its page.

    Parameters
    ----------
    job : Job

    Returns
    -------
    Outcome
        Whatever happens: a failure is a reason, and its details stay in the private log.
    """
    outcome = Outcome()
    started = time.perf_counter()
    speak(job.lang)  # what keeps a page back is told to its readers
    try:
        executed = run(job)
        outcome.seconds["cells"] = sum(
            cell.metadata.get("papermill", {}).get("duration") or 0 for cell in executed.cells
        )
        outcome.result = read_result(job)
        outcome.seconds["notebook"] = time.perf_counter() - started
        publishable(job, executed)
        outcome.seen_alone = page.seen_alone(executed)
        outcome.seconds["page"] = time.perf_counter() - started - outcome.seconds["notebook"]
    except Failed as failure:
        print(strip_ansi(traceback.format_exc()), file=sys.stderr)
        outcome.reason = failure.reason
    except OSError as error:
        traceback.print_exc()
        outcome.reason = ("The page could not be written: {error}.", {"error": error.strerror})
    except Exception:
        traceback.print_exc()
        outcome.reason = ("The run stopped on an error of its own; its log has the details.", {})
    outcome.seconds.setdefault("notebook", time.perf_counter() - started)
    return outcome


def work_out(job: Beforehand) -> Outcome:
    """Work out figures before pages ask for them; whatever fails here, a page meets and says."""
    started = time.perf_counter()
    take(job.work.parent / PLAN)
    try:
        beforehand.work_out(job.folder, job.month, job.topics, job.methods, job.shared)
    except Exception:
        traceback.print_exc()
    return Outcome(seconds={"figures": time.perf_counter() - started})


def publishable(job: Job, executed: NotebookNode) -> None:
    """Write the page of an executed notebook, or refuse it.

    Raises
    ------
    Failed
        The page is not what a page must be; says why.
    """
    named = job.work / PERSONS
    known = {*json.loads(named.read_text(encoding="utf-8"))} if named.exists() else set()
    faults = list(page.faults_of_cells(executed, known))
    html = page.render(executed, job.lang, job.frame)
    of_cells = page.charts_of(executed), partial(page.heaviest, executed)
    faults = faults or checks.faults_of(html, *of_cells)
    if faults:
        raise Failed("The page was refused: {faults}", faults=" ".join(faults))
    job.page.write_text(html, encoding="utf-8")


def _executed(job: Job, place: Place, log: TextIO) -> NotebookNode:
    return papermill.execute_notebook(
        str(job.notebook),
        str(job.work / "executed.ipynb"),
        parameters=job.parameters,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        request_save_on_cell_execute=False,
        stderr_file=log,
        start_timeout=START_LIMIT,
        execution_timeout=job.cell_limit,
        cwd=str(job.notebook.parent),
        kernel_manager_class=kernel.Kernel,
        shutdown_kernel="immediate",
        on_cell_start=place.enter,
    )


def run(job: Job) -> NotebookNode:
    """Execute a notebook into its private folder.

    A kernel that does not start gets a second chance, because two may pick the same port.

    Raises
    ------
    Failed
        A cell stopped, took too long, or killed its kernel; says which.
    """
    take(job.work.parent / PLAN)  # the kernel is made of this process
    place, shared = Place(), job.work.parent / FIGURES
    os.environ[SHARED] = str(shared)
    for attempt in range(1, STARTS + 1):
        try:
            with kernel.ready(), (job.work / "cells.log").open("a", encoding="utf-8") as log:
                return _executed(job, place, log)
        except PapermillExecutionError as error:
            message, slots = _said(error)
            raise Failed(message, **slots) from error
        except CellTimeoutError as error:
            raise Failed(
                "Cell {cell} took longer than {seconds} seconds and was stopped.",
                cell=place.cell,
                seconds=round(job.cell_limit),
            ) from error
        except DeadKernelError as error:
            raise Failed(
                "The kernel died in cell {cell}: it was killed, or memory ran out.", cell=place.cell
            ) from error
        except (RuntimeError, OSError) as error:
            traceback.print_exc()
            if place.cell or attempt == STARTS:
                raise Failed("The kernel did not start.") from error
    raise AssertionError("unreachable")


class Place:
    """Remembers which cell runs, by its number in the notebook file."""

    def __init__(self) -> None:
        self.cell = 0
        self.injected = 0

    def enter(self, cell: Any, cell_index: int) -> None:
        """Take note of the cell that starts; papermill's own cell shifts those behind it."""
        if "injected-parameters" in cell.metadata.get("tags", []):
            self.injected = 1
        self.cell = cell_index + 1 - self.injected


def _said(error: PapermillExecutionError) -> tuple[str, dict[str, object]]:
    """Return what may be published of a cell's error: the words of ours, the kind of any other."""
    kind = getattr(errors, error.ename, None)
    cell = (
        error.cell_index
    )  # one cell, papermill's own, stands before it, and people count from one
    if isinstance(kind, type) and issubclass(kind, errors.KpilibError):
        return "Cell {cell}: {error}", {"cell": cell, "error": error.evalue}
    return (
        "Cell {cell} stopped with {kind}; the private log has the details.",
        {"cell": cell, "kind": error.ename},
    )


def read_result(job: Job) -> dict[str, Any]:
    """Read what a notebook left, the only proof that it succeeded.

    The executed notebook proves nothing: after a kernel is killed it says that all is completed.

    Raises
    ------
    Failed
        There is no result, it is of another month, or it lacks an expected KPI.
    """
    path = Path(job.parameters["out"]) / "result.json"
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
        kpis = result["kpis"].keys()
        month = result["month"]
    except FileNotFoundError:
        raise Failed(
            "The notebook ended without writing its result. End it with report.write()."
        ) from None
    except (ValueError, LookupError, AttributeError, TypeError):
        raise Failed("The notebook's result.json cannot be read.") from None
    if month != job.month:
        raise Failed("The notebook's result is of another month than {month}.", month=job.month)
    missing = [kpi for kpi in job.expected if kpi not in kpis]
    if missing:
        raise Failed("The notebook left out: {kpis}.", kpis=", ".join(missing))
    return result
