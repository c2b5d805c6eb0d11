"""The small company's customers: what they buy, ask and answer; and its community."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from tests.maker import LAST, Maker, keys

KINDS = ["RH", "individual", "OPCO", "other"]
PRODUCTS = ["intra", "inter", "elearning", "subscription", "donation", "dues", "affiliate"]
EARLY = date(2023, 6, 1)
ACTS = ["visit", "reaction", "comment", "share", "post", "question", "answer", "mention", "quote"]


def customers(m: Maker, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables with those of customers and members, and what their KPIs read besides.

    Parameters
    ----------
    m : Maker
        With a seed of its own, so that the other tables stay as they are.
    tables : dict of str to pandas.DataFrame
    """
    buyers = keys("q", 30)
    tables = tables | _sales(m, buyers)
    tables["support_tickets"] = _tickets(m, buyers)
    tables |= _more_surveys(m, tables, buyers)
    return tables | _community(m, tables)


def _sales(m: Maker, buyers: list[str]) -> dict[str, pd.DataFrame]:
    first = m.instant(30, first=date(2024, 11, 1))
    count = 400
    sales = {
        "customers": pd.DataFrame({
            "customer_id": buyers,
            "customer_kind": m.pick(KINDS, 30),
            "first_order_at": first,
            "acquisition_channel": m.pick(["direct", "email", ""], 30, 0.2),
            "referred_by": m.pick(buyers, 30, 0.5),
        }),
        "orders": pd.DataFrame({
            "order_id": keys("o", count),
            "customer_id": m.pick(buyers, count, 0.03),
            "ordered_at": m.instant(count, first=EARLY),
            # free and paid back now and then; quarters of a euro
            "amount_ht": (m.quarters(900, count, 0.02) * m.sign(count)),
            "margin_ht": m.quarters(300, count, 0.02),
            "product_kind": m.pick(PRODUCTS, count),
            "units": m.number(0, 5, count),
            "status": m.pick(["paid"] * 8 + ["cancelled", "refunded"], count, 0.01),
        }),
    }  # fmt: skip
    orders = sales["orders"]
    back = (orders["amount_ht"] < 0).fillna(False)
    orders.loc[back & (orders["status"] == "cancelled"), "status"] = "refunded"
    # every third refund says how many units came back
    orders["units"] = orders["units"].mask(back & (orders.index % 3 == 0), -orders["units"])
    return sales


def _tickets(m: Maker, buyers: list[str]) -> pd.DataFrame:
    count = 90
    opened = m.instant(count)
    took = pd.to_timedelta(m.rng.integers(60, 400_000, count), unit="s")
    return pd.DataFrame({
        "ticket_id": keys("h", count),
        "customer_id": m.pick(buyers, count, 0.1),
        "opened_at": opened,
        "resolved_at": (opened + took).mask(m.rng.random(count) < 0.15),
        "kind": m.pick(["simple", "complex", "complaint"], count, 0.1),
        "is_complaint": m.truth(0.2, count, 0.05),
    })  # fmt: skip


