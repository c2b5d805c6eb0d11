"""What objectives.yaml holds: objectives, actions and key results, as they are written.

``python -m kpilib.objectives.written`` writes its JSON schema, for editors, beside this file: what
may be written where, and what it means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from kpilib.methods.attainment import (
    MOST_KEY_RESULTS,
    STANDARD,
    Thresholds,
)
from kpilib.saying import say
from kpilib.topics.catalogue import catalogue
from kpilib.yaml_file import Strict, found, spelt


class Words(Strict):
    """A text in one or both languages; a missing one falls back on the other.

    A text without a language is meant for both.
    """

    en: str = ""
    fr: str = ""

    @model_validator(mode="before")
    @classmethod
    def _one_for_both(cls, given: Any) -> Any:
        return {"en": given, "fr": given} if isinstance(given, str) else given

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        written = handler.resolve_ref_schema(handler(core))
        text = written.pop("description")
        return {"description": text, "anyOf": [{"type": "string"}, written]}

    def __bool__(self) -> bool:
        return bool(self.en or self.fr)

    def in_language(self, lang: str) -> str:
        """Return the text in a language, or in the other when it was written in one only."""
        return getattr(self, lang) or self.en or self.fr


def same_in(text: str, known: Iterable[Words], lang: str) -> str:
    """Return a text of one language as the plan says the same in another; unchanged if it does not.

    A role that signs a check-in is named once, whatever the reader's language.
    """
    found = (each for each in known if text and text in (each.en, each.fr))
    return next((each.in_language(lang) for each in found), text)


Mode = Literal[
    "from_to",
    "relative",
    "points",
    "absolute",
    "count",
    "maintain",
    "per_period_compound",
    "binary",
]
ActionKind = Literal[
    "campaign", "seo", "sea", "email", "social", "training", "improvement", "event"
]
NAME = r"^[a-z][a-z0-9_]*$"
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
SCHEMA = Path(__file__).with_name("objectives.schema.json")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _day(given: Any) -> date:
    if isinstance(given, date):
        return given
    if not isinstance(given, str) or DAY.fullmatch(given) is None:
        raise ValueError(say("found {found}; write a day as YYYY-MM-DD.", found=found(given)))
    try:
        return date.fromisoformat(given)
    except ValueError:
        text = say("found {found}; the calendar has no such day.", found=found(given))
        raise ValueError(text) from None


NO_AMOUNT = 'found {found}; write a number, with its unit in unit: or beside it, such as "3.3 %".'


def _amount(given: Any) -> Any:
    if isinstance(given, bool) or not isinstance(given, float | int | str):
        raise ValueError(say(NO_AMOUNT, found=found(given)))
    if not isinstance(given, str) and not abs(given) < float("inf"):
        raise ValueError(say("found {found}; write a finite number.", found=found(given)))
    return given


Day = Annotated[date, BeforeValidator(_day)]
Amount = Annotated[float | str, BeforeValidator(_amount)]
Id = spelt(NAME, "small letters, digits and _, a letter first, such as kr_visits")


def _by_month(given: Any) -> Any:
    if not isinstance(given, dict):
        raise ValueError(
            say(
                "found {found}; write months and levels, such as {{2026-06: 40}}.",
                found=found(given),
            )
        )
    return given


def _every_kpi(schema: dict[str, Any]) -> None:
    schema["enum"] = ["", *catalogue()]


class Part(BaseModel):
    """A part of the file: `Strict`, and each of its fields is described in the file's schema."""

    model_config = Strict.model_config | ConfigDict(use_attribute_docstrings=True)


class Revision(Part):
    """A change of a target, logged: the old one stays visible."""

    date: Day
    """First day on which the new target holds."""
    was: Amount
    """The target before, written like target."""
    why: Words
    """Why it was changed."""
    by: Words = Words()
    """Who decided it."""


class Segment(Part):
    """The target of one group, where groups have targets of their own."""

    group: str
    """The group, as it stands in the data."""
    baseline: Amount | None = None
    """Where the group starts; the key result's own baseline by default."""
    target: Amount
    """What the group is to reach."""


class Action(Part):
    """What is done for an objective."""

    id: Id
    """Name of the action: small letters, digits and _; once in the file."""
    kind: ActionKind
    """What is done: it says how long it takes until the effect can be judged."""
    description: Words
    """What is done, in one sentence."""
    start: Day
    """First day, YYYY-MM-DD."""
    end: Day | None = None
    """Last day, YYYY-MM-DD; none while it goes on."""
    owner: Words = Words()
    """Who does it; the owner of the objective by default."""


