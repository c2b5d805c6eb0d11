"""How a kernel is started: the one place to replace for another way.

A starter is a kernel provisioner of jupyter_client. `ColdStart` runs the interpreter that runs
kpilib, whatever kernel name someone's JupyterLab saved in the notebook. `ForkedStart`, where the
system forks well, makes a process the kernel that was forked from the warm one before anything ran
in the worker: it inherits imported modules and nothing else (no event loop, no socket, no lock), is
there in milliseconds, and waits until it is told.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from kpilib.monthly.ending import end_with
from kpilib.monthly.job import FORKS

# Nobody recalls a line in a report, and the history is a database.
# Plain: the log of a page that failed has every step to its error.
OPTIONS = ["--HistoryManager.enabled=False", "--InteractiveShell.xmode=Plain"]
SOON = 10  # milliseconds until it is looked again whether a kernel is there, or gone


class Spare:
    """A process that waits to become a kernel; looks to jupyter_client like one it started."""

    stdin = stdout = stderr = None

    def __init__(self) -> None:
        told, self._tell = os.pipe()
        with warnings.catch_warnings():
            # Python warns of threads in a process that forks; those here are idle pools of numpy
            # and Arrow, which are made anew in the child.
            warnings.simplefilter("ignore", DeprecationWarning)
            worker = os.getpid()
            self.pid = os.fork()
        if self.pid == 0:
            os.close(self._tell)
            end_with(worker)
            _become_kernel(told)
        os.close(told)
        self.returncode: int | None = None

    def become(self, connection_file: str, folder: str) -> None:
        """Start as a kernel on a connection file, in a folder."""
        os.write(self._tell, f"{connection_file}\n{folder}".encode())
        os.close(self._tell)
        self._tell = -1

    def poll(self) -> int | None:
        """Return how the process ended, or None while it runs."""
        if self.returncode is None:
            with suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int | None:
        """Wait for the end."""
        if self.returncode is None:
            with suppress(ChildProcessError):
                self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Let go of a process that was never needed."""
        if self._tell >= 0:
            os.close(self._tell)  # it reads the end of the pipe, and ends
            self._tell = -1
            self.wait()


def _become_kernel(told: int) -> None:
    """Wait for the order, run a kernel until it is shut down, and leave without a trace."""
    code = 0
    try:
        with os.fdopen(told, "rb") as pipe:
            order = pipe.read().decode()
        if order:
            connection_file, folder = order.split("\n")
            os.chdir(folder)
            os.environ["JPY_PARENT_PID"] = str(os.getppid())  # for what it starts itself
            signal.signal(signal.SIGINT, signal.default_int_handler)
            sys.stdin = open(os.devnull)  # noqa: SIM115  lives as long as the kernel
            from ipykernel.kernelapp import IPKernelApp

            # ipykernel read the variable when the warm process imported it, before it was set.
            application = IPKernelApp.instance(parent_handle=os.getppid())
            application.initialize(["-f", connection_file, *OPTIONS])
            application.start()
    except BaseException as error:  # whatever it is, this copy of the worker must go no further
        code = error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else 1
        if not isinstance(error, SystemExit):
            sys.excepthook(type(error), error, error.__traceback__)
    finally:
        os._exit(code)


class ForkedStart(LocalProvisioner):
    """Make the spare process the kernel."""

    spare: Spare | None = None

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        spare, type(self).spare = type(self).spare, None
        if spare is None:
            raise RuntimeError("No spare process to become a kernel.")
        connection_file = cmd[cmd.index("-f") + 1]
        spare.become(connection_file, str(options.get("cwd") or os.getcwd()))
        self.process = spare
        self.pid = spare.pid
        self.pgid = None  # its group is the worker's
        return self.connection_info


COMMAND = [
    sys.executable,
    "-m",
    "ipykernel_launcher",
    "-f",
    "{connection_file}",
    *OPTIONS,
]


class ColdStart(LocalProvisioner):
    """Start the kernel as a new process of the worker's own process group.

    LocalProvisioner gives each kernel a session of its own, out of reach of whoever must end the
    worker and everything below it at once.
    """

    async def launch_kernel(self, cmd, **options):
        if os.name == "nt":  # no groups; a kernel ends by itself when its worker's handle does
            return await super().launch_kernel(cmd, **options)
        environment = {**(options.get("env") or os.environ), "JPY_PARENT_PID": str(os.getpid())}
        self.process = subprocess.Popen(
            cmd, stdin=subprocess.DEVNULL, cwd=options.get("cwd"), env=environment
        )
        self.pid = self.process.pid
        self.pgid = None  # signals go to the kernel alone: its group is the worker's
        return self.connection_info


class Client(AsyncKernelClient):
    """Goes on as soon as a kernel has answered; jupyter_client listens for 0.2 s to silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers, and what it publishes is heard."""
        until = time.monotonic() + (timeout or math.inf)
        while await self._async_is_alive() and time.monotonic() < until:
            self.kernel_info()
            with suppress(Empty):  # asked again: what it published may have been missed
                answer = await self.shell_channel.get_msg(timeout=1)
                while True:
                    said = await self.iopub_channel.get_msg(timeout=0.2)
                    state, asked = said["content"].get("execution_state"), said["parent_header"]
                    if state == "idle" and asked.get("msg_id") == answer["parent_header"]["msg_id"]:
                        return
        raise RuntimeError("The kernel died, or did not answer in time.")


class Kernel(AsyncKernelManager):
    """What nbclient manages: our command, and `starter` to start it."""

    starter = ForkedStart if FORKS else ColdStart
    client_factory = Client

    def _context_default(self) -> zmq.asyncio.Context:
        made = super()._context_default()
        made.reconnect_ivl = SOON  # a kernel is there within two tenths of a second
        return made

    async def _async_wait(self, pollinterval: float = SOON / 1000) -> None:
        await super()._async_wait(pollinterval)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The kernel to start, never read from the notebook or from the machine."""
        return KernelSpec(argv=list(COMMAND), display_name="kpilib", language="python")

    async def _async_pre_start_kernel(self, **options):
        if self.provisioner is None:
            self.kernel_id = self.kernel_id or "report"
            self.provisioner = self.starter(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**options)


@contextmanager
def ready() -> Iterator[None]:
    """Have a process ready to become the kernel; to be called before anything else runs."""
    if Kernel.starter is not ForkedStart:
        yield
        return
    ForkedStart.spare = spare = Spare()
    try:
        yield
    finally:
        ForkedStart.spare = None
        spare.close()
