"""Whether trainings paid: what is left, what if the benefit were another, what is never priced."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import known, reader
from kpilib.display.status import flags_of
from kpilib.engine.intervals import chance_above
from kpilib.engine.outcome import SUPPRESSED
from kpilib.methods.own_rows import require_columns
from kpilib.methods.parallel import DOUBTS
from kpilib.opening import opened
from kpilib.training.rows import BY, described, known_trainings

KEPT = ("kpi", "label", "period", "period_start", "period_end")
CENT = 0.01
COST = ("scope_kind", "scope_id", "cost_kind", "amount_ht")  # what a line of costs tells
CHANGES = {"less_50": -0.5, "less_25": -0.25, "as_found": 0.0, "more_25": 0.25, "more_50": 0.5}
PAYS = "break_even"


def left(whole: pd.DataFrame, parts: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Return what is left of a return: each training's benefit, then the costs by kind.

    Parameters
    ----------
    whole, parts : pandas.DataFrame
        The return of all trainings, one row, and by training, as ``report.figures`` returns them.
    costs : pandas.DataFrame
        Rows of the table of costs.

    Returns
    -------
    pandas.DataFrame
        One row a part, in euros; together they are benefit - cost of the whole, but for what parts
        are rounded by to protect people. Trainings that are hidden are one part, net. ``proven``
        is false of a benefit whose effect proves nothing.
    """
    write, all_ = reader(), whole.iloc[0]
    told = _with_amounts(parts)
    priced = told.dropna(subset=["benefit", "cost"])
    gained, spent = _gained(priced), _spent(all_, told, priced, costs)
    net = write.say("Net of trainings")
    amounts = pd.concat([gained["value"], -spent])
    proven = [*gained["proven"], *[True] * len(spent)]
    if amounts.empty:  # nothing is known of any: one part, and why
        amounts, proven = pd.Series({net: None}, dtype=float), [False]
    head = {name: all_[name] for name in KEPT} | {"label": net}
    return pd.DataFrame(
        {
            **head,
            "part": amounts.index,
            "value": amounts.to_numpy(),
            "unit": "EUR",
            "status": all_["status"],
            "reason": all_["reason"],
            "proven": proven,
        }
    )


def _with_amounts(parts: pd.DataFrame) -> pd.DataFrame:
    """Return returns with the benefit and the cost that each was made of."""
    return parts.assign(
        benefit=[row.get("benefit") for row in parts["details"]],
        cost=[row.get("cost") for row in parts["details"]],
    )


def _gained(priced: pd.DataFrame) -> pd.DataFrame:
    """Return what each training brought, and whether its effect proves something."""
    write, rows = reader(), priced.to_dict("records")
    return pd.DataFrame(
        {
            "value": priced["benefit"].to_numpy(dtype=float),
            "proven": [not DOUBTS & set(flags_of(row)) for row in rows],
        },
        [write.group(BY, row.get("name") or row[BY]) for row in rows],
    )


def _spent(
    whole: pd.Series, told: pd.DataFrame, priced: pd.DataFrame, costs: pd.DataFrame
) -> pd.Series:
    """Return the costs by kind, then what trainings that are hidden or without proof leave."""
    write = reader()
    spent, booked = _by_kind(priced, costs), priced["cost"].sum()
    hidden = told.loc[told["status"].eq(SUPPRESSED), BY]
    unproven = (whole["details"].get("cost") or booked) - booked
    withheld = min(_lines(costs, hidden)["amount_ht"].sum(), unproven)
    brought = _of_hidden(whole, told) if len(hidden) else 0.0
    if max(withheld, abs(brought)) > CENT:  # they may be proven, and would tell of few people
        spent[write.say("Trainings of too few people to be shown")] = withheld - brought
    if unproven - withheld > CENT:
        spent[write.say("Trainings without proof")] = unproven - withheld
    return spent


def _lines(costs: pd.DataFrame, trainings: pd.Series) -> pd.DataFrame:
    return costs[costs["scope_kind"].eq("training") & costs["scope_id"].isin(trainings)]


