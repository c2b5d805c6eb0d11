"""Three accounts: their posts, their followers, and the people who act on the posts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .business_calendar import DAYS, HOLIDAYS, demand, weekday

VIRAL_ON = np.datetime64("2026-10-06T11:45:00")
SNAPSHOT_AFTER = 28
FORMATS = ("image", "document", "video", "text", "link")
FORMAT_FACTOR = (1.0, 1.28, 1.05, 0.92, 0.78)


@dataclass(frozen=True)
class Account:
    """An account of the company; rates are per impression."""

    account_id: str
    network: str
    followers: int
    growth_a_day: float
    posts_a_week: float
    shown: float  # impressions of a post, per follower
    reactions: float
    comments: float
    shares: float
    clicks: float
    follows: float
    paid_posts: tuple[str, ...] = ()


ACCOUNTS = (
    Account(
        "acc_linkedin",
        "linkedin",
        3120,
        1.75,
        3.0,
        0.52,
        0.0185,
        0.0019,
        0.0015,
        0.021,
        0.0008,
        (
            "2024-11-21",
            "2024-12-05",
            "2025-03-13",
            "2025-03-27",
            "2025-10-09",
            "2025-10-23",
            "2025-11-20",
            "2025-12-04",
            "2026-03-12",
            "2026-03-26",
            "2026-10-14",
            "2026-10-22",
        ),
    ),
    Account(
        "acc_instagram", "instagram", 1140, 0.95, 2.0, 0.62, 0.033, 0.0022, 0.0016, 0.0035, 0.0007
    ),
    Account(
        "acc_facebook", "facebook", 2360, -0.05, 1.4, 0.24, 0.0125, 0.0016, 0.0018, 0.010, 0.0002
    ),
)
CLEAN_UP = (
    "acc_instagram",
    np.datetime64("2026-02-11"),
    38,
)  # accounts removed by the network, not "lost"


def draw_posts(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the posts in order of time; there are none in the week before All Saints' Day."""
    rows = []
    month, day = (
        DAYS.astype("datetime64[M]").astype(int) % 12 + 1,
        (DAYS - DAYS.astype("datetime64[M]")).astype(int),
    )
    resting = (
        ((month == 10) & (day >= 24))
        | (weekday(DAYS) >= 5)
        | np.isin(DAYS, np.array(sorted(HOLIDAYS), dtype="datetime64[D]"))
    )
    rhythm = np.sqrt(demand()) * ~resting
    for account in ACCOUNTS:
        years = (DAYS - DAYS[0]).astype(int)
        size_then = account.followers + account.growth_a_day * years
        counts = (rng.random(len(DAYS)) < account.posts_a_week / 5 * rhythm).astype(int)
        for index in np.flatnonzero(counts):
            at = (
                DAYS[index].astype("datetime64[s]") + int(rng.choice((8, 9, 12, 12, 17, 18))) * 3600
            )
            at += np.timedelta64(int(rng.integers(0, 3600)), "s")
            rows.append(_post(rng, account, at, size_then[index], False))
        for when in account.paid_posts:
            at = np.datetime64(when, "s") + 10 * 3600 + int(rng.integers(0, 3600))
            rows.append(_post(rng, account, at, size_then[-1] * 7, True))
    rows.append(_viral_post())
    rows.sort(key=lambda row: (row["published_at"], row["account_id"]))
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    columns["post_id"] = np.array(
        [f"b{number:04d}" for number in range(1, len(rows) + 1)], dtype=object
    )
    return columns


def _post(rng, account: Account, at, audience: float, is_paid: bool) -> dict:
    kind = int(rng.choice(len(FORMATS), p=(0.34, 0.2, 0.18, 0.16, 0.12)))
    impressions = int(audience * account.shown * rng.lognormal(-0.07, 0.38))
    lift = FORMAT_FACTOR[kind] * rng.lognormal(-0.03, 0.25) * (0.35 if is_paid else 1.0)
    acts = {
        name: int(rng.poisson(impressions * getattr(account, name) * lift))
        for name in ("reactions", "comments", "shares", "clicks", "follows")
    }
    snapshot = at.astype("datetime64[D]") + SNAPSHOT_AFTER
    return {
        "account_id": account.account_id,
        "network": account.network,
        "published_at": at,
        "is_paid": is_paid,
        "format": FORMATS[kind],
        "impressions": impressions,
        "reach": int(impressions * rng.uniform(0.7, 0.84)),
        "snapshot_at": min(snapshot, DAYS[-1]).astype("datetime64[s]") + 22 * 3600,
    } | acts


def _viral_post() -> dict:
    """To find: a joke on video, seen by everybody, by nobody who needs a course."""
    return {
        "account_id": "acc_linkedin",
        "network": "linkedin",
        "published_at": VIRAL_ON,
        "is_paid": False,
        "format": "video",
        "impressions": 214_600,
        "reach": 187_300,
        "reactions": 486,
        "comments": 41,
        "shares": 77,
        "clicks": 118,
        "follows": 5,
        "snapshot_at": DAYS[-1].astype("datetime64[s]") + 22 * 3600,
    }


