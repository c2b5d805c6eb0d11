"""Random generators: one for each domain, all from one readable phrase."""

from __future__ import annotations

import numpy as np

PHRASE = "sixty people who train others, from september to october"


def generator(domain: str) -> np.random.Generator:
    """Return the generator of a domain.

    Each domain has its own stream: a change in one leaves the tables of the others as they were.
    """
    return np.random.default_rng([*PHRASE.encode(), 0, *domain.encode()])
