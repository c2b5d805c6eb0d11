"""What trainings cost, those that were never measured included."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from kpilib.engine.slices import EVERYONE
from kpilib.methods.call import Call
from kpilib.period import Period
from kpilib.tables.derive import CONTRACTS

YEAR = "12m"  # benefits count for a year, so a cost is weighed for a year
OWN_TIME = "participant_time"


@dataclass(frozen=True)
class Spending:
    """The cost lines of trainings, and what is known of the trainings.

    Parameters
    ----------
    lines : pandas.DataFrame
        ``training_id, amount_ht, day`` and ``group`` of the training, by the breakdown; where
        costs are told by kind, ``cost_kind``.
    untargeted : set of str
        Trainings that were given no figure to move.
    """

    lines: pd.DataFrame
    untargeted: frozenset[str]

    @classmethod
    def of(cls, call: Call) -> Spending:
        """Read the costs that a question is about."""
        wanted = {"incurred_at", "cost_kind"} & call.tables.columns("costs")
        names = " ".join([call.kpi.value.needs["costs"], *sorted(wanted)])
        lines = replace(call, by=None).rows("costs", names)
        lines = lines[(lines["scope_kind"] == "training") & lines["amount_ht"].notna()]
        days = pd.to_datetime(lines["incurred_at"]) if "incurred_at" in wanted else pd.NaT
        lines = lines.assign(training_id=lines["scope_id"], day=days)
        held = call.tables.columns("trainings") if "trainings" in call.tables else set()
        untargeted: frozenset[str] = frozenset()
        if "target_kpi_id" in held:
            plan = replace(call, by=None).rows("trainings", "training_id target_kpi_id")
            untargeted = frozenset(plan.loc[plan["target_kpi_id"].isna(), "training_id"])
        groups = _groups(call, held)
        own = EVERYONE if groups is None else lines["training_id"].map(groups)
        return cls(lines.assign(group=own), untargeted)

    @cached_property
    def _whole(self) -> dict[str, tuple[float, bool]]:
        told = "cost_kind" in self.lines
        kinds = self.lines["cost_kind"] if told else pd.Series(None, self.lines.index, object)
        lines = self.lines.assign(told=kinds.notna(), paid=kinds.eq(OWN_TIME).fillna(False))
        found = lines.groupby("training_id").agg(
            cost=("amount_ht", "sum"), told=("told", "any"), paid=("paid", "any")
        )
        complete = ~found["told"] | found["paid"]
        return dict(zip(found.index, zip(found["cost"], complete, strict=True), strict=True))

    @cached_property
    def _of_group(self) -> dict[str, pd.DataFrame]:
        return dict(iter(self.lines.groupby("group")))

    def whole(self, training: str) -> tuple[float | None, bool]:
        """Return the whole cost of a training, and whether it is complete.

        None when no line is booked, which is not a cost of 0. It is complete with the paid time of
        the participants in it, where costs are told by kind.
        """
        return self._whole.get(training, (None, False))

    def unmeasured(
        self, period: Period, group: str, begun: Collection[str]
    ) -> tuple[dict[str, float], float]:
        """Return what the trainings cost of which nothing was measured, over the last year.

        Parameters
        ----------
        period : Period
            Costs of the twelve months that end with it; one without day counts.
        group : str
        begun : collection of str
            Trainings of which something was measured by then.

        Returns
        -------
        dict of str to float
            Cost by training.
        float
            Cost of those without a figure to move, which no return can be asked of.
        """
        inside = self._of_group.get(group)
        if inside is None:
            return {}, 0.0
        first = min(period.start, period.ending(YEAR).start)
        day = inside["day"]
        timely = day.isna() | day.between(pd.Timestamp(first), pd.Timestamp(period.end_day))
        left = inside[timely & ~inside["training_id"].isin(list(begun))]
        costs = left.groupby("training_id")["amount_ht"].sum()
        judged = ~costs.index.isin(list(self.untargeted))
        return costs[judged].to_dict(), float(costs[~judged].sum())


def _groups(call: Call, held: Collection[str]) -> dict[str, str] | None:
    """Return the group of each training; by training, a training never measured has no row."""
    if call.by is None:
        return None
    column = CONTRACTS["trainings"].column(call.by)
    if call.by == "training_id" or column is None or column.name not in held:
        return {}
    rows = call.rows("trainings", "training_id")
    return dict(zip(rows["training_id"], rows["group"], strict=True))
