"""What customers, members and followers add to the tables: new tables, and rows after the others.

Nothing here changes a figure that the other modules made: each part has its own generator and its
rows come after theirs.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from .actions import actions_table
from .activities import Rows, club_activities, initiatives, public_events
from .answers import Answers
from .audience_segments import leader_posts, profile_contacts, segment_rows
from .business_calendar import DAYS
from .client_surveys import (
    ask_after_support,
    ask_recommendation,
    poll_members,
    rate_contents,
)
from .club import OPENING, Members, association_rows, draw_members, membership_rows
from .club_life import Act, draw_acts, interaction_rows
from .further_orders import further_orders
from .people import State
from .seeds import generator
from .support import draw_tickets
from .table_schema import frame
from .voices import further_texts, text_rows, themed


class Further:
    """The Club, the support and the association, drawn once for the tables that share them."""

    def __init__(self, customers: dict) -> None:
        self.customers = customers
        self.members: Members = draw_members(generator("club"), customers)
        self.acts: list[Act] = draw_acts(generator("life of the club"), self.members)
        self.tickets = draw_tickets(generator("requests"), customers)
        self.association = association_rows(generator("association"), customers)

    def surveys(self, posts: dict, answers: Answers) -> None:
        """Add what customers and members are asked, after all other surveys."""
        ask_recommendation(generator("would recommend"), self.customers, answers)
        ask_after_support(generator("support surveys"), self.tickets, answers)
        rate_contents(generator("contents"), self._contents(posts), answers)
        poll_members(generator("polls"), self.members, answers)

    def _contents(self, posts: dict) -> dict[np.datetime64, list[str]]:
        """Return eight contents a month: five posts of the networks, three of the Club."""
        months = posts["published_at"].astype("datetime64[M]")
        ids = _act_ids(self.acts, 1)
        of_club = [(act.at.astype("datetime64[M]"), name) for act, name in
                   zip(self.acts, ids, strict=True) if act.kind == "post"]  # fmt: skip
        first = OPENING.astype("datetime64[M]") + 1
        return {
            month: [*posts["post_id"][months == month][:5],
                    *[name for own, name in of_club if own == month][:3]]
            for month in np.arange(first, DAYS[-1].astype("datetime64[M]") + 1)
        }  # fmt: skip

    def extend(self, tables: dict[str, dict], posts: dict, states: list[State]) -> dict:
        """Return the frames by name, the further rows and tables included."""
        authors = leader_posts(generator("leader"), posts)
        daily = tables["social_daily"]
        segments = segment_rows(generator("segments"), daily)
        tables["social_posts"] = tables["social_posts"] | {"author_kind": authors}
        contacts = profile_contacts(generator("contacts"), posts, authors, daily)
        tables["social_daily"] = daily | {"profile_contacts": contacts}
        readers = list(dict.fromkeys(tables["memberships"]["person_key"]))
        tables["actions"] = actions_table()
        tables["support_tickets"] = self.tickets
        tables["participations"] = self._participations(readers, states)
        texts = tables["texts"]
        tables["texts"] = texts | themed(texts, generator("themes"))

        frames = {name: frame(name, columns) for name, columns in tables.items()}
        first_act = frames["interactions"].height + 1
        voices = further_texts(
            generator("voices"), posts, self.tickets, self.acts, _act_ids(self.acts, first_act)
        )
        more = {
            "social_daily": segments,
            "memberships": self._memberships(frames["memberships"].height + 1),
            "interactions": interaction_rows(self.acts, first_act),
            "texts": text_rows(generator("tones"), voices, frames["texts"].height + 1),
            "orders": further_orders(
                generator("further orders"), self.customers, tables["orders"], self.association
            ),
        }
        for name, columns in more.items():
            frames[name] = pl.concat([frames[name], frame(name, columns)])
        return frames

    def _memberships(self, first_number: int) -> dict[str, np.ndarray]:
        parts = [membership_rows(self.members), self.association]
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        count = len(columns["kind"])
        return columns | {"membership_id": [f"m{first_number + i:05d}" for i in range(count)]}

    def _participations(self, readers: list[str], states: list[State]) -> dict[str, list]:
        rows = Rows()
        public_events(generator("public events"), readers, rows)
        initiatives(generator("initiatives"), states, rows)
        club_activities(generator("club activities"), self.members, rows)
        return rows.columns()


def _act_ids(acts: list[Act], first_number: int) -> list[str]:
    return [f"i{first_number + place:05d}" for place in range(len(acts))]
