"""What the warm process imports before the first notebook: all that workers and kernels need.

Imported only, never used: a library that has begun to compute may hold threads that a fork loses.
"""

from __future__ import annotations

import ipykernel.kernelapp  # noqa: F401  for kernels that are forked

import kpilib.evaluate  # noqa: F401
import kpilib.methods.participation
import kpilib.methods.returns
import kpilib.methods.survey
import kpilib.methods.training  # noqa: F401
from kpilib.monthly import layout, notebook, page, serve

__all__ = ["layout", "notebook", "page", "serve"]

layout.warm()
page.warm()
