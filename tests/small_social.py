"""What the small company's page, replies, hashtags and webinars add to its tables."""

from __future__ import annotations

import pandas as pd

from tests.maker import Maker

TAGS = ["#Formation", "#formation et #IA", "sans", "#Été2025", None]


def social(m: Maker, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables with the columns that the KPIs of social networks read.

    Parameters
    ----------
    m : Maker
        With a seed of its own, so that the other tables stay as they are.
    tables : dict of str to pandas.DataFrame
    """
    posts, daily = tables["social_posts"], tables["social_daily"]
    acts, texts = tables["interactions"], tables["texts"]
    days, total = len(daily), daily["dimension"].eq("total")
    heard = texts["source"].mask(texts.index % 5 == 0, "mention")
    return tables | {
        "social_posts": posts.assign(
            author_kind=m.pick(["brand", "brand", "leader"], len(posts)),
            reach=m.number(0, 3000, len(posts), 0.05),
        ),
        "social_daily": daily.assign(
            new_followers=m.number(0, 9, days),
            lost_followers=m.number(0, 5, days),
            reach=m.number(0, 400, days, 0.02),
            profile_contacts=pd.Series(m.number(0, 4, days)).where(total),
        ),
        "interactions": acts.assign(
            target_id=m.pick(list(posts["post_id"]), len(acts), 0.3),
            parent_id=m.pick(list(acts["interaction_id"]), len(acts), 0.4),
        ),
        "texts": texts.assign(
            source=heard,
            subject_id=m.pick(list(posts["post_id"]), len(texts), 0.3),
            body=m.pick(TAGS, len(texts)),
        ),
    }
