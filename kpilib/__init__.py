"""Monthly KPI reports for training companies.

``kl.open(folder)`` gives a company; ``company.evaluate(kpi, month)`` gives figures;
``kl.kpi(id)`` says what one means; ``kl.pick(objective)`` which one to follow;
``kl.judge(sentence)`` whether an objective says enough;
``kl.report(topic, ...)`` and ``kl.plot`` are what notebooks are made of.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpilib.definitions import Kpi

try:
    __version__ = version("kpilib")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

# Public name to where it lives: nothing heavy is imported before it is used.
_PUBLIC = {
    "open": ("kpilib.opening", "open_company"),
    "kpi": ("kpilib.topics.catalogue", "kpi"),
    "kpis": ("kpilib.topics.catalogue", "kpis"),
    "report": ("kpilib.show.opened", "report"),
    "plot": ("kpilib.show.plot", ""),
    "across": ("kpilib.show.tables", "across"),
    "drivers": ("kpilib.answers.waves", "drivers"),
    "table": ("kpilib.show.tables", "table"),
    "off": ("kpilib.show.figure", "off"),
    "ratio": ("kpilib.answers.own", "ratio"),
    "total": ("kpilib.answers.own", "total"),
    "lags": ("kpilib.methods.event_study", "lags"),
    "sensitivity": ("kpilib.training.paid", "sensitivity"),
    "training_arms": ("kpilib.training.arms", "training_arms"),
    "training_chain": ("kpilib.training.chain", "training_chain"),
    "training_course": ("kpilib.training.arms", "training_course"),
    "training_goals": ("kpilib.training.goals", "training_goals"),
    "improvements": ("kpilib.training.versions", "improvements"),
    "what_next": ("kpilib.training.proof", "what_next"),
    "intangibles": ("kpilib.training.paid", "intangibles"),
    "training_ways": ("kpilib.training.ways", "training_ways"),
    "training_differences": ("kpilib.training.ways", "training_differences"),
    "brief": ("kpilib.show.brief", "brief"),
    "fixed_effects": ("kpilib.methods.panel", "fixed_effects"),
    "pick": ("kpilib.show.choice", "pick"),
    "judge": ("kpilib.show.judged", "judge"),
    "sentiment": ("kpilib.texts.learned", "sentiment"),
    "mentions": ("kpilib.methods.mentions", "mentions"),
    "influencers": ("kpilib.methods.mentions", "influencers"),
    "KpilibError": ("kpilib.errors", "KpilibError"),
}
# Those that give definitions, or lead to some.
_SHOWN_AS_CARD = ("kpi", "ratio", "total", "open", "report")

__all__ = [
    "KpilibError", "__version__", "across", "brief", "drivers", "fixed_effects", "improvements",
    "influencers", "intangibles", "judge", "kpi", "kpis", "lags", "mentions", "off", "open", "pick",
    "plot", "ratio", "report", "sensitivity", "sentiment", "table", "total", "training_arms",
    "training_chain", "training_course", "training_differences", "training_goals", "training_ways",
    "what_next",
]  # fmt: skip


def __getattr__(name: str):
    if name not in _PUBLIC:
        raise AttributeError(f"module 'kpilib' has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    found = import_module(module)
    if name in _SHOWN_AS_CARD:
        from kpilib.definitions import Kpi

        Kpi.card = _card
    return getattr(found, attribute) if attribute else found


def _card(definition: Kpi) -> str:
    """Return the card that a notebook shows; a definition itself knows nothing of pages."""
    from kpilib.language import here
    from kpilib.show.pages import card_html

    return card_html(definition, definition.lang or here())


def __dir__() -> list[str]:
    return __all__
