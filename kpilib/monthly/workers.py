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
from multiprocessing import connection, forkserver, util
from multiprocessing.process import BaseProcess
from pathlib import Path

from kpilib.errors import ReportError
from kpilib.monthly import serve
from kpilib.monthly.job import COMPANY, Job, Outcome

STARTS, PAUSE = 10, 0.1  # a process that was killed is gone a moment later
CONTEXT = multiprocessing.get_context("forkserver")


def warm(company: Path | None = None) -> None:
    """Let the warm process begin to import; it goes on while the caller does something else.

    Parameters
    ----------
    company : Path, optional
        The folder whose plan it reads, for all notebooks.
    """
    CONTEXT.set_forkserver_preload(["kpilib.monthly.warm"])
    # The same input gives the same pages, sets included.
    told = {"PYTHONHASHSEED": "0", COMPANY: str(company.resolve()) if company else ""}
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        forkserver.ensure_running()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def cores() -> int:
    """Return how many processor cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # what a container grants, where it can tell
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@dataclass
class Worker:
    """A notebook that runs.

    Parameters
    ----------
    job : Job
    process : BaseProcess
    answers : Connection
    deadline : float
    watched : bool
        Whether the end of the process is told: by the warm process, while that one lives.
    """

    job: Job
    process: BaseProcess
    answers: connection.Connection
    deadline: float
    watched: bool = True

    @property
    def signs(self) -> list[object]:
        """What to wait for: an answer, or the end of the process without one."""
        return [self.answers, self.process.sentinel] if self.watched else [self.answers]

    def gone(self, ready: Sequence[object]) -> bool:
        """Whether the process has ended, and not only the one that would tell."""
        if not self.watched or self.process.sentinel not in ready:
            return False
        try:
            os.kill(self.process.pid, 0)
        except ProcessLookupError:
            return True
        self.watched = False  # its own end still closes the pipe of its answers
        return False

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
    told = (job, asking, Path(util.get_temp_dir()))
    process = CONTEXT.Process(target=serve.serve, args=told, daemon=False)
    for attempt in range(1, STARTS + 1):
        warm()  # once more, if it was killed since
        try:
            process.start()
            break
        except (EOFError, OSError) as error:  # what it said stands above
            if attempt == STARTS:
                raise ReportError("The process that starts the notebooks has ended.") from error
            time.sleep(PAUSE * attempt)
    asking.close()  # the worker's end is now the worker's alone, so its death is seen here
    return Worker(job, process, answers, time.monotonic() + limit)


def _finished(running: list[Worker]) -> list[Worker]:
    patience = max(0, min(worker.deadline for worker in running) - time.monotonic())
    ready = connection.wait([sign for worker in running for sign in worker.signs], patience)
    now = time.monotonic()
    return [
        worker
        for worker in running
        if worker.answers in ready or worker.gone(ready) or worker.deadline <= now
    ]


def _outcome(worker: Worker, limit: float) -> Outcome:
    if not worker.answers.poll() and worker.deadline <= time.monotonic():
        return Outcome.failed(
            "The notebook took longer than {seconds} seconds and was stopped.", seconds=round(limit)
        )
    try:
        if worker.answers.poll():
            return worker.answers.recv()
    except EOFError:
        pass
    return Outcome.failed("The worker of the notebook was killed, or memory ran out.")
