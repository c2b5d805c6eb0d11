"""What is wrong between the parts of objectives.yaml: ids, parents, headlines, doubles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from kpilib.errors import listed, nearest
from kpilib.objectives.draft import Draft, Fault
from kpilib.objectives.goal import days_of
from kpilib.objectives.key_result_faults import breakdown_faults, key_result_faults
from kpilib.objectives.written import MOST_KEY_RESULTS


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
        yield from _twice(list(chain.from_iterable(each.parts[kind] for each in objectives)))
    yield from _twice(objectives)
    for objective in objectives:
        yield from _parents(objective, by_id)
        yield from _days(objective)
        yield from _structure(objective)
        actions = _actions(objective, by_id)
        for each in objective.parts["key_results"]:
            yield from key_result_faults(each, objective, currency)
            yield from breakdown_faults(each, breakdowns)
            yield from _named(each, actions)
    yield from _same_figure(objectives)


def _twice(drafts: Sequence[Draft]) -> Iterator[Fault]:
    seen = set()
    for each in drafts:
        if each.id and each.id in seen:
            yield Fault(each.at("id"), f"{each.id!r} is used twice. Give each its own name.")
        seen.add(each.id)


def _parents(objective: Draft, by_id: dict[str, Draft]) -> Iterator[Fault]:
    parent = objective.part.parent
    if parent is None:
        return
    if parent not in by_id:
        others = [name for name in by_id if name != objective.id]
        text = f"there is no objective {parent!r}.{nearest(parent, others)}"
        yield Fault(objective.at("parent"), f"{text} {_others(others)}")
        return
    line = [objective.id]
    while parent in by_id and parent not in line:
        line.append(parent)
        parent = by_id[parent].part.parent
    if parent == objective.id and parent == next(each for each in by_id if each in line):
        circle = " serves ".join([*line, parent])
        text = f"turns in a circle: {circle}. One of them is above the others: leave its parent out"
        yield Fault(objective.at("parent"), f"{text}.")


def _others(names: Sequence[str]) -> str:
    return f"There are: {listed(names)}." if names else "There is none."


def _days(objective: Draft) -> Iterator[Fault]:
    for each in (objective, *objective.parts["actions"]):
        start, end = each.part.start, each.part.end
        if start and end and end < start and each.known("start", "end"):
            yield Fault(each.at("end"), f"ends on {end}, before it starts on {start}. Swapped?")


def _structure(objective: Draft) -> Iterator[Fault]:
    """Hold an objective to four key results, one headline, and weights that are of one kind."""
    drafts = objective.parts["key_results"]
    if len(drafts) > MOST_KEY_RESULTS:
        text = (
            f"{len(drafts)} key results; an objective has at most {MOST_KEY_RESULTS}. Keep those "
            "that decide, or make two objectives of it."
        )
        yield Fault(drafts[MOST_KEY_RESULTS].place, text)
    marked = [each for each in drafts if each.part.role == "headline"]
    for each in marked[1:]:
        text = (
            f"a second headline beside {marked[0].id!r}: one objective, one headline KPI. Write "
            "role: secondary, or give it an objective of its own."
        )
        yield Fault(each.at("role"), text)
    yield from _weights(drafts)


def _weights(drafts: Sequence[Draft]) -> Iterator[Fault]:
    if not all(each.known("weight") for each in drafts):
        return
    weighed = [each for each in drafts if "weight" in each.given]
    if not weighed:
        return
    for each in drafts:
        if "weight" not in each.given:
            text = f"missing, though {weighed[0].id!r} has one. Weigh all key results, or none."
            yield Fault(each.at("weight"), text)
    weights = [each.part.weight for each in drafts]
    shares = len(weighed) == len(drafts) and all(each < 1 for each in weights)
    if shares and abs(sum(weights) - 1) > 1e-6:
        text = f"the weights come to {sum(weights):g} and not to 1. Mend one of them."
        yield Fault(weighed[-1].at("weight"), text)


def _actions(objective: Draft, by_id: dict[str, Draft]) -> list[str]:
    """Return the actions of an objective and of those above it."""
    line: list[Draft] = []
    found: Draft | None = objective
    while found is not None and found not in line:
        line.append(found)
        found = by_id.get(found.part.parent or "")
    named = (each.id for above in line for each in above.parts["actions"])
    return list(dict.fromkeys(named))


def _named(draft: Draft, actions: Sequence[str]) -> Iterator[Fault]:
    for number, name in enumerate(draft.part.actions):
        if name not in actions:
            text = f"there is no action {name!r} in its objective, nor in one above it."
            there = f"{nearest(name, actions)} {_others(actions)}"
            yield Fault(draft.at("actions", number), text + there)


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
