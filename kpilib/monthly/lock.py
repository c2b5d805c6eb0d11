"""One run at a time for a month: a lock that the system frees however its process ends."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kpilib.errors import LockedError


@contextmanager
def hold(path: Path, what: str) -> Iterator[None]:
    """Hold a lock file for the length of a `with` block.

    The lock is the system's (`flock`), so a killed run leaves nothing that blocks the next one: its
    file may stay behind, but it is free and is taken over.

    Parameters
    ----------
    path : Path
        The lock file; it exists only while it is held.
    what : str
        What is locked, for the message: ``"2026-10"``.

    Raises
    ------
    LockedError
        Another run holds it; the message says which process, where and since when.
    """
    descriptor = _acquire(path, what)
    try:
        holder = {
            "process": os.getpid(),
            "machine": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        yield
    finally:
        # Removed before it is freed: whoever opened it meanwhile sees that and starts over.
        path.unlink(missing_ok=True)
        os.close(descriptor)


@contextmanager
def wait_for(path: Path) -> Iterator[None]:
    """Hold a lock file for a short while, waiting for whoever has it."""
    descriptor = _acquire(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


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
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _acquire(path: Path, unless_held: str = "") -> int:
    """Lock the file; wait for it, or refuse at once when `unless_held` says what it locks."""
    while True:
        descriptor = _open(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (fcntl.LOCK_NB if unless_held else 0))
        except BlockingIOError:
            holder = os.pread(descriptor, 4096, 0)
            os.close(descriptor)
            raise LockedError(_who(holder, unless_held)) from None
        except BaseException:  # interrupted while waiting
            os.close(descriptor)
            raise
        if _is_still(path, descriptor):
            return descriptor
        os.close(descriptor)


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
        who = f"process {known['process']} on {known['machine']}, since {known['since']}"
    except (ValueError, KeyError):
        who = "a run that has just started"
    return f"Another run holds {what}: {who}. Wait until it has ended, then start again."
