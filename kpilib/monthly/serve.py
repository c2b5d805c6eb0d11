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
from multiprocessing.connection import Connection
from pathlib import Path

from kpilib.monthly import lock
from kpilib.monthly.job import RUNNING, Job

PATIENCE = 10.0  # seconds


def serve(job: Job, answers: Connection, sockets: Path) -> None:
    """Do a job in a process of its own: private log and folders, and no life after the run's.

    Parameters
    ----------
    job : Job
    answers : Connection
    sockets : Path
        Where the run talks to the warm process: nobody else puts it away if the run is killed.
    """
    os.setsid()  # a group of its own, so that the run can end it with everything it started
    # A kernel that held this end of the pipe would hide that its worker was killed.
    os.register_at_fork(after_in_child=answers.close)
    threading.Thread(target=_end_with_run, args=((job.work.parent, sockets),), daemon=True).start()
    os.umask(0o077)
    log = os.open(job.work / "run.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    tempfile.tempdir = os.environ["TMPDIR"] = str(job.work)
    # The user's own Jupyter and IPython settings must not change a report.
    os.environ.update(
        JUPYTER_RUNTIME_DIR=str(job.work), IPYTHONDIR=str(job.work / "ipython"), PYTHONHASHSEED="0"
    )
    from kpilib.monthly import notebook  # there already, in a fork of the warm process

    answers.send(notebook.do(job))
    answers.close()


def _end_with_run(places: Sequence[Path]) -> None:
    """End this process and all it started when the run is gone, even if it was killed outright.

    Nobody else is left who could put away its places.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    group = os.getpgid(0)
    if os.fork() == 0:
        os.setsid()  # out of the group that ends now
        os.killpg(group, signal.SIGKILL)
        if not lock.free(places[0] / RUNNING):  # it gave up this worker, and goes on
            os._exit(0)
        until = time.monotonic() + PATIENCE
        while any(place.exists() for place in places) and time.monotonic() < until:
            for place in places:  # again, while other workers may still write
                shutil.rmtree(place, ignore_errors=True)
            time.sleep(0.05)
        os._exit(0)
