"""What the warm process imports before the first notebook: all that workers and kernels need.

Imported only, never used: a library that has begun to compute may hold threads that a fork loses.
"""

# ruff: noqa: E402, F401
from __future__ import annotations

import gc
import sys

gc.disable()  # nothing of this becomes rubbish
# Nobody debugs a report: without this package, which ipykernel looks for, a kernel starts in half
# the time.
sys.modules.setdefault("debugpy", None)

import ipykernel.debugger
import ipykernel.kernelapp
import IPython.core.debugger  # the one of Python, which every shell has
import matplotlib.backends.backend_svg
import matplotlib_inline.backend_inline
import narwhals._arrow.dataframe  # what frames are asked through, else imported by each kernel
import narwhals._polars.dataframe
import nbformat
import pandas
import pyarrow.pandas_compat
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
from kpilib.memory import look_seldom
from kpilib.monthly import layout, notebook, page, workers
from kpilib.show import pages
from kpilib.topics.catalogue import catalogue

pandas.options.mode.string_storage = "python"  # of tables as small as a page's, the faster one
catalogue()
layout.warm()
page.warm()
pages.warm()
nbformat.validate(nbformat.v4.new_notebook())  # makes the grammar of notebooks

# What is here stays: a kernel that looked through it for rubbish would copy all of it.
gc.enable()
gc.freeze()
look_seldom()
