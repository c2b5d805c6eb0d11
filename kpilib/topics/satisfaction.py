"""Customers: what they say of us, what they ask for, and how soon they are helped."""

from __future__ import annotations

from kpilib import definitions as kpi
from kpilib.definitions import ARTICLES, Balance, Benchmark, Kpi, Ratio, Share
from kpilib.measure import Fields, belonging, count, distinct, total
from kpilib.methods.promoters import high_potential_promoters
from kpilib.methods.resolution import median_resolution_time, resolution_time
from kpilib.methods.segments import engagement_segments
from kpilib.methods.themes import recurrent_themes
from kpilib.topics.opinions import (
    beside_boxes,
    left_out,
    recommended,
    recommends,
    response_rate,
    satisfied,
)

TEXTS = "customer_texts"
STARS = (1, 2, 3, 4, 5)
BOUGHT = {"orders": "customer_id ordered_at amount_ht status"}
ANSWERED = {
    "survey_responses": "survey_id wave respondent_key value answered_at",
    "survey_waves": "survey_id wave survey_kind",
}
TONES = ("positive", "neutral", "negative")
TICKETS = "support_tickets"
COMPLAINTS = Ratio(
    count(TICKETS, lambda t: t.is_complaint.fill_null(False)),
    count(TICKETS, lambda t: ~t.is_complaint.is_null()),
    beside_interval="wilson",
)


def rated(t: Fields):
    """A rating in stars; one on another scale is left out and counted."""
    return ((t.rating >= 1) & (t.rating <= 5)).fill_null(False)


def with_stars(number: int):
    """Reviews of so many stars; half a star more is not yet the next."""
    return count(TEXTS, lambda t: rated(t) & (t.rating >= number) & (t.rating < number + 1))


def in_tone(*tones: str):
    """Texts of one of these sentiments."""
    return count(TEXTS, lambda t: t.sentiment.is_in(tones).fill_null(False))


def toned(t: Fields):
    """A text with a sentiment."""
    return t.sentiment.is_in(TONES).fill_null(False)


