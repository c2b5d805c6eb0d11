"""A kernel forked from the warm process: there in milliseconds, with every library it needs.

The process is forked before anything runs in the worker, so that it inherits imported modules and
nothing else: no event loop, no socket, no lock. It waits until it is told to become a kernel.
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from contextlib import suppress
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from kpilib.monthly.ending import end_with

# Nobody recalls a line in a report, and the history is a database.
OPTIONS = ["--HistoryManager.enabled=False"]


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
