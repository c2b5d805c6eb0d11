"""Which notebooks run, and what each must bring back to count as a success."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kpilib.errors import ParameterError, ReportError, listed
from kpilib.language import between
from kpilib.monthly.parameters import source_of, written_in
from kpilib.saying import error_of, no_such, say

NAME = re.compile(r"[0-9][0-9]_(?!(?:index|glossary|month)\.)[\w -]+\.ipynb", re.I)  # others link
NAMED_OTHERWISE = {"scoreboard": "okr"}  # pages that do not bear their catalogue topic's name
ALL_TABLES = frozenset({"scoreboard"})  # pages that tell about KPIs of any topic


@dataclass(frozen=True)
class Source:
    """One notebook file of the monthly report.

    Parameters
    ----------
    path : Path
        ``notebooks/06_training_roi.ipynb``.
    """

    path: Path

    @property
    def topic(self) -> str:
        """The name of its page: the file's name without its number, in small letters."""
        return self.path.stem.partition("_")[2].lower()  # some systems know no other letters

    @cached_property
    def content(self) -> dict:
        """The notebook's JSON."""
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except ValueError:
            raise error_of(
                ReportError, "{file} is not a notebook: it is not JSON.", file=self.path.name
            ) from None
        if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
            raise error_of(
                ReportError,
                "{file} is not a notebook: it has no list of cells.",
                file=self.path.name,
            )
        return content

    @property
    def catalogue_topic(self) -> str:
        """The topic of the catalogue that its page tells about, empty if there is none."""
        from kpilib.topics.catalogue import TOPICS

        named = NAMED_OTHERWISE.get(self.topic, self.topic)
        return next((name for name in TOPICS if re.match(rf"{name}(_|$)", named)), "")

    @property
    def expected(self) -> tuple[str, ...]:
        """The KPIs that its result must hold."""
        return tuple(kpi.id for kpi in self._kpis())

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The tables that those KPIs are worked out of; none where it may be any of them."""
        if self.topic in ALL_TABLES:
            return ()
        from kpilib.tables.derive import sources

        needs = [need for kpi in self._kpis() for need in kpi.needs.items()]
        return tuple(dict.fromkeys(name for need in needs for name in sources(*need)))

    def _kpis(self) -> list:
        from kpilib.topics.catalogue import of_topic

        return list(of_topic(self.catalogue_topic)) if self.catalogue_topic else []

    def title(self, lang: str) -> str:
        """Return its first heading in a language, or its topic's name."""
        for cell in self.content["cells"]:
            if cell["cell_type"] == "markdown":
                heading = re.search(r"^# +(.+)$", source_of(cell), re.M)
                if heading:
                    title = re.sub(r"[*_`]|\s*:\s*$", "", heading[1]).strip()
                    return between(written_in(self.content), lang).get(title, title)
        return self.topic.replace("_", " ").capitalize()


def select(folder: Path, topics: Iterable[str] = (), own: Path | None = None) -> list[Source]:
    """Find the notebooks of the report, in the order of their numbers.

    Parameters
    ----------
    folder : Path
        Where they are; only files named like ``01_audience.ipynb`` belong to the report.
    own : Path, optional
        The company's own notebooks, which run with the others, or in place of those of their name.
    topics : iterable of str
        The topics wanted; all when empty. A topic of the catalogue names its page too.

    Returns
    -------
    list of Source

    Raises
    ------
    ParameterError
        There is no notebook, or a topic has none.
    """
    known = _by_topic(folder)
    if not known:
        raise error_of(
            ParameterError,
            "No notebook named like 01_audience.ipynb in {folder}. Start from the folder that holds"
            " notebooks/, or name it with --notebooks.",
            folder=folder,
        )
    ours = known | (_by_topic(own) if own is not None else {})
    wanted = {_page(topic, ours) for topic in topics}
    there = sorted(ours.values(), key=lambda source: source.path.name)
    return [source for source in there if not wanted or source.topic in wanted]


def left_out(own: Path) -> list[str]:
    """Say which of the company's own notebooks do not run, by their names, and how they would."""
    return [
        say(
            "{file} does not run: a notebook of the report is named like 09_my_page.ipynb, in"
            " letters and digits, and not index, glossary or month.",
            file=path.name,
        )
        for path in sorted(own.glob("*.ipynb"))
        if not NAME.fullmatch(path.name)
    ]


def _by_topic(folder: Path) -> dict[str, Source]:
    """Return the notebooks of a folder by their topics, each of which is one page."""
    found: dict[str, list[Source]] = {}
    paths = (path for path in sorted(folder.glob("*.ipynb")) if NAME.fullmatch(path.name))
    for source in map(Source, paths):
        found.setdefault(source.topic, []).append(source)
    twice = [source.path.name for each in found.values() if len(each) > 1 for source in each]
    if twice:
        raise error_of(
            ParameterError,
            "Two notebooks have the same topic, so they would write the same page: {files}. Rename"
            " one.",
            files=listed(twice),
        )
    return {topic: source for topic, (source,) in found.items()}


def _page(topic: str, known: Mapping[str, Source]) -> str:
    """Return the topic of the page that is meant: its own, or the catalogue's."""
    if topic.lower() in known:
        return topic.lower()
    for name, source in known.items():
        if source.catalogue_topic == topic:
            return name
    raise no_such(
        ParameterError,
        "Unknown topic {name!r}. There are: {names}.{near}",
        topic,
        known,
    )
