"""company.yaml is read strictly: every fault with its line and key."""

from __future__ import annotations

import re

import pytest

from kpilib.errors import CompanyError
from kpilib.language import speaking
from kpilib.settings import Settings
from kpilib.yaml_file import load_yaml, read_yaml


@pytest.fixture
def read(tmp_path):
    def reader(text, encoding="utf-8"):
        path = tmp_path / "company.yaml"
        path.write_bytes(text.encode(encoding))
        return read_yaml(path, Settings)

    return reader


def test_everything_has_a_default(read):
    res = read("")

    assert (res.lang, res.timezone, res.currency, res.tables) == (
        ["en"],
        "Europe/Paris",
        "EUR",
        "tables",
    )
    assert res.privacy.minimum_group == 5


def test_a_whole_file(read):
    res = read(
        "name: Atelier\nlang: [fr, en]\ntimezone: Europe/Brussels\ncurrency: CHF\n"
        "as_of: '2026-10-31'\nfreshness: {sessions: 3}\nprivacy:\n  minimum_group: 8\n"
    )

    assert (res.name, res.lang, res.currency) == ("Atelier", ["fr", "en"], "CHF")
    assert (res.freshness, res.privacy.minimum_group) == ({"sessions": 3}, 8)


def test_figures_about_people_are_cut_by_team_unless_more_is_named(read):
    assert read("").breakdowns == ["team"]
    assert read("breakdowns: [team, contract_kind]\n").breakdowns == ["team", "contract_kind"]
    assert read("breakdowns: []\n").breakdowns == []


@pytest.mark.parametrize("name", ["employee_id", "wave", "contract_kin"])
def test_a_breakdown_that_describes_nobody_or_names_one_person_is_refused(read, name):
    with pytest.raises(CompanyError) as caught:
        read(f"name: A\nbreakdowns: [{name}]\n")

    assert str(caught.value).startswith(
        f"company.yaml:2: breakdowns: breakdowns names {name!r}, which is not a column that "
        "describes a person. Those are: "
    )


def test_one_language_may_be_written_alone(read):
    assert read("lang: fr\n").lang == ["fr"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name: A\ntimezon: UTC\n",
            "company.yaml:2: timezon: unknown key. Did you mean 'timezone'?",
        ),
        (
            "timezone: Paris\n",
            "company.yaml:1: timezone: Unknown time zone 'Paris'. Write an IANA name such as "
            "'Europe/Paris'.",
        ),
        ("lang: [fr, de]\n", "company.yaml:1: lang: 'de' is not a language of reports: en, fr"),
        (
            "name: A\nprivacy:\n  minimum_group: 1\n",
            "company.yaml:3: privacy.minimum_group: privacy.minimum_group is 1; it must be 5 or "
            "more. Groups of fewer than 5 people are never shown.",
        ),
        (
            "currency: euro\n",
            "company.yaml:1: currency: found 'euro'; write its three capital letters, such as EUR.",
        ),
        (
            "freshness: {sesions: 3}\n",
            "company.yaml:1: freshness: 'sesions' is not a table. Did you mean 'sessions'?",
        ),
        ("freshness: {sessions: soon}\n", "company.yaml:1: freshness.sessions: found 'soon'; "
         "input should be a valid integer, unable to parse string as an integer."),
        ("lang: fr\nsince: 2020\n", "company.yaml:2: since: unknown key. Known here: name, "
         "former_names, lang, timezone, currency, as_of, tables, database, freshness, privacy, "
         "network, breakdowns, fiscal_year_starts, columns, assumptions, delivery, intangibles."),
        ("name: ' '\n", "company.yaml:1: name: found ' '; write a name."),
        ("lang: []\n", "company.yaml:1: lang: found an empty list; write at least 1."),
        ("fiscal_year_starts: 13\n",
         "company.yaml:1: fiscal_year_starts: found 13; write 12 or less."),
        ("freshness: {sessions: -3}\n",
         "company.yaml:1: freshness.sessions: found -3; write 0 or more."),
        ("freshness: {sessions: 1.5}\n",
         "company.yaml:1: freshness.sessions: found 1.5; write a whole number."),
        ("delivery: {audiences: {managers: []}}\n", "company.yaml:1: delivery.audiences.managers: "
         "found an empty list; write at least 1."),
        ("delivery: {url: kpi.acme.example}\n", "company.yaml:1: delivery.url: found "
         "'kpi.acme.example'; write where reports/ is served, such as https://kpi.example.org."),
        ("database: [x]\n",
         "company.yaml:1: database: found a list; write its keys: url_from, schema."),
        ("name: [A]\n", "company.yaml:1: name: found a list; write a text, in quotes where YAML "
         "takes it for something else."),
        ("database: {url_from: A, schema: 'postgresql://me:word@h/x'}\n", "company.yaml:1: "
         "database.schema: found an address; write its name: letters, digits and _, a letter "
         "first."),
    ],
)  # fmt: skip
def test_a_fault_has_its_line(read, text, message):
    with pytest.raises(CompanyError) as caught:
        read(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "lang: [fr, de]", "lang: []", "freshness: {sesions: 3}", "freshness: {sessions: 1.5}",
        "fiscal_year_starts: 13", "database: mine", "delivery: {working_day: 0}",
        "intangibles: {T: [Saves 300 EUR]}", "network: {purpose: short}",
    ],
)  # fmt: skip
def test_a_fault_is_french_where_the_reader_is(read, text):
    """Limits were told in the words of pydantic, and our own validators in English."""
    with speaking("fr"), pytest.raises(CompanyError) as caught:
        read(f"{text}\n")
    words = {"found", "write", "should", "not", "the", "is"}
    assert not words & set(re.findall(r"[a-z']+", str(caught.value)))


