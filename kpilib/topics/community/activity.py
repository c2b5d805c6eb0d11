"""How much members do, how often they come, and what comes of it."""

from __future__ import annotations

from kpilib.definitions import ARTICLES, Benchmark, Kpi, Method, Ratio
from kpilib.measure import distinct, total
from kpilib.topics.community.membership import FEVERBEE, NUMBER_BESIDE

KPIS = (
    Kpi(
        id="activity_per_member",
        label="Contributions per member",
        question="How much does a member contribute?",
        formula="Acts other than visits / average members",
        unit="acts",
        better="higher",
        roll_up="R2",
        tier=2,
        value=Method(
            name="contributions",
            needs={
                "member_acts": "ts actor_key kind",
                "community_spells": "person_key start_at end_at",
            },
        ),
        interval="method",
        reading="Read with the median member and the Gini index beside: the median is what most"
        " people do, an index near 1 says that a few do it all.",
        caveat="One person can make the mean: where the median is 0, most members are silent.",
        source=FEVERBEE + ".",
    ),
    Kpi(
        id="visit_frequency",
        label="Visit frequency",
        question="How often do members come?",
        formula="Distinct members x days with a visit or an act / distinct members who came",
        unit="days",
        better="higher",
        roll_up="R3",
        tier=2,
        value=Method(name="visit_days", needs={"member_acts": "ts actor_key kind"}),
        interval="method",
        reading="Members of an average day over members of the month, times the days of the month."
        " The median member who came stands beside.",
        caveat="Unreliable below 1,000 members who come, and then flagged as few cases: a handful"
        " of regulars moves it. Months of unequal length differ by themselves.",
        source=FEVERBEE + ".",
        benchmark=Benchmark(
            "100 members a day and 1,000 a month make 3 days a month.", FEVERBEE, "published"
        ),
    ),
    Kpi(
        id="time_on_platform",
        label="Time on the platform",
        question="How long do members stay?",
        formula="Minutes on the platform / distinct members whose time is recorded",
        unit="minutes",
        better="higher",
        roll_up="R3",
        tier=2,
        value=Ratio(
            numerator=total("member_acts", lambda t: t.minutes),
            denominator=distinct("member_acts", "actor_key", lambda t: ~t.minutes.is_null()),
            unit_of_chance="actor_key",
            spread=("median",),
        ),
        interval="bootstrap",
        reading="Per member who came, over the whole period; the median member stands beside.",
        caveat="An open tab is not attention, and long may mean lost as well as captivated.",
        source="House rule, after " + ARTICLES + ".",
    ),
    Kpi(
        id="super_users",
        label="Share made by super-users",
        question="Does the community rest on a few people?",
        formula="Weighted contributions of the first 1 % of members, with at least 10 acts / those"
        " of all members",
        unit="rate",
        better="neutral",
        roll_up="R11",
        value=Method(name="super_users", needs={"member_acts": "ts actor_key kind"}),
        reading="A post, a question and an answer weigh 5, a comment 2, a reaction 1, unless the"
        " company decides otherwise. How many super-users there are, and the Gini index, stand"
        " beside. No page names them.",
        caveat="Above 30 % the community depends on a few people who may tire or leave: thank them,"
        " share their work, and look for their successors.",
        rises="the community rests more on a few",
        falls="the community rests less on a few",
        headline=True,
        source="House rule on super-users; the Gini index in its population form.",
    ),
    Kpi(
        id="community_conversion_rate",
        label="Community conversion rate",
        question="Do active members do what the community is for?",
        formula="Distinct active members who bought, came to an event, took a document or brought"
        " a member / distinct active members",
        unit="rate",
        better="higher",
        roll_up="R3",
        tier=2,
        value=Method(
            name="conversion",
            needs={"member_acts": "ts actor_key kind"},
            wants={
                "orders": "customer_id ordered_at status",
                "participations": "activity_kind activity_at audience person_key attended",
                "web_events": "visitor_id ts event_name",
                "leads": "person_key visitor_id",
                "memberships": "referred_by",
            },
        ),
        interval="method",
        reading="Only actions that are recorded count; how many members did each stands beside. By"
        " action, the rates overlap and do not add up.",
        caveat="Those who buy may be those who join: that active members buy more does not say that"
        " the community made them buy.",
        rises="more active members buy, come or bring someone",
        falls="fewer active members buy, come or bring someone",
        source=NUMBER_BESIDE,
    ),
)
