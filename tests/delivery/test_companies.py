"""Companies of one list: what each is asked for, side by side, a broken one beside good ones."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace as Namespace
from urllib.parse import unquote

import psutil
import pytest
from click.testing import CliRunner

from kpilib.cli import commands
from kpilib.delivery.companies import Task, of_folders, overview, run_all, tasks
from kpilib.delivery.message import RECIPIENTS, Edition
from kpilib.errors import CompanyError, ParameterError
from kpilib.files import PART, about, part_of
from kpilib.monthly import lock, workers
from kpilib.monthly.owner import names_of, refuse_others, root_of
from kpilib.monthly.unchanged import made_of
from kpilib.settings import settings_of
from tests.delivery.published import publish

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def listed(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "companies.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def stand_in(monkeypatch, code: int = 0, says: str = "", told: dict | None = None) -> None:
    """Have a command end at once, and say something."""

    def begun(_target, given):
        _words, environment, log = given
        (told if told is not None else {}).update(environment)
        log.write_text(says)
        return Namespace(exitcode=code, join=lambda _: None)

    monkeypatch.setattr(workers, "begun", begun)


def test_several_folders_are_asked_for_the_same(tmp_path, monkeypatch):
    a, b = of_folders([tmp_path / "a", tmp_path / "b"], tmp_path / "out", ["2026-10", "--pdf"])
    same = ("--out", str(tmp_path / "out"), "--jobs", "1", "2026-10", "--pdf")

    assert a.command == ("report", "--data", str(tmp_path / "a"), *same)
    assert (a.name, b.name) == ("a", "b")
    asked = []
    monkeypatch.setattr(Task, "done", lambda task: asked.append(task.command) or task)
    words = ["report", "2026-10", "--data", "a", "--data", "b", "--topic", "leads", "--lang", "fr"]
    CliRunner().invoke(commands, [*words, "--out", str(tmp_path / "reports")])
    assert [each[2] for each in sorted(asked)] == [str(Path(name).resolve()) for name in "ab"]
    assert all(each[-5:] == ("2026-10", "--topic", "leads", "--lang", "fr") for each in asked)


def test_a_folder_that_is_named_twice_is_refused(tmp_path):
    with pytest.raises(CompanyError, match="--data: one stands there twice: a. Take one of them"):
        of_folders([tmp_path / "a", tmp_path / "a"], tmp_path)


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
    assert (a.out, a.recipients) == (tmp_path / "out", None)
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
        ("companies: [{folder: a}, {folder: ./a}]\n", "one stands there twice: a. Take one of"),
        ("companies: []\n", "companies.yaml:1: companies: found an empty list; write at least 1."),
        ("companies: [{folder: ''}]\n", "found ''; write the company's folder, seen from this"),
        ("companies: [{folder: a, where: {campus: []}}]\n", "write one column and its groups"),
        ("companies: [{folder: a, where: {campus: }}]\n", "write one column and its groups"),
        ("companies: [{folder: a, where: {campus: {x: y}}}]\n", "write one column and its groups"),
        (
            "companies: [{folder: x/a, out: one}, {folder: y/a, out: ./one}]\n",
            "would publish into one folder: a. Rename one of them, or say in out:",
        ),
        (
            "companies:\n- folder: a\n  out: https://kpi.acme.example\n",
            "companies.yaml:3: companies.#1.out: found an address; write the folder",
        ),
        (
            "defaults: {out: companies.yaml}\ncompanies: [{folder: a}]\n",
            "companies.yaml:1: defaults.out: 'companies.yaml' is a file; write a folder.",
        ),
        (
            "companies:\n- folder: a\n  recipients:\n  - {email: boss}\n",
            "companies.yaml:4: companies.#1.recipients.#1.email: found 'boss'; write one e-mail",
        ),
        (
            "companies:\n- folder: a\n  recipients:\n  - {emial: b@acme.example}\n",
            "recipients.#1.emial: unknown key. Did you mean 'email'?",
        ),
        (
            "companies:\n- folder: a\n- folder: b\n  recipients:\n"
            "  - {email: b@acme.example, audience: manager}\n",
            "companies.yaml:5: companies.#2.recipients.#1.audience: b: audience 'manager' of a "
            "recipient is none of audiences: managers, team. Did you mean 'managers'?",
        ),
        (
            "companies: [{folder: a, where: {campus: Lyon, team: x}}]\n",
            "companies.#1.where: write one column and its groups",
        ),
        (
            "companies: [{folder: a, where: {campus: Lyon}}, {folder: a-lyon}]\n",
            "would publish into one folder: a-lyon.",
        ),
        ("companies: [{folder: a, languages: [de]}]\n", "'de' is not a language of reports"),
        ("companies: [{folder: a, periods: ['2026-13']}]\n", "companies.#1.periods.#1: "),
    ],
)
def test_a_fault_of_the_list_is_named_before_anything_runs(tmp_path, text, said):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "company.yaml").write_text(
        "delivery: {audiences: {managers: [audience], team: [leads]}}\n"
    )
    with pytest.raises(CompanyError) as fault:
        tasks(listed(tmp_path, text), tmp_path)
    assert said in str(fault.value)


def test_a_period_that_is_named_twice_is_made_once(tmp_path):
    file = listed(tmp_path, "companies: [{folder: a, periods: ['2026-10', '2026-10']}]\n")
    assert len(tasks(file, tmp_path)) == 1


@pytest.mark.parametrize("option", ["--data", "--topic", "--where", "--lang", "--jobs"])
def test_what_the_list_says_itself_is_refused_beside_it(tmp_path, option):
    """It was taken, and nothing came of it: all topics of all companies ran."""
    value = {"--lang": "fr", "--jobs": "2", "--where": "campus=Lyon"}.get(option, "x")
    file = listed(tmp_path, "companies: [{folder: a}]\n")
    said = CliRunner().invoke(commands, ["report", "--companies", str(file), option, value])
    assert (said.exit_code, f"does not go with {option}: " in said.output) == (2, True)


def test_notebooks_of_a_command_line_are_those_of_every_company(tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr("kpilib.delivery.companies.tasks", lambda *asked: given.append(asked[2]))
    monkeypatch.setattr("kpilib.cli_report.several", lambda *_: 0)
    command = ["report", "--companies", "x.yaml", "--notebooks", str(tmp_path)]
    assert CliRunner().invoke(commands, command).exit_code == 0
    assert given == [["--notebooks", str(tmp_path)]]


def test_each_is_published_where_the_list_says_and_found_there_by_the_overview(tmp_path):
    """The overview lies in out/, one company's pages two folders away from it."""
    file = listed(
        tmp_path,
        "defaults: {out: shared}\ncompanies:\n- folder: a\n- {folder: x/a, out: 'own # 1'}\n",
    )
    shared, own = tasks(file, tmp_path / "out")
    assert (shared.out, own.out) == (tmp_path / "shared", tmp_path / "own # 1")
    assert own.command[3:5] == ("--out", str(tmp_path / "own # 1"))
    folder = publish(own.out / "a" / "2026-10", failed=False)
    told = json.loads((folder / "run.json").read_text())
    ended = {"ended": "2026-11-04T07:00:00+00:00"}
    (folder / "run.json").write_text(json.dumps({**told, **ended}))
    (folder / "month.pdf").write_bytes(b"%PDF-")
    path = overview([shared, own], tmp_path / "out")
    leads = re.findall(r'href="([^"#]+)"', path.read_text(encoding="utf-8"))
    assert leads == [
        "../own%20%23%201/a/2026-10/index.html",
        "../own%20%23%201/a/2026-10/month.pdf",
    ]
    assert {(path.parent / unquote(each)).resolve().parent for each in leads} == {folder}


