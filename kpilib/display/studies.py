"""The charts of trainings: what they changed, and what is left once they are paid."""

from __future__ import annotations

from typing import Any

from kpilib.display.block import Block, notice
from kpilib.display.chart import Chart
from kpilib.display.charts.effect import Effect, before_after
from kpilib.display.charts.waterfall import waterfall
from kpilib.display.names import Charts, Names
from kpilib.display.numbers import known
from kpilib.display.rows import shown
from kpilib.display.words import group_words
from kpilib.kpi import Kpi


class Studies(Names):
    """The methods of a page about trainings."""

    def before_after(self, kpi: str = "training_effect_did") -> Block:
        """Show each training measured in the month: trained and control, before and after."""
        definition = self.definition(kpi)
        rows = self.month_rows(kpi)
        made = [
            self._effect(row) if known(row["value"]) else notice(
                self.label("training_id", row["training_id"]), self.formatter.missing(row)
            )
            for row in shown(rows).to_dict("records")
        ]  # fmt: skip
        return Charts(made) if made else self.withheld(definition, rows)

    def _effect(self, row: dict[str, Any]) -> Chart:
        details = row["details"]
        name = self.label("training_id", row["training_id"])
        effect = Effect(
            *(details[part] for part in ("treated_before", "treated_after", "control_before",
                                         "control_after")),
            row["value"], row["ci_low"], row["ci_high"], self._target_unit(row["training_id"]),
            details.get("treated_people"), details.get("control_people"),
        )  # fmt: skip
        difference = self.formatter.difference(effect.value, effect.unit)
        finding = (
            self.say("{training}: an effect of {effect}", training=name, effect=difference)
            if effect.proven
            else self.say("{training}: no effect beyond chance", training=name)
        )
        return before_after(
            effect, self.formatter, title=finding, key=self.key("effect"),
            subtitle=self.say("{target}: mean per person, before and after",
                              target=self._target_name(row["training_id"])),
        )  # fmt: skip

    def waterfall(self, kpi: str = "training_roi") -> Block:
        """Show each training's benefit, its costs by kind, and what is left."""
        definition = self.definition(kpi)
        rows = self.month_rows(kpi, "training_id")
        made = [
            self._return(definition, row) if known(row["value"]) else notice(
                self.label("training_id", row["training_id"]), self.formatter.missing(row)
            )
            for row in shown(rows).to_dict("records")
        ]  # fmt: skip
        return Charts(made) if made else self.withheld(definition, rows)

    def _return(self, kpi: Kpi, row: dict[str, Any]) -> Chart:
        benefit, cost = row["details"]["benefit"], row["details"]["cost"]
        name = self.label("training_id", row["training_id"])
        spent = self._costs(row["training_id"])
        if abs(sum(spent.values()) - cost) > 0.01:
            spent = {self.say("Full cost"): cost}
        items = [(self.say("Isolated benefit"), benefit)]
        items += [(group_words(kind, self.say), -amount) for kind, amount in spent.items()]
        roi = self.formatter.value(row["value"], kpi.unit)
        interval = self.formatter.interval(row["ci_low"], row["ci_high"], kpi.unit)
        finding = (
            self.say("{training} earned more than it cost", training=name)
            if benefit > cost
            else self.say("{training} did not pay back", training=name)
        )
        note = self.formatter.pair(self.say(kpi.label), roi)
        if interval:
            note += f" ({self.say('95 % interval {interval}', interval=interval)})"
        return waterfall(
            items, self.formatter, total=self.say("Net"), title=finding, note=f"{note}.",
            subtitle=self.say("From the isolated benefit to the net, without VAT"),
            key=self.key("waterfall"),
        )  # fmt: skip

    def _costs(self, training: str) -> dict[str, float]:
        lines = self.company.table("costs", ["scope_kind", "scope_id", "cost_kind", "amount_ht"])
        mine = lines[(lines["scope_kind"] == "training") & (lines["scope_id"] == training)]
        found = mine.groupby("cost_kind", dropna=False)["amount_ht"].sum()
        return found.sort_values(ascending=False, kind="stable").to_dict()

    def _target(self, training: str) -> Kpi | None:
        name = self._trainings.get(training, {}).get("target_kpi_id")
        try:
            return self.definition(name) if name else None
        except KeyError:
            return None

    def _target_unit(self, training: str) -> str:
        target = self._target(training)
        return target.unit if target else "target"

    def _target_name(self, training: str) -> str:
        target = self._target(training)
        if target:
            return self.say(target.label)
        name = self._trainings.get(training, {}).get("target_kpi_id")
        return str(name).replace("_", " ").capitalize() if name else self.say("Target KPI")
