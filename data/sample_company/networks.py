"""Three accounts: their posts, their followers, and the people who act on the posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from .business_calendar import DAYS, HOLIDAYS, MIDNIGHT_AFTER, at_hour, day_number, demand, weekday
from .draws import Columns, pick
from .stories import Story
from .tables import frame, labels


@dataclass(frozen=True)
class Account:
    """An account of the company; rates are per impression, `shown` is impressions per follower."""

    account_id: str
    network: str
    followers: int
    growth_a_day: float
    posts_a_week: float
    shown: float
    acts: dict[str, float]
    paid_posts: tuple[str, ...] = ()


ACTS = ("reactions", "comments", "shares", "clicks", "follows")
ACCOUNTS = (
    Account(
        "acc_linkedin", "linkedin", 3120, 1.75, 3.0, 0.52,
        dict(zip(ACTS, (0.0185, 0.0019, 0.0015, 0.021, 0.0008), strict=True)),
        ("2024-11-21", "2024-12-05", "2025-03-13", "2025-03-27", "2025-10-09", "2025-10-23",
         "2025-11-20", "2025-12-04", "2026-03-12", "2026-03-26", "2026-10-14", "2026-10-22")),
    Account(
        "acc_instagram", "instagram", 1140, 0.95, 2.0, 0.62,
        dict(zip(ACTS, (0.033, 0.0022, 0.0016, 0.0035, 0.0007), strict=True))),
    Account(
        "acc_facebook", "facebook", 2360, -0.05, 1.4, 0.24,
        dict(zip(ACTS, (0.0125, 0.0016, 0.0018, 0.010, 0.0002), strict=True))),
)  # fmt: skip
FORMATS = {"image": 0.34, "document": 0.2, "video": 0.18, "text": 0.16, "link": 0.12}
FORMAT_FACTOR = {"image": 1.0, "document": 1.28, "video": 1.05, "text": 0.92, "link": 0.78}
# accounts removed by the network, not "lost"
CLEAN_UP = ("acc_instagram", np.datetime64("2026-02-11"), 38)
LEADER_SHARE = 0.16


def is_viral(posts: Columns, viral: Story) -> np.ndarray:
    """Return which of the posts went viral."""
    return posts["published_at"] == np.datetime64(viral.by["at"] if viral.told else "NaT")


def draw_posts(rng: np.random.Generator, viral: Story) -> Columns:
    """Return the posts in order of time; there are none in the week before All Saints' Day."""
    month = DAYS.astype("datetime64[M]")
    resting = (month.astype(int) % 12 == 9) & ((DAYS - month).astype(int) >= 24)
    resting |= (weekday(DAYS) >= 5) | np.isin(DAYS, np.array(sorted(HOLIDAYS), "datetime64[D]"))
    rhythm = np.sqrt(demand()) * ~resting
    rows = []
    for account in ACCOUNTS:
        size_then = account.followers + account.growth_a_day * np.arange(len(DAYS))
        posts = rng.random(len(DAYS)) < account.posts_a_week / 5 * rhythm
        for index in np.flatnonzero(posts):
            at = at_hour(DAYS[index], int(rng.choice((8, 9, 12, 12, 17, 18))))
            at += int(rng.integers(0, 3600))
            rows.append(_post(rng, account, at, size_then[index], False))
        for when in account.paid_posts:
            at = at_hour(np.datetime64(when), 10) + int(rng.integers(0, 3600))
            rows.append(_post(rng, account, at, size_then[-1] * 7, True))
    if viral.told:
        at = np.datetime64(viral.by["at"], "s")
        rows.append(_published(ACCOUNTS[0], at, False) | viral.by["counts"])
    rows.sort(key=lambda row: (row["published_at"], row["account_id"]))
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return columns | {"post_id": labels("social_posts", range(1, len(rows) + 1)).to_numpy()}


def _published(account: Account, at: np.datetime64, is_paid: bool) -> dict:
    counted_on = min(at.astype("datetime64[D]") + 28, DAYS[-1])
    return {
        "account_id": account.account_id,
        "network": account.network,
        "published_at": at,
        "is_paid": is_paid,
        "snapshot_at": at_hour(counted_on, 22),
    }


def _post(rng, account: Account, at: np.datetime64, audience: float, is_paid: bool) -> dict:
    kind = pick(rng, FORMATS)
    impressions = int(audience * account.shown * rng.lognormal(-0.07, 0.38))
    lift = FORMAT_FACTOR[kind] * rng.lognormal(-0.03, 0.25) * (0.35 if is_paid else 1.0)
    acts = {
        name: int(rng.poisson(impressions * rate * lift)) for name, rate in account.acts.items()
    }
    reach = int(impressions * rng.uniform(0.7, 0.84))
    seen = {"format": kind, "impressions": impressions, "reach": reach}
    return _published(account, at, is_paid) | seen | acts


