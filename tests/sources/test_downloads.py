"""Whatever was downloaded: what is opened, and what is refused with the remedy."""

from __future__ import annotations

import re
import zipfile

import pytest

from kpilib.errors import ContractError
from kpilib.sources.downloads import contents
from tests.sources.twins_reading import Sheet, archive, saved, table, tables, workbook

CSV = b"Date,Clicks\n2024-01-01,5\n"
PAGE = (
    "export.csv: not a CSV: this is a web page under another name. The download probably ended on"
    " a login page: sign in and export again."
)
MESSAGE = (
    "export.csv: not a CSV: a message in JSON instead of a list of records. The tool probably"
    " refused the download: sign in and export again."
)


def refused(path, fault):
    with pytest.raises(ContractError, match=f"^{re.escape(fault)}$"):
        tables(path)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", PAGE),
        (b"\xef\xbb\xbf\r\n<html>\n<table><tr><td>1</td></tr></table></html>", PAGE),
        ("\ufeff<html><body>x</body></html>".encode("utf-16-le"), PAGE),
        (b'<?xml version="1.0"?><Error/>', PAGE),
        (b'{"error": {"code": 401, "message": "expired"}}', MESSAGE),
        (b'{"errors": [{"message": "expired"}]}', MESSAGE),
        (
            b"%PDF-1.7\n%\xe2\xe3\n",
            "export.csv: not a CSV: this is a PDF document. Export it as CSV or .xlsx.",
        ),
        (
            b"\x89PNG\r\n\x1a\n\0\0",
            "export.csv: not a CSV: this is a picture. Export the table as CSV or .xlsx.",
        ),
        (
            b"\x1f\x8b\x08\0\0",
            "export.csv: not a CSV: this is a packed file. Unpack it first.",
        ),
    ],
)
def test_fault_8_what_is_no_csv_says_what_it_is(tmp_path, data, fault):
    refused(saved(tmp_path, data), fault)


def test_fault_7_empty_files_say_so(tmp_path):
    none = (
        "export.csv: holds no table: no line of column names with rows of that length. If the"
        " period has no data, choose another one and export it again."
    )
    refused(saved(tmp_path, b""), "export.csv: the file is empty. Export it again.")
    refused(saved(tmp_path, b" \n\n"), none)
    refused(saved(tmp_path, b"No data available"), none)
    refused(tmp_path / "gone.csv", "gone.csv: there is no such file.")


def test_a_zip_gives_its_files_with_their_folders(tmp_path):
    data = archive(
        {
            "b/Dates.csv": CSV,
            "a/Pages.csv": b"Page,Clicks\n/x,5\n",
            "__MACOSX/b/._Dates.csv": b"\0\1",
            ".DS_Store": b"\0\1",
            "posts.xlsx": workbook(Sheet("Posts", [["Post", "Likes"], ["x", 3]])),
        }
    )
    found = tables(saved(tmp_path, data, "export.zip"))

    assert [(block.origin, len(rows)) for block, rows in found] == [
        ("export.zip/a/Pages.csv", 1),
        ("export.zip/b/Dates.csv", 1),
        ("export.zip/posts.xlsx [Posts]", 1),
    ]


def test_a_member_of_a_zip_can_be_read_again(tmp_path):
    (content,) = contents(saved(tmp_path, archive({"a.csv": CSV}), "export.zip"))

    assert content.head(4) == content.head(4) == b"Date"


def test_an_empty_member_is_named(tmp_path):
    refused(
        saved(tmp_path, archive({"a.csv": b""}), "export.zip"),
        "export.zip/a.csv: the file is empty. Export it again.",
    )


def test_zips_that_cannot_be_trusted_are_refused(tmp_path):
    bomb = archive({"a.csv": b"0" * (65 << 20)})
    refused(
        saved(tmp_path, bomb, "export.zip"),
        "export.zip: holds far more than it seems to. If you trust it, unpack it first.",
    )
    many = archive({f"{number}.csv": b"" for number in range(5_001)})
    refused(
        saved(tmp_path, many, "export.zip"),
        "export.zip: holds far more than it seems to. If you trust it, unpack it first.",
    )
    refused(
        saved(tmp_path, archive({"in.zip": archive({"a.csv": CSV})}), "export.zip"),
        "export.zip/in.zip: a zip file in a zip file. Unpack it first.",
    )
    refused(
        saved(tmp_path, archive({}), "export.zip"),
        "export.zip: the zip file is empty. Export it again.",
    )


def test_locked_and_damaged_zips_say_so(tmp_path):
    locked = bytearray(archive({"a.csv": CSV}))
    place = locked.rindex(b"PK\x01\x02")
    locked[6] |= 1  # as the flag stands in the file's own header and in the directory
    locked[place + 8] |= 1
    refused(
        saved(tmp_path, bytes(locked), "export.zip"),
        "export.zip: locked by a password. Unpack it first.",
    )
    damaged = "export.zip: damaged, locked by a password, or cut short. Download it again."
    refused(saved(tmp_path, archive({"a.csv": CSV})[:60], "export.zip"), damaged)

    wrong = bytearray(archive({"a.csv": CSV * 100}))
    wrong[45] ^= 0xFF  # a byte of the packed data
    refused(
        saved(tmp_path, bytes(wrong), "export.zip"),
        "export.zip/a.csv: damaged, locked by a password, or cut short. Download it again.",
    )


def test_two_members_of_one_name_are_not_chosen_between(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as made, pytest.warns(UserWarning, match="Duplicate name"):
        made.writestr("a.csv", CSV)
        made.writestr("a.csv", CSV)
    refused(path, "export.zip: holds two files of one name. Unpack it first.")


def test_a_workbook_is_known_whatever_its_name(tmp_path):
    data = workbook(Sheet("Posts", [["Post", "Likes"], ["x", 3]]))

    assert table(saved(tmp_path, data, "export.csv"))[1] == [(2, ("x", "3"))]


def test_text_under_the_name_of_a_workbook_is_text(tmp_path):
    assert table(saved(tmp_path, b"a\tb\n1\t2\n", "report.xls"))[1] == [(2, ("1", "2"))]
