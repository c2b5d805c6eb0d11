"""What all pages of a period ask first is worked out once, and read by each of them."""

from pathlib import Path

import pandas as pd
import pytest

from kpilib.answers import evaluate
from kpilib.answers.worked_out import SUFFIX, worked_out
from kpilib.monthly import notebook
from kpilib.monthly.job import Beforehand
from kpilib.opening import open_company
from kpilib.show import beforehand
from kpilib.show.lead import shown_first
from kpilib.topics.catalogue import of_topic
from tests.sample_figures import SAMPLE
from tests.small_company import small_company

PERIOD, TOPICS = "2026-10", ("emailing", "training", "employees")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    place = tmp_path_factory.mktemp("figures")
    for half in (True, False):
        beforehand.work_out(SAMPLE, PERIOD, TOPICS, (half,), place)
    return place


@pytest.fixture
def page(shared):
    company = beforehand.for_pages(str(SAMPLE))
    worked_out(company.tables).share(shared, "page")
    return company


class TestBeforehand:
    @pytest.mark.parametrize("topic", TOPICS[:2])
    def test_a_page_reads_no_row_for_what_is_known(self, page, topic, monkeypatch):
        def never(*_):
            raise AssertionError("a table was read again")

        monkeypatch.setattr(evaluate, "_gathered", never)
        period, kpis = page.period(PERIOD), of_topic(topic)
        assert set(beforehand.figures(page, kpis, period)["kpi"]) == {each.id for each in kpis}
        assert len(beforehand.past(page, shown_first(kpis), period)) >= beforehand.PAST

    def test_figures_are_those_of_a_page_alone(self, page):
        alone, kpis = beforehand.for_pages(str(SAMPLE)), of_topic("employees")
        told, own = (beforehand.figures(each, kpis, each.period(PERIOD)) for each in (page, alone))
        pd.testing.assert_frame_equal(told, own)

    def test_what_was_hidden_once_is_not_hidden_again(self, page, monkeypatch):
        """Printed and exact figures are two answers."""
        hidden, hide = [], evaluate.telling_of_nobody

        def noting(about, *rest):
            hidden.extend(one.question.printed for one in about)
            return hide(about, *rest)

        monkeypatch.setattr(evaluate, "telling_of_nobody", noting)
        ids = [each.id for each in of_topic("employees") if each.people is not None]
        beforehand.figures(page, ids, page.period(PERIOD))
        assert hidden == []
        page.printed = False
        beforehand.figures(page, ids, page.period(PERIOD))
        assert hidden and not any(hidden)

    def test_what_another_page_is_writing_is_not_read(self, tmp_path):
        """Under whatever name: it is gone, or half there, a moment later."""
        read, write = [], Path.write_bytes

        def seen(aside, content):
            read.extend(each.name for each in aside.parent.glob(f"*{SUFFIX}"))
            return write(aside, content)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Path, "write_bytes", seen)
            beforehand.work_out(SAMPLE, PERIOD, TOPICS[:1], (False,), tmp_path)
        left = [each.name for each in tmp_path.iterdir()]
        assert left and set(read) <= set(left)

    def test_what_fails_is_left_to_the_pages(self, tmp_path, capfd):
        half = Beforehand(Path("no such company"), PERIOD, TOPICS, (True,), tmp_path, tmp_path)
        assert notebook.work_out(half).ok
        assert "CompanyError" in capfd.readouterr().err
        assert not list(tmp_path.iterdir())

    def test_a_company_of_one_table_has_the_figures_and_intervals_of_that_one(self):
        """Other KPIs of the page ask tables that are not there: of these alone nothing is known."""
        tables = {"sessions": small_company()["sessions"]}
        company, kpis = beforehand.for_pages(open_company(tables)), of_topic("audience")
        told = beforehand.figures(company, kpis, company.period("2025-02")).set_index("kpi")
        of_sessions = told.loc["pages_per_session"]
        assert of_sessions["ci_low"] < of_sessions["value"] < of_sessions["ci_high"]
        assert told.loc["avg_search_position", "status"] != "ok"
