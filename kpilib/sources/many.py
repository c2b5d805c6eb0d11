"""Columns of which a file has any number: each becomes a field under a name of its own."""

from __future__ import annotations

import re

from kpilib.sources.block import Block
from kpilib.sources.keys import key
from kpilib.sources.preset import TablePreset


def with_many(block: Block, table: TablePreset) -> TablePreset:
    """Return a table whose `many` are fields: ``NAME HEADER`` for each header that fits.

    Parameters
    ----------
    block : Block
    table : TablePreset
        The names of its `many` are patterns of whole headers, as `keys.key` spells them.
    """
    fields = dict(table.fields)
    for name, written in table.many.items():
        patterns = [re.compile(each, re.I) for each in written.names]
        for header in block.header:
            if any(pattern.fullmatch(key(header)) for pattern in patterns):
                fields[f"{name} {header}"] = written.model_copy(update={"names": (header,)})
    return table.model_copy(update={"fields": fields})
