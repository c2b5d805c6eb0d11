"""What is wrong between the parts of objectives.yaml: ids, parents, headlines, doubles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from kpilib.errors import listed, nearest
from kpilib.objectives.draft import Broken, Draft, Fault
from kpilib.objectives.goal import days_of
from kpilib.objectives.key_result_faults import key_result_faults
from kpilib.objectives.written import MOST_KEY_RESULTS

ById = Mapping[str, Draft]


def plan_faults(
    objectives: Sequence[Draft], currency: str, breakdowns: Collection[str] | None = None
) -> Iterator[Fault]:
    """Give everything that is wrong with what was read.

    Parameters
    ----------
    objectives : sequence of Draft
    currency : str
        The company's.
    breakdowns : collection of str, optional
        Columns describing a person that the company allows.
    """
    by_id: dict[str, Draft] = {}
    for each in objectives:
        if each.id:
            by_id.setdefault(each.id, each)  # of two of a name, the first
    for kind in ("actions", "key_results"):
        yield from _twice([each for above in objectives for each in above.parts[kind]])
    yield from _twice(objectives)
    for objective in objectives:
        yield from objective.faults(_parent(objective, by_id))
        for each in (objective, *objective.parts["actions"]):
            yield from each.faults(_days(each))
        actions = _actions(objective, by_id)
        for each in objective.parts["key_results"]:
            yield from each.faults(_among(each, objective.parts["key_results"]))
            yield from each.faults(_named(each, actions))
            yield from key_result_faults(each, objective, currency, breakdowns)
    yield from _same_figure(objectives)


def _twice(drafts: Sequence[Draft]) -> Iterator[Fault]:
    seen = set()
    for each in drafts:
        if each.id and each.id in seen:
            yield Fault(each.at("id"), f"{each.id!r} is used twice. Give each its own name.")
        seen.add(each.id)


def _parent(objective: Draft, by_id: ById) -> Iterator[Broken]:
    parent = objective.part.parent
    if parent is not None and parent not in by_id:
        others = [name for name in by_id if name != objective.id]
        yield "parent", f"there is no objective {parent!r}.{_choice(parent, others)}"
    line = [objective.id]
    while parent in by_id and parent not in line:
        line.append(parent)
        parent = by_id[parent].part.parent
    first = next((each for each in by_id if each in line), None)
    if parent == objective.id == first:
        circle = " serves ".join([*line, parent])
        text = f"turns in a circle: {circle}. One of them is above the others: leave its parent out"
        yield "parent", f"{text}."


def _choice(name: str, known: Sequence[str]) -> str:
    """Say which known name is nearest to one that does not exist, and which there are."""
    there = f"There are: {listed(known)}." if known else "There is none."
    return f"{nearest(name, known)} {there}"


def _days(draft: Draft) -> Iterator[Broken]:
    start, end = draft.part.start, draft.part.end
    if start and end and end < start and draft.known("start", "end"):
        yield "end", f"ends on {end}, before it starts on {start}. Swapped?"


def _among(draft: Draft, every: Sequence[Draft]) -> Iterator[Broken]:
    """Hold an objective to four key results, one headline, and weights that are of one kind."""
    if draft in every[MOST_KEY_RESULTS:][:1]:
        text = f"{len(every)} key results; an objective has at most {MOST_KEY_RESULTS}."
        yield (), f"{text} Keep those that decide, or make two objectives of it."
    marked = [each for each in every if each.part.role == "headline"]
    if draft in marked[1:]:
        text = (
            f"a second headline beside {marked[0].id!r}: one objective, one headline KPI. Write "
            "role: secondary, or give it an objective of its own."
        )
        yield "role", text
    weighed = [each for each in every if "weight" in each.given]
    if not weighed or not all(each.known("weight") for each in every):
        return
    if draft not in weighed:
        yield (
            "weight",
            (f"missing, though {weighed[0].id!r} has one. Weigh all key results, or none."),
        )
    weights = [each.part.weight for each in every]
    shares = len(weighed) == len(every) and all(each < 1 for each in weights)
    if shares and abs(sum(weights) - 1) > 1e-6 and draft is weighed[-1]:
        yield "weight", f"the weights come to {sum(weights):g} and not to 1. Mend one of them."


def _actions(objective: Draft, by_id: ById) -> list[str]:
    """Return the actions of an objective and of those above it."""
    line: list[Draft] = []
    found: Draft | None = objective
    while found is not None and found not in line:
        line.append(found)
        found = by_id.get(found.part.parent or "")
    named = (each.id for above in line for each in above.parts["actions"])
    return list(dict.fromkeys(named))


def _named(draft: Draft, actions: Sequence[str]) -> Iterator[Broken]:
    for number, name in enumerate(draft.part.actions):
        if name not in actions:
            text = f"there is no action {name!r} in its objective, nor in one above it."
            yield ("actions", number), text + _choice(name, actions)


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
                        what = written.kpi + (f" of {group}" if group else "")
                        text = (
                            f"{what} has a target on the same days already, in {name!r}. Keep one, "
                            "or let one end before the other starts."
                        )
                        yield Fault(each.at("kpi"), text)
                before.append((figure, start, end, each.id))
