"""kpilib as pip installs it: the wheel, in an environment that the repository is not part of."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def install(folder: Path) -> None:
    """Build the wheel, make an environment, and have pip install the one into the other.

    What kpilib needs is that of the tests, which the environment finds behind its own packages: no
    index is asked, and yet metadata, command and files of data are those that pip has written.
    """
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist"]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    venv.create(folder / "env", symlinks=os.name != "nt")
    place = Place(folder, folder)
    (place.site / "of_the_tests.pth").write_text(sysconfig.get_path("purelib"))
    done = place.pip("install", "--no-index", "--no-deps", place.wheel)
    assert done.returncode == 0, done.stderr


class Place:
    """A desk of its own, where that environment is all there is."""

    def __init__(self, installed: Path, desk: Path) -> None:
        self.folder = desk
        [self.wheel] = (installed / "dist").glob("*.whl")
        self.home = installed / "env"
        paths = {"base": str(self.home), "platbase": str(self.home)}
        self.bin = Path(sysconfig.get_path("scripts", "venv", vars=paths))
        self.site = Path(sysconfig.get_path("purelib", "venv", vars=paths))
        self.python = self.bin / Path(sys.executable).name

    def pip(self, *words: object) -> subprocess.CompletedProcess:
        """Have pip do something to the environment."""
        asked = [sys.executable, "-m", "pip", "--python", self.python, *map(str, words)]
        return subprocess.run(asked, cwd=self.folder, env=self.env, capture_output=True, text=True)

    @property
    def env(self) -> dict[str, str]:
        """What the shell knows; nothing that leads to the repository."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        share = Path(sys.prefix, "share", "jupyter")  # what Jupyter keeps beside its packages
        return kept | {"KPILIB_KEY": "for tests, not a secret", "JUPYTER_PATH": str(share)}

    def run(self, *words: object, **changed: str) -> str:
        """Type a command, in a shell that knows something else too; it has to go well."""
        asked, env = [self.bin / "kpilib", *map(str, words)], self.env | changed
        done = subprocess.run(asked, cwd=self.folder, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