def social_daily_table(
    rng: np.random.Generator, posts: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return the columns of `social_daily`: followers at the end of the day, views of the day."""
    blocks = []
    decay = np.array((0.46, 0.26, 0.12, 0.07, 0.05, 0.03, 0.01))
    published = (posts["published_at"].astype("datetime64[D]") - DAYS[0]).astype(int)
    for account in ACCOUNTS:
        size = len(DAYS)
        gained = rng.poisson(max(account.growth_a_day, 0) * demand() + 0.75)
        lost = rng.poisson(np.full(size, 0.75 - min(account.growth_a_day, 0)))
        cleaned = np.where(CLEAN_UP[1] == DAYS, CLEAN_UP[2], 0) * (
            account.account_id == CLEAN_UP[0]
        )
        shown = np.zeros(size + len(decay))
        for index in np.flatnonzero(posts["account_id"] == account.account_id):
            shown[published[index] : published[index] + len(decay)] += (
                posts["impressions"][index] * decay
            )
        impressions = np.floor(shown[:size] + rng.poisson(account.followers * 0.03, size)).astype(
            int
        )
        blocks.append(
            {
                "date": DAYS,
                "account_id": [account.account_id] * size,
                "network": [account.network] * size,
                "dimension": ["total"] * size,
                "followers": account.followers + np.cumsum(gained - lost - cleaned),
                "new_followers": gained,
                "lost_followers": lost,
                "impressions": impressions,
                "reach": np.floor(impressions * rng.uniform(0.74, 0.86, size)).astype(int),
                "profile_contacts": np.zeros(size, dtype=int),
            }
        )
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def interactions_table(
    rng: np.random.Generator, posts: dict[str, np.ndarray], daily: dict
) -> dict[str, list]:
    """Return the columns of `interactions`: one row for each act that the organic posts count, by
    actor.

    People act again and again, unequally; the brand answers most comments. A few people write
    posts of their own
    that name the company (`post`) or mention it (`mention`).
    """
    rows: list[tuple] = []
    for account in ACCOUNTS:
        mine = np.array(daily["account_id"]) == account.account_id
        followers = np.asarray(daily["followers"])[mine]
        pool = int(followers.max()) + 400
        habit = rng.permutation(1.0 / np.arange(6, pool + 6) ** 0.95)
        brand = f"brand_{account.network}"
        ours = (posts["account_id"] == account.account_id) & ~posts["is_paid"]
        for index in np.flatnonzero(ours):
            at, post = posts["published_at"][index], posts["post_id"][index]
            day = int((at.astype("datetime64[D]") - DAYS[0]).astype(int))
            weights = habit[: followers[day]] / habit[: followers[day]].sum()
            of_followers = 0.08 if at == VIRAL_ON else 0.84
            for kind, name in (
                ("reaction", "reactions"),
                ("comment", "comments"),
                ("share", "shares"),
            ):
                count = int(posts[name][index])
                inside = min(rng.binomial(count, of_followers), followers[day] // 2)
                people = rng.choice(followers[day], size=inside, replace=False, p=weights)
                lags = np.minimum(rng.exponential(70_000, count), 600_000).astype(int) + 120
                for rank in range(count):
                    known = rank < inside
                    actor = (
                        _actor(account, people[rank])
                        if known
                        else f"a{rng.integers(400_000, 990_000)}"
                    )
                    rows.append((at + lags[rank], actor, False, known, kind, post, None))
        for kind, a_day in (("post", 0.27), ("mention", 0.2)):
            naming = rng.poisson(a_day * demand() * (account.network == "linkedin"))
            for index in np.repeat(np.arange(len(DAYS)), naming):
                at = DAYS[index].astype("datetime64[s]") + int(rng.integers(28_000, 75_000))
                actor = _actor(account, int(rng.integers(0, followers[index])))
                rows.append((at, actor, False, True, kind, account.account_id, None))
        rows.extend(
            _answers(rng, [row for row in rows if row[4] == "comment"], posts, account, brand)
        )
    rows.sort(key=lambda row: (row[0], row[1], row[4], row[5]))
    return _interaction_columns(rows)


def _actor(account: Account, number: int) -> str:
    offset = 100_000 * (1 + [item.network for item in ACCOUNTS].index(account.network))
    return f"a{offset + int(number) * 7919 % 90_000:06d}"


def _answers(rng, comments: list[tuple], posts, account: Account, brand: str) -> list[tuple]:
    mine = set(posts["post_id"][posts["account_id"] == account.account_id])
    out = []
    for comment in comments:
        at = comment[0] + int(rng.exponential(9 * 3600)) + 600
        if (
            comment[5] in mine
            and rng.random() < 0.62
            and at < DAYS[-1].astype("datetime64[s]") + 80_000
        ):
            out.append((at, brand, True, False, "comment", comment[5], comment))
    return out


def _interaction_columns(rows: list[tuple]) -> dict[str, list]:
    ids = {id(row): f"i{number:05d}" for number, row in enumerate(rows, start=1)}
    return {
        "interaction_id": [ids[id(row)] for row in rows],
        "ts": np.array([row[0] for row in rows], dtype="datetime64[s]"),
        "space": ["social"] * len(rows),
        "actor_key": [row[1] for row in rows],
        "actor_is_brand": [row[2] for row in rows],
        "actor_is_follower": [row[3] for row in rows],
        "kind": [row[4] for row in rows],
        "target_id": [row[5] for row in rows],
        "parent_id": [None if row[6] is None else ids[id(row[6])] for row in rows],
        "target_author_key": [None if row[6] is None else row[6][1] for row in rows],
    }
