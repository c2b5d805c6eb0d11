"""objectives.yaml, read with every fault at its line.

Each objective, action and key result is read by itself, so that a fault in one hides none in
another; what could be read of a faulty one goes on to the checks of what it means, by itself
(`kpilib.objectives.faults`) and between the parts.
"""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from kpilib.errors import CompanyError, PeriodError, listed
from kpilib.files import written_in
from kpilib.objectives.fault_case import Broken, Case
from kpilib.objectives.faults import key_result_faults, repeated, swapped
from kpilib.objectives.goal import Goal, goals
from kpilib.objectives.picker import OBJECTIVE_TYPE_WORDS
from kpilib.objectives.unknown_kpi import own_names
from kpilib.objectives.written import (
    MOST_KEY_RESULTS,
    Action,
    KeyResult,
    Objective,
    Plan,
    days_of,
)
from kpilib.period import Period
from kpilib.saying import meant, say
from kpilib.yaml_file import Place, at_lines, found, load_yaml, misspelt, shape_faults

Fault = tuple[Place, str]  # where in the file, and what is wrong, allowed, and to be done
FILE = "objectives.yaml"
PARTS: dict[str, type[BaseModel]] = {"actions": Action, "key_results": KeyResult}
INNER = {Plan: ("objectives",), Objective: tuple(PARTS)}  # read by themselves
# What stands where a key that must be there could not be read; the checks leave it out.
STAND_INS = {"id": "x", "mode": "from_to", "statement": "?", "kind": "event", "start": "2000-01-01"}
STAND_INS |= {"description": "?"}
# A page asks for it many times, and YAML with lines takes long: by path, content, currency, cuts.
_known: dict[tuple[str, bytes, str, tuple[str, ...] | None], Plan] = {}
OLDER = (
    "Older versions of kpilib took it so: kpilib upgrade --data DIR rewrites it, and keeps a copy."
)
SHORT_EXAMPLE = """\
Such an objective can be followed once it says which figure, from where, to where and by when:
    - id: experience
      statement: "Satisfy nine learners in ten"
      key_results:
        - id: kr_satisfaction
          kpi: csat
          mode: from_to
          unit: "%"
          baseline: 85
          target: 90
          start: 2026-07-01
          end: 2026-12-31
`kpilib kpis` lists the KPIs."""


def read_plan(
    folder: Path | None, currency: str = "EUR", breakdowns: Collection[str] | None = None
) -> Plan:
    """Return the plan of a company folder; an empty one when there is no objectives.yaml.

    Parameters
    ----------
    folder : Path or None
    currency : str
        The company's, in which its targets in money are written.
    breakdowns : collection of str, optional
        The columns describing a person by which the company cuts figures.

    Raises
    ------
    CompanyError
        Every fault of the file, each with its line and the remedy.
    """
    folder = written_in(folder)
    if folder is None or not (folder / FILE).exists():
        return Plan()
    path, cuts = (folder / FILE).resolve(), None if breakdowns is None else tuple(breakdowns)
    asked = (str(path), path.read_bytes(), currency)
    if (*asked, cuts) not in _known:
        plan = _in_file(path, currency, cuts)
        _known.clear()  # of one file at a time
        _known.update({(*asked, cuts): plan, (*asked, None): plan})  # who cuts asks for more
    return _known[*asked, cuts]


def hand_on(path: Path) -> None:
    """Write down what was read, for other processes of a run."""
    path.write_bytes(pickle.dumps(_known))


def take(path: Path) -> None:
    """Know what another process of this run has read; a file that changed since is read anew."""
    if path.exists():
        _known.update(pickle.loads(path.read_bytes()))


def _in_file(path: Path, currency: str, breakdowns: tuple[str, ...] | None) -> Plan:
    data = load_yaml(path)
    objectives, faults = drafts(data)
    faults += plan_faults(objectives, currency, breakdowns, own_names(path.parent))
    if not faults:
        return Plan.model_validate(data)
    said = at_lines(FILE, data, faults)
    if any(_vague(each) for objective in objectives for each in objective.parts["key_results"]):
        said.append(SHORT_EXAMPLE)
    if isinstance(data, dict) and "key_results" in data:
        said.append(OLDER)
    raise CompanyError("\n".join(said))


def goals_of(folder: Path | None, currency: str = "EUR") -> list[Goal]:
    """Return every key result of a company folder, in numbers."""
    return goals(read_plan(folder, currency), currency)


def _vague(draft: Draft) -> bool:
    """Whether a key result says neither which figure nor how much of it."""
    return not any(key in draft.given for key in ("kpi", "target", "segments")) and (
        draft.given.get("mode") != "binary"
    )


