"""A kernel forked from a warm process behaves like one that was started."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from queue import Empty

import pytest

from kpilib.monthly.kernel import Client, Spare

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


class Told:
    """A channel that has some messages, and then nothing."""

    def __init__(self):
        self.left = []

    async def get_msg(self, timeout):
        if not self.left:
            raise Empty
        return self.left.pop(0)


class Asking(Client):
    """A client whose kernel says, each time that it is asked, what is given; then it is dead."""

    def __init__(self, *said):
        super().__init__()
        self.said = list(said)
        self._shell_channel, self._iopub_channel = Told(), Told()

    async def _async_is_alive(self):
        return bool(self.said)

    def kernel_info(self):
        asked, published = self.said.pop(0)
        self._shell_channel.left.append(message(asked))
        self._iopub_channel.left += published


def message(asked, state=None):
    return {"parent_header": {"msg_id": asked}, "content": {"execution_state": state}}


def in_a_loop(coroutine):
    """Run it in a thread of its own: other tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, coroutine).result()


def test_a_notebook_begins_once_what_its_kernel_publishes_is_heard():
    """The first answer came before anybody listened; of the second one all is heard."""
    published = [message("second", "busy"), message("second", "idle"), message("cell", "idle")]
    waiting = Asking(("first", [message(None, "starting")]), ("second", published))
    in_a_loop(waiting.wait_for_ready(5))
    assert waiting.said == []
    assert waiting._iopub_channel.left == published[2:]  # nothing of what comes after is lost


def test_a_kernel_that_ends_before_it_is_heard_is_an_error_after_which_another_starts():
    waiting = Asking(("first", []))
    with pytest.raises(RuntimeError, match="died"):
        in_a_loop(waiting.wait_for_ready(5))