def test_a_part_is_told_its_rows_and_published_beside_its_company(tmp_path):
    """Whole, one group and two: three folders, three names, none of which is another's."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "company.yaml").write_text("name: Acme\nformer_names: [Acme SA]\n")
    file = listed(
        tmp_path,
        "companies:\n- folder: a\n- {folder: a, where: {campus: Lyon}}\n"
        "- {folder: a, where: {campus: [Paris, 75]}}\n",
    )
    todo = tasks(file, tmp_path / "out")
    assert [[word for word in each.command if "--where" in word] for each in todo] == [
        [], ["--where=campus=Lyon"], ["--where=campus=Paris", "--where=campus=75"],
    ]  # fmt: skip
    found, prints = [], set()
    for each in todo:
        with about(each.data, each.where):
            prints.add(made_of(each.data, [], []))
            names = names_of(each.data, settings_of(each.data))
            found.append((root_of(each.out, each.data).name, names, part_of(each.data)))
        assert root_of(each.out, each.data, part=each.where).name == found[-1][0]
    assert PART not in os.environ
    assert found == [
        ("a", ("Acme", "Acme SA"), {}),
        ("a-lyon", ("Acme · Lyon", "Acme SA · Lyon"), {"campus": ["Lyon"]}),
        ("a-paris-75", ("Acme · Paris · 75", "Acme SA · Paris · 75"), {"campus": ["Paris", "75"]}),
    ]
    assert len(prints) == 3  # the pages of one never stand for those of another
    with pytest.raises(CompanyError):
        refuse_others(tmp_path / "out" / "a-lyon", found[1][1], {}, ["Acme"])


def test_recipients_of_the_list_stand_in_for_those_of_the_company(tmp_path, monkeypatch):
    """They reach its run in the environment: command lines are read by every user."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "company.yaml").write_text(
        "delivery: {sender: kpi@a.example, recipients: [{email: old@a.example}],"
        " audiences: {team: [leads]}}\n"
    )
    file = listed(
        tmp_path,
        "defaults: {send: true, recipients: [{email: all@a.example}]}\n"
        "companies:\n- folder: a\n"
        "  recipients: [{email: new@a.example, lang: fr, audience: team}]\n"
        "- folder: b\n- {folder: c, recipients: []}\n",
    )
    own, usual, none = tasks(file, tmp_path / "out")
    assert not any("@" in word for word in own.command) and "@" not in repr(own)
    told = {}
    stand_in(monkeypatch, told=told)
    found = []
    for each in (own, usual, none):
        told.clear()
        each.done()
        monkeypatch.setenv(RECIPIENTS, told[RECIPIENTS])
        delivery = Edition.of(tmp_path / "a", tmp_path / "out", "2026-10").delivery
        assert delivery.sender == "kpi@a.example"
        found.append([(to.email, to.lang, to.audience) for to in delivery.recipients])
    assert found == [[("new@a.example", "fr", "team")], [("all@a.example", None, "")], []]
    monkeypatch.setenv(RECIPIENTS, '[{"email": "new@a.example", "audience": "teams"}]')
    with pytest.raises(CompanyError, match="Did you mean 'team'"):  # changed since it was read
        Edition.of(tmp_path / "a", tmp_path / "out", "2026-10")


