"""Sessions worked out of page views: a visitor who pauses for more than 30 minutes starts anew."""

from __future__ import annotations

import narwhals as nw

from kpilib.tables.instants import seconds_between

PAUSE_SECONDS = 1800


def sessions_from_events(events: nw.LazyFrame) -> nw.LazyFrame:
    """Return one row per session from one row per event.

    Parameters
    ----------
    events : narwhals.LazyFrame
        ``visitor_id``, ``ts``, ``event_name``.

    Returns
    -------
    narwhals.LazyFrame
        ``session_id``, ``visitor_id``, ``started_at``, ``duration_s``, ``pageviews``. Midnight
        does not cut a session, nor does a new campaign (GA4's rule); a pause of exactly 30
        minutes does not either.
    """
    before = nw.col("ts").shift(1).over("visitor_id", order_by="ts")
    pause = seconds_between(before, nw.col("ts"))
    starts = nw.when(pause <= PAUSE_SECONDS).then(nw.lit(0)).otherwise(nw.lit(1))
    view = nw.when(nw.col("event_name") == "page_view").then(nw.lit(1)).otherwise(nw.lit(0))
    return (
        events.with_columns(starts=starts, view=view)
        .with_columns(number=nw.col("starts").cum_sum().over("visitor_id", order_by="ts"))
        .group_by("visitor_id", "number")
        .agg(
            started_at=nw.col("ts").min(),
            ended_at=nw.col("ts").max(),
            pageviews=nw.col("view").sum(),
        )
        .with_columns(
            session_id=nw.concat_str(
                nw.col("visitor_id"), nw.col("number").cast(nw.String), separator="#"
            ),
            duration_s=seconds_between(nw.col("started_at"), nw.col("ended_at")),
        )
    )
