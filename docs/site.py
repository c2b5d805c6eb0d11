"""Make the documentation's pages and its site: `python docs/site.py`, into build/site.

The glossary is the catalogue's, and the pictures of the gallery are drawn by the code above them,
so that neither can be older than kpilib. The site fetches nothing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE, PAGES = ROOT / "docs", ROOT / "build" / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```\n", re.M | re.S)


def glossary() -> str:
    """Return every KPI of the catalogue, under its topic."""
    from kpilib.language import speaker
    from kpilib.monthly.glossary import TOPIC_WORDS
    from kpilib.topics.catalogue import TOPICS, catalogue

    say, parts = speaker("en"), ["# Glossary\n"]
    order = list(TOPICS)
    kpis = sorted(catalogue().values(), key=lambda each: order.index(each.topic))
    for topic, those in groupby(kpis, key=lambda each: each.topic):
        parts.append(f"\n## {TOPIC_WORDS.get(topic, topic)}\n")
        for each in those:
            parts.append(
                f"\n### {say(each.label)} {{ #{each.id} }}\n\n*{say(each.question)}*\n\n"
                f"{say(each.formula)}\n\n{say(each.reading)}\n\n**How it misleads.** "
                f"{say(each.caveat)}\n"
            )
    return "".join(parts)


def gallery(text: str, pictures: Path) -> str:
    """Run the blocks of the gallery one after the other, and put below each what it drew."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    names: dict[str, object] = {}
    pictures.mkdir(parents=True, exist_ok=True)

    def drawn(block: re.Match[str]) -> str:
        exec(block[1], names)
        shown = ""
        for number in plt.get_fignums():
            figure = plt.figure(number)
            name = f"{len([*pictures.iterdir()]):02}.svg"
            title = figure.axes[0].get_title(loc="left") or figure.axes[0].get_title()
            figure.savefig(pictures / name, bbox_inches="tight")
            shown += f"\n![{' '.join(title.split())}](pictures/{name})\n"
            plt.close(figure)
        return block[0] + shown

    return BLOCK.sub(drawn, text)


def main() -> None:
    """Gather the pages, make those that are made, and build the site; a dead link ends it."""
    shutil.rmtree(PAGES, ignore_errors=True)
    PAGES.mkdir(parents=True)
    for path in SOURCE.glob("*.md"):
        shutil.copy(path, PAGES)
    (PAGES / "glossary.md").write_text(glossary(), encoding="utf-8")
    drawn = gallery((SOURCE / "gallery.md").read_text(encoding="utf-8"), PAGES / "pictures")
    (PAGES / "gallery.md").write_text(drawn, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"], cwd=ROOT, check=True
    )


if __name__ == "__main__":
    main()
