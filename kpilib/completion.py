"""What Tab offers in a notebook: the ids of KPIs, inside the quotes where one is asked."""

from __future__ import annotations

import re
import sys
from typing import Any

from kpilib.topics.catalogue import catalogue

ASKED_BY = (
    "evaluate",
    "series",
    "over",
    "explain",
    "before_after",
    "figures",
    "target",
    "notes",
    "kpi",
    "ratio",
    "total",
    "people",
    "facts",
)
# The last call that is still open, and what stands in its last quotes.
OPEN = re.compile(rf"""\b({"|".join(ASKED_BY)})\((?:[^()]*[\[,(])?\s*["'](\w*)$""")


def offer() -> None:
    """Offer the ids of KPIs to IPython's completer, once; nothing outside of it."""
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None and kpi_ids not in shell.Completer.custom_matchers:
        shell.Completer.custom_matchers.append(kpi_ids)


def kpi_ids(context: Any) -> dict[str, Any]:
    """Return the KPIs whose id begins with, or holds, what stands before the cursor.

    A matcher of IPython: ``data.evaluate("open_r`` gives ``open_rate`` first.
    """
    from IPython.core.completer import SimpleCompletion

    asked = OPEN.search(context.text_until_cursor)
    if asked is None:
        return {"completions": []}
    part = asked[2]
    found = sorted(
        (each for each in catalogue() if part in each), key=lambda each: not each.startswith(part)
    )
    return {
        "completions": [SimpleCompletion(text=each, type="kpi") for each in found],
        "matched_fragment": part,
        "ordered": True,
        "suppress": bool(found),
    }


kpi_ids.matcher_api_version = 2  # as IPython tells its own
kpi_ids.matcher_identifier = "kpilib.kpi_ids"
