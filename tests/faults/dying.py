"""A run of stand-in notebooks that ends itself at a moment: MOMENT SIGNAL report ..."""

from __future__ import annotations

import os
import signal
import sys

import pytest

import kpilib
from kpilib.cli import main
from kpilib.monthly import basis, run, workers
from tests.monthly.standin import open_company

LOCKED = "the period is locked, no notebook has started"
# Where each moment is: the call that comes next is never made.
MOMENTS = {
    "notebooks are chosen, processes begin to warm": (run, "made_of"),
    LOCKED: (run, "refused"),
    "notebooks run": (workers, "_finished"),
    "pages are made, nothing is written": (basis.Basis, "confirm"),
}

if __name__ == "__main__":
    moment, signum = MOMENTS[sys.argv.pop(1)], int(sys.argv.pop(1))
    if signum == signal.SIGHUP:
        signal.signal(signum, signal.SIG_DFL)  # the tests may run under nohup, which has it ignored
    patch = pytest.MonkeyPatch()
    patch.setattr(kpilib, "open", open_company, raising=False)
    then = getattr(*moment)

    def die(*given, **named):
        os.kill(os.getpid(), signum)
        return then(*given, **named)  # a signal that can be heard is heard by now

    patch.setattr(*moment, die)
    main()
