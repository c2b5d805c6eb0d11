"""French is complete: whatever kpilib says in English, the French catalogue says too."""

from __future__ import annotations

import ast
import re
from string import Formatter

import pandas as pd
import pytest
from babel.messages.pofile import read_po

import kpilib as kl
from kpilib.display.words import COLUMN_WORDS
from kpilib.engine.clock import HOUR, WEEKDAY
from kpilib.errors import ParameterError
from kpilib.language import LANGUAGES, speaker, speaking
from kpilib.monthly.checks import NOT_A_FIGURE
from kpilib.topics.catalogue import catalogue
from tests.spoken import PACKAGE, spoken

FOLDER = PACKAGE / "locale/fr/LC_MESSAGES"
SPACE = "\u00a0"
# Titles, slots and what is typed stay as they are.
CITED = re.compile(r"«[^»]*»|\{[^}]*\}|--read '[^']*'")


@pytest.fixture(scope="module")
def french():
    """Return the catalogues: of the reports, and of the lessons."""
    found = {}
    for path in sorted(FOLDER.glob("*.po")):
        with path.open("rb") as file:
            found[path] = read_po(file, abort_invalid=True)
    assert [path.stem for path in found] == ["kpilib", "lessons"]
    return found


@pytest.fixture(scope="module")
def pairs(french):
    return {m.id: m.string for each in french.values() for m in each if m.id}


def listed(texts) -> str:
    return "\n".join(["", *map(str, texts)])


