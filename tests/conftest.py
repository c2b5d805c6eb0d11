"""What every test stands on: the same examples in every run, and nothing left in the tree."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "suite",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep a file, and the tests of one published month, on one process: they share a fixture."""
    published = Path(__file__).parent / "published"
    for item in items:
        shared = published if published in item.path.parents else item.path
        item.add_marker(pytest.mark.xdist_group(str(shared)))
