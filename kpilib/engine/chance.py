"""Which intervals a KPI's figures have, from the units (visitors, posts, persons) it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from kpilib.definitions import Kpi, Method, Ratio
from kpilib.engine.columns import Figures
from kpilib.engine.intervals import (
    FEW_UNITS,
    Interval,
    Intervals,
    clumped,
    effective,
    gini,
    net_scores,
    poissons,
    student_of_sums,
    wilsons,
)
from kpilib.engine.outcome import Key, drawn_again
from kpilib.engine.question import OneKpi
from kpilib.engine.slices import broken_down, dated, days_asked, read_together
from kpilib.measure import Fields, Measure
from kpilib.period import Period
from kpilib.tables.derive import CONTRACTS, base_of
from kpilib.tables.read import in_pandas, settled

NO_ROWS = np.array([], dtype=int)
MOST_NAMELESS = 0.1  # share of rows of a total that may lack the visitor or customer they are of
DOMINATING = 0.5  # share of a sum above which one unit dominates it
FEWEST_UNITS = 3  # of two, one always holds half


def give_intervals(one: OneKpi, found: Figures, known: Mapping[str, np.ndarray]) -> None:
    """Give figures their intervals and the name of the method, where they have one.

    Parameters
    ----------
    one : OneKpi
    found : Figures
    known : mapping of str to numpy.ndarray
        The measures by role, one place a figure.
    """
    name, there = one.kpi.interval, found.known
    if name in BY_UNITS:
        if one.question.intervals and has_units(one):
            for at in np.flatnonzero(there):
                BY_UNITS[name](one, found, int(at))
            added = (np.nan_to_num(known.get(role, 0.0)) for role in ("plus", "minus"))
            more = np.subtract(*added)
            found.low, found.high = found.low + more, found.high + more
    elif name in BY_FORMULA:
        worth = _worth(one, known, found)
        bounds = BY_FORMULA[name](found, known, worth)
        found.bound(there, bounds, name)
        found.method[there & (worth != 1) & (found.method != "")] = f"{name}_by_person"


def _of_shares(found: Figures, known: Mapping[str, np.ndarray], worth: np.ndarray) -> Intervals:
    counts = found.numerator * worth, found.denominator * worth
    return wilsons(*counts, population=known.get("population"), people=found.n)


def _of_counts(found: Figures, *_: object) -> Intervals:
    return poissons(found.value)


def _of_rates(found: Figures, *_: object) -> Intervals:
    exposure = np.where(found.denominator > 0, found.denominator, np.nan)
    low, high = poissons(found.numerator)
    return low / exposure, high / exposure


def _of_costs(found: Figures, *_: object) -> Intervals:
    low, high = poissons(np.where(found.denominator > 0, found.denominator, np.nan))
    return found.numerator / high, found.numerator / low


def _of_scores(found: Figures, known: Mapping[str, np.ndarray], worth: np.ndarray) -> Intervals:
    given = (known[role] * worth for role in ("favourable", "unfavourable", "answers"))
    low, high = net_scores(*given, known.get("population"))
    # The adjusted centre may drift off the value of a near census.
    return np.minimum(low, found.value), np.maximum(high, found.value)


BY_FORMULA: dict[str, Callable[..., Intervals]] = {
    "wilson": _of_shares,
    "poisson": _of_counts,
    "poisson_rate": _of_rates,
    "poisson_inverse": _of_costs,
    "net_score": _of_scores,
}


def _worth(one: OneKpi, known: Mapping[str, np.ndarray], found: Figures) -> np.ndarray:
    """Return what one answer is worth beside an independent one, where persons give several."""
    worth = np.ones(len(found.places))
    if "persons" not in known:
        return worth
    answers, persons = found.denominator, found.n
    several = found.known & ~np.isnan(known["persons"]) & (persons != answers)
    named = has_units(one)
    nobody = np.zeros(len(found.places))
    moved = known.get("favourable", found.numerator) + known.get("unfavourable", nobody)
    for at in np.flatnonzero(several):
        each = units(one, found.places[at]) if named else None
        if each is None or len(each.up) != persons[at]:  # who gave the nameless is not known
            worth[at] = persons[at] / answers[at]
            continue
        share = found.numerator[at] / answers[at]
        variance = moved[at] / answers[at] - share * share
        worth[at] = effective(each.up, each.down, variance) / answers[at]
    return worth


def _bootstrap(one: OneKpi, found: Figures, at: int) -> None:
    """Give the figure of one place the interval of drawing its units again."""
    each = units(one, found.places[at])
    if each.down is not None:
        drawn = drawn_again(each.up, each.down, getattr(one.kpi.value, "scale", None))
    else:
        drawn = None if nameless(each) > MOST_NAMELESS else _of_total(one.kpi, each.up)
    if drawn is not None:
        (found.low[at], found.high[at]), found.method[at], few = drawn
        found.flag("approximate", few & (np.arange(len(found.places)) == at))


def _student(one: OneKpi, found: Figures, at: int) -> None:
    """Give the mean of one place Student's interval, within the ends of its scale."""
    each = units(one, found.places[at])
    bounds = student_of_sums(each.up, each.down)
    if bounds is None:
        return
    lowest, highest = one.kpi.value.scale or (-np.inf, np.inf)
    found.low[at], found.high[at] = max(bounds[0], lowest), min(bounds[1], highest)
    found.method[at] = "student"


