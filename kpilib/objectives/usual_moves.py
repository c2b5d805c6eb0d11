"""Moves of a figure over some months in its own past, and how probable one as large is.

The arithmetic behind `kpilib.objectives.probability`, which says what it is for, how well it does
and where it does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from scipy.special import stdtr
from scipy.stats import linregress

from kpilib.methods.attainment import CLOSE

AVERAGED = 6  # months in the average that a move may be measured from
# How far from the average of six months towards the month itself a move may be measured.
STARTS = {0.0: "average", 0.25: "between", 0.5: "between", 0.75: "between", 1.0: "month"}
NEW_LEVEL = 1.5  # times as far from its average as any month before
QUARTERLY_FROM = 15  # months of history from which quarters are compared
DOUBT = 3  # how hard the average move is drawn towards nothing
YEAR, QUARTER = 12, 3
SEASONAL_FROM = 24  # months of history from which years are compared
SEASONAL_BELOW = 0.5  # share of the plain moves' mean square that they must fall below
FEWEST_MOVES = 2  # that do not overlap
SCATTERS = 2 / 3  # how much of luck is believed, see `of_a_record`
CLIMBS, NEVER_TURNS = 3.0, 30.0  # standard errors of a slope that make half the difference
AS_THEY_ARE = ("points", "pt", "score", "stars", "rank", "target", "done")


@dataclass(frozen=True)
class Moves:
    """Past moves over the same number of months, and the one that is needed now; upwards is good.

    Parameters
    ----------
    method : str
    months : tuple of int
        Index of the month that each one starts in.
    sizes : tuple of float
    needed : float
    share : float
        How far from the average to the month itself they start; 1 is the month.
    """

    method: str
    months: tuple[int, ...]
    sizes: tuple[float, ...]
    needed: float
    share: float = 1.0

    def since(self, month: int) -> Moves:
        """Return those that start in a month or later."""
        kept = [each for each in zip(self.months, self.sizes, strict=True) if each[0] >= month]
        months, sizes = zip(*kept, strict=True) if kept else ((), ())
        return Moves(self.method, months, sizes, self.needed, self.share)


def likelihood(moves: Moves, ahead: int) -> float:
    """Return the probability of a move as large as needed (or larger).

    Parameters
    ----------
    moves : Moves
    ahead : int
        Months that each takes.
    """
    apart = without_overlap(len(moves.sizes), ahead)
    # Around an average the moves of later months are nearly new ones, though they overlap.
    apart = apart ** ((1 + moves.share) / 2) * len(moves.sizes) ** ((1 - moves.share) / 2)
    middle = centre(moves.sizes, ahead)
    scale = spread(moves.sizes, ahead) * math.sqrt(1 + 1 / apart)
    short = moves.needed - middle
    if scale <= CLOSE:  # it has never moved
        return float(short <= CLOSE)
    return float(stdtr(max(1.0, apart - 1), -short / scale))


def without_overlap(count: int, ahead: int) -> float:
    """Return how many moves would fit into the same months one after the other."""
    return (count + ahead - 1) / ahead


def centre(sizes: Sequence[float], ahead: int) -> float:
    """Return the average move, drawn towards nothing the less it stands out from its scatter."""
    mean = sum(sizes) / len(sizes)
    apart = without_overlap(len(sizes), ahead)
    error = sum((size - mean) ** 2 for size in sizes) / len(sizes) / apart
    return mean * mean**2 / (mean**2 + DOUBT * error) if abs(mean) > CLOSE else 0.0


def spread(sizes: Sequence[float], ahead: int) -> float:
    """Return the root mean square distance of the moves from their centre."""
    middle = centre(sizes, ahead)
    return math.sqrt(sum((size - middle) ** 2 for size in sizes) / len(sizes))


def best_moves(
    figures: Sequence[float | None],
    wanted: float,
    ahead: int,
    unit: str,
    sign: float,
    total: bool = False,
) -> Moves | None:
    """Return the moves that described the past best; None when they are too few.

    Parameters
    ----------
    figures : sequence of float or None
        One a month without gaps, the oldest first; the last one is known.
    wanted : float
        The figure asked for, or what is asked for in all of the months to come together.
    ahead : int
        Months to come.
    unit : str
        Of the KPI.
    sign : float
        1 where more is asked for, -1 where less is.
    total : bool
        `wanted` is in all of the months to come together.
    """
    scaled = scale_of(figures, unit)
    months = [None if each is None else sign * scaled(each) for each in figures]
    if total:
        ends = [None if each is None else sign * scaled(each) for each in _monthly(figures, ahead)]
        asked = sign * scaled(wanted / ahead)
    else:
        ends, asked = [*months[ahead:], *[None] * min(ahead, len(months))], sign * scaled(wanted)
    plain = _quarterly(_best(months, ends, asked, ahead, ""), ends, asked, ahead)
    if plain is None or len(figures) - figures.count(None) < SEASONAL_FROM:
        return plain
    base = ends[-1 - YEAR] if ahead <= YEAR else None
    if base is None:
        return plain
    yearly = _best(_year_on_year(months), _year_on_year(ends), asked - base, ahead, "year_")
    if yearly is None:
        return plain
    same = plain.since(yearly.months[0])
    below = spread(yearly.sizes, ahead) ** 2 < SEASONAL_BELOW * spread(same.sizes, ahead) ** 2
    return yearly if below else plain


def of_a_record(
    probability: float, figures: Sequence[float | None], wanted: float, unit: str, sign: float
) -> float:
    """Return what to believe of a probability when no month of the past was better than asked.

    The best month of many had luck, and what scatters does not bring it again; what climbs may, and
    may turn. With `t` the slope of the past over its standard error (0 where it falls)::

        believed = probability * (2/3 + 1/3 * t2 / (t2 + 3 ** 2))
        at most                   2/3 + 1/3 * t2 / (t2 + 30 ** 2)

    What some month exceeded is believed whole, and so is a line without any scatter.
    """
    scaled = scale_of(figures, unit)
    known = [(at, sign * scaled(each)) for at, each in enumerate(figures) if each is not None]
    if max(value for _, value in known) > sign * scaled(wanted) + CLOSE:
        return probability
    line = linregress(*zip(*known, strict=True))
    if line.stderr <= CLOSE:  # on a line, or never moved: there was no luck
        return probability
    rises = max(0.0, line.slope / line.stderr)
    return min(probability * _without_luck(rises, CLIMBS), _without_luck(rises, NEVER_TURNS))


def _without_luck(rises: float, half: float) -> float:
    return SCATTERS + (1 - SCATTERS) * float(rises**2 / (rises**2 + half**2))


def _quarterly(
    plain: Moves | None, ends: Sequence[float | None], asked: float, ahead: int
) -> Moves | None:
    """Return the moves from the same months of the quarters before, where those differ far less."""
    if plain is None or len(ends) < QUARTERLY_FROM:
        return plain
    back = QUARTER * -(-ahead // QUARTER)
    starts = [
        _mean([ends[at] if at >= 0 else None for at in (month - back, month - back - QUARTER)])
        for month in range(len(ends))
    ]
    found = _from(starts, ends, asked, "quarter")
    if without_overlap(len(found.sizes), ahead) < FEWEST_MOVES or math.isnan(found.needed):
        return plain
    same = plain.since(found.months[0])
    below = spread(found.sizes, ahead) ** 2 < SEASONAL_BELOW * spread(same.sizes, ahead) ** 2
    return found if below else plain


def _mean(figures: Sequence[float | None]) -> float | None:
    known = [each for each in figures if each is not None]
    return sum(known) / len(known) if known else None


def _best(
    months: Sequence[float | None],
    ends: Sequence[float | None],
    asked: float,
    ahead: int,
    kind: str,
) -> Moves | None:
    """Return the moves from the month, the average or a point between: those that differ less."""
    averages = _averages(months)
    found = [
        replace(_from(_between(averages, months, share), ends, asked, kind + method), share=share)
        for share, method in STARTS.items()
    ]
    if without_overlap(len(found[0].sizes), ahead) < FEWEST_MOVES or math.isnan(found[0].needed):
        return None
    if _is_new_level(months, averages):
        return found[-1]
    return min(found, key=lambda each: spread(each.sizes, ahead))


def _is_new_level(months: Sequence[float | None], averages: Sequence[float | None]) -> bool:
    """Whether the last month is like none before, or the last two are further than all others.

    A single month that stands out falls back most of the time, the best one ever too.
    """
    known = [
        (month, average)
        for month, average in zip(months, averages, strict=True)
        if month is not None and average is not None
    ]
    if len(known) < AVERAGED:
        return False
    away = [abs(month - average) for month, average in known]
    if away[-1] > NEW_LEVEL * max(away[:-1]):
        return True
    base = known[-3][1]
    one, two = (month - base for month, _ in known[-2:])
    return one * two > 0 and min(abs(one), abs(two)) > max(away[:-2])


def _between(
    averages: Sequence[float | None], months: Sequence[float | None], share: float
) -> list[float | None]:
    """Return for each month a point on the way from its average to itself."""
    return [
        None if month is None or average is None else average + share * (month - average)
        for average, month in zip(averages, months, strict=True)
    ]


def _from(
    starts: Sequence[float | None], ends: Sequence[float | None], asked: float, method: str
) -> Moves:
    pairs = [
        (month, end - start)
        for month, (start, end) in enumerate(zip(starts, ends, strict=True))
        if start is not None and end is not None
    ]
    months, sizes = zip(*pairs, strict=True) if pairs else ((), ())
    now = starts[-1]
    return Moves(method, months, sizes, math.nan if now is None else asked - now)


def _averages(months: Sequence[float | None]) -> list[float | None]:
    """Return for each known month the average of the last six, of those that there are."""
    averages: list[float | None] = []
    for month, figure in enumerate(months):
        last = [
            each for each in months[max(0, month + 1 - AVERAGED) : month + 1] if each is not None
        ]
        averages.append(None if figure is None else sum(last) / len(last))
    return averages


def _monthly(figures: Sequence[float | None], ahead: int) -> list[float | None]:
    """Return for each month what the next ones brought, as a monthly average."""
    averages: list[float | None] = []
    for month in range(len(figures)):
        following = figures[month + 1 : month + 1 + ahead]
        whole = len(following) == ahead and None not in following
        averages.append(sum(following) / ahead if whole else None)
    return averages


def _year_on_year(months: Sequence[float | None]) -> list[float | None]:
    before = [*[None] * YEAR, *months[:-YEAR]]
    return [
        None if now is None or then is None else now - then
        for now, then in zip(months, before, strict=True)
    ]


def scale_of(figures: Sequence[float | None], unit: str) -> Callable[[float], float]:
    """Return the scale on which moves from any level can be compared."""
    known = [each for each in figures if each is not None]
    if unit == "rate" and 0 < min(known) and max(known) < 1:
        return _log_odds
    if unit != "rate" and unit not in AS_THEY_ARE and min(known) > 0:
        return _log
    return float


def _log(figure: float) -> float:
    return math.log(figure) if figure > 0 else -math.inf


def _log_odds(rate: float) -> float:
    return _log(rate) - _log(1 - rate)