KPIS = (
    # Customers: what they say of us, and what that is worth.
    recommended(
        "nps",
        id="nps",
        label="Net Promoter Score (NPS)",
        question="Would customers recommend us?",
        formula="100 x (answers 9-10 - answers 0-6) / valid answers 0-10",
        beside={
            "excluded_answers": left_out("nps", recommends("nps")),
            "response_rate": response_rate("nps"),
        },
        reading="From -100 to +100; look at the interval before you look at the change.",
        caveat="Waves are pooled answer by answer; the mean of their scores is another figure.",
        rises="more customers recommend us",
        falls="fewer customers recommend us",
        cuts=("customer_kind",),
        headline=True,
        source="Reichheld (2003), Bain & Company; interval of Rocks (2016).",
        benchmark=Benchmark("Above 50 is called high, and +60 excellent.", ARTICLES),
    ),
    satisfied(
        "csat",
        id="csat",
        label="Customer satisfaction (CSAT)",
        question="Are our customers satisfied?",
        formula="Answers in the two highest boxes of the scale / valid answers",
        beside=beside_boxes("csat"),
        reading="The share of satisfied customers: 4 or 5 out of 5, 9 or 10 out of 10.",
        caveat="Not the mean divided by five; and answers on two scales are never one figure.",
        rises="more customers are satisfied",
        falls="fewer customers are satisfied",
        source="Delighted and Qualtrics usage: satisfied is one of the two highest boxes.",
    ),
    kpi.ratio(
        id="review_score",
        label="Average review rating",
        question="How many stars do reviews give us?",
        formula="Stars given / reviews with stars",
        unit="stars",
        better="higher",
        roll_up="R6",
        tier=2,
        numerator=total(TEXTS, lambda t: t.rating, rated),
        denominator=count(TEXTS, rated),
        unit_of_chance="author_key text_id",
        scale=(1, 5),
        beside={
            "share_4_5_stars": Ratio(
                count(TEXTS, lambda t: rated(t) & (t.rating >= 4)),
                count(TEXTS, rated),
                beside_interval="wilson",
            ),
            **{f"stars_{number}": with_stars(number) for number in STARS},
            "excluded_ratings": count(TEXTS, lambda t: ~t.rating.is_null() & ~rated(t)),
        },
        reading="Read it with the share of 4 and 5 stars and the number of reviews.",
        caveat="Those who write are delighted or angry: a mean hides that there are two groups.",
        source="Hu, Zhang and Pavlou (2009), on the J-shaped distribution of reviews.",
    ),
    Kpi(
        id="net_sentiment",
        label="Net sentiment",
        question="Is what people write about us rather positive or negative?",
        formula="100 x (positive texts - negative texts) / texts with a sentiment",
        unit="points",
        better="higher",
        roll_up="R2",
        value=Balance(
            favourable=in_tone("positive"),
            unfavourable=in_tone("negative"),
            answers=in_tone(*TONES),
            unit_of_chance="author_key",
            persons=distinct(TEXTS, "author_key", lambda t: toned(t) & ~t.author_key.is_null()),
            nameless=count(TEXTS, lambda t: toned(t) & t.author_key.is_null()),
        ),
        beside={
            "negative_share": Ratio(in_tone("negative"), in_tone(*TONES), beside_interval="wilson"),
            "excluded_texts": count(TEXTS, lambda t: ~t.sentiment.is_in(TONES).fill_null(False)),
        },
        interval="net_score",
        reading="From -100 to +100; compare one source with itself, not reviews with messages.",
        caveat="A machine that reads makes mistakes, and the interval does not hold them.",
        rises="what people write gets kinder",
        falls="what people write gets harsher",
        cuts=("source",),
        headline=True,
        source="Net score as for the NPS; correction of a share by Rogan and Gladen (1978).",
    ),
    kpi.worked_out(
        id="complaint_themes",
        label="Recurrent themes",
        question="What must be put right first?",
        formula="Negative texts that mention the theme x its severity",
        unit="count",
        better="neutral",
        roll_up="R11",
        method=recurrent_themes,
        needs={TEXTS: "ts sentiment themes"},
        interval="none",
        by="theme",
        reading="The first of the list is the first to work on; see its share of negative texts.",
        caveat="A theme that is not in the list of themes is not found: read some texts yourself.",
        source="House rule, after the article this kit serves; intervals of shares by Wilson.",
    ),
    kpi.worked_out(
        id="high_potential_promoters",
        label="High-potential promoters",
        question="Which of our best customers recommend us?",
        formula="Customers with a last answer of 9 or 10, 12 months old at most, and a lifetime"
        " value in the highest quarter",
        unit="count",
        better="higher",
        roll_up="R11",
        method=high_potential_promoters,
        needs={**BOUGHT, **ANSWERED},
        interval="none",
        reading="Those whom a referral offer or an early access would suit; read it with the share"
        " of promoters among the other customers.",
        caveat="Only answers that bear the customer's name, with consent, can be joined to orders.",
        source="House rule, after the article this kit serves; difference of shares by Newcombe"
        " (1998).",
    ),
    kpi.worked_out(
        id="engagement_segments",
        label="Engagement segments",
        question="How engaged are our customers, and does it change?",
        formula="Customers of a segment / customers, by a score of recency, frequency, interactions"
        " and recommendation",
        unit="rate",
        better="neutral",
        roll_up="R9",
        tier=2,
        method=engagement_segments,
        needs={**BOUGHT, "customer_spans": "customer_id start_at end_at"},
        interval="none",
        by="segment",
        reading="The thresholds are those of the first twelve months of orders, so segments can"
        " move.",
        caveat="The weights are choices of the company: the score orders customers, it proves"
        " nothing.",
        source="House rule: mean of z-scores, thresholds at the terciles of the reference months.",
    ),
    # Customers: what they ask for, and how soon they are helped.
    kpi.count(
        id="support_requests",
        label="Support requests",
        question="How often do customers ask for help?",
        formula="Requests opened in the period",
        better="neutral",
        tier=2,
        measure=count(TICKETS),
        unit_of_chance="customer_id",
        beside={
            "per_100_active_customers": Ratio(
                count(TICKETS), belonging("closing", "customer_spans", "customer_id"), per=100
            ),
            "complaint_share": COMPLAINTS,
        },
        reading="More customers ask more: read it per active customer before you worry.",
        caveat="Fewer requests may mean fewer problems, or customers who have given up asking.",
        rises="more people ask for help",
        falls="fewer people ask for help",
        cuts=("kind",),
        source="House rule: a request counts on the day it is opened.",
    ),
    kpi.worked_out(
        id="median_resolution_time",
        label="Median resolution time",
        question="By when is half of the requests settled?",
        formula="Hours from opening within which half of the requests opened in the period are"
        " resolved, those still open included",
        unit="hours",
        better="lower",
        roll_up="R6",
        method=median_resolution_time,
        needs={TICKETS: "opened_at resolved_at"},
        reading="One request in two is settled sooner. It is known as soon as half of them are"
        " resolved, and what stays open after that no longer moves it.",
        caveat="It says nothing of the slow half: read the share resolved beside it.",
        rises="people wait longer for help",
        falls="people wait less for help",
        headline=True,
        source="Kaplan and Meier (1958); interval by Brookmeyer and Crowley (1982).",
    ),
    kpi.worked_out(
        id="avg_resolution_time",
        label="Average resolution time",
        question="How soon are requests settled?",
        formula="Hours from opening to resolution / requests opened in the period and resolved",
        unit="hours",
        better="lower",
        roll_up="R6",
        tier=2,
        method=resolution_time,
        needs={TICKETS: "opened_at resolved_at"},
        reading="Read it with the share resolved and the median, which counts those still open.",
        caveat="While requests stay open, the mean is too low: it knows only what is settled, and"
        " gets no verdict.",
        source="Kaplan and Meier (1958) for the median with open requests.",
    ),
    satisfied(
        "support",
        id="support_satisfaction",
        label="Satisfaction with support",
        question="Are those who asked for help satisfied with it?",
        formula="Answers in the two highest boxes of the scale / valid answers about support",
        tier=2,
        beside=beside_boxes("support"),
        reading="As customer satisfaction, among those who have just been helped.",
        caveat="Those whose request is still open have not been asked yet.",
        rises="those who were helped are more satisfied",
        falls="those who were helped are less satisfied",
        source="Delighted and Qualtrics usage: satisfied is one of the two highest boxes.",
    ),
    Kpi(
        id="request_mix",
        label="Kinds of requests",
        question="Do customers ask for help, or complain?",
        formula="Requests of a kind / all requests opened in the period",
        unit="rate",
        better="neutral",
        roll_up="R2",
        tier=2,
        value=Share(count(TICKETS)),
        by="kind",
        beside={"complaint_share": COMPLAINTS},
        interval="wilson",
        reading="The kinds add up to 100 %; a growing share of complaints is the one to look at.",
        caveat="Who opens the ticket chooses its kind: a change of habit looks like a change.",
        source="House rule: the kind and the complaint mark of each ticket.",
    ),
)