def _more_surveys(m: Maker, tables: dict, buyers: list[str]) -> dict[str, pd.DataFrame]:
    """Customers' surveys; contents graded by two raters who mostly agree; a poll of members."""
    waves, answers = [], []
    surveys = (
        ("nps", 10, KINDS),
        ("csat", 5, ["all"]),
        ("support", 5, ["all"]),
        ("poll", 4, ["all"]),
    )
    for kind, top, groups in surveys:
        for month in (1, 2):
            closed = pd.Timestamp(2025, month, 26, 12, tz="UTC")
            waves += [(kind, f"w{month}", kind, group, 35, 40, closed) for group in groups]
            for place, who in enumerate(buyers):
                grade = float(m.rng.integers(0 if top == 10 else 1, top + 2))  # one too many
                value = pd.NA if m.rng.random() < 0.08 else grade
                at = pd.Timestamp(2025, month, int(m.rng.integers(2, 25)), 9, tz="UTC")
                low = 0 if top == 10 else 1
                group = groups[place % len(groups)]
                answers.append(
                    (kind, f"w{month}", who, group, kind, low, top, False, value, at, None)
                )
    for month in (1, 2):
        closed = pd.Timestamp(2025, month, 26, 12, tz="UTC")
        waves.append(("grid", f"w{month}", "content_quality", "all", 2, 2, closed))
        for number in range(12):
            for item in ("relevance", "credibility"):
                grade = float(m.rng.integers(1, 6))
                other = min(5.0, grade + (m.rng.random() < 0.15))
                for rater, value in (("r1", grade), ("r2", other)):
                    at = pd.Timestamp(2025, month, int(m.rng.integers(2, 25)), 9, tz="UTC")
                    answers.append((
                        "grid", f"w{month}", rater, "all", item, 1, 5, False, value, at,
                        f"content{number}",
                    ))  # fmt: skip
    old_waves, old = tables["survey_waves"], tables["survey_responses"]
    columns = [name for name in old.columns if name != "response_id"] + ["subject_id"]
    new = pd.DataFrame(answers, columns=columns).astype({"value": "Float64"})
    new.insert(0, "response_id", keys("z", len(new)))
    new_waves = pd.DataFrame(waves, columns=old_waves.columns)
    return {
        "survey_waves": pd.concat([old_waves, new_waves], ignore_index=True),
        "survey_responses": pd.concat([old.assign(subject_id=None), new], ignore_index=True),
    }


def _community(m: Maker, tables: dict) -> dict[str, pd.DataFrame]:
    """Members who come and go, come back, and speak to one another."""
    people, size = keys("p", 40), 90
    members, acts, texts = tables["memberships"], tables["interactions"], tables["texts"]
    new = 14  # who had never been a member
    joined = m.day(size - new, first=date(2024, 9, 1), last=LAST) + m.day(new)
    kinds = m.pick(["community", "community", "association"], size - new) + ["community"] * new
    more = pd.DataFrame({
        "membership_id": keys("bb", size),
        "kind": kinds,
        "person_key": m.pick(people, size - new) + keys("n", new),
        "start_at": joined,
        "end_at": [
            None if m.rng.random() < 0.7 else day + timedelta(days=int(m.rng.integers(0, 200)))
            for day in joined
        ],
        "referred_by": m.pick(people, size, 0.5),
    })  # fmt: skip
    count = 300
    kind = m.pick(ACTS, count)
    asked = [f"ii{number:04d}" for number in range(count) if kind[number] == "question"]
    answered = m.pick(asked, count, 0.05)
    said = pd.DataFrame({
        "interaction_id": keys("ii", count),
        "ts": m.instant(count),
        "space": "community",
        "actor_key": m.pick(people, count, 0.02),
        "actor_is_brand": m.truth(0.05, count, 0.05),
        "kind": kind,
        "parent_id": [
            parent if own in ("answer", "quote", "comment") else None
            for own, parent in zip(kind, answered, strict=True)
        ],
        "target_author_key": m.pick(people, count, 0.6),
        "minutes": pd.Series(m.quarters(40, count, 0.1)).where(pd.Series(kind) == "visit"),
    })  # fmt: skip
    medium = pd.Series(m.pick(["social", "online_media", ""], len(texts), 0.1))
    return {
        "memberships": pd.concat([members, more], ignore_index=True),
        "interactions": pd.concat([acts, said], ignore_index=True).astype(
            {"actor_is_brand": "boolean", "actor_is_follower": "boolean", "minutes": "Float64"}
        ),
        "texts": texts.assign(
            medium=medium.where(texts["source"] == "mention"),
            themes=m.pick(["slow", "slow, price", "price;content", None], len(texts)),
            is_gold=m.truth(0.2, len(texts)),
            sentiment_score=m.quarters(1, len(texts), 0.1),
        ),
    }
