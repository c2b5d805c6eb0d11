"""What the staff drops into the feedback box, in French and English, without a name.

Sentences are put together from a small grammar: a theme, a verdict in a tone, and what it is about.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from .business_calendar import MONTHS
from .draws import one_of, pick
from .story import Story

BEGINS = date(2025, 11, 1)  # when the box was put up
A_MONTH = 44
GOLD = 200  # read by two people
ENGLISH = 0.3
TONES = {"positive": 0.3, "neutral": 0.2, "negative": 0.5}
AFTER = {
    "positive": 0.16,
    "neutral": 0.14,
    "negative": 0.7,
}  # of half of the texts, once a team is unhappy
THEMES = {
    "charge": 0.26, "management": 0.18, "communication": 0.2, "reconnaissance": 0.18,
    "environnement": 0.18,
}  # fmt: skip
SINCE = {
    "charge": 0.3, "management": 0.34, "communication": 0.14, "reconnaissance": 0.12,
    "environnement": 0.1,
}  # fmt: skip
SUBJECTS = {
    "fr": {
        "charge": ("la charge de travail", "les heures supplémentaires", "la pression"),
        "management": ("le management", "mon responsable", "la direction"),
        "communication": ("la communication", "les réunions d'équipe", "les consignes"),
        "reconnaissance": ("la reconnaissance", "les primes", "les augmentations"),
        "environnement": ("les bureaux", "la cantine", "l'open space"),
    },
    "en": {
        "charge": ("the workload", "overtime", "the pressure"),
        "management": ("the management", "my manager", "leadership"),
        "communication": ("communication", "the team meetings", "how we are informed"),
        "reconnaissance": ("recognition", "the bonus", "promotion"),
        "environnement": ("the offices", "the canteen", "the air conditioning"),
    },
}
VERDICTS = {
    "fr": {
        "positive": (
            "rien à redire", "pas mal du tout", "nettement mieux qu'avant", "merci, c'est agréable",
            "j'apprécie vraiment les efforts", "aucun problème de mon côté", "bravo à tous",
            "ça n'a jamais été aussi bien", "on ne peut pas se plaindre 🙂",
        ),
        "neutral": (
            "une question pour la prochaine fois", "à voir avec l'équipe en mars",
            "j'ai lu la note de lundi", "le point est prévu jeudi", "idem que le mois passé",
            "je transmets la demande de Nantes",
        ),
        "negative": (
            "ce n'est plus tenable", "je ne suis pas du tout satisfait", "c'est vraiment décevant",
            "rien ne change et c'est usant", "on n'est jamais écouté", "c'est de pire en pire",
            "quel gâchis", "trop, c'est trop", "c'est épuisant, mais tout le monde s'en moque",
            "bravo, encore une promesse de plus", "franchement lassant 😞",
        ),
    },
    "en": {
        "positive": (
            "nothing to complain about", "not bad at all", "much better than before",
            "really helpful, thank you", "great effort this month", "never been so good",
        ),
        "neutral": (
            "a question for the next meeting", "to be discussed on Thursday", "same as in March",
            "I read the note of Monday",
        ),
        "negative": (
            "not acceptable any more", "really disappointing", "nobody listens",
            "it is getting worse", "exhausting, and nobody cares", "I am not happy at all",
            "thanks for yet another promise", "a waste of time 😞",
        ),
    },
}  # fmt: skip
FRAMES = {
    "fr": (
        "Sur {subject} : {verdict}.",
        "À propos : {subject}. {Verdict} !",
        "{Verdict} : {subject}.",
    ),
    "en": ("On {subject}: {verdict}.", "About {subject}: {verdict}!", "{Verdict}: {subject}."),
}
SCORES = {"positive": 0.6, "neutral": 0.0, "negative": -0.6}


def feedback(rng: np.random.Generator, unrest: Story) -> list[dict]:
    """Return the texts of the box in order of time, of which two people read two hundred."""
    rows: list[dict] = []
    for month in (each for each in MONTHS if each >= BEGINS):
        told = bool(unrest.on(month))
        first = np.datetime64(month, "s")
        length = int((np.datetime64(month, "M") + 1).astype("datetime64[s]").astype(int))
        length -= int(first.astype(int))
        for second in np.sort(rng.integers(0, length, A_MONTH + int(rng.integers(-6, 7)))):
            rows.append({"ts": first + second} | _text(rng, told and rng.random() < 0.5))
    gold = set(rng.choice(len(rows), GOLD, replace=False).tolist())
    return [row | {"is_gold": number in gold} for number, row in enumerate(rows)]


def _text(rng: np.random.Generator, told: bool) -> dict:
    language = "en" if rng.random() < ENGLISH else "fr"
    theme, tone = pick(rng, SINCE if told else THEMES), pick(rng, AFTER if told else TONES)
    verdict = one_of(rng, VERDICTS[language][tone])
    body = one_of(rng, FRAMES[language]).format(
        subject=one_of(rng, SUBJECTS[language][theme]),
        verdict=verdict,
        Verdict=verdict[0].upper() + verdict[1:],
    )
    score = float(np.clip(np.round(SCORES[tone] + rng.normal(0, 0.35), 2), -1, 1))
    return {
        "source": "feedback_box",
        "language": language,
        "body": body,
        "themes": theme,
        "sentiment": tone,
        "sentiment_score": score,
    }
