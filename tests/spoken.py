"""Finds what kpilib says to readers: every text that must exist in French, and who says it.

Babel's own extraction reads the templates. It is not used on Python files: it misses a ``say``
inside an f-string and takes the key in ``say(WORDS["key"])`` for a text.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir

from kpilib.language import blocks
from kpilib.monthly.parameters import source_of
from kpilib.sources.preset import presets
from kpilib.topics.catalogue import catalogue

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "kpilib"
WORDS = re.compile(r"(WORDS|LEVELS|words|names)$")  # what tables of words are called
TELLERS = (  # carry a reason, or a title
    *("unknown", "forget", "Failed", "failed", "entry", "slip", "Said", "entitled"),
    *("Told", "Matrix"),
)
# Who says a text, and which of its arguments that is.
SAYERS = {
    "say": 0,
    "note": 0,
    "fault": 0,
    "refused": 0,
    "leave": 0,
    "Ambiguous": 0,
    "fault_at": 1,
    "refusal": 1,
    "_no_table": 1,
    "spelt": 1,
    "error_of": 1,
    "no_such": 1,
    "keep": 2,
    "count": 2,
}
TOLD = ("hints", "choices")  # what else an exercise says


@cache
def spoken() -> dict[str, str]:
    """Return every English text a reader may see, with the file that says it first."""
    found: dict[str, str] = {}
    for kpi in catalogue().values():
        for text in kpi.texts():
            found.setdefault(text, f"kpilib/topics/{kpi.topic}.py")
    for name, preset in presets().items():
        for table in preset.tables:
            told = [table.unused, table.refused]
            if table.once:
                told += [table.once.unit, table.once.instead, *table.once.several]
            for text in filter(None, told):
                found.setdefault(text, f"kpilib/sources/presets/{name}.yaml")
    modules = {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }
    constants = _constants(modules.values())
    for file, module in modules.items():
        own = {name: text for name, text in _constants([module]).items() if text}
        for text in _texts(module, constants | own):
            found.setdefault(text, file)
    for file, _, text, _, _ in extract_from_dir(
        PACKAGE, method_map=[("**.j2", "jinja2")], keywords={"say": None}
    ):
        found.setdefault(text if isinstance(text, str) else text[0], f"kpilib/{file}")
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                for _, text in blocks(source_of(cell)):
                    found.setdefault(text, path.relative_to(ROOT).as_posix())
    return found


def _texts(module: ast.Module, constants: dict[str, str]) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and len(node.args) > SAYERS.get(_name(node.func), math.inf):
            argument = node.args[SAYERS[_name(node.func)]]
            yield from _said(argument)
            yield from filter(None, [constants.get(_name(argument))])
        elif isinstance(node, ast.Call):
            given = node.args if _name(node.func) in TELLERS else []
            reasons = [word.value for word in node.keywords if word.arg == "reason"]
            for word in node.keywords:
                if word.arg in TOLD and not isinstance(word.value, ast.Dict):
                    yield from filter(None, map(_text, getattr(word.value, "elts", ())))
                elif word.arg in TOLD:
                    yield from _table_of_words(word.value)
            for argument in (*given, *reasons):
                text = constants.get(_name(argument)) or _text(argument)
                if _is_sentence(text):
                    yield text
        elif isinstance(node, ast.Assign) and WORDS.search(_name(node.targets[0])):
            yield from _table_of_words(node.value)
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
            text, slots = node.elts  # a reason and what fills its slots
            if isinstance(slots, ast.Dict) and _is_sentence(_text(text)):
                yield _text(text)


def _constants(modules: Iterable[ast.Module]) -> dict[str, str]:
    """Return the texts that modules keep under a name."""
    return {
        _name(node.targets[0]): _text(node.value)
        for module in modules
        for node in module.body
        if isinstance(node, ast.Assign)
    }


def _said(argument: ast.expr) -> Iterator[str]:
    """Yield the texts that the first argument of ``say`` may be."""
    if isinstance(argument, ast.IfExp):
        yield from _said(argument.body)
        yield from _said(argument.orelse)
    elif isinstance(argument, ast.Call) and _name(argument.func) == "get":
        yield from _said(argument.args[-1])
    elif _text(argument):
        yield _text(argument)


def _table_of_words(value: ast.expr) -> Iterator[str]:
    """Yield the texts of a dict; each value may be one text, a tuple or such a dict of them."""
    for entry in value.values if isinstance(value, ast.Dict) else ():
        yield from _table_of_words(entry)
        texts = entry.elts if isinstance(entry, ast.Tuple) else [entry]
        yield from filter(None, map(_text, texts))


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_sentence(text: str) -> bool:
    return " " in text and text[0].isupper()


def _name(node: ast.expr) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))
