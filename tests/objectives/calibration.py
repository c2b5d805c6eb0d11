"""Whether the probability of reaching a target comes true as often as it says.

Companies are made up month by month from known laws, the way `kpilib.objectives.probability` would
meet them. Each has 12 to 26 months behind it; the target is set from these alone, as a manager sets
one: one of the last six figures, and from there more or less than the figure usually moves. Then
the months to come are looked at.

``python -m tests.objectives.calibration`` prints the table; nothing is saved. It makes up 24 000
companies of twelve kinds with 14 to 26 months of history, and looks 1, 2, 3, 6 and 9 months ahead.
Of 110 000 probabilities, all kinds
together::

    said          0-20 %   20-40 %   40-60 %   60-80 %   80-100 %
    on average       7 %      30 %      50 %      70 %       93 %
    came true        9 %      30 %      49 %      70 %       91 %

    Brier score 0.136; 0.250 for saying one half each time

By horizon no class of ten is off by more than 3 points. By kind, by up to 9 points for a figure
that wanders, up to 5 for all others, quarters that peak at their end among them.

Where the target is the best month ever, of each kind alike, of 101 000 probabilities::

    said          0-20 %   20-40 %   40-60 %   60-80 %   80-100 %
    on average       5 %      29 %      49 %      69 %       83 %
    came true        6 %      29 %      48 %      66 %       84 %
    of them         84 %       9 %       4 %       3 %      0.2 %

on average 11 % said, 12 % came. More than one half is said where a figure wanders or climbs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kpilib.objectives.goal import Goal
from kpilib.objectives.probability import chance
from kpilib.period import Period
from tests.goals import goal

LONGEST, FURTHEST = 26, 12
MONTHS = [*Period.parse("2026-06").trailing(LONGEST)]
COMING = [*Period.parse("2027-06").trailing(FURTHEST)]
HISTORIES = (14, 18, 22, 24, 26)
AHEAD = (1, 2, 3, 6, 9)
TIME = np.arange(LONGEST + FURTHEST)

Random = np.random.Generator


@dataclass(frozen=True)
class Case:
    """One probability, what it was of, and whether it came true."""

    family: str
    ahead: int
    probability: float
    reached: bool


def noise(random: Random) -> np.ndarray:
    """Noise around a level."""
    return 50 + 5 * random.normal(size=len(TIME))


def walk(random: Random) -> np.ndarray:
    """Each month from the last: what was lost is not won back."""
    return 50 + 3 * np.cumsum(random.normal(size=len(TIME)))


def drift(random: Random) -> np.ndarray:
    """The same, on its way up or down by up to 0.6 of a usual step each month."""
    return walk(random) + 3 * random.uniform(-0.6, 0.6) * TIME


def trend(random: Random) -> np.ndarray:
    """A straight line up or down and noise around it."""
    return noise(random) + 5 * random.uniform(-0.4, 0.4) * TIME


def returning(random: Random) -> np.ndarray:
    """Away from a level and back to it (AR(1), 0.3 to 0.9)."""
    stays = random.uniform(0.3, 0.9)
    figures = [random.normal() / np.sqrt(1 - stays**2)]
    for _ in TIME[1:]:
        figures.append(stays * figures[-1] + random.normal())
    return 50 + 5 * np.array(figures)


def season(random: Random) -> np.ndarray:
    """Months that differ three times as much as their years do."""
    return noise(random) + 15 * random.normal(size=12)[TIME % 12]


def counts(random: Random) -> np.ndarray:
    """Numbers of cases, 8 to 300 a month, growing or falling by up to 3 % a month."""
    level = np.exp(random.uniform(np.log(8), np.log(300)) + random.uniform(-0.03, 0.03) * TIME)
    return random.poisson(level).astype(float)


def rates(random: Random) -> np.ndarray:
    """Shares of 200 to 3000 cases, of a probability that wanders."""
    odds = np.exp(random.uniform(-4, 0) + 0.05 * np.cumsum(random.normal(size=len(TIME))))
    cases = random.integers(200, 3000)
    return random.binomial(cases, odds / (1 + odds)) / cases


def money(random: Random) -> np.ndarray:
    """Revenue with a season, growing by up to 4 % a month, of uneven orders."""
    months = 0.3 * random.normal(size=12)[TIME % 12]
    growth = random.uniform(-0.02, 0.04) * TIME
    return 20_000 * np.exp(months + growth + 0.15 * random.normal(size=len(TIME)))


def level_shift(random: Random) -> np.ndarray:
    """Noise, and one jump of up to four times the noise: in the past or still to come."""
    jump = random.uniform(-20, 20) * (random.integers(3, len(TIME)) <= TIME)
    return noise(random) + jump


def quarters(random: Random) -> np.ndarray:
    """Months that end a quarter above the others by 20 to 120 %, and growth or none."""
    peak = random.uniform(0.2, 0.8) * ((TIME + 1) % 3 == 0)
    rise = random.uniform(-0.01, 0.02) * TIME
    return 1000 * np.exp(rise + peak + 0.1 * random.normal(size=len(TIME)))


def growth(random: Random) -> np.ndarray:
    """A line that only ever rises, and noise around it."""
    return noise(random) + 5 * random.uniform(0.1, 0.4) * TIME


def fallen(random: Random) -> np.ndarray:
    """Noise whose level fell for good two months ago, by twice to four times the noise."""
    return noise(random) - 5 * random.uniform(2, 4) * (LONGEST - 2 <= TIME)


POINTS = goal(kpi="nps", unit="points", baseline=0, target=1)
NUMBER = goal(kpi="leads", unit="count", baseline=0, target=1)
RATE = goal()
MONEY = goal(kpi="revenue", unit="EUR", baseline=0, target=1)

Law = Callable[[Random], np.ndarray]
FAMILIES: dict[str, tuple[Law, Goal]] = {
    "noise": (noise, POINTS),
    "walk": (walk, POINTS),
    "drift": (drift, POINTS),
    "trend": (trend, POINTS),
    "returning": (returning, POINTS),
    "season": (season, POINTS),
    "counts": (counts, NUMBER),
    "rates": (rates, RATE),
    "money": (money, MONEY),
    "level_shift": (level_shift, POINTS),
    "total": (counts, NUMBER),
    "quarters": (quarters, NUMBER),
}
# Always asked to rise: what the method cannot know counts against it every time.
LIMITS: dict[str, tuple[Law, Goal]] = {"growth": (growth, POINTS), "fallen": (fallen, POINTS)}


def cases(
    families: dict[str, tuple[Law, Goal]],
    each: int,
    seed: int = 2026,
    ahead: Sequence[int] = AHEAD,
    histories: Sequence[int] = HISTORIES,
) -> Iterator[Case]:
    """Yield what was said and what came, for so many made-up companies of each family."""
    for number, (family, (law, kpi)) in enumerate(families.items()):
        random = np.random.default_rng([seed, number])
        for company in range(each):
            figures, history = law(random), histories[company % len(histories)]
            for months in ahead:
                found = _case(family, figures, history, months, kpi, random)
                if found is not None:
                    yield found


def _case(
    family: str,
    figures: np.ndarray,
    history: int,
    months: int,
    kpi: Goal,
    random: Random,
    best: bool = False,
) -> Case | None:
    past, future = figures[LONGEST - history : LONGEST], figures[LONGEST : LONGEST + months]
    usual = np.std(past[months:] - past[:-months])
    # Downwards every other time: the direction must not matter.
    down = random.integers(2) if family not in LIMITS else 0
    level = past[-1 - random.integers(6)] + random.normal() * usual
    if best:
        level = past.min() if down else past.max()
    end = COMING[months - 1].end_day
    if family == "total":
        missing = months * (past[-6:].mean() + random.normal() * usual / np.sqrt(months))
        start = MONTHS[-3].start
        target = past[-3:].sum() + missing
        asked = replace(kpi, mode="count", baseline=0.0, target=target, start=start, end=end)
        reached = future.sum() >= missing
    else:
        asked = replace(kpi, baseline=level + (1 if down else -1), target=level, end=end)
        reached = future[-1] <= level if down else future[-1] >= level
    known = list(zip(MONTHS[-history:], past.tolist(), strict=True))
    said = chance(asked, known, MONTHS[-1])
    return said and Case(family, months, said, bool(reached))


def best_ever(each: int, seed: int = 12) -> Iterator[Case]:
    """Yield the cases in which the target is the best month of the past, of each kind alike."""
    for number, (family, (law, kpi)) in enumerate(FAMILIES.items()):
        if family == "total":
            continue
        random = np.random.default_rng([seed, number])
        for company in range(each):
            figures, history = law(random), HISTORIES[company % len(HISTORIES)]
            for months in AHEAD:
                found = _case(family, figures, history, months, kpi, random, best=True)
                if found is not None:
                    yield found


@dataclass(frozen=True)
class Bin:
    """Cases of which about the same was said."""

    count: int
    said: float
    came: float

    @property
    def error(self) -> float:
        """What chance alone explains of the difference: three standard errors."""
        return 3 * float(np.sqrt(max(self.said * (1 - self.said), 0.01) / self.count))

    @property
    def off(self) -> float:
        """By how much it came more or less often than was said."""
        return abs(self.said - self.came)


@dataclass(frozen=True)
class Reliability:
    """One line of the table: cases by what was said of them, and Brier scores."""

    name: str
    bins: tuple[Bin | None, ...]
    brier: float
    climatology: float

    def worst(self, fewest: int) -> float:
        """Return the largest departure among the bins with enough cases."""
        return max((each.off for each in self.bins if each and each.count >= fewest), default=0.0)


def reliability(name: str, found: Sequence[Case], bins: int = 5) -> Reliability:
    """Return what was said against what came."""
    said = np.array([case.probability for case in found])
    came = np.array([case.reached for case in found], dtype=float)
    where = np.minimum((said * bins).astype(int), bins - 1)
    return Reliability(
        name=name,
        bins=tuple(
            Bin(int(inside.sum()), said[inside].mean(), came[inside].mean())
            if (inside := where == number).any()
            else None
            for number in range(bins)
        ),
        brier=float(np.mean((said - came) ** 2)),
        climatology=float(came.mean() * (1 - came.mean())),
    )


def table(each: int, bins: int = 10) -> str:
    """Return the reliability of every family, of every horizon and of all, as text."""
    found = list(cases(FAMILIES, each))
    lines = [
        *(reliability(name, of(found, family=name), bins) for name in FAMILIES),
        *(reliability(f"{months} ahead", of(found, ahead=months), bins) for months in AHEAD),
        reliability("all", found, bins),
        reliability("best month", list(best_ever(each)), bins),
        *(reliability(name, list(cases({name: LIMITS[name]}, each)), bins) for name in LIMITS),
    ]
    edges = [f"{number / bins:.1f}-{(number + 1) / bins:.1f}" for number in range(bins)]
    head = f"{'said':12s}" + "".join(f"{edge:>10s}" for edge in edges)
    return "\n".join([f"{head}{'Brier':>8s}{'climate':>8s}{'worst':>7s}", *map(written, lines)])


def of(found: Sequence[Case], **wanted: object) -> list[Case]:
    """Return the cases of a family or of a horizon."""
    return [c for c in found if all(getattr(c, name) == value for name, value in wanted.items())]


def written(line: Reliability) -> str:
    """Return one line of the table: how often it came true, and of how many cases."""
    shown = "".join(
        f"{each.came:.2f}/{each.count}".rjust(10) if each else " " * 10 for each in line.bins
    )
    return f"{line.name:12s}{shown}{line.brier:8.3f}{line.climatology:8.3f}{line.worst(100):7.3f}"


if __name__ == "__main__":
    print(table(2000))
