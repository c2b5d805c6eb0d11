"""What changed and why: the change of a figure split over the groups it is made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kpilib.answers.evaluate import TAKEN, evaluate
from kpilib.definitions import SPARE, Balance, Kpi, Method, Ratio, Total
from kpilib.engine.compare import exposure
from kpilib.engine.known import fed_until
from kpilib.engine.outcome import OK, SUPPRESSED
from kpilib.engine.privacy import refused
from kpilib.engine.question import Question
from kpilib.engine.slices import columns_of
from kpilib.errors import NoChange, ParameterError, listed
from kpilib.measure import INTERVAL_KINDS, STOCK_KINDS
from kpilib.period import Period
from kpilib.saying import error_of, meant, say
from kpilib.tables import TABLES
from kpilib.tables.derive import CONTRACTS, base_of
from kpilib.tables.describing import DESCRIBING
from kpilib.tables.store import MARK, Tables

RATE_COLUMNS = (
    "weight_before",
    "weight_after",
    "rate_before",
    "rate_after",
    "mix_effect",
    "rate_effect",
    "effect",
)
TOTAL_COLUMNS = ("before", "after", "days_effect", "pace_effect", "effect")
GROUPING = ("key", "text", "enum", "bool")  # types of columns that make groups
FOLLOWED = ("R7", "R9", "R10", "R11")
# Measures that are no part of the figure itself.
APART = ("population", "scales", "persons", "nameless")
SMALL = "(small groups)"  # those of too few people to be shown one by one, together
REST = "(missing answers)"
PARADOX = (
    "Every group moved one way and the total the other: the weights of the groups changed"
    " (Simpson's paradox). Judge the groups, not the total."
)


def _ends(first: pd.Series, last: pd.Series, compare: str) -> dict[str, Any]:
    """Return what the two figures are whose difference is split."""
    noise = last[f"within_noise_{compare}"]
    return {
        "before": float(first["value"]),
        "after": float(last["value"]),
        "change": float(last["value"] - first["value"]),
        "within_noise": None if pd.isna(noise) else bool(noise),
        "flags": list(dict.fromkeys([*first["flags"], *last["flags"]])),
    }


def _refuse(question: Question, kpi: Kpi, by: str, items: list[str]) -> None:
    """Refuse what cannot be split, or not by that."""
    if not items:
        refuse_unless_parts_add_up(kpi)
    if not any(question.tables.missing(table) for table in kpi.tables):
        _check(by, kpi, items or dimensions(question.tables, kpi))


def explain(question: Question) -> pd.DataFrame:
    """Split the change of one KPI by one breakdown; see `kpilib.company.Company.explain`."""
    kpi, by, compare = question.kpis[0], question.by, question.compare[0]
    asked = getattr(kpi.value, "parts", ())  # the items of a survey
    _refuse(question, kpi, by, list(asked))
    period, fed = question.periods[0], fed_until(question, kpi, None)
    question = replace(question, fed_until=fed)
    base = question.base(period, compare)
    first, last = _totals(question, kpi, base)
    change = last["value"] - first["value"]
    both = replace(question, periods=[base, period], compare=(), intervals=False)
    parts = _items(evaluate(both), by) if asked else _parts(both, by)
    groups = list(dict.fromkeys(parts["group"]))
    sides = [_side(kpi, parts, each, groups) for each in (base, period)]
    if isinstance(kpi.value, Total):
        days = exposure(last["details"], question.lasted(period, "", last["details"]))
        found = _of_total(*sides, days, exposure(first["details"], base))
    else:
        found = _of_rate(*sides)
    if asked:  # holes, hidden items and rounding: none of them is an item's
        found.loc[REST, "effect"] = change - found["effect"].sum()
    if not np.isclose(found["effect"].sum(), change, rtol=1e-9, atol=1e-9 * abs(last["value"])):
        raise _not_adding_up(kpi, by)
    found["share"] = found["effect"] / change if change else np.nan
    found = _ranked(found)
    reversed_ = paradox(found, change)
    found.attrs = {
        "kpi": kpi.id,
        "by": by,
        "unit": kpi.unit,
        "period": period.name,
        "base": base.name,
        **_ends(first, last, compare),
        "paradox": reversed_,
        "warning": PARADOX if reversed_ else "",
    }
    return found


def _not_adding_up(kpi: Kpi, by: str) -> Exception:
    return error_of(
        ParameterError,
        "The groups of {kpi} by {by} do not add up to its change: a row is in several"
        " of them, or in none. Choose another breakdown.",
        kpi=kpi.id,
        by=by,
    )


def _parts(question: Question, by: str) -> pd.DataFrame:
    """Return the groups of both periods; those that are hidden in one of them as one."""
    parts = evaluate(question).rename(columns={by: "group"})
    hidden = set(parts.loc[parts["status"].eq(SUPPRESSED), "group"])
    if not hidden:
        return parts
    exact = evaluate(replace(question, minimum=0)).rename(columns={by: "group"})
    group = exact["group"].where(~exact["group"].isin(hidden), SMALL)
    added = ["numerator", "denominator", "value"]
    return exact.assign(group=group).groupby(["period", "group"], as_index=False)[added].sum()


def _items(parts: pd.DataFrame, by: str) -> pd.DataFrame:
    """Weigh the figures of items, or of dimensions, by the number of their items."""
    items = parts["details"].map(lambda told: told.get("items"))
    items = items.where(parts["status"].eq(OK)).astype(float)
    added = {"numerator": items * parts["value"].astype(float), "denominator": items}
    return parts.rename(columns={by: "group"}).assign(**added)


def _totals(question: Question, kpi: Kpi, base: Period) -> tuple[pd.Series, pd.Series]:
    """Return the figure of all groups in the base and in the period, both of which must exist."""
    of_all = replace(kpi, by=None) if kpi.by else kpi  # itself, where its figures may be known
    whole = replace(question, kpis=[of_all], by=None)
    first = evaluate(replace(whole, periods=[base], compare=(), intervals=False)).iloc[0]
    last = evaluate(whole).iloc[0]
    for row in (first, last):
        if row["status"] != OK:
            raise error_of(
                NoChange,
                "{kpi} has no figure for {period}, so that there is no change to explain: {reason}",
                kpi=kpi.id,
                period=row["period"],
                reason=row["reason"],
            )
    return first, last


def _ranked(found: pd.DataFrame) -> pd.DataFrame:
    """Return the groups with the largest effect first, ties by name."""
    found = found.rename_axis("group").reset_index()
    order = found.assign(size=found["effect"].abs()).sort_values(
        ["size", "group"], ascending=[False, True]
    )
    return found.loc[order.index].reset_index(drop=True)


def _check(by: str | None, kpi: Kpi, choices: list[str]) -> None:
    if not choices:
        raise error_of(
            ParameterError,
            "{kpi} cannot be explained by any column: its parts are of {tables}, which share none."
            " Lay its groups side by side: evaluate(kpi, period, by=..., compare=...).",
            kpi=kpi.id,
            tables=listed(kpi.tables),
        )
    if by not in choices:
        raise error_of(
            ParameterError,
            "{kpi} cannot be explained by {by!r}. It can be by: {choices}.{near}",
            kpi=kpi.id,
            by=by if by is None else listed(columns_of(by)),
            choices=listed(choices),
            near=meant(str(by), choices),
        )


def dimensions(tables: Tables, kpi: Kpi) -> list[str]:
    """Return the columns by which a KPI can be explained: those that all its measures have."""
    found = [
        _groupings(tables, measure.table)
        for role, measure in kpi.value.measures().items()
        if role not in (*APART, *SPARE)
    ]
    common = (name for name in found[0] if all(name in other for other in found))
    return sorted(name for name in common if not refused(kpi, name, DESCRIBING))


def _groupings(tables: Tables, table: str) -> dict[str, None]:
    """Return the columns of a table, and of those it is linked with, that make groups."""
    contract = CONTRACTS[table]
    rows = [key for key, target in contract.links.items() if CONTRACTS[target].daily]
    rows += TABLES[base_of(table)].key if len(TABLES[base_of(table)].key) == 1 else []
    found = [n for n in contract.columns if n not in rows and _makes_groups(tables, table, n)]
    found += [name for name, own in contract.aliases.items() if own in found]
    for key, target in contract.links.items():
        if tables.holds(table, {key}) and not tables.missing(target):
            found += [n for n in CONTRACTS[target].columns if _makes_groups(tables, target, n)]
    return dict.fromkeys(name for name in found if name not in rows)


def _makes_groups(tables: Tables, table: str, name: str) -> bool:
    column = CONTRACTS[table].columns[name]
    if column.type not in GROUPING or column.personal or name == MARK or name in TAKEN:
        return False
    base = base_of(table)
    assumed = name in TABLES[base].columns and column.absent is not None
    if assumed and name not in tables.columns(base):  # one value for every row
        return False
    return tables.holds(table, {name})


def refuse_unless_parts_add_up(kpi: Kpi) -> None:
    """Say why the parts of a KPI's groups would not add up to its change, and what to do.

    Raises
    ------
    ParameterError
        They would not.
    """
    why = _why_not(kpi)
    if why:
        raise error_of(
            ParameterError,
            "The change of {kpi} cannot be split over groups: {why} Put the groups side"
            " by side instead: evaluate({kpi!r}, ..., by=..., compare=...).",
            kpi=kpi.id,
            why=why,
        )


def _why_not(kpi: Kpi) -> str:
    kinds = {each.kind for role, each in kpi.value.measures().items() if role not in APART}
    if isinstance(kpi.value, Method):
        return say("it is worked out as a whole, which its groups do not add up to.")
    if kpi.protects:
        return say("it is about those who work or learn here: parts could tell of one of them.")
    if not isinstance(kpi.value, (Total, Ratio, Balance)):
        return say("it is itself a share, or the change of a stock.")
    if kinds & {*INTERVAL_KINDS, *STOCK_KINDS}:
        return say("it is made of a stock, which moves by its entries and exits.")
    if kpi.roll_up in FOLLOWED:
        return say("it follows people through time, and two periods are two groups of people.")
    if kpi.roll_up == "R3" or kinds & {"distinct", "repeated", "unsummable"}:
        return say("it counts distinct people or things, and one may be in several groups.")
    if "median" in kinds:
        return say("it is a median, which no sum over groups gives.")
    return ""


def _side(kpi: Kpi, parts: pd.DataFrame, period: Period, groups: list[str]) -> pd.DataFrame:
    """Return what each group has in a period: ``above``, ``below`` (the line), ``value``."""
    roles = {"numerator": "above", "denominator": "below", "value": "value"}
    own = parts[parts["period"] == period.name].set_index("group")[[*roles]]
    own = own.rename(columns=roles).reindex(groups)
    scale = 100.0 if isinstance(kpi.value, Balance) else 1.0
    return own.assign(above=scale * own["above"], rate=scale * own["above"] / own["below"])


def _of_rate(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Split the change of a rate: who it is about (mix), and how each group behaves (rate).

    A group that is absent on one side has no rate there: it is given that of the other side, so
    that only the mix moves. A group with something above the line and nothing below it (a
    campaign that cost and brought nobody) has no rate either, and is no matter of mix.
    """
    found = pd.DataFrame(index=before.index)
    for side, own in (("before", before), ("after", after)):
        found[f"weight_{side}"] = own["below"].fillna(0.0) / own["below"].sum()
        found[f"rate_{side}"] = own["rate"].where(own["below"] > 0)
    moved = found["weight_after"] - found["weight_before"]
    carried = (found["weight_after"] + found["weight_before"]) / 2
    level = sum(own["above"].sum() / own["below"].sum() for own in (before, after)) / 2
    first = found["rate_before"].fillna(found["rate_after"]).fillna(0.0)
    last = found["rate_after"].fillna(found["rate_before"]).fillna(0.0)
    found["mix_effect"] = moved * ((first + last) / 2 - level)
    found["rate_effect"] = (last - first) * carried
    parts = [own["above"].fillna(0.0) / own["below"].sum() for own in (before, after)]
    nobody = (
        sum(
            ((own["below"].fillna(0) == 0) & (own["above"].fillna(0) != 0)).astype(int)
            for own in (before, after)
        )
        > 0
    )
    found.loc[nobody, "mix_effect"] = 0.0
    found.loc[nobody, "rate_effect"] = (parts[1] - parts[0] - moved * level)[nobody]
    found["effect"] = found["mix_effect"] + found["rate_effect"]
    return found[[*RATE_COLUMNS]]


def _of_total(
    before: pd.DataFrame, after: pd.DataFrame, days: float, base_days: float
) -> pd.DataFrame:
    """Split the change of a total: what the number of days made, and what came more a day."""
    found = pd.DataFrame({"before": before["value"], "after": after["value"]}).fillna(0.0)
    found["effect"] = found["after"] - found["before"]
    daily = (found["before"] / base_days + found["after"] / days) / 2
    found["days_effect"] = (days - base_days) * daily
    found["pace_effect"] = found["effect"] - found["days_effect"]
    return found[[*TOTAL_COLUMNS]]


def paradox(found: pd.DataFrame, change: float) -> bool:
    """Whether every group that is there on both sides goes one way, and the total the other."""
    if "rate_before" not in found:
        return False
    moves = np.sign((found["rate_after"] - found["rate_before"]).dropna())
    ways = set(moves[moves != 0])
    return len(moves) > 1 and ways == {-np.sign(change)}
