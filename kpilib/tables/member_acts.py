"""Members of the community, what they do there, and what they say to one another."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import narwhals as nw

from kpilib.errors import ContractError
from kpilib.tables.contract import table
from kpilib.tables.derivation import Derivation, Frames, Setting, extended
from kpilib.tables.instants import edge

ACT = "ts space actor_key actor_is_brand kind"
MEMBER = "kind person_key start_at end_at"
SAID_TO = ("answer", "mention", "quote")
OPEN_END = date(2999, 12, 31)
NOT_SAID_TO = (
    "Table interactions does not say to whom members speak. Add target_author_key, or parent_id "
    "beside interaction_id."
)


def _spells(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Return who belonged to the community from when to when.

    Memberships that overlap, or follow on the next day, are one.
    Whoever brought a member is told by the membership that begins the spell; where the column is
    missing, nobody knows.
    """
    rows = frames["memberships"].filter(
        nw.col("kind") == "community",
        ~nw.col("person_key").is_null(),
        ~nw.col("start_at").is_null(),
    )
    told = "referred_by" in rows.collect_schema().names()
    by_another = nw.lit(None, dtype=nw.Boolean)
    if told:
        sponsor = nw.col("referred_by").fill_null("")
        by_another = (sponsor != "") & (sponsor != nw.col("person_key"))
    own = ["start_at", "last", "ones"]  # complete, so that no two windows see another order
    known = (
        rows.with_columns(last=nw.col("end_at").fill_null(OPEN_END), is_referred=by_another)
        .with_columns(ones=nw.when(nw.col("is_referred")).then(nw.lit(1)).otherwise(nw.lit(0)))
        .with_columns(reach=nw.col("last").cum_max().over("person_key", order_by=own))
    )
    before = nw.col("reach").shift(1).over("person_key", order_by=own)
    goes_on = nw.col("start_at") <= nw.col("before").dt.offset_by("1d")
    begins = nw.when(goes_on).then(nw.lit(0)).otherwise(nw.lit(1))
    opened = nw.col("start_at").min().over("person_key", "spell")
    spells = (
        known.with_columns(before=before)
        .with_columns(begins=begins)
        .with_columns(spell=nw.col("begins").cum_sum().over("person_key", order_by=own))
        .with_columns(opened=opened)
        .with_columns(brought=nw.when(nw.col("start_at") == nw.col("opened")).then(nw.col("ones")))
        .group_by("person_key", "spell")
        .agg(nw.col("start_at").min(), nw.col("last").max(), nw.col("brought").max())
    )
    referred = nw.col("brought") == 1 if told else nw.lit(None, dtype=nw.Boolean)
    return spells.select(
        "person_key",
        "start_at",
        end_at=nw.when(nw.col("last") < OPEN_END).then(nw.col("last")),
        is_referred=referred,
    )


def _acts(frames: Frames) -> nw.LazyFrame:
    """Return what people do in the community; the brand is not a member of its own."""
    return frames["interactions"].filter(
        nw.col("space") == "community",
        ~nw.col("actor_is_brand").fill_null(False),
        ~nw.col("actor_key").is_null(),
    )


