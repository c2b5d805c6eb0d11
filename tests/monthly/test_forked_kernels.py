"""A kernel forked from a warm process behaves like one that was started."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from kpilib.monthly.kernel import Spare

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks only on Linux")


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_spare_that_is_not_needed_ends():
    spare = Spare()
    assert spare.poll() is None
    spare.close()
    assert spare.returncode == 0
    assert not alive(spare.pid)


def test_a_spare_can_be_killed_like_a_process():
    spare = Spare()
    spare.kill()
    assert spare.wait() == -signal.SIGKILL
    spare.close()


def test_a_kernel_that_cannot_start_says_so_in_its_exit_code(tmp_path, capfd):
    spare = Spare()
    spare.become(str(tmp_path / "no_such_folder" / "connection.json"), str(tmp_path / "gone"))
    assert spare.wait() == 1
    assert "FileNotFoundError" in capfd.readouterr().err
