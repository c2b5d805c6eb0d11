"""E-mailing: whom do we reach, who reads, who acts, who leaves?"""

from __future__ import annotations

from kpilib import definitions as kpi
from kpilib.definitions import ARTICLES, Benchmark, Ratio
from kpilib.measure import Fields, belonging, count, days_after, distinct

WINDOW_DAYS = 7
NEWSLETTER = "newsletter"
IN_LIST = ("memberships", "person_key", lambda t: t.kind == NEWSLETTER)


def delivered(t: Fields):
    """The message reached the mailbox."""
    return t.delivered.fill_null(False)


def trackable(t: Fields):
    """Delivered, and opens can be trusted: not loaded in advance by Apple's privacy proxy."""
    return delivered(t) & ~t.is_privacy_proxied.fill_null(False)


def _in_window(t: Fields, moment):
    """What happens later than a week after sending is not counted, so that months compare."""
    return moment.is_null() | (moment <= days_after(t.sent_at, WINDOW_DAYS))


def clicked(t: Fields):
    """A human clicked within the window."""
    return t.human_click.fill_null(False) & _in_window(t, t.first_click_at)


def opened_by_human(t: Fields):
    """A click without a recorded open implies an open."""
    return t.human_open.fill_null(False) & _in_window(t, t.first_open_at) | clicked(t)


def opened(t: Fields):
    """Any open within the window, human or machine."""
    return opened_by_human(t) | t.machine_open.fill_null(False) & _in_window(t, t.first_open_at)


DELIVERED = count("email_sends", delivered)
REACHED = distinct("email_sends", "recipient_key", delivered)
TRACKABLE = count("email_sends", trackable)
OPENED_TRACKABLE = count("email_sends", lambda t: trackable(t) & opened_by_human(t))

