"""`kl.report`: what a notebook opens, by its topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpilib.errors import ParameterError, listed
from kpilib.period import Period
from kpilib.saying import error_of, meant
from kpilib.show import plot  # noqa: F401  a notebook draws: its charts are there at once
from kpilib.show.board import SCOREBOARD, Board
from kpilib.show.report import Report

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
        A parameter that a report does not have.

    Examples
    --------
    >>> report = kl.report("emailing", period="2026-10", data="data/sample")
    >>> kl.plot.trend(report.series("click_rate"), target=report.target("click_rate"))
    """
    period = period or more.pop("month", "")
    kpis = more.pop("kpis", ())
    for name in more.keys() - {"month"}:
        raise error_of(
            ParameterError,
            "A report has no parameter {name!r}. It has: {parameters}.{near}",
            name=name,
            parameters=listed(PARAMETERS),
            near=meant(name, PARAMETERS[1:]),
        )
    made = (period, data, lang, out)
    return Board(*made) if topic == SCOREBOARD else Report(topic, *made, kpis)
