"""Where real files are kept: beside the project, never in it."""

from __future__ import annotations

from pathlib import Path

import pytest

REAL = Path(__file__).parents[3] / "shared" / "real"


def real(name: str) -> Path:
    """Return a real file, or skip the test."""
    path = REAL / name
    if not path.exists():
        pytest.skip("../shared/real is not here: real files are never committed")
    return path
