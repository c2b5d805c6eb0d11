"""A notebook of one's own that names persons is not published, in whatever way it shows them."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from kpilib.cli import commands

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
PARAMETERS = 'period: str = ""\ndata: str = "."\nlang: str = "en"\nout: str = ""'
OPENED = """import kpilib as kl
report = kl.report("mine", period=period, data=data, lang=lang, out=out, kpis=["sessions"])
people = report.company.people("super_users", period)"""
SHOWN = [
    "people",
    "people.rename(columns=str.upper)",
    "print(list(people['person_key']))",
    "report.company.table('absences', period).head()",
    "len(people)",
]


def test_the_cell_is_named_and_nobody_else(tmp_path):
    company = tmp_path / "mine"
    shutil.copytree(SAMPLE, company)
    (company / "notebooks").mkdir()
    parameters = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    written = ["report.lead()", *SHOWN, "report.limits()", "report.sources()", "report.write()"]
    cells = [new_markdown_cell("# Mine"), parameters, *map(new_code_cell, [OPENED, *written])]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, company / "notebooks" / "10_mine.ipynb")

    out = tmp_path / "reports"
    asked = ["report", "2026-10", "--topic", "mine", "--lang", "en"]
    res = CliRunner().invoke(commands, [*asked, "--data", str(company), "--out", str(out)])

    assert res.exit_code == 1
    said = " ".join(res.output.split())
    named = "It shows who data.people or data.table named."
    assert "Cell 5: It shows persons: the column person_key." in said
    assert f"Cell 6: {named}" in said and f"Cell 7: {named}" in said
    assert "Cell 8: It shows columns of absences, whose rows are each about one person." in said
    assert "Cell 9" not in said
    assert not list(out.rglob("mine.html"))
    assert not any("k0528" in path.read_text("utf-8") for path in out.rglob("*.*"))
