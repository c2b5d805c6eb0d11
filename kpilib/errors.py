"""The errors that a user can act on, and the one place that guesses what was meant.

Bottom room: imports nothing from the package.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType

OURS = Path(__file__).parent


class KpilibError(Exception):
    """Root of the family: catching it catches everything kpilib says on purpose."""

    def __str__(self) -> str:
        # KeyError would show its message in quotes; ours is a sentence.
        return str(self.args[0]) if self.args else ""

    def _render_traceback_(self) -> list[str]:
        """Show in Jupyter the analyst's own lines alone; after ``%xmode Plain`` every one."""
        from IPython import get_ipython

        shown, context = get_ipython().InteractiveTB, self.__suppress_context__
        if shown.mode != "Context":
            return shown.structured_traceback(type(self), self, self.__traceback__)
        theirs = _without_ours(self.__traceback__)
        cause, self.__cause__ = self.__cause__, None  # this sets that the context is left out too
        try:
            return shown.structured_traceback(type(self), self, theirs, tb_offset=1)
        finally:
            self.__cause__, self.__suppress_context__ = cause, context


def _without_ours(trace: TracebackType | None) -> TracebackType | None:
    """Return the steps to an error that lie outside this package."""
    if trace is None:
        return None
    behind, code = _without_ours(trace.tb_next), trace.tb_frame.f_code
    if OURS in Path(code.co_filename).parents:
        return behind
    return TracebackType(behind, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)


class UnknownName(KpilibError, KeyError):
    """A KPI, table, column or topic that does not exist was asked for."""


class PeriodError(KpilibError, ValueError):
    """A period is not written the way it must be, or lies outside the calendar."""


class ParameterError(KpilibError, ValueError):
    """A parameter of a notebook or an argument of a function is unknown or has the wrong type."""


class NoChange(KpilibError, ValueError):
    """A change cannot be explained, because there is no figure on one of its sides."""


class DefinitionError(KpilibError, ValueError):
    """A KPI of the catalogue is declared in a way that cannot be evaluated."""


class CompanyError(KpilibError, ValueError):
    """company.yaml, objectives.yaml, notes, check-ins or labels cannot be used as it stands."""


class ReportError(KpilibError, RuntimeError):
    """A report could not be made or published."""


class LockedError(KpilibError, RuntimeError):
    """Another run holds the month."""


class ContractError(KpilibError, ValueError):
    """Data does not keep the contract of its table; every fault is listed, not the first only.

    Parameters
    ----------
    faults : iterable of str
        One sentence a fault: what was expected, what was found, the remedy. Never a value.
    remedy : str, optional
        What can be done about all of them together, where a command says it below them.
    """

    def __init__(self, faults: Iterable[str], remedy: str = "") -> None:
        self.faults, self.remedy = list(faults), remedy
        if len(self.faults) == 1:
            super().__init__(self.faults[0])
        else:
            lines = "\n".join(f"  - {fault}" for fault in self.faults)
            super().__init__(f"{self.heading(len(self.faults))}\n{lines}")

    @staticmethod
    def heading(count: int) -> str:
        """Say how many there are; `kpilib.saying`, above this room, says it in other languages."""
        return f"{count} faults in the data:"


class NoRows(KpilibError, ValueError):
    """A file says that it has no rows: nothing is wrong with it, and nothing is in it.

    Parameters
    ----------
    faults : list of str
        What it says instead.
    """

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__(" ".join(faults))


NOTHING = "nothing"  # where names would be listed, and there is none


def nearest_names(
    word: str, candidates: Iterable[str], most: int = 3, least: float = 0.4
) -> list[str]:
    """Return the known names that are closest to one that does not exist, the closest first."""
    known = {str(name).casefold(): str(name) for name in candidates}
    return [known[name] for name in get_close_matches(str(word).casefold(), known, most, least)]


def listed(names: Iterable[str]) -> str:
    """Join names for an error message, so that all messages list alike."""
    names = list(names)
    return ", ".join(names) if names else NOTHING
