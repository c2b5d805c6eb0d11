"""Bytes into text: a byte order mark, or strict UTF-8, or what its letters tell; no statistics.

Also the sign between the cells of that text, told by the structure it gives.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import BinaryIO, NamedTuple, TextIO

from kpilib.saying import refusal, say
from kpilib.sources.block import Cells
from kpilib.sources.letters import ENCODING, likely

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LOST_WORDS = {
    "\0": "the file holds a NUL byte, so it is damaged or not a text file. Export it again.",
    "\ufffd": "the file holds a replacement character: accents were lost when it was saved. Export"
    " it again.",
}
CHUNK = 1 << 20
LONGEST_LINE = 8  # chunks without a line end
BOTH = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x80-\xbf]")  # UTF-8 letters, amid what is not UTF-8
DELIMITERS = (",", ";", "\t", "|")
SAID = re.compile(r'"?sep=(?P<sign>[,;\t|:^~])"?')
SAMPLE = 200  # lines, or words
LONGEST_WORD = 400  # bytes: texts in Chinese and Japanese have no spaces
BETWEEN = re.compile(rb"[\t\r\n ,;\"]+")  # words; no second byte of a letter is one of these


@dataclass(frozen=True)
class Content:
    """A file, or a member of a zip file, whose bytes can be read again and again.

    Parameters
    ----------
    name : str
        What to call it in messages; never a path of the machine.
    path : Path
        Where it is.
    member : str
        Its name in the zip file at `path`, with folders.
    encoding : str
        What the analyst said of its letters.
    """

    name: str
    path: Path
    member: str = ""
    encoding: str = ""

    def open(self) -> BinaryIO:
        """Open the bytes from their beginning."""
        if not self.member:
            return self.path.open("rb")
        with zipfile.ZipFile(self.path) as archive:  # the member keeps the file open for itself
            return archive.open(self.member)  # type: ignore[return-value]

    def head(self, size: int = 4096) -> bytes:
        """Return the first bytes."""
        with undamaged(self), self.open() as file:
            return file.read(size)


@contextmanager
def undamaged(content: Content) -> Iterator[None]:
    """Say in our words that bytes cannot be read, or cannot be unpacked."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
        raise refusal(
            content.name, "damaged, locked by a password, or cut short. Download it again."
        ) from None


def encoding_of(content: Content, lines: bool = True) -> str:
    """Return the encoding of a text file, read to its end.

    Parameters
    ----------
    content : Content
    lines : bool
        Whether lines must end somewhere; those of JSON need not.

    Raises
    ------
    ContractError
        It is not text, or damaged: NUL bytes, replacement characters, two encodings in one file.
    """
    head = content.head()
    marked = next((name for mark, name in MARKS if head.startswith(mark)), "")
    known = marked or _unmarked_utf16(head)
    with undamaged(content):
        if known := known or content.encoding:
            if _fits(content, known, lines):
                return known
        elif _fits(content, "utf-8", lines):
            return "utf-8"
        else:
            return _by_letters(content, lines)
    raise refusal(
        content.name,
        "its text is marked as {known}, and is not. Open it in the program it came from and save it"
        " as CSV UTF-8."
        if known != content.encoding
        else "its text is not in the encoding {known}. Open it in the program it came from and save"
        " it as CSV UTF-8.",
        known=known,
    )


def _by_letters(content: Content, lines: bool) -> str:
    words = _beyond_ascii(content)
    found = ["cp1252"] if _partly_utf8(words) else likely(words)
    if len(found) == 1 and _fits(content, found[0], lines):
        return found[0]
    if len(found) > 1:
        raise refusal(
            content.name,
            "in which encoding its letters are cannot be told. Say it: --read {ways}; or open it in"
            " the program it came from and save it as CSV UTF-8.",
            ways=say(" or --read ").join(f"'{ENCODING}={name}'" for name in found),
        )
    raise refusal(
        content.name,
        "its text is neither UTF-8 nor Windows-1252. Open it in the program it came from and save"
        " it as CSV UTF-8; or say in which encoding it is: --read '{name}=windows-1251'.",
        name=ENCODING,
    )


def _beyond_ascii(content: Content) -> list[bytes]:
    """Return the first different words that have letters beyond ASCII."""
    found: dict[bytes, None] = {}
    with content.open() as file:
        while len(found) < SAMPLE and (chunk := file.read(CHUNK)):
            words = BETWEEN.split(chunk + file.readline(CHUNK))
            short = (word for word in words if len(word) <= LONGEST_WORD and not word.isascii())
            found |= dict.fromkeys(short)
    return list(found)[:SAMPLE]


