"""What a preset is: how an export is recognised, and what its columns mean. Data, not code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from kpilib.errors import KpilibError
from kpilib.period import zone
from kpilib.saying import error_of, no_such
from kpilib.sources.shapes import HOME
from kpilib.tables import TABLES, moments
from kpilib.yaml_file import Strict, read_yaml

HERE = Path(__file__).parent / "presets"

Type = Literal["text", "id", "int", "number", "rate", "money", "date", "instant", "bool", "seconds"]
Status = Literal["verified", "documented", "unverified"]
NUMBERS = ("int", "number", "rate", "money", "seconds")
OPEN = "?"  # what a preset that was written by kpilib leaves to be filled in


def pattern(written: str) -> str:
    """Return a regular expression that is one.

    Raises
    ------
    ValueError
        It cannot be read.
    """
    try:
        re.compile(written)
    except re.error as error:
        raise error_of(ValueError, "not a regular expression: {error}", error=str(error)) from None
    return written


Pattern = Annotated[str, AfterValidator(pattern)]


class Field_(Strict):
    """Where one column of a canonical table comes from.

    Parameters
    ----------
    names : tuple of str
        Its headers, in every language and version; compared by `kpilib.sources.keys.key`. A ``*``
        stands for any text.
    type : str
        How its text is read.
    formats : tuple of str
        Of dates, as `strptime` writes them; tried in order, ISO when empty.
    decimal : str
        The sign that parts decimals; ``auto`` decides by the whole column, or asks.
    values : dict of str to str
        Text in the file to value of the table.
    otherwise : str or None
        For texts that are not among `values`; None is a fault that lists them.
    required : bool
    default : Any
        When the column is not in the file.
    pseudonym : bool
        An identifier of a person: only its keyed hash is kept.
    """

    names: tuple[str, ...]
    type: Type = "text"
    formats: tuple[str, ...] = ()
    decimal: Literal[".", ",", "auto"] = "."
    values: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = None
    required: bool = True
    default: Any = None
    pseudonym: bool = False

    @field_validator("names", mode="before")
    @classmethod
    def _one_or_several(cls, given: Any) -> Any:
        return [given] if isinstance(given, str) else given

    @field_validator("formats")
    @classmethod
    def _known_formats(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for each in formats:
            if each in ("iso", moments.EPOCH, OPEN):
                continue
            if "%" not in each:
                raise error_of(
                    ValueError,
                    "{written!r} is no format of a day: write %d/%m/%Y for day, month and year",
                    written=each,
                )
            try:
                moments.pattern(each)
            except KpilibError as error:
                raise ValueError(str(error)) from None
        return formats


class Total(Strict):
    """How a row that adds up others is told from them.

    Parameters
    ----------
    column : str
        The field that is looked at; ``*`` for any cell of the row.
    pattern : str
        What its text matches, whole, whatever the case; empty text when empty. A group ``rows`` is
        how many rows there must be.
    """

    column: str = "*"
    pattern: Pattern


class Once(Strict):
    """What the rows of a table count, and over what those counts may be added.

    Parameters
    ----------
    unit : str
        With its article: ``a visit``.
    field : str
        The field that counts them.
    fields : tuple of str
        Fields that are dimensions in one group of which a unit is.
    groups : tuple of str
        Headers of more of them; a ``*`` stands for any text.
    several : dict of str to tuple of str
        What a unit can be in several times, to its headers: over these nothing is added.
    only : dict of str to tuple of str
        Fields that are such a dimension only while they hold these texts, unless their header is
        among `groups`.
    measures : tuple of str
        Headers of figures, which part nothing.
    strict : bool
        Whether a column of texts that is not known is a dimension, and refused. Where it may also
        describe a row (the state of a campaign), it is one only if rows are alike without it.
    instead : str
        What to export in the place of a dimension that is refused.
    """

    unit: str
    field: str
    fields: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    several: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    measures: tuple[str, ...] = ()
    strict: bool = True
    instead: str = ""


class TablePreset(Strict):
    """One kind of table of an export.

    Parameters
    ----------
    target : str
        Canonical table; empty for a table that is recognised and not used.
    signature : tuple of tuple of str
        Headers that must all be there, each by any of its names.
    absent : tuple of str
        Headers that must not be there.
    title : str
        Pattern of the sheet or the line above, where headers do not tell.
    above : str
        Pattern found in the lines above the header.
    headers : str
        Pattern found in the keys of the headers, joined by tabs.
    fields : dict of str to Field_
        By column of the canonical table, or by a name that `shape` wants.
    constants : dict
        Columns that are the same in every row.
    shape : str
        Name of a function of `kpilib.sources.shapes`, which turns the fields into rows of the
        target; empty when they are its columns.
    totals : tuple of Total
    additive : tuple of str
        Fields whose rows must add up to those of a totals row.
    non_additive : tuple of str
        Headers that must never be summed, said to the analyst.
    second_header : bool
        Whether a second row of headers follows the first.
    notices : tuple of Total
        Rows that are messages of the tool, dropped and counted.
    options : dict
        For `shape`.
    ignored : tuple of str
        Headers that are left out on purpose, so that nobody is told about them.
    unused : str
        Why a table without a target is not used; its `additive` fields are added up and shown.
    refused : str
        Why a table of this form is not taken, and what to do instead.
    once : Once, optional
        Over which dimensions its counts may be added: see `kpilib.sources.once`.
    also : tuple of str
        Tables of this preset that are made of the same rows.
    facts : bool
        Its few rows say something about the other tables of the file (filters, a period): they
        reach their shapes as ``context.facts[id]``.
    form : bool
        Each column that no field names may be a question: see `kpilib.sources.questionnaire`.
    many : dict of str to Field_
        Columns of which there may be any number: see `kpilib.sources.convert.with_many`.
    """

    id: str
    target: str = ""
    signature: tuple[tuple[str, ...], ...]
    absent: tuple[str, ...] = ()
    title: Pattern = ""
    above: Pattern = ""
    headers: Pattern = ""
    fields: dict[str, Field_] = Field(default_factory=dict)
    constants: dict[str, Any] = Field(default_factory=dict)
    shape: str = ""
    options: dict[str, Any] = Field(default_factory=dict)
    totals: tuple[Total, ...] = ()
    additive: tuple[str, ...] = ()
    non_additive: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    second_header: bool = False
    unused: str = ""
    refused: str = ""
    once: Once | None = None
    also: tuple[str, ...] = ()
    facts: bool = False
    form: bool = False
    many: dict[str, Field_] = Field(default_factory=dict)
    notices: tuple[Total, ...] = ()

    @field_validator("signature", mode="before")
    @classmethod
    def _names_or_lists(cls, given: Any) -> Any:
        if isinstance(given, str):  # its letters would be the headers
            given = [given]
        return [[each] if isinstance(each, str) else each for each in given or ()]

    @field_validator("target")
    @classmethod
    def _is_a_table(cls, name: str) -> str:
        return _one_of("", name, ("", *TABLES))

    @field_validator("shape")
    @classmethod
    def _is_a_shape(cls, name: str) -> str:
        return _one_of("", name, ("", *HOME))

    @model_validator(mode="after")
    def _names_that_are_there(self) -> TablePreset:
        """Without a shape, fields are columns of the target; a slip would lose one silently."""
        known = TABLES[self.target].columns if self.target and not self.shape else {}
        for name in (*self.fields, *self.constants) if known else ():
            _one_of(f"{self.target}: ", name, known)
            texts = [*self.fields[name].values.values()] if name in self.fields else []
            texts += [self.constants[name]] if name in self.constants else []
            for text in texts if known[name].choices else ():
                _one_of(f"{name}: ", text, (*known[name].choices, "", None))
        sums = {name for name, each in self.fields.items() if each.type in NUMBERS}
        for name in self.additive:
            _one_of("additive: ", name, self.fields)
            if name not in sums:
                raise error_of(
                    ValueError,
                    "additive: {name} holds no numbers. Say that it does, type: number, or take"
                    " it away here",
                    name=name,
                )
        for each in (*self.totals, *self.notices):
            _one_of("column: ", each.column, ("*", *self.fields))
        once = self.once
        for name in (once.field, *once.fields, *once.only) if once else ():
            _one_of("once: ", name, self.fields)
        return self


def _one_of(where: str, name: Any, known: Iterable[Any]) -> Any:
    """Return a name that is known.

    Raises
    ------
    ValueError
        It is not: what is there instead, and which is nearest.
    """
    names = [each for each in known if each not in ("", None)]
    if name in known:
        return name
    raise no_such(
        ValueError,
        "{where}there is no {name!r}.{near} There is: {names}",
        name,
        names,
        where=where,
    )


class Preset(Strict):
    """An export of one tool.

    Parameters
    ----------
    status : str
        ``verified`` (a real file was read), ``documented`` (the header stands in the vendor's
        help or a public parser), ``unverified`` (neither: said each time it is used).
    timezone : str
        Of instants without an offset: ``company``, ``UTC`` or the name of one.
    approximate : bool
        The tool itself estimates these figures.
    """

    id: str
    name: str
    status: Status
    source: str = ""
    timezone: str = "company"
    approximate: bool = False
    traps: tuple[str, ...] = ()
    tables: tuple[TablePreset, ...]

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name != "company":
            zone(name)
        return name


@cache
def presets() -> dict[str, Preset]:
    """Return the presets that come with kpilib, by id."""
    found = (read_yaml(path, Preset) for path in sorted(HERE.glob("*.yaml")))
    return {each.id: each for each in found}


def own_presets(folder: Path) -> dict[str, Preset]:
    """Return the presets that a company wrote, in ``presets/``, by id."""
    found = (read_yaml(path, Preset) for path in sorted((folder / "presets").glob("*.yaml")))
    return {each.id: each for each in found}


def presets_of(folder: Path) -> dict[str, Preset]:
    """Return the presets for a company: its own before those of kpilib."""
    own = own_presets(folder)
    return own | {name: each for name, each in presets().items() if name not in own}
