"""The worker's side: a process of its own around one notebook. Light until a job is there."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from kpilib.monthly import lock
from kpilib.monthly.job import Beforehand, Job
from kpilib.monthly.lock import LOG, RUNNING

PATIENCE = 10.0  # seconds
GROUPS = hasattr(os, "killpg")  # not on Windows


def serve(
    job: Job | Beforehand, answers: Connection, sockets: Sequence[Path], threads: int
) -> None:
    """Do a job in a process of its own: private log and folders, and no life after the run's.

    Parameters
    ----------
    job : Job or Beforehand
    answers : Connection
    sockets : sequence of Path
        Where the run talks to the warm process: nobody else puts it away if the run is killed.
    threads : int
        How many Polars may use: those that wait for one another cost as much as those that work.
    """
    if GROUPS:
        os.setsid()  # a group of its own, so that the run can end it with everything it started
        # A kernel that held this end of the pipe would hide that its worker was killed.
        os.register_at_fork(after_in_child=answers.close)
    places = (job.work.parent, *sockets)
    threading.Thread(target=_end_with_run, args=(places,), daemon=True).start()
    os.umask(0o077)
    log = os.open(job.work / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    tempfile.tempdir = os.environ["TMPDIR"] = str(job.work)
    # The user's own Jupyter and IPython settings must not change a report.
    os.environ.update(
        JUPYTER_RUNTIME_DIR=str(job.work), IPYTHONDIR=str(job.work / "ipython"), PYTHONHASHSEED="0"
    )
    os.environ.setdefault("POLARS_MAX_THREADS", str(threads))  # read when it first computes
    from kpilib.monthly import notebook  # there already, in a fork of the warm process

    answers.send(notebook.work_out(job) if isinstance(job, Beforehand) else notebook.do(job))
    answers.close()


def _end_with_run(places: Sequence[Path]) -> None:
    """End this process and all it started when the run is gone, even if it was killed outright.

    Nobody else is left who could put away its places.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    end_below(os.getpid())
    if lock.free(places[0] / RUNNING):  # else it gave up this worker, and goes on
        until = time.monotonic() + PATIENCE
        while any(place.exists() for place in places) and time.monotonic() < until:
            for place in places:  # again, while other workers may still write
                shutil.rmtree(place, ignore_errors=True)
            time.sleep(0.05)
    if GROUPS:
        os.killpg(0, signal.SIGKILL)  # with what left the tree of its processes
    os._exit(1)


def end_below(process: int) -> None:
    """End what a process started, and what that started."""
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                child.kill()
