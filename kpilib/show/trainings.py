"""Rows about trainings as their charts need them: titles, what each was to move, what is left."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpilib.display.numbers import known, reader
from kpilib.show.group_names import group_name
from kpilib.topics.catalogue import catalogue

BY, ROI = "training_id", "training_roi"
RECENT = "24m"  # trainings are few: what they do is judged by two years
MEANS = ("treated_before", "treated_after", "control_before", "control_after")
PEOPLE = ("treated_people", "control_people")
KEPT = ("kpi", "label", "period", "period_start", "period_end")
CENT = 0.01


def known_trainings(company: Any, *columns: str) -> pd.DataFrame:
    """Return the trainings of a company with these columns, missing where the data have none.

    No row where the data name no training.
    """
    held = company.tables.columns("trainings") if "trainings" in company.tables else set()
    wanted = [BY, *columns]
    if BY not in held:
        return pd.DataFrame(columns=wanted)
    told = company.table("trainings", columns=[name for name in wanted if name in held])
    return told.assign(**dict.fromkeys({*wanted} - held))[wanted]


def described(rows: pd.DataFrame, company: Any) -> pd.DataFrame:
    """Return rows by training with its title, the figure it was to move and that figure's unit.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of ``data.evaluate``; those without trainings are returned as they are.
    company : Company

    Returns
    -------
    pandas.DataFrame
        With ``name`` and ``target``; of an isolated effect the means that it is made of, of a
        return what is listed beside it and never priced, ``intangibles``.
    """
    held = company.tables.columns("trainings") if "trainings" in company.tables else set()
    if BY not in rows or BY not in held:
        return with_means(rows)
    wanted = sorted({BY, "title", "target_kpi_id"} & held)
    told = company.table("trainings", columns=wanted).drop_duplicates(BY).set_index(BY)
    told = told.reindex(columns=["title", "target_kpi_id"])
    codes = rows[BY].map(told["target_kpi_id"])
    units = codes.map(lambda code: target_of(code)[1]).fillna("target")
    rows = rows.assign(
        name=rows[BY].map(told["title"]),
        target=codes.map(lambda code: target_of(code)[0]),
        unit=rows["unit"].where(rows["unit"].ne("target"), units),
    )
    return with_means(_with_intangibles(rows, company))


def _with_intangibles(rows: pd.DataFrame, company: Any) -> pd.DataFrame:
    """Return returns with what is listed beside them, in words: no figure is made of it."""
    if not rows["kpi"].eq(ROI).any():
        return rows
    listed = [
        "; ".join(each.what for each in declared(company, row[BY], row["name"]))
        if row["kpi"] == ROI
        else ""
        for row in rows.to_dict("records")
    ]
    return rows.assign(intangibles=listed)


def declared(company: Any, training: str, title: Any) -> list[Any]:
    """Return the intangibles of a training: its own, and those of all sessions of its title."""
    told = company.settings.intangibles
    return [each for key in dict.fromkeys((training, title)) for each in told.get(key, [])]


def target_of(code: Any) -> tuple[str | None, str | None]:
    """Return the name and the unit of what a training was to move."""
    if not isinstance(code, str):
        return None, None
    target = catalogue().get(code)
    if target is None:  # a figure of the company's own
        return group_name("target_kpi_id", code).replace("_", " "), None
    return reader().say(target.label), target.unit


def or_dash(value: Any, unit: str) -> str:
    """Write a figure of a table of trainings, and a dash where there is none."""
    return reader().value(value, unit) if known(value) else "–"


def with_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Return isolated effects with the means they are made of in columns of their own."""
    if "details" not in rows or not rows["kpi"].eq("training_effect_did").any():
        return rows
    lost = [name for name in (*MEANS, *PEOPLE) if name not in rows]
    found = {name: [row.get(name) for row in rows["details"]] for name in lost}
    return rows.assign(
        **{
            name: pd.to_numeric(pd.Series(each, rows.index), errors="coerce")
            for name, each in found.items()
        }
    )


COST = ("scope_kind", "scope_id", "cost_kind", "amount_ht")  # what a line of costs tells


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
        One row a part, in euros; together they are benefit - cost of the whole.
    """
    say, all_ = reader().say, whole.iloc[0]
    priced = parts.assign(
        benefit=[row.get("benefit") for row in parts["details"]],
        cost=[row.get("cost") for row in parts["details"]],
    ).dropna(subset=["benefit", "cost"])
    names = [group_name(BY, row.get("name") or row[BY]) for row in priced.to_dict("records")]
    gained = pd.Series(priced["benefit"].to_numpy(), names, dtype=float)
    lines = costs[costs["scope_kind"].eq("training") & costs["scope_id"].isin(priced[BY])]
    spent = lines.groupby("cost_kind", dropna=False)["amount_ht"].sum()
    spent = spent.sort_values(ascending=False, kind="stable")
    booked = priced["cost"].sum()
    if abs(spent.sum() - booked) > CENT:  # cost lines that the return does not count
        spent = pd.Series({say("Full cost"): booked}, dtype=float)
    spent.index = [group_name("cost_kind", kind) for kind in spent.index]
    unproven = (all_["details"].get("cost") or booked) - booked
    if unproven > CENT:
        spent[say("Trainings without proof")] = unproven
    net = say("Net of trainings")
    amounts = pd.concat([gained, -spent])
    if amounts.empty:  # nothing is known of any: one part, and why
        amounts = pd.Series({net: None}, dtype=float)
    head = {name: all_[name] for name in KEPT} | {"label": net}
    return pd.DataFrame(
        {
            **head,
            "part": amounts.index,
            "value": amounts.to_numpy(),
            "unit": "EUR",
            "status": all_["status"],
            "reason": all_["reason"],
        }
    )
