"""objectives.yaml as far as it can be read, and the faults in its shape.

Each objective, action and key result is read by itself, so that a fault in one hides none in
another; what could be read of a faulty one goes on to the checks of what it means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from kpilib.errors import listed
from kpilib.objectives.written import Action, KeyResult, Objective, Plan
from kpilib.yaml_file import Place, found, misspelt, shape_faults

# A rule that a part breaks: the key, or the keys in it, and what is wrong and to be done.
Broken = tuple[str | Place, str]
INNER = {Plan: ("objectives",), Objective: ("actions", "key_results")}  # read by themselves
# What stands where a key that must be there could not be read; the checks leave it out.
STAND_INS = {"id": "x", "mode": "from_to", "statement": "?", "kind": "event", "start": "2000-01-01"}
STAND_INS |= {"description": "?"}


class Fault(NamedTuple):
    """One fault: where in the file, and what is wrong, allowed, and to be done."""

    place: Place
    text: str


@dataclass(frozen=True)
class Draft:
    """A part of the file as far as it could be read.

    Parameters
    ----------
    place : tuple
        Keys that lead to it from the top of the file.
    part : pydantic model
    unread : frozenset of str
        Its keys in which a fault was found, and those that a misspelt one may have meant.
    given : mapping
        What was written.
    parts : dict of str to tuple of Draft
        Its actions and key results.
    """

    place: Place
    part: Any
    unread: frozenset[str]
    given: Mapping[str, Any]
    parts: Mapping[str, tuple[Draft, ...]]

    def at(self, *keys: str | int) -> Place:
        """Return the place of something in it."""
        return (*self.place, *keys)

    def known(self, *keys: str) -> bool:
        """Whether some of its keys could be read (or were left out)."""
        return not self.unread.intersection(keys)

    @property
    def id(self) -> str:
        """Its name; empty where that could not be read."""
        return self.part.id if self.known("id") else ""

    def faults(self, broken: Iterable[Broken]) -> Iterator[Fault]:
        """Give the faults of the rules that it breaks."""
        for keys, text in broken:
            yield Fault(self.at(*((keys,) if isinstance(keys, str) else keys)), text)


def drafts(data: Any) -> tuple[list[Draft], list[Fault]]:
    """Return the objectives of a file as far as they can be read, and the faults in their shape."""
    if not isinstance(data, Mapping):
        return [], [Fault((), f"found {found(data)}; write keys: {listed(Plan.model_fields)}.")]
    faults: list[Fault] = []
    _read(Plan, data, (), faults)
    return [
        replace(
            draft,
            parts={
                "actions": tuple(_items(Action, draft.given, "actions", draft.place, faults)),
                "key_results": tuple(
                    _items(KeyResult, draft.given, "key_results", draft.place, faults)
                ),
            },
        )
        for draft in _items(Objective, data, "objectives", (), faults)
    ], faults


def _items(
    model: type[BaseModel], data: Mapping, key: str, above: Place, faults: list[Fault]
) -> list[Draft]:
    if key not in data:
        return []
    given = data[key]
    if isinstance(given, str | bytes) or not isinstance(given, Sequence):
        faults.append(Fault((*above, key), f"found {found(given)}; write a list: each with a -."))
        return []
    read = []
    for number, each in enumerate(given):
        place = (*above, key, number)
        if not isinstance(each, Mapping):
            keys = listed(model.model_fields)
            faults.append(Fault(place, f"found {found(each)}; write its keys: {keys}."))
            continue
        part, unread = _read(model, each, place, faults)
        read.append(Draft(place, part, unread, each, {}))
    return read


def _read(
    model: type[BaseModel], given: Mapping, place: Place, faults: list[Fault]
) -> tuple[BaseModel, frozenset[str]]:
    """Read one part without those inside it; what is faulty is replaced by its default."""
    own = {key: value for key, value in given.items() if key not in INNER.get(model, ())}
    try:
        return model.model_validate(own), frozenset()
    except ValidationError as error:
        texts, meant = shape_faults(error, model, own), misspelt(error, model)
    unread = {str(where[0]) for where in texts if where} | meant
    asked = {("mode",)} if "mode" not in given else set()  # asked as a question: see `questions`
    faults.extend(Fault((*place, *at), text) for at, text in texts.items() if at not in asked)
    left = {key: value for key, value in own.items() if str(key) not in unread}
    missing = {
        key: STAND_INS[key]
        for key, field in model.model_fields.items()
        if field.is_required() and key not in left
    }
    return model.model_validate(left | missing), frozenset(unread)
