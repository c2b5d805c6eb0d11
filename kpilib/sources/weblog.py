"""The log of a web server, in common or combined format, as a table of text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpilib.errors import ContractError
from kpilib.sources.block import Block, Row
from kpilib.sources.decode import CHUNK, Content, text_of
from kpilib.sources.left_out import numbered

LOG = re.compile(
    r'(?:(?:\S+:\d+) )?(\S+) \S+ \S+ \[([^\]]{10,40})\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)'
    r'(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?(?: .*)?'
)
LOG_HEADER = ("host", "time", "request", "status", "bytes", "referrer", "agent")
LOG_SHARE = 0.01  # of lines that may be of another form: what scanners send


def is_log(start: str) -> bool:
    """Whether a text begins as the log of a web server does, in common or combined format."""
    return any(LOG.fullmatch(line) for line in start.splitlines()[:5])


def blocks_of_log(content: Content, encoding: str) -> Iterator[Block]:
    """Yield the requests of a web server's log.

    Lines of another form are left out and counted in the notes.

    Raises
    ------
    ContractError
        More than one line in a hundred is of another form.
    """
    block = Block(origin=content.name, header=LOG_HEADER, line=0, rows=iter(()), encoding=encoding)
    block.rows = _requests(content, encoding, block.notes)
    yield block


def _requests(content: Content, encoding: str, notes: list[str]) -> Iterator[Row]:
    wrong, number = [], 0
    with text_of(content, encoding) as file:
        while line := file.readline(CHUNK):
            number += 1
            found = LOG.fullmatch(line.rstrip("\r\n"))
            if found:
                host, when, request, status, size, referrer, agent = found.groups("")
                nothing = {"-": ""}
                yield (
                    number,
                    (
                        host,
                        when,
                        request,
                        status,
                        nothing.get(size, size),
                        nothing.get(referrer, referrer),
                        nothing.get(agent, agent),
                    ),
                )
            elif line.strip():
                wrong.append(number)
    if len(wrong) > max(10, LOG_SHARE * number):
        raise ContractError(
            [
                f"{content.name}:{wrong[0]}: not in the combined format of web logs, and so"
                f" {len(wrong) - 1} more line(s). Ask for the log in the combined format."
            ]
        )
    if wrong:
        notes.append(
            f"{len(wrong):,} line(s) left out: not in the combined format"
            f" ({numbered(len(wrong), wrong, 'line')})"
        )
