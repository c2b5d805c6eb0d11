"""The wheels of a class kit: kpilib's own, and what it needs on every system, without a network."""

from __future__ import annotations

import platform
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from kpilib.errors import ReportError
from kpilib.saying import say

PACKAGE = Path(__file__).resolve().parents[1]
# System: what its markers say, and the tags of its wheels that pip is asked for.
SYSTEMS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "Windows": (
        {
            "sys_platform": "win32",
            "platform_system": "Windows",
            "os_name": "nt",
            "platform_machine": "AMD64",
        },
        ("win_amd64",),
    ),
    "macOS": (
        {
            "sys_platform": "darwin",
            "platform_system": "Darwin",
            "os_name": "posix",
            "platform_machine": "arm64",
        },
        ("macosx_14_0_arm64", "macosx_14_0_universal2"),
    ),
    "Linux": (
        {
            "sys_platform": "linux",
            "platform_system": "Linux",
            "os_name": "posix",
            "platform_machine": "x86_64",
        },
        ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64"),
    ),
}
USUAL = 9  # last number of the versions of Python that students have, where nothing is known
SOLVED = "kpilib/notebooks/lessons/"  # of a wheel
NOT_PACKED = ("INSTALLER", "REQUESTED", "RECORD", "direct_url.json")


def gather(folder: Path, pythons: tuple[str, ...]) -> list[str]:
    """Put wheels into a folder; return what the trainer should know.

    Parameters
    ----------
    folder : Path
    pythons : tuple of str
        Versions such as ``3.12``; none: kpilib's own wheel alone.

    Raises
    ------
    ReportError
        kpilib cannot be packed, or pip did not find something.
    """
    folder.mkdir(parents=True)
    _own(folder)
    _take_out_lessons(next(folder.glob("kpilib-*.whl")))
    if not pythons:
        return [
            say("Without --wheels, students need a network, or an environment that has kpilib.")
        ]
    for system, (marks, tags) in SYSTEMS.items():
        for python in pythons:
            _fetch(folder, needed({**marks, "python_version": python}), tags, python, system)
    size = sum(path.stat().st_size for path in folder.iterdir()) // 2**20
    count, systems = len(list(folder.iterdir())), ", ".join(SYSTEMS)
    return [
        say("{count} wheels, {size} MB, for {systems}.", count=count, size=size, systems=systems)
    ]


def needed(marks: dict[str, str]) -> list[str]:
    """Return what kpilib needs on a system: the versions that are installed here, by name.

    Packages that only another system needs are not installed here; they stand without a version.
    """
    from packaging.requirements import Requirement

    environment = {"python_full_version": whole(marks["python_version"]), **marks}
    found: dict[str, str] = {}
    waiting = [("kpilib", frozenset(), "")]
    met = set()
    while waiting:
        name, extras, asked = waiting.pop()
        if (name, extras) in met:
            continue
        met.add((name, extras))
        try:
            held = distribution(name)
        except PackageNotFoundError:
            found[name] = f"{name}{asked}"
            continue
        if name != "kpilib":
            found[name] = f"{name}=={held.version}"
        for line in held.requires or ():
            each = Requirement(line)
            if each.marker is None or any(
                each.marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras)
            ):
                plain = each.name.lower().replace("_", "-")
                waiting.append((plain, frozenset(each.extras), str(each.specifier)))
    return sorted(found.values())


def whole(python: str) -> str:
    """Return a version with its last number: some packages refuse the first ones of 3.11."""
    here = platform.python_version()
    return here if here.startswith(f"{python}.") else f"{python}.{USUAL}"


def _fetch(folder: Path, lines: list[str], tags: tuple[str, ...], python: str, system: str) -> None:
    asked = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder)]
    asked += ["--only-binary=:all:", "--implementation=cp", f"--python-version={whole(python)}"]
    asked += [word for tag in tags for word in ("--platform", tag)]
    failed = say(
        "The wheels for {system} and Python {python} could not be fetched:",
        system=system,
        python=python,
    )
    pinned = [line for line in lines if "==" in line]
    others = [line for line in lines if "==" not in line]  # what these need is not known here
    for each in (["--no-deps", *pinned], others):
        if each:
            _run([*asked, *each], failed)


def _run(asked: list[str | Path], failed: str, folder: Path | None = None) -> None:
    done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        told = done.stderr.strip()[-400:]
        raise ReportError(f"{failed} {told}")


def _own(folder: Path) -> None:
    """Pack kpilib: built from the repository, or put together again from what is installed."""
    if (PACKAGE.parent / "pyproject.toml").is_file():
        asked = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder.resolve()]
        _run(asked, say("kpilib could not be packed:"), PACKAGE.parent)
        return
    held = distribution("kpilib")
    with zipfile.ZipFile(
        folder / f"kpilib-{held.version}-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED
    ) as wheel:
        for name, content in _files(held):
            wheel.writestr(name, content)
        names = [*wheel.namelist(), f"kpilib-{held.version}.dist-info/RECORD"]
        wheel.writestr(names[-1], "".join(f"{name},,\n" for name in names))


def _files(held: Distribution) -> Iterator[tuple[str, bytes]]:
    for path in held.files or ():
        name = path.as_posix()
        if name.startswith("kpilib") and path.suffix != ".pyc" and path.name not in NOT_PACKED:
            yield name, path.read_binary()


def _take_out_lessons(wheel: Path) -> None:
    """Leave the lessons out of a wheel: they hold their solutions, and students have copies."""
    with zipfile.ZipFile(wheel) as packed:
        kept = [each for each in packed.infolist() if not each.filename.startswith(SOLVED)]
        contents = [(each, packed.read(each)) for each in kept]
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as packed:
        for each, content in contents:
            if each.filename.endswith(".dist-info/RECORD"):
                lines = content.decode().splitlines(keepends=True)
                content = "".join(line for line in lines if not line.startswith(SOLVED))
            packed.writestr(each, content)
