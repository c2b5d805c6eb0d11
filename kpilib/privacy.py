"""Figures about employees: a group of fewer than five is hidden, and so is what would reveal it."""

from __future__ import annotations

from collections.abc import Mapping

from kpilib.errors import CompanyError
from kpilib.outcome import NO_DATA, SUPPRESSED, Outcome, unknown
from kpilib.period import Period

Key = tuple[Period, str]

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
        hidden too. A group of nobody reveals nobody.
    """
    hidden = {group for group, size in people.items() if size < minimum}
    shown = sorted((size, group) for group, size in people.items() if size >= minimum)
    alone = sum(people[group] for group in hidden)
    if shown and 0 < alone < minimum:
        hidden.add(shown[0][1])
    return hidden


def protected(
    answer: Mapping[Key, Outcome], inside: Mapping[Key, float], minimum: int = FLOOR
) -> dict[Key, Outcome]:
    """Hide small groups, period by period, and sums that would reveal a hidden month.

    Parameters
    ----------
    answer : mapping of (Period, group) to Outcome
    inside : mapping of (Period, group) to float
        People in each of the months that longer periods are made of.
    minimum : int

    Returns
    -------
    dict of (Period, group) to Outcome
        Where nobody at all is described, the reason stands: there is nothing to hide.
    """
    people = dict(inside) | {
        key: outcome.people or 0.0 for key, outcome in answer.items() if outcome.status != NO_DATA
    }
    sizes: dict[Period, dict[str, float]] = {}
    for (period, group), size in people.items():
        sizes.setdefault(period, {})[group] = size
    hidden = {
        (period, group)
        for period, groups in sizes.items()
        if any(groups.values())
        for group in hidden_groups(groups, minimum)
    }
    revealing = {
        (whole, group)
        for whole, group in answer
        for part in sizes
        if part.inside(whole) and people.get((part, group)) and (part, group) in hidden
    }
    return {
        key: hide(outcome) if key in hidden | revealing else outcome
        for key, outcome in answer.items()
    }


def hide(outcome: Outcome) -> Outcome:
    """Return an outcome that tells nothing but that it is hidden."""
    kept = tuple(flag for flag in outcome.flags if flag in ("partial", "late"))
    return unknown(SUPPRESSED, HIDDEN, flags=kept)