def _by_kind(priced: pd.DataFrame, costs: pd.DataFrame) -> pd.Series:
    """Return what trainings cost by kind, the most first; in one where lines do not add up to it:
    some are not counted in their return."""
    write, booked = reader(), priced["cost"].sum()
    spent = _lines(costs, priced[BY]).groupby("cost_kind", dropna=False)["amount_ht"].sum()
    spent = spent.sort_values(ascending=False, kind="stable")
    if abs(spent.sum() - booked) > CENT:
        return pd.Series({write.say("Full cost"): booked}, dtype=float)
    return spent.set_axis([write.group("cost_kind", kind) for kind in spent.index])


def _of_hidden(whole: pd.Series, parts: pd.DataFrame) -> float:
    """Return what trainings that are not shown brought: what those that are leave of the whole."""
    every = whole["details"].get("benefit")
    return 0.0 if every is None else every - float(parts["benefit"].astype(float).sum())


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
        One row a training whose benefit and cost are known, the highest return first:
        ``training_id, name, benefit, cost``; ``share`` of the budget of them all; the return with
        the benefit less or more by so many percent, ``less_50, less_25, as_found,
        more_25, more_50``; ``break_even``, cost / benefit, missing where nothing was gained;
        ``chance``, the probability that it pays, by the interval of its return as it stands in
        its row; missing without one, or where groups were or may have been apart before.
    """
    require_columns(returns, ["details", BY], f"report.figures('training_roi', by='{BY}')")
    told = pd.DataFrame(list(returns["details"]), returns.index)
    told = told.reindex(columns=["benefit", "cost"]).astype(float)
    told.insert(0, BY, returns[BY])
    told.insert(1, "name", returns.get("name", told[BY]).fillna(told[BY]))
    chances = [_chance(row) for row in returns.to_dict("records")]
    told["chance"] = pd.Series(chances, returns.index, dtype=float)
    told = told[told["benefit"].notna() & told["cost"].gt(0)]
    ratio = told["benefit"] / told["cost"]
    told["share"] = told["cost"] / told["cost"].sum()
    told = told.assign(**{to: ratio * (1 + change) - 1 for to, change in CHANGES.items()})
    told[PAYS] = (1 / ratio).where(ratio > 0)
    return told.sort_values("as_found", ascending=False, kind="stable", ignore_index=True)


def _chance(row: dict[str, Any]) -> float | None:
    """Return how probable a return of 0 is, by what its row says: printed, nothing is told anew."""
    ends = [row.get(end) for end in ("value", "ci_low", "ci_high")]
    if not all(map(known, ends)) or DOUBTS & set(flags_of(row)):
        return None
    return chance_above(0.0, ends[0], tuple(ends[1:]))


def intangibles(company: Company, period: Any) -> pd.DataFrame:
    """Return what trainings measured in a period brought beside their return, never priced.

    It is written in company.yaml under ``intangibles``, by training or by title; an amount there
    is refused. No figure is made of it.

    Parameters
    ----------
    company : Company
        What `kpilib.open` returns, or a report's.
    period : str or Period

    Returns
    -------
    pandas.DataFrame
        ``training_id, name, what, seen``; one row a benefit, and one without ``what`` for a
        training that was measured and has none declared.

    References
    ----------
    Phillips and Phillips (2016), level 5.

    Examples
    --------
    >>> kl.intangibles(data, "2026-10")
    """
    company = opened(company)
    rows = described(company.evaluate("training_roi", period, by=BY), company)
    courses = known_trainings(company, "title").set_index(BY)["title"].to_dict()
    found = []
    for row in rows[rows[BY].notna()].to_dict("records"):
        name = row.get("name")
        head = (row[BY], name if isinstance(name, str) else row[BY])
        told = _declared(company, row[BY], courses.get(row[BY]))
        found += [(*head, each.what, each.seen) for each in told] or [(*head, None, "")]
    return pd.DataFrame(found, columns=[BY, "name", "what", "seen"])


def _declared(company: Any, training: str, title: Any) -> list[Any]:
    """Return the intangibles of a training: its own, and those of all sessions of its title."""
    told = company.settings.intangibles
    return [each for key in dict.fromkeys((training, title)) for each in told.get(key, [])]
