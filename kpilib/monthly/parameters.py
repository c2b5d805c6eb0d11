"""What a notebook may be given: its parameters cell, read without running it.

papermill guesses types, warns about an unknown name and goes on, and runs a name as code; a second
tagged cell, or a value derived from another, makes a report for the wrong month. All of that is
refused here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from kpilib.errors import ParameterError, listed
from kpilib.language import LANGUAGES
from kpilib.saying import error_of, meant, say

TYPES = {"str": str, "int": int, "float": (int, float), "bool": bool}
SECRET_NAME = re.compile(
    r"(^|_)(passwords?|passwd|pwd|tokens?|secrets?|credentials?|(api_?|private_?)?keys?)(_|$)", re.I
)
SECRET_VALUE = re.compile(r"://[^/\s@]+:[^/\s@]+@")
LANG = re.compile(r"^lang\s*:\s*str\s*=\s*[\"'](\w\w)[\"']", re.M)
GRAMMAR = "Write one `name: type = literal  # help` a line."


def tags_of(cell: Mapping) -> list[str]:
    """Return the tags of a notebook cell."""
    return cell.get("metadata", {}).get("tags", [])


def source_of(cell: Mapping) -> str:
    """Return the source of a notebook cell."""
    return joined(cell.get("source", ""))


def joined(text: str | Sequence[str]) -> str:
    """Return what a notebook holds as text or as lines: its format allows both."""
    return text if isinstance(text, str) else "".join(text)


def faults_of(notebook: Mapping, given: Mapping[str, object]) -> list[str]:
    """List everything that forbids to run a notebook with these values.

    Parameters
    ----------
    notebook : mapping
        The notebook's JSON.
    given : mapping of str to object
        The values for its parameters.

    Returns
    -------
    list of str
        One sentence a fault; empty when it may run. Values are never repeated.
    """
    faults = [
        f"Cell {number} has the tag 'raises-exception', which lets a notebook go on after an "
        "error. Remove the tag."
        for number, cell in enumerate(notebook["cells"], 1)
        if "raises-exception" in tags_of(cell)
    ]
    try:
        declared = read(notebook)
    except ParameterError as error:
        return [*faults, str(error)]
    return faults + _faults_of_values(declared, given)


def read(notebook: Mapping) -> dict[str, str]:
    """Read the parameters that a notebook declares.

    Parameters
    ----------
    notebook : mapping
        The notebook's JSON.

    Returns
    -------
    dict of str to str
        Name to type, in the order of the cell; the types are str, int, float and bool.

    Raises
    ------
    ParameterError
        There is not exactly one tagged cell, it is not the first code cell, or a line of it is not
        `name: type = literal`.
    """
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    tagged = [cell for cell in notebook["cells"] if "parameters" in tags_of(cell)]
    if len(tagged) != 1:
        told = say(
            "A notebook has exactly one cell tagged 'parameters'; this one has {count}.",
            count=len(tagged),
        )
        remedy = say("Remove all but the first." if tagged else "Tag its first code cell.")
        raise ParameterError(f"{told} {remedy}")
    if tagged[0] is not code[0]:
        raise error_of(
            ParameterError,
            "The cell tagged 'parameters' is not the first code cell, so what runs before it would"
            " not see the values given. Move it up.",
        )
    return _parse(source_of(tagged[0]))


def written_in(notebook: Mapping) -> str:
    """Return the language of a notebook's narrative: that of its parameter `lang`, or English."""
    tagged = [source_of(cell) for cell in notebook["cells"] if "parameters" in tags_of(cell)]
    found = LANG.search("\n".join(tagged))
    return found[1] if found and found[1] in LANGUAGES else LANGUAGES[0]


def _parse(source: str) -> dict[str, str]:
    try:
        lines = ast.parse(source).body
    except SyntaxError as error:
        raise error_of(
            ParameterError,
            "Line {line} of the parameters cell is not Python. {grammar}",
            line=error.lineno,
            grammar=say(GRAMMAR),
        ) from None
    declared, faults = {}, []
    for line in lines:
        try:
            name, kind = _parse_line(line)
            if name in declared:
                raise error_of(
                    ParameterError, "The parameter {name!r} stands there twice.", name=name
                )
            declared[name] = kind
        except ParameterError as error:
            faults.append(
                say("Line {line} of the parameters cell: {fault}", line=line.lineno, fault=error)
            )
    if faults:
        raise ParameterError(" ".join(faults))
    return declared


def _parse_line(line: ast.stmt) -> tuple[str, str]:
    if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name):
        raise error_of(ParameterError, GRAMMAR)
    name, kind = line.target.id, ast.unparse(line.annotation)
    if kind not in TYPES:
        raise error_of(
            ParameterError,
            "{name} has the type {kind!r}. Allowed: {types}.",
            name=name,
            kind=kind,
            types=listed(TYPES),
        )
    try:
        default = ast.literal_eval(line.value)
    except (ValueError, TypeError):
        raise error_of(
            ParameterError,
            "{name} is not a literal, so it would keep its value whatever the run is given. Derive"
            " values in the next cell.",
            name=name,
        ) from None
    if not _is(default, kind):
        raise error_of(
            ParameterError,
            "{name} is declared {kind} but its default is of another type.",
            name=name,
            kind=kind,
        )
    return name, kind


def _is(value: object, kind: str) -> bool:
    # True is an int for Python, but no number for a reader.
    return isinstance(value, TYPES[kind]) and (kind == "bool" or not isinstance(value, bool))


def _faults_of_values(declared: Mapping[str, str], given: Mapping[str, object]) -> list[str]:
    faults = []
    for name, value in given.items():
        if SECRET_NAME.search(name) or (isinstance(value, str) and SECRET_VALUE.search(value)):
            faults.append(
                say(
                    "The parameter {name!r} looks like a secret, which would end in the notebook"
                    " and the page. Put it in the environment.",
                    name=name,
                )
            )
        elif name == "period" and "month" in declared:
            faults.append(say("The parameter `month` is called `period` now: rename it."))
        elif name not in declared:
            faults.append(
                say(
                    "Unknown parameter {name!r}. The notebook declares: {declared}.{near}",
                    name=name,
                    declared=listed(declared),
                    near=meant(name, declared),
                )
            )
        elif not _is(value, declared[name]):
            faults.append(
                say(
                    "The parameter {name!r} must be {kind}; it was given as {given}.",
                    name=name,
                    kind=declared[name],
                    given=type(value).__name__,
                )
            )
    return faults
