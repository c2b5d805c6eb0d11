"""From an objective or a training to at most four KPIs, and what their data lacks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kpilib.errors import ParameterError, UnknownName, listed
from kpilib.language import LANGUAGES, Say, speaker
from kpilib.objectives.past import Proposal
from kpilib.objectives.sentence import (
    Heard,
    nearest_topics,
    objective_in,
    speaks_of_a_course,
    spellings,
    topic_in,
    words_only,
)
from kpilib.objectives.ten_tests import lacking
from kpilib.saying import error_of, meant, say
from kpilib.topics.catalogue import catalogue

if TYPE_CHECKING:
    from kpilib.answers.asking import Asking


ANY = "any_training"
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


# Type, nature (a key of `NATURE_WORDS`) and KPIs, the one that speaks for it first.
TYPES = (
    ("revenue", "business", "revenue", "marketing_roi"),
    ("forms", "business", "qualified_form_submissions", "contact_form_submissions"),
    ("event", "business", "event_attendance", "event_registrations"),
    ("offer", "business", "units_sold", "brand_mentions"),
    ("visits", "business", "social_sessions", "bounce_rate", "avg_session_duration", "top_pages"),
    ("leader", "awareness_business", "leader_profile_reach", "interactions"),
    ("community", "awareness", "interactions", "donations_dues", "community_members"),
    ("following", "awareness_business", "follower_growth", "new_followers"),
    ("reputation", "awareness_business", "positive_reviews", "brand_mentions", "net_sentiment"),
    ("interactions", "awareness_business", "interactions", "avg_post_engagement_rate"),
    # Being reached and opening are exposure: they stand beside knowing, never for it.
    ("information", "internal", "info_awareness_rate", "reach", "open_rate_trackable"),
)
TRAINING_TOPIC_WORDS = {
    "emailing": "E-mailing",
    "content_marketing": "Content marketing",
    "sales_methods": "Sales methods",
    "seo": "Search engine optimisation (SEO)",
    "lead_acquisition": "Lead acquisition",
    "social_media": "Social media",
    "customer_service": "Customer service",
    ANY: "Any training",
}
# Topic and KPIs, the one that speaks for it first.
TRAININGS = (
    # what a mailing is for, what it brings, and what too much of it costs
    ("emailing", "click_rate", "qualified_leads", "unsubscribe_rate"),
    ("content_marketing", "sessions", "engagement_rate_impressions", "qualified_leads"),
    ("sales_methods", "revenue", "lead_to_customer_rate"),
    # "+20 % organic traffic in six months, thanks to the SEO techniques acquired"
    ("seo", "organic_sessions", "avg_search_position"),
    # cost per lead: "whether training lowers the cost of acquiring prospects"
    ("lead_acquisition", "cost_per_lead", "qualified_leads", "visitor_to_lead_rate"),
    # engagement: "teams better at captivating content and at interacting with the community"
    ("social_media", "engagement_rate_impressions", "interactions"),
    # satisfaction: "the effect of training on the quality of service, and on loyalty"
    ("customer_service", "csat", "customer_retention_rate"),
    # the levels of evaluation: satisfied, learnt, changed, worth it
    (ANY, "training_roi", "training_effect_did", "knowledge_gain", "training_satisfaction"),
)
# Of these each person trained has a figure of their own (contracts, files, ratings), so that others
# can be their control group; a site or a page has one figure for everybody.
PERSONAL = ("sales_methods", "customer_service", ANY)
MOST = 4  # KPIs of one objective


@dataclass(frozen=True)
class Subject:
    """A type of objective, or a topic of trainings, and its KPIs.

    Parameters
    ----------
    id : str
        Of an objective, what `type:` holds in objectives.yaml.
    kpis : tuple of str
        The one that speaks for it first.
    nature : str
        Of an objective, a key of `NATURE_WORDS`.
    personal : bool
        Whether each person trained has a figure of their own.
    """

    id: str
    kpis: tuple[str, ...]
    nature: str = ""
    personal: bool = False


OBJECTIVE_TYPES = {name: Subject(name, (*kpis,), nature) for name, nature, *kpis in TYPES}
TRAINING_TOPICS = {
    name: Subject(name, (*kpis,), personal=name in PERSONAL) for name, *kpis in TRAININGS
}


@dataclass(frozen=True, kw_only=True)
class Pick:
    """What was chosen.

    Parameters
    ----------
    objective : Subject or None
    training : Subject or None
    kpis : tuple of str
        At most four ids, the headline first.
    lost : mapping of str to list of str
        The tables and columns that each KPI lacks; empty where no data was given.
    heard : str
        The word by which a question was understood; empty where a name was given.
    near : tuple of str
        The topics nearest to a question about a training of which none is known.
    """

    objective: Subject | None
    training: Subject | None
    kpis: tuple[str, ...]
    lost: Mapping[str, list[str]] = field(default_factory=dict)
    heard: str = ""
    near: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """The KPI that speaks for the objective."""
        return self.kpis[0]


def _refuse_unasked(*asked: object) -> None:
    """Refuse a question that names neither an objective nor a training, or no text."""
    if all(given is None for given in asked):
        raise error_of(
            UnknownName,
            "Name an objective type or a training topic. Objective types are: {types}. Training"
            " topics are: {topics}.",
            types=listed(OBJECTIVE_TYPES),
            topics=listed(TRAINING_TOPICS),
        )
    for given in asked:
        if given is not None and not isinstance(given, str):
            raise error_of(
                ParameterError,
                "Found {given!r} where an objective or a training is wanted. Write its name or your"
                ' question as one text, such as "Grow the following".',
                given=given,
            )


def picked(
    objective: str | None = None, training: str | None = None, company: Asking | None = None
) -> Pick:
    """Choose KPIs.

    Parameters
    ----------
    objective : str, optional
        An objective type: its id or its name, in either language, accents or not; or a question in
        everyday words about an objective or a training.
    training : str, optional
        A training topic, likewise. With both, the objective's KPIs come first.
    company : Asking, optional
        KPIs beside the headline that its data cannot give come last.

    Raises
    ------
    UnknownName
        There is none of that name; the nearest is suggested, and it is said how to ask.
    """
    _refuse_unasked(objective, training)
    chosen = topic = None
    heard, near = Heard("", ""), ()
    if objective is not None:
        chosen, heard = _objective(objective, alone=training is None)
        training = objective if chosen is None else training
    if training is not None:
        topic, told = _topic(training)
        near = tuple(nearest_topics(training)) if not told.id else ()
        heard = told if told.word else heard
    every = [kpi for each in (chosen, topic) if each is not None for kpi in each.kpis]
    kpis, lost = _known_first(list(dict.fromkeys(every)), company)
    return Pick(objective=chosen, training=topic, kpis=kpis, lost=lost, heard=heard.word, near=near)


def _known_first(
    every: Sequence[str], company: Asking | None
) -> tuple[tuple[str, ...], dict[str, list[str]]]:
    """Return the headline and what stands beside it, and what the company lacks for each."""
    lost = {kpi: lacking(kpi, company) for kpi in every} if company is not None else {}
    beside = sorted(every[1:], key=lambda kpi: bool(lost.get(kpi)))  # stable: order is kept
    kpis = (every[0], *beside)[:MOST]
    return kpis, {kpi: lost[kpi] for kpi in kpis if lost}


def _objective(name: str, *, alone: bool) -> tuple[Subject | None, Heard]:
    """Return the objective that a name or a question means; None of a question on a training."""
    try:
        given = find(name, OBJECTIVE_TYPE_WORDS, say("objective type"))
        return OBJECTIVE_TYPES[given], Heard("", "")
    except UnknownName as error:
        if not _is_question(name):
            raise
        if alone and speaks_of_a_course(name):
            return None, Heard("", "")
        heard = objective_in(name)
        if not heard.id:
            raise _how_to_ask(error, name) from None
        return OBJECTIVE_TYPES[heard.id], heard


def _topic(name: str) -> tuple[Subject, Heard]:
    """Return the topic that a name or a question means; any training where it names none."""
    try:
        given = find(name, TRAINING_TOPIC_WORDS, say("training topic"))
        return TRAINING_TOPICS[given], Heard(given, "")
    except UnknownName as error:
        heard = topic_in(name)
        if not heard.id and not speaks_of_a_course(name):
            raise _how_to_ask(error, name) from None
        return TRAINING_TOPICS[heard.id or ANY], heard


def _is_question(name: str) -> bool:
    return len(words_only(name).split()) > 1


def _how_to_ask(error: UnknownName, name: str) -> UnknownName:
    near = ", ".join(f"{each} ({say(TRAINING_TOPIC_WORDS[each])})" for each in nearest_topics(name))
    return error_of(
        UnknownName,
        "{error} Of trainings, the nearest topics are: {near}. Ask with a word of the topic and"
        " one of the course, such as 'Did our e-mailing course help?', or by name: --training"
        " emailing.",
        error=error,
        near=near,
    )


def find(name: str, words: Mapping[str, str], what: str) -> str:
    """Return the id of a choice by its id or name; a part of a name will do if no other has it."""
    said = spellings(words)
    asked = words_only(name)
    if asked in said:
        return said[asked]
    parts = {key for spelling, key in said.items() if asked and f" {asked} " in f" {spelling} "}
    if len(parts) == 1:
        return parts.pop()
    raise error_of(
        UnknownName,
        "Unknown {what} {name!r}. There are: {choices}.{near}",
        what=what,
        name=name,
        choices=", ".join(f"{key} ({say(text)})" for key, text in words.items()),
        near=_nearest(name, words),
    )


def _nearest(name: str, words: Mapping[str, str]) -> str:
    names: Iterable[str] = [
        *words,
        *(speaker(lang)(text) for lang in LANGUAGES for text in words.values()),
    ]
    return meant(name, names) or meant(words_only(name), spellings(words))


def as_yaml(pick: Pick, proposal: Proposal, say: Say, french: Say, english: Say) -> str:
    """Write a ready objective as the text of an objectives.yaml.

    Comments are in the language that `say` speaks, the statement is in both.
    """
    name = (pick.objective or pick.training).id
    words = STATEMENT_WORDS[pick.objective.id if pick.objective else "training"]
    statement = f"{{en: {_quoted(english(words))}, fr: {_quoted(french(words))}}}"
    kpi = catalogue()[pick.headline]
    lines = [
        f"objectives:  # {say('leave this line out where the file has it already')}",
        "",
        f"  - id: {name}",
        *([f"    type: {pick.objective.id}"] if pick.objective else []),
        f"    kind: {'training' if pick.training else 'malin'}",
        f"    statement: {statement}  # {say('in your own words')}",
        f"    # why: {say('what is it good for?')}",
        f"    # owner: {say('who answers for it, by name?')}",
        "    key_results:",
        f"      - id: kr_{name}",
        f"        kpi: {kpi.id}",
        *([f"        by: {kpi.by}", f"        group:  # {say('which one?')}"] if kpi.by else []),
        "        role: headline",
        "        mode: from_to",
        f"        unit: {_quoted(proposal.unit)}",
        _baseline(proposal, say),
        f"        baseline_period: {_quoted(proposal.month.name)}",
        _target_line(proposal, say),
        f"        start: {proposal.start}",
        f"        end: {proposal.end}",
        f"        reviews: [{', '.join(map(str, proposal.reviews))}]"
        f"  # {say('days on which the target may be changed')}",
    ]
    if others := ", ".join(pick.kpis[1:]):
        lines.append(f"      # {say('Beside it, with role secondary: {kpis}', kpis=others)}")
    return "\n".join(lines) + "\n"


def _baseline(proposal: Proposal, say: Say) -> str:
    if proposal.baseline is None:
        return f"        baseline:  # {say('from which figure does it start?')}"
    return f"        baseline: {proposal.baseline:.10g}"


def _target_line(proposal: Proposal, say: Say) -> str:
    if proposal.target is None:
        return f"        target:  # {say('which figure is to be reached?')}"
    why = say(
        "proposed: of {spans} comparisons with a year before, one in four was better",
        spans=proposal.spans,
    )
    return f"        target: {proposal.target:.10g}  # {why}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
