"""A file that was downloaded, whatever it is, as the tables in it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from kpilib.errors import ContractError, NoRows
from kpilib.saying import refusal
from kpilib.sources.block import Block
from kpilib.sources.decode import Content, encoding_of, opening, undamaged
from kpilib.sources.letters import ENCODING, TOLD_BY_LETTERS
from kpilib.sources.records import blocks_of_json, blocks_of_parquet
from kpilib.sources.slack import MOST_DAYS, blocks_of_slack, is_slack
from kpilib.sources.split import blocks_of
from kpilib.sources.weblog import blocks_of_log, is_log
from kpilib.sources.workbook import blocks_of_workbook

ZIP, EMPTY_ZIP, OLD_WORKBOOK, PARQUET = b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"PAR1"
UNSEEN = re.compile(r"(?:^|/)(?:\.|__MACOSX)")  # folders and files beside what was packed
MOST_MEMBERS = 5_000
LARGE, BOMB = 64 << 20, 200  # a member this large that was packed this small is no export
OFFICE = "[Content_Types].xml"
NOT_TABLE_WORDS = {
    (b"%PDF",): "not a CSV: this is a PDF document. Export it as CSV or .xlsx.",
    (b"\x89PNG", b"\xff\xd8\xff", b"GIF8"): "not a CSV: this is a picture. Export the table"
    " as CSV or .xlsx.",
    (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"): "not a CSV: this is a packed file. Unpack it first.",
    (b"SQLite format 3",): "not a CSV: this is a database. Export its tables as CSV.",
}
PAGE = re.compile(
    r"\s*(<!--|<\?xml|<!doctype|<(html|head|body|meta|script|style|table|title|div|svg)\b)", re.I
)
OF_OFFICE = re.compile(r"schemas-microsoft-com:office:spreadsheet\"\s*>|\A\s*MIME-Version:", re.I)
TWICE = re.compile("Ã[©¨ª§«®´¼¶¤±³¡‰]|â€[™œ]|Â[°«»]")  # UTF-8 that was read as Windows-1252
JSON = re.compile(r"\s*(\{\s*[\"}]|\[\s*[{\[\]\"\d-])")


def contents(path: Path, encoding: str = "") -> Iterator[Content]:
    """Yield what a file holds: itself, or the members of a zip file.

    Parameters
    ----------
    path : Path
    encoding : str
        Of the letters of text files, where the analyst said it.

    Raises
    ------
    ContractError
        There is no such file, it is empty, or its zip is damaged, locked or too large.
    """
    if not path.is_file():
        raise refusal(path.name, "there is no such file.")
    whole = Content(name=path.name, path=path, encoding=encoding)
    if whole.head(4) not in (ZIP, EMPTY_ZIP):
        yield whole
        return
    with undamaged(whole), zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    _refuse_unsafe(path.name, members)
    names = [member.filename for member in members]
    if OFFICE in names or {"mimetype", "content.xml"} <= set(names) or is_slack(names):
        yield whole
        return
    for name in _seen(path.name, names):
        yield replace(whole, name=f"{path.name}/{name}", member=name)


def _seen(origin: str, names: Sequence[str]) -> list[str]:
    """Return what a zip file holds that people see, in order."""
    found = sorted(name for name in names if not name.endswith("/") and not UNSEEN.search(name))
    if not found:
        raise refusal(origin, "the zip file is empty. Export it again.")
    if any(name.endswith(".iwa") for name in found):
        raise refusal(
            origin, "a document of Numbers: open it there and export it as CSV (File, Export To)."
        )
    return found


def _refuse_unsafe(name: str, members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 1 for member in members):
        raise refusal(name, "locked by a password. Unpack it first.")
    packed = [member for member in members if member.file_size > LARGE]
    most = MOST_DAYS if is_slack(each.filename for each in members) else MOST_MEMBERS
    if len(members) > most or any(
        member.file_size > BOMB * max(1, member.compress_size) for member in packed
    ):
        raise refusal(name, "holds far more than it seems to. If you trust it, unpack it first.")
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise refusal(name, "holds two files of one name. Unpack it first.")


def tables_of(path: Path, empty: list[str], encoding: str = "") -> Iterator[Block]:
    """Yield the tables of a file; what says that it has no rows goes to `empty`.

    Parameters
    ----------
    path, encoding
        See `contents`.
    empty : list of str
        Filled: of several members of a zip file, some may have none.
    """
    for content in contents(path, encoding):
        try:
            yield from blocks(content)
        except NoRows as error:
            empty += error.faults


def blocks(content: Content) -> Iterator[Block]:
    """Yield the tables of a file, or of a member of a zip file.

    Raises
    ------
    ContractError
        It is not a table, or damaged, or holds none.
    """
    found = False
    for block in _blocks(content):
        found = True
        yield block
    if not found:
        said = refusal(
            content.name,
            "holds no table: no line of column names with rows of that length. If the"
            " period has no data, choose another one and export it again.",
        )
        raise _no_table(content, said)


def _no_table(content: Content, said: ContractError) -> ContractError | NoRows:
    """Return what says that a file is no table; in a zip file, tables may lie beside it."""
    return NoRows(said.faults) if content.member else said


def _blocks(content: Content) -> Iterator[Block]:
    head = content.head(16)
    if not head:
        raise refusal(content.name, "the file is empty. Export it again.")
    for signs, what in NOT_TABLE_WORDS.items():
        if head.startswith(signs):
            raise _no_table(content, refusal(content.name, what))
    if head.startswith((ZIP, EMPTY_ZIP)) and content.member and OFFICE not in _members(content):
        raise refusal(content.name, "a zip file in a zip file. Unpack it first.")
    if head.startswith(ZIP) and not content.member and is_slack(_members(content)):
        yield from blocks_of_slack(content)
    elif head.startswith((ZIP, OLD_WORKBOOK)):
        yield from blocks_of_workbook(content)
    elif head.startswith(PARQUET):
        yield from blocks_of_parquet(content)
    else:
        yield from _text(content)


def _members(content: Content) -> list[str]:
    with undamaged(content), content.open() as file, zipfile.ZipFile(file) as archive:
        return archive.namelist()


def _text(content: Content) -> Iterator[Block]:
    first = content.head().decode("utf-8-sig", "ignore")
    json = JSON.match(first) is not None
    encoding = encoding_of(content, lines=not json)
    start = opening(content, encoding, 4096)
    as_workbook = content.name.casefold().endswith((".xls", ".xlsx"))
    if as_workbook and OF_OFFICE.search(start):
        raise refusal(content.name, "not a workbook of a kind that can be read. Save it as .xlsx.")
    if PAGE.match(start) and as_workbook and "<table" in start.casefold():
        raise refusal(
            content.name,
            "not a workbook: this is a web page with a table, as some tools write when .xls is"
            " chosen. Export it again as CSV or .xlsx; or open it in Excel and save it as .xlsx.",
        )
    if PAGE.match(start):
        raise refusal(
            content.name,
            "not a CSV: this is a web page under another name. The download probably"
            " ended on a login page: sign in and export again.",
        )
    if JSON.match(start):
        yield from blocks_of_json(content, encoding)
        return
    read = blocks_of_log if is_log(start) else blocks_of
    for block in read(content, encoding):
        if found := TWICE.search(start):
            block.note(
                "letters such as {letters} were saved twice over: where names look wrong, export"
                " the file again, and open it in no other program before",
                letters=found[0],
            )
        if encoding in TOLD_BY_LETTERS and not content.encoding:
            block.note(
                "its letters tell the encoding {encoding}; if names look wrong, say another one:"
                " --read '{name}=windows-1252' --again",
                encoding=encoding,
                name=ENCODING,
            )
        yield block