class TestCatalogue:
    def test_every_text_has_french(self, pairs):
        missing = [f"{file}: {text}" for text, file in spoken().items() if not pairs.get(text)]
        assert not missing, listed(missing)

    def test_every_breakdown_has_a_name(self):
        """The table below a grid of hours began with "Weekday" in French, that of posts with
        "Post id"."""
        cuts = {each for kpi in catalogue().values() for each in (*kpi.cuts, kpi.by) if each}
        assert {*cuts, HOUR, WEEKDAY, "post_id"} <= {*COLUMN_WORDS}

    def test_no_french_for_what_is_not_said(self, pairs):
        unused = [text for text in pairs if text not in spoken()]
        assert not unused, listed(unused)

    def test_no_text_of_a_page_reads_like_a_figure_that_nobody_worked_out(self, french):
        """A page on which one stands alone is refused: the proof of a training was "None"."""
        [pages] = [found for path, found in french.items() if path.stem == "kpilib"]
        every = [each for message in pages for each in (message.id, message.string)]
        assert not [each for each in every if NOT_A_FIGURE.fullmatch(each)]

    def test_the_same_slots(self, pairs):
        other = [text for text, said in pairs.items() if slots(text) != slots(said)]
        assert not other, listed(other)

    def test_nothing_fuzzy_obsolete_or_twice(self, french):
        for path, found in french.items():
            assert [message.id for message in found if message.id and message.fuzzy] == []
            assert list(found.obsolete) == []
            written = re.findall(r"^msgid ", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert len(written) == len(found) + 1  # and the header

    def test_reports_do_not_look_into_the_lessons(self, french):
        told = spoken()
        lessons = {m.id for path, each in french.items() if path.stem == "lessons" for m in each}
        only = ("kpilib/lesson/", "notebooks/lessons/")
        wrong = [text for text in lessons - {""} if not told[text].startswith(only)]
        assert not wrong, listed(wrong)

    def test_header(self, french):
        for each in french.values():
            assert (str(each.locale), each.charset) == ("fr", "utf-8")
            assert each.plural_expr == "(n > 1)"


class TestFinder:
    """What the tests above stand on: a text that is not found is not missed."""

    @pytest.mark.parametrize(
        "text",
        [
            "Bounce rate",  # a definition
            "There is no case to count.",  # a reason, by its constant
            "There are no members.",  # a reason, in place
            "The figures",  # inside an f-string
            "Organic search",  # in a table of words
            "the figure could not be worked out",  # when a table of words has none
            "Skip to the content",  # in a template
            "The kernel did not start.",  # why a notebook failed
            "Off target: change course",  # in a verdict
        ],
    )
    def test_finds(self, text):
        assert text in spoken()

    def test_leaves_keys_and_codes_alone(self):
        assert not {"message", "reason", "organic_search", "failed", ""} & set(spoken())


# Whoever writes a definition or a company's file reads these where they were written, in English.
ENGLISH = ("DefinitionError", "ValueError", "RuntimeError", "TypeError", "AttributeError")
# The room below the speaker.
UNSPOKEN = ("language",)


def unspoken(source: str) -> list[str]:
    """Return the texts of errors raised that no speaker says, as they stand in the source."""
    return [
        ast.unparse(text)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args
        if getattr(node.exc.func, "id", "").endswith("Error") or _named(node.exc.func, "Unknown")
        if not _named(node.exc.func, *ENGLISH)
        for text in _bare(node.exc.args[0])
    ]


def _named(kind: ast.expr, *names: str) -> bool:
    return getattr(kind, "id", "").startswith(names)


def _bare(given: ast.expr):
    """Yield an f-string that says something itself, or a sentence, alone or in a list."""
    if isinstance(given, ast.List):
        for each in given.elts:
            yield from _bare(each)
    elif isinstance(given, ast.JoinedStr):
        parts = [each.value for each in given.values if isinstance(each, ast.Constant)]
        if re.search("[A-Za-z]{2}", re.sub("^[a-z_.]+:", "", "".join(parts))):  # but for a place
            yield given
    elif isinstance(given, ast.IfExp | ast.BinOp):
        for each in ast.iter_child_nodes(given):
            yield from _bare(each)
    elif isinstance(given, ast.Constant) and " " in str(given.value):
        yield given


class TestErrors:
    """What is refused is said in the reader's language, wherever a notebook may meet it."""

    def test_every_error_is_said(self):
        found = {
            f"{path.relative_to(PACKAGE)}: {text}"
            for path in sorted(PACKAGE.rglob("*.py"))
            if path.relative_to(PACKAGE).parts[0].removesuffix(".py") not in UNSPOKEN
            for text in unspoken(path.read_text(encoding="utf-8"))
        }
        assert not found, listed(found)

    @pytest.mark.parametrize(
        ("source", "found"),
        [
            ("raise ParameterError(f'No {name}.')", 1),
            ("raise UnknownName('There is none.')", 1),
            ("raise ContractError([f'{place}: it is empty.'])", 1),
            ("raise UnknownName(f'No {name}.' if near else f'None.')", 2),
            ("raise ContractError(faults)", 0),
            ("raise ContractError([say('There is none of {name}.', name=name)])", 0),
            ("raise error_of(ParameterError, 'There is none.')", 0),
            ("raise CompanyError(f'{file}:{fault}')", 0),  # of what was said already
            ("raise DefinitionError(f'No {name}.')", 0),
        ],
    )
    def test_finds(self, source, found):
        assert len(unspoken(source)) == found

    def test_a_breakdown_is_refused_in_french(self):
        data = kl.open({"leads": pd.DataFrame({"lead_id": ["a"], "created_at": ["2025-02-03"]})})
        with speaking("fr"), pytest.raises(kl.KpilibError) as caught:
            data.evaluate("leads", "2025-02", by="chanel")

        assert str(caught.value).startswith(
            "La table first_leads ne se ventile pas par 'chanel'. Ses"
        )
        assert str(caught.value).endswith("Vouliez-vous dire 'channel'\u00a0?")


class TestTypography:
    """A sign that French sets apart follows a no-break space; apostrophes are straight."""

    def test_spaces_before_signs(self, pairs):
        wrong = [
            said
            for said in pairs.values()
            if re.search(
                rf"[^{SPACE}][:;?!%»](?=[\s.,)]|$)|[ \u202f][:;?!%»]", CITED.sub("x", said)
            )
        ]
        assert not wrong, listed(wrong)

    def test_guillemets(self, pairs):
        wrong = [said for said in pairs.values() if re.search(rf"«[^{SPACE}]|[“”]", said)]
        assert not wrong, listed(wrong)

    def test_apostrophes(self, pairs):
        assert [said for said in pairs.values() if "’" in said] == []

    def test_ends_as_the_english(self, pairs):
        other = [
            said for text, said in pairs.items() if (text[-1] in ".?") and said[-1] != text[-1]
        ]
        assert not other, listed(other)


class TestSpeaker:
    def test_english_is_what_is_written(self):
        assert speaker("en")("Bounce rate") == "Bounce rate"

    def test_french(self):
        assert speaker("fr")("Bounce rate") == "Taux de rebond"

    def test_slots_are_filled(self):
        said = speaker("fr")("{first} to {last}", first="1er octobre", last="3 octobre")
        assert "1er octobre" in said and "3 octobre" in said

    def test_a_text_without_slots_keeps_its_braces(self):
        assert speaker("en")("{as it is}") == "{as it is}"

    def test_a_name_from_data_stays_as_it_is(self):
        assert speaker("fr")("Module {avancé}") == "Module {avancé}"

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_languages(self, lang):
        assert callable(speaker(lang))

    def test_unknown_language(self):
        with pytest.raises(ParameterError) as caught:
            speaker("xx")
        assert str(caught.value) == ("Unknown language 'xx'. Reports are written in: en, fr.")

    def test_nearly_a_language(self):
        with pytest.raises(ParameterError, match="Unknown language 'fra'. .* in: en, fr"):
            speaker("fra")


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
