"""What was worked out is not worked out again, in one process and between the pages of a run."""

from __future__ import annotations

import pandas as pd
import pytest

import kpilib as kl
from kpilib.answers import evaluate
from kpilib.answers.worked_out import worked_out
from tests.worked import rows

# Two visits in January, three in February, one of them by e-mail.
VISITS = rows(
    "session_id started_at channel",
    ("1", "2026-01-05", "direct"),
    ("2", "2026-01-06", "direct"),
    ("3", "2026-02-05", "direct"),
    ("4", "2026-02-06", "email"),
    ("5", "2026-02-07", "direct"),
)


def opened():
    return kl.open({"sessions": VISITS}, as_of="2026-02-28")


@pytest.fixture
def asked(monkeypatch):
    """What is really worked out, as pairs of a KPI and its periods."""
    found, work = [], evaluate._figures

    def noting(one, cells):
        names = [period.name for period in one.question.every_period]
        found.append((one.kpi.id, one.by, names))
        return work(one, cells)

    monkeypatch.setattr(evaluate, "_figures", noting)
    return found


def test_only_what_is_not_known_yet_is_worked_out(asked):
    data = opened()

    first = data.series("sessions", "2026-01", periods=1)
    both = data.series("sessions", "2026-02", periods=2)

    assert asked == [("sessions", None, ["2026-01"]), ("sessions", None, ["2026-02"])]
    assert (first["value"].tolist(), both["value"].tolist()) == ([2], [2, 3])


def test_by_group_only_the_same_periods_are_the_same_question(asked):
    data = opened()

    for _ in range(2):
        data.series("sessions", "2026-02", periods=2, by="channel")
    alone = data.series("sessions", "2026-01", periods=1, by="channel")

    assert [periods for _, _, periods in asked] == [["2026-01", "2026-02"], ["2026-01"]]
    assert alone["channel"].tolist() == ["direct"]  # nobody came by e-mail in January


def test_rows_of_some_groups_only_are_another_question():
    data = opened()

    assert data.evaluate("sessions", "2026-02")["value"].item() == 3
    assert data.evaluate("sessions", "2026-02", where={"channel": "email"})["value"].item() == 1


def test_another_process_reads_what_one_left(asked, tmp_path):
    one, other = opened(), opened()
    worked_out(one.tables).share(tmp_path, "audience.en")
    worked_out(other.tables).share(tmp_path, "leads.en")
    said = one.evaluate("sessions", "2026-02")
    asked.clear()

    pd.testing.assert_frame_equal(other.evaluate("sessions", "2026-02"), said)
    assert asked == []


def test_what_was_read_is_not_written_again(tmp_path):
    one, other = opened(), opened()
    worked_out(one.tables).share(tmp_path, "audience.en")
    worked_out(other.tables).share(tmp_path, "audience.fr")
    one.evaluate("sessions", "2026-02")
    other.evaluate("sessions", "2026-02")

    left = sorted(path.name.partition(".")[2] for path in tmp_path.iterdir())
    assert left == ["audience.en.0.figures", "audience.en.1.figures"]  # exact, and as it is told


def test_pages_side_by_side_take_what_the_other_has_done_meanwhile(asked, tmp_path):
    one, other = opened(), opened()
    worked_out(one.tables).share(tmp_path, "audience.en")
    worked_out(other.tables).share(tmp_path, "leads.en")
    one.evaluate("sessions", "2026-01")
    other.evaluate("sessions", "2026-02")
    asked.clear()

    values = [page.evaluate("sessions", month)["value"].item()
              for page, month in ((one, "2026-02"), (other, "2026-01"))]  # fmt: skip

    assert (values, asked) == ([3, 2], [])


def test_a_definition_of_ones_own_is_never_taken_for_another(asked, tmp_path):
    data, other = opened(), opened()
    worked_out(data.tables).share(tmp_path, "own.en")
    worked_out(other.tables).share(tmp_path, "other.en")
    for number in (1, 2):
        own = kl.total("own", "sessions.measure", label=f"Own {number}")
        assert data.evaluate(own, "2026-02")["label"].item() == f"Own {number}"
    asked.clear()
    other.evaluate(own, "2026-02")

    assert [kpi for kpi, _, _ in asked] == ["own"]
