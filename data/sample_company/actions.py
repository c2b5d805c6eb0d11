"""What the company did and when: campaigns, mailings, fairs, improvements, as its notes tell."""

from __future__ import annotations

from datetime import date

from .business_calendar import FIRST_DAY, LAST_DAY
from .campaigns import CAMPAIGNS, MAILING_ONLY

# A campaign that still runs on the last day has a planned end; search advertising has none.
PLANNED_ENDS = {
    "display_notoriete_2026": date(2026, 11, 30),
    "cloture_2026": date(2026, 12, 15),
}
KINDS = {"sea_marque": "sea", "sea_inter": "sea"}
DESCRIPTIONS = {
    "sea_marque": ("Annonces Google sur notre nom.", "Garder la première place sur notre nom."),
    "sea_inter": ("Annonces Google sur les formations inter.", "Des demandes de devis."),
    "rentree": ("Campagne de rentrée : annonces, mailing, page dédiée.", "Remplir l'automne."),
    "cloture": ("Campagne de fin d'année sur LinkedIn : solder les budgets.", "Des devis intra."),
    "li": ("Annonces LinkedIn pour les responsables RH.", "Des téléchargements de guides."),
    "meta": ("Annonces Facebook pour les reconversions.", "Des demandes de particuliers."),
    "display": ("Campagne display grand public.", "Faire connaître la marque et les formations."),
    "catalogue": ("Mailing du catalogue annuel.", "Des visites des pages de formation."),
}
OTHERS = (
    # action, kind, start, end, objective, training, version, what, what for
    ("salon_2025", "event", date(2025, 3, 19), date(2025, 3, 20), None, None, None,
     "Stand à un salon de la formation.", "Des contacts pour la newsletter."),
    ("club_2025", "event", date(2025, 3, 3), date(2025, 3, 3), "kr_answers", None, None,
     "Ouverture du Club, l'espace d'entraide en ligne.", "Que les apprenants s'entraident."),
    ("fenetre_newsletter_2026", "improvement", date(2026, 1, 12), None, "kr_list", None, None,
     "Fenêtre d'inscription à la newsletter sur le site.", "Une liste plus longue."),
    ("nouveau_site_2026", "seo", date(2026, 2, 16), date(2026, 5, 31), "kr_organic", None, None,
     "Nouveau site, pages de formation réécrites.", "De meilleures positions dans Google."),
    ("salon_2026", "event", date(2026, 3, 18), date(2026, 3, 19), None, None, None,
     "Stand à un salon de la formation.", "Des contacts pour la newsletter."),
    ("rappel_jour_meme_2026", "improvement", date(2026, 4, 1), None, None, None, None,
     "Le commercial répond à toute demande dans la journée.", "Plus de prospects qualifiés."),
    ("formulaire_unique_2026", "improvement", date(2026, 5, 4), None, "kr_resolution", None, None,
     "Un formulaire unique remplace la ligne téléphonique des apprenants.",
     "Des demandes traitées plus vite."),
    ("simulateur_2026", "improvement", date(2026, 10, 19), None, "kr_conversion", None, None,
     "Nouveau bouton : le simulateur de financement.", "Plus de demandes de devis."),
    ("webinaire_ia_2026", "event", date(2026, 11, 19), date(2026, 11, 19), None, None, None,
     "Webinaire public sur l'IA dans les dossiers.", "Cent inscrits."),
)  # fmt: skip


def actions_table() -> dict[str, list]:
    """Return the columns of `actions`, in order of time; campaigns keep their own id."""
    rows = [
        (each.campaign_id, KINDS.get(each.campaign_id, "campaign"), each.first_day, _end(each),
         None, None, None, *_words(each.campaign_id))
        for each in CAMPAIGNS
    ]  # fmt: skip
    rows += [
        (name, "email", day, day, None, None, None, *_words(name))
        for name, day in MAILING_ONLY.items()
    ]
    rows += OTHERS
    rows.sort(key=lambda row: (row[2], row[0]))
    names = (
        "action_id", "kind", "started_at", "ended_at", "objective_id", "training_id", "version",
        "description", "expected_effect",
    )  # fmt: skip
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _end(campaign) -> date | None:
    if campaign.campaign_id in PLANNED_ENDS:
        return PLANNED_ENDS[campaign.campaign_id]
    always = campaign.first_day == FIRST_DAY and campaign.last_day == LAST_DAY
    return None if always else campaign.last_day


def _words(name: str) -> tuple[str, str]:
    return DESCRIPTIONS[name] if name in DESCRIPTIONS else DESCRIPTIONS[name.split("_")[0]]
