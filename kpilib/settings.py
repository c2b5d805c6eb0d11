"""company.yaml: who the company is, and the rules its figures follow. Every fault with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kpilib.assumptions import Assumptions
from kpilib.errors import CompanyError, KpilibError, nearest
from kpilib.language import LANGUAGES
from kpilib.period import zone
from kpilib.privacy import FLOOR, minimum_group

Model = TypeVar("Model", bound=BaseModel)


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


class Settings(Strict):
    """One company."""

    name: str = "Company"
    lang: list[str] = Field(default_factory=lambda: ["en"], min_length=1)
    timezone: str = "Europe/Paris"
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    as_of: date | None = None
    tables: str = "tables"
    freshness: dict[str, int] = Field(default_factory=dict)
    privacy: Privacy = Field(default_factory=Privacy)
    assumptions: Assumptions = Field(default_factory=Assumptions)

    @field_validator("lang", mode="before")
    @classmethod
    def _one_or_several(cls, given: Any) -> Any:
        given = [given] if isinstance(given, str) else given
        for lang in given if isinstance(given, list) else []:
            if lang not in LANGUAGES:
                raise ValueError(f"{lang!r} is not a language of reports: {', '.join(LANGUAGES)}")
        return given

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
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

    try:
        data = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CompanyError(f"{path.name}:{line}: not YAML: {error.problem}.") from None
    except UnicodeDecodeError:
        raise CompanyError(f"{path.name}: not UTF-8 text. Save the file as UTF-8.") from None
    try:
        return model.model_validate({} if data is None else data)
    except ValidationError as error:
        faults = [
            f"{path.name}:{_line(data, fault['loc'])}: {_words(fault, model)}"
            for fault in error.errors()
        ]
        raise CompanyError("\n".join(faults)) from None


def _line(data: Any, location: tuple) -> int:
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


def _words(fault: dict, model: type[BaseModel]) -> str:
    name = ".".join(str(part) for part in fault["loc"])
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        known = list(model.model_fields)
        return f"{name}: unknown key.{nearest(str(fault['loc'][-1]), known)}"
    return f"{name}: {message}"
