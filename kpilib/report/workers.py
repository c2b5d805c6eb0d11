"""Notebooks side by side: one process each, forked from a warm one, ended with all it started.

Processes, not threads: papermill changes the working folder, which all threads would share. The
warm process ("fork server" of the standard library) imports what a worker needs once; a worker is
then there in some milliseconds.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection, forkserver
from multiprocessing.process import BaseProcess

from kpilib.errors import ReportError
from kpilib.report import serve
from kpilib.report.job import Job, Outcome

CONTEXT = multiprocessing.get_context("forkserver")


def warm() -> None:
    """Let the warm process begin to import; it goes on while the caller does something else."""
    CONTEXT.set_forkserver_preload(["kpilib.report.warm"])
    before = os.environ.get("PYTHONHASHSEED")
    os.environ["PYTHONHASHSEED"] = "0"  # the same input gives the same pages, sets included
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONHASHSEED"]
        else:
            os.environ["PYTHONHASHSEED"] = before


def cores() -> int:
    """Return how many processor cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # what a container grants, where it can tell
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@dataclass
class Worker:
    """A notebook that runs."""

    job: Job
    process: BaseProcess
    answers: connection.Connection
    deadline: float

    def end(self) -> None:
        """End the process, its kernel and whatever they started."""
        self.process.kill()  # first, for its group is there only once it has begun
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.join()
        self.answers.close()


def run(jobs: Sequence[Job], count: int, limit: float) -> Iterator[tuple[Job, Outcome]]:
    """Run notebooks, `count` at a time, and give each one's outcome as soon as it is known.

    Parameters
    ----------
    jobs : sequence of Job
    count : int
        How many run side by side.
    limit : float
        Seconds that one notebook may take from start to page.

    Yields
    ------
    tuple of Job and Outcome

    Notes
    -----
    Closing the iterator, or an exception where it is read, ends every worker.
    """
    waiting, running = deque(jobs), []
    try:
        while waiting or running:
            while waiting and len(running) < count:
                running.append(_start(waiting.popleft(), limit))
            for worker in _finished(running):
                running.remove(worker)
                outcome = _outcome(worker, limit)
                worker.end()
                yield worker.job, outcome
    finally:
        for worker in running:
            worker.end()


def _start(job: Job, limit: float) -> Worker:
    answers, asking = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=serve.serve, args=(job, asking), daemon=False)
    try:
        process.start()
    except (EOFError, OSError) as error:  # what it said stands above
        raise ReportError("The process that starts the notebooks has ended.") from error
    asking.close()  # the worker's end is now the worker's alone, so its death is seen here
    return Worker(job, process, answers, time.monotonic() + limit)


def _finished(running: list[Worker]) -> list[Worker]:
    patience = max(0, min(worker.deadline for worker in running) - time.monotonic())
    ready = connection.wait([worker.answers for worker in running], patience)
    now = time.monotonic()
    return [worker for worker in running if worker.answers in ready or worker.deadline <= now]


def _outcome(worker: Worker, limit: float) -> Outcome:
    if not worker.answers.poll():
        return Outcome.failed(
            "The notebook took longer than {seconds} seconds and was stopped.", seconds=round(limit)
        )
    try:
        return worker.answers.recv()
    except EOFError:
        return Outcome.failed("The worker of the notebook was killed, or memory ran out.")