BY_UNITS: dict[str, Callable[[OneKpi, Figures, int], None]] = {
    "bootstrap": _bootstrap,
    "student": _student,
}


def _of_total(kpi: Kpi, up: np.ndarray) -> tuple[Interval, str, bool] | None:
    """Return a total's interval, by how many units come and by what each of them adds.

    Units that add one each are independent events. Days come in a fixed number, so that only what
    a day adds is drawn again.
    """
    measure = kpi.value.measure
    contract = CONTRACTS[measure.table]
    if contract.daily and kpi.value.unit_of_chance == contract.time:
        mean = drawn_again(up, np.ones(len(up)))
        if mean is None:
            return None
        (low, high), method, few = mean
        return (len(up) * low, len(up) * high), method, few
    adding = up[up != 0]
    bounds = clumped(adding) if kpi.unit == "count" else None
    if bounds is None:  # amounts, or some take away: refunds
        return drawn_again(up)
    if (adding == 1).all():
        return bounds, "poisson", False
    return bounds, "clumped", len(adding) < FEW_UNITS


def nameless(each: UnitSums) -> float:
    """Return the share of what counts in a group whose rows do not say whose they are."""
    counted = np.where(each.up != 0, each.rows, 0)
    whole = counted.sum()
    return float(counted[~each.named].sum() / whole) if whole else 0.0


def spread(one: OneKpi, found: Figures) -> None:
    """Tell what a mean hides: the median unit, and how unequal the units are."""
    asked = getattr(one.kpi.value, "spread", ())
    if not asked or not one.question.intervals or not has_units(one):
        return
    figures = {"median": lambda up: float(np.median(up)), "gini": gini}
    for at in np.flatnonzero(found.known):
        up = units(one, found.places[at]).up
        if len(up):
            found.details[at] |= {f"{name}_per_unit": figures[name](up) for name in asked}


def dominated(one: OneKpi, found: Figures) -> None:
    """Flag figures ``dominated`` where one unit holds more than half of one of its sums.

    ``details`` then hold ``largest_share``, and ``without_largest``: the figure of all other
    units. A figure about employees never does: the difference would tell of one of them.
    """
    unit = _weighing(one)
    if unit is None or not one.question.intervals:
        return
    flags = np.zeros(len(found.places), dtype=bool)
    for at in np.flatnonzero(found.known):
        largest = _largest(units(one, found.places[at], unit))
        if largest is not None:
            share, own = largest
            told = {"largest_share": share, "without_largest": _without(one.kpi, found, at, own)}
            found.details[at] |= told
            flags[at] = True
    found.flag("dominated", flags)


