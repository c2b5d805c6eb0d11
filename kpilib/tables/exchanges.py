"""Acts beside the act they answer: who replied to whom, and how soon."""

from __future__ import annotations

import narwhals as nw

from kpilib.tables.derivation import Derivation, Frames, Setting, extended
from kpilib.tables.instants import edge

ACT = "interaction_id ts space actor_key actor_is_brand kind parent_id"
ANSWERS = ("comment", "answer", "message", "mention", "quote")


def _replies(acts: nw.LazyFrame) -> nw.LazyFrame:
    """Return every act that has a parent: the parent's id, who acted, when, and as whom."""
    return acts.filter(~nw.col("parent_id").is_null()).select(
        parent="parent_id",
        reply_by="actor_key",
        reply_at="ts",
        reply_kind="kind",
        reply_of_brand=nw.col("actor_is_brand").fill_null(False),
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
    acts = frames["interactions"]
    asked = acts.filter(
        nw.col("kind") == "question",
        nw.col("space") == "community",
        ~nw.col("actor_is_brand").fill_null(False),
    )
    causes = asked.select(parent="interaction_id", asked_by="actor_key", asked_at="ts")
    answers = (
        _replies(acts)
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
    acts = frames["interactions"]
    comments = acts.filter(
        nw.col("kind") == "comment",
        nw.col("space") == "social",
        ~nw.col("actor_is_brand").fill_null(False),
    )
    words = nw.col("reply_kind").is_in(ANSWERS)  # a brand that likes a comment has not answered it
    replies = _replies(acts).filter(nw.col("reply_of_brand"), words)
    return _with_first(comments, replies, setting, 24)


def _own_reactions(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """List what networks count among a post's reactions and is the brand's: as often, the post."""
    acts = frames["interactions"]
    own = acts.filter(
        nw.col("kind") == "reaction",
        nw.col("space") == "social",
        nw.col("actor_is_brand").fill_null(False),
    )
    return frames["social_posts"].join(own.select(post_id="target_id"), on="post_id", how="inner")


DERIVATIONS = (
    Derivation(
        contract=extended(
            "questions", "interactions", "first_reply_at ts; due_at ts; is_due bool"
        ),
        base="interactions",
        needs={"interactions": ACT},
        known="space",
        build=_questions,
    ),
    Derivation(
        contract=extended(
            "audience_comments", "interactions", "first_reply_at ts; due_at ts; is_due bool"
        ),
        base="interactions",
        needs={"interactions": ACT},
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
)  # fmt: skip
