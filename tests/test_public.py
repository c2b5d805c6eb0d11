"""What ``import kpilib as kl`` offers, whatever was imported before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import kpilib as kl


def test_public_names_are_there():
    assert set(dir(kl)) == {
        "KpilibError", "__version__", "across", "brief", "drivers", "fixed_effects", "improvements",
        "influencers", "intangibles", "judge", "kpi", "kpis", "lags", "mentions", "off", "open",
        "pick", "plot", "ratio", "report", "sensitivity", "sentiment", "table", "total",
        "training_arms", "training_chain", "training_course", "training_differences",
        "training_goals", "training_ways", "what_next",
    }  # fmt: skip
    assert all(callable(getattr(kl, name)) for name in ("kpi", "kpis", "open"))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError) as caught:
        kl.bounce_rate  # noqa: B018 - asking is the test

    assert str(caught.value) == "module 'kpilib' has no attribute 'bounce_rate'"


def test_no_room_takes_the_name_of_a_function():
    """Importing ``kpilib.kpi`` would put the module where ``kl.kpi`` is a function."""
    package = Path(kl.__file__).parent
    rooms = {path.stem for path in package.iterdir() if path.suffix == ".py" or path.is_dir()}

    assert not rooms & set(kl.__all__)


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, kpilib\n"
        "print(sorted({'pandas', 'polars', 'narwhals', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    res = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert res.stdout == "[]\n"
