"""What is planted in the company for a reader to find, apart from how it is drawn.

The sample tells most of the stories. `retold` and `left_out` give them all with one changed;
`build` makes the company from what they return.
"""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import date
from typing import Any

from . import edits
from .story import Stories, Story, Tables

_DECLARED = (
    Story(
        name="empty_campaign",
        whom="display_notoriete_2026",
        since=date(2026, 9, 14),
        movable=(),
        changes="Banners bought by the thousand fill the audience figures.",
        finds="Traffic rises by 85 %, the visit-to-lead rate falls: the mix changed, nobody "
        "converts less, and none of the campaign's leads was qualified.",
        takes_away=edits.without_campaign,
    ),
    Story(
        name="popup",
        whom="newsletter",
        since=date(2026, 1, 12),
        changes="A window asks visitors to subscribe; many who do wanted the guide.",
        finds="The list grows faster and its new readers read less.",
        by={"sign_ups": 2.15, "seen": 0.3, "lukewarm": 0.7},
    ),
    Story(
        name="weary_readers",
        whom="newsletter",
        since=date(2025, 9, 15),
        movable=(),
        changes="Readers open less and less, and leave more often.",
        finds="The trackable open rate falls from a quarter to a sixth.",
        by={
            "attention": {"2024-09-01": 0.275, "2025-09-15": 0.268, "2025-12-01": 0.256,
                          "2026-10-31": 0.192},
            "leaving": {"2024-09-01": 0.0023, "2025-10-15": 0.0025, "2026-10-31": 0.0042},
        },
    ),
    Story(
        name="hidden_opens",
        whom="newsletter",
        since=date(2025, 10, 15),
        movable=(),
        changes="More and more mail programs open letters by machine and hide who reads.",
        finds="The raw open rate rises while people open less.",
        by={"proxied": {"2024-09-01": 0.22, "2025-10-15": 0.30, "2026-10-31": 0.455}},
    ),
    Story(
        name="unrest",
        whom="relation_apprenants",
        since=date(2026, 1, 6),
        movable=("whom", "since"),
        changes="A team is unhappy, ill twice as often, and stays away from what it is invited to.",
        finds="Its eNPS falls to -86 and its absenteeism triples; the company's figures hide it.",
        by={
            # wave: what it loses on the scale of 5, and on the scale of 10
            "mood": {date(2026, 1, 6): (0.15, 0.3), date(2026, 4, 6): (0.55, 1.2),
                     date(2026, 7, 6): (0.8, 1.9), date(2026, 10, 6): (0.95, 2.4)},
            "ill_from": date(2026, 3, 1),
            "illness": 2.2,
            "spells": (
                ("e068", date(2026, 4, 20), 33, "sickness"),
                ("e052", date(2026, 6, 8), 26, "sickness"),
                ("e056", date(2026, 9, 14), 40, "sickness"),
                ("e051", date(2026, 10, 5), 19, "sickness"),
            ),
            "away_from": date(2026, 4, 1),
            "comes": 0.55,
        },
    ),
    Story(
        name="good_training",
        whom="tr_2602_prospection",
        since=date(2026, 2, 3),
        movable=(),
        changes="Those who were trained sign more contracts than their control group.",
        finds="An effect beyond chance; the training pays for itself.",
        by={"everybody": 0.45, "trained": 1.25},
    ),
    Story(
        name="empty_training",
        whom="tr_2603_ia_dossiers",
        since=date(2026, 3, 17),
        movable=(),
        changes="A new software helps everybody in the same weeks; the training adds nothing.",
        finds="Loved, with better marks at the test, and no effect on the work.",
        by={"everybody": 6.1, "trained": 0.3},
    ),
    Story(
        name="small_training",
        whom="tr_2503_fidelisation",
        since=date(2025, 3, 11),
        movable=(),
        changes="Twelve people of four teams gain a little.",
        finds="Nothing can be concluded.",
        by={"everybody": 0.35, "trained": 0.45},
    ),
    Story(
        name="role_plays",
        whom="Manager de proximité",
        since=date(2026, 1, 1),
        movable=("whom", "since"),
        changes="The second version of a course has role plays and a follow-up call.",
        finds="Better marks at the test than the first version.",
        by={"test_after": 15.0},
    ),
    Story(
        name="viral_post",
        whom="acc_linkedin",
        since=date(2026, 10, 6),
        movable=(),
        changes="A joke on video, seen by everybody, by nobody who needs a course.",
        finds="Nine impressions of ten are its own; engagement falls, followers do not come.",
        by={
            "at": "2026-10-06T11:45:00",
            "of_followers": 0.08,
            "counts": {"format": "video", "impressions": 214_600, "reach": 187_300,
                       "reactions": 486, "comments": 41, "shares": 77, "clicks": 118,
                       "follows": 5},
        },
    ),
    Story(
        name="cold_customers",
        whom="individual",
        since=date(2026, 4, 2),
        changes="People who came by themselves recommend the company less and less (nobody answers "
        "them), while firms, whose account managers stayed, recommend it more.",
        finds="The NPS holds; by kind of customer it falls apart.",
        by={  # wave: shift of the mean grade by kind of customer
            "grade": {
                date(2026, 4, 2): {"individual": -0.5, "RH": 0.2},
                date(2026, 7, 2): {"individual": -1.5, "RH": 0.5},
                date(2026, 10, 2): {"individual": -2.1, "RH": 0.7},
            }
        },
    ),
    Story(
        name="one_form",
        whom="customer service",
        since=date(2026, 5, 4),
        changes="One form replaces the phone: simple requests get a ready answer within hours, the "
        "others wait or are never closed, and complaints are about waiting.",
        finds="The mean time of the resolved falls, because only quick ones are in it.",
        by={
            "load": 1.3,
            "shares": (0.44, 0.24, 0.32),
            "hours": {"simple": 3.0, "complex": 800.0, "complaint": 1100.0},
            "forgotten": {"simple": 0.02, "complex": 0.16, "complaint": 0.32},
            "slow_from": date(2026, 5, 1),  # the learner-relations team is short of people
            "tones": {
                "google_review": (0.75, 0.10, 0.15),
                "private_message": (0.34, 0.33, 0.33),
                "mention": (0.44, 0.36, 0.2),
                "complaint": (0.36, 0.22, 0.14, 0.12, 0.16),
            },
        },
    ),
    Story(
        name="helper_away",
        whom="k0143",
        since=date(2026, 7, 1),
        changes="The member who answers so much has less time, and nobody steps in.",
        finds="Questions answered within a week fall from 79 % to 46 % while the Club grows.",
        by={"comes": 0.28, "helps": 0.16, "others": 0.6, "hours": 52.0},
    ),
    Story(
        name="new_site",
        whom="google",
        since=date(2026, 2, 16),
        changes="A new site costs three weeks of search visits, then ranks better and better.",
        finds="The average position reaches 9.6, organic visits rise by a third in a year.",
        by={"visits": 0.40, "engaged": 0.028},
    ),
    Story(
        name="simulator",
        whom="cta_simulateur",
        since=date(2026, 10, 19),
        movable=("whom", "since"),
        changes="A new button stands on the page about funding.",
        finds="Best of all by its rate, on a handful of views: it proves nothing.",
        by={"views": 17},
    ),
    Story(
        name="same_day_call",
        whom="sales",
        since=date(2026, 4, 1),
        changes="Sales calls back the same day.",
        finds="A few more leads are qualified.",
        by={"score": 1.6},
    ),
    Story(
        name="holiday_wave",
        whom="staff survey",
        since=date(2025, 7, 6),
        changes="A wave is sent in the first week of the holidays.",
        finds="Under half answer: the wave is not compared with the others.",
        by={"answering": 0.42},
    ),
    Story(
        name="new_rater",
        whom="relecture_2",
        since=date(2025, 9, 1),
        changes="The second rater of a month does not know the grid yet.",
        finds="The two raters of September 2025 agree no more than chance would.",
    ),
    Story(
        name="late_training",
        whom="tr_2509_negociation",
        since=date(2025, 9, 9),
        movable=(),
        changes="What is learnt about negotiating shows after five months, when budgets are made.",
        finds="No effect in spring; from the fifth month on one beyond chance, and it stays.",
        by={"trained": 1.5, "after": 4},
    ),
    Story(
        name="rising_team",
        whom="tr_2510_devis",
        since=date(2025, 10, 6),
        movable=(),
        changes="Those who chose the course were getting better every month before it.",
        finds="A fine change and glowing estimates; nothing beyond the line they were on.",
        by={"trained": 0.0, "a_month": 0.16, "estimates": 5200.0},
    ),
    Story(
        name="paid_training",
        whom="Relancer au téléphone",
        since=date(2025, 4, 8),
        movable=(),
        changes="A second version adds real calls and a month of follow-up by a peer.",
        finds="The first version costs more than it brings, the second pays three times its cost.",
        by={"trained": {"v1": 0.35, "v2": 1.3}},
    ),
    Story(
        name="hurry",
        whom="pedagogie",
        since=date(2026, 4, 1),
        changes="A team is measured by its deadlines alone, and hands over what is not finished.",
        finds="Its projects are on time as never before, and the marks of its work fall by one.",
        by={"on_time": 0.95, "quality": 2.75},
        movable=("whom", "since"),
    ),
    Story(
        name="low_aims",
        whom="commercial",
        since=date(2026, 1, 1),
        changes="A team sets itself objectives that are two thirds of the usual ones.",
        finds="It reaches nearly all of them: look at the targets, not at the rate.",
        by={"reached": 0.96, "of_usual": 0.67},
        movable=("whom", "since"),
    ),
    Story(
        name="no_interviews",
        whom="relation_apprenants",
        since=date(2026, 2, 1),
        changes="The one-to-one interviews of a team are put off and not held.",
        finds="Of 18 interviews due within a year two are held, in the months before people leave.",
        by={"held": 0.3},
        movable=("whom", "since"),
    ),
    Story(
        name="wants_away",
        whom="relation_apprenants",
        since=date(2026, 4, 1),
        changes="People of a team apply for whatever is vacant in the others.",
        finds="Internal applications rise because of one team: no sign of a healthy house.",
        by={"applies": 0.75},
        movable=("whom", "since"),
    ),
    Story(
        name="no_flow",
        whom="relation_apprenants",
        since=date(2026, 4, 1),
        changes="What is hard falls to whoever is new, what is easy to whoever can do more.",
        finds="The share of moments in flow falls from 35 to 18 % in the team: skill and challenge "
        "part.",
        by={"together": -0.35},
        movable=("whom", "since"),
    ),
    Story(
        name="unread_news",
        whom="formateurs",
        since=date(2026, 10, 1),
        changes="An announcement is made on the intranet, which a team on the road does not read.",
        finds="Three of four know of it; of the team, half.",
        by={"know": 0.35},
        movable=("whom", "since"),
    ),
    Story(
        name="cut_off",
        whom="formateurs",
        since=date(2026, 4, 1),
        movable=("whom", "since"),
        changes="The weekly meeting with the other teams is dropped: a team is left to itself.",
        finds="More than half of its people have no tie left, and no tie leads out of the team.",
    ),
    # For a lesson: not told in the sample.
    Story(
        name="lost_leads",
        whom="rentree_2026",
        since=date(2026, 9, 1),
        movable=("whom", "since"),
        changes="The form of a campaign's page fails: visits are paid for and leave no lead.",
        finds="Its leads fall to nothing from one day on; its clicks and its cost do not.",
        told=False,
        plants=edits.lose_leads,
    ),
    Story(
        name="team_leaves",
        whom="formateurs",
        since=date(2026, 10, 15),
        movable=("whom", "since"),
        changes="Five trainers resign on one day.",
        finds="Turnover of the team; its headcount at the end of October.",
        by={"people": 5},
        told=False,
        plants=edits.people_leave,
    ),
    Story(
        name="dead_sensor",
        whom="web analytics",
        since=date(2026, 10, 20),
        changes="The tag of the site is gone: no visit and no event is counted any more.",
        finds="Visits stop in all channels on the same day; leads and orders do not.",
        told=False,
        plants=edits.stop_counting,
    ),
    Story(
        name="double_import",
        whom="orders",
        since=date(2026, 10, 5),
        movable=("whom", "since"),
        changes="An export of orders was imported twice, the second time with other numbers.",
        finds="Revenue of a week doubles: the same amounts, paid at the same second.",
        by={"time": "ordered_at", "until": date(2026, 10, 11)},
        told=False,
        plants=edits.import_twice,
    ),
    Story(
        name="robots",
        whom="SG",
        since=date(2026, 10, 12),
        movable=("whom", "since"),
        changes="A robot opens the home page every minute for two days.",
        finds="Direct visits of one country, of no second, at every minute: more visits, a higher "
        "bounce rate, a lower visit-to-lead rate, and as many leads.",
        by={"visits": 2880},
        told=False,
        plants=edits.robots_come,
    ),
    Story(
        name="lost_comma",
        whom="orders",
        since=date(2026, 10, 12),
        changes="The amounts of three days were read without their decimal comma.",
        finds="Revenue of three days is a hundred times what it was; orders are as many as ever.",
        by={"until": date(2026, 10, 14)},
        told=False,
        plants=edits.lose_the_comma,
    ),
    Story(
        name="double_mailing",
        whom="nl_2026_10b",
        since=date(2026, 10, 20),
        movable=("whom",),
        changes="A letter went out twice, two hours apart.",
        finds="Open and click rates of one letter fall by half; openers are as many as they were.",
        told=False,
        plants=edits.send_again,
    ),
    Story(
        name="closed_at_once",
        whom="customer service",
        since=date(2026, 10, 29),
        changes="All open requests are closed in one evening, answered or not.",
        finds="Open requests fall to almost none, dozens are resolved at the same second, and the "
        "mean time to resolve rises.",
        told=False,
        plants=edits.close_all,
    ),
    Story(
        name="lost_critics",
        whom="enps",
        since=date(2026, 10, 1),
        movable=("whom", "since"),
        changes="Answers of six and less of a staff survey were lost.",
        finds="Its eNPS leaps, nobody answered below seven, and fewer people answered.",
        by={"least": 7.0},
        told=False,
        plants=edits.lose_critics,
    ),
)  # fmt: skip
STORIES: Stories = {story.name: story for story in _DECLARED}


def _named(name: str) -> Story:
    if name not in STORIES:
        near = difflib.get_close_matches(name, STORIES, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"There is no story {name!r}.{hint} Stories: {', '.join(STORIES)}.")
    return STORIES[name]


def left_out(name: str) -> Stories:
    """Return the stories with one of them not told."""
    return {**STORIES, name: replace(_named(name), told=False)}


def retold(name: str, **changes: Any) -> Stories:
    """Return the stories with one of them told, in another way where something is changed.

    `changes` are amounts of `by`, or `whom` and `since` where the story may be moved.
    """
    story = _named(name)
    known = [*story.movable, *story.by]
    unknown = sorted(set(changes) - set(known))
    if unknown:
        raise ValueError(f"Story {name!r} has no {unknown}. It has: {', '.join(known) or 'none'}.")
    own = {key: changes.pop(key) for key in story.movable if key in changes}
    return {**STORIES, name: replace(story, told=True, by={**story.by, **changes}, **own)}


def apply_edits(tables: Tables, stories: Stories) -> Tables:
    """Return finished tables with what is planted in them, or taken away again."""
    for story in stories.values():
        edit = story.plants if story.told else story.takes_away
        if edit:
            tables = edit(tables, story)
    return tables
