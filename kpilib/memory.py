"""Whether there is memory enough, said before libraries end the process; how rubbish is found."""

from __future__ import annotations

import gc
import os

try:
    import resource
except ImportError:  # Windows limits no single process
    resource = None

GIGABYTE = 1 << 30
# Of addresses, most of them never written: each thread of the libraries that compute asks for its
# own, and there is one a core. With less they abort, or wait for ever for a thread.
NEEDED, A_CORE = 4 * GIGABYTE, GIGABYTE // 2
# How the allocator of Polars is told, before it is loaded, to give back what is free.
ALLOCATOR, AT_ONCE = "_RJEM_MALLOC_CONF", "dirty_decay_ms:100,muzzy_decay_ms:0"
SELDOM = 50_000, 20, 50  # objects and rounds, where Python has 700, 10 and 10


def give_back() -> None:
    """Have memory that is free returned at once: else a long import ends with all it ever held.

    Only before Polars is loaded; what the analyst set stays.
    """
    os.environ.setdefault(ALLOCATOR, AT_ONCE)


def look_seldom() -> None:
    """Look for rubbish in circles less often: that took a tenth of a command, which ends soon."""
    gc.set_threshold(*SELDOM)


def shortage() -> str:
    """Say that this process may not use as much memory as it needs; empty when it may."""
    if resource is None:
        return ""
    granted, _ = resource.getrlimit(resource.RLIMIT_AS)
    needed = NEEDED + A_CORE * (os.cpu_count() or 1)
    if granted == resource.RLIM_INFINITY or granted >= needed:
        return ""
    return (
        f"There is not enough memory: this process may use {granted / GIGABYTE:.1f} GB, and needs "
        f"{needed / GIGABYTE:.1f} GB of addresses on this machine. Raise the limit (ulimit -v)."
    )
