"""Reviews, comments and private messages, in French, all invented."""

from __future__ import annotations

import numpy as np

from .business_calendar import DAYS, demand, moments

BODIES = {
    "google_review": {
        "positive": (
            "Formation très concrète, je m'en sers dès le lundi.",
            "Formatrice à l'écoute, exercices utiles.",
            "Groupe de bonne taille et rythme agréable.",
            "Organisation sans faute, je recommande.",
            "Deux journées denses et passionnantes.",
            "Le plan d'action de fin de session change tout.",
            "Très bon contenu, supports clairs.",
            "Enfin une formation qui part de nos cas réels.",
        ),
        "neutral": (
            "Contenu correct, un peu long l'après-midi.",
            "Bien dans l'ensemble, salle bruyante.",
            "Utile, mais le niveau du groupe était inégal.",
        ),
        "negative": (
            "Beaucoup de théorie et peu de pratique.",
            "Convocation reçue la veille, dommage.",
            "Trop cher pour deux demi-journées à distance.",
            "Le programme annoncé n'a pas été suivi.",
        ),
    },
    "comment": {
        "positive": (
            "Merci pour ce partage, très utile !",
            "Exactement ce dont notre équipe avait besoin.",
            "Bravo pour ce guide, limpide.",
            "Toujours aussi clair, merci.",
            "Testé cette semaine, et ça marche.",
        ),
        "neutral": (
            "Le replay sera-t-il disponible ?",
            "À quelle date commence la prochaine session ?",
            "Est-ce ouvert aux indépendants ?",
            "Où trouve-t-on le programme ?",
        ),
        "negative": (
            "Encore un discours de plus sur le sujet.",
            "Le lien ne fonctionne pas.",
            "Je ne suis pas d'accord avec le point 3.",
        ),
    },
    "private_message": {
        "positive": (
            "Merci pour votre accompagnement, tout est en ordre.",
            "Mon dossier est accepté, merci à l'équipe !",
            "Réponse rapide et précise, merci beaucoup.",
            "L'équipe est ravie de la session de la semaine dernière.",
        ),
        "neutral": (
            "Pouvez-vous me renvoyer la convention ?",
            "Je souhaite changer de date.",
            "Quel est le numéro de déclaration ?",
        ),
        "negative": (
            "Je n'ai toujours pas de réponse à ma demande.",
            "Une semaine d'attente pour un devis, c'est long.",
            "Personne ne décroche au service apprenants.",
            "Mon attestation n'est jamais arrivée.",
        ),
    },
}
SLOW_FROM = np.datetime64(
    "2026-05-01"
)  # the learner-relations team is short of people from here on
A_DAY = {"google_review": 0.22, "comment": 0.40, "private_message": 0.34}
MOODS = ("positive", "neutral", "negative")
SHARES = {
    "google_review": (0.80, 0.09, 0.11),
    "comment": (0.56, 0.36, 0.08),
    "private_message": (0.47, 0.40, 0.13),
}
SHARES_SLOW = {"private_message": (0.34, 0.33, 0.33), "google_review": (0.75, 0.10, 0.15)}


def texts_table(rng: np.random.Generator, posts: dict[str, np.ndarray]) -> dict[str, list]:
    """Return the columns of `texts`.

    A review has a rating and no sentiment; a comment or a message has a sentiment and no rating,
    and one in forty
    has none yet.
    """
    rows = []
    starts = posts["published_at"]
    for source, a_day in A_DAY.items():
        days = np.repeat(DAYS, rng.poisson(a_day * (0.4 + 0.6 * demand())))
        for at in np.sort(moments(rng, days)):
            slow = at >= SLOW_FROM
            shares = SHARES_SLOW.get(source, SHARES[source]) if slow else SHARES[source]
            mood = MOODS[int(rng.choice(3, p=shares))]
            bodies = BODIES[source][mood]
            rating = None
            if source == "google_review":
                rating = {
                    "positive": 4.0 + (rng.random() < 0.68),
                    "neutral": 3.0,
                    "negative": 1.0 + (rng.random() < 0.4),
                }[mood]
            subject = None
            if source == "comment":
                subject = posts["post_id"][max(int(np.searchsorted(starts, at)) - 1, 0)]
            waiting = rng.random() < 0.025
            sentiment = None if source == "google_review" or waiting else mood
            rows.append(
                (at, source, subject, rating, bodies[int(rng.integers(0, len(bodies)))], sentiment)
            )
    rows.sort(key=lambda row: (row[0], row[1]))
    return {
        "text_id": [f"t{number:04d}" for number in range(1, len(rows) + 1)],
        "ts": np.array([row[0] for row in rows], dtype="datetime64[s]"),
        "source": [row[1] for row in rows],
        "subject_id": [row[2] for row in rows],
        "language": ["fr"] * len(rows),
        "rating": [row[3] for row in rows],
        "body": [row[4] for row in rows],
        "sentiment": [row[5] for row in rows],
        "is_gold": [False] * len(rows),
    }
