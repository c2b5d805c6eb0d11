"""pyproject.toml, environment.yml and requirements.lock name the same packages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]

# Packages that conda-forge publishes under another name than the Python package index.
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "jupyter-client": "jupyter_client",
    "jupyter-server": "jupyter_server",
    "matplotlib": "matplotlib-base",
    "nbconvert": "nbconvert-core",
    "seaborn": "seaborn-base",
}
# Extras that environment.yml names in a comment: large, and needed by few.
OPTIONAL = {"spark"}


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def environment():
    return (ROOT / "environment.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def lock():
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def spark_lock():
    return (ROOT / "requirements-spark.lock").read_text(encoding="utf-8")


def declared(project, *, optional):
    """Requirements as conda writes them: of the optional extras, or of all the rest."""
    extras = project["project"]["optional-dependencies"]
    lines = [line for name in extras if (name in OPTIONAL) == optional for line in extras[name]]
    if not optional:
        lines += project["project"]["dependencies"] + project["dependency-groups"]["build"]
        lines.append("python" + project["project"]["requires-python"])
    return {str(conda_requirement(line)) for line in lines}


def conda_requirement(line):
    req = Requirement(line)
    req.name = CONDA_NAMES.get(str(canonicalize_name(req.name)), req.name)
    return req


def listed(text):
    """Requirements of a parsed environment.yml, without the line that installs kpilib itself."""
    for entry in YAML(typ="safe").load(text)["dependencies"]:
        for line in entry["pip"] if isinstance(entry, dict) else [entry]:
            if not line.startswith("-"):
                yield str(Requirement(line))


class TestCondaEnvironment:
    def test_same_packages_and_bounds(self, project, environment):
        res = list(listed(environment))

        assert len(res) == len(set(res)), "a package is listed twice"
        assert set(res) == declared(project, optional=False)

    def test_optional_extras_are_named_in_comments(self, project, environment):
        res = re.findall(r"^  # - (\S+)  # \w+", environment, flags=re.M)

        assert {str(Requirement(line)) for line in res} == declared(project, optional=True)

    def test_every_package_says_who_needs_it(self, environment):
        packages = re.findall(r"^ +(?:# )?- ((?:--)?[a-z].*[>.].*)$", environment, flags=re.M)

        assert len(packages) > 30
        assert [line for line in packages if not re.search(r"  # \w.{10}", line)] == []

    def test_conda_names_are_still_needed(self, project):
        req = declared(project, optional=False) | declared(project, optional=True)

        assert set(CONDA_NAMES.values()) <= {Requirement(line).name for line in req}

    def test_extras_ask_for_one_bound_a_package(self, project):
        bounds = {}
        for lines in project["project"]["optional-dependencies"].values():
            for req in map(Requirement, lines):
                bounds.setdefault(req.name, set()).add(str(req.specifier))

        assert {name: found for name, found in bounds.items() if len(found) > 1} == {}


class TestLock:
    PIN = re.compile(r"^([a-z0-9-]+)==(\S+)(?: ; ([^\\]+))? \\$")
    HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")

    def test_holds_pins_and_hashes_only(self, lock):
        grammar = (self.PIN, self.HASH)
        res = [line for line in lock.splitlines() if not any(rule.match(line) for rule in grammar)]

        assert res == []

    @pytest.mark.parametrize("word", ["://", "index-url", "find-links", "file:", "git+", "@"])
    def test_holds_no_address(self, lock, word):
        assert word not in lock

    def test_every_pin_has_a_hash(self, lock):
        lines = lock.splitlines()
        res = [
            line
            for line, after in zip(lines, lines[1:], strict=False)
            if self.PIN.match(line) and not self.HASH.match(after)
        ]

        assert res == []

    def test_every_direct_dependency_is_pinned_within_its_bound(self, project, lock):
        pins = {}
        for name, version, _ in (m.groups() for m in map(self.PIN.match, lock.splitlines()) if m):
            pins.setdefault(name, []).append(Version(version))
        lines = [
            *project["project"]["dependencies"],
            *project["project"]["optional-dependencies"]["test"],
            *project["dependency-groups"]["build"],
        ]
        res = [
            line
            for line in lines
            for req in [Requirement(line)]
            if not pins.get(str(canonicalize_name(req.name)))
            or not all(pin in req.specifier for pin in pins[str(canonicalize_name(req.name))])
        ]

        assert res == []

    def test_is_whole_so_that_pip_takes_it_and_make_leaves_out_what_slows_every_import(self, lock):
        make = (ROOT / "Makefile").read_text(encoding="utf-8")

        assert "\nrfc3987-syntax==" in lock  # what jsonschema[format-nongpl] asks for
        assert "sed '/^rfc3987-syntax==/" in make

    def test_build_needs_nothing_beyond_the_lock(self, project):
        assert set(project["build-system"]["requires"]) <= set(
            project["dependency-groups"]["build"]
        )


class TestSparkLock:
    """PySpark is locked apart: few need it, it weighs half a gigabyte and is built from source."""

    def test_holds_the_extra_and_what_builds_it_with_hashes(self, project, spark_lock):
        found = [TestLock.PIN.match(line) for line in spark_lock.splitlines()]
        pins = {pin[1]: Version(pin[2]) for pin in found if pin}
        group = project["dependency-groups"]["spark"]
        others = [line for line in spark_lock.splitlines() if not TestLock.PIN.match(line)]

        assert set(project["project"]["optional-dependencies"]["spark"]) <= set(group)
        assert all(pins[req.name] in req.specifier for req in map(Requirement, group))
        assert all(TestLock.HASH.match(line) for line in others)

    def test_shares_no_package_with_the_other_lock(self, lock, spark_lock):
        named, others = (
            {pin[1] for pin in map(TestLock.PIN.match, text.splitlines()) if pin}
            for text in (lock, spark_lock)
        )

        assert others and named & others == set()


def test_dependencies_have_lower_bounds_only(project):
    extras = project["project"]["optional-dependencies"].values()
    lines = [*project["project"]["dependencies"], *(line for extra in extras for line in extra)]
    res = [
        line for line in lines if [part.operator for part in Requirement(line).specifier] != [">="]
    ]

    assert res == []
