"""Lessons speak the language of their class; other tests read English again."""

from __future__ import annotations

import pytest

from kpilib.display.numbers import write_for


@pytest.fixture(autouse=True)
def english_again():
    yield
    write_for("en")
