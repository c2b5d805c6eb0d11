"""Faults 69 to 84: ten moments at which the run, a worker or a kernel is killed outright."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest

import kpilib
from kpilib.monthly import publish
from kpilib.monthly import run as runs
from kpilib.monthly.checks import faults_of
from kpilib.monthly.index import manifests
from kpilib.monthly.job import Places
from kpilib.monthly.ledger import load
from tests.faults.dying import LOCKED, MOMENTS
from tests.monthly.standin import NOTEBOOKS, lay_out, open_company
from tests.monthly.test_killed import AT_ONCE, wait_until
from tests.monthly.test_monthly_run import files_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills, forks and reads /proc")

MONTH = "2026-10"
SAID = "said.txt"  # what a run that dies has said until then


class Place:
    """A company that has published a month, and would publish it otherwise now."""

    def __init__(self, place: Path) -> None:
        self.private = Path(tempfile.mkdtemp(prefix="kl-"))  # short: sockets lie in it
        self.place, self.folders = place, lay_out(place, "simple", "simple:later")
        self.written: list[tuple] = []  # what is handed to `publish`
        self.root = self.run().folder.parent
        self.old = files_of(self.root)
        for path in self.folders["notebooks"].glob("*.ipynb"):
            notebook = nbformat.read(path, as_version=4)
            notebook.cells[0].source += " Once more"
            nbformat.write(notebook, path)

    def run(self) -> runs.Report:
        def kept(*given):
            self.written.append(given)
            publish.publish(*given)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kpilib, "open", open_company, raising=False)
            patch.setattr(runs, "publish", kept)
            return runs.run(MONTH, Places(**self.folders), langs=["en"])

    def dying(self, place: Path, moment: str, signum: int, **more: str) -> subprocess.Popen:
        """Have a process of its own publish the month of a place, and die at a moment."""
        named = [
            f"--{name}={place / path.relative_to(self.place)}"
            for name, path in self.folders.items()
        ]
        with (place / SAID).open("w", encoding="utf-8") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.faults.dying", moment, str(signum), "report", MONTH,
                 *named, "--lang=en", "--again"],
                env={**os.environ, "TMPDIR": str(self.private), **more},
                stdout=subprocess.DEVNULL, stderr=said,
            )  # fmt: skip

    def processes(self) -> list[int]:
        """Return those that were started with this folder for their temporary files."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f"TMPDIR={self.private}\0".encode() in (path / "environ").read_bytes():
                    found.append(int(path.name))
        return found

    def whole(self, root: Path | None = None) -> dict[str, bytes]:
        """Return what is published, once every file of it can be used by readers and runs."""
        root = root or self.root
        now = {name: data for name, data in files_of(root).items() if name[0] != "."}
        for name, content in now.items():
            assert not name.endswith(".html") or faults_of(content.decode()) == [], name
        assert list(load(root, manifests(root))) != []
        return now


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    made = Place(tmp_path_factory.mktemp("dying"))
    yield made
    shutil.rmtree(made.private, ignore_errors=True)


@pytest.fixture(scope="module")
def killed(place, tmp_path_factory):
    """One run a moment, side by side, each with a company's folder and reports of its own."""
    runs_of = {}
    for number, moment in enumerate(MOMENTS):
        copy = tmp_path_factory.mktemp("killed") / str(number)
        shutil.copytree(place.place, copy)
        cold = {"KPILIB_FORK": "0"} if moment == LOCKED else {}  # once without the warm process
        runs_of[moment] = copy, place.dying(copy, moment, signal.SIGKILL, **cold)
    yield runs_of
    for _, process in runs_of.values():
        process.kill()
        process.wait()


@pytest.mark.parametrize("moment", MOMENTS)
def test_f78_a_run_killed_before_it_publishes_changes_nothing(place, killed, moment):
    copy, process = killed[moment]

    assert process.wait() == -signal.SIGKILL, (copy / SAID).read_text(encoding="utf-8")
    assert place.whole(copy / place.root.relative_to(place.place)) == place.old


