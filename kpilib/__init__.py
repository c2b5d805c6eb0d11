"""Monthly KPI reports for training companies.

``kl.open(folder)`` gives a company; ``company.evaluate(kpi, month)`` gives figures;
``kl.kpi(id)`` says what one means; ``kl.page(topic, ...)`` is what notebooks are made of.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("kpilib")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

# Public name to where it lives: nothing heavy is imported before it is used.
_PUBLIC = {
    "open": ("kpilib.company", "open_company"),
    "kpi": ("kpilib.catalogue", "kpi"),
    "kpis": ("kpilib.catalogue", "kpis"),
    "page": ("kpilib.display.page", "page"),
    "KpilibError": ("kpilib.errors", "KpilibError"),
}

__all__ = ["KpilibError", "__version__", "kpi", "kpis", "open", "page"]


def __getattr__(name: str):
    if name not in _PUBLIC:
        raise AttributeError(f"module 'kpilib' has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
