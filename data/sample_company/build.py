"""The order in which the tables of the sample company follow from one another."""

from __future__ import annotations

import numpy as np
import polars as pl

from .absences import absences_table
from .acquisition import acquisition_table
from .answers import Answers
from .business_calendar import MIDNIGHT_AFTER, work_calendar
from .costs import campaign_costs, costs_table, tool_costs
from .emailing import email_sends_table, send_all, visits_from_clicks
from .further import Further
from .leads import draw_leads, leads_table
from .newsletter_list import draw_readers, draw_sign_ups, memberships_table, person_keys
from .people import State, draw_staff, employees_table
from .sales import draw_customers, later_wins, orders_table
from .seeds import generator
from .social import draw_posts, interactions_table, social_daily_table
from .surveys import satisfaction_surveys, staff_surveys
from .table_schema import frame
from .training_studies import training_costs, work_figures
from .trainings import (
    draw_participants,
    draw_trainings,
    knowledge_tests,
    reaction_survey,
    trainings_table,
)
from .verbatims import texts_table
from .web_events import close_visits, draw_events
from .web_tables import session_ids, sessions_table, web_events_table
from .web_traffic import draw_arrivals, draw_behaviour, name_visitors, sort_by_start

LAST_ARRIVAL = MIDNIGHT_AFTER - np.timedelta64(3600, "s")  # so that no event falls after the period


def build() -> dict[str, pl.DataFrame]:
    """Return every table of the sample company, by name."""
    customers, orders, tables = _web_to_orders()
    posts, social = _social()
    states, further = draw_staff(generator("staff")), Further(customers)
    answers = Answers()
    tables |= social
    tables |= _people_and_trainings(states, orders, answers, tables.pop("_campaign_costs"))
    further.surveys(posts, answers)
    tables["survey_waves"], tables["survey_responses"] = answers.tables()
    return further.extend(tables, posts, states)


def _web_to_orders() -> tuple[dict, dict, dict]:
    """Return customers, orders, and the tables of audience, leads, e-mailing and sales."""
    rng = generator("arrivals")
    visits = draw_arrivals(rng)
    visits = {name: values[visits["started_at"] < LAST_ARRIVAL] for name, values in visits.items()}
    visits = draw_behaviour(generator("behaviour"), visits)
    sign_ups = draw_sign_ups(generator("sign-ups"), visits)
    days = visits["started_at"][sign_ups].astype("datetime64[D]")
    readers, numbers = draw_readers(generator("readers"), days)
    visits["reader"] = np.full(len(visits["channel"]), -1)
    visits["reader"][sign_ups] = numbers

    sends = send_all(generator("mailings"), readers)
    rng = generator("clicks")
    from_mail = draw_behaviour(rng, sort_by_start(visits_from_clicks(rng, sends)))
    visits = sort_by_start(
        {name: np.concatenate([values, from_mail[name]]) for name, values in visits.items()}
    )
    visits = name_visitors(generator("visitors"), visits)
    events = draw_events(generator("events"), visits)
    close_visits(visits, events)

    keys = person_keys(generator("people"), readers)
    leads = draw_leads(generator("leads"), visits, keys)
    customers, customer_of = draw_customers(generator("customers"), leads)
    orders = orders_table(generator("orders"), customers, later_wins(leads, customers, customer_of))
    acquisition = acquisition_table(generator("acquisition"), visits)
    return (
        customers,
        orders,
        {
            "sessions": sessions_table(generator("sessions"), visits),
            "web_events": web_events_table(visits, events),
            "acquisition_daily": acquisition,
            "leads": leads_table(leads, session_ids(len(visits["channel"])), customer_of),
            "email_sends": email_sends_table(sends, keys),
            "memberships": memberships_table(readers, keys),
            "customers": customers,
            "orders": orders,
            "_campaign_costs": campaign_costs(frame("acquisition_daily", acquisition)),
        },
    )


def _social() -> tuple[dict, dict[str, dict]]:
    """Return the posts as they are drawn, and the tables of the networks."""
    posts = draw_posts(generator("posts"))
    daily = social_daily_table(generator("follows a day"), posts)
    return posts, {
        "social_posts": posts,
        "social_daily": daily,
        "interactions": interactions_table(generator("interactions"), posts, daily),
        "texts": texts_table(generator("texts"), posts),
    }


def _people_and_trainings(
    states: list[State], orders: dict, answers: Answers, media: list[dict]
) -> dict[str, dict]:
    """Return the tables of staff, trainings and costs; the surveys are added to the answers."""
    trainings = draw_trainings(generator("trainings"))
    participants = draw_participants(generator("participants"), trainings)
    staff_surveys(generator("staff surveys"), states, answers)
    satisfaction_surveys(generator("customer surveys"), orders, answers)
    reaction_survey(generator("reactions"), trainings, participants, answers)
    measures = knowledge_tests(generator("tests"), trainings, participants)
    measures += work_figures(generator("figures of the work"), participants)
    costs = (
        media + tool_costs() + training_costs(generator("training costs"), trainings, participants)
    )
    return {
        "employees": employees_table(states),
        "absences": absences_table(generator("absences"), states),
        "work_calendar": work_calendar(),
        "trainings": trainings_table(trainings),
        "training_participants": _columns(participants),
        "kpi_measurements": _columns(measures),
        "costs": costs_table(costs),
    }


def _columns(rows: list[dict]) -> dict[str, list]:
    return {name: [row[name] for row in rows] for name in rows[0]}