class KeyResult(Part):
    """One figure with a start, a target and a date."""

    id: Id
    """Name of the key result: small letters, digits and _; once in the file."""
    kpi: Annotated[str, Field(json_schema_extra=_every_kpi)] = ""
    """The KPI that measures it, an id of the catalogue; none for a milestone (mode binary)."""
    by: str | None = None
    """The breakdown, where only a slice of the KPI is meant, such as network."""
    group: str | None = None
    """The group of the breakdown, as it stands in the data, such as linkedin."""
    segments: tuple[Segment, ...] = ()
    """A target for each of several groups of the breakdown."""
    label: Words = Words()
    """Its name on the page; the KPI's by default."""
    mode: Mode
    """How target is meant: from_to (a level to reach from baseline), relative (per cent of the
    baseline), points (percentage points), absolute (so much more, in the KPI's unit), count (so
    many in all from start to end), maintain (a level to hold), per_period_compound (per cent each
    month), binary (done or not)."""
    baseline: Amount | None = None
    """Where it starts: the figure of the last complete month, in unit."""
    baseline_period: str = ""
    """The period that the baseline was read from, such as 2026-06."""
    target: Amount | None = None
    """What is to be reached, in unit; a text may hold its unit, such as "3.3 %"."""
    unit: str = ""
    """Unit of baseline, target and path: % or fraction for a rate, pt for points, the company's
    currency, h, ... or the KPI's own unit."""
    start: Day | None = None
    """First day, YYYY-MM-DD; the objective's by default."""
    end: Day | None = None
    """Last day, YYYY-MM-DD; the objective's by default."""
    role: Literal["headline", "secondary"] | None = None
    """headline speaks for the objective, secondary guards it; the first one is the headline if none
    is marked."""
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    """Its weight in the score of the objective; all alike by default, else they sum to 1."""
    thresholds: Literal["standard", "stretch"] | Thresholds = STANDARD
    """From which attainment it is a success, a moderate success, a moderate failure: standard (1,
    0.7, 0.4), stretch (0.7, 0.5, 0.3) for a target meant to be out of reach, or three numbers."""
    path: Annotated[
        dict[str, Amount],
        BeforeValidator(_by_month),
        Field(json_schema_extra={"propertyNames": {"pattern": MONTH}}),
    ] = Field(default_factory=dict)
    """The level to reach by the end of a month (YYYY-MM); a straight line by default."""
    owner: Words = Words()
    """Who answers for it; the owner of the objective by default."""
    object: Words = Words()
    """What exactly it is about: a page, a list, an account, a team."""
    actions: tuple[str, ...] = ()
    """The actions, of its objective or of one above it, that are to move it; all by default."""
    next_action: Words = Words()
    """What is done next, and by whom."""
    reviews: tuple[Day, ...] = ()
    """Days on which it is looked at, beside the cadence of the whole file."""
    justification: Words = Words()
    """Why the target can be reached, where it is beyond history and benchmark."""
    revisions: tuple[Revision, ...] = ()
    """Every change of the target."""

    @property
    def milestone(self) -> bool:
        """Whether no figure measures it: it is done or not."""
        return self.mode == "binary" and not self.kpi


class Objective(Part):
    """What the company wants, in one sentence, why, and how it will be seen."""

    id: Id
    """Name of the objective: small letters, digits and _; once in the file."""
    parent: str | None = None
    """The objective that this one serves."""
    type: str = ""
    """One of the objective types that kpilib pick lists; may be left out."""
    kind: Literal["malin", "okr", "training"] = "malin"
    """malin (one headline figure), okr (up to four key results) or training."""
    status: Literal["official", "secondary", "hidden"] = "official"
    """official, secondary, or hidden: pursued without being announced."""
    priority: int = 1
    """1 comes first."""
    statement: Words
    """What is wanted, in one sentence with a verb of action."""
    why: Words = Words()
    """What it is good for."""
    owner: Words = Words()
    """Who answers for it."""
    start: Day | None = None
    """First day, YYYY-MM-DD, of the key results that name none."""
    end: Day | None = None
    """Last day, YYYY-MM-DD, of the key results that name none."""
    actions: tuple[Action, ...] = ()
    """What is done for it."""
    key_results: tuple[KeyResult, ...] = Field(
        default=(), json_schema_extra={"maxItems": MOST_KEY_RESULTS}
    )
    """The one to four figures that show whether it is reached."""


class Plan(Part):
    """The objectives of a company, and how it will be seen that they are reached."""

    cadence: Literal["weekly", "monthly", "quarterly"] = "monthly"
    """How often every key result is looked at."""
    objectives: tuple[Objective, ...] = ()
    """The objectives; parent makes a tree of them."""


def announced(plan: Plan) -> Plan:
    """Return a plan without its hidden objectives.

    What serves a hidden objective and is not hidden itself stays. It then serves the next one
    above that is announced, so that nothing names the hidden one.
    """
    every = {each.id: each for each in plan.objectives}
    kept = tuple(
        each.model_copy(update={"parent": _served(each, every)})
        for each in plan.objectives
        if each.status != "hidden"
    )
    return plan.model_copy(update={"objectives": kept})


def _served(objective: Objective, every: dict[str, Objective]) -> str | None:
    """Return the next objective above that is announced."""
    parent, seen = objective.parent, {objective.id}
    while parent in every and parent not in seen and every[parent].status == "hidden":
        seen.add(parent)
        parent = every[parent].parent
    return parent


def headline_of(objective: Objective) -> KeyResult | None:
    """Return the key result that speaks for an objective: the one marked so, or the first."""
    marked = [each for each in objective.key_results if each.role == "headline"]
    return next(iter(marked or objective.key_results), None)


def days_of(objective: Objective, written: KeyResult) -> tuple[date | None, date | None]:
    """Return first and last day of a key result: its own, or the objective's."""
    return written.start or objective.start, written.end or objective.end


def schema() -> dict[str, Any]:
    """Return the schema that the models give."""
    made = _in_one_line(Plan.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _in_one_line(part: Any) -> Any:
    """Join descriptions that stand on several lines, and leave out titles, which repeat the key."""
    if isinstance(part, list):
        return [_in_one_line(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {key: each for key, each in part.items() if key != "title" or not isinstance(each, str)}
    if isinstance(text := kept.get("description"), str):  # else a key of that name
        kept["description"] = " ".join(text.split())
    return {key: _in_one_line(each) for key, each in kept.items()}


def schema_text() -> str:
    """Return the schema as it is written to its file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(schema_text(), encoding="utf-8")
