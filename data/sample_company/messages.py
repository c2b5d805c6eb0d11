"""Messages between colleagues: who wrote to whom and when, never what; from one autumn on."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np

from .business_calendar import DAYS, LAST_DAY, weekday
from .draws import Columns, in_order, moments
from .staff import State, present
from .stories import Story

SINCE = date(2025, 11, 1)  # the messenger is new
IN_A_TEAM, BETWEEN_TEAMS = 0.55, 0.05  # pairs who write to each other
A_MONTH = 5.0  # messages each way, beyond the first; half as many in August
HUB, KNOWN = "e026", 0.45  # who knows people in every team, and how many of them
PASSING = 150  # messages of a month to whom one does not write otherwise
ANNOUNCEMENTS = 3  # a month, to all
REMINDERS = 40  # a month, of a bot


def messages_table(rng: np.random.Generator, states: list[State], cut_off: Story) -> Columns:
    """Return the rows of `messages`, one a recipient, in the order of time."""
    everybody = sorted({state.employee_id for state in states})
    affinity = {pair: rng.random() for pair in combinations(everybody, 2)}
    rows: list[tuple] = []
    months = np.arange(np.datetime64(SINCE, "M"), np.datetime64(LAST_DAY, "M") + 1)
    for month in months.tolist():
        staff = {each.employee_id: each.team for each in present(states, month.replace(day=15))}
        days = DAYS[(DAYS.astype("datetime64[M]") == np.datetime64(month, "M"))]
        days = days[weekday(days) < 5]
        ways = [pair for pair in affinity if set(pair) <= staff.keys()]
        ways = [pair for pair in ways if affinity[pair] < _chance(pair, staff, month, cut_off)]
        written = [way for pair in ways for way in (pair, pair[::-1])]
        often = 1 + rng.poisson(A_MONTH / (2 if month.month == 8 else 1), len(written))
        sent = [(*way, 1, False) for way, count in zip(written, often, strict=True)
                for _ in range(count)]  # fmt: skip
        people = sorted(staff)
        passing = rng.integers(0, len(people), (PASSING, 2))
        sent += [(people[a], people[b], 1, False) for a, b in passing if a != b]
        sent += [("bot", people[each], 1, True)
                 for each in rng.integers(0, len(people), REMINDERS)]  # fmt: skip
        at = moments(rng, rng.choice(days, len(sent)))
        rows += [(*each, when, 1) for each, when in zip(sent, at, strict=True)]
        for when in moments(rng, rng.choice(days, ANNOUNCEMENTS)):
            rows += [("e001", to, len(people) - 1, False, when, 0) for to in people if to != "e001"]
    return _numbered(rows)


def _chance(pair: tuple[str, str], staff: dict[str, str], month: date, cut_off: Story) -> float:
    """Return how likely two people are to write to each other in a month."""
    one, other = (staff[each] for each in pair)
    if cut_off.whom in (one, other) and cut_off.on(month):
        alone = any(int(each[1:]) % 2 for each in pair)  # half of the team has nobody left
        return IN_A_TEAM if one == other and not alone else 0.0
    if one == other:
        return IN_A_TEAM
    return KNOWN if HUB in pair else BETWEEN_TEAMS


def _numbered(rows: list[tuple]) -> Columns:
    names = ("sender_key", "recipient_key", "recipients_n", "is_bot", "sent_at", "apart")
    columns = {name: np.array(values) for name, values in zip(names, zip(*rows, strict=True),
                                                              strict=True)}  # fmt: skip
    columns = in_order(columns, "sent_at")
    # An announcement is one message: its rows follow one another, at one second.
    follows = (columns["apart"] == 0) & (np.roll(columns["sent_at"], 1) == columns["sent_at"])
    numbers = np.cumsum(~follows)
    del columns["apart"]
    return columns | {
        "message_id": np.char.add("n", np.char.zfill(numbers.astype(str), 6)),
        "channel": np.where(columns["recipients_n"] > 1, "annonces", "direct"),
    }
