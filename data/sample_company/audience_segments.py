"""Who follows: age, country and job of the followers, weekly; and what a leader's voice brings."""

from __future__ import annotations

import numpy as np

from .business_calendar import DAYS, weekday
from .social import ACCOUNTS, VIRAL_ON

AGES = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
COUNTRIES = ("FR", "BE", "CH", "LU", "CA")
JOBS = ("human_resources", "management", "training", "consulting", "other")
# shares on the first and on the last day; the rest has told nothing
SHARES = {
    ("acc_instagram", "age"): ((0.13, 0.33, 0.27, 0.13, 0.05, 0.01),
                               (0.24, 0.34, 0.21, 0.10, 0.04, 0.01)),
    ("acc_facebook", "age"): ((0.04, 0.17, 0.29, 0.26, 0.12, 0.05),
                              (0.03, 0.15, 0.28, 0.28, 0.14, 0.06)),
    ("acc_linkedin", "job"): ((0.31, 0.2, 0.16, 0.11, 0.14), (0.33, 0.2, 0.16, 0.1, 0.14)),
    ("acc_linkedin", "country"): ((0.84, 0.05, 0.04, 0.01, 0.02), (0.80, 0.07, 0.05, 0.01, 0.03)),
    ("acc_instagram", "country"): ((0.86, 0.04, 0.03, 0.0, 0.02), (0.84, 0.05, 0.03, 0.0, 0.03)),
    ("acc_facebook", "country"): ((0.88, 0.04, 0.02, 0.0, 0.01), (0.88, 0.04, 0.02, 0.0, 0.01)),
}  # fmt: skip
VALUES = {"age": AGES, "country": COUNTRIES, "job": JOBS}
SMALLEST = 15  # the networks do not show smaller groups
LEADER_SHARE = 0.16


def leader_posts(rng: np.random.Generator, posts: dict[str, np.ndarray]) -> np.ndarray:
    """Say of each post who signs it: the company, or its director (LinkedIn, not sponsored)."""
    could = (posts["network"] == "linkedin") & ~posts["is_paid"]
    signed = could & (rng.random(len(could)) < LEADER_SHARE) & (posts["published_at"] != VIRAL_ON)
    return np.where(signed, "leader", "brand").astype(object)


def profile_contacts(
    rng: np.random.Generator, posts: dict, authors: np.ndarray, daily: dict
) -> np.ndarray:
    """Return the contacts that the director's profile gains a day, more after a post of theirs."""
    mean = np.full(len(DAYS), 0.55)
    days = (posts["published_at"].astype("datetime64[D]") - DAYS[0]).astype(int)
    for day in days[authors == "leader"]:
        mean[day : day + 4] += np.array((2.4, 1.7, 0.9, 0.5))[: len(mean[day : day + 4])]
    gained = np.asarray(daily["profile_contacts"]).copy()
    gained[np.asarray(daily["account_id"]) == "acc_linkedin"] = rng.poisson(mean)
    return gained


def segment_rows(rng: np.random.Generator, daily: dict) -> dict[str, np.ndarray]:
    """Return rows of `social_daily` by segment, on Sundays and on the last days of months."""
    last_of_month = (DAYS + 1).astype("datetime64[M]") > DAYS.astype("datetime64[M]")
    asked = np.flatnonzero((weekday(DAYS) == 6) | last_of_month)
    accounts, followers = np.asarray(daily["account_id"]), np.asarray(daily["followers"])
    rows: list[tuple] = []
    for account in ACCOUNTS:
        size = followers[accounts == account.account_id]
        for (owner, dimension), (first, last) in SHARES.items():
            if owner != account.account_id:
                continue
            for value, start, end in zip(VALUES[dimension], first, last, strict=True):
                share = start + (end - start) * asked / (len(DAYS) - 1)
                found = np.rint(size[asked] * share * rng.normal(1, 0.006, len(asked))).astype(int)
                rows += [
                    (day, account.account_id, account.network, dimension, value, count)
                    for day, count in zip(DAYS[asked], found, strict=True)
                    if count >= SMALLEST
                ]
    names = ("date", "account_id", "network", "dimension", "dimension_value", "followers")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return columns | {"date": np.array(columns["date"], dtype="datetime64[D]")}
