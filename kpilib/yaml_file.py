"""YAML that people write, held against a pydantic model: every fault at its line, with a remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, reduce
from operator import getitem
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kpilib.errors import CompanyError, listed, nearest_names
from kpilib.saying import error_of, fault_at, meant, say

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]
DEEPEST = 100  # levels of a YAML file
QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'[^'\n]*'|#.*"
LONGEST = 60  # characters of what was written that a message repeats
UNKNOWN = ("extra_forbidden", "invalid_key")  # kinds of fault of pydantic
# What is said of a fault, by its kind; of others, pydantic's own words.
SAID_WORDS = {
    "extra_forbidden": "unknown key.{known}",
    "invalid_key": "unknown key.{known}",
    "missing": "missing. {about}",
    "value_error": "{own}",  # a validator of ours: it says all that there is to say
    "literal_error": "found {found}.{near} Write one of {allowed}.",
    "string_type": "found {found}; write a text, in quotes where YAML takes it for something else.",
    "tuple_type": "found {found}; write a list: [{bare}].",
    "list_type": "found {found}; write a list: [{bare}].",
    "dict_type": "found {found}; write keys, each with what it holds: {{key: value}}.",
    "model_type": "found {found}; write {shape}.",
    "model_attributes_type": "found {found}; write {shape}.",
    "int_type": "found {found}; input should be a valid integer.",
    "int_parsing": "found {found}; input should be a valid integer, unable to parse string as an"
    " integer.",
    "int_from_float": "found {found}; write a whole number.",
    "float_type": "found {found}; input should be a valid number.",
    "float_parsing": "found {found}; input should be a valid number, unable to parse string as a"
    " number.",
    "bool_type": "found {found}; write true or false.",
    "bool_parsing": "found {found}; write true or false.",
    "date_parsing": "found {found}; write a day: YYYY-MM-DD.",
    "date_from_datetime_parsing": "found {found}; write a day: YYYY-MM-DD.",
    "greater_than_equal": "found {found}; write {bound} or more.",
    "greater_than": "found {found}; write more than {bound}.",
    "less_than_equal": "found {found}; write {bound} or less.",
    "less_than": "found {found}; write less than {bound}.",
    "finite_number": "found {found}; write a finite number.",
    "string_too_short": "found {found}; write at least {bound} characters.",
    "too_short": "found {found}; write at least {bound}.",
    "too_long": "found {found}; write {bound} at most.",
}
# What is said of a file that is not YAML, by what the parser finds; of others, its own words. The
# values beside a key are never told: they may hold a password.
PROBLEM_WORDS = {
    r'found duplicate key "(?P<key>[^"]*)"': "the key {key!r} stands twice. Keep one.",
    r"found character '\\t'": "a tab stands where spaces belong. Indent with spaces.",
    r"mapping values are not allowed": "a colon stands inside a text. Put the text between quotes.",
    r"found undefined alias": "a text begins with *. Put it between quotes.",
}
BOUNDS = ("ge", "gt", "le", "lt", "min_length", "max_length")  # as pydantic names them
OTHER = "found {found}; {message}."  # pydantic's own words


class Strict(BaseModel):
    """A part of a configuration file: unknown keys are faults, and what is read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def spelt(pattern: str, remedy: str) -> Any:
    """Return the type of a text that is written in one way only; a fault says `remedy`."""

    def checked(given: str) -> str:
        if re.fullmatch(pattern, given) is None:
            raise error_of(
                ValueError, "found {found}; write {remedy}.", found=found(given), remedy=say(remedy)
            )
        return given

    extra = {"pattern": pattern}
    return Annotated[str, AfterValidator(checked), Field(json_schema_extra=extra)]


def read_yaml(path: Path, model: type[Model]) -> Model:
    """Read a configuration file and check it, listing every fault with its line.

    Parameters
    ----------
    path : Path
        YAML 1.2.
    model : type
        The pydantic model it must fit.

    Raises
    ------
    CompanyError
        The file is not YAML, or does not fit: file, line, key, what was found, what to write.
    """
    data = load_yaml(path)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        texts = shape_faults(error, model, data)
        raise CompanyError("\n".join(at_lines(path.name, data, texts.items()))) from None


