"""The charts of trainings: what they changed, and what is left once they are paid."""

from __future__ import annotations

from typing import Any

from kpilib.definitions import Kpi
from kpilib.display.block import Block, notice
from kpilib.display.chart import Chart
from kpilib.display.charts.effect import DOUBTS, Effect, before_after
from kpilib.display.charts.waterfall import waterfall
from kpilib.display.names import Charts, Names
from kpilib.display.numbers import known
from kpilib.display.rows import shown
from kpilib.display.status import WARNING_WORDS, flags_of
from kpilib.display.words import group_words
from kpilib.methods.effects import FEWEST_TO_CONCLUDE

BREAK_EVEN = {"ratio": 1.0}  # of a benefit-cost ratio; a return breaks even at 0


def _doubt(row: dict[str, Any]) -> str:
    """Return the flag for which an effect proves nothing, however far from chance; else nothing."""
    flags = flags_of(row)
    return next((flag for flag in DOUBTS if flag in flags), "")


def _earned(kpi: Kpi, row: dict[str, Any]) -> bool:
    """Tell whether a return is above break-even beyond chance, and nothing forbids to say so."""
    details = row["details"]
    few = min(details["people"], details["control_people"]) < FEWEST_TO_CONCLUDE
    sure = known(row["ci_low"]) and row["ci_low"] > BREAK_EVEN.get(kpi.unit, 0)
    return sure and not few and not _doubt(row) and "not_fully_loaded" not in flags_of(row)


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
            details.get("treated_people"), details.get("control_people"), _doubt(row),
        )  # fmt: skip
        difference = self.formatter.difference(effect.value, effect.unit)
        if effect.proven:
            finding = self.say("{training}: an effect of {effect}", training=name,
                               effect=difference)  # fmt: skip
        elif effect.by_chance:
            finding = self.say("{training}: no effect beyond chance", training=name)
        else:
            finding = self.say("{training}: {effect}, not proven", training=name,
                               effect=difference)  # fmt: skip
        return before_after(
            effect, self.formatter, title=finding, key=self.key("effect"),
            subtitle=self.say("{target}: mean per person, before and after",
                              target=self._target_name(row["training_id"])),
            note=self._looked(row, effect.unit),
        )  # fmt: skip

    def _looked(self, row: dict[str, Any], unit: str) -> str:
        """Say what else there is to know: the time before, the levels, who was measured."""
        details, said = row["details"], []
        trend = details.get("before_trend")
        if known(trend):
            said.append(self.say(
                "Over {count} periods before, the trained moved by {trend} a period beside the"
                " control group.", count=self.formatter.count(details["before_periods"]),
                trend=self.formatter.difference(trend, unit),
            ))  # fmt: skip
        if details.get("warning_levels"):
            said.append(self.say(
                "They did not start at the same level: {treated} trained, {control} control.",
                treated=self.formatter.value(details["treated_before"], unit),
                control=self.formatter.value(details["control_before"], unit),
            ))  # fmt: skip
        if details.get("warning_attrition"):
            said += [
                self._left(details, arm, who)
                for arm, who in (("treated", self.say("trained")), ("control", self.say("control")))
            ]
        if details.get("warning_independent"):
            said.append(self.say(WARNING_WORDS["warning_independent"][1]))
        return " ".join(said)

    def _left(self, details: dict[str, Any], arm: str, who: str) -> str:
        names = ("people", "listed", "at_end", "measured", "due")
        counts = {name: self.formatter.count(details[f"{arm}_{name}"]) for name in names}
        return self.say(
            "Measured ({who}): {people} of {listed} people, {at_end} of them to the last period;"
            " {measured} of {due} periods of a person.", who=who, **counts,
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
        if benefit <= cost:
            finding = self.say("{training} has not paid back so far", training=name)
        elif _earned(kpi, row):
            finding = self.say("{training} earned more than it cost", training=name)
        else:
            finding = self.say("{training}: more benefit than cost, not proven", training=name)
        note = self.formatter.pair(self.say(kpi.label), roi)
        if interval:
            note += f" ({self.say('95 % interval {interval}', interval=interval)})"
        note = " ".join([f"{note}.", *self._counted(row["details"])])
        return waterfall(
            items, self.formatter, total=self.say("Net"), title=finding, note=note,
            subtitle=self.say("From the isolated benefit to the net, without VAT"),
            key=self.key("waterfall"),
        )  # fmt: skip

    def _counted(self, details: dict[str, Any]) -> list[str]:
        """Say for how many periods of a person the benefit counts, where not for all."""
        measured, due = details.get("person_months"), details.get("person_months_due")
        if not (known(measured) and known(due)) or measured == due:
            return []
        return [self.say(
            "The benefit counts the {measured} periods in which a trained person was measured, of"
            " {due}.", measured=self.formatter.count(measured), due=self.formatter.count(due),
        )]  # fmt: skip

    def _costs(self, training: str) -> dict[str, float]:
        lines = self.company.table(
            "costs", columns=["scope_kind", "scope_id", "cost_kind", "amount_ht"]
        )
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
