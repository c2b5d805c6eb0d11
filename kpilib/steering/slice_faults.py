"""What is wrong with the slice of a key result: breakdown, group, and targets of several groups."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kpilib.catalogue import catalogue
from kpilib.privacy import DESCRIBING, refused
from kpilib.steering.objectives import KeyResult
from kpilib.steering.shape_faults import Draft, Fault

BREAKDOWN = "Write by: with the breakdown, such as by: channel."


def breakdown_faults(draft: Draft, breakdowns: Collection[str] | None) -> Iterator[Fault]:
    """Give why the groups of a key result may not be told apart.

    Parameters
    ----------
    draft : Draft
        A key result.
    breakdowns : collection of str or None
        Columns describing a person that the company allows; None when that is asked elsewhere.
    """
    kpi = catalogue().get(draft.part.kpi)
    if kpi is None or not draft.known("by"):
        return
    text = refused(kpi, draft.part.by, DESCRIBING if breakdowns is None else breakdowns)
    if text:
        yield Fault(draft.at("by"), text)


def slice_faults(draft: Draft) -> Iterator[Fault]:
    """Give everything that is wrong with the slice that a key result is about.

    Parameters
    ----------
    draft : Draft
        A key result.
    """
    written: KeyResult = draft.part
    kpi = catalogue().get(written.kpi)
    if written.mode == "binary" and not written.kpi:
        return  # a milestone has no slice, which is said by itself
    kpi_by = kpi.by if kpi else None
    if written.segments and written.group is not None:
        text = "beside segments. Keep group for one group, or segments for several."
        yield Fault(draft.at("group"), text)
    for key in ("segments", "group"):
        if getattr(written, key) and written.by is None and draft.known("by") and not kpi_by:
            yield Fault(draft.at(key), f"groups of what? {BREAKDOWN}")
    if written.by and not written.segments and written.group is None:
        if draft.known("segments", "group"):
            text = f"which of them? Write group: with one {written.by}, or segments: with several."
            yield Fault(draft.at("by"), text)
    if kpi_by and written.by is None and draft.known("by"):
        text = f"missing. {written.kpi} has no figure as a whole: write by: {kpi_by}, and group:."
        yield Fault(draft.at("by"), text)
    if written.segments and written.target is not None:
        text = "beside segments, which have targets of their own. Keep one of the two."
        yield Fault(draft.at("target"), text)
    if written.segments and written.revisions:
        text = (
            "a revision does not say which segment it changed. Write a key result for each group."
        )
        yield Fault(draft.at("revisions"), text)
    seen = set()
    for number, each in enumerate(written.segments):
        if each.group in seen:
            text = f"{each.group!r} has a target already. Keep one."
            yield Fault(draft.at("segments", number, "group"), text)
        seen.add(each.group)
