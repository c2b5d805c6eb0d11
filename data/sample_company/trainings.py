"""Trainings given, who took part, what tests and the work say before and after, what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from .business_calendar import FIRST_DAY, HOLIDAYS, MONTHS, last_day, workday_on_or_after
from .campaigns import cost
from .draws import mark
from .stories import Stories, Story


@dataclass(frozen=True)
class Training:
    """One session of a training, with its mean test marks (of 20) and reaction marks (of 5)."""

    training_id: str
    title: str
    topic: str
    method: str
    started_at: date
    ended_at: date
    duration_h: float
    participants: int
    target_kpi_id: str | None = None
    is_gamified: bool = False
    version: str = "v1"
    test_before: float = 9.6
    test_after: float = 14.3
    reaction: float = 4.32
    completes: float = 0.95
    applies: float = 0.55  # of those who answer, two to three months after


@dataclass(frozen=True)
class Study:
    """How the target figure of a training moves, month by month, in both arms.

    `first` is the first month before the training, then the months before, during and after are
    counted; `months` swing alike in both arms. The story says what the training adds, from which
    month after, and what happens to everybody. `unit_value_eur` is the margin of one unit, not its
    price. Those of `FOLLOWED` belong to a story each and are added to finished tables.
    """

    training: Training
    story: str
    first: str
    months: tuple[int, int, int]
    level: float
    unit_value_eur: float
    assignment: str | None = None
    control: bool = True
    source: str = "crm"
    spread: float = 0.9
    noise: float = 1.2
    swing: float = 0.2
    own_gain: float | None = None  # how far what one person gains is from what another does

    def progress(self, story: Story) -> np.ndarray:
        """Return how much of its gain is there in each month."""
        before, during, after = self.months
        if self.own_gain is None:  # all of it, from a month on
            return np.arange(sum(self.months)) >= before + during + story.by.get("after", 0)
        return np.repeat((0.0, 0.5, 1.0), self.months)


STUDIES = (
    Study(
        Training("tr_2503_fidelisation", "Fidéliser ses clients", "sales", "presentiel",
                 date(2025, 3, 11), date(2025, 3, 25), 14.0, 12, "renewed_contracts",
                 test_after=14.0),
        "small_training", "2024-09", (6, 2, 6), 7.5, 190.0,
        spread=1.4, noise=1.5, swing=0.375, own_gain=0.3),
    Study(
        Training("tr_2602_prospection", "Prospection commerciale B2B", "sales", "blended",
                 date(2026, 2, 3), date(2026, 2, 26), 21.0, 20, "signed_contracts",
                 test_after=15.2, applies=0.8),
        "good_training", "2025-06", (8, 1, 8), 6.2, 420.0,
        spread=1.2, noise=1.25, swing=0.3125, own_gain=0.25),
    Study(
        Training("tr_2603_ia_dossiers", "IA générative pour traiter les dossiers", "digital",
                 "presentiel", date(2026, 3, 17), date(2026, 4, 9), 14.0, 18, "files_processed",
                 test_before=8.8, test_after=15.6, reaction=4.72, completes=1.0, applies=0.25),
        "empty_training", "2025-09", (6, 2, 6), 41.0, 55.0, source="case_software",
        spread=4.0, noise=2.3, swing=0.575, own_gain=0.46),
)  # fmt: skip


def _session(name: str, title: str, method: str, days: tuple[date, date], **other) -> Training:
    return Training(
        name, title, "sales", method, *days, 14.0, 20, "signed_contracts", completes=0.93, **other
    )


CALLS = "Relancer au téléphone"
FOLLOWED = (
    Study(
        _session("tr_2509_negociation", "Négocier avec les achats", "blended",
                 (date(2025, 9, 9), date(2025, 10, 7)), applies=0.7),
        "late_training", "2025-03", (6, 2, 12), 5.4, 160.0, "matched"),
    Study(
        _session("tr_2510_devis", "Rédiger un devis qui convainc", "en_ligne",
                 (date(2025, 10, 6), date(2025, 10, 24)), reaction=4.6, applies=0.4),
        "rising_team", "2025-04", (6, 1, 12), 5.0, 160.0, "self", control=False),
    Study(
        _session("tr_2504_relance", CALLS, "presentiel",
                 (date(2025, 4, 8), date(2025, 4, 22)), applies=0.5),
        "paid_training", "2024-10", (6, 1, 12), 6.0, 160.0, "matched"),
    Study(
        _session("tr_2510_relance", CALLS, "presentiel",
                 (date(2025, 10, 7), date(2025, 10, 21)), version="v2", applies=0.75),
        "paid_training", "2025-04", (6, 1, 12), 6.0, 160.0, "matched"),
)  # fmt: skip
BETTER = {  # what was changed between the two versions of the calls
    "action_id": "relance_v2", "kind": "improvement", "version": "v2",
    "started_at": date(2025, 9, 1), "ended_at": date(2025, 9, 1),
    "description": "Écoute de vrais appels et suivi par un pair pendant un mois.",
    "reason": "Au bout d'un mois, un participant sur deux ne relançait plus ses devis.",
    "expected_effect": "Que la moitié des participants relancent chaque devis.",
}  # fmt: skip
STUDIED = tuple(study.training for study in STUDIES)
ARMS, TEAMS = ("treated", "control"), "abcdefghij"
CATALOGUE = (  # title, topic, method, hours, days from first to last, gamified
    ("Manager de proximité", "management", "presentiel", 14.0, 8, False),
    ("Prospecter et convaincre", "sales", "blended", 14.0, 15, False),
    ("Excel avancé", "office_tools", "en_ligne", 10.5, 21, False),
    ("Marketing de contenu", "marketing", "blended", 14.0, 14, False),
    ("Conduire un entretien annuel", "human_resources", "presentiel", 7.0, 1, False),
    ("Gestes du quotidien : sécurité", "safety", "micro_learning", 3.5, 21, True),
    ("IA générative : premiers pas", "digital", "en_ligne", 7.0, 14, False),
    ("Anglais professionnel", "languages", "adaptive", 21.0, 26, True),
)
SHORTER = ("Excel avancé", date(2025, 10, 1))  # its videos are cut short, and nothing follows
IMPROVED = (  # of a course: its action, first session after, why, what was changed, what for
    ("jeux_de_role_2026", "tr_2604_1", date(2026, 1, 1),
     "Les managers disaient ne pas oser au travail ce qu'ils avaient appris.",
     "Jeux de rôle, et un appel de suivi un mois après.", "De meilleures notes au test."),
    ("videos_courtes_2025", "tr_2510_2", SHORTER[1],
     "Un participant sur cinq n'allait pas au bout des vidéos.",
     "Les vidéos sont coupées en parties de cinq minutes.", "Plus de connaissances acquises."),
)  # fmt: skip
COMPLETES = {
    "presentiel": 0.965,
    "blended": 0.92,
    "en_ligne": 0.80,
    "micro_learning": 0.87,
    "adaptive": 0.83,
}
SESSIONS_IN_MONTH = (2, 2, 3, 2, 1, 2, 1, 0, 2, 3, 3, 2)


def draw_trainings(rng: np.random.Generator, role_plays: Story) -> list[Training]:
    """Return the trainings of the period in the order of their first day."""
    out = list(STUDIED)
    for month in MONTHS:
        for number in range(1, SESSIONS_IN_MONTH[month.month - 1] + 1):
            title, topic, method, hours, span, gamified = CATALOGUE[
                (len(out) - len(STUDIED)) % len(CATALOGUE)
            ]
            earliest = month + timedelta(days=int(rng.integers(0, max(1, 26 - span))))
            start = workday_on_or_after(earliest)
            end = start + timedelta(days=span)
            while end.weekday() >= 5 or end in HOLIDAYS or end.month != start.month:
                end -= timedelta(days=1)
            participants = int(rng.integers(9, 16))
            improved = title == role_plays.whom and role_plays.on(start)
            shorter = title == SHORTER[0] and start >= SHORTER[1]
            usual = None if improved else float(np.round(rng.normal(14.1, 0.5), 1))
            out.append(
                Training(
                    f"tr_{month:%y%m}_{number}",
                    title,
                    topic,
                    method,
                    start,
                    max(start, end),
                    hours,
                    participants,
                    is_gamified=gamified,
                    version="v2" if improved or shorter else "v1",
                    test_after=role_plays.by["test_after"] if improved else usual,
                    reaction=float(np.round(rng.normal(4.28, 0.1), 2)),
                    completes=COMPLETES[method],
                )
            )
    return sorted(out, key=lambda training: (training.started_at, training.training_id))


def trainings_table(trainings: list[Training]) -> list[dict]:
    """Return the rows of `trainings`."""
    names = (
        "training_id title topic method started_at ended_at duration_h version target_kpi_id "
        "is_gamified"
    ).split()
    return [{name: getattr(training, name) for name in names} for training in trainings]


def improvements(role_plays: Story) -> list[dict]:
    """Return the actions by which courses were improved; the role plays where they are told."""
    names = "action_id training_id started_at reason description expected_effect".split()
    rows = [dict(zip(names, each, strict=True)) for each in IMPROVED[not role_plays.told :]]
    return [
        row | {"kind": "improvement", "version": "v2", "ended_at": row["started_at"]}
        for row in rows
    ]


def draw_participants(rng: np.random.Generator, trainings: list[Training]) -> list[dict]:
    """Return who was planned in each training; a study has as many people in its control group."""
    rows = []
    keys = iter(rng.permutation(9000) + 1000)
    for number, training in enumerate(trainings):
        is_study = training in STUDIED
        letters = TEAMS if training.participants >= 18 else TEAMS[:4]  # teams of a client
        for arm in ARMS if is_study else ARMS[:1]:
            for rank in range(training.participants):
                team = f"client_{number:02d}"
                team += f"_{letters[rank % len(letters)]}" if is_study else ""
                person = _planned(training, arm, f"c{next(keys)}", team)
                rows.append(person if arm == "control" else person | _took_part(rng, training))
    return rows


def draw_followed(rng: np.random.Generator, study: Study) -> list[dict]:
    """Return ten teams of two trained people, and as many of comparable ones where there are."""
    training, rows = study.training, []
    name = training.training_id[3:]
    for arm in ARMS[: 1 + study.control]:
        for rank in range(training.participants):
            team = f"{name}_{TEAMS[rank % len(TEAMS)]}"
            person = _planned(training, arm, f"{name}_{arm[0]}{rank:02d}", team)
            rows.append(person if arm == "control" else person | came(rng, training))
    return rows


def _planned(training: Training, arm: str, key: str, team: str) -> dict:
    return {
        "training_id": training.training_id,
        "person_key": key,
        "arm": arm,
        "team": team,
        "hours_planned": 0.0 if arm == "control" else training.duration_h,
        "hours_attended": 0.0,
    }


def _took_part(rng: np.random.Generator, training: Training) -> dict:
    """Return what became of a person who was enrolled; outside studies a few never come."""
    if training not in STUDIED and rng.random() < 0.03:
        return {"objective_met": False, "objective_exceeded": False}
    return came(rng, training)


def came(rng: np.random.Generator, training: Training) -> dict:
    """Return what became of a person who came."""
    completes = bool(rng.random() < training.completes)
    share = rng.beta(18, 1.2) if completes else rng.uniform(0.2, 0.65)
    met = completes and bool(rng.random() < 0.80)
    return {
        "hours_attended": max(0.5, round(training.duration_h * share * 2) / 2),
        "completed_at": training.ended_at if completes else None,
        "objective_met": met,
        "objective_exceeded": met and bool(rng.random() < 0.24),
    }


def quizzes(
    rng: np.random.Generator, trainings: list[Training], participants: list[dict]
) -> list[dict]:
    """Say how many quizzes each trained person was given, one in two hours, and answered."""
    by_id = {training.training_id: training for training in trainings}
    for person in participants:
        if person["arm"] == "control":
            continue
        training = by_id[person["training_id"]]
        given = max(1, int(training.duration_h // 2))
        there = person["hours_attended"] / training.duration_h
        usual = 0.85 if training.is_gamified else 0.68
        person["quizzes_assigned"] = given
        person["quizzes_answered"] = int(rng.binomial(given, min(1.0, usual * there)))
    return participants


def measured(person: dict, kpi: str, phase: str, value: float, **other) -> dict:
    """Return a row of `kpi_measurements`."""
    same = {"subject_key": person["person_key"], "team": person["team"]}
    named = {"training_id": person["training_id"], "kpi_id": kpi, "phase": phase, "value": value}
    return same | named | other


def knowledge_tests(
    rng: np.random.Generator, trainings: list[Training], participants: list[dict]
) -> Iterator[dict]:
    """Give the marks of 20 before and after; those who miss the second test are no pair."""
    by_id = {training.training_id: training for training in trainings}
    for person in participants:
        training = by_id[person["training_id"]]
        if person["hours_attended"] == 0:
            continue
        level = rng.normal(0, 2.1)
        tests = [("before", training.started_at, training.test_before + level)]
        if (person["completed_at"] or rng.random() < 0.3) and rng.random() >= 0.07:
            tests.append(("after", training.ended_at, training.test_after + 0.55 * level))
        for phase, day, mean in tests:
            points = float(np.clip(np.rint(2 * (mean + rng.normal(0, 1.2))) / 2, 0, 20))
            yield measured(
                person,
                "knowledge_score",
                phase,
                points,
                source="quiz",
                period_start=day,
                period_end=day,
                max_value=20.0,
            )


def work_figures(
    rng: np.random.Generator, study: Study, people: list[dict], story: Story
) -> Iterator[dict]:
    """Give a figure a person and month of a study; the months swing alike in both arms."""
    phases = np.repeat(("before", "during", "after"), study.months).tolist()
    months = np.datetime64(study.first, "M") + np.arange(len(phases))
    swings = rng.normal(0, study.swing, len(phases)) + story.by.get("a_month", 0.0) * np.arange(
        len(phases)
    )
    progress, trained = study.progress(story), story.by["trained"] if story.told else 0.0
    effect = trained[study.training.version] if isinstance(trained, dict) else trained
    for person in people:
        level = rng.normal(study.level, study.spread)
        own = 0.0 if study.own_gain is None else rng.normal(0, study.own_gain)
        gain = story.by.get("everybody", 0.0) + own + effect * (person["arm"] == "treated")
        means = level + swings + progress * gain
        for phase, month, mean in zip(phases, months, means, strict=True):
            yield measured(
                person,
                study.training.target_kpi_id,
                phase,
                mark(rng, mean, study.noise, (0, np.inf)),
                source=study.source,
                period_start=month.astype("datetime64[D]"),
                period_end=last_day(month),
                unit_value_eur=study.unit_value_eur,
            )


def work_of_studies(
    rng: np.random.Generator, participants: list[dict], stories: Stories
) -> Iterator[dict]:
    """Give the months of those who took part in a study or stood beside it."""
    for study in STUDIES:
        name = study.training.training_id
        mine = [person for person in participants if person["training_id"] == name]
        yield from work_figures(rng, study, mine, stories[study.story])


NO_PAID_TIME = "tr_2511_2"  # its cost lacks the paid time of those who took part


def training_costs(
    rng: np.random.Generator, trainings: list[Training], participants: list[dict]
) -> Iterator[dict]:
    """Give the fully loaded cost of each training, one row a kind of cost."""
    for training in trainings:
        key, is_study = training.training_id, training in STUDIED
        hours = [
            row["hours_attended"]
            for row in participants
            if row["training_id"] == key and row["arm"] == "treated"
        ]
        on_site = training.method in ("presentiel", "blended")
        amounts = {
            "analysis": 2200 if is_study else 300,
            "design": 230 * training.duration_h if is_study else 640,
            "delivery": (430 if on_site else 240) * training.duration_h,
            "material": 38 * len(hours),
            "venue": 62 * training.duration_h * on_site,
            "travel": (70 * len(hours) + 150) * on_site,
            "participant_time": 31 * sum(hours) * (key != NO_PAID_TIME),
            "evaluation": 2300 if is_study else 190,
            "overhead": 1150 if is_study else 260,
        }
        bought = max(training.started_at - timedelta(days=10), FIRST_DAY)
        for kind, amount in amounts.items():
            if amount:
                early = kind in ("analysis", "design", "material")
                paid = round(float(amount * rng.uniform(0.94, 1.06)), 2)
                yield cost("training", key, kind, paid, bought if early else training.ended_at)


ESTIMATED = "tr_2510_3"  # a session without control group, of which participants were asked


def claims(
    rng: np.random.Generator, people: list[dict], training_id: str = ESTIMATED, mean=2600.0
) -> Iterator[dict]:
    """Give what participants, and some of their managers, say a year's gain was; some do not."""
    for person in people:
        if person["training_id"] != training_id or person["hours_attended"] == 0:
            continue
        for who, answers in (("participant", 0.75), ("manager", 0.4)):
            known = rng.random() < answers
            yield {
                "training_id": training_id,
                "person_key": person["person_key"],
                "estimated_by": who,
                "answered_at": date(2026, 3, 2) + timedelta(days=int(rng.integers(0, 25))),
                "gain_eur": float(np.round(rng.gamma(3, mean / 3), -2)) if known else None,
                "share": float(rng.choice([0.2, 0.3, 0.5, 0.7])) if known else None,
                "confidence": float(rng.choice([0.4, 0.5, 0.6, 0.8])) if known else None,
            }
