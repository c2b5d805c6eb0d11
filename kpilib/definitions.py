"""What a definition is: the few ways measures combine into a KPI, and what people read of it.

A topic declares; nothing here divides, filters or reads data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass, field, fields
from functools import cached_property
from typing import Any, ClassVar

from kpilib.measure import Fields, Measure, distinct
from kpilib.tables.derive import CONTRACTS

TEXTS = ("label", "question", "formula", "reading", "caveat", "source")
BETTER = ("higher", "lower", "neutral")
ROLL_UPS = tuple(f"R{number}" for number in range(1, 12))
UNITS = (
    "count", "rate", "seconds", "minutes", "hours", "days", "EUR", "EUR_per_lead", "points", "pt",
    "rank", "pages", "orders", "acts", "ratio", "score", "stars", "people", "target", "grade",
    "yes_no", "verdict", "months", "periods",
)  # fmt: skip
COUNTED = ("count", "people")  # units of which there are only whole ones
INTERVALS = (
    "none", "wilson", "poisson", "poisson_inverse", "poisson_rate", "net_score", "student",
    "bootstrap", "method",
)  # fmt: skip

# Units of which one may make a figure: never people who are described one by one.
WEIGHED = ("post_id", "campaign_id", "order_id", "customer_id")
PROTECTED = ("answers", "absence", "performance", "pay", "ties", "leaving")
# Roles a KPI can do without.
SPARE = ("plus", "minus", "flows", "population", "coverage", "persons", "nameless")
ARTICLES = "the articles that this kit serves"
BENCHMARKS = ("seed", "published", "internal")


@dataclass(frozen=True)
class Benchmark:
    """A figure that somebody quoted: never a threshold.

    Parameters
    ----------
    text : str
        The figure and whom it is about, in English.
    source : str
        Where it was found.
    status : str
        ``seed`` (quoted by the source articles), ``published`` or ``internal``.
    low, high : float, optional
        The range in the KPI's unit, where it is one that a target may be held against.
    year : int, optional
        Of the figure.
    """

    text: str
    source: str
    status: str = "seed"
    low: float | None = None
    high: float | None = None
    year: int | None = None


@dataclass(frozen=True, kw_only=True)
class Definition:
    """How measures become a value."""

    def measures(self) -> dict[str, Measure]:
        """Return the measures by their role."""
        parts = vars(self).items()  # in the order of their fields
        return {role: part for role, part in parts if isinstance(part, Measure)}


@dataclass(frozen=True)
class Total(Definition):
    """One measure is the value.

    `unit_of_chance` names the atoms that a bootstrap resamples, and `weighed_by` those of which one
    may weigh more than all others, where it is not the same; `plus` is added and `minus` taken
    off when their tables are there, and both are shown apart in the details.
    """

    measure: Measure
    _: KW_ONLY
    plus: Measure | None = None
    minus: Measure | None = None
    unit_of_chance: str | None = None
    weighed_by: str | None = None


@dataclass(frozen=True)
class Ratio(Definition):
    """Numerator over denominator, each aggregated on its own table, divided once.

    `unit_of_chance` names whom or what a bootstrap resamples; of several, the first that is known.
    `persons` counts who answered, where one person may answer several times, and `nameless` those
    who gave no name: they are the base, and the interval takes them as its units. A ratio beside
    another figure is left out where they are fewer than may be told of.

    `scales` counts the scales of the answers pooled: on more than one there is no figure; `scale`
    holds its ends.
    `spread` names what is said of the units of chance beside the ratio: ``median``, ``gini``.
    `beside_interval` gives a share beside its bounds, `population` is whom the answers are part of;
    `per` says for how many of the denominator a ratio beside another figure is told (100, say).
    """

    numerator: Measure
    denominator: Measure
    _: KW_ONLY
    unit_of_chance: str | None = None
    weighed_by: str | None = None
    persons: Measure | None = None
    nameless: Measure | None = None
    scales: Measure | None = None
    scale: tuple[float, float] | None = None
    spread: tuple[str, ...] = ()
    beside_interval: str = ""
    per: int = 1
    population: Measure | None = None


@dataclass(frozen=True)
class Share(Definition):
    """A group's part of the whole; the parts, the unknown one included, add up to 1."""

    measure: Measure


@dataclass(frozen=True, kw_only=True)
class Rest(Definition):
    """What a part leaves of a whole, such as the inactive members; only beside another figure."""

    whole: Measure
    part: Measure


@dataclass(frozen=True, kw_only=True)
class Change(Definition):
    """Closing minus opening; the opening is the denominator of the rate.

    `flows` is what came less what went; a change that it does not explain is a correction.
    """

    closing: Measure
    opening: Measure
    flows: Measure | None = None


@dataclass(frozen=True, kw_only=True)
class Balance(Definition):
    """100 x (favourable - unfavourable) / answers, in points; by person as a `Ratio` is."""

    favourable: Measure
    unfavourable: Measure
    answers: Measure
    unit_of_chance: str | None = None
    persons: Measure | None = None
    nameless: Measure | None = None
    population: Measure | None = None
    scales: Measure | None = None


