"""Tab inside quotes offers the ids of KPIs, in the notebook's own completer."""

from __future__ import annotations

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

import kpilib as kl
from kpilib.completion import offer
from tests.worked import rows


@pytest.fixture
def shell(monkeypatch):
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)  # of another one IPython warns
    shell = InteractiveShell.instance()
    kl.open({"sessions": rows("session_id started_at", ("a", "2026-10-05"))}, as_of="2026-10-31")
    yield shell
    InteractiveShell.clear_instance()


def offered(shell, line):
    """Return what the completer offers at the end of a line, with what it would replace."""
    with provisionalcompleter():
        found = list(shell.Completer.completions(line, len(line)))
    return [(each.text, line[each.start :]) for each in found]


@pytest.mark.parametrize("line", [
    'data.evaluate("open_r', "data.series('open_r", 'report.figures("open_r',
    'data.evaluate(["click_rate", "open_r', 'kl.kpi("open_r', 'x = report.target("open_r',
])  # fmt: skip
def test_an_id_that_was_begun(shell, line):
    assert ("open_rate", "open_r") in offered(shell, line)
    assert ("open_rate_trackable", "open_r") in offered(shell, line)


def test_those_that_begin_so_come_before_those_that_hold_it(shell):
    found = [text for text, _ in offered(shell, 'data.evaluate("rate')]

    assert "click_rate" in found and len(found) > 10
    assert [text for text, _ in offered(shell, 'data.evaluate("click')][0] == "click_rate"


@pytest.mark.parametrize("line", ['print("open_r', 'data.evaluate("sessions", "open_r)'])
def test_other_quotes_are_left_alone(shell, line):
    assert "open_rate" not in [text for text, _ in offered(shell, line)]


def test_it_is_offered_once_however_often_a_company_is_opened(shell):
    offer()

    assert sum(each.__name__ == "kpi_ids" for each in shell.Completer.custom_matchers) == 1
