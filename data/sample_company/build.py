"""The order in which the tables of the sample company follow from one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from operator import is_not

import polars as pl

from kpilib.tables import TABLES

from . import (
    absences,
    activities,
    campaigns,
    club,
    duties,
    events,
    leads,
    networks,
    newsletter,
    sales,
    surveys,
    texts,
    trainings,
    visits,
)
from .business_calendar import work_calendar
from .draws import generator
from .messages import messages_table
from .staff import draw_staff, employees_table
from .stories import STORIES, Stories, apply_edits
from .support import draw_tickets
from .tables import Tables, frame
from .what_helps import ask_what_helps

ASKED = "survey_waves survey_responses"
STUDIES = "good_training+empty_training+small_training"
VOICES = "viral_post+one_form"
# what comes of it, how, the stream that it is drawn from, and what it takes: stories by their name,
# several as one argument with + between, and what came before. What bears the name of a table is a
# part of it, the next one comes below.
STEPS = (
    ("visits", visits.draw_arrivals, "arrivals", "new_site"),
    ("visits", visits.draw_behaviour, "behaviour", "visits new_site"),
    ("sign_ups", newsletter.draw_sign_ups, "sign-ups", "visits popup"),
    ("readers visits", newsletter.draw_readers, "readers", "visits sign_ups popup"),
    ("sends readers", newsletter.send_all, "mailings", "readers weary_readers+hidden_opens"),
    ("visits", newsletter.with_clicks, "clicks", "visits sends new_site"),
    ("visits", visits.name_visitors, "visitors", "visits"),
    ("visits events", events.draw_events, "events", "visits popup+simulator"),
    ("keys", newsletter.person_keys, "people", "readers"),
    ("asked", leads.draw_leads, "leads", "visits keys same_day_call"),
    ("customers customer_of", sales.draw_customers, "customers", "asked"),
    ("orders", sales.draw_orders, "orders", "customers asked customer_of"),
    ("sessions", visits.sessions_table, "sessions", "visits"),
    ("web_events", events.web_events_table, "", "visits events"),
    ("leads", leads.leads_table, "", "asked customer_of"),
    ("email_sends", newsletter.email_sends_table, "", "sends keys"),
    ("acquisition_daily", campaigns.acquisition_table, "acquisition", "visits new_site"),
    # staff and trainings
    ("states", draw_staff, "staff", ""),
    ("employees", employees_table, "", "states"),
    ("absences", absences.absences_table, "absences", "states unrest"),
    ("work_items", duties.work_items, "duties", "states hurry+low_aims+no_interviews"),
    ("applications", duties.applications, "applications", "work_items states wants_away"),
    ("work_calendar", work_calendar, "", ""),
    ("messages", messages_table, "messages", "states cut_off"),
    ("sessions_given", trainings.draw_trainings, "trainings", "role_plays"),
    ("trainings", trainings.trainings_table, "", "sessions_given"),
    ("people", trainings.draw_participants, "participants", "sessions_given"),
    ("training_participants", trainings.quizzes, "quizzes", "sessions_given people"),
    ("kpi_measurements", trainings.knowledge_tests, "tests", "sessions_given people"),
    ("kpi_measurements", trainings.work_of_studies, "figures of the work", f"people {STUDIES}"),
    ("training_costs", trainings.training_costs, "training costs", "sessions_given people"),
    ("costs", campaigns.costs_table, "", "acquisition_daily training_costs"),
    ("actions", campaigns.actions_table, "", "stories"),
    ("actions", trainings.improvements, "", "role_plays"),
    ("effect_estimates", trainings.claims, "claims", "people"),
    # networks, the Club and what is said
    ("members", club.draw_members, "club", "customers"),
    ("acts", club.draw_acts, "life of the club", "members helper_away"),
    ("posts", networks.draw_posts, "posts", "viral_post"),
    ("social_posts", networks.sign_posts, "leader", "posts viral_post"),
    ("support_tickets", draw_tickets, "requests", "customers one_form"),
    ("days", networks.draw_days, "follows a day", "posts"),
    ("social_daily", networks.profile_contacts, "contacts", "social_posts days"),
    ("social_daily", networks.draw_segments, "segments", "days"),
    ("interactions", networks.interactions_table, "interactions", "posts days viral_post"),
    ("interactions", club.interaction_rows, "", "acts interactions"),
    ("said", texts.first_texts, "texts", "posts one_form"),
    ("texts", partial(texts.read, by_a_person=0.17), "themes", "said"),
    ("said", texts.further_texts, "voices", f"posts support_tickets interactions acts {VOICES}"),
    ("texts", partial(texts.read, by_a_person=0.1), "tones", "said"),
    ("texts", texts.feedback, "feedback box", "unrest"),
    # what is asked
    (ASKED, surveys.ask_staff, "staff surveys", "states unrest+holiday_wave"),
    (ASKED, surveys.ask_after_orders, "customer surveys", "orders"),
    (ASKED, surveys.ask_participants, "reactions", "sessions_given people"),
    (ASKED, surveys.ask_recommendation, "would recommend", "customers cold_customers"),
    (ASKED, surveys.ask_after_support, "support surveys", "support_tickets"),
    (ASKED, surveys.rate_contents, "contents", "posts acts new_rater"),
    (ASKED, surveys.poll_members, "polls", "members"),
    (ASKED, surveys.ask_at_work, "level 3", "sessions_given people"),
    # beside the courses
    ("memberships", newsletter.memberships_table, "", "readers keys"),
    ("memberships", club.Members.rows, "", "members"),
    ("memberships", sales.association_rows, "association", "customers"),
    ("orders", sales.further_orders, "further orders", "customers orders memberships"),
    ("public", activities.public_events, "public events", "keys"),
    ("inside", activities.initiatives, "initiatives", "states unrest"),
    ("among_members", activities.club_activities, "club activities", "members"),
    ("participations", activities.participations_table, "", "public inside among_members"),
)
# What came later stands at the end of the tables: what was there before keeps its numbers.
LATER = (
    (ASKED, surveys.ask_moments, "moments", "states no_flow"),
    ("told", list, "", "survey_responses"),
    (ASKED, surveys.ask_what_is_known, "recall", "states unread_news"),
    ("survey_responses", ask_what_helps, "what helps", "told feedback_helps"),
)


def build(stories: Stories = STORIES, made: dict | None = None) -> Tables:
    """Return every table of the sample company, by name, with the stories that it tells.

    `made` is kept for another company: what does not follow from a story that changed stays.
    """
    made = {} if made is None else made
    known = {**stories, "stories": stories}
    parts: dict[str, list[pl.DataFrame]] = {}

    def add(table: str, rows) -> None:
        before = parts.setdefault(table, [])
        before.append(frame(table, rows, first=1 + sum(part.height for part in before)))

    def draw(steps) -> None:
        for names, how, stream, takes in steps:
            taken = [known[name] for name in takes.replace("+", " ").split()]
            before, found = made.get((how, stream), (None, None))
            if before is None or any(map(is_not, before, taken)):
                found = _found(how, stream, takes, known)
                made[how, stream] = taken, found
            several = len(names.split()) > 1
            for name, what in zip(names.split(), found if several else [found], strict=True):
                known[name] = what
                if name in TABLES:
                    add(name, what)

    draw(STEPS)
    for study in trainings.FOLLOWED:
        if stories[study.story].told:
            for table, rows in _followed(study, stories).items():
                add(table, rows)
    draw(LATER)
    tables = {name: pl.concat(frames) for name, frames in parts.items()}
    return apply_edits(tables, stories)


def _found(how: Callable, stream: str, takes: str, known: dict):
    """Draw, with what is taken; several stories are one argument, by name."""
    given = (
        {name: known[name] for name in each.split("+")} if "+" in each else known[each]
        for each in takes.split()
    )
    found = how(*([generator(stream)] if stream else []), *given)
    return list(found) if isinstance(found, Iterator) else found


def _followed(study: trainings.Study, stories: Stories) -> dict[str, list[dict]]:
    """Return what a session followed for a year adds: people, tests, work, costs and answers."""
    name, one, story = study.training.training_id, [study.training], stories[study.story]

    def stream(what: str):
        return generator(f"{what} of {name}")

    people = trainings.draw_followed(stream("people"), study)
    trainings.quizzes(stream("quizzes"), one, people)
    tests = trainings.knowledge_tests(stream("tests"), one, people)
    work = trainings.work_figures(stream("work"), study, people, story)
    treated = [person for person in people if person["arm"] == "treated"]
    reactions = surveys.ask_participants(stream("reactions"), one, treated)
    applied = surveys.ask_at_work(stream("level 3"), one, treated)
    added = {
        "trainings": [
            row | {"assignment": study.assignment} for row in trainings.trainings_table(one)
        ],
        "training_participants": people,
        "kpi_measurements": [*tests, *work],
        "costs": trainings.training_costs(stream("costs"), one, people),
        "survey_waves": reactions[0] + applied[0],
        "survey_responses": reactions[1] + applied[1],
    }
    if story.by.get("estimates"):
        mean = story.by["estimates"]
        added["effect_estimates"] = trainings.claims(stream("claims"), treated, name, mean)
    if study.training.version != "v1":
        added["actions"] = [trainings.BETTER | {"training_id": name}]
    return added
