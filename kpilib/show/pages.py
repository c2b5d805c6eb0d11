"""Templates: the only place where HTML is written."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from kpilib.display.numbers import reader


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("kpilib.show", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def style(name: str) -> str:
    """Return a style sheet that stands beside the templates."""
    return _templates().get_template(name).render()


def fill(template: str, **slots: Any) -> str:
    """Fill a template for the reader; strings from data are escaped by Jinja."""
    write = reader()
    return _templates().get_template(template).render(write=write, say=write.say, **slots)
