"""A definition that cannot be evaluated is refused when it is made."""

from __future__ import annotations

import pytest

from kpilib import definitions as kpi
from kpilib.definitions import Benchmark, Kpi, Method, Ratio, Total
from kpilib.errors import DefinitionError
from kpilib.measure import Measure, belonging, count, distinct, median, stock, total
from kpilib.methods.measurements import raw_change
from kpilib.topics.catalogue import catalogue, faults


class TestMeasures:
    def test_know_the_columns_they_read(self):
        assert count("sessions").columns == {"started_at"}
        assert count("sessions", lambda t: t.engaged_s > 10).columns == {"started_at", "engaged_s"}
        assert total("costs", lambda t: t.amount_ht).columns == {"incurred_at", "amount_ht"}
        assert distinct("web_events", "visitor_id asset_id").columns == {
            "ts",
            "visitor_id",
            "asset_id",
        }
        assert count("leads", at="qualified_at").columns == {"qualified_at"}
        assert belonging("closing", "memberships", "person_key").columns == {
            "person_key", "start_at", "end_at",
        }  # fmt: skip
        assert stock("last", "social_daily", lambda t: t.followers, per="account_id").columns == {
            "date", "followers", "account_id",
        }  # fmt: skip

    def test_know_the_column_that_dates_their_rows(self):
        assert count("leads").time == "created_at"
        assert count("leads", at="qualified_at").time == "qualified_at"

    @pytest.mark.parametrize(
        ("measure", "single"),
        [
            (count("sessions"), False),
            (count("sessions", lambda t: t.channel == "email"), False),
            (count("sessions", lambda t: t.engaged_s > 10), True),
            (total("sessions", lambda t: t.pageviews), False),
            (total("sessions", lambda t: t.duration_s, cap=14_400), True),
            (median("sessions", lambda t: t.duration_s), True),
        ],
    )
    def test_know_whether_they_need_rows_one_by_one(self, measure, single):
        assert measure.single is single

    def test_equal_ones_are_one(self):
        where = lambda t: t.channel == "email"  # noqa: E731 - the same function twice is the point

        assert count("sessions", where) == count("sessions", where)
        assert len({count("sessions"), count("sessions")}) == 1

    def test_of_an_unknown_table(self):
        with pytest.raises(DefinitionError) as caught:
            count("session")

        assert str(caught.value) == "Unknown table 'session'. Did you mean 'sessions'?"

    @pytest.mark.parametrize(
        "make",
        [
            lambda: count("costs", lambda t: t.amount > 0),
            lambda: total("costs", lambda t: t.amount),
            lambda: distinct("costs", "amount"),
            lambda: count("costs", at="amount"),
        ],
    )
    def test_of_an_unknown_column(self, make):
        with pytest.raises(DefinitionError) as caught:
            make()

        assert str(caught.value) == (
            "Table costs has no column 'amount'. It has: cost_id, scope_kind, scope_id, cost_kind, "
            "amount_ht, currency, incurred_at. Did you mean 'amount_ht'?"
        )

    def test_of_an_unknown_kind(self):
        with pytest.raises(DefinitionError, match="Unknown interval measure 'open'. Allowed: "):
            belonging("open", "memberships", "person_key")
        with pytest.raises(DefinitionError, match="Unknown stock measure 'first'. Allowed: "):
            stock("first", "social_daily", lambda t: t.followers, per="account_id")


TEXTS = dict.fromkeys("label question formula reading caveat source".split(), "Some text.")


def a_kpi(**changes):
    base = {
        "id": "x", "unit": "rate", "better": "higher", "roll_up": "R2",
        "value": Ratio(numerator=count("leads", at="qualified_at"), denominator=count("sessions")),
    }  # fmt: skip
    return Kpi(**TEXTS | base | changes)