@dataclass(frozen=True)
class Draft:
    """A part of the file as far as it could be read.

    Parameters
    ----------
    place : tuple
        Keys that lead to it from the top of the file.
    part : pydantic model
    unread : frozenset of str
        Its keys in which a fault was found, and those that a misspelt one may have meant.
    given : mapping
        What was written.
    parts : dict of str to tuple of Draft
        Its actions and key results.
    """

    place: Place
    part: Any
    unread: frozenset[str]
    given: Mapping[str, Any]
    parts: Mapping[str, tuple[Draft, ...]]

    def at(self, *keys: str | int) -> Place:
        """Return the place of something in it."""
        return (*self.place, *keys)

    def known(self, *keys: str) -> bool:
        """Whether some of its keys could be read (or were left out)."""
        return not self.unread.intersection(keys)

    @property
    def id(self) -> str:
        """Its name; empty where that could not be read."""
        return self.part.id if self.known("id") else ""

    def faults(self, broken: Iterable[Broken]) -> Iterator[Fault]:
        """Give the faults of the rules that it breaks."""
        for keys, text in broken:
            yield (self.at(*((keys,) if isinstance(keys, str) else keys)), text)


def drafts(data: Any) -> tuple[list[Draft], list[Fault]]:
    """Return the objectives of a file as far as they can be read, and the faults in their shape."""
    if not isinstance(data, Mapping):
        return [], [
            (
                (),
                say(
                    "found {found}; write keys: {keys}.",
                    found=found(data),
                    keys=listed(Plan.model_fields),
                ),
            )
        ]
    faults: list[Fault] = []
    _read(Plan, data, (), faults)
    return [
        replace(
            draft,
            parts={
                key: tuple(_items(model, draft.given, key, draft.place, faults))
                for key, model in PARTS.items()
            },
        )
        for draft in _items(Objective, data, "objectives", (), faults)
    ], faults


def _items(
    model: type[BaseModel], data: Mapping, key: str, above: Place, faults: list[Fault]
) -> list[Draft]:
    if key not in data:
        return []
    given = data[key]
    if isinstance(given, str | bytes) or not isinstance(given, Sequence):
        faults.append(
            ((*above, key), say("found {found}; write a list: each with a -.", found=found(given)))
        )
        return []
    read = []
    for number, each in enumerate(given):
        place = (*above, key, number)
        if not isinstance(each, Mapping):
            keys = listed(model.model_fields)
            faults.append(
                (place, say("found {found}; write its keys: {keys}.", found=found(each), keys=keys))
            )
            continue
        part, unread = _read(model, each, place, faults)
        read.append(Draft(place, part, unread, each, {}))
    return read


def _read(
    model: type[BaseModel], given: Mapping, place: Place, faults: list[Fault]
) -> tuple[BaseModel, frozenset[str]]:
    """Read one part without those inside it; what is faulty is replaced by its default."""
    own = {key: value for key, value in given.items() if key not in INNER.get(model, ())}
    try:
        return model.model_validate(own), frozenset()
    except ValidationError as error:
        texts, meant = shape_faults(error, model, own), misspelt(error, model)
    unread = {str(where[0]) for where in texts if where} | meant
    asked = {("mode",)} if "mode" not in given else set()  # asked as a question: see `questions`
    faults.extend(((*place, *at), text) for at, text in texts.items() if at not in asked)
    left = {key: value for key, value in own.items() if str(key) not in unread}
    missing = {
        key: STAND_INS[key]
        for key, field in model.model_fields.items()
        if field.is_required() and key not in left
    }
    return model.model_validate(left | missing), frozenset(unread)


def plan_faults(
    objectives: Sequence[Draft],
    currency: str,
    breakdowns: Collection[str] | None = None,
    own: Collection[str] = (),
) -> Iterator[Fault]:
    """Give everything that is wrong with what was read.

    Parameters
    ----------
    objectives : sequence of Draft
    currency : str
        The company's.
    breakdowns : collection of str, optional
        Columns describing a person that the company allows.
    own : collection of str
        KPIs of kpis.yaml.
    """
    by_id: dict[str, Draft] = {}
    for each in (one for one in objectives if one.id):
        by_id.setdefault(each.id, each)  # of two of a name, the first
    for kind in PARTS:
        yield from _twice([each for above in objectives for each in above.parts[kind]])
    yield from _twice(objectives)
    for objective in objectives:
        line = _line(objective, by_id)
        actions = dict.fromkeys(each.id for above in line for each in above.parts["actions"])
        yield from objective.faults(_parent(objective, line, by_id))
        yield from objective.faults(_type(objective))
        for each in (objective, *objective.parts["actions"]):
            yield from each.faults(_days(each))
        for each in objective.parts["key_results"]:
            yield from each.faults(_among(each, objective.parts["key_results"]))
            yield from each.faults(_named(each, [*actions]))
            days = days_of(objective.part, each.part)
            yield from each.faults(_baseline_period(each, days[1]))
            unread = (each.unread, objective.unread)
            case = Case(each.part, each.given, *unread, days, currency, breakdowns, own)
            yield from each.faults(key_result_faults(case))
    yield from _same_figure(objectives)


def _twice(drafts: Sequence[Draft]) -> Iterator[Fault]:
    for place, name in repeated((each.at("id"), each.id) for each in drafts if each.id):
        yield (place, say("{name!r} is used twice. Give each its own name.", name=name))


