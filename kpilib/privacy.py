"""Figures about employees: a group of fewer than five is hidden, and so is what would reveal it."""

from __future__ import annotations

from collections.abc import Mapping

from kpilib.errors import CompanyError
from kpilib.outcome import SUPPRESSED, Outcome, unknown

FLOOR = 5
HIDDEN = "Hidden: the group is too small to be shown, or would reveal one that is."


def minimum_group(asked: int | None) -> int:
    """Return the smallest group that may be shown; it can be raised, never lowered.

    Raises
    ------
    CompanyError
        Fewer than five were asked for.
    """
    if asked is None:
        return FLOOR
    if asked < FLOOR:
        raise CompanyError(
            f"privacy.minimum_group is {asked}; it must be {FLOOR} or more. Groups of fewer than "
            f"{FLOOR} people are never shown."
        )
    return asked


def hidden_groups(people: Mapping[str, float], minimum: int = FLOOR) -> set[str]:
    """Return the groups that must not be shown beside their total.

    Parameters
    ----------
    people : mapping of str to float
        Group to number of people in it.
    minimum : int

    Returns
    -------
    set of str
        Groups below the minimum; when all hidden groups together hold fewer than the minimum,
        subtracting the others from the total would reveal them, so the smallest shown group is
        hidden too.
    """
    hidden = {group for group, size in people.items() if size < minimum}
    shown = sorted((size, group) for group, size in people.items() if size >= minimum)
    alone = sum(people[group] for group in hidden)
    if hidden and shown and alone < minimum:
        hidden.add(shown[0][1])
    return hidden


def hide(outcome: Outcome) -> Outcome:
    """Return an outcome that tells nothing but that it is hidden."""
    kept = tuple(flag for flag in outcome.flags if flag in ("partial", "late"))
    return unknown(SUPPRESSED, HIDDEN, flags=kept)
