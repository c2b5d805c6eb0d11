"""A notebook of one's own: all it shows stands on its page, and persons keep it from there."""

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
    "people['person_key'].iloc[0]",
]

OBJECTS = """import seaborn.objects as so
so.Plot(rows, x="period_start", y="value").add(so.Line())"""
POLARS = "import polars as pl\npl.DataFrame({'seats': [12, None]})"
OWN = """import kpilib as kl
mine = kl.ratio("revenue_per_session", "revenue", "sessions", label="Revenue a visit", unit="EUR")
report = kl.report("mine", period=period, data=data, lang=lang, out=out, kpis=["sessions", mine])
rows = report.series("revenue_per_session", periods=3)"""


def published(tmp_path, opened, shown):
    """Run a notebook of one's own; return what was said, the exit code, where its page would be."""
    company = tmp_path / "mine"
    shutil.copytree(SAMPLE, company)
    (company / "notebooks").mkdir()
    parameters = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    written = [opened, *shown, "report.write()"]
    cells = [new_markdown_cell("# Mine"), parameters, *map(new_code_cell, written)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, company / "notebooks" / "10_mine.ipynb")

    out = tmp_path / "reports"
    asked = ["report", "2026-10", "--topic", "mine", "--lang", "en"]
    res = CliRunner().invoke(commands, [*asked, "--data", str(company), "--out", str(out)])
    return " ".join(res.output.split()), res.exit_code, out


def test_the_cell_that_names_persons_is_named_and_nobody_else(tmp_path):
    told = ["report.lead()", *SHOWN, "report.limits()", "report.sources()"]
    said, code, out = published(tmp_path, OPENED, told)

    assert code == 1
    named = "It shows who data.people or data.table named."
    assert "Cell 5: It shows persons: the column person_key." in said
    assert f"Cell 6: {named}" in said and f"Cell 7: {named}" in said
    assert "Cell 8: It shows columns of absences, whose rows are each about one person." in said
    assert "Cell 9:" not in said and f"Cell 10: {named}" in said
    assert not list(out.rglob("mine.html"))
    assert not any("k0528" in path.read_text("utf-8") for path in out.rglob("*.*"))


def test_a_kpi_of_ones_own_is_asked_for_by_its_id_and_columns_stand_as_tables(tmp_path):
    columns = ["rows.set_index('period')['value'].rename('a visit')", "rows['value'].diff()"]
    alone = ["rows['value'].iloc[-1]", "f'{0.25:.0%} of <all>\\nvisits'"]
    shown = [*columns, POLARS, OBJECTS, *alone, "rows['period_end'].max()"]
    said, code, out = published(tmp_path, OWN, shown)

    assert code == 0, said
    (page,) = out.rglob("mine.html")
    html = page.read_text("utf-8")
    assert "<h1>Mine</h1>" in html and html.count("<table>") == 3
    assert '<th scope="col">a visit</th>' in html and "<td>92.1" in html
    assert html.count("<figure") == 1 and "Only its axes describe a picture of cell 7" in said
    assert "<output>92.1" in html and "<output>31 October 2026</output>" in html
    assert "<output>25% of &lt;all&gt;<br>visits</output>" in html


def test_one_figure_that_is_not_known_keeps_the_page_back(tmp_path):
    said, code, _ = published(tmp_path, OWN, ["rows['value'].iloc[:0].mean()"])

    assert code == 1
    assert "Cell 4: A figure on it is not a number (nan, inf, NaT or None)." in said
