"""Groups of participants beside the largest of them: how far apart are they, and is it chance?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from scipy.special import stdtrit

from kpilib.definitions import Kpi
from kpilib.engine.columns import counted_in
from kpilib.engine.compare import SIGNIFICANT
from kpilib.engine.outcome import OK
from kpilib.engine.outstanding import holm
from kpilib.engine.printed import clean, step_of
from kpilib.measure import Fields
from kpilib.methods.call import Call
from kpilib.methods.effects import hedges_g
from kpilib.methods.measurements import business, known_by, of_knowledge, out_of_100, pairs_of
from kpilib.methods.parallel import compared
from kpilib.period import Period
from kpilib.tables.contract import UNKNOWN
from kpilib.tables.derive import CONTRACTS
from kpilib.topics.catalogue import kpi as definition

COLUMNS = (
    "by", "kpi", "label", "target", "unit", "group", "against", "people", "people_against",
    "value", "value_against", "difference", "ci_low", "ci_high", "p", "p_holm", "hedges_g", "state",
)  # fmt: skip
NUMBERS = (*COLUMNS[7:-1], "degrees", "width")
TELLING = ["p", "p_holm", "hedges_g"]  # to many digits: they are the analyst's, and on no page
CONFIDENCE = 1 - SIGNIFICANT / 2
Arms = Mapping[str, pd.DataFrame]


def groups_apart(company: Any, period: Period, cuts: Sequence[str]) -> pd.DataFrame:
    """Return what participants of each group reached, against those of the largest group.

    Only groups that are shown are compared, two and two: never with all others, of whom the whole
    would give those that are hidden. People of one training share a trainer and a week: the
    training is the draw (see `kpilib.methods.effects.by_team`).

    Parameters
    ----------
    company : Company
    period : Period
    cuts : sequence of str
        What sets groups apart: columns of the trainings or of their participants.

    Returns
    -------
    pandas.DataFrame
        See `kpilib.training.ways.training_differences`.
    """
    found = pd.DataFrame(
        [row for by in cuts for row in _of_cut(company, period, by)],
        columns=[*COLUMNS, "degrees", "width"],
    )
    found = counted_in(found, *NUMBERS)
    tested = found["p"].notna()
    found.loc[tested, "p_holm"] = holm(found.loc[tested, "p"].to_numpy(dtype=float))
    if company.printed:
        found = found.apply(_as_printed, axis=1, among=int(tested.sum()))
        found = counted_in(found, *NUMBERS)  # a row is of objects
    found["state"] = _states(found, company.printed)
    if company.printed:
        found[TELLING] = np.nan
    return found[list(COLUMNS)]


def _states(found: pd.DataFrame, printed: bool) -> np.ndarray:
    """Tell which differences are clear: by Holm's p-value, on a page by the interval printed."""
    told = found["ci_low"].notna() & found["p"].notna()
    inside = (found["ci_low"] < 0) & (found["ci_high"] > 0)
    clear = ~inside if printed else found["p_holm"] < SIGNIFICANT
    return np.select([~told, clear], ["few", "clear"], "none")


def _as_printed(row: pd.Series, among: int) -> pd.Series:
    """Round an interval that already allows for the number of comparisons (Bonferroni).

    The difference is that of two figures that are printed, and tells nothing more; the interval
    reaches a step further, so that it does not tell where in their steps they lie.
    """
    if pd.isna(row["ci_low"]):
        return row
    half = (row["ci_high"] - row["ci_low"]) / 2
    if among and pd.notna(row["degrees"]):
        apart = stdtrit(row["degrees"], [1 - SIGNIFICANT / 2 / among, CONFIDENCE])
        half *= float(apart[0] / apart[1])
    away = (np.ceil(half / row["width"] - 1e-9) + 1) * row["width"]
    ends = {"ci_low": clean(row["difference"] - away), "ci_high": clean(row["difference"] + away)}
    return pd.Series({**row, **ends})


def _of_cut(company: Any, period: Period, by: str) -> Iterator[dict[str, Any]]:
    kpis = [definition(name) for name in OF_EACH]
    rows = company.over(list(OF_EACH), [period], by=by)
    told = rows["status"].eq(OK) & rows["value"].notna() & rows[by].notna()
    rows = rows[told & rows[by].ne(UNKNOWN)]  # what is of no group is nothing to differ from
    for kpi in kpis:
        shown = rows[rows["kpi"].eq(kpi.id)].set_index(by)
        if len(shown) < 2:
            continue
        call = Call(
            tables=company.tables,
            kpi=kpi,
            periods=[period],
            by=by,
            minimum=company.settings.privacy.minimum_group,
        )
        arms = {name: own for name, own in OF_EACH[kpi.id](call, period) if name in shown.index}
        targets = {name: own["target"].iloc[0] for name, own in arms.items()}
        for target in dict.fromkeys(targets.values()):
            own = {name: arms[name] for name in arms if targets[name] == target}
            head = {"by": by, "kpi": kpi.id, "label": kpi.label, "target": target or None}
            yield from (head | row for row in _against_the_largest(kpi, own, shown))


