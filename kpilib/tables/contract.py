"""What a table promises: its columns, their types, its key, and the day a row belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from kpilib.errors import DefinitionError

TYPES = ("key", "ts", "date", "int", "float", "EUR", "bool", "text", "list", "enum", "hours")
UNKNOWN = "(unknown)"
NUMBERS = ("int", "float", "EUR")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a canonical table.

    Parameters
    ----------
    name : str
    type : str
        ``key`` (text), ``ts`` (instant in UTC), ``date``, ``int``, ``float``, ``EUR`` (net of
        VAT), ``bool``, ``text``, ``list`` (several texts, or one with a sign between them),
        ``enum`` or ``hours`` (seven numbers, Monday to Sunday).
    choices : tuple of str
        The values an ``enum`` may take.
    absent : str or None
        What is assumed when the whole column is missing, as text; None when it is required.
    minimum, maximum : float or None
        The plausible range, both ends allowed.
    personal : bool
        Says something about one person: never shown, never in an error message.
    describes : bool
        Says of what kind a person is, or what a person answered: figures about people are cut by
        it only where the company allows it.
    lenient : bool
        Unreadable values count as missing answers instead of being a fault (survey answers).
    approximates : bool
        When the column is missing, figures that use it are flagged ``approximate``.
    known_at : str
        The column that says when this one came to be known, if later than the row itself: its own
        name for the day of an outcome (a lead qualified, a ticket solved).
    """

    name: str
    type: str
    choices: tuple[str, ...] = ()
    absent: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    personal: bool = False
    describes: bool = False
    lenient: bool = False
    approximates: bool = False
    known_at: str = ""

    @property
    def assumed(self) -> bool | float | str | None:
        """What stands in rows that came without the column; None where nothing does."""
        if not self.absent:
            return None
        read = {"bool": lambda text: text == "true", "int": int, "float": float, "EUR": float}
        return read.get(self.type, str)(self.absent)


@dataclass(frozen=True, kw_only=True)
class Table:
    """One canonical table.

    Parameters
    ----------
    name : str
    grain : str
        What one row is.
    key : tuple of str
        Columns that name a row; exact duplicates are dropped and counted, conflicts refused.
    time : str or None
        The column that says which period a row belongs to.
    span : tuple of str
        First and last day of an interval of belonging; empty for events.
    state : tuple of str
        Validity of one state inside the interval (slowly changing dimension); may be empty.
    daily : bool
        Fed every day: a last day before the period's end means data is late.
    feed : tuple of str
        Columns that name who feeds a daily table: each of them is expected on every day.
    planned : bool
        Rows may lie in the future, so the last one does not say how far the data goes.
    links : dict of str to str
        Column to the table where its other attributes can be looked up.
    aliases : dict of str to str
        Name of a breakdown to the column that holds it here.
    summed : dict of str to str
        When rows come summed up (``is_aggregate``): the column that replaces counting rows
        (under an empty name) or distinct values of a column.
    columns : dict of str to Column
    """

    name: str
    grain: str
    key: tuple[str, ...] = ()
    time: str | None = None
    span: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    daily: bool = False
    feed: tuple[str, ...] = ()
    planned: bool = False
    links: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    summed: dict[str, str] = field(default_factory=dict)
    columns: dict[str, Column]

    def column(self, name: str) -> Column | None:
        """Return a column by its name or by the breakdown it stands for; None if there is none."""
        return self.columns.get(self.aliases.get(name, name))

    @property
    def learnt(self) -> dict[str, str]:
        """Columns that may be known later than their row, each with the one that says when."""
        return {each.name: each.known_at for each in self.columns.values() if each.known_at}


LISTED = ("key", "span", "state", "feed")  # rules that name several columns
WORDS = ("personal", "describes", "lenient", "approximates", "later", "absent", "min", "max")
LINE = re.compile(r"(?P<name>\w+)\s+(?P<type>\w+)(?:\((?P<choices>[^)]*)\))?(?P<rest>.*)", re.ASCII)


def table(name: str, grain: str, columns: str, **rules: Any) -> Table:
    """Declare a table from its columns, separated by ``;``: ``name type(choices) word word``.

    The words are ``personal``, ``describes``, ``lenient``, ``approximates``, ``absent=VALUE``,
    ``min=NUMBER``, ``max=NUMBER``, ``later`` (the day of an outcome) and ``later=COLUMN`` (known
    from that day on).

    Parameters
    ----------
    name, grain, columns : str
    **rules
        The others of `Table`; ``key``, ``span``, ``state`` and ``feed`` with spaces between names.

    Raises
    ------
    DefinitionError
        A line or the name of a column in a rule cannot be understood.
    """
    parts = (" ".join(part.split()) for part in columns.split(";"))
    declared = {column.name: column for column in map(_column, parts)}
    rules |= {rule: tuple(rules.get(rule, "").split()) for rule in LISTED}
    made = Table(name=name, grain=grain, columns=declared, **rules)
    named = [*made.key, *made.span, *made.state, *made.feed, *([made.time] if made.time else ())]
    for column in (*named, *made.learnt.values(), *made.links, *made.aliases.values()):
        if column not in declared:
            raise DefinitionError(f"Table {name} names a column it does not have: {column}.")
    return made


def _column(line: str) -> Column:
    match = LINE.fullmatch(line.strip())
    if not match or match["type"] not in TYPES:
        raise DefinitionError(f"Not a column: {line.strip()!r}. Types are {', '.join(TYPES)}.")
    words = dict(word.partition("=")[::2] for word in match["rest"].split())
    strange = [word for word in words if word not in WORDS]
    if strange:
        raise DefinitionError(
            f"Column {match['name']}: {strange[0]!r} is not one of {', '.join(WORDS)}. Columns are "
            "separated by ';'."
        )
    return Column(
        name=match["name"],
        type=match["type"],
        choices=tuple(choice.strip() for choice in (match["choices"] or "").split(",") if choice),
        absent=words.get("absent"),
        minimum=float(words["min"]) if "min" in words else None,
        maximum=float(words["max"]) if "max" in words else None,
        personal="personal" in words,
        describes="describes" in words,
        lenient="lenient" in words,
        approximates="approximates" in words,
        known_at=words["later"] or match["name"] if "later" in words else "",
    )
