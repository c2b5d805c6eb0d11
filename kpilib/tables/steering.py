"""What the company wants to reach: its objectives, their key results, and what was said of them."""

from __future__ import annotations

from kpilib.tables.contract import table

MODES = (
    "from_to", "relative", "points", "absolute", "count", "maintain", "per_period_compound",
    "binary",
)  # fmt: skip

TABLES = (
    table(
        "objectives",
        "one objective",
        """
        objective_id key; parent_id key absent=; type key absent=;
        kind enum(malin, okr, training) absent=malin;
        status enum(official, secondary, hidden) absent=official;
        statement text absent=; owner text absent=; start date absent=; end date absent=
        """,
        key="objective_id",
        time="start",
        planned=True,
    ),
    table(
        "key_results",
        "one key result of an objective",
        f"""
        kr_id key; objective_id key absent=; kpi_id key absent=; slice text absent=;
        mode enum({", ".join(MODES)}) absent=from_to; baseline float absent=; target float;
        unit text absent=; direction enum(higher, lower) absent=; weight float min=0 absent=1;
        is_headline bool absent=; thresholds list absent=; start date absent=; end date absent=
        """,
        key="kr_id",
        time="start",
        planned=True,
        links={"objective_id": "objectives"},
    ),
    table(
        "checkins",
        "one key result on one day",
        """
        kr_id key; date date; value float; value_low float absent=; value_high float absent=;
        expected float absent=; is_provisional bool absent=; confidence float min=0 max=1 absent=;
        author text absent=; comment text absent=; decision text absent=;
        kind enum(checkin, note, incident, revision) absent=checkin
        """,
        key="kr_id date kind",
        time="date",
        planned=True,
        links={"kr_id": "key_results"},
    ),
)
