"""Faults in the shape of objectives.yaml: unknown keys, wrong types, what is missing.

Each objective, action and key result is read by itself, so that a fault in one hides none in
another; what could be read of a faulty one goes on to the checks of what it means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from kpilib.errors import listed, nearest
from kpilib.objectives.written import Action, KeyResult, Objective, Plan
from kpilib.settings import part_at

Place = tuple[str | int, ...]
UNKNOWN = ("extra_forbidden", "invalid_key")  # kinds of fault of pydantic
LONGEST = 60  # characters of what was written that a message repeats
# What stands where a key that must be there could not be read; the checks leave it out.
STAND_INS = {"id": "x", "mode": "from_to", "statement": "?", "kind": "event", "start": "2000-01-01"}
STAND_INS_OF_OBJECTIVE = STAND_INS | {"description": "?", "kind": "malin"}


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


def drafts(data: Any) -> tuple[list[Draft], list[Fault]]:
    """Return the objectives of a file as far as they can be read, and the faults in their shape."""
    if not isinstance(data, Mapping):
        return [], [Fault((), f"found {_found(data)}; write keys: {listed(Plan.model_fields)}.")]
    faults: list[Fault] = []
    _read(Plan, data, (), faults, inner=("objectives",))
    found = []
    for draft in _items(Objective, data, "objectives", (), faults):
        parts = {
            "actions": tuple(_items(Action, draft.given, "actions", draft.place, faults)),
            "key_results": tuple(
                _items(KeyResult, draft.given, "key_results", draft.place, faults)
            ),
        }
        found.append(replace(draft, parts=parts))
    return found, faults


def _items(
    model: type[BaseModel], data: Mapping, key: str, above: Place, faults: list[Fault]
) -> list[Draft]:
    if key not in data:
        return []
    given = data[key]
    if isinstance(given, str | bytes) or not isinstance(given, Sequence):
        faults.append(Fault((*above, key), f"found {_found(given)}; write a list: each with a -."))
        return []
    found = []
    for number, each in enumerate(given):
        place = (*above, key, number)
        if not isinstance(each, Mapping):
            keys = listed(model.model_fields)
            faults.append(Fault(place, f"found {_found(each)}; write its keys: {keys}."))
            continue
        inner = ("actions", "key_results") if model is Objective else ()
        part, unread = _read(model, each, place, faults, inner)
        found.append(Draft(place, part, unread, each, {}))
    return found


def _read(
    model: type[BaseModel], given: Mapping, place: Place, faults: list[Fault], inner: Sequence[str]
) -> tuple[BaseModel, frozenset[str]]:
    """Read one part without those inside it; what is faulty is replaced by its default."""
    own = {key: value for key, value in given.items() if key not in inner}
    try:
        return model.model_validate(own), frozenset()
    except ValidationError as error:
        found = error.errors()
    texts: dict[Place, str] = {}
    unread = set()
    meant = {key for each in found if each["type"] in UNKNOWN for key in _meant(each, model)}
    for each in found:
        if each["type"] == "missing" and each["loc"][-1] in meant:
            continue  # said where it is misspelt
        where = _place(own, each["loc"], each["type"] in ("missing", *UNKNOWN))
        # A type that is one of several has a fault for each of them.
        text = _text(each, model, where) if where not in texts else _several(model, own, where)
        texts[where] = text
        unread |= {str(where[0])} if where else set()
    asked = {("mode",)} if "mode" not in given else set()  # asked as a question: see `questions`
    faults.extend(Fault((*place, *at), text) for at, text in texts.items() if at not in asked)
    unread |= meant
    left = {key: value for key, value in own.items() if str(key) not in unread}
    stand_ins = STAND_INS_OF_OBJECTIVE if model is Objective else STAND_INS | {"description": "?"}
    missing = {
        key: stand_ins[key]
        for key, field in model.model_fields.items()
        if field.is_required() and key not in left
    }
    return model.model_validate(left | missing), frozenset(unread)


def _place(data: Any, location: Sequence[Any], with_key: bool) -> Place:
    """Return the part of a fault's location that is in the file, without names of types."""
    place: list[str | int] = []
    for key in location:
        inside = isinstance(data, Mapping) and key in data
        if not inside and not (isinstance(data, list) and isinstance(key, int)):
            break
        place.append(key)
        data = data[key]
    if with_key and isinstance(location[-1], str) and len(place) < len(location):
        place.append(location[-1])
    return tuple(place)


def _meant(error: Any, model: type[BaseModel]) -> list[str]:
    known = part_at(model, error["loc"]).model_fields
    found = nearest(str(error["loc"][-1]), known)
    return [key for key in known if f"{key!r}" in found] if len(error["loc"]) == 1 else []


def _text(error: Any, model: type[BaseModel], place: Place) -> str:
    key, kind, found = str(error["loc"][-1]), error["type"], _found(error.get("input"))
    owner = part_at(model, error["loc"])
    if kind in UNKNOWN:
        return f"unknown key.{_remedy_of_key(key, owner)}"
    if kind == "missing" and key in owner.model_fields:
        return f"missing. {_about(owner, key)}"
    if kind == "literal_error":
        allowed = [each.strip("'") for each in _allowed(error)]
        near = nearest(str(error.get("input")), allowed)
        return f"found {found}.{near} Write one of {listed(allowed)}."
    if kind == "value_error":
        return f"found {found}; {error['msg'].removeprefix('Value error, ')}"
    if kind == "string_pattern_mismatch":
        return (
            f"found {found}; write small letters, digits and _, a letter first, such as kr_visits."
        )
    if kind == "string_type":
        return f"found {found}; write a text, in quotes where YAML takes it for something else."
    if kind == "tuple_type":
        return f"found {found}; write a list: [{_bare(error.get('input'))}]."
    if kind == "dict_type":
        return f"found {found}; write months and levels, such as {{2026-06: 40}}."
    if kind in ("model_type", "model_attributes_type"):
        inner = part_at(model, (*place, ""))
        return f"found {found}; write {_shape(inner)}."
    return f"found {found}; {error['msg'][0].lower()}{error['msg'][1:]}."


def _several(model: type[BaseModel], own: Mapping, place: Place) -> str:
    return f"found {_found(own.get(place[0]))}. What it is: {_about(model, str(place[0]))}"


def _remedy_of_key(key: str, owner: type[BaseModel]) -> str:
    if key.isdigit():
        return " Is it what follows a decimal comma? Decimals have a point."
    near = nearest(key, owner.model_fields)
    return near or f" Known here: {listed(owner.model_fields)}."


def _allowed(error: Any) -> list[str]:
    return str(error["ctx"]["expected"]).replace(" or ", ", ").split(", ")


def _about(owner: type[BaseModel], key: str) -> str:
    return " ".join((owner.model_fields[key].description or "").split())


def _shape(model: type[BaseModel]) -> str:
    keys = listed(model.model_fields)
    return "a text, or {en: ..., fr: ...}" if keys == "en, fr" else f"its keys: {keys}"


def _found(given: Any) -> str:
    if isinstance(given, bool) or given is None:
        return {True: "true", False: "false", None: "nothing"}[given]
    if isinstance(given, Mapping):
        return "keys" if given else "nothing"
    if not isinstance(given, str | int | float) and isinstance(given, Sequence):
        return "a list"
    text = repr(str(given)) if isinstance(given, str) else str(given)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}...'"


def _bare(given: Any) -> str:
    return str(given)[:LONGEST] if isinstance(given, str | int | float) else "..."
