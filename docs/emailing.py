"""Run the e-mailing notebook on the sample company into docs/emailing.ipynb.

It is there to be read on a code host, which shows pictures and tables but no page of ours: each
chart becomes an SVG picture with its title above. What differs from one run to the next (times,
addresses in memory) is left out.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import papermill

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "notebooks" / "03_emailing.ipynb"
TARGET = Path(__file__).with_suffix(".ipynb")
PICTURE = re.compile(r'<div class="kl-picture"[^>]*>(<svg .*?</svg>)', re.DOTALL)
TITLE = re.compile(r"<figcaption[^>]*>(.*?)</figcaption>", re.DOTALL)
IN_MEMORY = " at 0x"


def readable(output: Any) -> list[Any]:
    """Give an output the forms that a code host shows."""
    if output.output_type not in ("display_data", "execute_result"):
        raise SystemExit(f"A cell wrote {output.output_type}: {output.get('text', '')[:200]}")
    data = output.data
    if IN_MEMORY in data.get("text/plain", ""):
        return []
    html = data.get("text/html", "")
    picture, title = PICTURE.search(html), TITLE.search(html)
    if picture is None:
        return [output]
    drawn = picture[1].replace('style="', 'style="background:#fff;', 1)
    said = title[1] if title else ""
    above = [{"text/markdown": f"**{said}**", "text/plain": said}] if said else []
    return [
        nbformat.v4.new_output("display_data", each)
        for each in (*above, {"image/svg+xml": drawn, "text/plain": said})
    ]


def main() -> None:
    """Execute, keep what can be read and is the same tomorrow, write."""
    source = nbformat.read(NOTEBOOK, as_version=4)
    executed = papermill.execute_notebook(NOTEBOOK, None, cwd=NOTEBOOK.parent, progress_bar=False)
    executed.metadata = source.metadata
    for cell, written in zip(executed.cells, source.cells, strict=True):
        cell.metadata = written.metadata
        if cell.cell_type == "code":
            cell.outputs = [new for output in cell.outputs for new in readable(output)]
    nbformat.write(executed, TARGET)


if __name__ == "__main__":
    main()
