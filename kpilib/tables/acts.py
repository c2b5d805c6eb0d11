"""What people do on networks and in the community: who acts, who answers whom and how soon."""

from __future__ import annotations

from datetime import date

import narwhals as nw

from kpilib.errors import ContractError
from kpilib.tables.contract import table
from kpilib.tables.derivation import Derivation, Frames, Setting, extended, runs
from kpilib.tables.instants import edge, midnight

EXCHANGED = "interaction_id ts space actor_key actor_is_brand kind parent_id"
ANSWERS = ("comment", "answer", "message", "mention", "quote")


def _acts(frames: Frames, space: str, kind: str = "", *, brand: bool = False) -> nw.LazyFrame:
    """Return what is done in a space, by the brand or by all others."""
    of_brand = nw.col("actor_is_brand").fill_null(False)
    acts = frames["interactions"].filter(nw.col("space") == space, of_brand if brand else ~of_brand)
    return acts.filter(nw.col("kind") == kind) if kind else acts


def _replies(frames: Frames) -> nw.LazyFrame:
    """Return every act that has a parent: the parent's id, who acted, when, and as whom."""
    return (
        frames["interactions"]
        .filter(~nw.col("parent_id").is_null())
        .select(
            parent="parent_id",
            reply_by="actor_key",
            reply_at="ts",
            reply_kind="kind",
            reply_of_brand=nw.col("actor_is_brand").fill_null(False),
        )
    )


def _with_first(causes: nw.LazyFrame, replies: nw.LazyFrame, setting: Setting, hours: int):
    """Give each cause the instant of its first reply, and whether it has had its time."""
    first = replies.group_by("parent").agg(first_reply_at=nw.col("reply_at").min())
    found = causes.join(first, left_on="interaction_id", right_on="parent", how="left")
    due = nw.col("ts").dt.offset_by(f"{hours}h")
    if setting.until is None:
        return found.with_columns(due_at=due, is_due=nw.lit(True))
    until = edge(setting.until, found.collect_schema()["ts"])
    return found.with_columns(due_at=due, is_due=due <= until)


def _questions(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Give each question of a member its first answer by another one: neither by its author nor
    by the brand.
    """
    asked = _acts(frames, "community", "question")
    causes = asked.select(parent="interaction_id", asked_by="actor_key", asked_at="ts")
    answers = (
        _replies(frames)
        .filter(nw.col("reply_kind") == "answer", ~nw.col("reply_of_brand"))
        .join(causes, on="parent", how="inner")
        .filter(
            nw.col("reply_by") != nw.col("asked_by"),
            nw.col("reply_at") >= nw.col("asked_at"),
        )
    )
    return _with_first(asked, answers, setting, 7 * 24)


def _audience_comments(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Give each comment of the audience on a network the brand's first reply."""
    words = nw.col("reply_kind").is_in(ANSWERS)  # a brand that likes a comment has not answered it
    replies = _replies(frames).filter(nw.col("reply_of_brand"), words)
    return _with_first(_acts(frames, "social", "comment"), replies, setting, 24)


def _own_reactions(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """List what networks count among a post's reactions and is the brand's: as often, the post."""
    own = _acts(frames, "social", "reaction", brand=True)
    return frames["social_posts"].join(own.select(post_id="target_id"), on="post_id", how="inner")


ACT = "ts space actor_key actor_is_brand kind"
MEMBER = "kind person_key start_at end_at"
SAID_TO = ("answer", "mention", "quote")
OPEN_END = date(2999, 12, 31)
ALWAYS = date(2000, 1, 1), date(2050, 1, 1)  # where no days are asked about
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
    by_another = nw.lit(False)
    if told:
        sponsor = nw.col("referred_by").fill_null("")
        by_another = (sponsor != "") & (sponsor != nw.col("person_key"))
    known = rows.with_columns(
        last=nw.col("end_at").fill_null(OPEN_END),
        ones=nw.when(by_another).then(nw.lit(1)).otherwise(nw.lit(0)),
    )
    goes_on = nw.col("start_at") <= nw.col("reached").dt.offset_by("1d")
    begins = nw.col("start_at") == nw.col("start_at").min().over("person_key", "run")
    spells = (
        runs(known, ["person_key"], ("start_at", "last"), goes_on, ["ones"])
        .with_columns(brought=nw.when(begins).then(nw.col("ones")))
        .group_by("person_key", "run")
        .agg(nw.col("start_at").min(), nw.col("last").max(), nw.col("brought").max())
    )
    referred = nw.col("brought") == 1 if told else nw.lit(None, dtype=nw.Boolean)
    return spells.select(
        "person_key",
        "start_at",
        end_at=nw.when(nw.col("last") < OPEN_END).then(nw.col("last")),
        is_referred=referred,
    )


def _named(frames: Frames) -> nw.LazyFrame:
    """Return what people do in the community; the brand is not a member of its own."""
    return _acts(frames, "community").filter(~nw.col("actor_key").is_null())


def _member_acts(frames: Frames, setting: Setting) -> nw.LazyFrame:
    """Return the acts of those who were members on the day.

    Without a table of memberships, whoever acts in the community is taken for a member.
    """
    acts = _named(frames)
    if "memberships" not in frames:
        return acts
    schema = acts.collect_schema()
    spells = _spells(frames, setting)
    since, until = nw.col("start_at"), nw.col("end_at").dt.offset_by("1d")
    if schema["ts"] != nw.Date:
        days = setting.span or ALWAYS
        since = midnight(spells, "start_at", 0, setting.zone, days)
        until = midnight(spells, "end_at", 1, setting.zone, days)
    spells = spells.select("person_key", since=since, until=until)
    found = acts.join(spells, left_on="actor_key", right_on="person_key", how="inner")
    before_the_end = nw.col("until").is_null() | (nw.col("ts") < nw.col("until"))
    return found.filter(nw.col("ts") >= nw.col("since"), before_the_end).select(*schema.names())


def _spell_acts(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Set each spell of membership beside what its member ever did in the community."""
    acts = _named(frames).select("actor_key", "ts", "kind")
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


SPELL = "person_key key personal; start_at date; end_at date; is_referred bool"

DERIVATIONS = (
    Derivation(
        contract=extended("questions", "interactions", "first_reply_at ts; due_at ts; is_due bool"),
        base="interactions",
        needs={"interactions": EXCHANGED},
        known="space",
        build=_questions,
    ),
    Derivation(
        contract=extended(
            "audience_comments", "interactions", "first_reply_at ts; due_at ts; is_due bool"
        ),
        base="interactions",
        needs={"interactions": EXCHANGED},
        build=_audience_comments,
    ),
    Derivation(
        contract=extended("own_reactions", "social_posts", ""),
        base="social_posts",
        needs={
            "social_posts": "post_id published_at",
            "interactions": "target_id kind space actor_is_brand",
        },
        build=_own_reactions,
    ),
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