@dataclass(frozen=True, kw_only=True)
class Method(Definition):
    """A value that one of `kpilib.methods` works out of small tables.

    Parameters
    ----------
    function : callable
        Of a `kpilib.methods.call.Call`: gives the outcome of each period and group.
    needs : dict of str to str
        Table to the columns it reads (separated by spaces).
    options : dict of str to str
    wants : dict of str to str
        Canonical tables that it reads when they are there.
    parts : tuple of str
        Breakdowns whose figures, weighted by their items, make up the whole.
    """

    name: str = field(init=False)  # of the function, by which a definition reads alike anywhere
    function: Callable[..., Any] = field(repr=False, compare=False)
    needs: dict[str, str] = field(hash=False)
    options: dict[str, str] = field(default_factory=dict, hash=False)
    wants: dict[str, str] = field(default_factory=dict, hash=False)
    parts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.function.__name__)
        for table, columns in (*self.needs.items(), *self.wants.items()):
            fields = Fields(CONTRACTS[table])
            for column in columns.split():
                getattr(fields, column)


@dataclass(frozen=True, kw_only=True, repr=False)
class Kpi:
    """One KPI: what it means, for people and for the engine.

    Parameters
    ----------
    id : str
    label, question, formula, reading, caveat, source : str
        Texts for people, in English; the French ones are in the catalogue of `kpilib.locale`.
        `question` is the one it answers, `reading` how to read it, `caveat` how it misleads.
    unit : str
        One of `UNITS`; rates are fractions.
    better : str
        ``higher``, ``lower`` or ``neutral``.
    roll_up : str
        Class R1 to R11: what adding periods or segments is allowed to do.
    tier : int
    value : Definition
    interval : str
        Method of the confidence interval.
    by : str or None
        The breakdown without which the KPI says nothing; used when none is asked.
    ranked_from : int
        Cases that a group needs to be ranked by the lower end of its interval; those with fewer
        come after, whatever their figure. 0 where the groups are not ranked.
    passing : bool
        Its groups come and go (events): one without a row in a period is not a 0 there.
    pauses : bool
        A day without a row had none (ads are not shown every day), so that no day is missing.
    maturity_days : int
        Days after the period during which its figure still moves.
    matures_at : str
        Column of the day on which a row is complete, where that is not a number of days.
    people : Measure or None
        Size of the group described, where it may not be of fewer than five people.
    bears : tuple of str
        Flags that each of its figures has, whatever the data.
    protects : str
        What it could tell of somebody who works or learns here, one of `PROTECTED`: it is
        published rounded.
    beside : dict of str to Measure, Ratio or Rest
        Figures that are read with this one, returned in ``details`` under these names; those
        called ``excluded_...`` count what was left out, and those called ``corrected_...`` what a
        platform took back or what stands in for others: both flag the figure.
    benchmark : Benchmark or None
    base : str
        ``people`` where the cases that ``n`` counts are persons, which displays then say.
    rises, falls : str
        A clause for a headline when the figure goes up or down: ``the list grows``.
    happened : dict of str to Measure
        Columns of what happened (a reason, a kind), each with the people to whom.
    cuts : tuple of str
        Columns over which a change is explained, the most telling first.
    headline : bool
        Whether it stands at the top of its topic's page.
    lang : str
        Language of the card that a notebook shows; by default the kernel's.
    """

    id: str
    label: str
    question: str
    formula: str
    unit: str
    better: str
    roll_up: str
    value: Definition
    reading: str
    caveat: str
    source: str
    tier: int = 1
    interval: str = "none"
    by: str | None = None
    ranked_from: int = 0
    passing: bool = False
    pauses: bool = False
    maturity_days: int = 0
    matures_at: str = ""
    people: Measure | None = None
    bears: tuple[str, ...] = ()
    protects: str = ""
    beside: dict[str, Measure | Ratio | Rest] = field(default_factory=dict, hash=False)
    benchmark: Benchmark | None = None
    base: str = ""
    rises: str = ""
    falls: str = ""
    happened: dict[str, Measure] = field(default_factory=dict, hash=False)
    cuts: tuple[str, ...] = ()
    headline: bool = False
    topic: str = field(default="", compare=False)
    lang: str = field(default="", compare=False, repr=False)

    card: ClassVar[Callable[[Kpi], str] | None] = None  # set from above, where pages are known

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """The measures the engine aggregates, by role."""
        found = self.value.measures()
        if self.people is not None:
            found["people"] = self.people
        for name, part in self.beside.items():
            parts = {"": part} if isinstance(part, Measure) else part.measures()
            found |= {f"beside.{name}.{role}": measure for role, measure in parts.items()}
        own = (part for role, part in self.value.measures().items() if role not in SPARE)
        feed = next((part for part in own if part.fed_daily), None)
        if feed is not None and not self.pauses:
            found["coverage"] = distinct(feed.table, feed.time, feed.where)
        return found

    @cached_property
    def optional(self) -> set[str]:
        """Roles of measures whose table or columns may be absent without losing the KPI."""
        return {role for role in self.measures if role in SPARE or role.startswith("beside.")}

    @cached_property
    def needs(self) -> dict[str, set[str]]:
        """Table to the columns that this KPI reads."""
        needed: dict[str, set[str]] = {}
        wanted = (part for role, part in self.measures.items() if role not in self.optional)
        for measure in wanted:
            needed.setdefault(measure.table, set()).update(measure.columns)
        if isinstance(self.value, Method):
            for table, columns in self.value.needs.items():
                needed.setdefault(table, set()).update(columns.split())
        return needed

    @property
    def fills_up(self) -> bool:
        """Whether it grows with the days it is counted over: events, and distinct people."""
        return isinstance(self.value, Total) and self.roll_up in ("R1", "R3")

    @property
    def full_count(self) -> bool:
        """Whether it counts all there is (followers, a position): no sample and no estimate."""
        return self.interval == "none" and self.roll_up not in ("R9", "R10", "R11")

    @property
    def weighed_by(self) -> str:
        """The unit (post, order, campaign) of which one may weigh more than all others."""
        named = [getattr(self.value, name, "") for name in ("weighed_by", "unit_of_chance")]
        return next((each for each in named if each in WEIGHED), "")

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The tables it reads."""
        return tuple(self.needs)

    def texts(self) -> Iterator[str]:
        """Yield every text a reader may see."""
        yield from (getattr(self, name) for name in TEXTS)
        yield from (clause for clause in (self.rises, self.falls) if clause)
        if self.benchmark is not None:
            yield from (self.benchmark.text, self.benchmark.source)

    def __repr__(self) -> str:
        return f"Kpi({self.id!r}, {self.label!r}, unit={self.unit!r})"

    def _repr_html_(self) -> str | None:
        return self.card() if self.card else None


def rate(**declared: Any) -> Kpi:
    """Declare a part of a whole: a fraction, pooled case by case, with the interval of a share.

    It stands at class R2 unless another is given. Where a `unit_of_chance` says that cases go
    together, that unit is drawn again instead.

    Parameters
    ----------
    **declared
        ``numerator``, ``denominator`` and the other fields of a `Ratio`; all others are a `Kpi`'s.
    """
    interval = _drawn(declared, otherwise="wilson")
    return _declare(Ratio, declared, unit="rate", roll_up="R2", interval=interval)


def ratio(**declared: Any) -> Kpi:
    """Declare so much for each, in a unit of its own: pages a visit, euros a lead.

    It is pooled and stands at class R2 unless another is given. Its interval draws the
    `unit_of_chance` again; without one there is none.

    Parameters
    ----------
    **declared
        ``numerator``, ``denominator`` and the other fields of a `Ratio`; all others are a `Kpi`'s.
    """
    return _declare(Ratio, declared, roll_up="R2", interval=_drawn(declared, otherwise="none"))


def cohort_rate(**declared: Any) -> Kpi:
    """Declare what became of a group: a `rate` at class R7, of those who began together."""
    return rate(**{"roll_up": "R7"} | declared)


def count(**declared: Any) -> Kpi:
    """Declare how many there were: it adds up over periods and segments, class R1.

    Its interval draws the `unit_of_chance` again; without one there is none.

    Parameters
    ----------
    **declared
        ``measure`` and the other fields of a `Total`; all others are a `Kpi`'s.
    """
    interval = _drawn(declared, otherwise="none")
    return _declare(Total, declared, unit="count", roll_up="R1", interval=interval)


def amount(**declared: Any) -> Kpi:
    """Declare how much money it was: as a `count`, in euros."""
    return count(**{"unit": "EUR"} | declared)


def stock(*, who: Callable[[str], Measure], **declared: Any) -> Kpi:
    """Declare how many people belong on the last day: class R4, counted and not estimated.

    Parameters
    ----------
    who : callable
        Gives the measure of a kind: see `kpilib.measure.belonging`. Those at the opening, who came
        and who went stand beside.
    **declared
        Fields of a `Kpi`.
    """
    beside = {kind: who(kind) for kind in ("opening", "entries", "exits")}
    told = declared | {"measure": who("closing"), "beside": beside | declared.get("beside", {})}
    return _declare(Total, told, unit="people", roll_up="R4", interval="none")


def worked_out(*, method: Callable[..., Any], **declared: Any) -> Kpi:
    """Declare what one of `kpilib.methods` works out, with the interval that it gives.

    Parameters
    ----------
    method : callable
        The function.
    **declared
        ``needs`` and the other fields of a `Method`; all others are a `Kpi`'s.
    """
    return _declare(Method, {"function": method} | declared, interval="method")


def _drawn(declared: dict[str, Any], *, otherwise: str) -> str:
    """Return the interval that follows from the unit of chance."""
    return "bootstrap" if "unit_of_chance" in declared else otherwise


def _declare(kind: type[Definition], declared: dict[str, Any], **usual: Any) -> Kpi:
    """Make a KPI of what its kind has in common and of what is declared, which comes first."""
    own = {each.name for each in fields(kind)}
    parts = {name: part for name, part in declared.items() if name in own}
    rest = {name: told for name, told in declared.items() if name not in own}
    return Kpi(value=kind(**parts), **{**usual, **rest})
