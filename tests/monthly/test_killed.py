"""Processes that are killed outright, one kind after the other: noticed at once, nothing is left.

Each test kills with SIGKILL, which no process can hear of.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from kpilib.monthly import ending, lock
from tests.monthly.standin import lay_out
from tests.monthly.test_monthly_run import alive, command

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

AT_ONCE = 120.0  # seconds, on a machine that does many things at once; it was 900


def wait_until(found, seconds: float = 300.0):
    """Return what is found, as soon as it is something."""
    until = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)
    return value


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def below(process: int) -> set[int]:
    """Return the processes that a process started, and those that they started."""
    found: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            found[int(path.name)] = parent_of(int(path.name))
    known, fresh = set(), {process}
    while fresh:
        known |= fresh
        fresh = {each for each, parent in found.items() if parent in known} - known
    return known - {process}


class Endless:
    """A run some of whose notebooks sleep for ever in a cell, and have started a process each."""

    def __init__(self, place: Path, *names: str) -> None:
        self.private = Path(tempfile.mkdtemp(prefix="kl-"))  # short: sockets lie in it
        self.folders = lay_out(place, *(f"endless:{name}" for name in names), "simple")
        self.run = subprocess.Popen(
            command(self.folders, f"--jobs={len(names)}"),
            env={**os.environ, "TMPDIR": str(self.private)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.kernels = {name: wait_until(lambda name=name: self._kernel(name)) for name in names}
        self.workers = {name: parent_of(kernel) for name, kernel in self.kernels.items()}
        self.warm = parent_of(self.workers[names[0]])
        self.all = below(self.run.pid)

    def _kernel(self, name: str) -> int | None:
        """Return the kernel of a notebook, once its cell has told of the process it started."""
        assert self.run.poll() is None, self.run.stderr.read()
        child = next(self.private.rglob(f"{name}.en/out/child"), None)
        return parent_of(int(child.read_text())) if child and child.read_text() else None

    def states(self) -> dict[str, tuple[str, str]]:
        [manifest] = self.folders["out"].rglob("run.json")
        notebooks = json.loads(manifest.read_text(encoding="utf-8"))["notebooks"]
        return {name: (it["state"], it["reason"]["message"]) for name, it in notebooks.items()}

    def nothing_is_left(self, logs: bool = False) -> None:
        wait_until(lambda: not any(map(alive, self.all)), AT_ONCE)
        if not logs:
            wait_until(lambda: not list(self.private.iterdir()), AT_ONCE)
        hidden = [path.name for path in self.folders["out"].rglob(".*")]
        assert all(lock_is_free(self.folders["out"], name) for name in hidden)


def lock_is_free(out: Path, name: str) -> bool:
    [path] = out.rglob(name)
    with lock.hold(path, "it"):
        return True


@contextmanager
def endless(place: Path, *names: str):
    made = Endless(place, *names)
    try:
        yield made
    finally:
        for process in {made.run.pid, *made.all}:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        made.run.communicate()
        shutil.rmtree(made.private, ignore_errors=True)


KILLED = "The worker of the notebook was killed, or memory ran out."


def test_a_kernel_a_worker_and_the_process_that_would_tell_of_its_end(tmp_path):
    with endless(tmp_path, "kernel", "worker", "orphan") as it:
        os.kill(it.kernels["kernel"], signal.SIGKILL)
        os.kill(it.workers["worker"], signal.SIGKILL)
        wait_until(lambda: not alive(it.kernels["worker"]), AT_ONCE)
        os.kill(it.warm, signal.SIGKILL)
        wait_until(lambda: not alive(it.warm), AT_ONCE)
        assert it.run.poll() is None and alive(it.kernels["orphan"])  # it need not end for that
        os.kill(it.workers["orphan"], signal.SIGKILL)
        it.run.communicate(timeout=AT_ONCE)

        assert it.run.returncode == 1
        assert it.states() == {
            "kernel": (
                "failed",
                "The kernel died in cell {cell}: it was killed, or memory ran out.",
            ),
            "orphan": ("failed", KILLED),
            "simple": ("ok", ""),  # perhaps by a warm process that came after the one killed
            "worker": ("failed", KILLED),
        }
        it.nothing_is_left(logs=True)  # the logs of the failures stay, for the analyst


def test_the_run_itself(tmp_path):
    with endless(tmp_path, "one", "two") as it:
        it.run.kill()
        it.run.communicate(timeout=AT_ONCE)

        it.nothing_is_left()
        assert not list(it.folders["out"].rglob("*.html"))


def test_the_run_and_a_worker_at_the_same_moment(tmp_path):
    """Nobody is left who could end the kernel: the system does."""
    with endless(tmp_path, "one") as it:
        it.run.kill()
        os.kill(it.workers["one"], signal.SIGKILL)
        it.run.communicate(timeout=AT_ONCE)

        wait_until(lambda: not alive(it.kernels["one"]) and not alive(it.warm), AT_ONCE)


class TestTheFolderOfARunThatWasKilled:
    def test_is_put_away_by_the_next_one(self, tmp_path, monkeypatch):
        from kpilib.monthly import lock

        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        dead, begun, logs = (tmp_path / f"kpilib-{name}" for name in ("dead", "begun", "logs"))
        for folder in (dead, begun, logs / "emailing.en"):  # the last is kept for the analyst
            folder.mkdir(parents=True)
        (logs / "emailing.en" / lock.LOG).touch()
        (dead / lock.RUNNING).touch()
        for path in (dead / lock.RUNNING, begun):  # that one was killed before it could lock
            os.utime(path, (0, 0))

        with lock.private() as work:
            os.utime(work / lock.RUNNING, (0, 0))
            with lock.private() as other:
                assert {path.name for path in tmp_path.iterdir()} == {
                    "kpilib-logs", work.name, other.name,
                }  # fmt: skip

        assert [path.name for path in tmp_path.iterdir()] == ["kpilib-logs"]

    def test_is_gone_however_the_run_ends(self, tmp_path, monkeypatch):
        from kpilib.monthly import lock

        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        with pytest.raises(ending.Interrupted), lock.private():
            raise ending.Interrupted(15)

        assert list(tmp_path.iterdir()) == []
