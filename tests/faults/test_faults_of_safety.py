"""Faults of configuration, run, output, privacy and security: what may run, be read and stay."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import time
import tomllib
from functools import cache
from pathlib import Path

import duckdb
import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from ruamel.yaml import YAML

import kpilib as kl
from kpilib.cli import commands
from kpilib.errors import CompanyError, ParameterError
from kpilib.memory import give_back
from kpilib.monthly import kernel, lock
from kpilib.monthly.job import Places
from kpilib.monthly.parameters import source_of
from kpilib.monthly.run import run
from kpilib.monthly.selection import select
from kpilib.sources import provenance
from tests.faults.desk import CANARY, MONTH, orders
from tests.monthly.standin import lay_out, open_company
from tests.monthly.test_monthly_run import command, files_of
from tests.sources.shop import KEY

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "kpilib").rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
ORDERS = "order_id,ordered_at,amount_ht,status", "A1,2026-10-05,10,paid", "A2,2026-10-31,20,paid"


@cache
def trees():
    return [
        (path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in MODULES
    ]


@pytest.mark.parametrize("topic", ["../../x", "/etc/passwd", "{{7*7}}", "a;b", "audience.html"])
def test_f62_no_topic_leads_anywhere(topic):
    with pytest.raises(ParameterError, match="Unknown topic"):
        select(ROOT / "notebooks", [topic])


def test_f65_whatever_kernel_a_notebook_names_ours_is_started(tmp_path):
    spec = kernel.Kernel(kernel_name="conda-env-x").kernel_spec

    assert spec.argv[0] == sys.executable and spec.argv[1:3] == ["-m", "ipykernel_launcher"]


def test_f68_figures_are_the_same_whoever_asks_and_wherever(desk, tmp_path):
    desk.table("orders", *ORDERS)
    asked = ["value", "revenue", "--month", MONTH, "--format", "json", "--data"]
    asked.append(str(desk.folder.resolve()))
    here = desk.runner.invoke(commands, asked).stdout
    elsewhere = {"LANG": "fr_FR.UTF-8", "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "2"}
    there = subprocess.run(
        [sys.executable, "-m", "kpilib", *asked], cwd=tmp_path, capture_output=True, check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | elsewhere,
    ).stdout.decode()  # fmt: skip

    assert here == there and json.loads(here)[0]["value"] == 30


def test_f77_without_a_fork_the_same_pages_come(tmp_path, monkeypatch):
    """As on Windows and macOS: each worker and kernel is a process begun anew."""
    folders = lay_out(tmp_path, "simple")
    warm, cold = (folders | {"out": tmp_path / name} for name in ("warm", "cold"))
    env = {**os.environ, "KPILIB_FORK": "0", "PYTHONPATH": str(ROOT)}
    anew = subprocess.Popen(command(cold), env=env, stderr=subprocess.PIPE, text=True)
    monkeypatch.setattr(kl, "open", open_company, raising=False)
    run(None, Places(**warm), langs=["en"])  # here: workers and kernels are forked
    said = anew.communicate()[1]
    made, again = files_of(warm["out"]), files_of(cold["out"])

    assert anew.returncode == 0, said
    assert made.keys() == again.keys()
    assert [name for name in made if made[name] != again[name]] == [
        "stand-in/2026-10/run.json"  # says when it ran
    ]


class TestOtherSystems:
    """Faults 68 and 77: what Windows does not have is not asked for, nor its encoding taken."""

    ELSEWHERE = {"fork", "setsid", "killpg", "register_at_fork", "pread", "pwrite", "getppid",
                 "fchmod", "geteuid", "WNOHANG", "sched_getaffinity", "SIGKILL", "SIGHUP",
                 "fcntl", "prctl"}  # fmt: skip
    # Where it is asked for only if it is there, on Linux, or where forks are safe.
    GUARDED = {f"kpilib/monthly/{name}.py" for name in ("ending", "kernel", "serve", "workers")}

    def test_modules_that_only_unix_has_are_imported_where_they_may_lack(self):
        for name, tree in trees():
            for node in tree.body:
                found = {each.name for each in getattr(node, "names", ())}
                assert not found & {"fcntl", "pwd", "grp", "resource", "termios", "pty"}, name

    def test_functions_that_only_unix_has_are_guarded(self):
        for name, tree in trees():
            used = {
                node.attr
                for node in ast.walk(tree)
                if isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in ("os", "signal")
            }
            assert name in self.GUARDED or not used & self.ELSEWHERE, (name, used)

    def test_every_text_file_is_opened_in_an_encoding_of_our_own(self):
        for name, tree in trees():
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
                called = getattr(call.func, "attr", getattr(call.func, "id", ""))
                told = {word.arg for word in call.keywords}
                texts = [each.value for each in call.args if isinstance(each, ast.Constant)]
                if called in ("read_text", "write_text"):
                    assert "encoding" in told or "utf-8" in texts, (name, call.lineno)
                if called == "open" and getattr(call.func, "value", None) is not None:
                    binary = any(isinstance(each, str) and "b" in each for each in texts)
                    ours = binary or "encoding" in told or not {"r", "w", "a"} & set(texts)
                    assert ours, (name, call.lineno)

    def test_everything_is_imported_without_what_only_unix_has(self):
        names = [
            ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for path in MODULES
            if path.name not in ("__main__.py", "__init__.py")
        ]
        code = f"""
