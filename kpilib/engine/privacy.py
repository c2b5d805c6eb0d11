"""Figures about people: what may cut them, and which groups are too small to be shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from kpilib.definitions import Kpi
from kpilib.engine.columns import Figures
from kpilib.engine.outcome import FLAGS, NO_DATA, SUPPRESSED, Key
from kpilib.errors import listed
from kpilib.period import Period
from kpilib.saying import say
from kpilib.tables import TABLES
from kpilib.tables.derive import CONTRACTS, cut
from kpilib.tables.describing import FLOOR

MOST_PARTS = 12  # whose sums are all looked at
# Columns of which every cell is about one person: pseudonyms, and what somebody wrote.
PERSONAL = frozenset(
    column.name for table in TABLES.values() for column in table.columns.values() if column.personal
)
# The key of a row that is about one person names that person as well as their own key does. A key
# that describes is closed by that in its own table alone: other tables call other things so.
ONE_PERSON = frozenset(
    table.key[0]
    for table in TABLES.values()
    if len(table.key) == 1
    and any(column.personal for column in table.columns.values())
    and not table.columns[table.key[0]].describes
)
# Tables whose rows are each about one person at work, in a training or in a survey.
STAFF = tuple(
    name
    for name, table in TABLES.items()
    if any(column.personal for column in table.columns.values())
    and (name in ("absences", "messages") or any(c.describes for c in table.columns.values()))
)
OF_ANSWERS = ("wilson", "net_score")  # intervals of which the denominator counts answers or cases
LEAVING = "leaving"  # what it protects is of those who left, or want to: events, not a group
MESSAGES = "messages"  # who writes to whom: read on stated conditions alone
UNSTATED = "Withheld until company.yaml says on which conditions messages of staff are looked at."
KEPT = np.isin(FLAGS, ["partial", "late"])  # flags that tell nothing of a figure
HIDDEN = "Hidden: the group is too small to be shown, or would reveal one that is."


def refused(kpi: Kpi, by: str | None, breakdowns: Collection[str]) -> str:
    """Say why a KPI may not be broken down by a column; empty when it may.

    Parameters
    ----------
    kpi : Kpi
    by : str or None
    breakdowns : collection of str
        The columns describing a person that the company allows.
    """
    if by is None:
        return ""
    tables = dict.fromkeys([*kpi.tables, *(each.table for each in kpi.measures.values())])
    closed = next((table for table in tables if not _open(table, by, breakdowns)), None)
    if closed is None:
        return ""
    contract = CONTRACTS[closed]
    names = [*contract.aliases, *contract.columns]
    for target in contract.links.values():
        names += CONTRACTS[target].columns
    open_ones = [each for each in dict.fromkeys(names) if _open(closed, each, breakdowns)]
    if not cut(closed, by).column.describes:
        return say(
            "No breakdown of {kpi} by {by!r}: its groups would be single persons. It can be by:"
            " {columns}.",
            kpi=kpi.id,
            by=by,
            columns=listed(open_ones),
        )
    return say(
        "No breakdown of {kpi} by {by!r}: it describes a person, and breakdowns that are"
        " subtracted from each other, such as a team less its manager, give one person's answers"
        " or absence. It can be by: {columns}. To allow it, name it in company.yaml (breakdowns:"
        " [{allowed}]) or in kl.open(..., breakdowns=[...]).",
        kpi=kpi.id,
        by=by,
        columns=listed(open_ones),
        allowed=listed([*breakdowns, by]),
    )


def unstated(kpis: Collection[str]) -> str:
    """Say what a company must state before its KPIs look at who writes to whom."""
    return say(
        "{kpis}: who writes to whom (table {table}) is not looked at until company.yaml says what"
        " that is for, and that staff and works council were informed and its impact on privacy"
        " was assessed. Write there: network: {{purpose: what it is for, as the staff were told,"
        " staff_informed: 2026-01-31, works_council_informed: 2026-01-31, impact_assessment:"
        " 2026-01-31}}, with the days on which it was done.",
        kpis=listed(kpis),
        table=MESSAGES,
    )


def own_refused(kpi: Kpi, by: str, breakdowns: Collection[str]) -> str:
    """Say why a column that no contract declares may not cut a figure about people."""
    people = any(
        column.describes for table in kpi.tables for column in CONTRACTS[table].columns.values()
    )
    if not people or by in breakdowns:
        return ""
    return say(
        "No breakdown of {kpi} by {by!r}: a column of your own may describe a person. To allow"
        " it, name it in company.yaml (breakdowns: [{allowed}]) or in kl.open(...,"
        " breakdowns=[...]).",
        kpi=kpi.id,
        by=by,
        allowed=listed([*breakdowns, by]),
    )


def _open(table: str, by: str, breakdowns: Collection[str]) -> bool:
    found = cut(table, by)
    if found is None:
        return True
    if found.column.describes:
        named = map(CONTRACTS[found.table].column, breakdowns)
        return found.column in named
    return not found.column.personal and found.column.name not in ONE_PERSON


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


def shown_parts(people: Sequence[np.ndarray], minimum: int = FLOOR) -> set[int]:
    """Return the parts of a company that may be shown beside the whole, by their place.

    Parameters
    ----------
    people : sequence of numpy.ndarray
        Of each table that is published of the whole, the people in its cells: a row a part, a
        column a group; the first one has all people of a part in one column.
    minimum : int

    Returns
    -------
    set of int
        The largest parts first, as long as no sum of them, of the whole and of groups leaves fewer
        than the minimum: of those in it, whoever is in a group that reaches beyond it or is itself
        hidden, and the other way round. Of more than `MOST_PARTS` parts, the largest alone.
    """
    sizes = people[0].sum(axis=1)
    largest = np.lexsort((np.arange(len(sizes)), -sizes))[:MOST_PARTS]
    unions = (np.arange(1 << len(largest))[:, None] >> np.arange(len(largest))) & 1
    few = np.zeros(len(unions), dtype=bool)
    for table in people:
        whole = table.sum(axis=0)
        closed = np.isin(np.arange(len(whole)), [*hidden_groups(dict(enumerate(whole)), minimum)])
        inside = unions @ table[largest]
        outside = whole - inside
        crossing = (inside > 0) & (outside > 0)
        for side in (inside, outside):
            for left_over in (crossing, crossing | closed):
                left = np.where(left_over, side, 0).sum(axis=1)
                few |= (left > 0) & (left < minimum)
    shown = np.zeros(len(largest), dtype=bool)
    for place in range(len(largest)):
        shown[place] = True
        shown[place] = not (few & ~(unions.astype(bool) & ~shown).any(axis=1)).any()
    return {int(each) for each in largest[shown]}


def protect(
    found: Figures, inside: Mapping[Key, float], minimum: int = FLOOR, of_events: bool = False
) -> None:
    """Hide small groups, period by period, and sums that would reveal a hidden month.

    Where nobody at all is described, the reason stands: there is nothing to hide.

    Parameters
    ----------
    found : Figures
    inside : mapping of (Period, group) to float
        People in each of the months and quarters that longer periods are made of.
    minimum : int
    of_events : bool
        Whether people are those to whom something happened, in one part alone. Then a longer period
        may be told of which no part is, or no more than lies within others that are told.
    """
    there = found.status != NO_DATA
    described = zip(found.places[there], np.nan_to_num(found.people[there]).tolist(), strict=True)
    people = dict(inside) | dict(described)
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
        for whole, group in found.places
        if _left([(part, group) for part in sizes if part.inside(whole)], people, hidden, of_events)
    }
    hide(found, found.among(hidden | revealing))


def _left(
    parts: Collection[Key], people: Mapping[Key, float], hidden: Collection[Key], of_events: bool
) -> bool:
    """Whether parts that are hidden are left when those that are told are taken off a period."""
    there = [part for part in parts if people.get(part)]
    lost = [period for period, group in there if (period, group) in hidden]
    told = [period for period, group in there if (period, group) not in hidden]
    if not of_events:
        return bool(lost)
    return bool(told) and not all(any(each.inside(other) for other in told) for each in lost)


def describe(kpi: Kpi, found: Figures, minimum: int = FLOOR) -> None:
    """Count the people of a figure by those whom it is worked out of, where these are too few.

    Six may have answered and two of them validly: the interval of none of two tells the two.
    """
    if not kpi.protects:
        return
    fewest = np.full(len(found.places), float(minimum))
    if kpi.base == "people":
        fewest = np.fmin(fewest, found.n)
    if kpi.interval in OF_ANSWERS:
        fewest = np.fmin(fewest, found.denominator)
    found.people = np.where(fewest < minimum, fewest, found.people)


def hide(found: Figures, where: np.ndarray) -> None:
    """Leave nothing of some figures but that they are hidden."""
    found.forget(where, SUPPRESSED, HIDDEN)
    found.flags[where] &= KEPT
