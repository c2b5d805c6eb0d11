"""Community: who belongs to it, who is active, and whether members help one another."""

from __future__ import annotations

from kpilib import definitions as kpi
from kpilib.definitions import ARTICLES, Benchmark, Ratio, Rest
from kpilib.measure import Fields, belonging, count, distinct, hours_until, median, total
from kpilib.methods.conversion import conversion
from kpilib.methods.members import contributions, exchanges, visit_days
from kpilib.methods.rubric import content_rubric
from kpilib.methods.super_users import super_users

RECENT = "30d"
SPELLS = ("community_spells", "person_key")
FEVERBEE = "FeverBee, on measuring communities"
NUMBER_BESIDE = "A rate where " + ARTICLES + " speak of a number; the number stands beside."
MEMBERS = belonging("closing", *SPELLS)
AVERAGE_MEMBERS = belonging("average", *SPELLS)
ANSWER_DAYS = 7
OWN_SPACES = ["community", "internal", "own"]  # media that are ours: what is said there stays home


def active(t: Fields):
    """An act is more than a visit; one of an unknown kind cannot be told from a visit."""
    return (t.kind != "visit").fill_null(False)


def answered(t: Fields):
    """Another member answered within seven days."""
    return t.is_due & (t.first_reply_at <= t.due_at).fill_null(False)


def asked(t: Fields):
    """Old enough to have been answered, and by somebody: else nobody knows who is another."""
    return t.is_due & ~t.actor_key.is_null()


def outside(t: Fields):
    """Somebody speaks of us where we are not at home."""
    return (t.source == "mention") & ~t.medium.is_in(OWN_SPACES).fill_null(False)


def poll(t: Fields):
    """A poll among members."""
    return t.survey_kind == "poll"


def in_tone(tone: str):
    """Count the outside mentions of one tone."""
    return count("texts", lambda t: outside(t) & (t.sentiment == tone).fill_null(False))


LATELY_ACTIVE = belonging("closing", "spell_acts", "person_key", active, at="ts", window=RECENT)

