"""Notebooks side by side: one process each, forked from a warm one, ended with all it started.

Processes, not threads: papermill changes the working folder, which all threads would share. Where
a fork is safe, the warm process ("fork server" of the standard library) imports what a worker needs
once; a worker is then there in some milliseconds. Elsewhere each worker is a process begun anew.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from kpilib.errors import ReportError
from kpilib.files import PART, variable
from kpilib.monthly import lock
from kpilib.monthly.ending import put_away
from kpilib.monthly.job import FORKS, Beforehand, Job, Outcome
from kpilib.monthly.lock import LOG, RUNNING, private
from kpilib.saying import error_of

# In which the same input gives the same pages, sets included.
SEED = "PYTHONHASHSEED", "0"
HANDED_ON = (PART, "POLARS_MAX_THREADS")  # of the environment: the warm process has another one
STARTS, PAUSE = 10, 0.1  # a process that was killed is gone a moment later
CONTEXT = multiprocessing.get_context("forkserver" if FORKS else "spawn")
LETS_GO = 1.0  # seconds in which the system takes all from a process that was killed
GROUPS = hasattr(os, "killpg")  # not on Windows
lent = threading.Event()  # whether the warm process is another one's


def warm() -> None:
    """Let the warm process begin to import; it goes on while the caller does something else."""
    if not FORKS or lent.is_set():
        return
    from multiprocessing import forkserver

    _sockets()
    CONTEXT.set_forkserver_preload(["kpilib.monthly.warm"])
    with variable(*SEED):
        forkserver.ensure_running()


def lend() -> None:
    """Have what this process starts come from the warm one that it came from itself."""
    if FORKS:
        from multiprocessing import forkserver

        lent.set()
        # A process that was forked knows where to ask, but Python would begin another warm one.
        forkserver._forkserver.ensure_running = lambda: None


@cache
def _sockets() -> Path:
    """Return where this process talks to the warm one: put away like the folder of a run."""
    held = ExitStack()
    place = held.enter_context(private())
    held.callback(shutil.rmtree, place, ignore_errors=True)
    atexit.register(held.close)
    multiprocessing.current_process()._config["tempdir"] = str(
        place
    )  # short: so is a socket's name
    return place


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

    job: Job | Beforehand
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
        if not FORKS:  # it is no child of another process, whose end could be taken for its own
            return True
        try:
            os.kill(self.process.pid, 0)
        except ProcessLookupError:
            return True
        self.watched = False  # its own end still closes the pipe of its answers
        return False

    def end(self) -> None:
        """End the process, its kernel and whatever they started."""
        if not GROUPS:
            end_below(self.process.pid)
        self.process.kill()  # first, for its group is there only once it has begun
        if GROUPS:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.join()
        self.answers.close()


def run(
    jobs: Sequence[Job | Beforehand], count: int, limit: float
) -> Iterator[tuple[Job | Beforehand, Outcome]]:
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
                running.append(_start(waiting.popleft(), limit, max(1, cores() // count)))
            for worker in _finished(running):
                running.remove(worker)
                outcome = _outcome(worker, limit)
                worker.end()
                yield worker.job, outcome
    finally:
        for worker in running:
            worker.end()


def _start(job: Job | Beforehand, limit: float, threads: int) -> Worker:
    answers, asking = CONTEXT.Pipe(duplex=False)
    environment = {"POLARS_MAX_THREADS": str(threads)}  # read when it first computes
    environment |= {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    sockets = (_sockets(),) if FORKS and not lent.is_set() else ()
    process = begun(serve, (job, asking, sockets, environment))
    asking.close()  # the worker's end is now the worker's alone, so its death is seen here
    return Worker(job, process, answers, time.monotonic() + limit)


def begun(target: Callable[..., None], given: Sequence[object]) -> BaseProcess:
    """Begin a process that calls a function, forked from the warm one where that is safe."""
    multiprocessing.current_process()._config.pop("daemon", None)  # a cluster's worker has some too
    process = CONTEXT.Process(target=target, args=given, daemon=False)
    for attempt in range(1, STARTS + 1):
        warm()  # once more, if it was killed since
        try:
            with variable(*SEED):
                process.start()
            return process
        except (EOFError, OSError) as error:  # what it said stands above
            if attempt == STARTS:
                raise error_of(
                    ReportError, "The process that starts the notebooks has ended."
                ) from error
            time.sleep(PAUSE * attempt)
    raise AssertionError("unreachable")


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


# In the worker -----------------------------------------------------------------------------------


def serve(
    job: Job | Beforehand,
    answers: connection.Connection,
    sockets: Sequence[Path],
    environment: Mapping[str, str],
) -> None:
    """Do a job in a process of its own: private log and folders, and no life after the run's.

    Parameters
    ----------
    job : Job or Beforehand
    answers : Connection
    sockets : sequence of Path
        Where the run talks to the warm process: nobody else puts it away if the run is killed.
    environment : mapping of str to str
        What the run hands on: which rows it is about, and how many threads Polars may use, since
        those that wait for one another cost as much as those that work.
    """
    end_with_starter((job.work.parent, *sockets))
    if GROUPS:
        # A kernel that held this end of the pipe would hide that its worker was killed.
        os.register_at_fork(after_in_child=answers.close)
    os.umask(0o077)
    log = os.open(job.work / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    tempfile.tempdir = os.environ["TMPDIR"] = str(job.work)
    # The user's own Jupyter and IPython settings must not change a report.
    os.environ.update(
        JUPYTER_RUNTIME_DIR=str(job.work), IPYTHONDIR=str(job.work / "ipython"), PYTHONHASHSEED="0"
    )
    os.environ.update(environment)
    from kpilib.monthly import notebook  # there already, in a fork of the warm process

    answers.send(notebook.work_out(job) if isinstance(job, Beforehand) else notebook.do(job))
    answers.close()


def end_with_starter(places: Sequence[Path] = ()) -> None:
    """Have this process end with the one that started it, and with it all that it started."""
    if GROUPS:
        os.setsid()  # a group of its own, which can be ended as one
    threading.Thread(target=_end_with_run, args=(places,), daemon=True).start()


def _end_with_run(places: Sequence[Path]) -> None:
    """End this process and all it started when the run is gone, even if it was killed outright.

    Nobody else is left who could put away its places.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    end_below(os.getpid())
    if places and _freed(places[0] / RUNNING):  # else it gave up this worker, and goes on
        put_away(places)
    if GROUPS:
        os.killpg(0, signal.SIGKILL)  # with what left the tree of its processes
    os._exit(1)


def _freed(running: Path) -> bool:
    """Whether nobody holds the run's folder; a run that is killed is heard of just before."""
    until = time.monotonic() + LETS_GO
    while running.exists() and time.monotonic() < until:
        if lock.free(running):
            return True
        time.sleep(0.02)
    return False


def end_below(process: int) -> None:
    """End what a process started, and what that started."""
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                child.kill()
