"""Names from data, made safe to draw: control characters out, long ones shortened."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LONGEST = 30
SPACES = re.compile(" +")  # no-break spaces stay: figures are written with them
UNSEEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def clean(text: object) -> str:
    """Return a name as one line without characters that hide, break or reverse what follows."""
    return SPACES.sub(" ", UNSEEN.sub(" ", str(text))).strip(" ")


def width(text: str) -> int:
    """Return the width of a text in columns: wide characters and emoji count twice."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


def shorten(text: object, longest: int = LONGEST) -> str:
    """Return a name cut to `longest` columns, with an ellipsis when something is left out."""
    text = clean(text)
    if width(text) <= longest:
        return text
    kept = ""
    for sign in text:
        if width(kept) + width(sign) > longest - 1:
            break
        kept += sign
    return kept.rstrip() + "…"


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Move labels apart until none overlaps, each as near as possible to its mark.

    Labels that touch become one pile; a pile sits where its labels would like to be on average.

    Parameters
    ----------
    wanted : sequence of float
        Where the middle of each label would like to be.
    heights : sequence of float
        Room that each label takes.
    low, high : float
        The space they may use; a pile higher than that overflows at `low`.
    """
    piles: list[list[int]] = []
    places = [0.0] * len(wanted)
    for index in sorted(range(len(wanted)), key=lambda index: (wanted[index], index)):
        piles.append([index])
        while len(piles) > 1 and _top(piles[-2], wanted, heights, low, high) > _bottom(
            piles[-1], wanted, heights, low, high
        ):
            piles[-2:] = [piles[-2] + piles[-1]]
    for pile in piles:
        edge = _bottom(pile, wanted, heights, low, high)
        for index in pile:
            places[index] = edge + heights[index] / 2
            edge += heights[index]
    return places


def _bottom(
    pile: list[int], wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> float:
    total, below, ideal = sum(heights[index] for index in pile), 0.0, 0.0
    for index in pile:
        ideal += wanted[index] - below - heights[index] / 2
        below += heights[index]
    return max(low, min(high - total, ideal / len(pile)))


def _top(
    pile: list[int], wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> float:
    total = sum(heights[index] for index in pile)
    return _bottom(pile, wanted, heights, low, high) + total
