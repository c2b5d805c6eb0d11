"""Sessions that begin at several dates: who is not trained yet is the control group."""

from __future__ import annotations

import pandas as pd

from kpilib.engine.outcome import Outcome
from kpilib.methods.panel import FEWEST_UNITS, fitted

AXES = ("person", "period_end", "draw")


def staggered(rows: pd.DataFrame) -> Outcome | None:
    """Return the effect of a course of which sessions began at several times, without other people.

    Each person is compared with their own time before, each period with those who still wait
    (two-way fixed effects). Who was trained early is never a control of who is trained late: each
    session has an effect of its own in each period, and the value is their mean over people, in the
    periods in which somebody waits. `kl.fixed_effects` with one effect for all would be wrong where
    it grows or fades.

    Parameters
    ----------
    rows : pandas.DataFrame
        Measurements of one or several trainings, as `kpilib.methods.measurements` gives them.

    Returns
    -------
    Outcome or None
        None where all began at one time, or where no period has both people trained and people
        who wait.

    References
    ----------
    Goodman-Bacon (2021), on the bias; Wooldridge (2021), on effects by session and period.
    """
    known = _panel(rows)
    cells = known.loc[known["trained"], "cell"].value_counts(sort=False)
    if cells.empty:
        return None
    named = known.assign(**{cell: known["cell"].eq(cell).astype(float) for cell in cells.index})
    found = fitted(named, "value", list(cells.index), AXES)
    if found is None:
        return None
    told = found.mean_of((cells / cells.sum()).to_numpy())
    people, sure = float(known["subject_key"].nunique()), found.draws >= FEWEST_UNITS
    outcome = Outcome(
        value=told["value"],
        n=people,
        people=people,
        interval=(told["ci_low"], told["ci_high"]) if sure else None,
        interval_method="by team" if sure else "",
        details={
            "starts": float(known["training_id"].nunique()),
            "standard_error": told["standard_error"],
            "p_value": told["p_value"] if sure and told["standard_error"] else None,
            "warning_staggered": float(known["training_id"].nunique()),
        },
    )
    return outcome.flagged("approximate", *([] if sure else ["low_n"]))


def _panel(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what can be compared: people known before, in periods in which somebody waits.

    ``cell`` is the session and period of who is ``trained``; people of one team are one ``draw``,
    someone without is a draw of their own.
    """
    known = rows[rows["arm"].eq("treated") & rows["value"].notna()]
    known = known[known["phase"].isin(["before", "after"])]
    early = known["phase"].eq("before")
    waiting = known.loc[early, "period_end"].unique()
    there = known["period_end"].isin(waiting) & known["person"].isin(known.loc[early, "person"])
    known = known[there]
    cell = known["training_id"].astype(str) + " " + known["period_end"].astype(str)
    return known.assign(
        trained=~early[there],
        cell=cell.where(~early[there], ""),
        draw=known["team"].where(known["team"].notna(), -1.0 - known["subject_key"]),
    )
