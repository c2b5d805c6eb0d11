"""The eleven types of objectives, each with the KPI that speaks for it.

Source: the source article on social media, "à chaque objectif son KPI", all eleven rows.
"""

from __future__ import annotations

from dataclasses import dataclass

NATURE_WORDS = {
    "business": "business",
    "awareness": "awareness",
    "awareness_business": "awareness, for business",
    "internal": "internal",
}
OBJECTIVE_TYPE_WORDS = {
    "revenue": "Raise revenue",
    "forms": "Have forms filled in",
    "event": "Promote an event",
    "offer": "Make a product or service known",
    "visits": "Bring visits to the site",
    "leader": "Raise the profile of a leader",
    "community": "Unite a community (values, a cause)",
    "following": "Grow the following",
    "reputation": "Make the company better known",
    "interactions": "Raise the number of interactions",
    "information": "Pass information on",
}
# The sentence a ready objective begins with; its reader replaces it by one of his own.
STATEMENT_WORDS = {
    "revenue": "Sell more of what our learners need",
    "forms": "Be asked by those whom we can help",
    "event": "Fill the room with people who come",
    "offer": "Have our offer known and bought",
    "visits": "Bring more people to our site",
    "leader": "Have our leader heard in the profession",
    "community": "Bring together those who share our cause",
    "following": "Be followed by more of the right people",
    "reputation": "Be well spoken of",
    "interactions": "Start conversations with our public",
    "information": "Have everyone know what concerns them",
    "training": "Put what was learnt to use",
}


@dataclass(frozen=True)
class ObjectiveType:
    """One type of objective.

    Parameters
    ----------
    id : str
        What `type:` holds in objectives.yaml.
    nature : str
        A key of `NATURE_WORDS`.
    headline : str
        Id of the KPI that speaks for it.
    secondary : tuple of str
        Those beside it.
    """

    id: str
    nature: str
    headline: str
    secondary: tuple[str, ...]

    @property
    def kpis(self) -> tuple[str, ...]:
        """The headline, then the others."""
        return (self.headline, *self.secondary)


_ROWS = (
    ObjectiveType("revenue", "business", "revenue", ("marketing_roi",)),
    ObjectiveType("forms", "business", "qualified_form_submissions", ("contact_form_submissions",)),
    ObjectiveType("event", "business", "event_attendance", ("event_registrations",)),
    ObjectiveType("offer", "business", "units_sold", ("brand_mentions",)),
    ObjectiveType(
        "visits",
        "business",
        "social_sessions",
        ("bounce_rate", "avg_session_duration", "top_pages"),
    ),
    ObjectiveType("leader", "awareness_business", "leader_profile_reach", ("interactions",)),
    ObjectiveType(
        "community", "awareness", "interactions", ("donations_dues", "community_members")
    ),
    ObjectiveType("following", "awareness_business", "follower_growth", ("new_followers",)),
    ObjectiveType(
        "reputation", "awareness_business", "positive_reviews", ("brand_mentions", "net_sentiment")
    ),
    ObjectiveType(
        "interactions", "awareness_business", "interactions", ("avg_post_engagement_rate",)
    ),
    # Being reached and opening are exposure: they stand beside knowing, never for it.
    ObjectiveType(
        "information", "internal", "info_awareness_rate", ("reach", "open_rate_trackable")
    ),
)
OBJECTIVE_TYPES = {each.id: each for each in _ROWS}
