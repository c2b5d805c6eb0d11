"""How a run ends early: with the process that started it, or by a signal, all put away."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
PATIENCE = 10.0  # seconds that places are put away again and again
SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP")  # the last one: its terminal was closed; not on Windows


def end_with(parent: int) -> None:
    """Let the system end this process when its parent does, however that happens.

    A thread could not: a cell may hold the interpreter for as long as it likes.
    """
    with suppress(OSError, AttributeError):  # not Linux: each has to watch for itself
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was too late
        os._exit(1)


def put_away(places: Iterable[Path]) -> None:
    """Remove folders, again for a while: what was just killed may be in the middle of writing."""
    left, until = list(places), time.monotonic() + PATIENCE
    while left and time.monotonic() < until:
        for place in left:
            shutil.rmtree(place, ignore_errors=True)
        left = [place for place in left if place.is_dir()]
        time.sleep(0.05 * bool(left))


class Interrupted(BaseException):
    """The run was told to stop; carries the signal's number."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn the signals that end a run into an exception: everything is put away on the way out."""

    def stop(signum: int, frame: object) -> None:
        for each in before:
            signal.signal(each, signal.SIG_IGN)  # once is enough, also for the impatient
        raise Interrupted(signum)

    known = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    # A signal that whoever started the run has it ignore, as nohup does, stays ignored.
    heard = [each for each in known if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, stop) for each in heard}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
