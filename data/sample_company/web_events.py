"""What happens inside the visits: pages, calls to action, forms, downloads, newsletter sign-ups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .web_traffic import FIRST_COURSE, LAST_COURSE, NEXT_PAGE, PAGES, POPUP

EVENTS = (
    "page_view",
    "cta_view",
    "cta_click",
    "product_click",
    "form_start",
    "form_submit",
    "download",
    "newsletter_signup",
)
KEY_EVENTS = ("form_submit", "download", "newsletter_signup")
COURSES = tuple(PAGES[FIRST_COURSE : LAST_COURSE + 1])
FORM_PAGE = {
    "devis": "/tarifs",
    "guide": "/ressources",
    "contact": "/contact",
    "rappel": "/contact",
}
FORM_SHARES = {"devis": 0.37, "guide": 0.36, "contact": 0.17, "rappel": 0.10}
GUIDES = ("guide_cpf", "guide_plan_competences", "livre_blanc_ia")
SIMULATOR_FROM = np.datetime64("2026-10-19")


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

    def add(self, event, session, offset, page, cta=None, asset=None, form=None):
        """Add one event for each session given; labels are one text for all or one for each."""
        session = np.asarray(session, dtype=int)
        part = {"session": session, "offset": np.asarray(offset, dtype=int)}
        part["event"] = np.full(len(session), EVENTS.index(event))
        for name, value in (("page", page), ("cta", cta), ("asset", asset), ("form", form)):
            part[name] = (
                np.full(len(session), value, dtype=object) if np.ndim(value) == 0 else value
            )
        self.parts.append(part)

    def sorted(self) -> dict[str, np.ndarray]:
        """Return all events in the order of sessions, then of time."""
        joined = {
            name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]
        }
        order = np.lexsort((joined["event"], joined["offset"], joined["session"]))
        return {name: values[order] for name, values in joined.items()}


def draw_forms(rng: np.random.Generator, visits: dict[str, np.ndarray]) -> np.ndarray:
    """Return the form with which each visit becomes a lead, None where it does not."""
    forms = rng.choice(
        list(FORM_SHARES), size=len(visits["leaves_lead"]), p=list(FORM_SHARES.values())
    )
    return np.where(visits["leaves_lead"], forms.astype(object), None)


def draw_pages(rng: np.random.Generator, visits: dict[str, np.ndarray], form: np.ndarray):
    """Return session number, seconds since its start and page of every page view, in order."""
    views = visits["pageviews"]
    session = np.repeat(np.arange(len(views)), views)
    first_row = np.concatenate([[0], np.cumsum(views)[:-1]])
    shares = np.array(NEXT_PAGE) / sum(NEXT_PAGE)
    code = rng.choice(len(PAGES), size=len(session), p=shares)
    code[first_row] = visits["landing"]
    repeated = np.concatenate([[False], (code[1:] == code[:-1]) & (session[1:] == session[:-1])])
    code[repeated] = (code[repeated] + 1) % (len(PAGES) - 1)
    for name, page in FORM_PAGE.items():
        rows = (first_row + views - 1)[form == name]
        code[rows] = PAGES.index(page)
    moment = rng.random(len(session))
    moment[first_row] = 0.0
    moment = moment[np.lexsort((moment, session))]
    offset = np.floor(moment * 0.9 * np.minimum(visits["duration_s"], 3600)[session]).astype(int)
    return session, offset, np.array(PAGES, dtype=object)[code]


def draw_events(rng: np.random.Generator, visits: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return all events of the visits; adds `form` and `lead_after_s` to the visits."""
    form = draw_forms(rng, visits)
    size = len(form)
    session, offset, page = draw_pages(rng, visits, form)
    log = EventLog()
    log.add("page_view", session, offset, page)
    curious = np.where(visits["channel"] == "display", 0.1, 1.0) * visits["engaged"]
    started_at = visits["started_at"]

    through_cta = rng.random(size) < 0.82
    signs_up = (visits["reader"] >= 0) & (visits["channel"] != "email")
    ready = np.full(size, -1)  # second at which the visit opens its form
    for call in CALLS:
        on_page = np.flatnonzero(np.isin(page, call.pages))
        where, first = np.unique(session[on_page], return_index=True)
        seen_at = offset[on_page][first] + rng.integers(1, 6, len(where))
        seen_on = page[on_page][first]
        wanted = (form[where] == call.form_id if call.form_id else signs_up[where]) & through_cta[
            where
        ]
        seen = call.seen + np.where((call.form_id is None) & (started_at[where] >= POPUP), 0.3, 0.0)
        views = wanted | (rng.random(len(where)) < seen)
        clicks = views & (wanted | (rng.random(len(where)) < call.clicked * curious[where]))
        clicked_at = seen_at + rng.integers(2, 15, len(where))
        log.add("cta_view", where[views], seen_at[views], seen_on[views], call.cta_id)
        log.add("cta_click", where[clicks], clicked_at[clicks], seen_on[clicks], call.cta_id)
        ready[where[wanted]] = clicked_at[wanted] + 2
        gives_up = clicks & ~wanted & (rng.random(len(where)) < 0.6) & (call.form_id is not None)
        log.add(
            "form_start",
            where[gives_up],
            clicked_at[gives_up] + 3,
            seen_on[gives_up],
            form=call.form_id,
        )

    # To find: a button of ten days, best of all by its rate, on a handful of views.
    new_call = np.flatnonzero(
        (page == "/cpf") & (started_at[session] >= SIMULATOR_FROM) & visits["engaged"][session]
    )
    where, first = np.unique(session[new_call], return_index=True)
    where, seen_at = where[:17], offset[new_call][first][:17] + 3
    log.add("cta_view", where, seen_at, "/cpf", "cta_simulateur")
    log.add("cta_click", where[2::6], seen_at[2::6] + 5, "/cpf", "cta_simulateur")

    lead = np.flatnonzero(visits["leaves_lead"])
    last_row = np.cumsum(visits["pageviews"]) - 1
    begun = np.where(ready[lead] >= 0, ready[lead], offset[last_row[lead]] + 4)
    sent = begun + rng.integers(15, 110, len(lead))
    log.add("form_start", lead, begun, page[last_row[lead]], form=form[lead])
    log.add("form_submit", lead, sent, page[last_row[lead]], form=form[lead])
    visits["form"] = form
    visits["lead_after_s"] = np.full(size, -1)
    visits["lead_after_s"][lead] = sent

    _downloads(rng, log, visits, lead[form[lead] == "guide"], session, offset, page)
    joins = np.flatnonzero(signs_up)
    joined_at = np.where(ready[joins] >= 0, ready[joins], offset[last_row[joins]] + 6) + 8
    log.add("newsletter_signup", joins, joined_at, page[last_row[joins]], form="newsletter")
    products = np.flatnonzero(
        (page == "/formations") & (rng.random(len(page)) < 0.12) & (curious[session] == 1)
    )
    log.add("product_click", session[products], offset[products] + 6, page[products])
    return log.sorted()


