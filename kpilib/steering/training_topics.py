"""What a training is about, and the KPIs in which its effect would show.

Source: the source article on the return of marketing training, which gives content marketing and
sales methods in full, and says of the other KPIs what kind of training each judges. Topics that
no source supports (management, e-mailing) are left out rather than made up.
"""

from __future__ import annotations

from dataclasses import dataclass

TRAINING_TOPIC_WORDS = {
    "content_marketing": "Content marketing",
    "sales_methods": "Sales methods",
    "seo": "Search engine optimisation (SEO)",
    "lead_acquisition": "Lead acquisition",
    "social_media": "Social media",
    "customer_service": "Customer service",
    "any_training": "Any training",
}


@dataclass(frozen=True)
class TrainingTopic:
    """One topic, and its KPIs, the one that speaks for it first."""

    id: str
    kpis: tuple[str, ...]


_ROWS = (
    TrainingTopic(
        "content_marketing", ("sessions", "engagement_rate_impressions", "qualified_leads")
    ),
    TrainingTopic("sales_methods", ("revenue", "lead_to_customer_rate")),
    # "+20 % organic traffic in six months, thanks to the SEO techniques acquired"
    TrainingTopic("seo", ("organic_sessions", "avg_search_position")),
    # cost per lead: "whether training lowers the cost of acquiring prospects"
    TrainingTopic("lead_acquisition", ("cost_per_lead", "qualified_leads", "visitor_to_lead_rate")),
    # engagement: "teams better at captivating content and at interacting with the community"
    TrainingTopic("social_media", ("engagement_rate_impressions", "interactions")),
    # satisfaction: "the effect of training on the quality of service, and on loyalty"
    TrainingTopic("customer_service", ("csat", "customer_retention_rate")),
    # the levels of evaluation: satisfied, learnt, changed, worth it
    TrainingTopic(
        "any_training",
        ("training_roi", "training_effect_did", "knowledge_gain", "training_satisfaction"),
    ),
)
TRAINING_TOPICS = {each.id: each for each in _ROWS}
