"""What every test stands on: the same examples in every run, and nothing left in the tree."""

from __future__ import annotations

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


def pytest_collection_modifyitems(items):
    """Begin with what takes longest: whole runs and JupyterLab, beside everything else."""
    items.sort(key=lambda item: "published" not in item.path.parts)
