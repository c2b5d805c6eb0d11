"""What is said of data and of files, in the language of who reads: texts, places, numbers."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from datetime import date
from typing import Any

from kpilib.errors import NOTHING, ContractError, listed, nearest_names
from kpilib.language import here, spoken

NARROW = "\u202f"  # parts thousands in French
TYPED = re.compile(r"--read '\{(\w+)\}[^']*'")


class _Slots(string.Formatter):
    """Fills slots, and their attributes, as this language writes numbers and days."""

    def format_field(self, value: Any, form: str) -> str:
        french = here() == "fr"
        value = spoken()(NOTHING) if value == NOTHING else value
        if isinstance(value, date) and french:
            form = form or "%d/%m/%Y"
        if not isinstance(value, (int, float)):
            return super().format_field(value, form)
        text = format(value, form or ("," if isinstance(value, int) else ",.10g"))
        return text.translate({ord(","): NARROW, ord("."): ","}) if french else text


def say(text: str, /, **slots: object) -> str:
    """Say an English text in the language of this kernel; it may hold ``{slot.attribute}``."""
    said = spoken()(text)
    if any("'" in str(slots[name]) for name in TYPED.findall(said) if name in slots):
        said = TYPED.sub(lambda found: found[0].replace("'", '"'), said)
    return _Slots().format(said, **slots) if slots else said


def quoted(typed: str) -> str:
    """Return what is typed in a terminal as one word: a header may hold an apostrophe."""
    return f'"{typed}"' if "'" in typed else f"'{typed}'"


def fault_at(place: str, text: str, /, **slots: object) -> str:
    """Say what is wrong with a place, such as a file, its sheet or one of its lines."""
    return f"{place}: {say(text, **slots)}"


def refusal(place: str, text: str, /, **slots: object) -> ContractError:
    """Return the error of the one fault that keeps a file from being read."""
    return ContractError([fault_at(place, text, **slots)])


def error_of(kind: type[Exception], text: str, /, **slots: object) -> Exception:
    """Return an error of a kind that says a text; of several kinds of fault it is the only one."""
    told = say(text, **slots)
    return kind([told]) if issubclass(kind, ContractError) else kind(told)


def _heading(count: int) -> str:
    return say("{count} faults in the data:", count=count)


ContractError.heading = staticmethod(_heading)


def meant(word: str, candidates: Iterable[str]) -> str:
    """Say which known name is closest to one that does not exist; nothing when none is close."""
    near = nearest_names(word, candidates, 1, 0.6)
    return " " + say("Did you mean {name!r}?", name=near[0]) if near else ""


def no_such(
    kind: type[Exception], text: str, name: Any, known: Iterable[str], /, **slots: object
) -> Exception:
    """Return the error of a name that is none of those known.

    Its text says the name, ``{name!r}``, the nearest of those known, ``{near}``, and all of them,
    ``{names}``.
    """
    names = [*known]
    near = meant(str(name), names)
    return error_of(kind, text, name=name, near=near, names=listed(names), **slots)


def and_more(count: int) -> str:
    """Say how many more there are than those that are listed; nothing when there are none."""
    return say(" and {count} more", count=count) if count > 0 else ""
