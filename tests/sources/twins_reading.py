"""Files with the traps of real ones, made here byte by byte: workbooks, zips, logs."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from kpilib.sources.block import Block, Row
from kpilib.sources.downloads import blocks, contents

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

# Written by xlwt 1.3: sheet Absences with Matricule, Date, Jours; '0015', a real 20 February 2024,
# 1.5; 17, the number 45324, 2. A hidden sheet Brouillon.
OLD_WORKBOOK = (
    "c-rk)O-NKx6#nj;A7@0z8PiAu5g{uR{HdUgPRgVZj98npf*SQL28Wq=I*@L%Y?eXLs%RtFqK(z2A4(`_(IPNv5d^"
    "_l%T_@_3!T?F=e@BRGjN~`<9&~N?z!jQ^X{2@&OP_ed%YOS&fc$I!WwkLg`DY!w?L+-`16e*sNXc1&DTCErh_d7z"
    "mFX0_25b6t1|W>`+Er*?zx{61wK+agYy_jCH2NlM6cKoQ*1+*a#QSSxJ4y^I<c!-=!np5Lhs7hr$P^l<f_mv8k<$"
    "8uoxa_Ib_H2Nv%ox0z?%aiq3nHbf6Y5IgT%0Q`T4ydW?81vBf$X+!dGuxwKzT>IS!~a2w@7B+?d*wha-os3CXH;h"
    "WhAe9iCcXN``0bL9#o|6VLF`;FX3PFyR$uDO9}nCBD+bA~eW0k@TodxppL<cL0=K?ngaM~5H1Mk*aoBvQ#`bjoh`"
    "TABR<l}XC((b$9$A4w;4dPgKSp?iR%skAXp&Gz<=gXMe%NX`fr<%~+%Nfks#Q6+px_EV6|SibY+O>}rLd{!jWa!y"
    "#M$u2e>CN8lCDF>v-wMtt=W1rB=^46Wg*9)zoV5hoyu-0b!W@OA2>20QY_6y#IcNg$`h|hdJ_NXEADZH2X`TnJ;n"
    ")!F(Sv1k|jFLV-GiX(<>gEl`<8Z!KcHa3QwC<N2<kNz-?WTQXR$+yA9l=@;tHrD1T5W06a@*Q!9c?Ar<OnR#{A^t"
    "{re3htX^pj6Pg|q6fE^+Wp-*V1jJIa%)~fM<J1I~8#AbL_a+HkSs-D%>^(=}!%fC|A80)RE0|yQqIB?*=!M}yF?_"
    "+!$<r|yFzV(&a-*r}~<ebkW|1FLqMb8BNr96Tp)dnU@il6Q9sQkOs26gh^3mGS9b^~J=7CXjDj$gX9tHR&2Va4E|"
    "+d`$zpDV@AzdZjB-Fyh+"
)


@dataclass
class Formula:
    """A formula, with the value that Excel stored, if it did."""

    value: Any = None


@dataclass
class Error:
    """A cell whose formula failed."""

    text: str = "#N/A"


@dataclass
class Sheet:
    """A sheet of a workbook: rows of texts, numbers, dates, formulas, errors; None for nothing."""

    name: str
    rows: Sequence[Sequence[Any]]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    merged: tuple[str, ...] = ()
    first_row: int = 1
    columns: str = field(default="ABCDEFGHIJKLMNOP")


def workbook(*sheets: Sheet, since_1904: bool = False) -> bytes:
    """Return an .xlsx."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">'
        + ('<workbookPr date1904="1"/>' if since_1904 else "")
        + "<sheets>"
        + "".join(
            f'<sheet name="{escape(sheet.name)}" sheetId="{place}" r:id="rId{place}"'
            + (' state="hidden"' if sheet.hidden else "")
            + "/>"
            for place, sheet in enumerate(sheets, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{place}" Type="{LINKS}/worksheet"'
            f' Target="worksheets/sheet{place}.xml"/>'
            for place in range(1, len(sheets) + 1)
        )
        + f'<Relationship Id="rIdS" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for place, sheet in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{place}.xml"] = _sheet(sheet, since_1904)
    return archive({name: text.encode() for name, text in parts.items()})


def _sheet(sheet: Sheet, since_1904: bool) -> str:
    rows = ""
    for line, row in enumerate(sheet.rows, sheet.first_row):
        cells = "".join(
            _cell(f"{sheet.columns[place]}{line}", value, since_1904)
            for place, value in enumerate(row)
            if value is not None
        )
        hidden = ' hidden="1"' if line in sheet.hidden_rows else ""
        rows += f'<row r="{line}"{hidden}>{cells}</row>'
    merged = "".join(f'<mergeCell ref="{each}"/>' for each in sheet.merged)
    return (
        f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>'
        + (f'<mergeCells count="{len(sheet.merged)}">{merged}</mergeCells>' if merged else "")
        + "</worksheet>"
    )


def _cell(address: str, value: Any, since_1904: bool) -> str:
    if isinstance(value, Formula):
        stored = "" if value.value is None else f"<v>{value.value}</v>"
        return f'<c r="{address}"><f>A1+1</f>{stored}</c>'
    if isinstance(value, Error):
        return f'<c r="{address}" t="e"><v>{value.text}</v></c>'
    if isinstance(value, date):
        zero = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
        moment = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])
        return f'<c r="{address}" s="1"><v>{(moment - zero).total_seconds() / 86400}</v></c>'
    if isinstance(value, str):
        return f'<c r="{address}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{address}"><v>{value!r}</v></c>'


def old_workbook(since_1904: bool = False) -> bytes:
    """Return an .xls, with its days counted from 1900 or from 1904."""
    data = zlib.decompress(base64.b85decode(OLD_WORKBOOK))
    before, after = (b"\x22\x00\x02\x00" + sign + b"\x00" for sign in (b"\x00", b"\x01"))
    return data.replace(before, after) if since_1904 else data


def archive(members: dict[str, bytes]) -> bytes:
    """Return a zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()


def saved(folder: Path, data: bytes | str, name: str = "export.csv") -> Path:
    """Write a file as a browser would, and return where it is."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def tables(path: Path) -> list[tuple[Block, list[Row]]]:
    """Return the tables of a file, with all their rows."""
    return [(block, list(block.rows)) for content in contents(path) for block in blocks(content)]


def table(path: Path) -> tuple[Block, list[Row]]:
    """Return the only table of a file, with all its rows."""
    (found,) = tables(path)
    return found
