"""Time the sentiment of 13,000 short texts beside finding their words alone."""

from __future__ import annotations

import time

import pandas as pd

from kpilib.texts.sentiment import lexicons, said_in
from tests.texts.test_sentiment import CORPUS

TIMES = 1_000


def main() -> None:
    """Print both times, and how many times longer it takes to tell what texts say."""
    bodies = pd.Series([f"{body} {number}" for number in range(TIMES) for body, _ in CORPUS])
    start = time.process_time()
    bodies.str.findall(r"\w+")
    words = time.process_time() - start
    every, start = lexicons(), time.process_time()
    for body in bodies:
        said_in(body, every)
    tones = time.process_time() - start
    print(f"{len(bodies):,} texts: words {words:.2f} s, sentiment {tones:.2f} s of CPU")
    print(f"  sentiment / words  {tones / words:.0f}")


if __name__ == "__main__":
    main()
