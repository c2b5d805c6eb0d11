"""What goes with flow from person to person: correlations alone, never what anybody answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from kpilib.engine.columns import Figures
from kpilib.engine.intervals import correlated
from kpilib.engine.outcome import MISSING, OK
from kpilib.engine.outstanding import holm
from kpilib.engine.printed import clean, people_said, to_step
from kpilib.engine.privacy import protect
from kpilib.methods.association import shuffled
from kpilib.methods.call import Call
from kpilib.methods.flow import told_of, with_drivers
from kpilib.period import Period
from kpilib.topics.catalogue import kpi as definition

COLUMNS = (
    "by", "group", "driver", "people", "correlation", "ci_low", "ci_high", "p", "p_holm", "state",
)  # fmt: skip
ROUNDED = ("people", "correlation", "ci_low", "ci_high")
TELLING = ["p", "p_holm"]  # to many digits: they are the analyst's, and on no page
SIGNIFICANT = 0.05
A_TENTH, MOST_TOLD = 0.1, 0.9  # of 1, whoever knows who comes first on one side has the other


def flow_drivers(company: Any, period: Period, by: str = "team") -> pd.DataFrame:
    """Return how far time in flow goes with each driver, over all who answered and by group.

    No mean stands beside a correlation, so that none of it can be solved for what somebody
    answered. Of few people there is none, and of no group that would give them away: see
    `kpilib.engine.privacy.protect`.

    Parameters
    ----------
    company : Company
    period : Period
    by : str
        What sets people apart; as for ``evaluate("flow_share", ...)``.

    Returns
    -------
    pandas.DataFrame
        See `kpilib.company.Company.flow_drivers`.
    """
    kpi, least = definition("flow_share"), company.settings.privacy.minimum_group
    known = company.evaluate(kpi, period, by=by)  # refuses what may not cut it
    cuts = [] if known["status"].isin(MISSING).all() else [None, by]
    found = pd.DataFrame(
        [row for cut in cuts for row in _of_cut(company, kpi, period, cut, least)],
        columns=COLUMNS,
    )
    found = found.astype(dict.fromkeys((*ROUNDED, *TELLING), float))
    tested = found["p"].notna()
    found.loc[tested, "p_holm"] = holm(found.loc[tested, "p"].to_numpy(dtype=float))
    if company.printed:
        shown = [_as_printed(row) for row in found[list(ROUNDED)].itertuples(index=False)]
        found[list(ROUNDED)] = pd.DataFrame(shown, found.index, ROUNDED, dtype=float)
    inside = found["ci_low"].le(0) & found["ci_high"].ge(0)
    clear = found["p_holm"].lt(SIGNIFICANT) & ~inside
    found["state"] = np.select([found["correlation"].isna(), clear], ["few", "clear"], "none")
    if company.printed:
        found[TELLING] = np.nan
    return _placed(found)


def _placed(found: pd.DataFrame) -> pd.DataFrame:
    """Put everybody first, then what is clear, then what is strongest, as far as it is told."""
    keys = {
        "of_group": found["group"].notna(),
        "doubtful": found["state"].ne("clear"),
        "weak": -found["correlation"].abs(),
    }
    ordered = found.assign(**keys).sort_values([*keys, "group", "driver"], kind="stable")
    return ordered[list(COLUMNS)].reset_index(drop=True)


def _of_cut(company: Any, kpi: Any, period: Period, by: str | None, least: int) -> Iterator[dict]:
    """Yield the correlations of everybody, or of each group that may be told of."""
    asked = [period, *period.parts()]
    call = Call(tables=company.tables, kpi=kpi, periods=asked, by=by, minimum=least)
    rows = told_of(call)
    if rows.empty:
        return
    places = rows[["cell", "group"]].apply(tuple, axis=1)
    pairs = with_drivers(rows.assign(group=places), company.tables.assumptions.flow_samples)
    pairs = pairs.assign(cell=pairs["group"].str[0], group=pairs["group"].str[1])
    for driver, own in pairs.groupby("driver"):
        sizes = own.groupby(["cell", "group"]).size().items()
        people = {(asked[cell], group): float(size) for (cell, group), size in sizes}
        counted = Figures([*people])
        counted.people = np.array([*people.values()])
        protect(counted, {}, least)
        told = set(counted.places[counted.status == OK])
        for group, them in own[own["cell"].eq(0)].groupby("group"):
            if (period, group) in told:
                name = {"by": by, "group": None if by is None else group, "driver": driver}
                yield name | _together(them)


def _together(people: pd.DataFrame) -> dict[str, Any]:
    """Return the rank correlation of some people, between which two it lies, and its chance.

    The interval is Fisher's with the error of ranks; the chance is that of dealing anew.
    """
    said, flow = (stats.rankdata(people[name]) for name in ("said", "flow"))
    row = {"people": len(people)}
    if np.ptp(said) == 0 or np.ptp(flow) == 0:
        return row
    found = float(np.clip(np.corrcoef(said, flow)[0, 1], -1, 1))
    low, high = _between(found, len(people))
    chance = shuffled(said, flow, found)
    return row | {"correlation": found, "ci_low": low, "ci_high": high, "p": chance}


def _between(correlation: float, people: float) -> tuple[float, float]:
    """Return the interval of a rank correlation: Bonett and Wright (2000); none of 1 or -1."""
    return correlated(correlation, (1 + correlation**2 / 2) / (people - 3)) or (np.nan, np.nan)


def _as_printed(row: Any) -> tuple[float, ...]:
    """Round a correlation, and give the interval of what is printed: it tells nothing more.

    It is that of the fewest people who are printed as so many, and reaches over the whole step.
    """
    people = people_said(row.people)
    if pd.isna(row.correlation):
        return people, np.nan, np.nan, np.nan
    shown = float(np.clip(to_step(row.correlation, A_TENTH), -MOST_TOLD, MOST_TOLD))
    fewest = max(people - 2, 5.0)
    low = _between(max(shown - A_TENTH / 2, -MOST_TOLD), fewest)[0]
    high = _between(min(shown + A_TENTH / 2, MOST_TOLD), fewest)[1]
    ends = np.floor(low / A_TENTH) * A_TENTH, np.ceil(high / A_TENTH) * A_TENTH
    return people, clean(shown), clean(ends[0]), clean(ends[1])