import os, signal, sys
import multiprocessing.resource_tracker, subprocess, filelock, psutil, polars, pandas, papermill
import IPython, ipykernel.kernelapp, nbclient, jupyter_client, seaborn, scipy.stats, ipywidgets
for name in ("fcntl", "resource", "pwd", "grp"):
    sys.modules[name] = None
for name in ("fork", "setsid", "killpg", "register_at_fork", "pread", "pwrite"):
    delattr(os, name)
for name in ("SIGKILL", "SIGHUP"):
    delattr(signal, name)
import importlib
for name in {names}:
    importlib.import_module(name)
"""
        env = {**os.environ, "KPILIB_FORK": "0", "PYTHONPATH": str(ROOT)}
        res = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
        assert res.returncode == 0, res.stderr[-2000:]

    def test_no_name_of_a_file_is_one_that_windows_refuses(self):
        for path in (*MODULES, *NOTEBOOKS, *(ROOT / "tests").rglob("*.py")):
            assert not re.search(r'[<>:"|?*]|[. ]$', path.name)
            assert path.stem.upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}


def test_f84_two_kernels_read_one_company_and_forgotten_ones_end(desk):
    path = desk.folder / "acme.duckdb"
    with duckdb.connect(str(path)) as base:
        base.execute("create table orders as select 'A1' order_id, date '2026-10-05' ordered_at,"
                     " 10.0 amount_ht, 'paid' status")  # fmt: skip
    desk.settings("tables: acme.duckdb")
    here = kl.open(desk.folder).evaluate("revenue", MONTH)["value"]
    asked = ["value", "revenue", "--month", MONTH, "--format", "json", "--data", desk.folder]
    there = subprocess.run(
        [sys.executable, "-m", "kpilib", *asked], capture_output=True, check=True, cwd=ROOT
    )

    assert [*here] == [each["value"] for each in json.loads(there.stdout)] == [10.0]
    assert "cull_idle_timeout" in (ROOT / "kpilib" / "cli.py").read_text(encoding="utf-8")


def test_f105_a_column_that_nobody_asked_for_is_out_of_reach(desk):
    desk.table("absences", "absence_id,employee_id,start_at,end_at,hours,reason",
               f"1,e1,2026-10-05,2026-10-05,7,{CANARY}")  # fmt: skip
    res = desk.run("value", "absence_rate", "--month", MONTH, "--by", "reason")

    assert res.exit_code != 0 and CANARY not in res.output
    assert "reason" not in kl.open(desk.folder).table("absences")


class TestLogsOfFailures:
    """Fault 106: private, and not for ever."""

    def test_stay_for_thirty_days(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        for name, days in (("kpilib-old", 31), ("kpilib-new", 29), ("kpilib-other", 31)):
            place = tmp_path / name / "audience.en"
            place.mkdir(parents=True)
            (place / ("notes.txt" if name.endswith("other") else lock.LOG)).touch()
            os.utime(tmp_path / name, (time.time() - days * 86_400,) * 2)
        with lock.private() as work:
            assert work.stat().st_mode & 0o777 == 0o700

        assert {path.name for path in tmp_path.iterdir()} == {"kpilib-new", "kpilib-other"}


def test_f110_no_cell_and_no_module_shows_unescaped_html():
    for path in NOTEBOOKS:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                found = re.findall(
                    r"\.style\b|escape=False|HTML\(f|Markdown\(f|to_html", source_of(cell)
                )
                assert not found, path.name
    for name, tree in trees():
        raw = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.keyword)
            and node.arg in ("escape", "render_links", "autoescape")
            and getattr(node.value, "value", None) is (node.arg == "render_links")
        ]
        assert not raw, name


@pytest.mark.parametrize("evil", ["x' OR 1=1 --", "x'); DROP TABLE orders; --", 'x" OR "1"="1'])
def test_f114_a_value_is_a_value_on_every_engine(evil):
    rows = duckdb.sql(
        "select 'S' || range session_id, timestamp '2026-10-05 10:00' started_at,"
        f" case when range = 0 then {evil.replace(chr(39), chr(39) * 2).join([chr(39)] * 2)}"
        " else 'email' end channel from range(3)"
    )
    for given in (rows, rows.df()):
        data = kl.open({"sessions": given}, timezone="UTC", as_of="2026-10-31")
        one = data.evaluate("sessions", MONTH, where={"channel": [evil]})
        assert [*one["value"]] == [1]
        assert [*data.evaluate("sessions", MONTH)["value"]] == [3]


class TestNothingLeadsOutOfTheCompany:
    """Fault 115."""

    @pytest.fixture
    def outside(self, desk):
        desk.table("orders", *ORDERS)
        place = desk.folder.parent / "another"
        place.mkdir()
        (place / "leads.csv").write_text(f"lead_id,created_at\n{CANARY},2026-10-05\n")
        return place

    @pytest.mark.parametrize("tables", ["../another", "..", "/etc", "tables/../../another"])
    def test_tables(self, desk, outside, tables):
        desk.settings(f"tables: {tables}")
        for asked in (["check"], ["report"], ["import", desk.got(orders("10.00"))]):
            res = desk.run(*asked)
            assert res.exit_code == 2, res.output
            assert "leads out of the company's folder" in res.output

    @pytest.mark.parametrize("name", ["tables/leads.csv", "notes.csv", "notebooks"])
    def test_links(self, desk, outside, name):
        target = outside if name == "notebooks" else outside / "leads.csv"
        (desk.folder / name).symlink_to(target)

        with pytest.raises(CompanyError, match=f"{Path(name).name}: a link that leads out"):
            kl.open(desk.folder)

    def test_links_inside_and_exports_may_be_anywhere(self, desk, outside):
        (desk.folder / "exports").symlink_to(outside)
        (desk.folder / "data").mkdir()
        (desk.folder / "tables" / "orders.csv").rename(desk.folder / "data" / "orders.csv")
        (desk.folder / "tables" / "orders.csv").symlink_to("../data/orders.csv")

        assert desk.figure("revenue") == 30


@pytest.mark.parametrize("name", ["=cmd|calc.csv", "+1+1.csv", "-2.csv", "@sum(a1).csv"])
def test_f117_the_name_of_a_file_is_no_formula_in_the_list_of_imports(desk, name):
    desk.takes(desk.got(orders("10.00"), name))
    text = (desk.folder / provenance.FILE).read_text(encoding="utf-8")

    assert f"\n'{name}," in text
    assert [entry.file for entry in provenance.read(desk.folder)] == [name]
    assert "nothing to do" in desk.takes(desk.downloads / name)


class TestWorkflows:
    """Fault 119: what runs the code of strangers is given nothing, and is what was looked at."""

    PLACES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

    @pytest.mark.parametrize("path", PLACES, ids=lambda path: path.name)
    def test_read_is_all_there_is_and_actions_are_pinned(self, path):
        text = path.read_text(encoding="utf-8")
        told = YAML(typ="safe").load(text)

        assert told["permissions"] == {"contents": "read"}
        assert "pull_request_target" not in text
        for line in re.findall(r"uses: .*", text):
            pinned = re.fullmatch(r"uses: [\w/-]+@([0-9a-f]{40})  # v\d+(\.\d+)*", line)
            assert pinned or line.endswith("by tag: its commit could not be looked up"), line
        for job in told["jobs"].values():
            for step in job["steps"]:
                assert "${{ inputs" not in step.get("run", "")
                if step.get("uses", "").startswith("actions/checkout"):
                    kept = step["with"]["persist-credentials"]
                    assert kept is False or job.get("permissions") == {"contents": "write"}

    def test_the_month_keeps_the_ledger_and_the_pages_of_those_before(self, tmp_path):
        """Its own steps, on a repository of ours, with a command that only writes."""
        told = YAML(typ="safe").load((self.PLACES[1]).read_text(encoding="utf-8"))
        steps = {each.get("name"): each.get("run") for each in told["jobs"]["report"]["steps"]}
        program = tmp_path / "seed" / ".venv" / "bin" / "kpilib"
        program.parent.mkdir(parents=True)
        program.write_text(
            '#!/bin/sh\nmkdir -p "published/acme/$7"; echo "$7" >> published/acme/ledger.csv\n'
            'echo page > "published/acme/$7/index.html"\n'
        )
        program.chmod(0o700)

        def shell(line, where, **more):
            who = {f"GIT_{role}_{what}": "a@a.example" for role in ("AUTHOR", "COMMITTER")
                   for what in ("NAME", "EMAIL")}  # fmt: skip
            env = os.environ | who
            done = subprocess.run(["bash", "-e", "-c", line], cwd=where, env=env | more,
                                  capture_output=True, text=True)  # fmt: skip
            assert done.returncode == 0, done.stderr
            return done.stdout

        shell("git init -q . && git add --all && git commit -qm seed", tmp_path / "seed")
        shell("git clone -q --bare seed remote", tmp_path)
        for month in ("2026-09", "2026-10"):
            shell(f"git clone -q remote {month}", tmp_path)
            for name in ("Pages and ledger of earlier months", "Publish the month",
                         "Keep the pages and the ledger"):  # fmt: skip
                shell(steps[name], tmp_path / month, MONTH=month, DATA="data/acme")

        kept = shell("git ls-tree -r --name-only reports", tmp_path / "remote").split()
        assert kept == ["acme/2026-09/index.html", "acme/2026-10/index.html", "acme/ledger.csv"]
        ledger = shell("git show reports:acme/ledger.csv", tmp_path / "remote")
        assert ledger.split() == ["2026-09", "2026-10"]

    def test_only_notebooks_of_the_kit_and_of_the_company_run(self, tmp_path):
        (tmp_path / "01_audience.ipynb").symlink_to(NOTEBOOKS[0])
        (tmp_path / "student.ipynb").write_bytes(NOTEBOOKS[0].read_bytes())

        assert [each.path.name for each in select(tmp_path)] == ["01_audience.ipynb"]


def test_f120_no_label_is_taken_for_html_by_plotly():
    for name, tree in trees():
        imported = {
            alias.name.partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        assert not imported & {"plotly", "bokeh", "altair"}, name


def test_f121_versions_with_known_faults_are_not_allowed():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    bounds = {
        each.name: Version(next(iter(each.specifier)).version)
        for each in map(Requirement, told["project"]["dependencies"])
    }
    mended = {"nbconvert": "7.17.1", "jupyter-server": "2.21", "jupyterlab": "4.6.2",
              "mistune": "3.3.4"}  # fmt: skip

    assert all(bounds[name] >= Version(version) for name, version in mended.items())


def test_too_little_memory_is_said_at_once(desk):
    desk.table("orders", *ORDERS)
    asked = [sys.executable, "-m", "kpilib", "check", "--data", str(desk.folder)]
    res = subprocess.run(
        ["bash", "-c", 'ulimit -v 1000000; exec "$@"', "-", *asked],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip

    assert (res.returncode, res.stdout) == (1, "")
    assert res.stderr.startswith("kpilib: There is not enough memory: this process may use 1.0 GB")


def test_an_import_gives_back_what_is_free(desk, monkeypatch):
    """Polars keeps what it freed: it is told before it is loaded, unless the analyst said how."""
    export = desk.got(orders("10"))
    asked = ["import", str(export), "--data", str(desk.folder), "--again"]
    run = "from kpilib.cli import commands; commands(standalone_mode=False)"
    told = f"{run}; import os; print(os.environ['_RJEM_MALLOC_CONF'])"
    here = {name: each for name, each in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
    res = subprocess.run(
        [sys.executable, "-c", told, *asked],
        cwd=ROOT, capture_output=True, text=True, env={**here, "KPILIB_KEY": KEY},
    )  # fmt: skip
    monkeypatch.setenv("_RJEM_MALLOC_CONF", "muzzy_decay_ms:7")
    give_back()

    # Polars writes what it assumes before what it was told.
    assert res.stdout.splitlines()[-1].endswith(",dirty_decay_ms:100,muzzy_decay_ms:0")
    assert os.environ["_RJEM_MALLOC_CONF"] == "muzzy_decay_ms:7"
