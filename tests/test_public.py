"""What ``import kpilib as kl`` offers, whatever was imported before."""

from __future__ import annotations

import subprocess
import sys

import pytest

import kpilib as kl


def test_public_names_are_there():
    assert set(dir(kl)) == {
        "KpilibError", "__version__", "brief", "kpi", "kpis", "off", "open", "page", "pick", "plot",
        "ratio", "report", "scoreboard", "table", "total",
    }  # fmt: skip
    assert all(callable(getattr(kl, name)) for name in ("kpi", "kpis", "open"))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError) as caught:
        kl.bounce_rate  # noqa: B018 - asking is the test

    assert str(caught.value) == "module 'kpilib' has no attribute 'bounce_rate'"


@pytest.mark.parametrize("before", ["", "import kpilib.kpi"])
def test_kpi_is_the_function_although_a_room_has_its_name(before):
    code = f"{before}\nimport kpilib as kl\nprint(kl.kpi('sessions').id, kl.kpi('leads').id)"
    res = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert res.stdout == "sessions leads\n"


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, kpilib\n"
        "print(sorted({'pandas', 'polars', 'narwhals', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    res = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert res.stdout == "[]\n"
