"""What the warm process imports before the first notebook: all that a worker will need."""

from __future__ import annotations

from kpilib.report import layout, notebook, page, serve

__all__ = ["layout", "notebook", "page", "serve"]

layout.warm()
page.warm()