def _line(objective: Draft, by_id: Mapping[str, Draft]) -> list[Draft]:
    """Return an objective, the one that it serves, and so on to the top; none of them twice."""
    line = [objective]
    above = by_id.get(objective.part.parent or "")
    while above is not None and above.id not in {each.id for each in line}:
        line.append(above)
        above = by_id.get(above.part.parent or "")
    return line


def _parent(
    objective: Draft, line: Sequence[Draft], by_id: Mapping[str, Draft]
) -> Iterator[Broken]:
    parent = objective.part.parent
    if parent is not None and parent not in by_id:
        others = [name for name in by_id if name != objective.id]
        yield (
            "parent",
            say("there is no objective {parent!r}.", parent=parent) + _choice(parent, others),
        )
    names, last = [each.id for each in line], line[-1].part.parent
    first = next((each for each in by_id if each in names), None)
    if last == objective.id == first:
        yield (
            "parent",
            say(
                "turns in a circle: {circle}. One of them is above the others: leave its"
                " parent out.",
                circle=f" {say('serves')} ".join([*names, last]),
            ),
        )


def _type(objective: Draft) -> Iterator[Broken]:
    given = objective.part.type
    if given and given not in OBJECTIVE_TYPE_WORDS:
        yield (
            "type",
            say(
                "{type!r} is no objective type.{near} Write one of {types}, or leave it out.",
                type=given,
                near=meant(given, OBJECTIVE_TYPE_WORDS),
                types=listed(OBJECTIVE_TYPE_WORDS),
            ),
        )


def _baseline_period(draft: Draft, end: date | None) -> Iterator[Broken]:
    """Give what is wrong with when a baseline was: not a period, or none that had begun."""
    written = draft.part.baseline_period
    if not written or not draft.known("baseline_period"):
        return
    try:
        period = Period.parse(written)
    except PeriodError as error:
        yield "baseline_period", str(error)
        return
    if end is not None and period.start > end:
        text = say(
            "{period} begins after the last day of the key result, {end}. Write the last complete"
            " period before it starts.",
            period=period.name,
            end=end,
        )
        yield "baseline_period", text


def _choice(name: str, known: Sequence[str]) -> str:
    """Say which known name is nearest to one that does not exist, and which there are."""
    there = say("There are: {known}.", known=listed(known)) if known else say("There is none.")
    return f"{meant(name, known)} {there}"


def _days(draft: Draft) -> Iterator[Broken]:
    if draft.known("start", "end"):
        yield from swapped(draft.part.start, draft.part.end)


def _among(draft: Draft, every: Sequence[Draft]) -> Iterator[Broken]:
    """Hold an objective to four key results, one headline, and weights that are of one kind."""
    if draft in every[MOST_KEY_RESULTS:][:1]:
        yield (
            (),
            say(
                "{count} key results; an objective has at most {most}. Keep those that decide, or"
                " make two objectives of it.",
                count=len(every),
                most=MOST_KEY_RESULTS,
            ),
        )
    marked = [each for each in every if each.part.role == "headline"]
    if draft in marked[1:]:
        yield (
            "role",
            say(
                "a second headline beside {first!r}: one objective, one headline KPI. Write "
                "role: secondary, or give it an objective of its own.",
                first=marked[0].id,
            ),
        )
    weighed = [each for each in every if "weight" in each.given]
    if not weighed or not all(each.known("weight") for each in every):
        return
    if draft not in weighed:
        yield (
            "weight",
            say(
                "missing, though {first!r} has one. Weigh all key results, or none.",
                first=weighed[0].id,
            ),
        )
    weights = [each.part.weight for each in every]
    shares = len(weighed) == len(every) and all(each < 1 for each in weights)
    if shares and abs(sum(weights) - 1) > 1e-6 and draft is weighed[-1]:
        yield (
            "weight",
            say("the weights come to {sum:g} and not to 1. Mend one of them.", sum=sum(weights)),
        )


def _named(draft: Draft, actions: Sequence[str]) -> Iterator[Broken]:
    for number, name in enumerate(draft.part.actions):
        if name not in actions:
            yield (
                ("actions", number),
                say("there is no action {name!r} in its objective, nor in one above it.", name=name)
                + _choice(name, actions),
            )


def _same_figure(objectives: Sequence[Draft]) -> Iterator[Fault]:
    """Refuse two targets for one figure on the same days: they would give two verdicts."""
    before: list[tuple] = []
    for objective in objectives:
        for each in objective.parts["key_results"]:
            written = each.part
            start, end = days_of(objective.part, written)
            if not written.kpi or start is None or end is None or not each.known("by", "group"):
                continue
            for group in {part.group: 0 for part in written.segments} or [written.group]:
                figure = (written.kpi, written.by, group)
                for other, first, last, name in before:
                    if other == figure and start <= last and first <= end:
                        what = written.kpi + (f" ({written.by}: {group})" if group else "")
                        yield (
                            each.at("kpi"),
                            say(
                                "{what} has a target on the same days already, in {name!r}. Keep"
                                " one, or let one end before the other starts.",
                                what=what,
                                name=name,
                            ),
                        )
                before.append((figure, start, end, each.id))
