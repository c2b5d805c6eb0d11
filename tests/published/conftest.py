"""The sample company's month, published once for every test that opens its pages."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MONTH = "2026-10"
REPORT = ["report", MONTH, "--data", "data/sample"]  # as the README says to type it
TOPICS = ("scoreboard", "audience", "leads", "emailing", "social", "employees", "training_roi",
          "customers", "community")  # fmt: skip


@pytest.fixture(scope="session")
def month(once):
    """Publish October 2026 in English and French, as the command does; return its folder."""
    return once("published_month", _publish) / "sample" / MONTH


def _publish(out):
    command = [sys.executable, "-m", "kpilib", *REPORT, "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def pages(month):
    """Every page of the month by name: every topic and the index, in both languages."""
    names = [*(f"{topic}.html" for topic in TOPICS), "index.html"]
    found = {f"{prefix}{name}": month / prefix / name for prefix in ("", "fr/") for name in names}
    assert all(path.exists() for path in found.values())
    return found


@pytest.fixture(scope="session")
def chromium():
    """Open headless Chromium; skip where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((path for path in map(shutil.which, names) if path), None)
    if program is None:
        pytest.skip("no Chromium on this machine: `make browser` installs it")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()
