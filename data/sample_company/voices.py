"""Further verbatims, all invented: mentions, support requests, posts of the Club; and themes."""

from __future__ import annotations

import numpy as np

from .business_calendar import DAYS, MIDNIGHT_AFTER, demand, moments
from .club_life import Act
from .social import VIRAL_ON
from .support import FORM_FROM

# body of a verbatim (its beginning): its theme
THEMES = {
    "Formation très concrète": "pratique", "Formatrice à l'écoute": "accueil",
    "Groupe de bonne taille": "organisation", "Organisation sans faute": "organisation",
    "Deux journées denses": "contenu", "Le plan d'action": "pratique",
    "Très bon contenu": "contenu", "Enfin une formation": "pratique",
    "Contenu correct": "contenu", "Bien dans l'ensemble": "organisation",
    "Utile, mais le niveau": "niveau", "Beaucoup de théorie": "pratique",
    "Convocation reçue": "organisation", "Trop cher": "prix",
    "Le programme annoncé": "contenu", "Je n'ai toujours pas": "lenteur",
    "Une semaine d'attente": "lenteur", "Personne ne décroche": "lenteur, accueil",
    "Mon attestation n'est": "lenteur, attestation", "Réponse rapide": "accueil",
    "Pouvez-vous me renvoyer": "convention", "Je souhaite changer": "organisation",
}  # fmt: skip
SUPPORT = {  # kind of request: (body, theme, tone)
    "simple": (
        ("Où télécharger mon attestation ?", "attestation", "neutral"),
        ("Mon mot de passe ne marche plus.", "connexion", "neutral"),
        ("Pouvez-vous m'envoyer la convention signée ?", "convention", "neutral"),
        ("À quelle heure commence la session de jeudi ?", "organisation", "neutral"),
        ("Merci, c'est réglé en dix minutes !", "accueil", "positive"),
    ),
    "complex": (
        ("La facture ne correspond pas au devis accepté.", "facturation", "negative"),
        ("Notre financeur demande une pièce qui manque au dossier.", "facturation", "neutral"),
        ("Peut-on répartir huit salariés sur deux sessions ?", "organisation", "neutral"),
        ("Le module ne s'ouvre pas derrière notre pare-feu.", "connexion", "negative"),
        ("Merci d'avoir reconstruit tout le dossier avec moi.", "accueil", "positive"),
    ),
    "complaint": (
        ("Deuxième relance, toujours aucune réponse.", "lenteur", "negative"),
        ("Dix jours pour recevoir une convention, c'est trop.", "lenteur, convention", "negative"),
        ("Session reportée la veille, train non remboursé.", "organisation", "negative"),
        ("Facturé deux fois pour la même journée.", "facturation", "negative"),
        ("Je n'arrive pas à joindre quelqu'un.", "lenteur, accueil", "negative"),
    ),
}
COMPLAINTS_BEFORE, COMPLAINTS_AFTER = (0.1, 0.1, 0.35, 0.38, 0.07), (0.36, 0.22, 0.14, 0.12, 0.16)
MENTIONS = {
    "positive": (
        "Une session Tavelune qui change la façon d'animer une équipe.",
        "Le guide de Tavelune Compétences sur le plan de formation est une référence.",
        "Bel atelier avec Tavelune ce matin, des outils dès demain.",
        "Tavelune cité parmi les organismes qui mesurent vraiment leurs effets.",
    ),
    "neutral": (
        "Tavelune Compétences annonce son calendrier du semestre.",
        "Vu passer le livre blanc de Tavelune sur l'entretien professionnel.",
        "Tavelune participe à la table ronde sur le financement.",
    ),
    "negative": (
        "Trois semaines sans nouvelles de Tavelune pour une attestation.",
        "Tavelune, sympathique en ligne, injoignable au téléphone.",
        "Déçue par la visio de Tavelune : beaucoup de diapositives.",
    ),
}
MEDIA, MEDIA_SHARES = ("social", "online_media", "other"), (0.72, 0.17, 0.11)
HASHTAGS = (
    ("#formation", "#management"), ("#formation", "#rh"), ("#management",), ("#ia", "#formation"),
    ("#cpf", "#reconversion"), ("#rh", "#entretienpro"), ("#competences",), ("#formation",),
)  # fmt: skip
VIRAL_TAGS = ("#humour", "#formation")
CLUB = {
    "question": (
        ("Comment lancez-vous vos entretiens annuels ?", "pratique", "neutral"),
        ("Quelqu'un a-t-il un modèle de plan de formation ?", "outils", "neutral"),
        ("Je bloque sur le calcul du reste à charge, une idée ?", "financement", "neutral"),
    ),
    "post": (
        ("Testé la grille d'écoute avec mon équipe : bluffant.", "pratique", "positive"),
        ("Je partage ma trame d'entretien, servez-vous.", "outils", "positive"),
        ("Retour d'un échec : ma réunion du lundi ne prend pas.", "pratique", "neutral"),
        ("Ma question de juin attend toujours une réponse ici.", "lenteur", "negative"),
    ),
}
TONES = {"positive": 0.62, "neutral": 0.0, "negative": -0.58}
TELLING = 0.25  # a score beyond it says positive or negative