def _partly_utf8(words: list[bytes]) -> bool:
    """Whether some words are UTF-8, and the others are not but for their damage or Windows-1252."""
    others = [word for word in words if word.decode("utf-8", "ignore").encode() != word]
    return 2 * len(others) < len(words) or (
        len(others) < len(words) and likely(others) == ["cp1252"]
    )


def _unmarked_utf16(head: bytes) -> str:
    """Return the UTF-16 of a file without a mark: a NUL beside each letter of its first line."""
    for name, letters, end in (("utf-16-le", 0, b"\n\0"), ("utf-16-be", 1, b"\0\n")):
        line = head[: head.find(end) + 2] if end in head else head
        line = line[: len(line) // 2 * 2]
        if len(line) >= 4 and not any(line[1 - letters :: 2]) and all(line[letters::2]):
            return name
    return ""


def _fits(content: Content, encoding: str, lines: bool) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    line, endless, beyond_ascii = 1, 0, False
    with content.open() as file:
        while chunk := file.read(CHUNK):
            if encoding == "cp1252" and BOTH.search(chunk):
                raise refusal(
                    content.name,
                    "mixes UTF-8 and Windows-1252, or was cut inside a letter. Export"
                    " it again, in one piece.",
                )
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError:
                return False
            for sign, fault in LOST_WORDS.items():
                if sign in text:
                    line += text.count("\n", 0, text.index(sign))
                    raise refusal(f"{content.name}:{line}", fault)
            broken = text.count("\n")
            line += broken
            endless = 0 if broken or "\r" in text else endless + 1
            if lines and endless >= LONGEST_LINE:
                raise refusal(
                    f"{content.name}:{line}",
                    "a line of more than {most} million signs. This is not a"
                    " table, or its line ends were lost: export it again.",
                    most=LONGEST_LINE,
                )
            beyond_ascii = beyond_ascii or not text.isascii()
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            if encoding == "utf-8" and not beyond_ascii:
                return False  # its first letter that is not ASCII is its last: cp1252 then
            raise refusal(
                f"{content.name}:{line}", "the file was cut short. Export it again."
            ) from None
    return True


def text_of(content: Content, encoding: str) -> TextIO:
    """Open a file as text, line ends untouched, as `csv` wants them."""
    return io.TextIOWrapper(content.open(), encoding=encoding, newline="")


def opening(content: Content, encoding: str, size: int = 1 << 18) -> str:
    """Return the first signs of a text file."""
    with text_of(content, encoding) as file:
        return file.read(size)


class _Look(NamedTuple):
    """How a sample looks when a sign parts its cells; the greatest is the sign."""

    close: bool  # about as many regular rows as with the best sign
    unspaced: bool  # a sign followed by a space parts words, not cells
    first: int  # minus the line on which rows begin to be regular: headers are regular too
    regular: int
    length: int


def delimiter_of(text: str) -> str:
    """Return the sign between cells: the one the file names, or that makes rows of equal length.

    Empty for a table of one column.
    """
    lines = list(islice(io.StringIO(text, newline=""), SAMPLE))
    said = SAID.fullmatch(lines[0].rstrip("\r\n")) if lines else None
    if said:
        return said["sign"]
    read = {sign: _parted(lines, sign) for sign in DELIMITERS}
    looks = {sign: _look(rows) for sign, rows in read.items()}
    most = max(look.regular for look in looks.values())
    if not most:  # a header alone, or with a notice below it; or a single column
        names = {sign: max(map(_names, rows), default=0) for sign, rows in read.items()}
        return max(("", *DELIMITERS), key=lambda sign: names.get(sign, 0))
    looks = {sign: each._replace(close=2 * each.regular >= most) for sign, each in looks.items()}
    return max(DELIMITERS, key=lambda sign: looks[sign])


def _names(cells: Cells) -> int:
    """Return how many names a line holds; a sign followed by a space parts words."""
    return 0 if any(cell[:1] == " " for cell in cells[1:]) or len(cells) < 2 else len(cells)


def _parted(lines: list[str], sign: str) -> list[Cells]:
    rows = []
    try:
        for cells in csv.reader(lines, delimiter=sign):
            rows.append(tuple(cells))
    except csv.Error:
        pass
    return rows


def _look(rows: list[Cells]) -> _Look:
    place, first, regular, length, spaced, parts = 0, len(rows), 0, 0, 0, 0
    for size, run in groupby(rows, key=len):
        same = list(run)
        if size > 1 and len(same) > 1:
            first = min(first, place)
            regular, length = regular + len(same), max(length, size)
            behind = [cell for cells in same for cell in cells[1:]]
            parts += len(behind)
            spaced += sum(1 for cell in behind if cell[:1] == " " and cell[1:2].isalnum())
        place += len(same)
    return _Look(False, 2 * spaced <= parts, -first, regular, length)
