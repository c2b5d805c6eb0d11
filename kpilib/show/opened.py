"""`kl.report`: what a notebook opens, by its topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpilib.answers.asked import Asked
from kpilib.errors import ParameterError, UnknownName, listed
from kpilib.language import speak
from kpilib.period import Period
from kpilib.saying import error_of, meant
from kpilib.show import plot  # noqa: F401  a notebook draws: its charts are there at once
from kpilib.show.board import SCOREBOARD, Board
from kpilib.show.report import Report
from kpilib.topics.catalogue import TOPICS

PARAMETERS = ("topic", "period", "data", "lang", "out", "kpis")


def report(
    topic: str,
    period: str | Sequence[str] | Period = "",
    data: Any = "data/sample",
    lang: str = "en",
    out: str = "",
    **more: Any,
) -> Report:
    """Open a topic of a company in a period, and make its language the notebook's.

    Parameters
    ----------
    topic : str
        One of the catalogue, ``"scoreboard"`` for the company's objectives, or a name of one's own
        with ``kpis=[...]``.
    period : str, pair of days or Period
        ``"2026-10"``, ``"2026-Q4"``, ``"2026"``; the last complete month of the data when empty.
        ``month=`` is another name.
    data : str, path, mapping or Company
        A company folder (looked for above the working directory too), or anything that
        `kpilib.open` takes.
    lang : str
        ``"en"`` or ``"fr"``.
    out : str
        Folder of figures.csv and result.json; nothing is written when empty.
    kpis : list of str or Kpi, optional
        The figures of a topic of one's own, or other ones than the catalogue's.

    Returns
    -------
    Report
        A `Board` of the scoreboard.

    Raises
    ------
    UnknownName
        There is no such topic and no ``kpis``; the nearest is suggested.
    ParameterError
        A parameter that a report does not have, or two names of one.

    Examples
    --------
    >>> report = kl.report("emailing", period="2026-10", data="data/sample")
    >>> kl.plot.trend(report.series("click_rate"), target=report.target("click_rate"))
    """
    month, kpis = more.pop("month", ""), more.pop("kpis", ())
    if period and month:
        raise error_of(ParameterError, "period, month: two names of one period. Give one.")
    for name in more:
        raise error_of(
            ParameterError,
            "A report has no parameter {name!r}. It has: {parameters}.{near}",
            name=name,
            parameters=listed(PARAMETERS),
            near=meant(name, PARAMETERS[1:]),
        )
    speak(lang)  # one that is unknown is refused before any data is read
    _refuse_topic(topic, kpis)
    made = (period or month, data, lang, out)
    return Board(*made) if topic == SCOREBOARD else Report(topic, *made, kpis)


def _refuse_topic(topic: str, kpis: Asked) -> None:
    """Refuse a topic without figures, and figures of the page that shows objectives."""
    if topic == SCOREBOARD and kpis:
        raise error_of(
            ParameterError,
            "The scoreboard shows the objectives and takes no kpis. Give the topic a name of your"
            " own.",
        )
    known = (SCOREBOARD, *TOPICS)
    if topic not in known and not kpis:
        raise error_of(
            UnknownName,
            "Unknown topic {topic!r}. Topics are: {topics}.{near} For a topic of your"
            " own, name its figures: kl.report(..., kpis=[...]).",
            topic=topic,
            topics=listed(known),
            near=meant(str(topic), known),
        )
