"""From a figure to inline SVG: same bytes every time, no id shared with another chart, tooltips."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.text import Text

from kpilib.display.words import clean
from kpilib.show.theme import FONTS

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))
REFERENCE = re.compile(r"url\(#([^)]+)\)")
LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
ROUNDED = ("d", "x", "y", "width", "height", "transform")
REACH = "9"  # radius, in points, around a mark where its tooltip shows
FEW = 30  # marks beyond this number are too close for a wider reach


Tips = Iterable[tuple[Artist, Sequence[str]]]


def render(fig: Figure, *, key: str, title: str, alt: str, tips: Tips = ()) -> str:
    """Draw a figure as an SVG element for a page.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    key : str
        Prefix of every id: unique on the page, the same from run to run.
    title, alt : str
        Name and description for those who do not see the picture.
    tips : iterable of (artist, sequence of str)
        The tooltip of an artist: one text, or one for each of its points.
    """
    texts = {}
    for number, (artist, said) in enumerate(tips):
        artist.set_gid(f"tip{number}")
        texts[f"tip{number}"] = [clean(text) for text in said]
    for written in fig.findobj(Text):
        written.set_text("\n".join(clean(line) for line in written.get_text().split("\n")))
    with matplotlib.rc_context({"svg.hashsalt": key}):
        root = ElementTree.fromstring(_drawn(fig))
    _set_tooltips(root, texts)
    _tidy(root)
    _rename(root, key)
    _describe(root, key, clean(title), clean(alt))
    ElementTree.register_namespace("", SVG)  # each time: another library may have taken the prefix
    return ElementTree.tostring(root, encoding="unicode").replace("\n", " ")


def _drawn(fig: Figure) -> bytes:
    """Draw a figure once, on nothing: `savefig` would draw all of it before, to lay it out."""
    canvas, dpi, behind = fig.canvas, fig.dpi, fig.get_facecolor()
    file = io.BytesIO()
    fig.set_facecolor("none")
    # Where to write a name is worked out from all ticks, also of an axis that has none.
    nameless = [axis for ax in fig.axes for axis in ax._axis_map.values() if _nameless(axis)]
    for axis in nameless:
        axis._autolabelpos = False
    try:
        FigureCanvasSVG(fig).print_svg(file, metadata=NO_METADATA)  # lays it out itself
    finally:
        for axis in nameless:
            axis._autolabelpos = True
        fig.set_canvas(canvas)
        fig.dpi = dpi
        fig.set_facecolor(behind)
    return file.getvalue()


def _nameless(axis: Axis) -> bool:
    return axis._autolabelpos and not axis.get_label_text()


def _tag(name: str) -> str:
    return f"{{{SVG}}}{name}"


def _set_tooltips(root: ElementTree.Element, texts: dict[str, list[str]]) -> None:
    for group in root.iter(_tag("g")):
        tips = texts.get(group.get("id", ""))
        if not tips:
            continue
        points = [
            (parent, place)
            for parent in group.iter()
            for place, child in enumerate(parent)
            if child.tag == _tag("use")
        ]
        if not points:
            group.insert(0, _titled(tips[0]))
        elif len(points) != len(tips):
            raise ValueError(f"{len(points)} marks were drawn for {len(tips)} tooltips.")
        else:
            for (parent, place), tip in zip(points, tips, strict=True):
                parent[place] = _with_tooltip(parent[place], tip, disc=len(tips) <= FEW)


def _titled(text: str) -> ElementTree.Element:
    title = ElementTree.Element(_tag("title"))
    title.text = text
    return title


def _with_tooltip(use: ElementTree.Element, text: str, *, disc: bool) -> ElementTree.Element:
    """Wrap a mark with its tooltip and a wider, unseen disc that is easier to point at."""
    group = ElementTree.Element(_tag("g"))
    group.extend([_titled(text), use])
    if disc:
        at = {"cx": use.get("x", "0"), "cy": use.get("y", "0"), "r": REACH}
        at |= {"fill": "none", "pointer-events": "all"}
        group.append(ElementTree.Element(_tag("circle"), at))
    use.tail = None
    return group


def _tidy(root: ElementTree.Element) -> None:
    """Leave out what a page does not need: sizes, fonts on each text, digits beyond sight."""
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (_tag("metadata"), _tag("style")):
                parent.remove(child)
            child.tail = None
        parent.text = parent.text if parent.tag in (_tag("text"), _tag("title")) else None
    for element in root.iter():
        style = element.get("style", "")
        if element.tag == _tag("text"):
            style = re.sub(r"font-family: [^;]*;?\s*", "", style)
            if "rotate(-0" in element.get("transform", ""):
                del element.attrib["transform"]
        if style:
            element.set("style", style.strip("; ").replace("; ", ";").replace(": ", ":"))
        for name in ROUNDED:
            if name in element.attrib:
                short = LONG_NUMBER.sub(_rounded, element.get(name, "")).replace("\n", "")
                element.set(name, short.strip())


def _rounded(match: re.Match[str]) -> str:
    return f"{float(match[0]):.1f}".removesuffix(".0").replace("-0", "0", match[0][:4] == "-0.0")


def _rename(root: ElementTree.Element, key: str) -> None:
    """Prefix the ids that are used, drop the others."""
    used = set()
    for element in root.iter():
        for name, value in element.attrib.items():
            used.update(REFERENCE.findall(value))
            if name == XLINK:
                used.add(value.removeprefix("#"))
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            if name == "id":
                del element.attrib["id"]
                if value in used:
                    element.set("id", f"{key}-{value}")
            elif name == XLINK:
                del element.attrib[name]
                drawn = value.startswith("data:")  # as pixels: a picture, a scale of colours
                inside = f"#{key}-{value.removeprefix('#')}"
                element.set("href", "".join(value.split()) if drawn else inside)
            elif "url(#" in value:
                element.set(name, REFERENCE.sub(rf"url(#{key}-\1)", value))


def _describe(root: ElementTree.Element, key: str, title: str, alt: str) -> None:
    for place, (name, text) in enumerate((("title", title), ("desc", alt))):
        element = ElementTree.Element(_tag(name), {"id": f"{key}-{name}"})
        element.text = text
        root.insert(place, element)
    root.set("role", "img")
    root.set("aria-labelledby", f"{key}-title {key}-desc")
    root.set("style", f"font-family:{FONTS};stroke-linejoin:round")