def _member_acts(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Return the acts of those who were members on the day.

    Without a table of memberships, whoever acts in the community is taken for a member.
    """
    acts = _acts(frames)
    if "memberships" not in frames:
        return acts
    schema = acts.collect_schema()
    spells = _spells(frames, setting)
    since, until = nw.col("start_at"), nw.col("end_at").dt.offset_by("1d")
    if schema["ts"] != nw.Date:
        since, until = (
            _midnight(spells, day, later, setting)
            for day, later in (("start_at", 0), ("end_at", 1))
        )
    spells = spells.select("person_key", since=since, until=until)
    found = acts.join(spells, left_on="actor_key", right_on="person_key", how="inner")
    before_the_end = nw.col("until").is_null() | (nw.col("ts") < nw.col("until"))
    return found.filter(nw.col("ts") >= nw.col("since"), before_the_end).select(*schema.names())


def _spell_acts(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Set each spell of membership beside what its member ever did in the community."""
    acts = _acts(frames).select("actor_key", "ts", "kind")
    return _spells(frames, _setting).join(
        acts, left_on="person_key", right_on="actor_key", how="inner"
    )


def _member_exchanges(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Keep what members say to one another: not to themselves, not to or from the brand.

    An act is said to whom it names, else to the author of what it answers; when that cannot be
    known, nobody can tell that it was another member.
    """
    acts = frames["interactions"]
    names = acts.collect_schema().names()
    said = _member_acts(frames, setting).filter(nw.col("kind").is_in(SAID_TO))
    spoken_to = []
    if "target_author_key" in names:
        named = nw.col("target_author_key")
        spoken_to.append(nw.when(named != "").then(named))
    if {"parent_id", "interaction_id"} <= set(names):
        parents = acts.filter(~nw.col("interaction_id").is_null())
        parents = parents.select(parent="interaction_id", parent_author="actor_key")
        said = said.join(parents, left_on="parent_id", right_on="parent", how="left")
        spoken_to.append(nw.col("parent_author"))
    if not spoken_to:
        raise ContractError([NOT_SAID_TO])
    found = said.with_columns(said_to=nw.coalesce(*spoken_to)).filter(
        nw.col("said_to") != nw.col("actor_key")
    )
    brand = acts.filter(nw.col("actor_is_brand").fill_null(False), ~nw.col("actor_key").is_null())
    brand = brand.select(said_to="actor_key").unique()
    found = found.join(brand, on="said_to", how="anti")
    if "memberships" in frames:
        ever = _spells(frames, setting).select(said_to="person_key").unique()
        found = found.join(ever, on="said_to", how="semi")
    return found.select(*names)


def _midnight(frame: nw.LazyFrame, day: str, later: int, setting: Setting) -> Any:
    """Return the instant, in UTC, at which a local day begins, or one that many days later.

    One expression for every engine, as no two of them convert time zones alike: the few changes
    of the clocks are compared with.
    """
    zoned = frame.implementation.is_polars()  # databases write instants without a zone
    clock = nw.col(day).cast(nw.Datetime("us"))
    clock = (clock.dt.replace_time_zone("UTC") if zoned else clock).dt.offset_by(f"{24 * later}h")
    (_, ahead), *changes = _clocks(setting)
    instant = clock.dt.offset_by(f"{-ahead}m")
    for since, minutes in changes:
        moved = clock.dt.offset_by(f"{-minutes}m")
        changed = clock >= edge(since, nw.Datetime("us", "UTC" if zoned else None))
        instant = nw.when(changed).then(moved).otherwise(instant)
    return instant


def _clocks(setting: Setting) -> list[tuple[datetime, int]]:
    """Return from which local midnight on clocks are how many minutes ahead of UTC.

    Midnights are written as if they were in UTC. They are those of the days asked about: to
    whoever joined before them, the hour makes no difference.
    """
    first, last = setting.span or (date(2000, 1, 1), date(2050, 1, 1))
    found: list[tuple[datetime, int]] = []
    for step in range((last - first).days + 2):
        midnight = datetime.combine(first + timedelta(days=step), time(), UTC)
        offset = midnight.replace(tzinfo=setting.zone).utcoffset()
        ahead = round(offset.total_seconds() / 60)
        if not found or ahead != found[-1][1]:
            found.append((midnight, ahead))
    return found


SPELL = "person_key key personal; start_at date; end_at date; is_referred bool"

DERIVATIONS = (
    Derivation(
        contract=table(
            "community_spells",
            "one interval during which someone belonged to the community",
            SPELL,
            time="start_at",
            span="start_at end_at",
        ),
        base="memberships",
        needs={"memberships": MEMBER},
        wants={"memberships": "referred_by"},
        build=_spells,
    ),
    Derivation(
        contract=extended("member_acts", "interactions", ""),
        base="interactions",
        needs={"interactions": ACT},
        refined_by={"memberships": MEMBER},
        known="space",
        build=_member_acts,
    ),
    Derivation(
        contract=table(
            "spell_acts",
            "one interval of belonging x one act",
            f"{SPELL}; ts ts; kind text",
            time="ts",
            span="start_at end_at",
        ),
        base="interactions",
        needs={"interactions": ACT, "memberships": MEMBER},
        known="space",
        build=_spell_acts,
    ),
    Derivation(
        contract=extended("member_exchanges", "interactions", ""),
        base="interactions",
        needs={"interactions": ACT},
        wants={"interactions": "interaction_id parent_id target_author_key"},
        refined_by={"memberships": MEMBER},
        known="space",
        build=_member_exchanges,
    ),
)
