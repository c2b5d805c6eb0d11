"""company.yaml: who the company is, and the rules its figures follow. Every fault with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kpilib.assumptions import Assumptions
from kpilib.engine.privacy import BREAKDOWNS, FLOOR, minimum_group, named_breakdowns
from kpilib.errors import CompanyError, KpilibError, nearest
from kpilib.language import LANGUAGES
from kpilib.moment import moment
from kpilib.period import zone
from kpilib.tables import TABLES

Model = TypeVar("Model", bound=BaseModel)
DEEPEST = 100  # levels of a YAML file
QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'[^'\n]*'|#.*"
NO_ADDRESS = (
    "the address of a database never stands in a file. Put it into an environment variable, and "
    "name that: database: {url_from: KPILIB_DATABASE_URL}"
)


class Strict(BaseModel):
    """A part of a configuration file: unknown keys are faults, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Privacy(Strict):
    """How employees are protected."""

    minimum_group: int = FLOOR

    @field_validator("minimum_group")
    @classmethod
    def _never_below_five(cls, asked: int) -> int:
        return minimum_group(asked)


class Database(Strict):
    """A database that the environment tells the address of; neither stands in any file."""

    url_from: str
    schema_: str = Field(default="", alias="schema", pattern=r"^[A-Za-z_][\w$]*$|^$")

    @field_validator("url_from", mode="before")
    @classmethod
    def _a_name_alone(cls, given: Any) -> Any:
        if not isinstance(given, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", given):
            raise ValueError(NO_ADDRESS)
        return given


class Settings(Strict):
    """One company."""

    name: str = "Company"
    former_names: list[str] = Field(default_factory=list)
    lang: list[str] = Field(default_factory=lambda: ["en"], min_length=1)
    timezone: str = "Europe/Paris"
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    as_of: date | datetime | str | None = None
    tables: str = "tables"
    database: Database | None = None
    freshness: dict[str, int] = Field(default_factory=dict)
    privacy: Privacy = Field(default_factory=Privacy)
    breakdowns: list[str] = Field(default_factory=lambda: list(BREAKDOWNS))
    fiscal_year_starts: int = Field(default=1, ge=1, le=12)
    columns: dict[str, list[str]] = Field(default_factory=dict)
    assumptions: Assumptions = Field(default_factory=Assumptions)

    @field_validator("lang", mode="before")
    @classmethod
    def _one_or_several(cls, given: Any) -> Any:
        given = [given] if isinstance(given, str) else given
        for lang in given if isinstance(given, list) else []:
            if lang not in LANGUAGES:
                raise ValueError(f"{lang!r} is not a language of reports: {', '.join(LANGUAGES)}")
        return given

    @field_validator("tables", mode="before")
    @classmethod
    def _a_place(cls, given: Any) -> Any:
        if isinstance(given, str) and "://" in given:
            raise ValueError(NO_ADDRESS)
        return given

    @field_validator("database", mode="before")
    @classmethod
    def _only_its_variable(cls, given: Any) -> Any:
        if isinstance(given, str):
            raise ValueError(NO_ADDRESS)
        return given

    @field_validator("as_of", mode="before")
    @classmethod
    def _a_moment(cls, given: Any) -> Any:
        """Check how it is written; the company's zone, another key, says which instant it is."""
        try:
            if given is not None:
                moment(given, zone("UTC"))
        except KpilibError as error:
            raise ValueError(str(error)) from None
        return given

    @field_validator("freshness", "columns")
    @classmethod
    def _of_tables(cls, given: dict[str, Any]) -> dict[str, Any]:
        strange = [name for name in given if name not in TABLES]
        if strange:
            raise ValueError(f"{strange[0]!r} is not a table.{nearest(strange[0], TABLES)}")
        return given

    @field_validator("breakdowns")
    @classmethod
    def _describing(cls, given: list[str]) -> list[str]:
        return named_breakdowns(given)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            zone(name)
        except KpilibError as error:
            raise ValueError(str(error)) from None
        return name


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
        The file is not YAML, or does not fit: file, line, key, what was expected.
    """
    data = load_yaml(path)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = [
            f"{path.name}:{line_of(data, fault['loc'])}: {_words(fault, model)}"
            for fault in error.errors()
        ]
        raise CompanyError("\n".join(faults)) from None


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

    yaml = YAML(typ="rt")
    yaml.Constructor = _constructor()
    try:
        text = path.read_text(encoding="utf-8")
        if _depth(text) > DEEPEST:  # at once: the parser takes its time for each level
            raise RecursionError
        data = yaml.load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CompanyError(f"{path.name}:{line}: not YAML: {error.problem}.") from None
    except RecursionError:
        raise CompanyError(f"{path.name}:1: not YAML: nested too deeply.") from None
    except UnicodeDecodeError:
        raise CompanyError(f"{path.name}: not UTF-8 text. Save the file as UTF-8.") from None
    return {} if data is None else data


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


def line_of(data: Any, location: Sequence[Any]) -> int:
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


def part_at(model: type[BaseModel], location: Sequence[Any]) -> type[BaseModel]:
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


def _words(fault: Any, model: type[BaseModel]) -> str:
    name = ".".join(str(part) for part in fault["loc"])
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        known = part_at(model, fault["loc"]).model_fields
        return f"{name}: unknown key.{nearest(str(fault['loc'][-1]), known)}"
    return f"{name}: {message}"
