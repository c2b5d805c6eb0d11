"""Eleven ways to end a cell with a picture, and a notebook of them."""

from __future__ import annotations

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

BEGIN = """\
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
import kpilib as kl
df = pd.DataFrame({"x": [1, 2, 3], "y": [1.0, 3.0, 2.0], "k": ["a", "b", "a"]})
s = pd.DataFrame({"session_id": ["a"], "started_at": pd.to_datetime(["2026-10-05T10:00:00Z"])})
report = kl.report("audience", period="2026-10", data={"sessions": s})
"""
WAYS = [
    "sns.lineplot(df, x='x', y='y')",
    "ax = sns.lineplot(df, x='x', y='y')\nax.axhspan(1, 2)",
    "fig, ax = plt.subplots()\nsns.lineplot(df, x='x', y='y', ax=ax)",
    "fig, ax = plt.subplots()\nsns.lineplot(df, x='x', y='y', ax=ax)\nax.set_ylim(0)",
    "sns.relplot(df, x='x', y='y', col='k', kind='line')",
    "sns.lineplot(df, x='x', y='y')\nplt.show()",
    "fig, ax = plt.subplots()\nsns.lineplot(df, x='x', y='y', ax=ax)\nfig",
    "fig, axes = plt.subplots(1, 2)\naxes",
    "plt.figure(figsize=(8, 4))\ndf.plot(x='x', y='y')",  # pandas makes a figure of its own
    "ax = sns.lineplot(df, x='x', y='y');",
    "ax.set_title('later')",  # changes the picture of the cell before
]


def notebook() -> nbformat.NotebookNode:
    """Return a notebook with one way a cell."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    sources = ["out: str = ''  # nowhere", BEGIN, *WAYS]
    made = new_notebook(
        cells=[new_code_cell(source) for source in sources], metadata={"kernelspec": kernel}
    )
    made.cells[0].metadata["tags"] = ["parameters"]
    return made


def pictures(executed: nbformat.NotebookNode) -> list[int]:
    """Return how many pictures stand below each of the ways."""
    return [
        sum(
            (html := "".join(each.get("data", {}).get("text/html", ""))).count("<svg")
            or html.count("<img")
            or ("image/png" in each.get("data", {}))
            for each in cell.outputs
        )
        for cell in executed.cells[-len(WAYS) :]
    ]
