"""How a training can be measured: the surest way, what the data reach, what to collect before."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import kpilib as kl
from kpilib.training.proof import RUNG_WORDS
from tests.trainings import both
from tests.worked import rows


def measured(title="Négocier", **asked):
    """A training with that title, twelve people an arm, six months before."""
    tables = both(5, **asked)
    tables["trainings"] = rows("training_id title", ("T1", title))
    return kl.open(tables, as_of="2025-04-30")


def mailings(months):
    """One mail a month that was delivered and clicked."""
    days = pd.date_range("2024-01-15", periods=months, freq="MS") + pd.Timedelta(days=14)
    sent = [(f"m{n}", "c", "p", day, True, day, day) for n, day in enumerate(days)]
    names = "send_id contact_key campaign_id sent_at delivered first_click_at human_click".split()
    frame = pd.DataFrame(sent, columns=names).assign(human_click=True)
    end = (days[-1] + pd.offsets.MonthEnd(0)).date()
    return kl.open({"email_sends": frame}, as_of=str(end))


class TestRungs:
    def test_people_with_figures_of_their_own_are_best_drawn_by_lot(self):
        found = kl.pick("Was the sales course any good?").method.set_index("rung")

        assert list(found.index) == list(RUNG_WORDS)
        assert found.index[found["best"]].tolist() == ["lot"]
        assert found["allowed"].isna().all()  # no data was given: nothing is claimed of it

    def test_one_figure_of_everybody_has_its_own_trend(self):
        found = kl.pick("Was the SEO course any good?").method.set_index("rung")

        assert found.index[found["best"]].tolist() == ["trend"]

    def test_a_training_on_the_topic_beside_its_control_group(self):
        found = kl.pick("sales training?", data=measured()).method.set_index("rung")

        assert found.loc["control", "trainings"] == 1
        assert bool(found.loc["control", "allowed"]) and not found.loc["lot", "allowed"]

    def test_one_on_another_topic_tells_nothing_of_this_one(self):
        found = kl.pick("sales training?", data=measured("Hygiène")).method.set_index("rung")

        assert found["trainings"].sum() == 0
        assert not found["allowed"].astype(bool).any()

    @pytest.mark.parametrize(("months", "reached"), [(5, False), (6, True)])
    def test_six_months_of_the_figure_make_a_trend(self, months, reached):
        choice = kl.pick("e-mailing course?", data=mailings(months))
        found = choice.method.set_index("rung")

        assert bool(found.loc["trend", "allowed"]) is reached
        assert f"known for {months} months" in repr(choice)

    def test_one_month_is_one(self):
        assert "is known for 1 month." in " ".join(
            repr(kl.pick("e-mailing course?", data=mailings(1))).split()
        )


class TestSaid:
    @pytest.mark.parametrize(
        ("question", "lang", "parts"),
        [
            ("Did our e-mailing course help?", "en", ["Click rate", "its own trend", "To collect"]),
            ("La formation e-mailing a-t-elle servi ?", "fr",
             ["Taux de clic", "propre tendance", "À recueillir avant"]),
            ("La formation à la vente a-t-elle servi ?", "fr",
             ["Chiffre d'affaires", "tirer au sort", "qui attend"]),
        ],
    )  # fmt: skip
    def test_kpi_and_method_in_a_sentence(self, question, lang, parts):
        choice = kl.pick(question, lang=lang)

        for shown in (repr(choice), choice._repr_html_()):
            words = " ".join(shown.split())
            assert [part for part in parts if part not in words.replace("&#39;", "'")] == []

    def test_what_the_data_reached_is_counted(self):
        said = " ".join(repr(kl.pick("sales training?", data=measured())).split())
        assert "the one training on this topic that was measured reached “" in said

    def test_of_an_objective_there_is_no_method(self):
        choice = kl.pick("revenue")

        assert choice.method is None and choice.plan is None
        assert "Best proof" not in repr(choice)


class TestPlan:
    def test_a_control_group_is_measured_at_the_same_times(self):
        plan = kl.pick("sales training?").plan

        assert plan.columns.tolist() == ["what", "when", "who", "source"]
        control = plan[plan["who"] == "Control group"]
        assert control["when"].tolist() == ["Before the course", "Over the year after"]

    def test_where_nobody_has_a_figure_of_their_own_there_is_none(self):
        assert set(kl.pick("SEO training?").plan["who"]) == {"Trained"}


def test_a_company_without_days_is_asked_nothing():
    empty = kl.open({"trainings": rows("training_id title started_at",
                                       ("T1", "Vente", date(2025, 1, 1)))})  # fmt: skip

    assert not kl.pick("sales training?", data=empty).method["allowed"].any()