@pytest.mark.parametrize("on", ["", "local-cluster"])
def test_they_run_in_processes_or_on_a_cluster_and_a_broken_one_stops_no_other(tmp_path, on):
    todo = [
        Task(tmp_path / name, ("show", name), tmp_path)
        for name in ("bounce_rate", "no_such", "leads")
    ]
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
        f"    list(run_all([Task(Path('a'), command, Path('.'))], {on!r}))\n"
    )
    (tmp_path / "several.py").write_text(program)
    parent = subprocess.Popen([sys.executable, tmp_path / "several.py"], start_new_session=True)
    assert _until(lambda: any(tmp_path.glob("sample/.20*.lock")))  # its period is held
    began = psutil.Process(parent.pid).children(recursive=True)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert len(began) >= 3  # the warm process and what came from it
    assert _until(lambda: not any(each.is_running() for each in began))
    assert lock.free(next(tmp_path.glob("sample/.20*.lock")))


def _until(true: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def test_a_company_whose_page_failed_says_why(monkeypatch, tmp_path):
    told = "[1/1] ...\nleads: failed. The data has faults: a.csv: no.\n5 of 9 KPIs could be\n"
    stand_in(monkeypatch, 1, told)
    done = Task(tmp_path, ("report",), tmp_path).done()
    assert done.said == "leads: failed. The data has faults: a.csv: no."
    stand_in(monkeypatch, 1, "[1/1] leads en: no data\nleads: no data. There is none.\n")
    assert Task(tmp_path, ("report",), tmp_path).done().said == "leads: no data. There is none."
    stand_in(
        monkeypatch, 1, "leads\u00a0: échec. Cellule 3.\naudience\u00a0: pas de données. Rien.\n"
    )
    assert Task(tmp_path, ("report",), tmp_path).done().said == (
        "leads\u00a0: échec. Cellule 3. audience\u00a0: pas de données. Rien."
    )
    stand_in(monkeypatch, 1, "leads: failed. It broke.\nkpilib: Nothing was sent.\n")
    assert Task(tmp_path, ("report",), tmp_path).done().said == (
        "leads: failed. It broke. Nothing was sent."
    )


def test_a_command_that_was_killed_says_so(monkeypatch, tmp_path):
    stand_in(monkeypatch, -9)
    done = Task(tmp_path, ("report",), tmp_path).done()
    assert (done.code, done.said) == (-9, "It was killed (signal 9). Run it again.")


def test_a_place_that_is_none_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="write dask://HOST:PORT"):
        list(run_all([Task(tmp_path, ("kpis",), tmp_path)], "spark://x"))


