"""What the README and the operator's page say to type is typed, in their order, in one folder.

Reports are of one topic and language here; nothing else is added to what is written. Not
typed: `make` (its targets are looked up), JupyterLab, the wheels of a class, which need a network,
the list of companies, which is read as the command would (tests/delivery runs such lists), what a
newcomer types of their own data: tests/test_sample_exports.py does, where kpilib is installed, and
the sample's month: tests/published types it, of every topic and in both languages.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpilib import cli_delivery
from kpilib.cli import commands
from kpilib.delivery.companies import tasks
from kpilib.settings import Settings, settings_of
from tests.published.conftest import REPORT as PUBLISHED
from tests.test_docs_site import BLOCK, ROOT, TEXTS, blocks
from tests.test_sample_exports import commands as newcomers_lines

SMALL = ["--topic", "emailing", "--lang", "en"]
UNTYPED = ("lab", "lessons", "marks", "sample")
# What ends otherwise than well, as the page says, and what it must say then.
ENDINGS = {
    # A French company's commands speak French.
    "schedule --check": (0, "À l'heure\u00a0: 2026-10 est publié."),
    "report --due": (0, "Rien n'est attendu\u00a0: 2026-10 est publié."),
    "purge --person": (2, "Personne de cette clé n'est dans une table."),
    "value sessions engaged": (0, "headcount"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A working folder beside the sample and its exports."""
    place = tmp_path_factory.mktemp("typed")
    (place / "data").mkdir()
    (place / "data" / "sample").symlink_to(ROOT / "data" / "sample")
    shutil.copytree(ROOT / "data" / "sample_exports", place / "data" / "sample_exports")
    shutil.copytree(ROOT / "notebooks" / "audiences", place / "notebooks" / "audiences")
    return place


class Thursday(date):
    """The day on which the sample's October is there and November is not over."""

    @classmethod
    def today(cls) -> date:
        return date(2026, 11, 5)


def words(line: str, folder: Path) -> list[str]:
    """Split a line as a shell does, in the folder."""
    found = []
    for word in shlex.split(line, comments=True):
        there = sorted(folder.glob(word)) if "*" in word else []
        found += [path.relative_to(folder).as_posix() for path in there] or [word]
    return found


def typed(line: str, folder: Path) -> tuple[int, str]:
    program, *given = words(line, folder)
    if program == "mkdir":
        (folder / given[-1]).mkdir(parents=True, exist_ok=True)
        return 0, ""
    if program == "cp":
        for source in given[:-1]:
            shutil.copy(folder / source, folder / given[-1])
        return 0, ""
    if given[0] == "report" and "--due" not in given:
        ran = subprocess.run(
            [sys.executable, "-m", "kpilib", *given, *SMALL],
            cwd=folder, capture_output=True, text=True,
        )  # fmt: skip
        return ran.returncode, ran.stdout + ran.stderr
    ran = CliRunner().invoke(commands, given)
    return ran.exit_code, ran.output


def is_typed(line: str) -> bool:
    _, *given = shlex.split(line, comments=True) or [""]
    elsewhere = "--companies" in line or line in newcomers_lines() or given == PUBLISHED
    return bool(given) and given[0] not in UNTYPED and not elsewhere


@pytest.mark.parametrize("page", ["docs/operator.md", "README.md"])
def test_it_does_what_the_page_says(page, folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(cli_delivery, "date", Thursday)
    monkeypatch.delenv("KPILIB_SMTP_URL", raising=False)
    shutil.rmtree(folder / "data" / "acme", ignore_errors=True)
    lines = "\n".join(blocks(ROOT / page, "", "sh")).splitlines()
    lines = [line for line in lines if not line.startswith("make ") and is_typed(line)]
    assert len(lines) >= 5
    for line in lines:
        code, said = typed(line, folder)
        if " init " in line:  # what the pages leave to whoever follows them: the downloads
            for path in (folder / "data/sample_exports").iterdir():
                shutil.copy(path, folder / "data/acme/exports")
        expected = next((end for part, end in ENDINGS.items() if part in line), (0, ""))
        assert code == expected[0] and expected[1] in said, f"{line}\n{said}"


def test_its_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = {name for path in TEXTS for code in blocks(path, "", "sh")
             for name in re.findall(r"^make (\w+)", code, re.M)}  # fmt: skip
    assert {"report", "test", "lab"} <= named
    assert not {name for name in named if not re.search(rf"^{name}:", makefile, re.M)}


YAML = [(path.name, code) for path in TEXTS for code in blocks(path, "yaml")]


@pytest.mark.parametrize(("where", "code"), YAML, ids=lambda part: part[:20])
def test_its_configuration_is_taken(where, code, tmp_path):
    """A block is of company.yaml, or names its file in its first line."""
    named = re.match(r"# data/(\w+\.yaml)\n", code)
    (tmp_path / (named[1] if named else "company.yaml")).write_text(code, encoding="utf-8")
    if named:
        found = tasks(tmp_path / named[1], tmp_path / "reports", ["--due"])
        assert len(found) == code.count("folder:")
    else:
        assert settings_of(tmp_path) != Settings()


def test_every_block_is_of_a_kind_that_is_run():
    kinds = {kind for path in TEXTS for kind, _ in BLOCK.findall(path.read_text("utf-8"))}
    assert kinds <= {"", "sh", "python", "yaml"}
    assert len(YAML) >= 3
