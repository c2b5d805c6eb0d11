"""Who belongs to the community, who takes part in it, and who brought whom."""

from __future__ import annotations

from kpilib.definitions import ARTICLES, Benchmark, Kpi, Ratio, Rest, Total
from kpilib.measure import Fields, belonging, count, distinct

RECENT = "30d"
SPELLS = ("community_spells", "person_key")
FEVERBEE = "FeverBee, on measuring communities"
NUMBER_BESIDE = "A rate where " + ARTICLES + " speak of a number; the number stands beside."


def active(t: Fields):
    """An act is more than a visit; one of an unknown kind cannot be told from a visit."""
    return (t.kind != "visit").fill_null(False)


MEMBERS = belonging("closing", *SPELLS)
AVERAGE_MEMBERS = belonging("average", *SPELLS)
LATELY_ACTIVE = belonging("closing", "spell_acts", "person_key", active, at="ts", window=RECENT)

KPIS = (
    Kpi(
        id="community_members",
        label="Community members",
        question="How many people belong to the community, and how many of them do something?",
        formula="Members on the last day; new ones, and those active in the last 30 days, beside",
        unit="people",
        better="higher",
        roll_up="R4",
        value=Total(measure=MEMBERS),
        beside={
            "opening": belonging("opening", *SPELLS),
            "entries": belonging("entries", *SPELLS),
            "exits": belonging("exits", *SPELLS),
            "active": LATELY_ACTIVE,
            "inactive": Rest(whole=MEMBERS, part=LATELY_ACTIVE),
        },
        reading="A stock: a quarter is its last month. Members at the end = at the start + new -"
        " gone. Active: more than a visit in the 30 days that end with the period.",
        caveat="Members who went silent stay in the count until somebody removes them: a community"
        " may grow and fall asleep at the same time.",
        rises="the community grows",
        falls="the community shrinks",
        headline=True,
        source="House rule on belonging (stocks and flows); active over 30 days, after "
        + ARTICLES
        + ".",
        benchmark=Benchmark(
            "Active members: +15 % a month, which makes 5.35 times as many in a year.", ARTICLES
        ),
    ),
    Kpi(
        id="active_member_rate",
        label="Active member rate",
        question="What share of the members takes part?",
        formula="Distinct members who did more than visit / average members",
        unit="rate",
        better="higher",
        roll_up="R3",
        value=Ratio(
            numerator=distinct("member_acts", "actor_key", active), denominator=AVERAGE_MEMBERS
        ),
        beside={
            "active_visit_rate": Ratio(
                numerator=distinct("member_acts", "actor_key"), denominator=AVERAGE_MEMBERS
            ),
            "contributions_per_member": Ratio(
                numerator=count("member_acts", active), denominator=AVERAGE_MEMBERS
            ),
        },
        interval="wilson",
        reading="People, not acts. The rate with mere visits, and the contributions per member,"
        " stand beside.",
        caveat="A longer period has more active members: compare periods of one length, and never"
        " add months.",
        rises="more members take part",
        falls="fewer members take part",
        headline=True,
        source=FEVERBEE + "; messages, comments, reactions and shares, after " + ARTICLES + ".",
    ),
    Kpi(
        id="community_referrals",
        label="Members brought by members",
        question="Do members bring others?",
        formula="New members with a declared sponsor / new members",
        unit="rate",
        better="higher",
        roll_up="R2",
        tier=3,
        value=Ratio(
            numerator=belonging("entries", *SPELLS, event=lambda t: t.is_referred.fill_null(False)),
            denominator=belonging("entries", *SPELLS, event=lambda t: ~t.is_referred.is_null()),
        ),
        interval="wilson",
        reading="Read with the number of those brought: a rate of few newcomers says little.",
        caveat="Only declared sponsors are known: word of mouth that nobody notes is missing.",
        source=NUMBER_BESIDE,
    ),
)
