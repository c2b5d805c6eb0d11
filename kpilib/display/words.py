"""Words for the codes that tables hold: a reader sees "organic search", not ``organic_search``."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.display.label import clean
from kpilib.language import Say

UNKNOWN = "(unknown)"
# Real names that read like a figure nobody worked out: they are quoted.
LIKE_MISSING = ("nan", "none", "null", "nat", "inf", "infinity", "<na>")

GROUP_WORDS = {
    UNKNOWN: "(unknown)",
    # channels
    "affiliate": "Affiliates",
    "direct": "Direct",
    "display": "Display ads",
    "email": "E-mail",
    "organic_search": "Organic search",
    "organic_social": "Organic social",
    "paid_search": "Paid search",
    "paid_social": "Paid social",
    "referral": "Other sites",
    "unassigned": "Unassigned",
    # social networks and posts
    "linkedin": "LinkedIn",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "youtube": "YouTube",
    "twitter": "X (Twitter)",
    "viadeo": "Viadeo",
    "video": "video",
    "image": "image",
    "document": "document",
    "text": "text",
    "link": "link",
    "carousel": "carousel",
    "poll": "poll",
    "article": "article",
    "creators": "Creators",
    "actives": "Active members",
    "spectators": "Spectators",
    # where people write
    "comment": "Comments",
    "community_post": "Community posts",
    "feedback_box": "Suggestion box",
    "google_review": "Google reviews",
    "mention": "Mentions",
    "private_message": "Private messages",
    "support": "Support requests",
    "survey_open": "Open survey answers",
    # training
    "presentiel": "Classroom",
    "en_ligne": "Online",
    "blended": "Blended",
    "micro_learning": "Micro-learning",
    "adaptive": "Adaptive",
    "treated": "Trained",
    "control": "Not trained (control)",
    "analysis": "Analysis",
    "design": "Design",
    "delivery": "Delivery",
    "material": "Materials",
    "venue": "Venue",
    "travel": "Travel",
    "participant_time": "Participants' time",
    "evaluation": "Evaluation",
    "overhead": "Overheads",
    "media": "Media",
    # people at work
    "sickness": "Sickness",
    "work_accident": "Accident at work",
    "commuting_accident": "Commuting accident",
    "occupational_disease": "Occupational disease",
    "unjustified": "Unjustified absence",
    "maternity": "Maternity",
    "authorised": "Authorised leave",
    "paid_leave": "Paid leave",
    "strike": "Strike",
    "resignation": "Resignation",
    "dismissal": "Dismissal",
    "retirement": "Retirement",
    "end_fixed_term": "End of fixed term",
}

COLUMN_WORDS = {
    "account_id": "Account",
    "arm": "Group",
    "campaign_id": "Campaign",
    "channel": "Channel",
    "cost_kind": "Kind of cost",
    "country": "Country",
    "cta_id": "Call to action",
    "dimension": "Dimension",
    "format": "Format",
    "group_key": "Team",
    "item_id": "Question",
    "kind": "Kind",
    "landing_page": "Landing page",
    "medium": "Medium",
    "method": "Method",
    "network": "Network",
    "platform": "Platform",
    "role": "Role",
    "source": "Source",
    "team": "Team",
    "training_id": "Training",
}


def group_words(group: Any, say: Say) -> str:
    """Say the name of a group: known codes in words, names from data as they are."""
    if group is None or (not isinstance(group, str) and pd.isna(group)):
        return say(GROUP_WORDS[UNKNOWN])
    name = clean(group)
    if name.lower() in LIKE_MISSING:
        return f'"{name}"'
    return say(GROUP_WORDS[name]) if name in GROUP_WORDS else name


def column_words(column: str, say: Say) -> str:
    """Say the name of a breakdown."""
    return say(COLUMN_WORDS.get(column, column.replace("_", " ").capitalize()))
