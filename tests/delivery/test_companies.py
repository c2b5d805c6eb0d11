"""Companies of one list: what each is asked for, side by side, a broken one beside good ones."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from kpilib.delivery.companies import Task, overview, run_all, tasks
from kpilib.errors import CompanyError, ParameterError
from tests.delivery.published import publish

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def listed(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "companies.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_is_asked_for_what_the_list_says_over_its_defaults(tmp_path):
    file = listed(
        tmp_path,
        "defaults: {topics: [audience], pdf: true}\n"
        "companies:\n- folder: a\n- {folder: sub/b, topics: [leads], pdf: false, "
        "languages: [fr], periods: ['2026-09', '2026-10']}\n",
    )
    a, first, second = tasks(file, tmp_path / "out")
    assert a.data == (tmp_path / "a").resolve()
    assert a.command == (
        "report", "--data", str(a.data), "--out", str(tmp_path / "out"), "--jobs", "1",
        "--topic", "audience", "--pdf",
    )  # fmt: skip
    assert first.command[:2] == ("report", "2026-09")
    assert second.command[-4:] == ("--topic", "leads", "--lang", "fr")
    due = tasks(file, tmp_path / "out", ["--due"])
    assert [each.command[1] for each in due] == ["--data", "--data"]
    assert all(each.command[-1] == "--due" for each in due)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("companies: []\n", "companies.yaml:1: companies: "),
        ("companies: [{folder: a, topic: [x]}]\n", "topic: unknown key. Did you mean 'topics'?"),
        ("companies: [{folder: x/a}, {folder: y/a}]\n", "would publish into one folder: a."),
        ("companies: [{folder: a}, {folder: ./a}]\n", "one stands there twice"),
    ],
)
def test_a_fault_of_the_list_is_named_before_anything_runs(tmp_path, text, said):
    with pytest.raises(CompanyError) as fault:
        tasks(listed(tmp_path, text), tmp_path)
    assert said in str(fault.value)


@pytest.mark.parametrize("on", ["", "local-cluster"])
def test_they_run_in_processes_or_on_a_cluster_and_a_broken_one_stops_no_other(tmp_path, on):
    todo = [Task(tmp_path / name, ("show", name)) for name in ("bounce_rate", "no_such", "leads")]
    done = {each.data.name: each for each in run_all(todo, on)}
    assert {name: each.code for name, each in done.items()} == {
        "bounce_rate": 0, "no_such": 2, "leads": 0,
    }  # fmt: skip
    assert done["no_such"].said.startswith("Unknown KPI 'no_such'")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a run goes on to its end")
@pytest.mark.parametrize("on", ["", "local-cluster"])
def test_what_a_killed_command_began_ends_with_it(tmp_path, on):
    """An orphan would hold its period against whoever runs the list again."""
    program = (
        "from pathlib import Path\n"
        "from kpilib.delivery.companies import Task, run_all\n"
        f"command = ('report', '--data', {str(SAMPLE)!r}, '--out', {str(tmp_path)!r})\n"
        "if __name__ == '__main__':\n"
        f"    list(run_all([Task(Path('a'), command)], {on!r}))\n"
    )
    (tmp_path / "several.py").write_text(program)
    parent = subprocess.Popen([sys.executable, tmp_path / "several.py"], start_new_session=True)
    assert _until(lambda: _running(tmp_path))
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert _until(lambda: not _running(tmp_path))


def _running(out: Path) -> bool:
    """Tell whether a report into a folder is being made."""
    found = (each.info["cmdline"] or [] for each in psutil.process_iter(["cmdline"]))
    return any("report" in line and str(out) in line for line in found)


def _until(true: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def test_a_company_whose_page_failed_says_why(monkeypatch, tmp_path):
    told = "[1/1] ...\nleads: failed. The data has faults: a.csv: no.\n5 of 9 KPIs could be\n"
    ran = subprocess.CompletedProcess([], 1, "", told)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ran)
    done = Task(tmp_path, ("report",)).done()
    assert done.said == "leads: failed. The data has faults: a.csv: no."


def test_a_command_that_was_killed_says_so(monkeypatch, tmp_path):
    killed = subprocess.CompletedProcess([], -9, "", "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: killed)
    done = Task(tmp_path, ("report",)).done()
    assert (done.code, done.said) == (-9, "It was killed (signal 9). Run it again.")


def test_a_place_that_is_none_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="write dask://HOST:PORT"):
        list(run_all([Task(tmp_path, ("kpis",))], "spark://x"))


def test_one_page_tells_state_finding_and_age_what_failed_first(tmp_path):
    for name in ("good", "old tired"):
        folder = publish(tmp_path / name.replace(" ", "-") / "2026-10", failed=False)
        told = folder / "run.json"
        told.write_text(
            told.read_text().replace('"month"', '"ended": "2026-11-04T07:00:00+00:00", "month"')
        )
    done = [
        Task(tmp_path / "good", (), 0),
        Task(tmp_path / "never", (), 2, "There is no <folder>."),
        Task(tmp_path / "old tired", (), 1, "The data has faults."),
    ]
    page = overview(done, tmp_path, "en", datetime(2026, 11, 14, 8, tzinfo=UTC)).read_text()
    order = [page.index(each) for each in ("There is no &lt;folder&gt;.", "The data has faults.")]
    good = page.index('<li class="ok">')
    assert max(order) < good
    assert "Fewer readers open" in page[good:]
    assert "made 10 days ago" in page[good:]
    assert 'href="good/2026-10/index.html"' in page[good:]
