"""What counts as a success, and what gets a second chance."""

from __future__ import annotations

import json

import pytest
from nbclient.exceptions import DeadKernelError

from kpilib.answers.worked_out import SHARED
from kpilib.monthly import notebook
from kpilib.monthly.job import Job, Outcome


@pytest.fixture(autouse=True)
def _what_it_tells_its_kernels_ends_with_it(monkeypatch):
    monkeypatch.setenv(SHARED, "")  # a run has a process of its own: here, others come after it


@pytest.fixture
def job(tmp_path):
    (tmp_path / "out").mkdir()
    return Job(
        topic="audience",
        lang="en",
        month="2026-10",
        notebook=tmp_path / "01_audience.ipynb",
        parameters={"month": "2026-10", "out": str(tmp_path / "out")},
        expected=("sessions", "bounce_rate"),
        work=tmp_path,
        frame={},
        cell_limit=1,
    )


def leave(job: Job, text: str) -> None:
    (job.work / "out" / "result.json").write_text(text)


def test_a_result_with_every_expected_kpi_is_a_success(job):
    kpis = {"sessions": "ok", "bounce_rate": "no_data", "more": "ok"}
    leave(job, json.dumps({"month": "2026-10", "kpis": kpis}))
    assert notebook.read_result(job)["kpis"] == kpis


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"month": "2026-10", "kpis": {"sessions": "ok"}}', "The notebook left out: bounce_rate."),
        (
            '{"month": "2026-09", "kpis": {"sessions": "ok", "bounce_rate": "ok"}}',
            "The notebook's result is of another month than 2026-10.",
        ),
        ('{"month": "2026-10", "kpis"', "The notebook's result.json cannot be read."),
        ('{"month": "2026-10", "kpis": []}', "The notebook's result.json cannot be read."),
        ("[]", "The notebook's result.json cannot be read."),
    ],
)
def test_any_other_result_is_a_failure(job, text, reason):
    leave(job, text)
    with pytest.raises(notebook.Failed) as caught:
        notebook.read_result(job)
    assert str(caught.value) == reason


def failing(monkeypatch, *errors: Exception) -> list[Exception]:
    """Let papermill fail with these errors in turn, then succeed."""
    left = list(errors)

    def execute(*given, **named):
        if left:
            raise left.pop(0)
        return "executed"

    monkeypatch.setattr(notebook.papermill, "execute_notebook", execute)
    return left


def test_a_kernel_that_does_not_start_gets_one_second_chance(job, monkeypatch):
    failing(monkeypatch, RuntimeError("Kernel died before replying to kernel_info"))
    assert notebook.run(job) == "executed"


def test_a_kernel_that_never_starts_is_a_failure(job, monkeypatch):
    left = failing(monkeypatch, *[OSError("Address already in use")] * 3)
    with pytest.raises(notebook.Failed, match="The kernel did not start."):
        notebook.run(job)
    assert len(left) == 1


def test_a_kernel_that_dies_later_gets_none(job, monkeypatch):
    left = failing(monkeypatch, DeadKernelError("Kernel died"), DeadKernelError("Kernel died"))
    with pytest.raises(notebook.Failed, match="The kernel died in cell"):
        notebook.run(job)
    assert len(left) == 1


def test_an_error_of_the_run_itself_is_a_failure_with_the_details_in_the_log(
    job, monkeypatch, capsys
):
    failing(monkeypatch, ZeroDivisionError("jane@doe.example"))
    outcome = notebook.do(job)
    assert not outcome.ok
    assert "jane" not in str(outcome.reason)
    assert "jane@doe.example" in capsys.readouterr().err


def test_an_outcome_is_a_success_until_it_has_a_reason():
    assert Outcome().ok
    assert not Outcome.failed("The kernel did not start.").ok
