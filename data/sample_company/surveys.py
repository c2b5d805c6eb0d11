"""What staff, customers, participants, editors and members are asked, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps

import numpy as np

from .business_calendar import (
    DAYS,
    LAST_DAY,
    MIDNIGHT_AFTER,
    MONTHS,
    at_hour,
    last_day,
    workday_on_or_after,
)
from .club import OPENING, Act, Members
from .draws import Columns, mark, moment, pick
from .staff import State, staff_on
from .stories import Stories, Story
from .tables import labels
from .trainings import ARMS, Training


@dataclass(frozen=True)
class Survey:
    """Who is asked, on which scale, which items of which dimensions."""

    population: str
    scale: tuple[int, int]
    items: dict[str, str]


CRITERIA = ("relevance", "originality", "added_value", "credibility")
REACTION = ("overall", "content", "usefulness")
BEHAVIOURS = ("prepares", "practises", "shares")
REVERSED = "q8"
SURVEYS = {
    "engagement": Survey("employees", (1, 5), {
        "q1": "satisfaction", "q2": "motivation", "q3": "environment", "q4": "manager",
        "q5": "belonging", "q6": "work_life_balance", "q7": "mission", REVERSED: "belonging"}),
    "enps": Survey("employees", (0, 10), {"enps": "recommendation"}),
    "csat": Survey("customers", (1, 5), {"csat": "satisfaction"}),
    "nps": Survey("customers", (0, 10), {"nps": "recommendation"}),
    "support": Survey("customers", (1, 5), {"support": "satisfaction"}),
    "training_reaction": Survey("participants", (1, 5), dict.fromkeys(REACTION, "reaction")),
    "training_application": Survey(
        "participants", (1, 5), dict.fromkeys(BEHAVIOURS, "application")),
    "content_quality": Survey("editors", (1, 5), dict(zip(CRITERIA, CRITERIA, strict=True))),
    "poll": Survey("members", (1, 4), {"choice": "poll"}),
    "flow": Survey("employees", (1, 7), {"challenge": "challenge", "skill": "skill"}),
    "awareness": Survey("employees", (0, 1), {"recall": "awareness"}),
}  # fmt: skip


class Answers:
    """Collects the rows of `survey_waves` and `survey_responses`."""

    def __init__(self):
        self.waves: list[dict] = []
        self.responses: list[dict] = []

    def wave(self, kind: str, wave: str, opened, closed, invited: int, **other) -> Callable:
        """Open a wave and return how it is answered: by whom, what, when, to which item, of what.

        `other` names its id, group or population size where they are not usual.
        """
        survey = SURVEYS[kind]
        keys = {"survey_id": kind, "wave": wave, "group_key": "all"}
        keys |= {name: value for name, value in other.items() if name in keys}
        row = {
            "survey_kind": kind,
            "population": survey.population,
            "invited_n": invited,
            "population_n": invited,
            "opened_at": opened,
            "closed_at": closed,
        }
        self.waves.append(row | other | keys)

        def answer(who, value: float | None, at, item="", subject: str | None = None) -> None:
            item = item or next(iter(survey.items))
            self.responses.append(
                keys
                | {
                    "respondent_key": who,
                    "item_id": item,
                    "dimension": survey.items[item],
                    "scale_min": survey.scale[0],
                    "scale_max": survey.scale[1],
                    "is_reversed": item == REVERSED,
                    "value": value,
                    "answered_at": at,
                    "subject_id": subject,
                }
            )

        return answer


def _asked(ask: Callable[..., None]) -> Callable[..., tuple[list[dict], list[dict]]]:
    """Let a survey start without answers and return its waves and responses."""

    @wraps(ask)
    def asked(rng: np.random.Generator, *known) -> tuple[list[dict], list[dict]]:
        answers = Answers()
        ask(rng, answers, *known)
        return answers.waves, answers.responses

    return asked


def _quarters(day: int) -> list[date]:
    return [month.replace(day=day) for month in MONTHS if month.month in (1, 4, 7, 10)]


MOOD = {
    "direction": 4.15,
    "commercial": 3.7,
    "marketing": 3.85,
    "pedagogie": 3.8,
    "formateurs": 3.9,
    "relation_apprenants": 3.7,
    "administration": 3.65,
}
# People differ in all items alike, and items of one dimension go together in what is left.
WARM, APART, ALIKE = 1.25, 0.5, 0.6
# From January 2026 on at least six of a team that shrinks answer, so that its figures can be shown.
SIX_ANSWER = ("relation_apprenants", date(2026, 1, 6))


@_asked
def ask_staff(rng, answers: Answers, states: list[State], stories: Stories) -> None:
    """Ask the staff every quarter: engagement (1 to 5), recommendation (0 to 10)."""
    numbers = iter(rng.permutation(900_000) + 100_000)
    unrest, holidays = stories["unrest"], stories["holiday_wave"]
    for start in _quarters(6):
        opened, wave = workday_on_or_after(start), f"{start:%Y-%m}"
        few = holidays.told and start == holidays.since
        share = holidays.by["answering"] if few else 0.79
        for team, size in staff_on(states, opened).items():
            count = int(np.clip(np.round(size * share + rng.normal(0, 0.5)), 1, size))
            if team == SIX_ANSWER[0] and start >= SIX_ANSWER[1]:
                count = max(count, 6)
            times = at_hour(opened, 9), at_hour(opened + timedelta(days=12), 18)
            engaged, recommends = (
                answers.wave(kind, wave, *times, size, group_key=team)
                for kind in ("engagement", "enps")
            )
            unhappy = team == unrest.whom and unrest.on(start)
            drop, cold = unrest.by["mood"].get(start, (0, 0)) if unhappy else (0, 0)
            for _ in range(count):
                person = rng.normal(0, 0.42)
                when = moment(rng, np.datetime64(opened) + int(rng.integers(1, 12)))
                who = f"q{next(numbers)}"
                felt: dict[str, float] = {}
                for item, dimension in SURVEYS["engagement"].items.items():
                    hurt = 1.25 if dimension in ("manager", "belonging") else 0.95
                    own = rng.normal()
                    if dimension in felt:
                        own = ALIKE * felt[dimension] + np.sqrt(1 - ALIKE**2) * own
                    felt.setdefault(dimension, own)
                    value = MOOD[team] + WARM * person - drop * hurt + APART * own
                    value = float(np.clip(np.rint(value), 1, 5))
                    value = 6 - value if item == REVERSED else value
                    engaged(who, None if rng.random() < 0.012 else value, when, item)
                grade = mark(rng, 7.75 + 1.1 * person - cold, 1.5, (0, 10))
                recommends(f"q{next(numbers)}", grade, when)


FLOW_WEEKS = (date(2025, 10, 12), date(2026, 4, 13), date(2026, 10, 12))
MOMENTS = 15  # a person tells of, five days long; one in five is not answered
TOGETHER = 0.4  # how far challenge and skill go together where work absorbs


@_asked
def ask_moments(rng, answers: Answers, states: list[State], no_flow: Story) -> None:
    """Ask two thirds of the staff, three times a day for a week, how hard and how well it went."""
    numbers = iter(rng.permutation(900_000) + 100_000)
    for start in FLOW_WEEKS:
        opened = workday_on_or_after(start)
        for team, size in staff_on(states, opened).items():
            times = at_hour(opened, 9), at_hour(opened + timedelta(days=7), 18)
            answer = answers.wave("flow", f"{start:%Y-%m}", *times, size, group_key=team)
            torn = team == no_flow.whom and no_flow.on(start)
            slope = no_flow.by["together"] if torn else TOGETHER
            for _ in range(max(int(round(size * 0.68)), min(size, 6))):
                who, own = f"q{next(numbers)}", rng.normal(4.3, 0.6, 2)
                for number in range(MOMENTS):
                    common = rng.normal()
                    if rng.random() < 0.2:
                        continue
                    at = at_hour(opened + timedelta(days=number // 3), 10 + 3 * (number % 3))
                    told = zip(("challenge", "skill"), own, (1, np.sign(slope)), strict=True)
                    for item, mean, way in told:
                        part = way * np.sqrt(abs(slope)) * common
                        value = mean + 1.2 * (part + np.sqrt(1 - abs(slope)) * rng.normal())
                        value = float(np.clip(np.rint(value), 1, 7))
                        answer(who, value, at, item, f"{who}_{number:02d}")


NEWS = ((date(2026, 3, 9), 0.82), (date(2026, 10, 12), 0.78))  # asked a week after an announcement


@_asked
def ask_what_is_known(rng, answers: Answers, states: list[State], unread: Story) -> None:
    """Ask one question of recall (0 or 1) a week after an announcement to the staff."""
    numbers = iter(rng.permutation(900_000) + 100_000)
    for start, known in NEWS:
        for team, size in staff_on(states, start).items():
            times = at_hour(start, 9), at_hour(start + timedelta(days=4), 18)
            answer = answers.wave("awareness", f"{start:%Y-%m}", *times, size, group_key=team)
            missed = team == unread.whom and unread.on(start)
            share = unread.by["know"] if missed else known
            for _ in range(max(int(round(size * 0.8)), min(size, 6))):
                when = at_hour(start + timedelta(days=int(rng.integers(0, 4))), 14)
                answer(f"q{next(numbers)}", float(rng.random() < share), when)


@_asked
def ask_after_orders(rng, answers: Answers, orders: Columns) -> None:
    """Ask for satisfaction after paid orders, a wave a month; not after those of the last days."""
    ordered_at, who = orders["ordered_at"], orders["customer_id"]
    asked = (orders["status"] == "paid") & (ordered_at.astype("datetime64[D]") < DAYS[-1] - 3)
    shares = {5: 0.45, 4: 0.38, 3: 0.09, 2: 0.05, 1: 0.03}
    for month in MONTHS:
        mine = np.flatnonzero(asked & _in_month(ordered_at, month))
        opened, closed = _whole_month(month)
        answer = answers.wave("csat", f"{month:%Y-%m}", opened, closed, len(mine))
        for order in mine[rng.random(len(mine)) < 0.34]:
            value = float(pick(rng, shares))
            when = ordered_at[order] + int(rng.integers(4_000, 250_000))
            answer(who[order], value, min(when, closed))


def _in_month(moments: np.ndarray, month: date) -> np.ndarray:
    return moments.astype("datetime64[M]") == np.datetime64(month, "M")


def _came(training: Training, participants: list[dict], arms: tuple[str, ...] = ARMS) -> int:
    """Return how many people of some arms came to a training."""
    return sum(
        row["hours_attended"] > 0 and row["arm"] in arms
        for row in participants
        if row["training_id"] == training.training_id
    )


def _whole_month(month: date) -> tuple[np.datetime64, np.datetime64]:
    return at_hour(month, 0), at_hour(last_day(np.datetime64(month)), 18)


@_asked
def ask_participants(
    rng, answers: Answers, trainings: list[Training], participants: list[dict]
) -> None:
    """Ask for the reaction on the last day: overall, content, usefulness, from 1 to 5."""
    numbers = iter(rng.permutation(90_000) + 10_000)
    for training in trainings:
        key, ended = training.training_id, training.ended_at
        opened, closed = at_hour(ended, 16), at_hour(ended + timedelta(days=7), 18)
        came = _came(training, participants)
        answer = answers.wave(
            "training_reaction", "end", opened, min(closed, at_hour(LAST_DAY, 22)), came,
            survey_id=key, group_key=key, population_n=training.participants,
        )  # fmt: skip
        for _ in range(came):
            if rng.random() > 0.84:
                continue
            who, person = f"z{next(numbers)}", rng.normal(0, 0.4)
            when = opened + int(rng.integers(300, 6000))
            for item, shift in zip(REACTION, (0.0, 0.02, -0.08), strict=True):
                value = mark(rng, training.reaction + shift + person, 0.55)
                answer(who, value, when, item, key)


@_asked
def ask_at_work(rng, answers: Answers, trainings: list[Training], participants: list[dict]) -> None:
    """Ask two to three months after how often three behaviours are seen at work, from 1 to 5."""
    numbers = iter(rng.permutation(90_000) + 100_000)
    for training in trainings:
        key, ended = training.training_id, training.ended_at
        if ended + timedelta(days=90) > LAST_DAY:
            continue
        came = _came(training, participants, ARMS[:1])
        opened, closed = (at_hour(ended + timedelta(days=n), h) for n, h in ((60, 9), (90, 18)))
        answer = answers.wave(
            "training_application", "after 3 months", opened, closed, came,
            survey_id=key, group_key=key,
        )  # fmt: skip
        for _ in range(came):
            if rng.random() > 0.66:
                continue
            who, applies = f"y{next(numbers)}", rng.random() < training.applies
            when = moment(rng, np.datetime64(ended) + int(rng.integers(61, 89)))
            best = int(rng.integers(0, len(BEHAVIOURS)))
            for place, item in enumerate(BEHAVIOURS):
                often = applies and (place == best or rng.random() < 0.4)
                value = float(rng.integers(4, 6) if often else rng.integers(1, 4))
                answer(who, value, when, item, key)


ASKED_A_WAVE = 320


@_asked
def ask_recommendation(rng, answers: Answers, customers: Columns, cold: Story) -> None:
    """Ask customers every quarter whether they would recommend the company, grouped by kind."""
    kinds = customers["customer_kind"]
    for start in _quarters(2):
        known = np.flatnonzero(customers["first_order_at"] < np.datetime64(start, "s"))
        invited = rng.choice(known, size=ASKED_A_WAVE, replace=False)
        opened = workday_on_or_after(start)
        times = at_hour(opened, 9), at_hour(opened + timedelta(days=20), 18)
        answer = {
            kind: answers.wave(
                "nps", f"{start:%Y-%m}", *times, int((kinds[invited] == kind).sum()),
                group_key=kind, population_n=int((kinds[known] == kind).sum()),
            )
            for kind in sorted(set(kinds[known]))
        }  # fmt: skip
        for customer in np.sort(invited[rng.random(len(invited)) < 0.37]):
            kind = kinds[customer]
            shift = cold.by["grade"].get(start, {}).get(kind, 0.0) if cold.on(start) else 0.0
            value = mark(rng, 8.25 + shift, 1.65, (0, 10))
            when = moment(rng, np.datetime64(opened) + int(rng.integers(1, 19)))
            answer[kind](customers["customer_id"][customer], value, when)


@_asked
def ask_after_support(rng, answers: Answers, tickets: Columns) -> None:
    """Ask after each resolved request (1 to 5); who waited long is less content."""
    resolved = tickets["resolved_at"]
    hours = (resolved - tickets["opened_at"]).astype(float) / 3600
    known = np.array([who is not None for who in tickets["customer_id"]])
    for month in MONTHS:
        opened, closed = _whole_month(month)
        asked = np.flatnonzero(_in_month(resolved, month) & (resolved < closed) & known)
        answer = answers.wave("support", f"{month:%Y-%m}", opened, closed, len(asked))
        for ticket in asked[rng.random(len(asked)) < 0.42]:
            complains = 0.5 * tickets["is_complaint"][ticket]
            value = mark(rng, 4.55 - 0.33 * np.log1p(hours[ticket] / 24) - complains, 0.75)
            when = min(resolved[ticket] + int(rng.integers(1_800, 170_000)), closed)
            who, subject = tickets["customer_id"][ticket], tickets["ticket_id"][ticket]
            answer(who, value, when, subject=subject)


CLUB_MONTHS = np.arange(OPENING.astype("datetime64[M]") + 1, DAYS[-1].astype("datetime64[M]") + 1)
RATERS = ("relecture_1", "relecture_2")
# What the Club was told that its answers changed.
CHANGED = ("Un atelier en soirée par mois", "Des fiches plus courtes", "Un fil pour les débutants")


def _contents(posts: Columns, acts: list[Act]) -> Iterator[tuple[np.datetime64, list[str]]]:
    """Give eight contents a month: five posts of the networks, three of the Club."""
    published = posts["published_at"].astype("datetime64[M]")
    in_club = [
        (act.at.astype("datetime64[M]"), name)
        for act, name in zip(acts, labels("interactions", range(1, len(acts) + 1)), strict=True)
        if act.kind == "post"
    ]
    for month in CLUB_MONTHS:
        shared = [name for then, name in in_club if then == month]
        yield month, [*posts["post_id"][published == month][:5], *shared[:3]]


@_asked
def rate_contents(rng, answers: Answers, posts: Columns, acts: list[Act], new_rater: Story) -> None:
    """Grade eight contents a month on four criteria (1 to 5), by two raters who mostly agree."""
    for month, names in _contents(posts, acts):
        # the second rater of the month does not know the grid yet
        is_new = new_rater.told and month == np.datetime64(new_rater.since, "M")
        opened = at_hour(last_day(month) - 3, 0)
        closed = min(opened + 3 * 86_400 + 17 * 3600, MIDNIGHT_AFTER - 6 * 3600)
        answer = answers.wave("content_quality", str(month), opened, closed, len(RATERS))
        for content in names:
            worth = rng.normal(3.5, 0.75)
            for criterion in CRITERIA:
                first = mark(rng, worth, 0.7)
                differs = rng.random() < (0.9 if is_new else 0.2)
                second = float(np.clip(first + differs * rng.choice((-1, 1)), 1, 5))
                if is_new:
                    second = float(rng.integers(1, 6))
                for rater, value in zip(RATERS, (first, second), strict=True):
                    at = opened + int(rng.integers(32_000, 230_000))
                    answer(rater, value, at, criterion, content)


@_asked
def poll_members(rng, answers: Answers, members: Members) -> None:
    """Ask the Club every other month what it wants; fewer and fewer answer."""
    for place, month in enumerate(CLUB_MONTHS[::2]):
        day = month.astype("datetime64[D]") + 7
        inside = np.flatnonzero(members.present(day))
        opened, closed = at_hour(day, 9), at_hour(day + 14, 18)
        told = closed + 6 * 86_400
        known = {"results_at": told, "what_changed": CHANGED[place % len(CHANGED)]}
        known = known if told < MIDNIGHT_AFTER else {}
        answer = answers.wave("poll", str(month), opened, closed, len(inside), **known)
        keen = np.clip((0.46 - 0.018 * place) * members.zeal[inside] ** 0.45, 0, 0.95)
        for member in inside[rng.random(len(inside)) < keen]:
            at = opened + int(rng.integers(0, 13 * 86_400))
            choice = float(pick(rng, {1: 0.38, 2: 0.3, 3: 0.2, 4: 0.12}))
            answer(members.key[member], choice, at)
