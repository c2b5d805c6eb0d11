"""One run at a time for a month: a lock that the system frees however its process ends.

The private folders of a run are held by one too, and put away by the next run if it was killed.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import lock_descriptor

from kpilib.errors import LockedError
from kpilib.saying import say

PREFIX = "kpilib-"
RUNNING = ".running"  # locked while the folder is in use
JUST_MADE = 1.0  # seconds until a new folder is surely locked
LOGS_KEPT = 30 * 86_400.0  # seconds that the logs of a failure stay for the analyst
LOG = "run.log"
HOLDER = 1  # offset of who holds it: Windows lets nobody read the byte that is locked, the first


@contextmanager
def hold(path: Path, what: str = "") -> Iterator[None]:
    """Hold a lock file for the length of a `with` block.

    The lock is the system's, so a killed run leaves nothing that blocks the next one: its
    file may stay behind, but it is free and is taken over.

    Parameters
    ----------
    path : Path
        The lock file; it exists only while it is held.
    what : str
        What is locked, for the message: ``"2026-10"``; where nothing is said, whoever holds it is
        waited for.

    Raises
    ------
    LockedError
        Another run holds what is named; the message says which process, where and since when.
    """
    descriptor = _acquire(path, what)
    try:
        holder = {
            "process": os.getpid(),
            "machine": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, HOLDER, os.SEEK_SET)
        os.write(descriptor, json.dumps(holder).encode())
        yield
    finally:
        _release(path, descriptor)


def free(path: Path, least_age: float = 0.0) -> bool:
    """Whether a lock file is there and nobody holds it: whoever did was killed.

    Parameters
    ----------
    path : Path
    least_age : float
        Seconds; a younger one may be about to be locked.
    """
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:  # none, or another user's
        return False
    try:
        if time.time() - os.fstat(descriptor).st_mtime < least_age:
            return False
        return lock_descriptor(descriptor, blocking=False)
    finally:
        os.close(descriptor)


@contextmanager
def private() -> Iterator[Path]:
    """Make a folder for the length of a `with` block, and put away those of runs that were killed.

    It stays when it is not empty: then it explains a failure.
    """
    work = Path(tempfile.mkdtemp(prefix=PREFIX))
    for other in work.parent.glob(f"{PREFIX}*"):
        if free(other / RUNNING, JUST_MADE) or _unused(other) or _outdated(other):
            shutil.rmtree(other, ignore_errors=True)
    try:
        with hold(work / RUNNING, work.name):
            yield work
    finally:
        with suppress(OSError):
            work.rmdir()


def _unused(folder: Path) -> bool:
    """Whether a folder was made by a run that was killed before it could lock it."""
    try:
        return time.time() - folder.stat().st_mtime > JUST_MADE and not any(folder.iterdir())
    except OSError:
        return False


def _outdated(folder: Path) -> bool:
    """Whether a folder holds nothing but the logs of a failure, of long ago."""
    try:
        old = time.time() - folder.stat().st_mtime > LOGS_KEPT
    except OSError:
        return False
    return old and not (folder / RUNNING).exists() and any(folder.glob(f"*/{LOG}"))


def _acquire(path: Path, unless_held: str) -> int:
    """Lock the file; wait for it, or refuse at once when `unless_held` says what it locks."""
    while True:
        descriptor = _open(path)
        try:
            if not lock_descriptor(descriptor, blocking=not unless_held):
                os.lseek(descriptor, HOLDER, os.SEEK_SET)
                raise LockedError(_who(os.read(descriptor, 4096), unless_held))
        except BaseException:  # held, or interrupted while waiting
            os.close(descriptor)
            raise
        if _is_still(path, descriptor):
            return descriptor
        os.close(descriptor)


def _release(path: Path, descriptor: int) -> None:
    with suppress(PermissionError):
        # Removed before it is freed: whoever opened it meanwhile sees that and starts over.
        path.unlink(missing_ok=True)
    os.close(descriptor)
    if os.name == "nt":  # removes no open file; neither one that somebody else has opened since
        with suppress(OSError):
            path.unlink()


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _who(holder: bytes, what: str) -> str:
    try:
        known = json.loads(holder)
        who = say(
            "process {process} on {machine}, since {since}",
            process=str(known["process"]),
            machine=known["machine"],
            since=known["since"],
        )
    except (ValueError, LookupError, TypeError):
        who = say("a run that has just started")
    return say(
        "Another run holds {what}: {who}. Wait until it has ended, then start again.",
        what=what,
        who=who,
    )