KPIS = (
    # Who belongs to the community, who takes part in it, and who brought whom.
    kpi.stock(
        id="community_members",
        label="Community members",
        question="How many people belong to the community, and how many of them do something?",
        formula="Members on the last day; new ones, and those active in the last 30 days, beside",
        better="higher",
        who=lambda kind: belonging(kind, *SPELLS),
        beside={"active": LATELY_ACTIVE, "inactive": Rest(whole=MEMBERS, part=LATELY_ACTIVE)},
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
    kpi.rate(
        id="active_member_rate",
        label="Active member rate",
        question="What share of the members takes part?",
        formula="Distinct members who did more than visit / average members",
        better="higher",
        roll_up="R3",
        numerator=distinct("member_acts", "actor_key", active),
        denominator=AVERAGE_MEMBERS,
        beside={
            "active_visit_rate": Ratio(distinct("member_acts", "actor_key"), AVERAGE_MEMBERS),
            "contributions_per_member": Ratio(count("member_acts", active), AVERAGE_MEMBERS),
        },
        reading="People, not acts. The rate with mere visits, and the contributions per member,"
        " stand beside.",
        caveat="A longer period has more active members: compare periods of one length, and never"
        " add months.",
        rises="more members take part",
        falls="fewer members take part",
        headline=True,
        source=FEVERBEE + "; messages, comments, reactions and shares, after " + ARTICLES + ".",
    ),
    kpi.rate(
        id="community_referrals",
        label="Members brought by members",
        question="Do members bring others?",
        formula="New members with a declared sponsor / new members",
        better="higher",
        tier=3,
        numerator=belonging("entries", *SPELLS, event=lambda t: t.is_referred.fill_null(False)),
        denominator=belonging("entries", *SPELLS, event=lambda t: ~t.is_referred.is_null()),
        reading="Read with the number of those brought: a rate of few newcomers says little.",
        caveat="Only declared sponsors are known: word of mouth that nobody notes is missing.",
        source=NUMBER_BESIDE,
    ),
    # How much members do, how often they come, and what comes of it.
    kpi.worked_out(
        id="activity_per_member",
        label="Contributions per member",
        question="How much does a member contribute?",
        formula="Acts other than visits / average members",
        unit="acts",
        better="higher",
        roll_up="R2",
        tier=2,
        method=contributions,
        needs={
            "member_acts": "ts actor_key kind",
            "community_spells": "person_key start_at end_at",
        },
        reading="Read with the median member and the Gini index beside: the median is what most"
        " people do, an index near 1 says that a few do it all.",
        caveat="One person can make the mean: where the median is 0, most members are silent.",
        source=FEVERBEE + ".",
    ),
    kpi.worked_out(
        id="visit_frequency",
        label="Visit frequency",
        question="How often do members come?",
        formula="Distinct members x days with a visit or an act / distinct members who came",
        unit="days",
        better="higher",
        roll_up="R3",
        tier=2,
        method=visit_days,
        needs={"member_acts": "ts actor_key kind"},
        reading="Members of an average day over members of the month, times the days of the month."
        " The median member who came stands beside.",
        caveat="Unreliable below 1,000 members who come, and then flagged as few cases: a handful"
        " of regulars moves it. Months of unequal length differ by themselves.",
        source=FEVERBEE + ".",
        benchmark=Benchmark(
            "100 members a day and 1,000 a month make 3 days a month.", FEVERBEE, "published"
        ),
    ),
    kpi.ratio(
        id="time_on_platform",
        label="Time on the platform",
        question="How long do members stay?",
        formula="Minutes on the platform / distinct members whose time is recorded",
        unit="minutes",
        better="higher",
        roll_up="R3",
        tier=2,
        numerator=total("member_acts", lambda t: t.minutes, lambda t: ~t.minutes.is_null()),
        denominator=distinct("member_acts", "actor_key", lambda t: ~t.minutes.is_null()),
        unit_of_chance="actor_key",
        spread=("median",),
        reading="Per member who came, over the whole period; the median member stands beside.",
        caveat="An open tab is not attention, and long may mean lost as well as captivated.",
        source="House rule, after " + ARTICLES + ".",
    ),
    kpi.worked_out(
        id="super_users",
        label="Share made by super-users",
        question="Does the community rest on a few people?",
        formula="Weighted contributions of the first 1 % of members, with at least 10 acts / those"
        " of all members",
        unit="rate",
        better="neutral",
        roll_up="R11",
        method=super_users,
        needs={"member_acts": "ts actor_key kind"},
        interval="none",
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
    kpi.worked_out(
        id="community_conversion_rate",
        label="Community conversion rate",
        question="Do active members do what the community is for?",
        formula="Distinct active members who bought, came to an event, took a document or brought"
        " a member / distinct active members",
        unit="rate",
        better="higher",
        roll_up="R3",
        tier=2,
        method=conversion,
        needs={"member_acts": "ts actor_key kind"},
        wants={
            "orders": "customer_id ordered_at status",
            "participations": "activity_kind activity_at audience person_key attended",
            "web_events": "visitor_id ts event_name",
            "leads": "person_key visitor_id",
            "memberships": "referred_by",
        },
        reading="Only actions that are recorded count; how many members did each stands beside. By"
        " action, the rates overlap and do not add up.",
        caveat="Those who buy may be those who join: that active members buy more does not say that"
        " the community made them buy.",
        rises="more active members buy, come or bring someone",
        falls="fewer active members buy, come or bring someone",
        source=NUMBER_BESIDE,
    ),
    # Whether members help one another, what they are told and asked, and what is said elsewhere.
    kpi.rate(
        id="answer_rate",
        label="Questions answered",
        question="Does a member who asks get an answer?",
        formula="Questions that another member answered within 7 days / questions at least 7 days"
        " old",
        better="higher",
        numerator=count("questions", answered),
        denominator=count("questions", asked),
        beside={
            "median_hours_to_answer": median(
                "questions", lambda t: hours_until(t.ts, t.first_reply_at), asked
            ),
            "not_yet_due": count("questions", lambda t: ~t.is_due),
            "excluded_without_author": count(
                "questions", lambda t: t.is_due & t.actor_key.is_null()
            ),
        },
        maturity_days=ANSWER_DAYS,
        reading="By the day of the question. The median wait beside it counts those without an"
        " answer, and is not known while they are half of all.",
        caveat="An answer is not yet a solution. Neither what authors answer themselves nor what"
        " the company answers counts.",
        rises="more questions find an answer",
        falls="fewer questions find an answer",
        headline=True,
        source="House rule: seven days, another member.",
    ),
    kpi.worked_out(
        id="member_interaction_level",
        label="Member-to-member interaction",
        question="Do members speak with one another, or each with us?",
        formula="Answers, mentions, quotes between members and joint projects / active members",
        unit="acts",
        better="higher",
        roll_up="R3",
        tier=2,
        method=exchanges,
        needs={"member_acts": "ts actor_key kind", "member_exchanges": "ts actor_key kind"},
        wants={"participations": "activity_kind activity_at person_key attended"},
        reading="The share of members with at least one exchange stands beside: it tells many who"
        " speak a little from a few who speak a lot.",
        caveat="Who answers oneself, or exchanges with the company, is not counted; what members"
        " say elsewhere is not seen.",
        rises="members speak more with one another",
        falls="members speak less with one another",
        headline=True,
        source="House rule, after " + ARTICLES + ".",
    ),
    kpi.rate(
        id="poll_participation_rate",
        label="Poll participation",
        question="How many members answer when they are asked?",
        formula="Respondents / members invited, polls closed in the period",
        better="higher",
        tier=2,
        numerator=distinct("wave_respondents", "survey_id wave respondent_key", poll),
        denominator=total("survey_waves", lambda t: t.invited_n, poll),
        beside={"polls": distinct("survey_waves", "survey_id wave", poll)},
        people=distinct("wave_respondents", "respondent_key", poll),
        reading="Publish what was answered and what was changed: members answer again when they see"
        " that it counts.",
        caveat="A rate says nothing of who answers: the active answer more than the silent.",
        source="House rule, after " + ARTICLES + ".",
    ),
    kpi.worked_out(
        id="content_quality_score",
        label="Content quality",
        question="Are the contents relevant, original, useful and credible?",
        formula="Mean over contents of each content's mean mark from 1 to 5, on the rubric",
        unit="score",
        better="higher",
        roll_up="R8",
        tier=2,
        method=content_rubric,
        needs={
            "survey_answers": "survey_id wave respondent_key item_id value scale_min scale_max"
            " answered_at survey_kind subject_id"
        },
        reading="Every content weighs the same, however many raters it had. How far the raters"
        " agree stands beside.",
        caveat="Not published unless two raters marked a fifth of it and agree (weighted kappa of"
        " 0.6 or more): a mark on which raters differ measures the rater.",
        source="Cohen (1968), weighted kappa; Light (1971) for more than two raters.",
    ),
    kpi.count(
        id="external_mentions",
        label="External mentions",
        question="Is the community spoken of elsewhere?",
        formula="Mentions of the brand outside its own spaces; by tone beside",
        better="higher",
        tier=2,
        measure=count("texts", outside),
        unit_of_chance="author_key",
        beside={tone: in_tone(tone) for tone in ("positive", "neutral", "negative")},
        reading="By medium, and with the tone beside: to be spoken of is not yet to be praised.",
        caveat="What a listening tool finds depends on its words and its sources; the tone of a"
        " text is an estimate.",
        source="House rule, after " + ARTICLES + ".",
    ),
)
