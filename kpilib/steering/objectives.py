"""What objectives.yaml says: objectives, their actions, and the key results that measure them.

Only the shape is here; `kpilib.steering.plan` reads the file and lists every fault with its line,
`kpilib.steering.goal` turns what was written into numbers in the KPI's own unit.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from kpilib.methods.attainment import STANDARD, Thresholds
from kpilib.settings import Strict
from kpilib.steering.horizon import ActionKind
from kpilib.steering.words import Words

Mode = Literal[
    "from_to", "relative", "points", "absolute", "count", "maintain", "per_period_compound",
    "binary",
]  # fmt: skip
MOST_KEY_RESULTS = 4
NAME = r"^[a-z][a-z0-9_]*$"


class Part(Strict):
    """A part of the file: nothing unknown in it, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Revision(Part):
    """A change of a target, logged: the old one stays visible.

    Parameters
    ----------
    date : datetime.date
        First day on which the new target holds.
    was : float or str
        The target before, in the unit of the key result.
    why, by : Words
    """

    date: date
    was: float | str
    why: Words
    by: Words = Words()


class Segment(Part):
    """The target of one group, where groups have targets of their own."""

    group: str
    baseline: float | str | None = None
    target: float | str


class Action(Part):
    """What is done for an objective.

    Parameters
    ----------
    kind : str
        Says how long it takes until its effect can be judged: see `kpilib.steering.horizon`.
    """

    id: str = Field(pattern=NAME)
    kind: ActionKind
    description: Words
    start: date
    end: date | None = None
    owner: Words = Words()


class KeyResult(Part):
    """One figure with a start, a target and a date.

    Parameters
    ----------
    id : str
    kpi : str
        Empty for a milestone (mode ``binary``) that no KPI measures.
    by, group : str, optional
        A slice of the KPI: the breakdown and the group.
    segments : list of Segment
        A target a group, with `by`.
    mode : str
        How `target` is meant: ``from_to`` (a level to reach from `baseline`), ``relative`` (per
        cent of the baseline), ``points`` (percentage points), ``absolute`` (so much more, in the
        KPI's unit), ``count`` (so many in all from start to end), ``maintain`` (a level to hold),
        ``per_period_compound`` (per cent each month), ``binary`` (done or not).
    baseline, target : float or str
        Numbers in `unit`; a text may hold its unit ("3.3 %").
    baseline_period : str
        The period that the baseline was read from.
    unit : str
        ``%`` or ``fraction`` for a rate, ``pt``, ``EUR``, ``h``, ... or the KPI's own unit.
    start, end : datetime.date
        First and last day; those of the objective by default.
    role : str
        ``headline`` or ``secondary`` (a guard beside it).
    path : dict of str to float or str
        Month to what is to be reached by its end; a straight line by default.
    object : Words
        What exactly it is about: a page, a list, an account, a team.
    reviews : list of datetime.date
        Beside the cadence of the whole file.
    """

    id: str = Field(pattern=NAME)
    kpi: str = ""
    by: str | None = None
    group: str | None = None
    segments: tuple[Segment, ...] = ()
    label: Words = Words()
    mode: Mode
    baseline: float | str | None = None
    baseline_period: str = ""
    target: float | str | None = None
    unit: str = ""
    start: date | None = None
    end: date | None = None
    role: Literal["headline", "secondary"] | None = None
    weight: float = Field(default=1.0, gt=0)
    thresholds: Literal["standard", "stretch"] | Thresholds = STANDARD
    path: dict[str, float | str] = Field(default_factory=dict)
    owner: Words = Words()
    object: Words = Words()
    actions: tuple[str, ...] = ()
    next_action: Words = Words()
    reviews: tuple[date, ...] = ()
    justification: Words = Words()
    revisions: tuple[Revision, ...] = ()


class Objective(Part):
    """What the company wants, in one sentence, why, and how it will be seen.

    Parameters
    ----------
    type : str
        One of the objective types of `kpilib.steering.objective_types`; may be empty.
    kind : str
        ``malin`` (one headline figure), ``okr`` (up to four key results) or ``training``.
    status : str
        ``official``, ``secondary`` or ``hidden`` (pursued without being announced).
    """

    id: str = Field(pattern=NAME)
    parent: str | None = None
    type: str = ""
    kind: Literal["malin", "okr", "training"] = "malin"
    status: Literal["official", "secondary", "hidden"] = "official"
    priority: int = 1
    statement: Words
    why: Words = Words()
    owner: Words = Words()
    start: date | None = None
    end: date | None = None
    actions: tuple[Action, ...] = ()
    key_results: tuple[KeyResult, ...] = ()


class Plan(Part):
    """The whole file.

    Parameters
    ----------
    cadence : str
        How often every key result is looked at.
    """

    cadence: Literal["weekly", "monthly", "quarterly"] = "monthly"
    objectives: tuple[Objective, ...] = ()
