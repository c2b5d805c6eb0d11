"""Which interval a KPI's figure has, from the units (visitors, posts, persons) it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from kpilib.definitions import Kpi, Ratio
from kpilib.engine.intervals import FEW_UNITS, clumped, effective, gini, net_score, poisson, wilson
from kpilib.engine.outcome import Outcome
from kpilib.engine.question import Question, Spot
from kpilib.engine.slices import broken_down, dated, days_asked, read_together
from kpilib.measure import Fields, Measure
from kpilib.period import Period
from kpilib.tables.derive import CONTRACTS, base_of
from kpilib.tables.read import in_pandas, settled

NO_ROWS = np.array([], dtype=int)
MOST_NAMELESS = 0.1  # share of rows of a total that may lack the visitor or customer they are of
DOMINATING = 0.5  # share of a sum above which one unit dominates it
FEWEST_UNITS = 3  # of two, one always holds half


def interval_of(at: Spot, known: dict[str, float | None], outcome: Outcome) -> Outcome:
    """Return a figure with its interval and the name of the method, where it has one."""
    name = at.kpi.interval
    if name == "bootstrap":
        resamples = at.question.intervals and has_units(at.question, at.kpi)
        return _bootstrap(at, known, outcome) if resamples else outcome
    found = None
    worth = _worth(at, known, outcome)
    if name == "wilson":
        counts = outcome.numerator * worth, outcome.denominator * worth
        found = wilson(*counts, population=known.get("population"), people=outcome.n)
    elif name == "poisson":
        found = poisson(outcome.value)
    elif name == "poisson_rate":
        bounds = poisson(outcome.numerator)
        found = bounds and tuple(bound / outcome.denominator for bound in bounds)
    elif name == "poisson_inverse":
        low, high = poisson(outcome.denominator)
        found = (outcome.numerator / high, outcome.numerator / low) if low > 0 else None
    elif name == "net_score":
        given = (known[role] * worth for role in ("favourable", "unfavourable", "answers"))
        found = net_score(*given, known.get("population"))
        if found is not None:  # the adjusted centre may drift off the value of a near census
            found = (min(found[0], outcome.value), max(found[1], outcome.value))
    if found is None:
        return outcome
    method = name if worth == 1 else f"{name}_by_person"
    return replace(outcome, interval=found, interval_method=method)


def _worth(at: Spot, known: dict[str, float | None], outcome: Outcome) -> float:
    """Return what one answer is worth beside an independent one, where persons give several."""
    if known.get("persons") is None or outcome.n == outcome.denominator:
        return 1.0
    answers, persons = outcome.denominator, outcome.n
    each = units(at) if has_units(at.question, at.kpi) else None
    if each is None or len(each.up) != persons:  # who gave which of the nameless is not known
        return persons / answers
    share = outcome.numerator / answers
    moved = known.get("favourable", outcome.numerator) + known.get("unfavourable", 0.0)
    return effective(each.up, each.down, moved / answers - share * share) / answers


def _bootstrap(at: Spot, known: dict[str, float | None], outcome: Outcome) -> Outcome:
    each = units(at)
    if each.down is None:
        outcome = outcome if nameless(at) > MOST_NAMELESS else _of_total(at.kpi, each.up, outcome)
    else:
        outcome = outcome.drawn(each.up, each.down, getattr(at.kpi.value, "scale", None))
    added = (known.get("plus") or 0.0) - (known.get("minus") or 0.0)
    if outcome.interval is None or not added:
        return outcome
    low, high = outcome.interval
    return replace(outcome, interval=(low + added, high + added))


def _of_total(kpi: Kpi, up: np.ndarray, outcome: Outcome) -> Outcome:
    """Return a total with its interval, by how many units come and by what each of them adds.

    Units that add one each are independent events. Days come in a fixed number, so that only what
    a day adds is drawn again.
    """
    measure = kpi.value.measure
    contract = CONTRACTS[measure.table]
    if contract.daily and kpi.value.unit_of_chance == contract.time:
        mean = outcome.drawn(up, np.ones(len(up)))
        bounds = mean.interval and tuple(len(up) * bound for bound in mean.interval)
        return replace(mean, interval=bounds)
    adding = up[up != 0]
    found = clumped(adding) if kpi.unit == "count" else None
    if found is None:  # amounts, or some take away: refunds
        return outcome.drawn(up)
    if (adding == 1).all():
        return replace(outcome, interval=found, interval_method="poisson")
    outcome = replace(outcome, interval=found, interval_method="clumped")
    return outcome.flagged("approximate") if len(adding) < FEW_UNITS else outcome


def nameless(at: Spot) -> float:
    """Return the share of what counts in a group whose rows do not say whose they are."""
    each = units(at)
    counted = np.where(each.up != 0, each.rows, 0)
    whole = counted.sum()
    return float(counted[~each.named].sum() / whole) if whole else 0.0


def spread(at: Spot) -> dict[str, float]:
    """Return what a mean hides: the median unit, and how unequal the units are."""
    asked = getattr(at.kpi.value, "spread", ())
    if not asked or not at.question.intervals or not has_units(at.question, at.kpi):
        return {}
    up = units(at).up
    figures = {"median": lambda: float(np.median(up)), "gini": lambda: gini(up)}
    return {f"{name}_per_unit": figures[name]() for name in asked} if len(up) else {}


def dominated(at: Spot, outcome: Outcome) -> Outcome:
    """Return a figure flagged ``dominated`` where one unit holds more than half of one of its sums.

    ``details`` then hold ``largest_share``, and ``without_largest``: the figure of all other
    units. A figure about employees never does: the difference would tell of one of them.
    """
    question, kpi = at.question, at.kpi
    unit = kpi.weighed_by
    if not unit or kpi.people is not None or outcome.value is None or not question.intervals:
        return outcome
    base = base_of(next(iter(kpi.measures.values())).table)
    if unit not in question.tables.columns(base) or question.tables.summed(base):
        return outcome
    weighed = replace(kpi, id=f"{kpi.id} by {unit}", value=replace(kpi.value, unit_of_chance=unit))
    each = units(at._replace(kpi=weighed))
    parts = [part for part in (each.up, each.down) if part is not None]
    kept = each.named & np.any(np.column_stack(parts) != 0, axis=1)  # who adds nothing is not in it
    parts = [part[kept] for part in parts]
    if len(parts[0]) < FEWEST_UNITS:
        return outcome
    shares = [_shares(part) for part in parts]
    if max(float(share.max()) for share in shares) <= DOMINATING:
        return outcome
    largest = int(np.argmax(np.max(shares, axis=0)))
    known = {
        "largest_share": max(float(share[largest]) for share in shares),
        "without_largest": _without(kpi, outcome, [part[largest] for part in parts]),
    }
    return replace(outcome, details={**outcome.details, **known}).flagged("dominated")


def _shares(part: np.ndarray) -> np.ndarray:
    whole = float(part.sum())
    return part / whole if whole > 0 else np.zeros(len(part))


def _without(kpi: Kpi, outcome: Outcome, own: list[float]) -> float | None:
    """Return the figure of all units but one."""
    if not isinstance(kpi.value, Ratio):
        return outcome.value - own[0]
    up, down = outcome.numerator - own[0], outcome.denominator - own[1]
    return up / down if down > 0 else None


def has_units(question: Question, kpi: Kpi) -> bool:
    """Whether the rows say which visitor, post or employee they are of; if not, no interval."""
    base = base_of(next(iter(kpi.measures.values())).table)
    return _unit(question, kpi) is not None and not question.tables.summed(base)


def _unit(question: Question, kpi: Kpi) -> str | None:
    """Return the first of the units of chance that the rows name."""
    known = question.tables.columns(base_of(next(iter(kpi.measures.values())).table))
    wanted = (kpi.value.unit_of_chance or "").split()
    return next((unit for unit in wanted if unit in known), None)


class UnitSums(NamedTuple):
    """Units of chance (visitors, posts, employees), one a place of each array.

    Parameters
    ----------
    up, down : numpy.ndarray
        What each adds above and below the line; no `down` where the figure is not divided.
    rows : numpy.ndarray
        How many rows are of it.
    named : numpy.ndarray of bool
        Whether the rows say whose they are.
    """

    up: np.ndarray
    down: np.ndarray | None
    rows: np.ndarray
    named: np.ndarray


def units(at: Spot) -> UnitSums:
    """Return the units of a group; all periods of the question are read the first time."""
    cache = at.question.tables.cache

    def key(period: Period) -> tuple:  # an own definition may be made anew under its id
        return "units", at.kpi.id, at.kpi.value, at.by, period

    if key(at.period) not in cache:
        lacking = [each for each in at.question.every_period if key(each) not in cache]
        asked = list(dict.fromkeys([at.period, *lacking]))
        for period, sums in _unit_sums(at.question, at.kpi, at.by, asked):
            cache[key(period)] = _arrays(sums), sums.groupby("group").indices
    every, places = cache[key(at.period)]
    chosen = places.get(at.group, NO_ROWS)
    return UnitSums(*(None if part is None else part[chosen] for part in every))


def _arrays(sums: pd.DataFrame) -> UnitSums:
    down = sums["down"].to_numpy(dtype=float) if "down" in sums else None
    named = sums["named"].to_numpy(dtype=bool)
    return UnitSums(sums["up"].to_numpy(dtype=float), down, sums["rows"].to_numpy(), named)


def _unit_sums(
    question: Question, kpi: Kpi, by: str | None, periods: list[Period]
) -> Iterator[tuple[Period, pd.DataFrame]]:
    tables, unit, roles = question.tables, _unit(question, kpi), kpi.value.measures()
    up = next(roles[name] for name in ("numerator", "measure", "favourable") if name in roles)
    less, down = roles.get("unfavourable"), roles.get("denominator") or roles.get("answers")
    table, parts = up.table, [each for each in (up, less, down) if each is not None]
    columns = {unit}.union(*(each.columns for each in parts))
    frame = broken_down(tables, table, columns, by, days_asked(periods), up.time)
    made = {"up": _contribution(up, table)}
    if less is not None:
        made["up"] = made["up"] - _contribution(less, table)
    if down is not None:
        made["down"] = _contribution(down, table)
    if up.kind == "distinct" and down is None and up.where is not None:
        frame = frame.filter(up.where(Fields(CONTRACTS[table])))
    for part in read_together(tables, table, up.time, periods):
        rows, cells = dated(frame, up.time, part, tables)
        if up.kind == "distinct" and down is None:  # each combination adds one, however often
            rows = rows.drop_nulls([*up.keys]).unique(subset=["cell", "group", *up.keys])
        rows = rows.with_columns(**made, rows=nw.lit(1), named=~nw.col(unit).is_null())
        sums = _by_unit(rows, unit, down)
        if down is not None:
            sums = sums[np.abs(sums["up"]) + np.abs(sums["down"]) > 0]
        own = sums.groupby("cell").indices
        for number, period in cells.items():
            yield period, sums.iloc[own.get(number, [])]


def _by_unit(rows: nw.LazyFrame, unit: str, down: Measure | None) -> pd.DataFrame:
    """Add up what each unit brings, in each period and group."""
    adding = ["up"] if down is None else ["up", "down"]
    once = down is not None and down.kind == "distinct"
    named = rows if once else rows.filter("named")
    found = [
        named.group_by("cell", "group", "named", unit)
        .agg(
            nw.col("up").sum(),
            *([_gathered(down)] if down is not None else ()),
            nw.col("rows").sum(),
        )
        .drop(unit)
    ]
    if not once:  # what nobody put a name to is nobody else's
        found.append(
            rows.filter(~nw.col("named")).select("cell", "group", "named", *adding, "rows")
        )
    sums = pd.concat([in_pandas(each) for each in found], ignore_index=True)
    return sums.assign(**{name: settled(sums[name].fillna(0).to_numpy(float)) for name in adding})


def _gathered(down: Measure) -> Any:
    """A unit that is counted as distinct counts once, however many rows it has."""
    return nw.col("down").max() if down.kind == "distinct" else nw.col("down").sum()


def _contribution(measure: Measure, table: str) -> Any:
    fields = Fields(CONTRACTS[table])
    counted = measure.where(fields) if measure.where else None
    value = nw.lit(1) if measure.kind in ("count", "distinct") else measure.amount(fields)
    return value if counted is None else nw.when(counted).then(value).otherwise(nw.lit(0))
