"""Bytes into text: which encoding, and what is refused."""

from __future__ import annotations

import codecs
import re

import pytest

from kpilib.errors import ContractError
from tests.sources.twins_reading import saved, table, tables

TEXT = "Date;Coût\r\n2024-01-15;12 €\r\n2024-01-16;œuvre – l’été\r\n"
ROWS = [(2, ("2024-01-15", "12 €")), (3, ("2024-01-16", "œuvre – l’été"))]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("cp1252"), "cp1252"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.replace("û", "u").encode("utf-16-le"), "utf-16-le"),
        (TEXT.replace("û", "u").encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32"),
    ],
)
def test_fault_14_one_text_in_any_encoding_gives_one_table(tmp_path, data, encoding):
    block, rows = table(saved(tmp_path, data))

    assert (block.encoding, block.delimiter, rows) == (encoding, ";", ROWS)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (
            b"a;b\r\n1;2\r\n3;\x00\r\n",
            "export.csv:3: the file holds a NUL byte, so it is damaged or not a text file."
            " Export it again.",
        ),
        (
            "a;b\n1;caf\ufffd\n".encode(),
            "export.csv:2: the file holds a replacement character: accents were lost when it was"
            " saved. Export it again.",
        ),
        (
            "a;b\n1;été\n".encode() + "2;hé\n".encode("cp1252"),
            "export.csv: mixes UTF-8 and Windows-1252, or was cut inside a letter. Export it"
            " again, in one piece.",
        ),
        (
            "a;b\n1;été\n2;é".encode()[:-1],
            "export.csv:3: the file was cut short. Export it again.",
        ),
        (
            codecs.BOM_UTF16_LE + "a;b\n1;2\n".encode("utf-16-le")[:-1],
            "export.csv:2: the file was cut short. Export it again.",
        ),
        (
            b"a;b\n1;\x81\xfe\x8d\x9d\n",
            "export.csv: its text is neither UTF-8 nor Windows-1252. Open it in the program it"
            " came from and save it as CSV UTF-8; or say in which encoding it is: --read"
            " 'Encoding=windows-1251'.",
        ),
        (
            codecs.BOM_UTF8 + "a;é\n1;2\n".encode("cp1252"),
            "export.csv: its text is marked as utf-8-sig, and is not. Open it in the program it"
            " came from and save it as CSV UTF-8.",
        ),
    ],
)
def test_fault_14_and_21_damaged_text_is_refused(tmp_path, data, fault):
    with pytest.raises(ContractError, match=f"^{re.escape(fault)}$"):
        tables(saved(tmp_path, data))


def test_a_last_letter_in_windows_1252_is_no_cut_utf_8(tmp_path):
    assert table(saved(tmp_path, "a;b\n1;caf\xe9".encode("cp1252")))[1] == [(2, ("1", "café"))]


def test_fault_22_a_line_without_end_is_refused(tmp_path):
    fault = (
        "export.csv:2: a line of more than 8 million signs. This is not a table, or its line ends"
        " were lost: export it again."
    )
    with pytest.raises(ContractError, match=f"^{re.escape(fault)}$"):
        tables(saved(tmp_path, b"a;b\n" + b"x" * (10 << 20)))


POLISH = "Data;Kliknięcia;Źródło\n2026-01-05;12;Łódź\n2026-01-06;8;Wrocław, święta\n"
RUSSIAN = "Дата;Клики;Кампания\n2026-01-05;12;Осень\n2026-01-06;8;Поиск Москва\n"
CHINESE = "日期;点击;广告系列\n2026-01-05;12;秋季促销\n2026-01-06;8;搜索\n"
TAIWANESE = "日期;點擊;廣告活動\n2026-01-05;12;秋季促銷\n2026-01-06;8;搜尋\n"
JAPANESE = "日付;クリック数;キャンペーン\n2026-01-05;12;秋のセール\n2026-01-06;8;ポイント\n"
KOREAN = "날짜;클릭수;캠페인\n2026-01-05;12;가을 세일\n2026-01-06;8;검색 광고 디스플레이\n"
TURKISH = "Tarih;Tıklama;Kampanya\n2026-01-05;12;İstanbul dağıtım\n2026-01-06;8;Şişli\n"
GREEK = "Ημερομηνία;Κλικ;Καμπάνια\n2026-01-05;12;Φθινόπωρο\n2026-01-06;8;Αναζήτηση\n"
FRENCH = "Date;Coût;Équipe\r2026-01-05;12;Élève à l’école\r2026-01-06;8;Noël, forêt\r"
SPANISH = "Fecha;Sesiones;País\n2026-01-05;12;España\n2026-01-06;8;México, día, campaña\n"
GERMAN = "Datum;Klicks;Größe\n2026-01-05;12;Müller für Straße\n2026-01-06;8;Schön\n"
SWEDISH = "Datum;Klick;Källa\n2026-01-05;12;Göteborg\n2026-01-06;8;Malmö\n"
CZECH = "Datum;Návštěvy;Kampaň\n2026-01-05;12;Příbram\n2026-01-06;8;Řízení, žlutý\n"
HUNGARIAN = "Dátum;Kattintások;Megjelenés\n2026-01-05;12;Győr\n2026-01-06;8;Őszi fűtés\n"
PORTUGUESE = "Data;Sessões;País\n2026-01-05;12;São Paulo, ação\n2026-01-06;8;Não informado\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((text, "cp1252") for text in (FRENCH, SPANISH, GERMAN, SWEDISH, PORTUGUESE)),
        *((text, "mac_roman") for text in (FRENCH, SPANISH, GERMAN, SWEDISH, PORTUGUESE)),
        *((text, "cp850") for text in (SPANISH, GERMAN, SWEDISH)),
        *((text, "cp1250") for text in (POLISH, CZECH, HUNGARIAN)),
        (POLISH, "iso8859_2"),
        *((RUSSIAN, each) for each in ("cp1251", "koi8_r", "cp866")),
        (CHINESE, "gb18030"),
        (TAIWANESE, "big5"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "cp949"),
        (TURKISH, "cp1254"),
        (GREEK, "cp1253"),
        ("Ville;Clics\nCafé;12\n", "mac_roman"),
        ("Ort;Land\nKöln;España\nZürich;Türkiye\nÅbo;Curaçao\n", "cp1252"),
    ],
)
def test_letters_tell_the_encoding(tmp_path, text, encoding):
    block, rows = table(saved(tmp_path, text.encode(encoding)))

    assert block.encoding == encoding
    assert [block.header, *(cells for _, cells in rows)] == [
        tuple(line.split(";")) for line in text.splitlines()
    ]
    assert bool(block.notes) == (encoding != "cp1252")


def test_what_several_encodings_read_is_asked(tmp_path):
    data = "日期,数\n合计,1\n".encode("gb18030")
    with pytest.raises(ContractError, match="Say it: --read 'Encoding=.*' or --read 'Encoding="):
        tables(saved(tmp_path, data))
