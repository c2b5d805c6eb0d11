"""The documentation: its code runs, its commands exist, its links lead somewhere, offline."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import matplotlib.pyplot as plt
import pytest

from kpilib.cli import commands

ROOT = Path(__file__).resolve().parent.parent
TEXTS = sorted(path for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
FETCHED = re.compile(
    r'<(?:script|link|img)\b[^>]*\b(?:src|href)="(?:https?:)?//|url\(["\']?https?:'
)


def blocks(path: Path, *kinds: str) -> list[str]:
    return [code for kind, code in BLOCK.findall(path.read_text("utf-8")) if kind in kinds]


# The code of the gallery runs where the site is built.
SPOKEN = [p for p in TEXTS if blocks(p, "python") and p.name != "gallery.md"]


@pytest.mark.parametrize("path", SPOKEN, ids=lambda p: p.name)
def test_its_code_runs_from_top_to_bottom(path, tmp_path, monkeypatch):
    (tmp_path / "data").symlink_to(ROOT / "data")
    (tmp_path / "notebooks").mkdir()
    # The README speaks to who works beside the notebooks.
    monkeypatch.chdir(tmp_path / "notebooks" if path.name == "README.md" else tmp_path)
    names: dict[str, object] = {}
    for code in blocks(path, "python"):
        exec(compile(code, path.name, "exec"), names)
    plt.close("all")


def lines(path: Path) -> list[str]:
    found = "\n".join(blocks(path, "", "sh")).splitlines()
    return [line for line in found if re.match(r"(\.venv/bin/)?kpilib ", line)]


COMMANDS = [(path.name, line) for path in TEXTS for line in lines(path)]


@pytest.mark.parametrize(("where", "line"), COMMANDS, ids=lambda part: part[:60])
def test_its_commands_exist_with_these_options(where, line):
    name, *given = shlex.split(line, comments=True)[1:]
    command = commands.commands[name]
    try:
        command.make_context(name, given)
    except click.UsageError as error:
        pytest.fail(f"{where}: {line}: {error}")


def test_it_says_the_commands_of_every_page_that_it_has():
    assert len(COMMANDS) > 20


def test_the_site_is_built_with_every_link_and_fetches_nothing():
    subprocess.run([sys.executable, "docs/site.py"], cwd=ROOT, check=True, capture_output=True)
    site = ROOT / "build" / "site"
    pages = {path.name: path.read_text("utf-8") for path in site.glob("*.html")}
    assert {"index.html", "operator.html", "gallery.html", "glossary.html"} <= set(pages)
    for name, page in pages.items():
        assert not FETCHED.search(page), name
    assert not any(FETCHED.search(path.read_text("utf-8")) for path in site.rglob("*.css"))
    charts = len(blocks(ROOT / "docs" / "gallery.md", "python")) - 1  # the first opens the data
    assert pages["gallery.html"].count('src="pictures/') == charts
    assert 'id="bounce_rate"' in pages["glossary.html"]