def _downloads(rng, log, visits, gated, session, offset, page) -> None:
    """Add the guides behind a form, and the free catalogue and programmes."""
    months = visits["started_at"][gated] >= np.datetime64("2026-03-01")
    guides = np.array(GUIDES, dtype=object)[rng.integers(0, np.where(months, 3, 2))]
    log.add("download", gated, visits["lead_after_s"][gated] + 2, "/ressources", asset=guides)
    free = np.isin(page, ("/formations", "/intra", *COURSES)) & visits["engaged"][session]
    rows = np.flatnonzero(free & (rng.random(len(page)) < 0.016))
    year = np.where(
        visits["started_at"][session[rows]] < np.datetime64("2025-12-08"), "2025", "2026"
    )
    asset = np.where(rng.random(len(rows)) < 0.6, "catalogue_", "programme_").astype(
        object
    ) + year.astype(object)
    log.add("download", session[rows], offset[rows] + 7, page[rows], asset=asset)
    twice = rng.random(len(rows)) < 0.07  # the same file again: one download for the KPI
    log.add(
        "download",
        session[rows][twice],
        offset[rows][twice] + 31,
        page[rows][twice],
        asset=asset[twice],
    )


def close_visits(visits: dict[str, np.ndarray], events: dict[str, np.ndarray]) -> None:
    """Set what follows from the events: key events, and a duration that holds them all."""
    size = len(visits["started_at"])
    is_key = np.isin(events["event"], [EVENTS.index(name) for name in KEY_EVENTS])
    visits["key_events"] = np.bincount(events["session"][is_key], minlength=size)
    last = np.zeros(size, dtype=int)
    np.maximum.at(last, events["session"], events["offset"])
    visits["duration_s"] = np.maximum(visits["duration_s"], last)