def load_yaml(path: Path) -> Any:
    """Return what a YAML 1.2 file holds, with the line of each key; nothing in it is an empty dict.

    Days stay text, so that 31 June is a fault at its line; so do numbers with a plus, because
    ``+20`` is not the same as ``20``.

    Raises
    ------
    CompanyError
        The file is not YAML or not UTF-8.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    yaml = YAML(typ="rt")
    yaml.Constructor = _constructor()
    try:
        text = path.read_text(encoding="utf-8")
        if _depth(text) > DEEPEST:  # at once: the parser takes its time for each level
            raise RecursionError
        data = yaml.load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        told = f"{path.name}:{line}: {_problem(str(error.problem))}"
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        told = fault_at(
            f"{path.name}:{line}",
            "not YAML: a sign that no text holds. Write the line anew, in a text editor.",
        )
    except RecursionError:
        told = fault_at(f"{path.name}:1", "not YAML: nested too deeply.")
    except UnicodeDecodeError:
        told = fault_at(path.name, "not UTF-8 text. Save the file as UTF-8.")
    else:
        return {} if data is None else data
    raise CompanyError(told)


def _problem(found: str) -> str:
    """Say what keeps a file from being YAML."""
    for pattern, text in PROBLEM_WORDS.items():
        if match := re.search(pattern, found):
            return say("not YAML: {problem}", problem=say(text, **match.groupdict()))
    return say("not YAML: {problem}.", problem=found)


def _depth(text: str) -> int:
    """Return how deep brackets, or else indentations, are nested in a YAML file."""
    deepest = depth = 0
    plain = re.sub(QUOTED, "", text)
    for sign in re.findall(r"[\[{\]}]", plain):
        depth = max(0, depth + (1 if sign in "[{" else -1))
        deepest = max(deepest, depth)
    return max(deepest, *(len(each) // 2 for each in re.findall(r"(?m)^[ -]*", text)))


@cache
def _constructor() -> type:
    from ruamel.yaml.constructor import RoundTripConstructor

    class Constructor(RoundTripConstructor):
        """Leaves as text what would lose something as a day or a number."""

    def as_written(self: Any, node: Any) -> str:
        return str(node.value)

    def number(kind: str) -> Any:
        usual = getattr(RoundTripConstructor, f"construct_yaml_{kind}")

        def construct(self: Any, node: Any) -> Any:
            return as_written(self, node) if node.value.startswith("+") else usual(self, node)

        return construct

    Constructor.add_constructor("tag:yaml.org,2002:timestamp", as_written)
    for kind in ("int", "float"):
        Constructor.add_constructor(f"tag:yaml.org,2002:{kind}", number(kind))
    return Constructor


def at_lines(file: str, data: Any, faults: Iterable[tuple[Place, str]]) -> list[str]:
    """Return the faults of a file by line, as they are told: ``company.yaml:3: lang: ...``."""
    lines = sorted((line_of(data, place), f"{_name(data, place)}{text}") for place, text in faults)
    return [f"{file}:{line}: {text}" for line, text in dict.fromkeys(lines)]


def line_of(data: Any, location: Place) -> int:
    """Return the line of a key, or of the nearest thing above it that is in the file."""
    line = 1
    for key in location:
        marks = getattr(data, "lc", None)
        try:
            line = (marks.key(key) if hasattr(data, "keys") else marks.item(key))[0] + 1
            data = data[key]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line


def _name(data: Any, place: Place) -> str:
    """Return the keys that lead to a place, by id where there is one: ``objectives.leads:``."""
    names = []
    for key in place:
        inner = None
        if isinstance(data, Mapping):
            inner = data.get(key)
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            inner = data[key]
            name = inner.get("id") if isinstance(inner, Mapping) else None
            key = name if isinstance(name, str) else f"#{key + 1}"
        names.append(str(key))
        data = inner
    return f"{'.'.join(names)}: " if names else ""


def shape_faults(error: ValidationError, model: type[BaseModel], data: Any) -> dict[Place, str]:
    """Say what pydantic found, by its place in the file: found, allowed, nearest, remedy.

    Parameters
    ----------
    error : ValidationError
    model : type
        That `data` was held against.
    data : mapping or what else was written
    """
    texts: dict[Place, str] = {}
    meant = misspelt(error, model)
    for each in error.errors():
        kind, location = each["type"], each["loc"]
        if kind == "missing" and location[-1] in meant:
            continue  # said where it is misspelt
        where = _place(data, location, kind in ("missing", *UNKNOWN))
        # A type that is one of several has a fault for each of them.
        about = _about(model, where) if where in texts else ""
        written = found(reduce(getitem, where, data)) if about else ""
        texts[where] = (
            say("found {written}. What it is: {about}", written=written, about=about)
            if about
            else _said(each, model)
        )
    return texts


def misspelt(error: ValidationError, model: type[BaseModel]) -> set[str]:
    """Return the keys that unknown ones may have meant."""
    unknown = [
        str(each["loc"][-1])
        for each in error.errors()
        if each["type"] in UNKNOWN and len(each["loc"]) == 1
    ]
    return {near for key in unknown for near in nearest_names(key, model.model_fields, 1, 0.6)}


def found(given: Any) -> str:
    """Say what was written, for a message; never an address, which may hold a password."""
    if isinstance(given, bool) or given is None:
        return {True: "true", False: "false"}.get(given, say("nothing"))
    if isinstance(given, Mapping):
        return say("keys") if given else say("nothing")
    if not isinstance(given, str | int | float) and isinstance(given, Sequence):
        return say("a list") if given else say("an empty list")
    if isinstance(given, str) and "://" in given:
        return say("an address")
    text = repr(str(given)) if isinstance(given, str) else str(given)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}...'"


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


def _said(fault: Any, model: type[BaseModel]) -> str:
    given, message, location = fault["input"], fault["msg"], fault["loc"]
    key, owner = str(next(reversed(location), "")), _part_at(model, location)
    context = fault.get("ctx", {})
    expected = str(context.get("expected", "")).replace(" or ", ", ").split(", ")
    allowed = [each.strip("'") for each in expected]
    return say(
        SAID_WORDS.get(fault["type"], OTHER),
        found=found(given),
        bare=str(given)[:LONGEST] if isinstance(given, str | int | float) else "...",
        shape=_shape(_part_at(model, (*location, ""))),
        allowed=listed(allowed),
        bound=next((context[each] for each in BOUNDS if each in context), ""),
        near=meant(str(given), allowed),
        known=_remedy_of_key(key, owner),
        about=_about(model, location) or say("Write {key}: here.", key=key),
        own=message.removeprefix("Value error, "),
        message=f"{message[0].lower()}{message[1:]}",
    )


def _keys(model: type[BaseModel]) -> list[str]:
    """Return its keys as a file writes them: `schema` is no name that a model may have."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _remedy_of_key(key: str, owner: type[BaseModel]) -> str:
    if key.isdigit():
        return " " + say("Is it what follows a decimal comma? Decimals have a point.")
    known = listed(_keys(owner))
    return meant(key, _keys(owner)) or " " + say("Known here: {known}.", known=known)


def _about(model: type[BaseModel], place: Sequence[Any]) -> str:
    """Return what the model says of a key, in one line; empty if nothing."""
    field = _part_at(model, place).model_fields.get(str(place[-1])) if place else None
    return " ".join(((field and field.description) or "").split())


def _shape(model: type[BaseModel]) -> str:
    keys = listed(_keys(model))
    if keys == "en, fr":
        return say("a text, or {both}", both="{en: ..., fr: ...}")
    return say("its keys: {keys}", keys=keys)


def _part_at(model: type[BaseModel], location: Sequence[Any]) -> type[BaseModel]:
    """Return the model that a key belongs to, from the one of the whole file."""
    for key in location[:-1]:
        field = model.model_fields.get(str(key))
        inner = next(_models(field.annotation), None) if field else None
        model = inner or model
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)
