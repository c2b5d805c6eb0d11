"""The order in which the tables of the sample company follow from one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from .absences import absences_table
from .activities import club_activities, initiatives, participations_table, public_events
from .business_calendar import DAYS, work_calendar
from .campaigns import acquisition_table, actions_table, campaign_costs, costs_table
from .club import OPENING, Act, Members, draw_acts, draw_members, interaction_rows
from .draws import Columns, generator, in_order, stack
from .duties import applications, work_items
from .events import draw_events, web_events_table
from .feedback import feedback
from .followed import claims, follow
from .leads import draw_leads, leads_table
from .messages import messages_table
from .networks import (
    draw_days,
    draw_posts,
    draw_segments,
    interactions_table,
    profile_contacts,
    sign_posts,
)
from .newsletter import (
    draw_readers,
    draw_sign_ups,
    email_sends_table,
    memberships_table,
    person_keys,
    send_all,
    visits_from_clicks,
)
from .sales import association_rows, draw_customers, draw_orders, further_orders
from .staff import State, draw_staff, employees_table
from .stories import STORIES, apply_edits
from .story import Stories, Tables
from .support import draw_tickets
from .surveys import (
    Answers,
    ask_after_orders,
    ask_after_support,
    ask_at_work,
    ask_moments,
    ask_participants,
    ask_recommendation,
    ask_staff,
    ask_what_is_known,
    poll_members,
    rate_contents,
)
from .tables import frame, labels
from .texts import first_texts, further_texts, read
from .trainings import (
    Training,
    draw_participants,
    draw_trainings,
    knowledge_tests,
    quizzes,
    training_costs,
    trainings_table,
    work_figures,
)
from .visits import draw_arrivals, draw_behaviour, name_visitors, sessions_table

ESTIMATED = "tr_2510_3"  # a session without control group, of which participants were asked


@dataclass(frozen=True)
class Drawn:
    """What several tables are made of."""

    customers: Columns
    orders: Columns
    posts: Columns
    tickets: Columns
    states: list[State]
    trainings: list[Training]
    participants: list[dict]
    members: Members
    acts: list[Act]


def build(stories: Stories = STORIES) -> Tables:
    """Return every table of the sample company, by name, with the stories that it tells."""
    web, newsletter, customers, orders = _web_to_orders(stories)
    trainings = draw_trainings(generator("trainings"), stories["role_plays"])
    members = draw_members(generator("club"), customers)
    drawn = Drawn(
        customers=customers,
        orders=orders,
        posts=draw_posts(generator("posts"), stories["viral_post"]),
        tickets=draw_tickets(generator("requests"), customers, stories["one_form"]),
        states=draw_staff(generator("staff")),
        trainings=trainings,
        participants=draw_participants(generator("participants"), trainings),
        members=members,
        acts=draw_acts(generator("life of the club"), members, stories["helper_away"]),
    )
    tables = web | _staff_and_trainings(web["acquisition_daily"], drawn, stories)
    tables |= _networks(drawn, stories) | _surveys(drawn, stories)
    tables |= _beside_the_courses(newsletter, drawn, stories)
    tables = follow(tables, stories)
    tables |= _further_surveys(tables, drawn, stories)
    return apply_edits(tables, stories)


def _frames(**tables: dict | list[dict]) -> Tables:
    return {name: frame(name, columns) for name, columns in tables.items()}


def _one_after_another(name: str, *parts: dict | list[dict]) -> pl.DataFrame:
    """Return the rows of a table in parts, numbered through."""
    frames: list[pl.DataFrame] = []
    for part in parts:
        frames.append(frame(name, part, first=1 + sum(each.height for each in frames)))
    return pl.concat(frames)


def _web_to_orders(stories: Stories) -> tuple[Tables, Columns, Columns, Columns]:
    """Return the tables of audience, leads and mailings; readers, customers and orders as drawn."""
    popup, new_site = stories["popup"], stories["new_site"]
    visits = draw_arrivals(generator("arrivals"), new_site)
    visits = draw_behaviour(generator("behaviour"), visits, new_site)
    sign_ups = draw_sign_ups(generator("sign-ups"), visits, popup)
    days = visits["started_at"][sign_ups].astype("datetime64[D]")
    readers, numbers = draw_readers(generator("readers"), days, popup)
    visits["reader"] = np.full(len(visits["channel"]), -1)
    visits["reader"][sign_ups] = numbers

    sends, rng = send_all(generator("mailings"), readers, stories), generator("clicks")
    from_mail = in_order(visits_from_clicks(rng, sends), "started_at")
    from_mail = draw_behaviour(rng, from_mail, new_site)
    visits = in_order(stack([visits, from_mail]), "started_at")
    visits = name_visitors(generator("visitors"), visits)
    events = draw_events(generator("events"), visits, stories)

    keys = person_keys(generator("people"), readers)
    leads = draw_leads(generator("leads"), visits, keys, stories["same_day_call"])
    customers, customer_of = draw_customers(generator("customers"), leads)
    orders = draw_orders(generator("orders"), customers, leads, customer_of)
    tables = _frames(
        sessions=sessions_table(generator("sessions"), visits),
        web_events=web_events_table(visits, events),
        leads=leads_table(leads, customer_of),
        email_sends=email_sends_table(sends, keys),
        customers=customers,
    )
    acquisition = acquisition_table(generator("acquisition"), visits, new_site)
    tables["acquisition_daily"] = acquisition
    return tables, memberships_table(readers, keys), customers, orders


def _staff_and_trainings(acquisition: pl.DataFrame, drawn: Drawn, stories: Stories) -> Tables:
    """Return the tables of staff, trainings, costs and actions."""
    trainings, participants = drawn.trainings, drawn.participants
    tests = knowledge_tests(generator("tests"), trainings, participants)
    work = work_figures(generator("figures of the work"), participants, stories)
    costs = training_costs(generator("training costs"), trainings, participants)
    quizzes(generator("quizzes"), trainings, participants)
    asked = [each for each in participants if each["training_id"] == ESTIMATED]
    said = claims(generator("claims"), ESTIMATED, asked, mean=2600.0)
    items = work_items(generator("duties"), drawn.states, stories)
    names = labels("work_items", range(1, len(items) + 1)).to_list()
    applied = applications(generator("applications"), items, names, drawn.states, stories)
    return _frames(
        work_items=items,
        applications=applied,
        employees=employees_table(drawn.states),
        absences=absences_table(generator("absences"), drawn.states, stories["unrest"]),
        work_calendar=work_calendar(),
        messages=messages_table(generator("messages"), drawn.states, stories["cut_off"]),
        trainings=trainings_table(trainings),
        training_participants=participants,
        kpi_measurements=[*tests, *work],
        costs=costs_table([*campaign_costs(acquisition), *costs]),
        actions=actions_table(stories),
        effect_estimates=list(said),
    )


def _networks(drawn: Drawn, stories: Stories) -> Tables:
    """Return the tables of the networks, of what is done there and in the Club, and of texts."""
    posts, viral = drawn.posts, stories["viral_post"]
    posts = posts | {"author_kind": sign_posts(generator("leader"), posts, viral)}
    days = draw_days(generator("follows a day"), posts)
    segments = draw_segments(generator("segments"), days)
    days = profile_contacts(generator("contacts"), posts, days)
    on_posts = interactions_table(generator("interactions"), posts, days, viral)
    in_club = interaction_rows(drawn.acts, first=len(on_posts) + 1)
    acts = dict(zip(in_club["interaction_id"], drawn.acts, strict=True))
    first = first_texts(generator("texts"), posts, stories["one_form"])
    further = further_texts(generator("voices"), posts, drawn.tickets, acts, stories)
    return _frames(social_posts=posts, support_tickets=drawn.tickets) | {
        "social_daily": pl.concat([days, segments]),
        "interactions": _one_after_another("interactions", on_posts, in_club),
        "texts": _one_after_another(
            "texts",
            read(generator("themes"), first, by_a_person=0.17),
            read(generator("tones"), further, by_a_person=0.1),
            feedback(generator("feedback box"), stories["unrest"]),
        ),
    }


def _surveys(drawn: Drawn, stories: Stories) -> Tables:
    """Return the tables of what is asked and answered."""
    answers, customers = Answers(), drawn.customers
    ask_staff(generator("staff surveys"), drawn.states, stories, answers)
    ask_after_orders(generator("customer surveys"), drawn.orders, answers)
    ask_participants(generator("reactions"), drawn.trainings, drawn.participants, answers)
    ask_recommendation(generator("would recommend"), customers, stories["cold_customers"], answers)
    ask_after_support(generator("support surveys"), drawn.tickets, answers)
    rate_contents(generator("contents"), _contents(drawn), stories["new_rater"], answers)
    poll_members(generator("polls"), drawn.members, answers)
    ask_at_work(generator("level 3"), drawn.trainings, drawn.participants, answers)
    return _frames(survey_waves=answers.waves, survey_responses=answers.responses)


def _further_surveys(tables: Tables, drawn: Drawn, stories: Stories) -> Tables:
    """Return the tables of surveys with those of single moments and of what is known at their end.

    They came later: what was there before keeps its rows and its numbers.
    """
    answers = Answers()
    ask_moments(generator("moments"), drawn.states, stories["no_flow"], answers)
    ask_what_is_known(generator("recall"), drawn.states, stories["unread_news"], answers)
    more = {"survey_waves": answers.waves, "survey_responses": answers.responses}
    return {
        name: pl.concat([tables[name], frame(name, rows, first=1 + tables[name].height)])
        for name, rows in more.items()
    }


def _contents(drawn: Drawn) -> dict[np.datetime64, list[str]]:
    """Return eight contents a month: five posts of the networks, three of the Club."""
    posts, acts = drawn.posts, drawn.acts
    published = posts["published_at"].astype("datetime64[M]")
    ids = labels("interactions", range(1, len(acts) + 1))
    in_club: dict[np.datetime64, list[str]] = {}
    for act, name in zip(acts, ids, strict=True):
        if act.kind == "post":
            in_club.setdefault(act.at.astype("datetime64[M]"), []).append(name)
    months = np.arange(OPENING.astype("datetime64[M]") + 1, DAYS[-1].astype("datetime64[M]") + 1)
    return {
        month: [*posts["post_id"][published == month][:5], *in_club.get(month, [])[:3]]
        for month in months
    }


def _beside_the_courses(newsletter: Columns, drawn: Drawn, stories: Stories) -> Tables:
    """Return the tables to which the Club, the association and events add."""
    association = association_rows(generator("association"), drawn.customers)
    orders = further_orders(generator("further orders"), drawn.customers, drawn.orders, association)
    readers = list(dict.fromkeys(newsletter["person_key"]))
    took_part = [
        *public_events(generator("public events"), readers),
        *initiatives(generator("initiatives"), drawn.states, stories["unrest"]),
        *club_activities(generator("club activities"), drawn.members),
    ]
    return {
        "orders": _one_after_another("orders", drawn.orders, orders),
        "participations": frame("participations", participations_table(took_part)),
        "memberships": _one_after_another(
            "memberships", newsletter, drawn.members.rows(), association
        ),
    }