KPIS = (
    kpi.stock(
        id="email_list_size",
        label="E-mail list size",
        question="How many contacts can we write to?",
        formula="Newsletter subscribers on the last day of the period",
        better="higher",
        who=lambda kind: belonging(kind, *IN_LIST),
        reading="Closing = opening + entries - exits; a quarter is its last month, not a sum.",
        caveat="A list that grows while fewer read is getting worse, not better.",
        rises="the list grows",
        falls="the list shrinks",
        headline=True,
        source="House rule of stocks: closing = opening + entries - exits.",
    ),
    kpi.cohort_rate(
        id="list_churn_rate",
        label="List churn rate",
        question="Do subscribers stay on the list?",
        formula="Subscribers of the first day who left since / subscribers of the first day",
        better="lower",
        tier=2,
        numerator=belonging("lost", *IN_LIST),
        denominator=belonging("opening", *IN_LIST),
        reading="A list that loses 2 % a month loses a fifth in a year: losses compound.",
        caveat="Not the unsubscribe rate, which is per message: many messages, many ways out.",
        rises="more subscribers leave",
        falls="fewer subscribers leave",
        headline=True,
        source="House rule, as for customers: one group is followed, newcomers are not in it.",
    ),
    kpi.rate(
        id="delivery_rate",
        label="Delivery rate",
        question="Do our messages arrive?",
        formula="Messages delivered / messages sent",
        better="higher",
        numerator=DELIVERED,
        denominator=count("email_sends"),
        reading="A fall means that the list is ageing: clean it before writing again.",
        caveat="Delivered to the spam folder still counts as delivered.",
        rises="more messages arrive",
        falls="fewer messages arrive",
        cuts=("campaign_id",),
        source="Mailchimp help, 'About bounces'; delivered over sent.",
    ),
    kpi.ratio(
        id="messages_per_contact",
        label="Messages per contact",
        question="How often do we write to one and the same person?",
        formula="Messages delivered / people who received at least one",
        unit="ratio",
        better="neutral",
        tier=2,
        roll_up="R3",
        numerator=DELIVERED,
        denominator=REACHED,
        reading="Read it beside the unsubscribe rate: did more leave when we wrote more?",
        caveat="A mean: two mailings on one day weigh as much as two in a month.",
        rises="each contact gets more messages",
        falls="each contact gets fewer messages",
        cuts=("joined_year",),
        source="House rule: messages delivered over the people who received any.",
    ),
    kpi.rate(
        id="open_rate",
        label="Open rate (raw)",
        question="How many messages seem to be opened?",
        formula="Messages opened within 7 days, by a human or a machine / messages delivered",
        better="higher",
        numerator=count("email_sends", lambda t: delivered(t) & opened(t)),
        denominator=DELIVERED,
        maturity_days=WINDOW_DAYS,
        bears=("mpp",),  # opens that Apple's Mail Privacy Protection makes are among them
        reading="An upper bound: the truth lies below.",
        caveat="Apple Mail opens messages by itself: this rises with Apple's share of readers.",
        rises="more opens are recorded",
        falls="fewer opens are recorded",
        cuts=("is_privacy_proxied",),
        source="Mailchimp help, 'About open and click rates'; unique opens over delivered.",
    ),
    kpi.rate(
        id="open_rate_trackable",
        label="Open rate (trackable)",
        question="How many readers really open?",
        formula="Messages opened by humans within 7 days / messages delivered, both without Apple's"
        " privacy proxy",
        better="higher",
        numerator=OPENED_TRACKABLE,
        denominator=TRACKABLE,
        beside={
            "lower_bound": Ratio(OPENED_TRACKABLE, DELIVERED),
            "trackable_share": Ratio(TRACKABLE, DELIVERED),
        },
        maturity_days=WINDOW_DAYS,
        reading="The open rate to follow and to set targets on.",
        caveat="Readers with Apple Mail are left out: they may read more, or less.",
        rises="more readers open",
        falls="fewer readers open",
        cuts=("joined_year",),
        headline=True,
        source="Apple Mail Privacy Protection (2021); Mailchimp help on MPP opens.",
        benchmark=Benchmark(
            "10 to 30 %, from before Apple's proxy (2017).",
            ARTICLES,
            low=0.10,
            high=0.30,
            year=2017,
        ),
    ),
    kpi.rate(
        id="click_rate",
        label="Click rate",
        question="How many readers come to the site?",
        formula="Messages with a click by a human within 7 days / messages delivered",
        better="higher",
        numerator=count("email_sends", lambda t: delivered(t) & clicked(t)),
        denominator=DELIVERED,
        maturity_days=WINDOW_DAYS,
        reading="The figure of e-mailing that machines disturb least: trust it first.",
        caveat="One reader with five clicks counts once; total clicks make another rate.",
        rises="more readers click",
        falls="fewer readers click",
        cuts=("joined_year",),
        headline=True,
        source="Mailchimp help, 'About open and click rates'.",
    ),
    kpi.rate(
        id="click_to_open_rate",
        label="Click-to-open rate",
        question="Do those who open find what they were promised?",
        formula="Messages clicked / messages opened by humans, without Apple's privacy proxy",
        better="higher",
        tier=2,
        numerator=count("email_sends", lambda t: trackable(t) & clicked(t)),
        denominator=OPENED_TRACKABLE,
        maturity_days=WINDOW_DAYS,
        reading="Subject and content agree when many of the openers click.",
        caveat="On raw opens it falls as Apple's share grows: only trackable readers count.",
        rises="more of those who open click",
        falls="fewer of those who open click",
        source="Mailchimp help, 'Clicks per unique opens'.",
    ),
    kpi.rate(
        id="unsubscribe_rate",
        label="Unsubscribe rate",
        question="Do our messages interest those who receive them?",
        formula="Messages after which the reader unsubscribed within 7 days / messages delivered",
        better="lower",
        numerator=count(
            "email_sends",
            lambda t: (
                delivered(t)
                & (t.unsubscribed_at <= days_after(t.sent_at, WINDOW_DAYS)).fill_null(False)
            ),
        ),
        denominator=DELIVERED,
        maturity_days=WINDOW_DAYS,
        reading="A rise after one campaign says that its content, or its frequency, displeased.",
        caveat="Those who stop reading without leaving are not in it.",
        rises="messages drive more readers away",
        falls="messages drive fewer readers away",
        cuts=("campaign_id",),
        source="Mailchimp help, 'About unsubscribes'.",
    ),
)
