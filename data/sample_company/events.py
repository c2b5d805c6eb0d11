"""What happens inside the visits: pages, calls to action, forms, downloads, newsletter sign-ups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .draws import Columns, chosen, looked_up, pick, stack
from .stories import Stories, Story
from .tables import labels
from .visits import NEXT_PAGE, PAGES

EVENTS = (
    "page_view", "cta_view", "cta_click", "product_click", "form_start", "form_submit", "download",
    "newsletter_signup",
)  # fmt: skip
KEY_EVENTS = ("form_submit", "download", "newsletter_signup")
COURSES = tuple(page for page in PAGES if page.startswith("/formations/"))
CODE = {page: code for code, page in enumerate(PAGES)}
FORM_PAGE = {
    "devis": "/tarifs",
    "guide": "/ressources",
    "contact": "/contact",
    "rappel": "/contact",
}
FORM_SHARES = {"devis": 0.37, "guide": 0.36, "contact": 0.17, "rappel": 0.10}
GUIDES = np.array(["guide_cpf", "guide_plan_competences", "livre_blanc_ia"], dtype=object)
THIRD_GUIDE_FROM = np.datetime64("2026-03-01")
NEW_CATALOGUE_FROM = np.datetime64("2025-12-08")


@dataclass(frozen=True)
class CallToAction:
    """A button: where it stands, how often it is seen there, and clicked without a lead."""

    cta_id: str
    pages: tuple[str, ...]
    seen: float
    clicked: float
    form_id: str | None = None


CALLS = (
    CallToAction("cta_devis", ("/formations", "/tarifs", "/intra", *COURSES), 0.36, 0.022, "devis"),
    CallToAction("cta_guide", ("/blog", "/ressources", "/cpf"), 0.46, 0.085, "guide"),
    CallToAction("cta_rappel", ("/contact", "/qui-sommes-nous"), 0.5, 0.04, "rappel"),
    CallToAction("cta_newsletter", ("/", "/blog"), 0.16, 0.012),
)


class EventLog:
    """Collects events as arrays; rows of one kind at a time."""

    def __init__(self):
        self.parts = []

    def add(self, event: str, session, offset, page, **labels) -> None:
        """Add one event for each session given; labels are one text for all or one for each."""
        session = np.asarray(session, dtype=int)
        part = {"session": session, "offset": np.asarray(offset, dtype=int)}
        part["event"] = np.full(len(session), EVENTS.index(event))
        given = {"page": page, "cta_id": None, "asset_id": None, "form_id": None} | labels
        for name, value in given.items():
            part[name] = np.full(len(session), None, dtype=object)
            part[name][:] = value
        self.parts.append(part)

    def sorted(self) -> Columns:
        """Return all events in the order of sessions, then of time."""
        joined = stack(self.parts)
        return chosen(joined, np.lexsort((joined["event"], joined["offset"], joined["session"])))


@dataclass
class Views:
    """Every page view in order: its session, the seconds since its start, its page."""

    session: np.ndarray
    offset: np.ndarray
    page: np.ndarray

    def first_on(self, pages: tuple[str, ...], among: np.ndarray | bool = True):
        """Return session, offset and page of the first view of some pages in each session."""
        on_page = np.flatnonzero(np.isin(self.page, pages) & among)
        session, first = np.unique(self.session[on_page], return_index=True)
        return session, self.offset[on_page][first], self.page[on_page][first]


def draw_pages(rng: np.random.Generator, visits: Columns) -> Views:
    """Return the page views of the visits; a visit that leaves a lead ends at its form."""
    views = visits["pageviews"]
    session = np.repeat(np.arange(len(views)), views)
    last_row = np.cumsum(views) - 1
    first_row = last_row - views + 1
    code = pick(rng, list(NEXT_PAGE.values()), len(session))
    code[first_row] = looked_up(CODE, visits["landing_page"])
    repeated = np.concatenate([[False], (code[1:] == code[:-1]) & (session[1:] == session[:-1])])
    code[repeated] = (code[repeated] + 1) % (len(PAGES) - 1)
    for name, page in FORM_PAGE.items():
        code[last_row[visits["form"] == name]] = CODE[page]
    moment = rng.random(len(session))
    moment[first_row] = 0.0
    moment = moment[np.lexsort((moment, session))]
    offset = np.floor(moment * 0.9 * np.minimum(visits["duration_s"], 3600)[session]).astype(int)
    return Views(session, offset, PAGES[code])


def draw_events(
    rng: np.random.Generator, visits: Columns, stories: Stories
) -> tuple[Columns, Columns]:
    """Return the visits and all events of them.

    Adds `form`, `lead_after_s` and `key_events` to the visits, and lengthens what an event exceeds.
    """
    form = pick(rng, FORM_SHARES, len(visits["leaves_lead"]))
    visits = visits | {"form": np.where(visits["leaves_lead"], form, None)}
    views, log = draw_pages(rng, visits), EventLog()
    log.add("page_view", views.session, views.offset, views.page)
    ready = _calls(rng, log, visits, views, stories["popup"])
    _simulator(log, visits, views, stories["simulator"])
    last = np.cumsum(visits["pageviews"]) - 1

    def opens(who: np.ndarray, after: int) -> np.ndarray:
        return np.where(ready[who] >= 0, ready[who], views.offset[last[who]] + after)

    lead = np.flatnonzero(visits["leaves_lead"])
    begun, on_page = opens(lead, 4), views.page[last[lead]]
    sent = begun + rng.integers(15, 110, len(lead))
    log.add("form_start", lead, begun, on_page, form_id=visits["form"][lead])
    log.add("form_submit", lead, sent, on_page, form_id=visits["form"][lead])
    visits["lead_after_s"] = np.full(len(form), -1)
    visits["lead_after_s"][lead] = sent
    _downloads(rng, log, visits, views)
    joins = np.flatnonzero(_signs_up(visits))
    joined_at = opens(joins, 6) + 8
    log.add("newsletter_signup", joins, joined_at, views.page[last[joins]], form_id="newsletter")
    curious = _curious(visits)[views.session] == 1
    shown = np.flatnonzero(
        (views.page == "/formations") & (rng.random(len(curious)) < 0.12) & curious
    )
    log.add("product_click", views.session[shown], views.offset[shown] + 6, views.page[shown])
    events = log.sorted()
    _close(visits, events)
    return visits, events


def _signs_up(visits: Columns) -> np.ndarray:
    return (visits["reader"] >= 0) & (visits["channel"] != "email")


def _curious(visits: Columns) -> np.ndarray:
    return np.where(visits["channel"] == "display", 0.1, 1.0) * visits["engaged"]


def _calls(rng, log: EventLog, visits: Columns, views: Views, popup: Story) -> np.ndarray:
    """Add calls to action, seen and clicked; return when each visit opens its form, or -1."""
    size = len(visits["form"])
    through_cta, curious = rng.random(size) < 0.82, _curious(visits)
    ready = np.full(size, -1)
    for call in CALLS:
        where, first_at, page = views.first_on(call.pages)
        count = len(where)
        seen_at = first_at + rng.integers(1, 6, count)
        wants = visits["form"] == call.form_id if call.form_id else _signs_up(visits)
        wanted = wants[where] & through_cta[where]
        pops_up = popup.on(visits["started_at"][where]) & (call.form_id is None)
        seen = call.seen + np.where(pops_up, popup.by["seen"], 0.0)
        sees = wanted | (rng.random(count) < seen)
        clicks = sees & (wanted | (rng.random(count) < call.clicked * curious[where]))
        clicked_at = seen_at + rng.integers(2, 15, count)
        log.add("cta_view", where[sees], seen_at[sees], page[sees], cta_id=call.cta_id)
        log.add("cta_click", where[clicks], clicked_at[clicks], page[clicks], cta_id=call.cta_id)
        ready[where[wanted]] = clicked_at[wanted] + 2
        stops = clicks & ~wanted & (rng.random(count) < 0.6) & (call.form_id is not None)
        log.add(
            "form_start", where[stops], clicked_at[stops] + 3, page[stops], form_id=call.form_id
        )
    return ready


def _simulator(log: EventLog, visits: Columns, views: Views, story: Story) -> None:
    """Add a new button: seen by a handful of visits, clicked by every sixth of them."""
    among = (story.on(visits["started_at"]) & visits["engaged"])[views.session]
    seen = story.by["views"]
    where, first_at, _ = (values[:seen] for values in views.first_on(("/cpf",), among))
    seen_at = first_at + 3
    log.add("cta_view", where, seen_at, "/cpf", cta_id=story.whom)
    log.add("cta_click", where[2::6], seen_at[2::6] + 5, "/cpf", cta_id=story.whom)


def _downloads(rng, log: EventLog, visits: Columns, views: Views) -> None:
    """Add the guides behind a form, and the free catalogue and programmes."""
    gated = np.flatnonzero(visits["form"] == "guide")
    known = np.where(visits["started_at"][gated] >= THIRD_GUIDE_FROM, 3, 2)
    guides, sent = GUIDES[rng.integers(0, known)], visits["lead_after_s"][gated] + 2
    log.add("download", gated, sent, "/ressources", asset_id=guides)
    free = np.isin(views.page, ("/formations", "/intra", *COURSES))
    free &= visits["engaged"][views.session]
    rows = np.flatnonzero(free & (rng.random(len(views.page)) < 0.016))
    session, offset, page = views.session[rows], views.offset[rows], views.page[rows]
    kind = np.where(rng.random(len(rows)) < 0.6, "catalogue_", "programme_").astype(object)
    new = visits["started_at"][session] >= NEW_CATALOGUE_FROM
    asset = kind + np.where(new, "2026", "2025").astype(object)
    log.add("download", session, offset + 7, page, asset_id=asset)
    twice = rng.random(len(rows)) < 0.07  # the same file again: one download for the KPI
    log.add("download", session[twice], offset[twice] + 31, page[twice], asset_id=asset[twice])


def _close(visits: Columns, events: Columns) -> None:
    """Set what follows from the events: key events, and a duration that holds them all."""
    size = len(visits["started_at"])
    is_key = np.isin(events["event"], [EVENTS.index(name) for name in KEY_EVENTS])
    visits["key_events"] = np.bincount(events["session"][is_key], minlength=size)
    last = np.zeros(size, dtype=int)
    np.maximum.at(last, events["session"], events["offset"])
    visits["duration_s"] = np.maximum(visits["duration_s"], last)


def web_events_table(visits: Columns, events: Columns) -> Columns:
    """Return the columns of `web_events`."""
    session = events["session"]
    return {name: events[name] for name in ("page", "cta_id", "asset_id", "form_id")} | {
        "session_id": labels("sessions", session + 1),
        "visitor_id": visits["visitor_id"][session],
        "ts": visits["started_at"][session] + events["offset"].astype("timedelta64[s]"),
        "event_name": np.array(EVENTS, dtype=object)[events["event"]],
    }
