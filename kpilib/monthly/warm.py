"""What the warm process imports before the first notebook: all that workers and kernels need.

Imported only, never used: a library that has begun to compute may hold threads that a fork loses.
"""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from pathlib import Path

import ipykernel.kernelapp  # noqa: F401  for kernels that are forked
import matplotlib.backends.backend_svg  # noqa: F401
import matplotlib_inline.backend_inline  # noqa: F401
import ruamel.yaml  # noqa: F401
import scipy.stats  # noqa: F401
import seaborn  # noqa: F401

import kpilib.answers.evaluate  # noqa: F401
import kpilib.objectives.okr_answers  # noqa: F401
import kpilib.show.board  # noqa: F401
import kpilib.show.opened  # noqa: F401
import kpilib.show.plot  # noqa: F401
from kpilib.errors import KpilibError
from kpilib.monthly import layout, notebook, page, serve
from kpilib.monthly.job import COMPANY
from kpilib.objectives.plan import read_plan
from kpilib.settings import Settings
from kpilib.topics.catalogue import catalogue
from kpilib.yaml_file import read_yaml

__all__ = ["layout", "notebook", "page", "serve"]

catalogue()
layout.warm()
page.warm()

# YAML with the line of each key takes long, and every page asks for the plan. Faults are the run's
# to tell: it reads the files too.
if os.environ.get(COMPANY):
    with suppress(KpilibError, OSError):
        place = Path(os.environ[COMPANY])
        read_plan(place, read_yaml(place / "company.yaml", Settings).currency)

# What is here stays: a kernel that looked through it for rubbish would copy all of it.
gc.collect()
gc.freeze()
