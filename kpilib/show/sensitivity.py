"""What a return would be if the benefit were another one, and how much of it has to be real."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.display.numbers import known, reader
from kpilib.show.trainings import BY, or_dash

CHANGES = {"less_50": -0.5, "less_25": -0.25, "as_found": 0.0, "more_25": 0.25, "more_50": 0.5}
PAYS = "break_even"


def sensitivity(returns: pd.DataFrame) -> pd.DataFrame:
    """Return each return with its benefit half as large to half as large again.

    A benefit of which a share alone is the training's is one that is smaller by the rest: below
    ``break_even``, the training does not pay.

    Parameters
    ----------
    returns : pandas.DataFrame
        Rows of ``training_roi`` by training, as ``report.figures`` returns them.

    Returns
    -------
    pandas.DataFrame
        One row a training whose benefit and cost are known: ``training_id, name, benefit, cost``;
        the return with the benefit less or more by so many percent, ``less_50, less_25, as_found,
        more_25, more_50``; ``break_even``, cost / benefit, missing where nothing was gained.
    """
    rows = [_row(each) for each in returns.to_dict("records")]
    columns = [BY, "name", "benefit", "cost", *CHANGES, PAYS]
    return pd.DataFrame([each for each in rows if each], columns=columns)


def _row(row: dict[str, Any]) -> dict[str, Any] | None:
    gained, cost = (row["details"].get(name) for name in ("benefit", "cost"))
    if not (known(gained) and known(cost) and cost > 0):
        return None
    name = row.get("name")
    return {
        BY: row[BY],
        "name": name if isinstance(name, str) else row[BY],
        "benefit": gained,
        "cost": cost,
        **{to: gained * (1 + change) / cost - 1 for to, change in CHANGES.items()},
        PAYS: cost / gained if gained > 0 else float("nan"),
    }


def is_sensitivity(frame: pd.DataFrame) -> bool:
    """Whether a frame says how returns depend on their benefit."""
    return {BY, PAYS, *CHANGES} <= set(frame)


def sensitivity_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return it as texts for a reader."""
    write = reader()
    told = {write.say("Training"): frame["name"].to_list()}
    for name, change in CHANGES.items():
        title = write.relative(change) if change else write.say("As found")
        told[title] = [write.value(each, "rate") for each in frame[name]]
    told[write.say("Pays from")] = [or_dash(each, "rate") for each in frame[PAYS]]
    return pd.DataFrame(told)


def sensitivity_title() -> str:
    """Say what the closed table holds."""
    return reader().say("If the benefit were less or more")
