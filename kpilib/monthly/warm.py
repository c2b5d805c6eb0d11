"""What the warm process imports before the first notebook: all that workers and kernels need.

Imported only, never used: a library that has begun to compute may hold threads that a fork loses.
"""

# ruff: noqa: E402, F401
from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path

gc.disable()  # nothing of this becomes rubbish
# Nobody debugs a report: without this package, which ipykernel looks for, a kernel starts in half
# the time.
sys.modules.setdefault("debugpy", None)

import ipykernel.debugger
import ipykernel.kernelapp
import IPython.core.debugger  # the one of Python, which every shell has
import matplotlib.backends.backend_svg
import matplotlib_inline.backend_inline
import nbformat
import ruamel.yaml
import scipy.stats
import seaborn
import tornado.platform.asyncio

import kpilib.answers.evaluate
import kpilib.answers.own
import kpilib.objectives.okr_answers
import kpilib.show.board
import kpilib.show.opened
import kpilib.show.plot
from kpilib.errors import KpilibError
from kpilib.monthly import layout, notebook, page, workers
from kpilib.monthly.job import COMPANY
from kpilib.objectives.plan import read_plan
from kpilib.settings import Settings
from kpilib.topics.catalogue import catalogue
from kpilib.yaml_file import read_yaml

catalogue()
layout.warm()
page.warm()
nbformat.validate(nbformat.v4.new_notebook())  # makes the grammar of notebooks

# YAML with the line of each key takes long, and every page asks for the plan. Faults are the run's
# to tell: it reads the files too.
if os.environ.get(COMPANY):
    with suppress(KpilibError, OSError):
        place = Path(os.environ[COMPANY])
        read_plan(place, read_yaml(place / "company.yaml", Settings).currency)

# What is here stays: a kernel that looked through it for rubbish would copy all of it.
gc.enable()
gc.freeze()