def test_who_writes_to_whom_is_not_looked_at_before_the_staff_knows(read):
    done = "purpose: Teams that are cut off, staff_informed: {day}, works_council_informed: {day}"
    text = "network: {{" + done + ", impact_assessment: 2026-01-01}}\n"
    read(text.format(day="2026-01-01"))
    with pytest.raises(CompanyError, match="2999-01-01, which has not come yet"):
        read(text.format(day="2999-01-01"))


def test_every_fault_is_listed(read):
    with pytest.raises(CompanyError) as caught:
        read("timezon: UTC\ncurrency: euro\nlang: de\n")

    assert len(str(caught.value).splitlines()) == 3


def test_a_word_is_no_truth_and_a_number_no_octal(read):
    """YAML 1.2: `no` is text, `08` is eight."""
    assert read("name: no\n").name == "no"
    assert read("privacy: {minimum_group: 08}\n").privacy.minimum_group == 8


@pytest.mark.parametrize("text", ["name: [A\n", "a: b: c\n", "name: 'A\n", "[" * 9999])
def test_what_is_not_yaml_is_named_with_its_line(read, text):
    with pytest.raises(CompanyError, match=r"^company\.yaml:\d+: not YAML: "):
        read(text)


def test_another_encoding_is_refused(read):
    with pytest.raises(CompanyError) as caught:
        read("name: Société\n", encoding="latin-1")

    assert str(caught.value) == "company.yaml: not UTF-8 text. Save the file as UTF-8."


@pytest.mark.parametrize("text", ["- a\n- b\n", "just text\n", "3\n"])
def test_a_file_of_another_shape_is_refused(read, text):
    with pytest.raises(CompanyError, match=r"^company\.yaml:1: "):
        read(text)


def test_no_object_is_ever_built_from_yaml(read):
    with pytest.raises(CompanyError):
        read("name: !!python/object/apply:os.system ['true']\n")


def test_a_file_nested_without_end_is_refused_at_once(tmp_path):
    path = tmp_path / "company.yaml"
    path.write_text("name: " + "[" * 50_000, encoding="utf-8")
    with pytest.raises(CompanyError, match=r"^company.yaml:1: not YAML: nested too deeply\.$"):
        load_yaml(path)


def test_a_key_that_stands_twice_never_tells_its_value(read):
    with speaking("fr"), pytest.raises(CompanyError) as caught:
        read("tables: postgresql://me:word@h/x\ntables: tables\n")

    said = "company.yaml:2: ce n'est pas du YAML\u00a0: la clé 'tables' figure deux fois. "
    assert str(caught.value).startswith(said)
    assert "word" not in str(caught.value)


def test_a_purpose_of_spaces_is_none(read):
    days = "staff_informed: 2025-01-01, works_council_informed: 2025-01-01"
    with pytest.raises(CompanyError, match="network.purpose: found"):
        read(f"network: {{purpose: '{' ' * 12}', {days}, impact_assessment: 2025-01-01}}\n")
