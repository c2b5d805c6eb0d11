"""A first proposal for an objective, from the company's own figures: to be discussed, then pasted.

The baseline is the last complete month. The target is what the company itself made in a year when
it did well: of the changes from a month to the same month a year later, one in four was better. So
it is neither a wish nor an average, and no season is taken for progress. Without enough months
there is none: the question stays in the file, and reading it asks it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from statistics import quantiles
from typing import TYPE_CHECKING

from kpilib.engine.catalogue import catalogue
from kpilib.errors import KpilibError
from kpilib.language import Say
from kpilib.objectives.attainable import apart
from kpilib.objectives.picker import STATEMENT_WORDS, Pick
from kpilib.objectives.quantity import units_of
from kpilib.period import Period

if TYPE_CHECKING:
    from kpilib.answers.asking import Asking

MONTHS = 12  # of the objective, and of the spans it is compared with: both ends of one season
REVIEWED_AFTER = (3, 6, 9)
LOOKED_BACK = 37
FEWEST_SPANS = 12
DIGITS = 3  # significant ones of a target: more would feign a precision
EXACT = 6  # of a baseline
WHOLE = ("count", "people")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Where an objective starts and where it may end, in the unit it is written in.

    Parameters
    ----------
    unit : str
    baseline, target : float or None
        None where the data does not tell.
    month : Period
        The month of the baseline.
    spans : int
        Years, one beginning each month, that the target comes from.
    """

    unit: str
    baseline: float | None
    target: float | None
    month: Period
    spans: int = 0

    @property
    def start(self) -> date:
        """First day of the objective: the day after the month of the baseline."""
        return _later(self.month, 1).start

    @property
    def reviews(self) -> list[date]:
        """The days on which the target may be changed: the end of each quarter of it."""
        return [_later(self.month, count).end_day for count in REVIEWED_AFTER]

    @property
    def end(self) -> date:
        """Last day of the objective."""
        return _later(self.month, MONTHS).end_day


def propose(kpi: str, company: Asking | None = None) -> Proposal:
    """Return a first proposal for a KPI.

    Parameters
    ----------
    kpi : str
    company : Asking, optional
        Without it there are neither baseline nor target, and it begins next month.
    """
    currency = company.settings.currency if company is not None else "EUR"
    unit, factor = next(iter(units_of(catalogue()[kpi].unit, currency).items()))
    month, values = _months(kpi, company)
    if not values or values[-1] is None:
        return Proposal(unit=unit, baseline=None, target=None, month=month)
    target, spans = _target(kpi, values)
    return Proposal(
        unit=unit,
        baseline=_rounded(values[-1] / factor, unit, EXACT),
        target=None if target is None else _rounded(target / factor, unit, DIGITS),
        month=month,
        spans=spans,
    )


def _months(kpi: str, company: Asking | None) -> tuple[Period, list[float | None]]:
    if company is None or company.as_of is None:
        return Period.month_of(date.today()), []
    month = Period.parse(company.last_month())
    if catalogue()[kpi].by:
        return month, []  # measured group by group: which one is the first question
    try:
        values = company.series(kpi, month, LOOKED_BACK)["value"].tolist()
    except KpilibError:  # data that is not there
        return month, []
    return month, [None if value is None or value != value else value for value in values]


def _target(kpi: str, values: list[float | None]) -> tuple[float | None, int]:
    better = catalogue()[kpi].better
    known = apart(values, MONTHS)
    now = values[-1]
    if better == "neutral" or now is None or len(known) < FEWEST_SPANS:
        return None, 0
    relative = catalogue()[kpi].roll_up in ("R1", "R4") and all(a > 0 for a, _ in known)
    steps = [b / a - 1 if relative else b - a for a, b in known]
    quarter = quantiles(steps, n=4, method="inclusive")[0 if better == "lower" else 2]
    if (quarter <= 0) if better == "higher" else (quarter >= 0):
        return None, 0
    target = now * (1 + quarter) if relative else now + quarter
    share = catalogue()[kpi].interval == "wilson"
    return (None, 0) if share and not 0 < target <= 1 else (target, len(steps))


def _rounded(value: float, unit: str, digits: int) -> float:
    """Round to significant digits; what is counted to whole ones at least."""
    rounded = float(f"{value:.{digits}g}")
    return float(round(rounded)) if unit in WHOLE else rounded


def _later(month: Period, count: int) -> Period:
    number = month.start.year * 12 + month.start.month - 1 + count
    return Period.month_of(date(number // 12, number % 12 + 1, 1))


def as_yaml(pick: Pick, proposal: Proposal, say: Say, french: Say, english: Say) -> str:
    """Write a ready objective as the text of an objectives.yaml.

    Parameters
    ----------
    pick : Pick
    proposal : Proposal
    say, french, english : callable
        Speakers: of the comments, and of the two languages of the statement.
    """
    name = (pick.objective or pick.training).id
    statement = STATEMENT_WORDS[pick.objective.id if pick.objective else "training"]
    texts = [english(statement), french(statement)]
    kpi = catalogue()[pick.headline]
    lines = [
        f"objectives:  # {say('leave this line out where the file has it already')}",
        "",
        f"  - id: {name}",
        *([f"    type: {pick.objective.id}"] if pick.objective else []),
        f"    kind: {'training' if pick.training else 'malin'}",
        f"    statement: {{en: {_quoted(texts[0])}, fr: {_quoted(texts[1])}}}"
        f"  # {say('in your own words')}",
        f"    # why: {say('what is it good for?')}",
        f"    # owner: {say('who answers for it, by name?')}",
        "    key_results:",
        f"      - id: kr_{name}",
        f"        kpi: {kpi.id}",
        *([f"        by: {kpi.by}", f"        group:  # {say('which one?')}"] if kpi.by else []),
        "        role: headline",
        "        mode: from_to",
        f"        unit: {_quoted(proposal.unit)}",
        _baseline(proposal, say),
        f"        baseline_period: {_quoted(proposal.month.name)}",
        _target_line(proposal, say),
        f"        start: {proposal.start}",
        f"        end: {proposal.end}",
        f"        reviews: [{', '.join(map(str, proposal.reviews))}]"
        f"  # {say('days on which the target may be changed')}",
    ]
    if len(pick.kpis) > 1:
        others = ", ".join(pick.kpis[1:])
        lines.append(f"      # {say('Beside it, with role secondary: {kpis}', kpis=others)}")
    return "\n".join(lines) + "\n"


def _baseline(proposal: Proposal, say: Say) -> str:
    if proposal.baseline is None:
        return f"        baseline:  # {say('from which figure does it start?')}"
    return f"        baseline: {proposal.baseline:.10g}"


def _target_line(proposal: Proposal, say: Say) -> str:
    if proposal.target is None:
        return f"        target:  # {say('which figure is to be reached?')}"
    why = say(
        "proposed: of {spans} comparisons with a year before, one in four was better",
        spans=proposal.spans,
    )
    return f"        target: {proposal.target:.10g}  # {why}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