def _largest(each: UnitSums) -> tuple[float, list[float]] | None:
    """Return the share of the unit that dominates, and what it adds to each sum."""
    parts = [part for part in (each.up, each.down) if part is not None]
    kept = each.named & np.any(np.column_stack(parts) != 0, axis=1)  # who adds nothing is not in it
    parts = [part[kept] for part in parts]
    if len(parts[0]) < FEWEST_UNITS:
        return None
    shares = [_shares(part) for part in parts]
    if max(float(share.max()) for share in shares) <= DOMINATING:
        return None
    largest = int(np.argmax(np.max(shares, axis=0)))
    share = max(float(share[largest]) for share in shares)
    return share, [float(part[largest]) for part in parts]


def _shares(part: np.ndarray) -> np.ndarray:
    whole = float(part.sum())
    return part / whole if whole > 0 else np.zeros(len(part))


def _without(kpi: Kpi, found: Figures, at: int, own: list[float]) -> float | None:
    """Return the figure of all units but one."""
    if not isinstance(kpi.value, Ratio):
        return float(found.value[at]) - own[0]
    up, down = found.numerator[at] - own[0], found.denominator[at] - own[1]
    return float(up / down) if down > 0 else None


def has_units(one: OneKpi) -> bool:
    """Whether the rows say which visitor, post or employee they are of; if not, no interval."""
    return _unit(one) is not None


def _unit(one: OneKpi) -> str | None:
    """Return the first of the units of chance that the rows name."""
    wanted = (one.kpi.value.unit_of_chance or "").split()
    known = _columns_of_rows(one) if wanted else ()
    return next((unit for unit in wanted if unit in known), None)


def _weighing(one: OneKpi) -> str | None:
    """Return the unit of which one may weigh more than all others, where the rows name it."""
    unit = one.kpi.weighed_by if one.kpi.people is None else ""
    return unit if unit and unit in _columns_of_rows(one) else None


def _columns_of_rows(one: OneKpi) -> set[str]:
    """Return the columns of what a KPI is made of; none where rows come summed up."""
    tables, base = one.question.tables, _base(one)
    return set() if tables.summed(base) else tables.columns(base)


def _base(one: OneKpi) -> str:
    return base_of(next(iter(one.kpi.measures.values())).table)


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


class Contributions(NamedTuple):
    """What each unit of a table is asked for: which measures it adds to."""

    unit: str
    up: Measure
    less: Measure | None
    down: Measure | None

    @property
    def columns(self) -> set[str]:
        """The columns that are read."""
        return {self.unit}.union(*(each.columns for each in self[1:] if each is not None))

    @property
    def added_up(self) -> bool:
        """Whether rows are added up one by one, so that many are asked in one query."""
        return self.up.kind != "distinct" and (self.down is None or self.down.kind != "distinct")


def units(one: OneKpi, place: Key, unit: str | None = None) -> UnitSums:
    """Return the units of a group, the KPI's units of chance unless others are named.

    They are read the first time, for all periods and all KPIs of the question together.
    """
    (period, group), cache = place, one.question.tables.cache
    asked = _contributions(one.kpi, unit or _unit(one))
    if ("units", asked, one.by, period) not in cache:
        _read(one, asked, period)
    every, places = cache["units", asked, one.by, period]
    chosen = places.get(group, NO_ROWS)
    return UnitSums(*(None if part is None else part[chosen] for part in every))


def _contributions(kpi: Kpi, unit: str) -> Contributions:
    roles = kpi.value.measures()
    up = next(roles[name] for name in ("numerator", "measure", "favourable") if name in roles)
    down = roles.get("denominator") or roles.get("answers")
    return Contributions(unit, up, roles.get("unfavourable"), down)


def _read(one: OneKpi, asked: Contributions, period: Period) -> None:
    """Keep the sums of all units, period by period."""
    cache = one.question.tables.cache

    def lacking(each: Contributions) -> list[Period]:
        periods = dict.fromkeys([period, *one.question.every_period])
        return [own for own in periods if ("units", each, one.by, own) not in cache]

    together = [asked, *(each for each in _asked_together(one, asked) if lacking(each))]
    for number, own, sums in _unit_sums(one, together, lacking(asked)):
        named = sums["named"].to_numpy(dtype=bool)
        up, down = (
            sums[f"{side}{number}"].to_numpy(dtype=float) if f"{side}{number}" in sums else None
            for side in ("up", "down")
        )
        if down is not None:  # who adds to neither is not in it
            there = np.abs(up) + np.abs(down) > 0
            sums, up, down, named = sums[there], up[there], down[there], named[there]
        arrays = UnitSums(up, down, sums["rows"].to_numpy(), named)
        cache["units", together[number], one.by, own] = arrays, sums.groupby("group").indices


