"""Verbs that say a direction and no destination: without a figure they commit nobody."""

from __future__ import annotations

import re

from kpilib.steering.spelling import plain

# Stems, without accents: source articles ("ameliorer", "optimiser", "booster") and their kin.
VAGUE = (
    "amelior", "optimis", "boost", "dynamis", "renforc", "developp", "favoris", "valoris",
    "modernis", "professionnalis", "redynamis", "maximis",
    "improv", "enhanc", "optimiz", "strengthen", "leverag", "streamlin", "revitali", "maximiz",
)  # fmt: skip
FINDER = re.compile(rf"\b(?:{'|'.join(VAGUE)})\w*")


def vague_word(text: str) -> str:
    """Return the first vague word of a sentence as it stands there, empty if there is none."""
    bare = plain(text)
    found = FINDER.search(bare)
    if found is None:
        return ""
    place = len(bare[: found.start()].split())
    # The same word with its accents, where the words still correspond one to one.
    written = text.split()
    return written[place].strip(",.;:!?\"'«»") if place < len(written) else found[0]
