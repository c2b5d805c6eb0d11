"""A company folder of the first release becomes one of today; what cannot be stays as it is."""

from __future__ import annotations

import nbformat
import pytest

from kpilib.delivery.upgrade import upgrade
from kpilib.errors import CompanyError
from kpilib.monthly.parameters import read
from kpilib.objectives.plan import read_plan

FIRST = """\
# What we want, one key result a figure.
key_results:
  - id: kr_organic
    kpi: organic_sessions
    label: {en: Visits from search engines, fr: Visites venues des moteurs}
    baseline: 1512          # October 2025
    target: 1950
    start: 2026-02-16
    end: 2026-12-31
    owner: {en: Marketing manager, fr: Responsable marketing}
    action: {en: Rewrite three pages., fr: Réécrire trois pages.}
"""


@pytest.fixture
def company(tmp_path):
    (tmp_path / "objectives.yaml").write_text(FIRST, encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    cells = [
        nbformat.v4.new_code_cell(
            'month: str = "2026-10"  # the month', metadata={"tags": ["parameters"]}
        ),
        nbformat.v4.new_code_cell('import kpilib as kl\nr = kl.report("audience", month=month)'),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "notebooks" / "own.ipynb")
    return tmp_path


def test_it_reads_as_it_did_and_a_copy_is_kept(company):
    said = upgrade(company, dry_run=True)
    assert (company / "objectives.yaml").read_text("utf-8") == FIRST
    assert upgrade(company) == said
    assert [name for name, _ in said] == ["objectives.yaml", "notebooks/own.ipynb"]
    (result,) = read_plan(company).objectives[0].key_results
    assert (result.id, result.baseline, result.target) == ("kr_organic", 1512, 1950)
    assert result.next_action.fr == "Réécrire trois pages."
    assert "# October 2025" in (company / "objectives.yaml").read_text("utf-8")
    assert (company / "objectives.yaml.old").read_text("utf-8") == FIRST
    book = nbformat.read(company / "notebooks" / "own.ipynb", 4)
    assert "period=period" in book.cells[1].source
    assert [*read(book)] == ["period"]
    assert upgrade(company) == []


def test_whoever_did_not_upgrade_is_told_to(company):
    with pytest.raises(CompanyError) as fault:
        read_plan(company)
    assert "objectives.yaml:2: key_results: unknown key." in str(fault.value)
    assert "kpilib upgrade --data DIR rewrites it" in str(fault.value)


def test_what_cannot_be_read_afterwards_is_not_changed(company):
    broken = FIRST.replace("target: 1950", "target: many")
    (company / "objectives.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(CompanyError, match="Nothing was changed: objectives.yaml:"):
        upgrade(company)
    assert (company / "objectives.yaml").read_text("utf-8") == broken
    assert not list(company.rglob("*.old"))


@pytest.mark.parametrize(
    "text",
    [
        "key_results: 3", "key_results: [a]", "key_results: [{id: a}]", "key_results:", "a: [",
        "a: 1\na: 2", "key_results: [{kpi: [a]}]", "\xff",
    ],
)  # fmt: skip
def test_what_no_version_wrote_is_named_and_all_is_as_it_was(company, text):
    """It ended in an error of Python."""
    (company / "objectives.yaml").write_bytes(text.encode("latin-1"))
    with pytest.raises(CompanyError, match=r"Nothing was changed: objectives\.yaml does not read"):
        upgrade(company)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": 3}', '{"cells": [{}]}'])
def test_what_is_no_notebook_takes_back_what_was_done_before_it(company, text):
    """objectives.yaml was rewritten, and stayed so."""
    (company / "notebooks" / "own.ipynb").write_text(text)
    with pytest.raises(CompanyError, match=r"notebooks/own\.ipynb does not read as"):
        upgrade(company)
    assert (company / "objectives.yaml").read_text("utf-8") == FIRST
    assert not [*company.rglob("*.old")]