def test_f72_a_closed_terminal_ends_the_run_and_leaves_nothing_and_the_next_one_clears(
    place, killed
):
    """It is the next run after those above: what they left is put away too."""
    for _, process in killed.values():
        process.wait()
    wait_until(lambda: not place.processes(), AT_ONCE)  # nobody outlives a run that was killed
    assert list(place.private.iterdir()) != []
    process = place.dying(place.place, "notebooks run", signal.SIGHUP)

    assert process.wait() == 128 + signal.SIGHUP
    said = (place.place / SAID).read_text(encoding="utf-8")
    assert said.endswith("kpilib: interrupted; nothing was published.\n")
    wait_until(lambda: not place.processes(), AT_ONCE)
    assert list(place.private.iterdir()) == []
    assert files_of(place.root) == place.old  # hidden ones included


# Moments within the publication, which moves one file after the other.
MOVES = {"the record is in place": 1, "half of the pages are": 3, "one file is not": -1}


@pytest.fixture(scope="module")
def given(place):
    """What the run would publish, without publishing it."""
    place.run()
    (root, files, removed, aside) = place.written[-1]
    new = files_of(root)
    return root, files, removed, aside, new


def reset(place, files):
    shutil.rmtree(place.root)
    for name, content in files.items():
        (place.root / name).parent.mkdir(parents=True, exist_ok=True)
        (place.root / name).write_bytes(content)


@pytest.mark.parametrize("moment", ["pages are being written", *MOVES])
def test_f78_a_publication_that_is_killed_leaves_whole_files_and_is_finished(place, given, moment):
    root, files, removed, aside, new = given
    reset(place, place.old)
    inside = [name for name in files if name.startswith(f"{MONTH}/")]
    stop = MOVES.get(moment, 0) % len(files)
    if (child := os.fork()) == 0:
        calls = []

        def counted(function):
            def die(*told):
                calls.append(told)
                if len(calls) > stop:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*told)

            return die

        (root / f".{MONTH}.lock").touch()
        if moment in MOVES:
            publish.os.replace = counted(os.replace)
        else:
            publish.flushed = counted(publish.flushed)
        publish.publish(root, files, removed, aside)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL

    assert all(
        content in (place.old.get(name), new[name]) for name, content in place.whole().items()
    )
    publish.sweep(root)
    then = files_of(root)
    assert not [name for name in then if name.startswith(".")]
    finished = new if moment in MOVES else place.old
    assert {name: then[name] for name in inside} == {name: finished[name] for name in inside}
    assert then["ledger.csv"] == finished["ledger.csv"]


def test_f69_a_worker_and_a_kernel_that_are_killed_cost_their_page_alone(place):
    reset(place, place.old)
    killed = nbformat.read(NOTEBOOKS / "killed.ipynb", as_version=4)
    for cell in killed.cells:
        cell.source = cell.source.replace("os.getpid()", "os.getppid()")
    nbformat.write(killed, place.folders["notebooks"] / "03_worker.ipynb")
    shutil.copy(NOTEBOOKS / "killed.ipynb", place.folders["notebooks"] / "04_kernel.ipynb")
    report = place.run()
    told = json.loads((report.folder / "run.json").read_text(encoding="utf-8"))["notebooks"]

    assert report.exit_code == 1
    assert {name: each["state"] for name, each in told.items()} == {
        "simple": "ok", "later": "ok", "worker": "failed", "kernel": "failed",
    }  # fmt: skip
    assert told["worker"]["reason"]["message"].startswith("The worker of the notebook was killed")
    assert told["kernel"]["reason"]["message"].startswith("The kernel died in cell {cell}")
    assert not (report.folder / "worker.html").exists()
    assert not (report.folder / "kernel.html").exists()
    place.whole()
    shutil.rmtree(report.logs)
