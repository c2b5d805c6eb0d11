"""The catalogue, one file a topic: each reads like a chapter, in the order a report shows it."""

from kpilib.topics import (
    audience,
    community,
    customers,
    emailing,
    employees,
    leads,
    okr,
    participants,
    posts,
    satisfaction,
    social,
    training,
    work,
)

DECLARED = {
    "audience": audience.KPIS,
    "leads": leads.KPIS,
    "emailing": emailing.KPIS,
    "social": (*posts.KPIS, *social.KPIS),
    "customers": (*customers.KPIS, *satisfaction.KPIS),
    "community": community.KPIS,
    "employees": (*employees.KPIS, *work.KPIS),
    "training": (*participants.KPIS, *training.KPIS),
    "okr": okr.KPIS,
}