def sign_posts(rng: np.random.Generator, posts: Columns, viral: Story) -> Columns:
    """Say of each post who signs it: the company, or its director (LinkedIn, not sponsored)."""
    could = (posts["network"] == "linkedin") & ~posts["is_paid"] & ~is_viral(posts, viral)
    signed = could & (rng.random(len(could)) < LEADER_SHARE)
    return posts | {"author_kind": np.where(signed, "leader", "brand").astype(object)}


def draw_days(rng: np.random.Generator, posts: Columns) -> pl.DataFrame:
    """Return the days of `social_daily`: followers at the end of the day, views of the day."""
    decay = np.array((0.46, 0.26, 0.12, 0.07, 0.05, 0.03, 0.01))
    published, size = day_number(posts["published_at"]), len(DAYS)
    frames = []
    for account in ACCOUNTS:
        gained = rng.poisson(max(account.growth_a_day, 0) * demand() + 0.75)
        lost = rng.poisson(np.full(size, 0.75 - min(account.growth_a_day, 0)))
        owner, day, count = CLEAN_UP
        cleaned = np.where(day == DAYS, count, 0) * (account.account_id == owner)
        shown = np.zeros(size + len(decay))
        for index in np.flatnonzero(posts["account_id"] == account.account_id):
            first = published[index]
            shown[first : first + len(decay)] += posts["impressions"][index] * decay
        shown = shown[:size] + rng.poisson(account.followers * 0.03, size)
        impressions = np.floor(shown).astype(int)
        columns = {
            "date": DAYS,
            "account_id": account.account_id,
            "network": account.network,
            "dimension": "total",
            "followers": account.followers + np.cumsum(gained - lost - cleaned),
            "new_followers": gained,
            "lost_followers": lost,
            "impressions": impressions,
            "reach": np.floor(impressions * rng.uniform(0.74, 0.86, size)).astype(int),
            "profile_contacts": 0,
        }
        frames.append(frame("social_daily", columns))
    return pl.concat(frames)


def profile_contacts(rng: np.random.Generator, posts: Columns, daily: pl.DataFrame) -> pl.DataFrame:
    """Add the contacts that the director's profile gains a day, more after a post of theirs."""
    mean = np.full(len(DAYS) + 4, 0.55)
    for day in day_number(posts["published_at"])[posts["author_kind"] == "leader"]:
        mean[day : day + 4] += (2.4, 1.7, 0.9, 0.5)
    gained = np.zeros(daily.height, dtype=int)
    gained[(daily["account_id"] == "acc_linkedin").to_numpy()] = rng.poisson(mean[: len(DAYS)])
    return daily.with_columns(profile_contacts=pl.Series(gained).cast(pl.Int32))


SEGMENTS = {
    "age": ("18-24", "25-34", "35-44", "45-54", "55-64", "65+"),
    "country": ("FR", "BE", "CH", "LU", "CA"),
    "job": ("human_resources", "management", "training", "consulting", "other"),
}
# shares on the first and on the last day; the rest has told nothing
FOLLOWERS = {
    ("acc_linkedin", "job"): ((0.31, 0.2, 0.16, 0.11, 0.14), (0.33, 0.2, 0.16, 0.1, 0.14)),
    ("acc_linkedin", "country"): ((0.84, 0.05, 0.04, 0.01, 0.02), (0.80, 0.07, 0.05, 0.01, 0.03)),
    ("acc_instagram", "age"): ((0.13, 0.33, 0.27, 0.13, 0.05, 0.01),
                               (0.24, 0.34, 0.21, 0.10, 0.04, 0.01)),
    ("acc_instagram", "country"): ((0.86, 0.04, 0.03, 0.0, 0.02), (0.84, 0.05, 0.03, 0.0, 0.03)),
    ("acc_facebook", "age"): ((0.04, 0.17, 0.29, 0.26, 0.12, 0.05),
                              (0.03, 0.15, 0.28, 0.28, 0.14, 0.06)),
    ("acc_facebook", "country"): ((0.88, 0.04, 0.02, 0.0, 0.01), (0.88, 0.04, 0.02, 0.0, 0.01)),
}  # fmt: skip
SMALLEST = 15  # the networks do not show smaller groups


def draw_segments(rng: np.random.Generator, daily: pl.DataFrame) -> pl.DataFrame:
    """Return rows of `social_daily` by age, country and job, on Sundays and last days of months."""
    last_of_month = (DAYS + 1).astype("datetime64[M]") > DAYS.astype("datetime64[M]")
    asked = np.flatnonzero((weekday(DAYS) == 6) | last_of_month)
    network_of = {account.account_id: account.network for account in ACCOUNTS}
    frames = []
    for (account, dimension), (first, last) in FOLLOWERS.items():
        size = daily.filter(account_id=account)["followers"].to_numpy()[asked]
        for value, start, end in zip(SEGMENTS[dimension], first, last, strict=True):
            share = start + (end - start) * asked / (len(DAYS) - 1)
            columns = {
                "date": DAYS[asked],
                "account_id": account,
                "network": network_of[account],
                "dimension": dimension,
                "dimension_value": value,
                "followers": np.rint(size * share * rng.normal(1, 0.006, len(asked))),
            }
            frames.append(frame("social_daily", columns))
    return pl.concat(frames).filter(pl.col("followers") >= SMALLEST)