def themed(texts: dict, rng: np.random.Generator) -> dict[str, list]:
    """Return themes, a reviewed tone and a machine's score for the first verbatims.

    Reviews get a tone too, from their stars; one in forty is not read yet. One in six was read by
    a person (`is_gold`): the score stays the machine's, which is wrong now and then.
    """
    bodies, sentiment = texts["body"], list(texts["sentiment"])
    unread = rng.random(len(bodies)) < 0.025
    for place, stars in enumerate(texts["rating"]):
        if stars is not None and not unread[place]:
            sentiment[place] = "positive" if stars >= 4 else "negative" if stars <= 2 else "neutral"
    themes = [next((own for start, own in THEMES.items() if body.startswith(start)), None)
              for body in bodies]  # fmt: skip
    gold = (rng.random(len(bodies)) < 0.17) & np.array([mood is not None for mood in sentiment])
    return {
        "sentiment": sentiment,
        "themes": themes,
        "sentiment_score": _scores(rng, sentiment),
        "is_gold": gold.tolist(),
    }


def _scores(rng: np.random.Generator, moods: list[str | None]) -> list[float | None]:
    """Return what a machine makes of the tone, from -1 to 1: right four times out of five."""
    noise = rng.normal(0, 0.38, len(moods))
    return [
        None if mood is None else float(np.clip(np.round(TONES[mood] + slip, 2), -1, 1))
        for mood, slip in zip(moods, noise, strict=True)
    ]


def further_texts(
    rng: np.random.Generator, posts: dict, tickets: dict, acts: list[Act], act_ids: list[str]
) -> list[tuple]:
    """Return (ts, source, author, subject, body, tone, themes, medium), in order of time."""
    rows = _mentions(rng, posts) + _support(rng, tickets)
    for act, name in zip(acts, act_ids, strict=True):
        if act.kind in CLUB and rng.random() < 0.42:
            grumbles = act.kind == "post" and act.at < np.datetime64("2026-08-01")
            choices = CLUB[act.kind][:-1] if grumbles else CLUB[act.kind]
            body, theme, tone = choices[int(rng.integers(0, len(choices)))]
            rows.append((act.at, "community_post", act.actor, name, body, tone, theme, None))
    return sorted(rows, key=lambda row: (row[0], row[1], str(row[3])))


def _mentions(rng: np.random.Generator, posts: dict) -> list[tuple]:
    days = np.repeat(DAYS, rng.poisson(0.8 * demand()))
    published, out = posts["published_at"], []
    for at in np.sort(moments(rng, days)):
        slow = at >= FORM_FROM
        tone = ("positive", "neutral", "negative")[
            int(rng.choice(3, p=(0.44, 0.36, 0.2) if slow else (0.52, 0.4, 0.08)))
        ]
        medium = MEDIA[int(rng.choice(3, p=MEDIA_SHARES))]
        body = MENTIONS[tone][int(rng.integers(0, len(MENTIONS[tone])))]
        recent = np.flatnonzero((published < at) & (published > at - 6 * 86_400))
        subject = None
        if medium == "social" and len(recent) and rng.random() < 0.7:
            post = recent[int(rng.integers(0, len(recent)))]
            if rng.random() < 0.6 and (published[recent] == VIRAL_ON).any():
                post = recent[published[recent] == VIRAL_ON][0]
            subject = posts["post_id"][post]
            tags = VIRAL_TAGS if published[post] == VIRAL_ON else HASHTAGS[post * 7 % len(HASHTAGS)]
            body = f"{body} {' '.join(tags)}"
        themes = "lenteur" if "semaines sans" in body or "injoignable" in body else None
        out.append((at, "mention", None, subject, body, tone, themes, medium))
    return [row for row in out if row[0] < MIDNIGHT_AFTER]


def _support(rng: np.random.Generator, tickets: dict) -> list[tuple]:
    out = []
    for ticket in np.flatnonzero(rng.random(len(tickets["ticket_id"])) < 0.66):
        at, kind = tickets["opened_at"][ticket], tickets["kind"][ticket]
        shares = (0.24, 0.24, 0.22, 0.2, 0.1)
        if kind == "complaint":
            shares = COMPLAINTS_AFTER if at >= FORM_FROM else COMPLAINTS_BEFORE
        body, theme, tone = SUPPORT[kind][int(rng.choice(5, p=shares))]
        who, subject = tickets["customer_id"][ticket], tickets["ticket_id"][ticket]
        out.append((at, "support", who, subject, body, tone, theme, None))
    return out


def text_rows(rng: np.random.Generator, rows: list[tuple], first_number: int) -> dict[str, list]:
    """Return the columns of `texts` for further verbatims; one in forty is not read yet."""
    unread = rng.random(len(rows)) < 0.025
    tones = [None if wait else row[5] for row, wait in zip(rows, unread, strict=True)]
    gold = (rng.random(len(rows)) < 0.1) & ~unread
    return {
        "text_id": [f"t{first_number + place:04d}" for place in range(len(rows))],
        "ts": np.array([row[0] for row in rows], dtype="datetime64[s]"),
        "source": [row[1] for row in rows],
        "author_key": [row[2] for row in rows],
        "subject_id": [row[3] for row in rows],
        "language": ["fr"] * len(rows),
        "body": [row[4] for row in rows],
        "sentiment": tones,
        "sentiment_score": _scores(rng, tones),
        "themes": [row[6] for row in rows],
        "is_gold": gold.tolist(),
        "medium": [row[7] for row in rows],
    }
