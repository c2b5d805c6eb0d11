"""Faults 90, 102 to 104, 108, 109 and 117: one month whose every text is hostile or personal."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import html5lib
import pytest

from tests.faults.desk import Desk

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg onload=alert(1)>",
    "javascript:alert(1)",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "{{ 7 * 7 }}{% raw %}",
    "</style><style>@import 'https://evil.example'</style>",
    "<!-- --><iframe src=//evil.example>",
    "&lt;b&gt; &#60;script&#62;",
    '=HYPERLINK("https://evil.example")',
    "$\\alpha_{1}$ | a_b_c *d* `e`",
    "\u202egnitekram \U0001f389 zero\u200bwidth",
    "A name that goes on " * 15,
)
CANARY = "canary.4711@client.example"
COMMENT = f"Jane Canary of 06 12 34 56 78 wrote from {CANARY} that all was slow"


def _day(number: int, month: int = 10) -> str:
    return f"2026-{month:02}-{1 + number % 28:02}T09:00:00Z"


class Hostile:
    """A company of such texts, its published month and what was said."""

    def __init__(self, root: Path) -> None:
        self.desk, self.out = Desk(root), root / "reports"
        (self.desk.folder / "company.yaml").write_text("name: Acme\n", encoding="utf-8")
        sends = (
            (f"{month}-{n}", PAYLOADS[n % len(PAYLOADS)], f"{n}.{CANARY}", _day(n, month), "true",
             "true" if n % 2 else "false", "true" if n % 5 else "false", "" if n else "2026-10-02")
            for month in (9, 10) for n in range(84)
        )  # fmt: skip
        orders = ((f"A{n}", f"{n}.{CANARY}", _day(n), "10", "paid") for n in range(40))
        texts = ((f"T{n}", _day(n), "comment", f"{n}.{CANARY}", COMMENT) for n in range(20))
        for table, header, rows in (
            ("email_sends", "send_id,campaign_id,recipient_key,sent_at,delivered,human_open,"
             "human_click,unsubscribed_at", sends),
            ("orders", "order_id,customer_id,ordered_at,amount_ht,status", orders),
            ("texts", "text_id,ts,source,author_key,body", texts),
        ):  # fmt: skip
            self.put(table, header, *rows)
        topics = ("--topic", "emailing", "--topic", "customers")
        self.said = self.desk.run("report", "2026-10", "--out", self.out, *topics)

    def put(self, table, header, *rows) -> None:
        path = self.desk.folder / "tables" / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header.split(","), *rows])

    def pages(self) -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in self.out.rglob("*.html")}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    return Hostile(tmp_path_factory.mktemp("hostile"))


def test_f90_names_of_any_kind_break_no_page(hostile):
    assert hostile.said.exit_code == 0, hostile.said.output
    assert {"emailing.html", "customers.html"} <= hostile.pages().keys()


def test_f109_a_payload_is_text_on_every_page(hostile):
    seen = 0
    for page in hostile.pages().values():
        tree = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False).parse(page)
        for element in tree.iter():
            assert element.tag not in ("script", "iframe", "object", "embed"), element.tag
            for name, value in element.attrib.items():
                assert not str(name).startswith("on"), name
                assert not re.match(r"\s*javascript:", str(value), re.I)
                assert "evil.example" not in str(value) or str(name) in (
                    "aria-label",
                    "title",
                    "data-tip",
                ), name
        seen += "alert(1)" in "".join(tree.itertext())
        assert "49" not in re.findall(r"\{\{.*?\}\}", page)
    assert seen  # or else nothing was tried


def test_f117_figures_that_people_open_in_a_spreadsheet_hold_no_formula(hostile):
    [path] = hostile.out.rglob("figures.csv")
    with path.open(encoding="utf-8", newline="") as file:
        cells = {cell for row in csv.reader(file) for cell in row}

    assert '\'=HYPERLINK("https://evil.example")' in cells
    for cell in cells:
        assert cell[:1] not in ("=", "+", "@", "\t", "\r")
        assert not cell.startswith("-") or re.fullmatch(r"-[\d.e-]+", cell)


@pytest.mark.parametrize("secret", [CANARY, "Jane Canary", "06 12 34"])
def test_f103_no_person_is_in_anything_that_is_published_or_said(hostile, secret):
    """Faults 102, 104 and 108 too: no comment, no id of a person, nothing to be deleted later."""
    for path in hostile.out.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path.name
    assert secret not in hostile.said.output
