"""A bare sentence put to the ten tests: what it says, what it leaves out, and what to ask.

It reads French and English by a few signs (figures with units, dates, names of KPIs, vague
verbs) and understands nothing: what a sentence cannot tell is not known, never failed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from kpilib.engine.catalogue import catalogue
from kpilib.language import LANGUAGES, speaker
from kpilib.objectives.criteria import Check, check, side_by_side
from kpilib.objectives.verdict import HORIZONS, usual_kind


def plain(text: str) -> str:
    """Return a text without accents and capitals, its words one space apart.

    Signs that figures need (``%``, ``+``, ``-``, ``.``, ``,``) stay.
    """
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return re.sub(r"[^\w%€+.,-]+", " ", bare).strip()


def words_only(text: str) -> str:
    """Return the plain words of a name, for matching names whatever their punctuation."""
    return " ".join(re.findall(r"[a-z0-9]+", plain(text)))


# Stems, without accents: source articles ("ameliorer", "optimiser", "booster") and their kin.
VAGUE = (
    "amelior",
    "optimis",
    "boost",
    "dynamis",
    "renforc",
    "developp",
    "favoris",
    "valoris",
    "modernis",
    "professionnalis",
    "redynamis",
    "maximis",
    "improv",
    "enhanc",
    "optimiz",
    "strengthen",
    "leverag",
    "streamlin",
    "revitali",
    "maximiz",
)
FINDER = re.compile(rf"\b(?:{'|'.join(VAGUE)})\w*")


def vague_word(text: str) -> str:
    """Return the first vague word of a sentence as it stands there, empty if there is none."""
    bare = plain(text)
    found = FINDER.search(bare)
    if found is None:
        return ""
    place = len(bare[: found.start()].split())
    # The same word with its accents, where the words still correspond one to one.
    written = text.split()
    return written[place].strip(",.;:!?\"'«»") if place < len(written) else found[0]


# What people call things, beside the labels of the catalogue.
SPOKEN: dict[str, str] = {
    "trafic organique": "organic_sessions",
    "organic traffic": "organic_sessions",
    "referencement naturel": "organic_sessions",
    "trafic": "sessions",
    "traffic": "sessions",
    "visites": "sessions",
    "visits": "sessions",
    "visiteurs": "unique_visitors",
    "visitors": "unique_visitors",
    "position google": "avg_search_position",
    "rebond": "bounce_rate",
    "bounce": "bounce_rate",
    "prospects qualifies": "qualified_leads",
    "leads qualifies": "qualified_leads",
    "prospects": "leads",
    "cout par lead": "cost_per_lead",
    "cpl": "cost_per_lead",
    "formulaires": "contact_form_submissions",
    "rendez vous": "meetings_booked",
    "taux d ouverture": "open_rate_trackable",
    "open rate": "open_rate_trackable",
    "desinscription": "unsubscribe_rate",
    "taux de clic": "click_rate",
    "abonnes": "followers",
    "taux d engagement": "engagement_rate_impressions",
    "engagement rate": "engagement_rate_impressions",
    "engagement": "engagement_rate_impressions",
    "portee moyenne par post": "avg_reach_per_post",
    "portee": "reach",
    "pages produits": "page_clicks",
    "notoriete": "brand_mentions",
    "mentions": "brand_mentions",
    "avis positifs": "positive_reviews",
    "chiffre d affaires": "revenue",
    "turnover rate": "turnover_rate",
    "ventes": "units_sold",
    "sales": "revenue",
    "panier moyen": "average_order_value",
    "aov": "average_order_value",
    "fidelisation": "customer_retention_rate",
    "retention": "customer_retention_rate",
    "satisfaction": "csat",
    "reclamations": "support_requests",
    "temps de resolution": "avg_resolution_time",
    "absenteisme": "absenteeism_rate",
    "absenteeism": "absenteeism_rate",
    "rotation du personnel": "turnover_rate",
    "membres actifs": "active_member_rate",
}
# What a sentence may be about when it names no KPI: the one that shows it best.
SUBJECTS: dict[str, str] = {
    "newsletter": "click_rate",
    "lettre d information": "click_rate",
    "e mailing": "click_rate",
    "emailing": "click_rate",
    "reseaux sociaux": "engagement_rate_impressions",
    "social media": "engagement_rate_impressions",
    "instagram": "engagement_rate_impressions",
    "linkedin": "engagement_rate_impressions",
    "seo": "organic_sessions",
    "site": "visitor_to_lead_rate",
    "commerciaux": "lead_to_customer_rate",
    "sales team": "lead_to_customer_rate",
    "communaute": "active_member_rate",
    "community": "active_member_rate",
    "clients": "customer_retention_rate",
    "customers": "customer_retention_rate",
    "salaries": "engagement_survey_score",
    "employees": "engagement_survey_score",
    "equipes": "engagement_survey_score",
    "teams": "engagement_survey_score",
    "formation": "training_effect_did",
    "training": "training_effect_did",
}
MONTHS = (
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|"
    "january|february|march|april|may|june|july|august|september|october|november|december"
)
BEFORE_MONTH = "en|in|by|d ici|avant|before|until|fin|end of|debut|mi|d ici fin|d ici a"
ORDINAL = (
    "1er|premier|deuxieme|second|troisieme|quatrieme|first|third|fourth|next|prochain|2e|3e|4e"
)
WRITTEN = {
    "un": 1,
    "une": 1,
    "one": 1,
    "deux": 2,
    "two": 2,
    "trois": 3,
    "three": 3,
    "quatre": 4,
    "four": 4,
    "cinq": 5,
    "five": 5,
    "six": 6,
    "sept": 7,
    "seven": 7,
    "huit": 8,
    "eight": 8,
    "neuf": 9,
    "nine": 9,
    "dix": 10,
    "ten": 10,
    "douze": 12,
    "twelve": 12,
}
SPAN = r"(?:jours?|days?|semaines?|weeks?|mois|months?|trimestres?|quarters?|ans?|annees?|years?)"
DAYS = {"j": 1, "d": 1, "s": 7, "w": 7, "m": 30, "t": 91, "q": 91, "a": 365, "y": 365}
# "each month" is a pace, not an end; it goes first.
PACE = re.compile(rf"\b(?:chaque|tous les|toutes les|par|each|every|per) {SPAN}")
DURATION = re.compile(rf"\b(\d+|{'|'.join(WRITTEN)}) (?:prochaine?s |next |full )?({SPAN})\b")
ENDS = (
    re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b"),
    re.compile(r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"),
    re.compile(rf"\b\d{{1,2}}(?:er|st|nd|rd|th)? (?:of )?(?:{MONTHS})\b(?: \d{{4}})?"),
    re.compile(rf"\b(?:{MONTHS}) \d{{1,4}}\b(?:,? \d{{4}}\b)?"),
    re.compile(rf"\b(?:{BEFORE_MONTH}) (?:{MONTHS})\b"),  # alone, "may" and "mars" are no dates
    re.compile(r"\b[tqs][1-4](?: ?\d{4})?\b"),
    re.compile(rf"\b(?:{ORDINAL}) (?:trimestre|semestre|quarter)\b(?: (?:of |de )?\d{{4}})?"),
    re.compile(
        rf"\b(?:fin|end)(?: (?:du|de|de la|de l|of|of the))? ?(?:ce |cette |this )?"
        rf"(?:{SPAN}|\d{{4}})"
    ),
    re.compile(rf"\b(?:ce|cette|this|le|the) (?:prochaine? |next )?{SPAN}\b(?: prochaine?\b)?"),
    re.compile(rf"\b(?:next|prochaine?) {SPAN}|\b{SPAN} (?:prochaine?|a venir)\b"),
    re.compile(r"\b(?:en|in|by|d ici|avant|before) \d{4}\b"),
)
SIGNED = r"(?<![\w.,])[+-]?\d+(?: \d{3})*(?:[.,]\d+)?"
MEASURED = re.compile(
    rf"€ ?\d|{SIGNED} ?(?:%|€|pts?\b|points?\b|pour cent|percent|per cent|eur\b|euros?\b|k€|"
    r"(?!a\b|to\b|de\b|et\b|and\b|par\b|en\b|in\b|by\b|d\b|sur\b|grace\b|d ici\b)[a-z]{2,})"
)
NUMBER = re.compile(SIGNED)
COUNTED = ("count", "people")  # of these a bare number says enough
REASONED = re.compile(
    r"\b(?:afin de?|pour que|pour [a-z]+(?:er|ir|re)|car|parce que|so that|in order to|because)\b"
)


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """What the ten tests found of a sentence.

    Parameters
    ----------
    text : str
    kpi : str
        Id of the KPI it names, empty if none was recognised.
    vague : bool
        A vague verb, and no figure that would settle it.
    malin, smart : tuple of Check
    """

    text: str
    kpi: str
    vague: bool
    malin: tuple[Check, ...]
    smart: tuple[Check, ...]

    @property
    def valid(self) -> bool:
        """Whether no test failed; some may be unknown."""
        return all(each.passed is not False for each in (*self.malin, *self.smart))

    def failed(self, method: str = "malin") -> str:
        """Return the letters that failed, of ``malin`` or of ``smart``."""
        return "".join(each.letter for each in getattr(self, method) if each.passed is False)


def lint_sentence(text: str) -> Sentence:
    """Put a sentence to the ten tests.

    Parameters
    ----------
    text : str
        In French or in English.

    Returns
    -------
    Sentence
        A test that a sentence cannot tell (is it attainable? is there a review?) is None.
    """
    bare = re.sub(r"['’]", " ", plain(text))
    rest, ended, days = _without_time(bare)
    kpi = named_kpi(bare)
    counted = kpi != "" and catalogue()[kpi].unit in COUNTED
    measured = (NUMBER if counted else MEASURED).search(rest) is not None
    verb = "" if measured else vague_word(text)
    five = (
        _measurable(kpi, measured, NUMBER.search(rest) is not None),
        check("sentence_attainable"),
        _limited(kpi, ended, days),
        _identifiable(kpi, verb),
        check("sentence_negotiable"),
    )
    relevant = check("says_why" if REASONED.search(bare) else "sentence_why")
    both = side_by_side(five, relevant)
    return Sentence(text=text, kpi=kpi, vague=bool(verb), malin=five, smart=both)


def named_kpi(text: str) -> str:
    """Return the id of the KPI that a text names, the longest name first; empty if none."""
    words = f" {words_only(text)} "
    return next((kpi for name, kpi in _names() if f" {name} " in words), "")


def about(text: str) -> str:
    """Return the id of the KPI that a text names, or of one that shows its subject; or nothing."""
    words = f" {words_only(text)} "
    shown = (kpi for subject, kpi in SUBJECTS.items() if f" {subject} " in words)
    return named_kpi(text) or next(shown, "")


@cache
def _names() -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for lang in LANGUAGES:
        say = speaker(lang)
        for kpi in catalogue().values():
            found.setdefault(words_only(say(kpi.label)), kpi.id)
            found.setdefault(words_only(kpi.id.replace("_", " ")), kpi.id)
    found |= SPOKEN
    return tuple(sorted(found.items(), key=lambda each: -len(each[0])))


def _without_time(bare: str) -> tuple[str, bool, int | None]:
    """Take dates and durations out, so that their figures are not taken for targets."""
    rest = PACE.sub(" ", bare)
    days = None
    for number, span in DURATION.findall(rest):
        days = (WRITTEN.get(number) or int(number)) * DAYS[span[0]]
    ended = days is not None
    rest = DURATION.sub(" ", rest)
    for finder in ENDS:
        ended = ended or finder.search(rest) is not None
        rest = finder.sub(" ", rest)
    return rest, ended, days


def _measurable(kpi: str, measured: bool, number: bool) -> Check:
    if not measured:
        return check("number_alone" if number else "no_number")
    return check("number", kpi=catalogue()[kpi].label) if kpi else check("number_of_what")


def _limited(kpi: str, ended: bool, days: int | None) -> Check:
    if not ended:
        return check("no_end")
    if kpi and days is not None:
        kind = usual_kind(catalogue()[kpi])
        needed = HORIZONS[kind].earliest
        if days < needed:
            return check("too_short", kind=kind, days=days, needed=needed)
    return check("says_when")


def _identifiable(kpi: str, verb: str) -> Check:
    if verb:
        return check("vague", word=verb)
    return check("names_kpi", kpi=catalogue()[kpi].label) if kpi else check("sentence_object")
