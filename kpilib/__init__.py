"""Monthly KPI reports for training companies.

``kl.open(folder)`` gives a company; ``company.evaluate(kpi, month)`` gives figures;
``kl.kpi(id)`` says what one means; ``kl.pick(objective)`` which one to follow;
``kl.page(topic, ...)`` and ``kl.scoreboard(...)`` are what notebooks are made of.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

try:
    __version__ = version("kpilib")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

# Public name to where it lives: nothing heavy is imported before it is used.
_PUBLIC = {
    "open": ("kpilib.opening", "open_company"),
    "kpi": ("kpilib.catalogue", "kpi"),
    "kpis": ("kpilib.catalogue", "kpis"),
    "page": ("kpilib.display.page", "page"),
    "scoreboard": ("kpilib.display.board", "scoreboard"),
    "brief": ("kpilib.display.brief", "brief"),
    "pick": ("kpilib.display.picker", "pick"),
    "KpilibError": ("kpilib.errors", "KpilibError"),
}

__all__ = [
    "KpilibError", "__version__", "brief", "kpi", "kpis", "open", "page", "pick", "scoreboard",
]  # fmt: skip


def __getattr__(name: str):
    if name not in _PUBLIC:
        raise AttributeError(f"module 'kpilib' has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__


class _Package(ModuleType):
    """Keeps ``kl.kpi`` the function: importing the room `kpilib.kpi` would put the room there."""

    @property
    def kpi(self):
        return __getattr__("kpi")

    @kpi.setter
    def kpi(self, room: ModuleType) -> None:
        """Take no notice: the import system binds a submodule to its package by its name."""


sys.modules[__name__].__class__ = _Package
