"""Which preset a table is of, told from its headers; never from the file's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kpilib.errors import ContractError, listed
from kpilib.sources.block import Block
from kpilib.sources.keys import key
from kpilib.sources.preset import Preset, TablePreset

Match = tuple[Preset, TablePreset]
NEAR, LEAST = 0.6, 2  # share and number of a signature's headers that are worth a mention


def recognise(block: Block, known: Mapping[str, Preset], asked: str = "") -> Match | None:
    """Return the preset of a table; None when there is none.

    Parameters
    ----------
    block : Block
    known : mapping of str to Preset
    asked : str
        Name of the preset that the analyst chose; only its tables are tried.

    Raises
    ------
    ContractError
        Two presets fit equally well.
    """
    chosen = [known[asked]] if asked else list(known.values())
    fits = [
        (preset, table)
        for preset in chosen
        for table in preset.tables
        if _fits(table, block, {key(name) for name in block.header})
    ]
    if not fits:
        return None
    best = max(_weight(table) for _, table in fits)
    first, *others = [match for match in fits if _weight(match[1]) == best]
    rivals = {preset.id for preset, _ in others} - {first[0].id}
    if rivals:
        names = listed([first[0].id, *sorted(rivals)])
        raise ContractError(
            [f"{block.origin}: its columns are those of {names}. Say which: --preset NAME."]
        )
    return first


def _weight(table: TablePreset) -> tuple[int, int, int]:
    hints = bool(table.title) + bool(table.above) + bool(table.headers)
    return len(table.signature), len(table.absent), hints


def _fits(table: TablePreset, block: Block, headers: set[str]) -> bool:
    if not all(headers & set(map(key, names)) for names in table.signature):
        return False
    if headers & set(map(key, table.absent)):
        return False
    if table.above and not re.search(table.above, "\n".join(block.preamble), re.I | re.M):
        return False
    if table.headers and not re.search(table.headers, "\t".join(map(key, block.header))):
        return False
    return not table.title or re.search(table.title, block.title, re.I) is not None


def nearest_preset(block: Block, known: Iterable[Preset]) -> tuple[str, list[str]]:
    """Return the preset that a table comes closest to, and the headers it lacks for it."""
    headers = {key(name) for name in block.header}
    best: tuple[float, str, list[str]] = (0.0, "", [])
    for preset in known:
        for table in preset.tables:
            lacking = [names[0] for names in table.signature if not headers & set(map(key, names))]
            share = 1 - len(lacking) / len(table.signature) if table.signature else 0
            there = len(table.signature) - len(lacking)
            if share >= NEAR and there >= LEAST and share > best[0]:
                best = share, preset.name, lacking
    return best[1], best[2]
