"""Private folders of a run: locked while it lives, put away by the next one if it was killed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kpilib.monthly import lock

PREFIX = "kpilib-"
RUNNING = ".running"  # locked while the folder is in use
JUST_MADE = 1.0  # seconds until a new folder is surely locked
LOGS_KEPT = 30 * 86_400.0  # seconds that the logs of a failure stay for the analyst
LOG = "run.log"


@contextmanager
def private() -> Iterator[Path]:
    """Make a folder for the length of a `with` block, and put away those of runs that were killed.

    It stays when it is not empty: then it explains a failure.
    """
    work = Path(tempfile.mkdtemp(prefix=PREFIX))
    for other in work.parent.glob(f"{PREFIX}*"):
        if lock.free(other / RUNNING, JUST_MADE) or _outdated(other):
            shutil.rmtree(other, ignore_errors=True)
    try:
        with lock.hold(work / RUNNING, work.name):
            yield work
    finally:
        with suppress(OSError):
            work.rmdir()


def _outdated(folder: Path) -> bool:
    """Whether a folder holds nothing but the logs of a failure, of long ago."""
    try:
        old = time.time() - folder.stat().st_mtime > LOGS_KEPT
    except OSError:
        return False
    return old and not (folder / RUNNING).exists() and any(folder.glob(f"*/{LOG}"))
