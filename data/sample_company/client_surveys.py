"""What customers and members are asked: recommendation, support, contents of the Club, polls."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from .answers import Answers, at_hour
from .business_calendar import DAYS, MIDNIGHT_AFTER, moments, workday_on_or_after
from .club import OPENING, Members

QUARTERS = tuple(
    date(year, month, 2)
    for year in (2024, 2025, 2026)
    for month in (1, 4, 7, 10)
    if (2024, 10) <= (year, month)
)
ASKED_A_WAVE = 320
# To find: people who came by themselves recommend the company less and less (nobody answers them),
# while firms, whose account managers stayed, recommend it more. Shift of the mean grade.
COLDER = {
    date(2026, 4, 2): {"individual": -0.5, "RH": 0.2},
    date(2026, 7, 2): {"individual": -1.5, "RH": 0.5},
    date(2026, 10, 2): {"individual": -2.1, "RH": 0.7},
}
RATERS = ("relecture_1", "relecture_2")
CRITERIA = ("relevance", "originality", "added_value", "credibility")
NEW_RATER = "2025-09"  # the second rater of this month does not know the grid yet


def ask_recommendation(rng: np.random.Generator, customers: dict, answers: Answers) -> None:
    """Ask customers every quarter whether they would recommend the company, grouped by kind."""
    for start in QUARTERS:
        known = np.flatnonzero(customers["first_order_at"] < np.datetime64(start, "s"))
        invited = rng.choice(known, size=ASKED_A_WAVE, replace=False)
        opened = workday_on_or_after(start)
        wave, kinds = f"{start:%Y-%m}", customers["customer_kind"]
        for kind in sorted(set(kinds[known])):
            answers.wave(
                "nps", wave, "nps", "customers", kind,
                int((kinds[invited] == kind).sum()), int((kinds[known] == kind).sum()),
                at_hour(opened, 9), at_hour(opened + timedelta(days=20), 18),
            )  # fmt: skip
        for customer in np.sort(invited[rng.random(len(invited)) < 0.37]):
            mean = 8.25 + COLDER.get(start, {}).get(kinds[customer], 0.0)
            value = float(np.clip(np.rint(rng.normal(mean, 1.65)), 0, 10))
            when = moments(rng, np.array([np.datetime64(opened) + int(rng.integers(1, 19))]))[0]
            answers.answer(
                "nps", wave, customers["customer_id"][customer], kinds[customer], "nps",
                "recommendation", (0, 10), value, when,
            )  # fmt: skip


def _month_ends(column: np.ndarray) -> list[tuple[np.datetime64, np.datetime64]]:
    """Return the months of some moments, each with its last evening."""
    months = np.unique(column[~np.isnat(column)].astype("datetime64[M]"))
    return [
        (month, ((month + 1).astype("datetime64[D]") - 1).astype("datetime64[s]") + 18 * 3600)
        for month in months
    ]


def ask_after_support(rng: np.random.Generator, tickets: dict, answers: Answers) -> None:
    """Ask after each resolved request (1 to 5); who waited long is less content."""
    resolved = tickets["resolved_at"]
    hours = (resolved - tickets["opened_at"]).astype(float) / 3600
    for month, closed in _month_ends(resolved):
        asked = np.flatnonzero(
            (resolved.astype("datetime64[M]") == month)
            & (resolved < closed)
            & (tickets["customer_id"] != None)  # noqa: E711 (an array of objects)
        )
        answers.wave(
            "support", str(month), "support", "customers", "all", len(asked), len(asked),
            month.astype("datetime64[s]"), closed,
        )  # fmt: skip
        for ticket in asked[rng.random(len(asked)) < 0.42]:
            mean = (
                4.55 - 0.33 * np.log1p(hours[ticket] / 24) - 0.5 * tickets["is_complaint"][ticket]
            )
            value = float(np.clip(np.rint(rng.normal(mean, 0.75)), 1, 5))
            when = min(resolved[ticket] + int(rng.integers(1_800, 170_000)), closed)
            answers.answer(
                "support", str(month), tickets["customer_id"][ticket], "all", "support",
                "satisfaction", (1, 5), value, when, subject=tickets["ticket_id"][ticket],
            )  # fmt: skip


def rate_contents(
    rng: np.random.Generator, contents: dict[np.datetime64, list[str]], answers: Answers
) -> None:
    """Grade eight contents a month on four criteria (1 to 5), by two raters who mostly agree."""
    for month, names in contents.items():
        wave = str(month)
        opened = (month + 1).astype("datetime64[D]").astype("datetime64[s]") - 4 * 86_400
        closed = min(opened + 3 * 86_400 + 17 * 3600, MIDNIGHT_AFTER - 6 * 3600)
        answers.wave(
            "content_quality", wave, "content_quality", "editors", "all", 2, 2, opened, closed
        )
        for content in names:
            worth = rng.normal(3.5, 0.75)
            for criterion in CRITERIA:
                grade = int(np.clip(np.rint(rng.normal(worth, 0.7)), 1, 5))
                slip = 0.9 if wave == NEW_RATER else 0.2
                differs = rng.random() < slip
                other = int(np.clip(grade + differs * rng.choice((-1, 1)), 1, 5))
                if wave == NEW_RATER:
                    other = int(rng.integers(1, 6))
                for rater, value in zip(RATERS, (grade, other), strict=True):
                    at = opened + int(rng.integers(32_000, 230_000))
                    answers.answer(
                        "content_quality", wave, rater, "all", criterion, criterion, (1, 5),
                        float(value), at, subject=content,
                    )  # fmt: skip


def poll_members(rng: np.random.Generator, members: Members, answers: Answers) -> None:
    """Ask the Club every other month what it wants; fewer and fewer answer."""
    months = np.arange(OPENING.astype("datetime64[M]") + 1, DAYS[-1].astype("datetime64[M]") + 1, 2)
    for place, month in enumerate(months):
        opened = month.astype("datetime64[D]") + 7
        inside = np.flatnonzero(members.present(opened))
        closed = (opened + 14).astype("datetime64[s]") + 18 * 3600
        answers.wave(
            "poll", str(month), "poll", "members", "all", len(inside), len(inside),
            opened.astype("datetime64[s]") + 9 * 3600, closed,
        )  # fmt: skip
        keen = np.clip((0.46 - 0.018 * place) * members.zeal[inside] ** 0.45, 0, 0.95)
        for member in inside[rng.random(len(inside)) < keen]:
            at = opened.astype("datetime64[s]") + 9 * 3600 + int(rng.integers(0, 13 * 86_400))
            choice = float(rng.choice((1, 2, 3, 4), p=(0.38, 0.3, 0.2, 0.12)))
            answers.answer(
                "poll", str(month), members.key[member], "all", "choice", "poll", (1, 4), choice, at
            )