def _against_the_largest(kpi: Kpi, arms: Arms, shown: pd.DataFrame) -> Iterator[dict[str, Any]]:
    figures = shown.loc[list(arms)].sort_values("n", ascending=False, kind="stable")
    figures = figures.assign(width=step_of(kpi, figures)).to_dict("index")
    largest, *others = figures
    first = figures[largest]
    for group in others:
        own = figures[group]
        effect = compared([arms[group], arms[largest]], "value")
        apart = own["value"] - first["value"]
        low, high = effect.interval or (None, None)
        half = (high - low) / 2 if effect.interval else None
        values = (arms[name]["value"].to_numpy(dtype=float) for name in (group, largest))
        yield {
            "unit": own["unit"],
            "group": group,
            "against": largest,
            "people": own["n"],
            "people_against": first["n"],
            "value": own["value"],
            "value_against": first["value"],
            "difference": clean(apart),
            "ci_low": None if half is None else apart - half,
            "ci_high": None if half is None else apart + half,
            "p": effect.p_value,
            "hedges_g": hedges_g(*values),
            "degrees": effect.degrees,
            "width": max(own["width"], first["width"]),
        }


Each = Iterator[tuple[str, pd.DataFrame]]


def _gains(call: Call, period: Period) -> Each:
    """Yield what each person's mark rose by, in points of 100, by group."""
    rows = known_by(call, of_knowledge, period)
    yield from _changes(rows.assign(value=out_of_100(rows)), "")


def _targets(call: Call, period: Period) -> Each:
    """Yield what each trained person's target figure changed by; groups of one target each."""
    rows = known_by(call, business, period)
    yield from _changes(rows[rows["arm"].eq("treated")])


def _changes(rows: pd.DataFrame, target: str | None = None) -> Each:
    rows = rows.assign(team=rows["training_id"].astype("category").cat.codes)
    for group, own in rows.groupby("group", observed=True):
        moved = str(own["kpi_id"].iloc[0]) if target is None else target
        pairs = pairs_of(own)
        if len(pairs):
            yield group, pairs.assign(value=pairs["change"], target=moved)


def _satisfied(call: Call, period: Period) -> Each:
    """Yield which part of a person's answers is in the two highest boxes."""
    ratio = call.kpi.value
    yield from _people(_judged(call, period, ratio.numerator, ratio.denominator), "mean")


def _applied(call: Call, period: Period) -> Each:
    """Yield whether each person who was invited applies what was taught; no answer is a no."""
    beside = call.kpi.beside["of_respondents"]
    rows = _judged(call, period, beside.numerator, beside.denominator)
    measure = call.kpi.value.denominator
    waves = call.rows_of(measure.table, "training_id survey_kind invited_n closed_at", period)
    waves = _kept(waves, measure, "kept").query("kept")
    own = ["group", "training_id"]  # none of a wave about several trainings
    invited = waves.groupby(own, dropna=False)["invited_n"].sum()
    given = rows.groupby(own, dropna=False)["person"].nunique()
    silent = (invited - given.reindex(invited.index, fill_value=0)).clip(lower=0).astype(int)
    nobody = silent.index.repeat(silent).to_frame(index=False)
    nobody["person"] = [f"silent {number}" for number in range(len(nobody))]
    yield from _people(pd.concat([rows, nobody.assign(good=False)], ignore_index=True), "max")


def _judged(call: Call, period: Period, good: Any, valid: Any) -> pd.DataFrame:
    """Return the valid answers of a period, each with whether it is such as the figure counts."""
    names = {*good.columns, *valid.columns, "person", "training_id"}
    rows = call.rows_of(valid.table, " ".join(sorted(names)), period)
    return _kept(_kept(rows, valid, "valid").query("valid"), good, "good")


def _kept(rows: pd.DataFrame, measure: Any, name: str) -> pd.DataFrame:
    told = measure.where(Fields(CONTRACTS[measure.table]))
    frame = nw.from_native(rows).with_columns(told.alias(name)).to_native()
    return frame.assign(**{name: frame[name].astype(bool)})


def _people(rows: pd.DataFrame, how: str) -> Each:
    each = rows.assign(good=rows["good"].astype(float))
    each = each.groupby(["group", "training_id", "person"], dropna=False)["good"].agg(how)
    each = each.reset_index()
    each["team"] = each["training_id"].astype("category").cat.codes.astype(float)
    for group, own in each.groupby("group"):
        yield group, own[["team"]].assign(value=own["good"], target="")


OF_EACH: dict[str, Callable[[Call, Period], Each]] = {
    "training_satisfaction": _satisfied,
    "knowledge_gain": _gains,
    "skill_application_rate": _applied,
    "business_kpi_change": _targets,
}
