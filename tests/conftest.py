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
    """Begin with what takes longest: JupyterLab and whole runs, beside everything else.

    Tests that run side by side end together only if the short ones come last. `make test` asks for
    this order; by itself the plugin would begin with the files of most tests, the quickest of all.
    """
    items.sort(key=lambda item: (_is_not(item, "published"), _is_not(item, "slow")))


def _is_not(item, kind):
    return kind not in item.path.parts and item.get_closest_marker(kind) is None