class TestKpi:
    def test_a_terminal_shows_it_in_a_line(self):
        shown = repr(catalogue()["bounce_rate"])

        assert shown == "Kpi('bounce_rate', 'Bounce rate', unit='rate')"

    def test_needs_are_tables_and_columns(self):
        assert a_kpi().needs == {"leads": {"qualified_at"}, "sessions": {"started_at"}}
        assert a_kpi().tables == ("leads", "sessions")

    def test_what_stands_beside_is_not_needed(self):
        beside = {"cost": total("costs", lambda t: t.amount_ht)}

        assert "costs" not in a_kpi(beside=beside).tables
        assert a_kpi(beside=beside).optional == {"beside.cost."}

    def test_a_method_names_what_it_reads(self):
        method = Method(function=raw_change, needs={"trainings": "training_id method"})

        assert a_kpi(value=method).needs == {"trainings": {"training_id", "method"}}
        with pytest.raises(DefinitionError, match="Table trainings has no column 'methode'"):
            Method(function=raw_change, needs={"trainings": "methode"})

    def test_texts_are_those_a_reader_sees(self):
        assert list(a_kpi(benchmark=Benchmark("10 %", "us")).texts()) == [
            *["Some text."] * 6, "10 %", "us",
        ]  # fmt: skip

    def test_a_complete_definition_has_no_fault(self):
        assert list(faults(a_kpi())) == []

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"better": "up"}, "x: better is 'up'; write one of higher, lower, neutral."),
            ({"interval": "normal"}, "x: interval is 'normal'; write one of none, wilson, "),
            ({"roll_up": "R12"}, "x: roll_up is 'R12'; write one of R1, R2, "),
            ({"unit": "percent"}, "x: unit is 'percent'; write one of count, rate, "),
            ({"caveat": "  "}, "x: caveat is empty; a reader needs it."),
            ({"source": ""}, "x: source is empty; a reader needs it."),
        ],
    )
    def test_a_fault_is_named(self, changes, message):
        found = list(faults(a_kpi(**changes)))

        assert len(found) == 1
        assert found[0].startswith(message)

    def test_a_benchmark_says_how_sure_it_is(self):
        hearsay = Benchmark(text="10 %", source="a blog", status="rumour")

        assert list(faults(a_kpi(benchmark=hearsay))) == [
            "x: benchmark is 'rumour'; write one of seed, published, internal."
        ]

    def test_several_faults_are_all_named(self):
        assert len(list(faults(a_kpi(unit="x", better="x", roll_up="x")))) == 3


def test_a_total_has_one_measure_and_perhaps_another():
    measure = count("sessions")

    assert Total(measure=measure).measures() == {"measure": measure}
    assert Total(measure=measure, plus=measure).measures() == {"measure": measure, "plus": measure}
    assert isinstance(measure, Measure)


class TestDeclared:
    TEXTS = dict.fromkeys(("id", "label", "question", "formula", "reading", "caveat", "source"), "")

    def test_a_rate_has_the_interval_of_a_share_unless_its_cases_go_together(self):
        parts = {"numerator": count("leads"), "denominator": count("sessions")}

        plain = kpi.rate(better="higher", **parts, **self.TEXTS)
        drawn = kpi.rate(better="higher", unit_of_chance="visitor_id", **parts, **self.TEXTS)
        followed = kpi.cohort_rate(better="higher", **parts, **self.TEXTS)

        assert (plain.unit, plain.roll_up, plain.interval) == ("rate", "R2", "wilson")
        assert (drawn.unit, drawn.roll_up, drawn.interval) == ("rate", "R2", "bootstrap")
        assert (followed.unit, followed.roll_up, followed.interval) == ("rate", "R7", "wilson")
        assert plain.value == Ratio(*parts.values())

    def test_so_much_for_each_has_a_unit_of_its_own(self):
        parts = {"numerator": count("sessions"), "denominator": count("leads")}

        plain = kpi.ratio(unit="ratio", better="lower", **parts, **self.TEXTS)
        drawn = kpi.ratio(
            unit="ratio", better="lower", roll_up="R6", unit_of_chance="date", **parts, **self.TEXTS
        )

        assert (plain.unit, plain.roll_up, plain.interval) == ("ratio", "R2", "none")
        assert (drawn.unit, drawn.roll_up, drawn.interval) == ("ratio", "R6", "bootstrap")
        assert drawn.value == Ratio(*parts.values(), unit_of_chance="date")

    def test_what_a_method_works_out_has_its_interval_unless_it_gives_none(self):
        usual = {"unit": "pt", "better": "higher", "roll_up": "R9"} | self.TEXTS
        needs = {"trainings": "training_id method"}

        made = kpi.worked_out(method=raw_change, needs=needs, **usual)
        bare = kpi.worked_out(method=raw_change, needs=needs, interval="none", **usual)

        assert made.value == Method(function=raw_change, needs=needs)
        assert made.value.name == "raw_change"
        assert (made.interval, bare.interval) == ("method", "none")

    def test_what_is_declared_comes_before_what_is_usual(self):
        leads = kpi.count(better="higher", measure=count("leads"), interval="poisson", **self.TEXTS)
        costs = kpi.amount(
            better="lower", measure=total("costs", lambda t: t.amount_ht), **self.TEXTS
        )

        assert (leads.unit, leads.roll_up, leads.interval) == ("count", "R1", "poisson")
        assert (costs.unit, costs.roll_up, costs.interval) == ("EUR", "R1", "none")

    def test_a_stock_has_its_opening_and_its_movements_beside(self):
        def readers(kind):
            return belonging(kind, "memberships", "person_key")

        made = kpi.stock(
            who=readers, better="higher", beside={"average": readers("average")}, **self.TEXTS
        )

        assert made.value == Total(readers("closing"))
        assert list(made.beside) == ["opening", "entries", "exits", "average"]
        assert (made.unit, made.roll_up, made.interval) == ("people", "R4", "none")