def interactions_table(
    rng: np.random.Generator, posts: Columns, daily: pl.DataFrame, viral: Story
) -> list[dict]:
    """Return the rows of `interactions`: one for each act that the organic posts count, by actor.

    People act again and again, unequally; the brand answers most comments. A few people write
    posts of their own that name the company (`post`) or mention it (`mention`).
    """
    rows: list[dict] = []
    for rank, account in enumerate(ACCOUNTS, start=1):
        followers = daily.filter(account_id=account.account_id)["followers"].to_list()
        acts = _acts_on_posts(rng, account, posts, followers, viral)
        acts += _naming(rng, account, followers)
        for act in acts:
            if isinstance(act["actor_key"], int):
                act["actor_key"] = f"a{100_000 * rank + act['actor_key'] * 7919 % 90_000:06d}"
        rows += acts
        mine = set(posts["post_id"][posts["account_id"] == account.account_id])
        rows += _answers(rng, [act for act in rows if act["kind"] == "comment"], mine, account)
    rows.sort(key=lambda row: (row["ts"], row["actor_key"], row["kind"], row["target_id"]))
    for act, number in zip(rows, labels("interactions", range(1, len(rows) + 1)), strict=True):
        act["interaction_id"] = number
    for act in rows:
        asked = act.pop("answers", None)
        if asked:
            act |= {"parent_id": asked["interaction_id"], "target_author_key": asked["actor_key"]}
    return rows


def _act(at: datetime, actor: str | int, kind: str, target: str, known: bool = True) -> dict:
    return {
        "ts": at,
        "space": "social",
        "actor_key": actor,
        "actor_is_brand": False,
        "actor_is_follower": known,
        "kind": kind,
        "target_id": target,
    }


def _acts_on_posts(rng, account: Account, posts: Columns, followers: list, viral: Story) -> list:
    """Return what people do on the organic posts; followers are numbers, in order of joining."""
    acts = []
    habit = rng.permutation(1.0 / np.arange(6, max(followers) + 406) ** 0.95)
    went_viral, days = is_viral(posts, viral), day_number(posts["published_at"])
    for index in np.flatnonzero((posts["account_id"] == account.account_id) & ~posts["is_paid"]):
        at, post, size = (
            posts["published_at"][index],
            posts["post_id"][index],
            followers[days[index]],
        )
        weights = habit[:size] / habit[:size].sum()
        of_followers = viral.by["of_followers"] if went_viral[index] else 0.84
        for name in ("reactions", "comments", "shares"):
            count = int(posts[name][index])
            inside = min(rng.binomial(count, of_followers), size // 2)
            people = rng.choice(size, size=inside, replace=False, p=weights).tolist()
            lags = np.minimum(rng.exponential(70_000, count), 600_000).astype(int) + 120
            others = [f"a{rng.integers(400_000, 990_000)}" for _ in range(count - inside)]
            acts += [
                _act(when, actor, name[:-1], post, known=isinstance(actor, int))
                for when, actor in zip((at + lags).tolist(), people + others, strict=True)
            ]
    return acts


def _naming(rng, account: Account, followers: list) -> list[dict]:
    """Return posts and mentions of people who name the company."""
    acts = []
    for kind, a_day in (("post", 0.27), ("mention", 0.2)):
        naming = rng.poisson(a_day * demand() * (account.network == "linkedin"))
        for index in np.repeat(np.arange(len(DAYS)), naming):
            at = (at_hour(DAYS[index], 0) + int(rng.integers(28_000, 75_000))).item()
            actor = int(rng.integers(0, followers[index]))
            acts.append(_act(at, actor, kind, account.account_id))
    return acts


def _answers(rng, comments: list[dict], mine: set[str], account: Account) -> list[dict]:
    """Return the brand's answers to most comments on the posts of an account."""
    brand, out = {"actor_is_brand": True}, []
    latest = (MIDNIGHT_AFTER - 6400).item()
    for comment in comments:
        lasts = timedelta(seconds=int(rng.exponential(9 * 3600)) + 600)
        at, target = comment["ts"] + lasts, comment["target_id"]
        if target in mine and rng.random() < 0.62 and at < latest:
            answer = _act(at, f"brand_{account.network}", "comment", target, known=False)
            out.append(answer | brand | {"answers": comment})
    return out
