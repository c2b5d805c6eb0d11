"""How a kernel is started: the one place to replace for another way.

A starter is a kernel provisioner of jupyter_client. `ColdStart` runs the interpreter that runs
kpilib, whatever kernel name someone's JupyterLab saved in the notebook; `ForkedStart`, where the
system forks well, makes a process that was forked from the warm one the kernel.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from kpilib.monthly.forked import OPTIONS, ForkedStart, Spare
from kpilib.monthly.job import FORKS

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


class Kernel(AsyncKernelManager):
    """What nbclient manages: our command, and `starter` to start it."""

    starter = ForkedStart if FORKS else ColdStart

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
