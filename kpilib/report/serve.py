"""The worker's side: a process of its own around one notebook. Light until a job is there."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import Connection

from kpilib.report.job import Job


def serve(job: Job, answers: Connection) -> None:
    """Do a job in a process of its own: private log and folders, and no life after the run's."""
    os.setsid()  # a group of its own, so that the run can end it with everything it started
    threading.Thread(target=_end_with_run, daemon=True).start()
    os.umask(0o077)
    log = os.open(job.work / "run.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    # The user's own Jupyter and IPython settings must not change a report.
    os.environ.update(
        JUPYTER_RUNTIME_DIR=str(job.work), IPYTHONDIR=str(job.work / "ipython"), PYTHONHASHSEED="0"
    )
    from kpilib.report import notebook  # there already, in a fork of the warm process

    answers.send(notebook.do(job))
    answers.close()


def _end_with_run() -> None:
    """End this process and all it started when the run is gone, even if it was killed outright."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.killpg(0, signal.SIGKILL)
