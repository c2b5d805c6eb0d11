"""A small company with every table that a KPI reads, made afresh from a seed.

Two months and some days around them, a few hundred rows a table, with missing values, duplicates
and unknown groups. Amounts are quarters of a euro, so that sums are exact in any order.
"""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from tests.maker import FIRST, Maker, keys
from tests.small_customers import customers
from tests.small_duties import duties
from tests.small_social import social
from tests.small_steering import steering
from tests.small_trainings import trainings
from tests.small_web import web

MONTHS = ("2025-01", "2025-02")
CHANNELS = [
    "organic_search",
    "paid_search",
    "organic_social",
    "paid_social",
    "email",
    "direct",
    None,
]
EVENTS = ["page_view", "cta_view", "cta_click", "download", "form_start", "form_submit",
          "newsletter_signup"]  # fmt: skip
SICK = [
    "sickness",
    "work_accident",
    "unjustified",
    "maternity",
    "authorised",
    "paid_leave",
    "strike",
]
TEAMS = ["north", "south", "west"]


def small_company(seed: int = 1, size: int = 200) -> dict[str, pd.DataFrame]:
    """Every table, as pandas frames with exact types."""
    m = Maker(seed)
    visitors, people, staff = keys("v", size // 4), keys("p", size // 4), keys("e", 40)
    tables = {}
    tables["sessions"] = pd.DataFrame({
        "session_id": keys("s", size),
        "visitor_id": m.pick(visitors, size, 0.02),
        "started_at": m.instant(size),
        "duration_s": m.quarters(20_000, size, 0.05),
        "engaged_s": m.quarters(30, size, 0.05),
        "pageviews": m.number(0, 6, size, 0.05),
        "key_events": m.number(0, 2, size, 0.05),
        "channel": m.pick(CHANNELS, size),
        "country": m.pick(["FR", "BE", "CH", ""], size, 0.1),
    })  # fmt: skip
    count = 2 * size
    tables["web_events"] = pd.DataFrame({
        "event_id": keys("w", count),
        "session_id": m.pick(keys("s", size), count),
        "visitor_id": m.pick(visitors, count, 0.02),
        "ts": m.instant(count),
        "event_name": m.pick(EVENTS, count),
        "cta_id": m.pick(["top", "side", "end"], count, 0.3),
        "asset_id": m.pick(["guide", "list"], count, 0.3),
    })  # fmt: skip
    clicks = tables["web_events"][tables["web_events"]["event_name"] == "cta_click"]
    seen = clicks.assign(event_id="seen" + clicks["event_id"], event_name="cta_view")
    tables["web_events"] = pd.concat([tables["web_events"], seen], ignore_index=True)
    tables["acquisition_daily"] = pd.DataFrame({
        "date": [FIRST + timedelta(days=i) for i in range(59) for _ in range(3)],
        "platform": ["search_console", "search_console", "google_ads"] * 59,
        "campaign_id": [None, None, "c1"] * 59,
        "item": ["formation", "roi", "ad"] * 59,
        "impressions": m.number(0, 90, 177, 0.02),
        "sum_position": m.quarters(900, 177),
    })  # fmt: skip
    count = size // 2
    created = m.instant(count, 0.02)
    tables["leads"] = pd.DataFrame({
        "lead_id": keys("l", count),
        "person_key": m.pick(people, count),
        "session_id": m.pick(keys("s", size), count, 0.2),
        "created_at": created,
        "channel": m.pick(CHANNELS, count),
        "campaign_id": m.pick(["c1", "c2"], count, 0.3),
        "qualified_at": (created + pd.to_timedelta(m.rng.integers(0, 60, count), unit="D"))
        .mask(m.rng.random(count) < 0.4),
        "won_at": (created + pd.to_timedelta(m.rng.integers(0, 180, count), unit="D"))
        .mask(m.rng.random(count) < 0.6),
    })  # fmt: skip
    tables["costs"] = pd.DataFrame({
        "cost_id": keys("k", 60),
        "scope_kind": m.pick(["campaign", "training", "tool"], 60),
        "scope_id": m.pick(["c1", "c2", "T1", "T2"], 60),
        "cost_kind": m.pick(["media", "delivery", "participant_time"], 60),
        "amount_ht": m.quarters(500, 60),
        "incurred_at": m.day(60),
    })  # fmt: skip
    count = 2 * size
    sent = m.instant(count)
    tables["email_sends"] = pd.DataFrame({
        "send_id": keys("m", count),
        "campaign_id": m.pick(["n1", "n2", "n3"], count),
        "recipient_key": m.pick(people, count),
        "sent_at": sent,
        "delivered": m.truth(0.9, count),
        "is_privacy_proxied": m.truth(0.3, count, 0.05),
        "human_open": m.truth(0.3, count, 0.05),
        "machine_open": m.truth(0.4, count, 0.05),
        "first_open_at": (sent + pd.to_timedelta(m.rng.integers(0, 10, count), unit="D"))
        .mask(m.rng.random(count) < 0.5),
        "human_click": m.truth(0.1, count, 0.05),
        "first_click_at": (sent + pd.to_timedelta(m.rng.integers(0, 10, count), unit="D"))
        .mask(m.rng.random(count) < 0.5),
        "unsubscribed_at": (sent + pd.to_timedelta(m.rng.integers(0, 14, count), unit="D"))
        .mask(m.rng.random(count) < 0.9),
    })  # fmt: skip
    count = size // 2
    joined = m.day(count, first=date(2024, 6, 1))
    tables["memberships"] = pd.DataFrame({
        "membership_id": keys("b", count),
        "kind": m.pick(["newsletter", "community"], count),
        "person_key": m.pick(people, count),
        "start_at": joined,
        "end_at": [
            None if m.rng.random() < 0.6 else day + timedelta(days=int(m.rng.integers(0, 200)))
            for day in joined
        ],
    })  # fmt: skip
    tables["social_posts"] = pd.DataFrame({
        "post_id": keys("o", 40),
        "account_id": m.pick(["page", "boss"], 40),
        "network": m.pick(["linkedin", "instagram"], 40),
        "published_at": m.instant(40),
        "is_paid": m.truth(0.2, 40, 0.05),
        "format": m.pick(["photo", "video"], 40, 0.1),
        **{name: m.number(-2 if name == "reactions" else 0, 60, 40, 0.05)
           for name in ("reactions", "comments", "shares", "clicks", "follows")},
        "impressions": m.number(0, 5000, 40),
    })  # fmt: skip
    tables["social_daily"] = pd.DataFrame({
        "date": [FIRST + timedelta(days=i) for i in range(-1, 59) for _ in range(3)],
        "account_id": ["page", "boss", "page"] * 60,
        "network": ["linkedin", "instagram", "linkedin"] * 60,
        "dimension": ["total", "total", "age"] * 60,
        "dimension_value": [None, None, "18-24"] * 60,
        "followers": m.number(900, 1000, 180),
    })  # fmt: skip
    tables["interactions"] = pd.DataFrame({
        "interaction_id": keys("i", size),
        "ts": m.instant(size),
        "space": m.pick(["social", "community", "internal"], size),
        "actor_key": m.pick(people, size, 0.02),
        "actor_is_brand": m.truth(0.1, size, 0.05),
        "actor_is_follower": m.truth(0.6, size, 0.05),
        "kind": m.pick(["visit", "reaction", "comment", "share", "post", "mention"], size),
    })  # fmt: skip
    tables["texts"] = pd.DataFrame({
        "text_id": keys("x", 60),
        "ts": m.instant(60),
        "source": m.pick(["google_review", "comment", "private_message", "support"], 60),
        "rating": m.number(1, 6, 60, 0.5),
        "sentiment": m.pick(["positive", "neutral", "negative"], 60, 0.2),
    })  # fmt: skip
    tables |= _staff(m, staff)
    tables |= _surveys(m, staff, people)
    tables |= _trainings(m)
    tables = web(Maker(seed + 2000), tables)
    tables = social(Maker(seed + 1000), tables)
    tables = customers(Maker(seed + 3000), tables)
    tables = trainings(Maker(seed + 5000), tables)
    tables = duties(Maker(seed + 6000), tables)
    return steering(Maker(seed + 4000), tables)


def _staff(m: Maker, staff: list[str]) -> dict[str, pd.DataFrame]:
    full, part = [7.0] * 5 + [0.0] * 2, [7.0, 7.0, 0.0, 7.0, 7.0, 0.0, 0.0]
    hired = m.day(40, first=date(2018, 1, 1), last=date(2024, 12, 31))
    hired[:4] = [date(2025, 1, 6), date(2025, 2, 3), date(2025, 2, 28), date(2025, 1, 1)]
    left = [None] * 40
    left[4:9] = [date(2025, 1, 15), date(2025, 1, 31), date(2025, 2, 1), date(2025, 2, 28),
                 date(2025, 3, 10)]  # fmt: skip
    reasons = ["resignation", "end_fixed_term", "transfer", None, "dismissal"]
    employees = pd.DataFrame({
        "employee_id": staff,
        "valid_from": hired,
        "valid_to": [None] * 40,
        "hired_at": hired,
        "left_at": left,
        "leave_reason": [None] * 4 + reasons + [None] * 31,
        "contract_kind": ["CDI", "CDD", "CDI", "intern"] + ["CDI"] * 34 + ["temp", "CDD"],
        "weekly_hours": [full if i % 4 else part for i in range(40)],
        "team": [TEAMS[i % 3] if i % 13 else None for i in range(40)],
    })  # fmt: skip
    moved = employees.iloc[[10]].assign(valid_from=date(2025, 1, 20), team="south")
    employees.loc[10, "valid_to"] = date(2025, 1, 19)
    # Two contracts at once, one that ends on the way; one follows another on the next day.
    second = employees.iloc[[20, 21, 4]].assign(
        valid_from=[date(2024, 12, 2), date(2025, 1, 6), date(2025, 1, 16)],
        hired_at=[date(2024, 12, 2), date(2025, 1, 6), date(2025, 1, 16)],
        left_at=[None, date(2025, 2, 14), None],
        leave_reason=[None, "resignation", None],
        team=["west", "north", "south"],
        weekly_hours=[part, full, full],
    )
    start = m.day(50)
    absences = pd.DataFrame({
        "absence_id": keys("a", 50),
        "employee_id": m.pick(staff, 50),
        "start_date": start,
        "end_date": [
            None if m.rng.random() < 0.05 else day + timedelta(days=int(m.rng.integers(0, 12)))
            for day in start
        ],
        "kind": m.pick(SICK, 50),
        "hours": pd.array(
            [3.5 if start_one.day % 9 == 0 else pd.NA for start_one in start], dtype="Float64"
        ),
    })  # fmt: skip
    absences.loc[absences["hours"].notna(), "end_date"] = absences["start_date"]
    # half of each day of two full-timers: over the end of a month, and over the two months
    for place, who, first, last in (
        (0, 14, date(2025, 1, 27), date(2025, 2, 7)),
        (1, 15, date(2024, 12, 16), date(2025, 3, 21)),
    ):
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        due = [day for day in days if day.weekday() < 5 and FIRST != day >= hired[who]]
        spell = [staff[who], first, last, "sickness", 3.5 * len(due)]
        absences.loc[place, ["employee_id", "start_date", "end_date", "kind", "hours"]] = spell
    calendar = pd.DataFrame({
        "date": [FIRST + timedelta(days=i) for i in range(59)],
        "is_public_holiday": [i == 0 for i in range(59)],
    })  # fmt: skip
    return {
        "employees": pd.concat([employees, moved, second], ignore_index=True),
        "absences": absences,
        "work_calendar": calendar,
    }


def _surveys(m: Maker, staff: list[str], people: list[str]) -> dict[str, pd.DataFrame]:
    waves, answers = [], []
    for survey, kind, top in (
        ("enps", "enps", 10), ("engage", "engagement", 5), ("react", "training_reaction", 5),
    ):  # fmt: skip
        for number, month in enumerate((1, 2), 1):
            closed = pd.Timestamp(2025, month, 24, 12, tz="UTC")
            for team in TEAMS:
                waves.append((survey, str(number), kind, team, 15, 16, closed))
            items = ["i1", "i2", "i3"] if kind == "engagement" else ["i1"]
            for who in (staff if kind != "training_reaction" else people)[: 30 + number]:
                for item in items:
                    grade = int(m.rng.integers(0 if top == 10 else 1, top + 2))
                    given = pd.Timestamp(2025, month, int(m.rng.integers(5, 24)), 9, tz="UTC")
                    answers.append((
                        survey, str(number), who, TEAMS[int(who[1:]) % 3], item,
                        0 if top == 10 else 1, top, item == "i3",
                        pd.NA if m.rng.random() < 0.08 else float(grade), given,
                    ))  # fmt: skip
    _announcement(waves, answers, staff)
    _moments(waves, answers, staff)
    wave_columns = "survey_id wave survey_kind group_key invited_n population_n closed_at"
    columns = (
        "survey_id wave respondent_key group_key item_id scale_min scale_max is_reversed value"
        " answered_at"
    )
    responses = pd.DataFrame(answers, columns=columns.split()).astype({"value": "Float64"})
    responses.insert(0, "response_id", keys("r", len(responses)))
    return {
        "survey_waves": pd.DataFrame(waves, columns=wave_columns.split()),
        "survey_responses": responses,
    }


def _moments(waves: list[tuple], answers: list[tuple], staff: list[str]) -> None:
    """Twelve moments of each of twelve people, in both months: how hard, and how able they felt."""
    m = Maker(7000)  # of its own draws: the others stay
    for number, month in enumerate((1, 2), 1):
        closed = pd.Timestamp(2025, month, 24, 12, tz="UTC")
        waves.append(("flow", str(number), "flow", TEAMS[0], 12, 12, closed))
        for place, who in enumerate(staff[:12]):
            for moment in range(12):
                given = pd.Timestamp(2025, month, 5 + moment, 9, place, tz="UTC")
                for item in ("challenge", "skill"):
                    answers.append((
                        "flow", str(number), who, TEAMS[0], item, 1, 7, False,
                        float(m.rng.integers(1, 8)), given,
                    ))  # fmt: skip


def _announcement(waves: list[tuple], answers: list[tuple], staff: list[str]) -> None:
    """Add a recall question asked each month: two of three know, one answer in ten is missing."""
    for number, month in enumerate((1, 2), 1):
        closed = pd.Timestamp(2025, month, 24, 12, tz="UTC")
        waves.extend(("aware", str(number), "awareness", team, 15, 16, closed) for team in TEAMS)
        given = pd.Timestamp(2025, month, 12, 9, tz="UTC")
        for place, who in enumerate(staff[: 28 + number]):
            grade = pd.NA if place % 10 == 9 else float(place % 3 > 0)
            team = TEAMS[int(who[1:]) % 3]
            answers.append(("aware", str(number), who, team, "i1", 0, 1, False, grade, given))


def _trainings(m: Maker) -> dict[str, pd.DataFrame]:
    trainings = pd.DataFrame({
        "training_id": ["T1", "T2", "T3"],
        "method": ["presentiel", "en_ligne", None],
        "started_at": [date(2025, 1, 6), date(2025, 1, 20), date(2025, 2, 10)],
        "ended_at": [date(2025, 1, 10), date(2025, 1, 31), date(2025, 2, 14)],
    })  # fmt: skip
    people, measures = [], []
    for training in trainings["training_id"]:
        for number in range(24):
            key, arm = f"{training}p{number}", "treated" if number < 14 else "control"
            done = date(2025, 2, 1) if m.rng.random() < 0.7 else None
            people.append((training, key, arm, float(m.rng.integers(0, 3)) * 3.5, done))
            for kpi, price in (("revenue", 0.25), ("knowledge_score", None)):
                for phase, start, end in (
                    ("before", date(2024, 12, 1), date(2024, 12, 31)),
                    ("after", date(2025, 2, 1), date(2025, 2, 28)),
                ):
                    reached = pd.NA if m.rng.random() < 0.05 else m.rng.integers(0, 80) / 4
                    top = 20.0 if kpi == "knowledge_score" else pd.NA
                    measures.append((key, training, kpi, start, end, phase, reached, top, price))
    people_columns = "training_id person_key arm hours_attended completed_at"
    columns = (
        "subject_key training_id kpi_id period_start period_end phase value max_value"
        " unit_value_eur"
    )
    return {
        "trainings": trainings,
        "training_participants": pd.DataFrame(people, columns=people_columns.split()),
        "kpi_measurements": pd.DataFrame(measures, columns=columns.split()).astype(
            {"value": "Float64", "max_value": "Float64", "unit_value_eur": "Float64"}
        ),
    }
