"""Hand-made rows in the columns of `evaluate`, for charts that need no data behind them."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from kpilib.definitions import Kpi, Total
from kpilib.measure import count
from kpilib.period import Period

MONTH = "2026-10"


def kpi(name: str = "sessions", label: str = "Sessions", unit: str = "count", **more: Any) -> Kpi:
    """Return a definition with the texts that display reads."""
    texts = {
        "question": "How much traffic does the site get?",
        "formula": "count of sessions",
        "better": "higher",
        "roll_up": "R1" if unit == "count" else "R2",
        "reading": "More is better when leads follow.",
        "caveat": "A session is not a person.",
        "source": "sessions",
        "topic": "audience",
    }
    return Kpi(
        id=name, label=label, unit=unit, value=Total(measure=count("sessions")), **(texts | more)
    )


def row(name: str = "sessions", period: str = MONTH, value: float = 100, **more: Any) -> dict:
    """Return one row of `evaluate`."""
    when = Period.parse(period)
    nan = float("nan")
    return {
        "kpi": name, "period": period, "period_start": when.start, "period_end": when.end_day,
        "value": value, "numerator": nan, "denominator": nan, "n": nan, "ci_low": nan,
        "ci_high": nan, "ci_method": "", "unit": "count", "status": "ok", "reason": "",
        "flags": [], "details": {},
    } | more  # fmt: skip


def missing(name: str = "sessions", status: str = "no_data", **more: Any) -> dict:
    """Return a row without a figure."""
    return row(name, value=float("nan"), status=status, **more)


def months(count: int, last: str = MONTH) -> list[str]:
    """Return the names of the last months, the oldest first."""
    return [period.name for period in Period.parse(last).trailing(count)]


def counts(name: str = "sessions", length: int = 25, level: float = 11_000, **more: Any):
    """Return a seasonal series of counts that grows."""
    values = [
        round(level * (1 + 0.012 * i) * (1 + 0.16 * math.sin(0.9 * i) - 0.35 * (m.endswith("-08"))))
        for i, m in enumerate(months(length))
    ]
    return pd.DataFrame(
        row(name, m, v, n=v, ci_low=v - 2 * v**0.5, ci_high=v + 2 * v**0.5, **more)
        for m, v in zip(months(length), values, strict=True)
    )


def rates(name: str = "bounce_rate", length: int = 25, level: float = 0.42, n: int = 900):
    """Return a series of rates with intervals."""
    lines = []
    for i, month in enumerate(months(length)):
        value = level + 0.1 * level * math.sin(0.7 * i) - 0.004 * level * i
        half = 1.96 * (value * (1 - value) / n) ** 0.5
        lines.append(
            row(
                name, month, value, unit="rate", n=n, numerator=value * n, denominator=n,
                ci_low=value - half, ci_high=value + half,
            )
        )  # fmt: skip
    return pd.DataFrame(lines)


def rate_row(group: str | None, value: float, n: int, by: str = "channel", **more: Any) -> dict:
    """Return the row of one group of a rate."""
    half = 1.96 * (value * (1 - value) / n) ** 0.5
    return row(
        "visitor_to_lead_rate", value=value, unit="rate", n=n, denominator=n,
        numerator=round(value * n), ci_low=max(0.0, value - half), ci_high=value + half,
        **({by: group} | more),
    )  # fmt: skip


def groups() -> pd.DataFrame:
    """Return a rate by channel: a small group, a hidden one and an unknown one."""
    return pd.DataFrame(
        [
            rate_row("organic_search", 0.034, 5200, stands_out=False),
            rate_row("paid_search", 0.012, 2400, stands_out=True),
            rate_row("email", 0.061, 900, stands_out=True),
            rate_row("organic_social", 0.029, 700, stands_out=False),
            rate_row("referral", 0.09, 22, flags=["low_n"]),
            rate_row("direct", 0.027, 3100, stands_out=False),
            rate_row(None, 0.02, 150, stands_out=False),
            missing("visitor_to_lead_rate", "no_denominator", unit="rate", channel="display"),
        ]
    )


def teams() -> pd.DataFrame:
    """Return an eNPS by team, two teams hidden."""
    lines = [
        row("enps", value=v, unit="points", n=n, ci_low=v - 300 / n, ci_high=v + 300 / n, team=t)
        for t, v, n in [
            ("Trainers", 38, 18),
            ("Sales", -42, 9),
            ("Support", 12, 11),
            ("Tech", 5, 7),
        ]
    ]
    hidden = [
        missing("enps", "suppressed", unit="points", team="Legal"),
        missing("enps", "suppressed", unit="points", team="Design"),
    ]
    return pd.DataFrame(lines + hidden)


def channels(length: int = 13) -> pd.DataFrame:
    """Return sessions by month and channel."""
    weights = {
        "organic_search": 40, "direct": 22, "paid_search": 14, "email": 9, "organic_social": 8,
        "referral": 5, "display": 2,
    }  # fmt: skip
    return pd.DataFrame(
        row("channel_sessions", month, 100 * w + 60 * i * (name == "organic_social"), channel=name)
        for i, month in enumerate(months(length))
        for name, w in weights.items()
    )
