"""A page as it is laid out on paper: what is closed goes, small charts stand side by side.

Works on the tree that WeasyPrint read, before it looks for the style of every element: what is not
printed costs nothing then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement

# What only a screen needs: how figures mislead and their sources, what a chart's table repeats.
UNPRINTED = ("kl-limits", "kl-screen")
LONG, MANY = 10, 7  # rows from which a table may be cut, columns from which its letters are smaller


def lay_out(root: Element) -> None:
    """Lay a document out for paper, in place."""
    for main in root.iter("main"):
        _drop_closed(main)
        for part in [*main.iter("section")]:
            if _has(part, "part"):
                _tidy(main, part)
        for link in main.iter("a"):
            if "href" not in link.keys():  # it led to another page, which paper does not
                link.tag = "span"
        for table in main.iter("table"):
            _measure(table)
        for cards in [each for each in main.iter("div") if _has(each, "kl-cards")]:
            _in_rows(cards, [*cards])
        _side_by_side(main)


def _has(element: Element, name: str) -> bool:
    return name in (element.get("class") or "").split()


def _mark(element: Element, name: str) -> None:
    element.set("class", f"{element.get('class') or ''} {name}".strip())


def _remove(parent: Element, child: Element) -> None:
    """Take a child out, and leave the text behind it."""
    at, tail = [*parent].index(child), child.tail or ""
    if at:
        parent[at - 1].tail = (parent[at - 1].tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(child)


def _drop_closed(element: Element, in_figure: bool = False) -> None:
    in_figure = in_figure or _has(element, "kl-figure")
    for child in [*element]:
        closed = any(_has(child, name) for name in UNPRINTED)
        if closed or (in_figure and child.tag == "details"):
            _remove(element, child)
        else:
            _drop_closed(child, in_figure)


def _tidy(main: Element, part: Element) -> None:
    """Take out results of which nothing is left, and a heading of nothing but these."""
    results = [each for each in part if _has(each, "result")]
    empty = [each for each in results if not _prints(each)]
    for each in empty:
        _remove(part, each)
    if results and len(empty) == len(results):
        _remove(main, part)


def _prints(element: Element) -> bool:
    pictures = any(
        each.tag in ("img", "table") or "svg" in str(each.tag) for each in element.iter()
    )
    return pictures or bool("".join(element.itertext()).strip())


def _measure(table: Element) -> None:
    rows = [*table.iter("tr")]
    if len(rows) > LONG:
        _mark(table, "long")
    if rows and len(rows[0]) >= MANY:
        _mark(table, "many")


def _side_by_side(main: Element) -> None:
    """Set small charts two a line: of one part, or of two parts that hold nothing else."""
    parts = [each for each in main if _has(each, "part")]
    single = {
        id(part): len(cells) == 1 and cells[0][1] for part in parts for cells in [[*_cells(part)]]
    }
    for alone, run in groupby([*main], key=lambda each: single.get(id(each), False)):
        if alone:
            ones = [*run]
            for pair in zip(ones[::2], ones[1::2], strict=False):
                _in_rows(main, pair)
            if len(ones) % 2:
                _beside(ones[-1])
        else:
            for part in run:
                if id(part) in single:
                    _of_one_part(part)


def _cells(part: Element) -> Iterator[tuple[list[Element], bool]]:
    """Yield what stands together in a part, texts with the result they lead to; is it a chart."""
    gathered: list[Element] = []
    for each in part:
        gathered.append(each)
        if _has(each, "result"):
            yield gathered, _small(each)
            gathered = []
    if gathered:
        yield gathered, False


def _small(result: Element) -> bool:
    """Whether a result is one chart that half a line is enough for."""
    figures = [each for each in result if each.tag == "figure"]
    return len([*result]) == len(figures) == 1 and not _has(figures[0], "kl-wide")


def _of_one_part(part: Element) -> None:
    """Set the charts of a part side by side below its heading; the last one may stand alone."""
    for small, run in groupby([*_cells(part)], key=lambda cell: cell[1]):
        charts = [elements for elements, _ in run] if small else []
        for pair in zip(charts[::2], charts[1::2], strict=False):
            above = pair[0][:-1] if pair[0][0] is part[0] else []  # the heading, over both
            _in_rows(
                part,
                [_wrapped(part, each[len(above) :] if each is pair[0] else each) for each in pair],
            )
        if len(charts) % 2:
            _beside(_wrapped(part, charts[-1]))


def _wrapped(parent: Element, children: list[Element]) -> Element:
    """Put some children that follow each other into a block of their own."""
    block = Element("div")
    parent.insert([*parent].index(children[0]), block)
    for each in children:
        parent.remove(each)
        each.tail = None  # a space between two cells would take from their line
        block.append(each)
    return block


def _in_rows(parent: Element, children: Iterable[Element]) -> None:
    """Put children two by two into rows, each a cell."""
    children = [*children]
    for pair in (children[at : at + 2] for at in range(0, len(children), 2)):
        row = _wrapped(parent, pair)
        row.set("class", "row")
        for each in pair:
            _mark(each, "cell")


def _beside(block: Element) -> None:
    """Set what is said of a lone chart beside it: heading and events left, the picture right."""
    figure = next(block.iter("figure"))
    picture = next((each for each in figure if _has(each, "kl-picture")), None)
    if picture is None:
        return
    figure.remove(picture)
    said = [*block]
    row = Element("div", {"class": "row"})
    left, right = (
        SubElement(row, "div", {"class": "cell"}),
        SubElement(row, "div", {"class": "cell"}),
    )
    for each in said:
        block.remove(each)
        left.append(each)
    right.append(picture)
    block.append(row)
