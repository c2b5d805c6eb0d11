"""Two runs never hold one month, and a dead one holds nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kpilib.errors import LockedError
from kpilib.monthly.lock import hold

HOLD_AND_DIE = """
import os, pathlib, sys
from kpilib.monthly.lock import hold
with hold(pathlib.Path(sys.argv[1]), "2026-10"):
    os._exit(9)
"""


def test_the_second_is_refused_and_told_who_and_since_when(tmp_path):
    with hold(tmp_path / "lock", "2026-10"):
        with pytest.raises(
            LockedError, match=r"Another run holds 2026-10: process \d+ on .+, since 20"
        ):
            with hold(tmp_path / "lock", "2026-10"):
                raise AssertionError("it was let in")


def test_nothing_is_left_when_it_is_freed(tmp_path):
    with hold(tmp_path / "lock", "2026-10"):
        assert (tmp_path / "lock").exists()
    assert not list(tmp_path.iterdir())


def test_the_lock_of_a_process_that_died_is_taken_over(tmp_path):
    path = tmp_path / "lock"
    subprocess.run([sys.executable, "-c", HOLD_AND_DIE, path], check=False)
    assert path.exists()
    with hold(path, "2026-10"):
        pass
    assert not path.exists()


def test_an_error_inside_frees_it(tmp_path):
    with pytest.raises(ZeroDivisionError), hold(tmp_path / "lock", "2026-10"):
        raise ZeroDivisionError
    with hold(tmp_path / "lock", "2026-10"), hold(tmp_path / "other"):
        pass
