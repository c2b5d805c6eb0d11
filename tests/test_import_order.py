"""The rooms of the package import downwards only, and nothing turns in a circle."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "kpilib"

# From the bottom room to the top: a room imports itself and those before it.
ORDER = """
errors memory language saying files sheet period yaml_file moment assumptions texts tables measure
definitions engine methods topics settings answers objectives company completion opening sources
health display labels training show monthly copies lesson starting delivery
cli_options cli_import cli_value cli_delivery cli_class cli_report cli __main__ __init__
""".split()

# Imports inside a function that reach upwards: made when they run, not when the room is entered.
EXEMPT = {
    ("answers", "health"): "what was imported says which tables are estimates",
    ("cli", "__init__"): "a command opens a company as a reader does, and only when it needs one",
    ("cli_value", "__init__"): "the same",
    ("delivery", "__init__"): "the same",
    ("monthly", "__init__"): "the same",
}


ROOMS = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def room(module):
    """The room of a module: kpilib.topics.audience is in topics."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports(path):
    """Imported modules of the package, and whether the import waits inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    waiting = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    never = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in never:  # for names of types alone: not made when anything runs
            continue
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are written in full"
            found = [node.module]
            if node.module == "kpilib":
                found = [
                    f"kpilib.{alias.name}" if alias.name in ROOMS else "kpilib"
                    for alias in node.names
                ]
        elif isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        else:
            continue
        yield from ((name, node in waiting) for name in found if name.split(".")[0] == "kpilib")


@cache
def found():
    return [
        (module, target, waits) for module, path in modules() for target, waits in imports(path)
    ]


def test_every_room_has_its_place():
    strays = {room(module) for module, _ in modules()} - set(ORDER)

    assert strays == set()


def test_no_room_imports_a_later_one():
    wrong = [
        f"{module} imports {target}"
        for module, target, waits in found()
        if not waits and ORDER.index(room(target)) > ORDER.index(room(module))
    ]

    assert wrong == []


def test_an_import_that_waits_in_a_function_reaches_up_only_with_a_reason():
    wrong = [
        f"{module} imports {target}"
        for module, target, waits in found()
        if waits
        and ORDER.index(room(target)) > ORDER.index(room(module))
        and (room(module), room(target)) not in EXEMPT
    ]

    assert wrong == []


def test_no_reason_outlives_its_import():
    used = {(room(module), room(target)) for module, target, waits in found() if waits}

    assert set(EXEMPT) <= used


def test_modules_are_not_in_a_circle():
    known = {module for module, _ in modules()}
    graph = {module: set() for module in known}
    for module, target, waits in found():
        if target not in known:  # a name inside a module
            target = target.rpartition(".")[0]
        if not waits and target != module:
            graph[module].add(target)

    assert list(TopologicalSorter(graph).static_order())  # raises CycleError with the circle


@pytest.mark.parametrize("name", ["utils", "util", "helpers", "helper", "common", "misc", "tools"])
def test_there_is_no_drawer(name):
    assert [str(path) for path in PACKAGE.rglob(f"*{name}*.py")] == []


def test_files_stay_short():
    long = {
        str(path.relative_to(PACKAGE)): lines
        for path in PACKAGE.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 450
    }

    assert long == {}


def test_a_topic_declares_and_does_not_divide():
    dividing = [
        path.name
        for path in (PACKAGE / "topics").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv)
    ]

    assert dividing == []


def test_topics_know_definitions_and_methods_only():
    known = ("definitions", "measure", "methods", "topics")
    wrong = [
        f"{module} imports {target}"
        for module, target, _ in found()
        if room(module) == "topics"
        and room(target) not in known
        and module != "kpilib.topics.catalogue"
    ]

    assert wrong == []
