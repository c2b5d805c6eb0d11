"""A process that ends with the one that started it, however that one ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress

PR_SET_PDEATHSIG = 1
PARENT = "KPILIB_PARENT"  # a command that is told its parent's number ends with it


def end_with(parent: int) -> None:
    """Let the system end this process when its parent does, however that happens.

    A thread could not: a cell may hold the interpreter for as long as it likes.
    """
    with suppress(OSError, AttributeError):  # not Linux: each has to watch for itself
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was too late
        os._exit(1)


def end_as_told() -> None:
    """End with the process that the environment names, on Linux.

    Elsewhere a run whose parent was killed goes on to its end, and keeps its period until then.
    """
    parent = os.environ.pop(PARENT, "")
    if parent and sys.platform == "linux":
        end_with(int(parent))
