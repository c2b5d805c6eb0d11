"""What every test stands on: the same examples in every run, and nothing left in the tree."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from kpilib.display.numbers import write_for
from kpilib.memory import look_seldom

ROOT = Path(__file__).parents[1]
LESSONS, SAMPLE = ROOT / "notebooks" / "lessons", ROOT / "data" / "sample"

settings.register_profile(
    "suite",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")

# Beside other processes of the suite a second thread only waits for its turn; read when it first
# computes.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("POLARS_MAX_THREADS", "1")

os.environ["LC_ALL"] = "C.UTF-8"  # the terminal of a French developer would speak French

# Ten thousand collected tests are gone through in each search for rubbish: a fifth of collecting.
look_seldom()


def pytest_collection_modifyitems(items):
    """Begin with what takes longest: JupyterLab and whole runs, beside everything else.

    Tests that run side by side end together only if the short ones come last. `make test` asks for
    this order; by itself the plugin would begin with the files of most tests, the quickest of all.
    """
    items.sort(key=lambda item: (_is_not(item, "published"), _is_not(item, "slow")))


def _is_not(item, kind):
    notebook = kind == "slow" and item.path.suffix == ".ipynb"
    return not (notebook or kind in item.path.parts or item.get_closest_marker(kind))


@pytest.fixture(autouse=True, scope="module")
def _in_english():
    """A French report makes French the language of its kernel, and the next tests have the same."""
    write_for("en")


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Return how to fill a folder that many tests read, once for all processes of the tests.

    Whoever comes first fills it, the others wait.
    """
    from kpilib.monthly.lock import hold

    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def filled(name, fill):
        folder, done = shared / name, shared / f"{name}.done"
        with hold(shared / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                fill(folder)
                done.touch()
        return folder

    return filled


@pytest.fixture(scope="session")
def installed(once):
    """kpilib as pip installs it: see `tests.installed`."""
    from tests.installed import install

    return once("installed", install)


@pytest.fixture(scope="session")
def kit_in(once):
    """Return how to have the kit of a class in a language: only to be read.

    Its company is copied, not made: tests/test_wheel.py makes a kit with all that belongs to it,
    the company byte for byte.
    """
    from kpilib.lesson import kit

    def fill(folder, lang):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kit, "make", lambda place: shutil.copytree(SAMPLE, place))
            kit.make_kit(folder, LESSONS, lang)

    return lambda lang: once(f"kit_{lang}", lambda folder: fill(folder, lang))