def test_one_page_tells_state_finding_and_age_what_failed_first(tmp_path):
    for name in ("good", "old tired"):
        folder = publish(tmp_path / name.replace(" ", "-") / "2026-10", failed=False)
        told = folder / "run.json"
        told.write_text(
            told.read_text().replace('"month"', '"ended": "2026-11-04T07:00:00+00:00", "month"')
        )
    done = [
        Task(tmp_path / "good", (), tmp_path, code=0),
        Task(tmp_path / "never", (), tmp_path, code=2, said="There is no <folder>."),
        Task(tmp_path / "old tired", (), tmp_path, code=1, said="The data has faults."),
    ]
    page = overview(done, tmp_path, datetime(2026, 11, 14, 8, tzinfo=UTC)).read_text()
    order = [page.index(each) for each in ("There is no &lt;folder&gt;.", "The data has faults.")]
    good = page.index('<li class="ok">')
    assert max(order) < good
    assert "Fewer readers open" in page[good:]
    assert "made 10 days ago" in page[good:]
    later = overview(done, tmp_path, datetime(2026, 11, 5, 8, tzinfo=UTC)).read_text()
    assert "made yesterday" in later
    assert 'href="good/2026-10/index.html"' in page[good:]


def test_the_page_of_all_is_in_the_language_that_most_of_them_are_published_in(tmp_path):
    for name, lang in (("a", "fr"), ("b", "fr"), ("c", "en")):
        folder = publish(tmp_path / name / "2026-10", failed=False)
        told = json.loads((folder / "run.json").read_text())
        told |= {"languages": [lang], "ended": "2026-11-04T07:00:00+00:00"}
        (folder / "run.json").write_text(json.dumps(told))
    a, b, c = (Task(tmp_path / name, (), tmp_path, code=0) for name in "abc")
    assert "<h1>Entreprises</h1>" in overview([a, b, c], tmp_path).read_text("utf-8")
    assert "<h1>Companies</h1>" in overview([a, c, c], tmp_path).read_text("utf-8")


def test_the_page_of_all_says_that_of_many_parts_the_largest_alone_show_people(tmp_path):
    whole, part = (
        Task(tmp_path / "a", (), tmp_path),
        Task(tmp_path, (), tmp_path, where={"x": ["y"]}),
    )
    said = "Figures about people are shown of the 12 largest parts at most:"
    assert said not in overview([whole], tmp_path).read_text("utf-8")
    assert said in overview([whole, part], tmp_path).read_text("utf-8")