def _asked_together(one: OneKpi, asked: Contributions) -> list[Contributions]:
    """Return what else the KPIs of a question will ask of the same units."""
    question, base, found = one.question, _base(one), {}
    for kpi in question.kpis if question.intervals and asked.added_up else ():
        own = OneKpi(question, kpi, one.by)
        # Of another table nothing is asked here, and it may not even be there.
        if isinstance(kpi.value, Method) or _base(own) != base or not _columns_of_rows(own):
            continue
        drawn = kpi.interval in BY_UNITS or getattr(kpi.value, "spread", ())
        for unit in (_unit(own) if drawn else None, _weighing(own)):
            if unit == asked.unit:
                found[_contributions(kpi, unit)] = None
    one_of = (asked.up.table, asked.up.time)
    return [
        each
        for each in found
        if each.added_up and each != asked and (each.up.table, each.up.time) == one_of
        if question.tables.holds(each.up.table, each.columns)
    ]


def _unit_sums(
    one: OneKpi, together: Sequence[Contributions], periods: list[Period]
) -> Iterator[tuple[int, Period, pd.DataFrame]]:
    """Yield what each unit adds to some measures, by their number, in each period."""
    tables, first = one.question.tables, together[0]
    table, time, up = first.up.table, first.up.time, first.up
    columns = set().union(*(each.columns for each in together))
    frame = broken_down(tables, table, columns, one.by, days_asked(periods), time)
    made = {}
    for number, each in enumerate(together):
        made[f"up{number}"] = _contribution(each.up, table)
        if each.less is not None:
            made[f"up{number}"] = made[f"up{number}"] - _contribution(each.less, table)
        if each.down is not None:
            made[f"down{number}"] = _contribution(each.down, table)
    combinations = up.kind == "distinct" and first.down is None
    if combinations and up.where is not None:
        frame = frame.filter(up.where(Fields(CONTRACTS[table])))
    for part in read_together(tables, table, time, periods):
        rows, cells = dated(frame, time, part, tables)
        if combinations:  # each adds one, however often
            rows = rows.drop_nulls([*up.keys]).unique(subset=["cell", "group", *up.keys])
        rows = rows.with_columns(**made, rows=nw.lit(1), named=~nw.col(first.unit).is_null())
        sums = _by_unit(rows, first, list(made))
        own = sums.groupby("cell").indices
        for at, period in cells.items():
            inside = sums.iloc[own.get(at, [])]
            for number in range(len(together)):
                yield number, period, inside


def _by_unit(rows: nw.LazyFrame, asked: Contributions, adding: list[str]) -> pd.DataFrame:
    """Add up what each unit brings, in each period and group."""
    # A unit that is counted as distinct counts once, however many rows it has.
    once = asked.down is not None and asked.down.kind == "distinct"
    named = rows if once else rows.filter("named")
    sums = (
        nw.col(name).max() if once and name.startswith("down") else nw.col(name).sum()
        for name in adding
    )
    grouped = named.group_by("cell", "group", "named", asked.unit)
    found = [grouped.agg(*sums, nw.col("rows").sum()).drop(asked.unit)]
    if not once:  # what nobody put a name to is nobody else's
        alone = rows.filter(~nw.col("named"))
        found.append(alone.select("cell", "group", "named", *adding, "rows"))
    sums = pd.concat([in_pandas(each) for each in found], ignore_index=True)
    return sums.assign(**{name: settled(sums[name].fillna(0).to_numpy(float)) for name in adding})


def _contribution(measure: Measure, table: str) -> Any:
    fields = Fields(CONTRACTS[table])
    counted = measure.where(fields) if measure.where else None
    value = nw.lit(1) if measure.kind in ("count", "distinct") else measure.amount(fields)
    return value if counted is None else nw.when(counted).then(value).otherwise(nw.lit(0))
