"""Answers as students give them, read without ever failing: None where they are no answer."""

from __future__ import annotations

import numbers
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

LONGEST = 40  # characters of a number; more is a text
LARGEST = 15  # digits before the point
WRITTEN = re.compile(r"(?P<above>[+-]?\d+(?:[.,]\d+)?)(?:/(?P<below>\d+(?:[.,]\d+)?))?(?P<unit>%?)")
BESIDE = re.compile(r"\s|€|euros?|EUR", re.IGNORECASE)
SPELT = {
    re.compile("\N{MINUS SIGN}"): "-",  # as pages write it
    re.compile(r"p(?:er|our)\s?cent\b", re.IGNORECASE): "%",
}
THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")  # 7,092 in English


def number_of(answer: object, lang: str = "en") -> Decimal | None:
    """Read a number: ``0.3``, ``"0,3"``, ``"30 %"``, ``"3/10"``, one alone in a series, a row.

    Parameters
    ----------
    answer : object
    lang : str
        Whether a comma may part thousands: ``"7,092"`` is seven thousand in English.

    Returns
    -------
    Decimal or None
        With as many digits as it was given; a percentage becomes a fraction.
    """
    if isinstance(answer, (pd.Series, pd.DataFrame)) and "value" in answer:  # of data.evaluate
        answer = answer["value"]
    if isinstance(answer, (pd.Series, pd.DataFrame, np.ndarray, list, tuple)):
        inside = np.asarray(answer, dtype=object)
        return number_of(inside.item(), lang) if inside.size == 1 else None
    if isinstance(answer, str):
        match = WRITTEN.fullmatch(_bare(answer, lang)) if len(answer) <= LONGEST else None
        return _written(match) if match else None
    if isinstance(answer, Decimal):
        return _sized(answer)
    if isinstance(answer, (bool, np.bool_)) or not isinstance(answer, numbers.Real):
        return None
    within = -(10**LARGEST) < answer < 10**LARGEST  # no infinity, and nothing that is no number
    return _sized(Decimal(str(float(answer)))) if within else None


def _bare(answer: str, lang: str) -> str:
    """Return a number as computers write it, but for its comma: without unit and spaces."""
    for spelt, sign in SPELT.items():
        answer = spelt.sub(sign, answer)
    if lang == "en":
        answer = THOUSANDS.sub(lambda found: found[0].replace(",", ""), answer)
    return BESIDE.sub("", answer)


def _written(match: re.Match) -> Decimal | None:
    above = Decimal(match["above"].replace(",", "."))
    if match["below"]:
        below = Decimal(match["below"].replace(",", "."))
        above = above / below if below else Decimal("inf")
    return _sized(above.scaleb(-2) if match["unit"] else above)


def _sized(number: Decimal) -> Decimal | None:
    """Return a number of a size that figures have; whole ones without the point of a float."""
    if not number.is_finite() or (number and abs(number.adjusted()) > LARGEST):
        return None
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def exact(given: Decimal, expected: float) -> bool:
    """Whether an answer is a figure."""
    return abs(float(given) - expected) <= 1e-7 * max(1.0, abs(expected))


def near(given: Decimal, expected: float) -> bool:
    """Whether an answer is a figure as rounded as the answer is."""
    if not np.isfinite(expected) or not given:
        return False
    half = 10.0 ** given.as_tuple().exponent / 2
    return abs(float(given) - expected) <= half * (1 + 1e-9)


def series_of(answer: object, column: str) -> pd.Series | None:
    """Read groups with their figures: a series, a frame with one or a named figure, a mapping."""
    if isinstance(answer, pd.DataFrame):
        figures = answer.select_dtypes("number")
        words = [name for name in answer.columns if name not in figures.columns]
        named = answer.set_index(words[0]) if words else answer
        if column not in figures.columns and figures.shape[1] != 1:
            return None
        answer = named[column if column in figures.columns else figures.columns[0]]
    elif isinstance(answer, Mapping):
        answer = pd.Series(list(answer.values()), index=list(answer), dtype=object)
    if not isinstance(answer, pd.Series) or answer.empty:
        return None
    figures = [float(one) if isinstance(one, numbers.Real) else np.nan for one in answer]
    known = np.isfinite(figures).any()
    return pd.Series(figures, index=[str(each) for each in answer.index]) if known else None


def alike(given: Iterable[float], expected: Iterable[float]) -> bool:
    """Whether two lists of figures are the same, rounding to three digits allowed."""
    one, other = (np.asarray(list(each), dtype=float) for each in (given, expected))
    return one.shape == other.shape and np.allclose(
        one, other, rtol=5e-3, atol=1e-9, equal_nan=True
    )


def axes_of(answer: object) -> list[Any] | None:
    """Return the axes of an Axes, a Figure, a seaborn grid or a list of them; None without."""
    from matplotlib.axes import Axes

    if isinstance(answer, Axes):
        return [answer]
    held = getattr(answer, "axes", answer)
    if isinstance(held, np.ndarray):
        held = held.ravel().tolist()
    if isinstance(held, (list, tuple)) and held and all(isinstance(one, Axes) for one in held):
        return list(held)
    return None


def drawn(axes: Any) -> tuple[list[float], bool]:
    """Return the figures that an Axes shows, as lengths of bars or heights of points and lines.

    Returns
    -------
    list of float, bool
        And whether its bars begin elsewhere than at zero.
    """
    from matplotlib.collections import PathCollection
    from matplotlib.container import BarContainer

    bars = [each for each in axes.containers if isinstance(each, BarContainer)]
    if bars:
        lying = any(each.orientation == "horizontal" for each in bars)
        lengths = [bar.get_width() if lying else bar.get_height() for bar in chain(*bars)]
        low, high = sorted(axes.get_xlim() if lying else axes.get_ylim())
        return lengths, not low <= 0 <= high
    lines = [np.ravel(line.get_ydata(orig=False)).tolist() for line in axes.lines]
    dots = [each.get_offsets() for each in axes.collections if isinstance(each, PathCollection)]
    return list(chain(*lines)) or [float(y) for every in dots for _, y in every], False
