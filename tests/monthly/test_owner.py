"""Two companies never share a folder of reports, a record, or a key."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilib.files import shortened, slug
from kpilib.monthly import owner, workers
from kpilib.monthly.ledger import Publication, table, write
from kpilib.sources import provenance
from kpilib.sources.secret import check_of, secret_file
from tests.faults.desk import Desk

REPORTS = "2026-09"


class Started(Exception):
    """The run went as far as its first notebook."""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    def start(*given, **named):
        raise Started

    monkeypatch.setattr(workers, "run", start)
    made = Desk(tmp_path)
    made.table(
        "orders", "order_id,ordered_at,amount_ht,status", "A1,2026-10-05,10,paid",
        "A2,2026-09-05,10,paid",
    )  # fmt: skip
    return made


def published(desk: Desk, slug: str = "acme", **manifest: str) -> Path:
    """Lay out what a run of some company left: its run.json, and nothing that is not asked here."""
    folder = desk.folder.parent / "reports" / slug / REPORTS
    folder.mkdir(parents=True)
    whole = {"month": REPORTS, "company": "", "languages": ["en"], "notebooks": {}, **manifest}
    (folder / "run.json").write_text(json.dumps(whole), encoding="utf-8")
    return folder.parent


def named(desk: Desk, name: str, *lines: str) -> None:
    text = "\n".join([f"name: {name}" if name else "", "as_of: 2026-10-31", *lines])
    (desk.folder / "company.yaml").write_text(text + "\n", encoding="utf-8")


def report(desk: Desk):
    return desk.run("report", "2026-10", "--out", desk.folder.parent / "reports")


def starts(desk: Desk) -> bool:
    """Whether a report begins; the company is refused otherwise, with code 2."""
    res = report(desk)
    if isinstance(res.exception, Started):
        return True
    assert res.exit_code == 2, res.output
    return False


class TestAFolderOfAnotherCompany:
    def test_is_refused_with_whose_it_is_and_what_to_do(self, desk):
        root = published(desk, company="Acme GmbH", identity="Acme GmbH")
        before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

        res = report(desk)

        assert (res.exit_code, res.stderr) == (
            2,
            "kpilib: The folder reports/acme holds reports of another company: 'Acme GmbH'"
            " (2026-09/run.json); this one is 'Acme' (company.yaml). Two companies never share a"
            " folder: publish this one elsewhere (--out FOLDER), or rename its data folder. If it"
            " is the same company under another name, say so in company.yaml: former_names:"
            " ['Acme GmbH'].\n",
        )
        assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before

    @pytest.mark.parametrize("other", ["ACME", "Ácme", "Acme.", "Acme Ltd", "日本"])
    def test_names_that_differ_by_a_sign_are_two_companies(self, desk, other):
        published(desk, company=other)  # by an older version too

        assert not starts(desk)

    def test_its_record_alone_is_enough(self, desk):
        root = desk.folder.parent / "reports" / "acme"
        root.mkdir(parents=True)
        row = Publication(month=REPORTS, topic="t", kpi="k", status="ok", company="Other")
        (root / "ledger.csv").write_bytes(write(table([row])))

        res = report(desk)

        assert res.exit_code == 2
        assert "another company: 'Other' (ledger.csv); this one is 'Acme'" in res.stderr

    def test_both_are_said_at_once(self, desk):
        root = published(desk, company="One")
        (root / "2026-08").mkdir()
        (root / "2026-08" / "run.json").write_text(
            '{"company": "Two", "month": "2026-08", "languages": ["en"], "notebooks": {}}'
        )

        assert "'Two' (2026-08/run.json), 'One' (2026-09/run.json)" in report(desk).stderr

    def test_of_two_companies_without_a_name_the_folders_tell(self, desk):
        published(desk, company="Company", identity="ACME")
        named(desk, "")

        assert not starts(desk)


class TestAFolderOfItsOwn:
    def test_goes_on(self, desk):
        published(desk, company="Acme", identity="Acme")

        assert starts(desk)

    def test_of_an_older_version_goes_on(self, desk):
        root = published(desk, company="Acme")
        row = Publication(month=REPORTS, topic="t", kpi="k", status="ok")
        (root / "ledger.csv").write_bytes(write(table([row])))

        assert starts(desk)

    def test_of_an_older_version_without_a_name_goes_on(self, desk):
        published(desk, company="Company")
        named(desk, "")

        assert starts(desk)

    def test_of_a_copy_elsewhere_goes_on(self, desk, tmp_path):
        published(desk, company="Acme", identity="Acme")
        moved = tmp_path / "elsewhere"
        moved.mkdir()
        desk.folder = desk.folder.rename(moved / "acme")

        res = desk.run("report", "2026-10", "--out", tmp_path / "reports")

        assert isinstance(res.exception, Started)

    def test_of_a_name_that_was_changed_goes_on_once_it_is_said(self, desk):
        published(desk, company="Acme Formation", identity="Acme Formation")
        assert not starts(desk)

        named(desk, "Acme", "former_names: [Acme Formation]")

        assert starts(desk)

    def test_the_way_an_accent_is_written_makes_no_other_company(self, desk):
        published(desk, company=unicodedata.normalize("NFD", "Ácme"))
        named(desk, unicodedata.normalize("NFC", "Ácme"))

        assert starts(desk)


class TestNamesOfFolders:
    def test_names_without_latin_letters_do_not_become_one(self):
        names = [
            "東京",
            "大阪",
            "Ωmega",
            "Σmega",
            "mega",
            "...",
            "---",
            "company",
            "Ελλάς",
            "カ",
            "ガ",
        ]

        assert len({slug(name) for name in names}) == len(names)
        assert all(part.isascii() and part for part in map(slug, names))

    @pytest.mark.parametrize(
        ("name", "safe"), [("Café & Co", "cafe-co"), ("sample", "sample"), ("A.B", "a-b")]
    )
    def test_a_name_that_keeps_its_letters_has_no_digest(self, name, safe):
        assert slug(name) == safe

    @given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
    def test_two_that_keep_nothing_are_two(self, one, other):
        kept = [any(sign.isascii() and sign.isalnum() for sign in each) for each in (one, other)]
        alike = {unicodedata.normalize("NFKC", each).casefold() for each in (one, other)}
        if not any(kept) and len(alike) == 2 and shortened(one) == shortened(other) == "company":
            assert slug(one) != slug(other)

    def test_reports_that_are_ones_own_stay_where_they_were(self, tmp_path):
        def root_of(name: str, *known: str) -> str:
            return owner.root_of(tmp_path, tmp_path / "data" / name, known).name

        (tmp_path / "company" / REPORTS).mkdir(parents=True)
        (tmp_path / "company" / REPORTS / "run.json").write_text(
            '{"company": "Tokyo Ltd", "languages": ["en"], "notebooks": {}}'
        )

        assert root_of("東京", "Tokyo Ltd") == "company"
        assert root_of("大阪", "Osaka Ltd") == slug("大阪") != "company"
        (tmp_path / slug("東京")).mkdir()
        assert root_of("東京", "Tokyo Ltd") == slug("東京")


class TestKeysOfPseudonyms:
    @pytest.fixture
    def keys(self, tmp_path, monkeypatch):
        monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path / "keys")
        (tmp_path / "keys").mkdir()
        return tmp_path / "keys"

    def test_two_companies_have_two(self, tmp_path, keys):
        assert secret_file(tmp_path / "東京") != secret_file(tmp_path / "大阪")
        assert secret_file(tmp_path / "sample") == keys / "sample.key"

    def test_one_that_was_imported_with_goes_on(self, tmp_path, keys, monkeypatch):
        secret = b"a key that is long enough"
        (keys / "company.key").write_bytes(secret)
        empty = dict.fromkeys(provenance.Entry.__dataclass_fields__, "")
        entry = provenance.Entry(**empty | {"key_check": check_of(secret)})
        imported = {"東京": [entry], "大阪": []}
        monkeypatch.setattr(provenance, "read", lambda folder: imported[folder.name])

        assert secret_file(tmp_path / "東京") == keys / "company.key"
        assert secret_file(tmp_path / "大阪") == keys / f"{slug('大阪')}.key"
