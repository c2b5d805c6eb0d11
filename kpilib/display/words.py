"""Names that tables hold, as a reader sees them: "organic search", not ``organic_search``.

Codes have words; names from data are made safe to draw: control characters out, long ones cut.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pandas as pd

from kpilib.language import Say
from kpilib.tables.contract import UNKNOWN

LONGEST = 30
SPACES = re.compile(" +")  # no-break spaces stay: figures are written with them
UNSEEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)

RESERVED = (UNKNOWN, "(small groups)", "(missing answers)")  # groups that no table has
# Real names that read like a figure nobody worked out: they are quoted.
LIKE_MISSING = ("nan", "none", "null", "nat", "inf", "infinity", "<na>")

GROUP_WORDS = {
    UNKNOWN: "(unknown)",
    "(small groups)": "(small groups)",
    "(missing answers)": "(missing answers, rounding)",
    "true": "yes",
    "false": "no",
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
    # where ads are shown
    "google_ads": "Google Ads",
    "linkedin_ads": "LinkedIn Ads",
    "meta_ads": "Meta Ads",
    "search_console": "Google Search Console",
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
    # customers
    "high": "High",
    "moderate": "Moderate",
    "low": "Low",
    "gone": "Gone",
    "simple": "Simple requests",
    "complex": "Complex requests",
    "complaint": "Complaints",
    "brand": "The company",
    "leader": "The leader",
    # what is sold, and to whom
    "intra": "In-company",
    "inter": "Open sessions",
    "elearning": "E-learning",
    "product": "Other products",
    "subscription": "Subscriptions",
    "donation": "Donations",
    "dues": "Dues",
    "RH": "HR departments",
    "individual": "Individuals",
    "OPCO": "Training funds (OPCO)",
    # where people write
    "comment": "Comments",
    "community_post": "Community posts",
    "feedback_box": "Suggestion box",
    "google_review": "Google reviews",
    "mention": "Mentions",
    "private_message": "Private messages",
    "support": "Support requests",
    "survey_open": "Open survey answers",
    "online_media": "Online media",
    "social": "Social networks",
    "other": "Other",
    # what members do
    "answer": "Answers",
    "message": "Messages",
    "post": "Posts",
    "question": "Questions",
    "quote": "Quotes",
    "reaction": "Reactions",
    "share": "Shares",
    "download": "Downloads",
    "event": "Events",
    "purchase": "Purchases",
    "new_member": "Members brought",
    "relevance": "Relevance",
    "originality": "Originality",
    "added_value": "Added value",
    "credibility": "Credibility",
    # training
    "before": "Before",
    "during": "During",
    "after": "After",
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
    "acquisition_channel": "Acquisition channel",
    "action": "Action",
    "action_id": "Campaign",
    "activity_id": "Event",
    "activity_kind": "Kind of activity",
    "arm": "Group",
    "author_kind": "Author",
    "campaign_id": "Campaign",
    "channel": "Channel",
    "cost_kind": "Kind of cost",
    "country": "Country",
    "cta_id": "Call to action",
    "customer_kind": "Kind of customer",
    "dimension": "Dimension",
    "dimension_value": "Age group",
    "form_id": "Form",
    "format": "Format",
    "group_key": "Team",
    "hashtag": "Hashtag",
    "item": "Search query, page or ad",
    "hour": "Hour",
    "is_privacy_proxied": "Mailbox that hides openings",
    "joined_year": "Year of joining",
    "item_id": "Question",
    "kind": "Kind",
    "kr_id": "Key result",
    "landing_page": "Landing page",
    "medium": "Medium",
    "method": "Method",
    "network": "Network",
    "objective_id": "Objective",
    "page": "Page",
    "phase": "Phase",
    "platform": "Platform",
    "post_id": "Post",
    "product_kind": "Kind of product",
    "role": "Role",
    "segment": "Segment",
    "source": "Source",
    "step": "Step",
    "step_before": "Out of",
    "subject_id": "Content",
    "survey_id": "Survey",
    "team": "Team",
    "theme": "Theme",
    "training_id": "Training",
    "weekday": "Weekday",
}


def group_words(group: Any, say: Say) -> str:
    """Say the name of a group: known codes in words, names from data as they are."""
    if group is None or (not isinstance(group, str) and pd.isna(group)):
        return say(GROUP_WORDS[UNKNOWN])
    name = clean(group)
    return say(GROUP_WORDS[name]) if name in GROUP_WORDS else as_name(name)


def as_name(name: str) -> str:
    """Return a name from data, quoted where it reads like a figure nobody worked out."""
    return f'"{name}"' if name.lower() in LIKE_MISSING else name


def column_words(column: str, say: Say) -> str:
    """Say the name of a breakdown."""
    return say(COLUMN_WORDS.get(column, column.replace("_", " ").capitalize()))


def clean(text: object) -> str:
    """Return a name as one line without characters that hide, break or reverse what follows."""
    return SPACES.sub(" ", UNSEEN.sub(" ", str(text))).strip(" ")


def width(text: str) -> int:
    """Return the width of a text in columns: wide characters and emoji count twice."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


def shorten(text: object, longest: int = LONGEST) -> str:
    """Return a name cut to `longest` columns, with an ellipsis when something is left out."""
    text = clean(text)
    if width(text) <= longest:
        return text
    kept = ""
    for sign in text:
        if width(kept) + width(sign) > longest - 1:
            break
        kept += sign
    return kept.rstrip() + "…"
