"""Twenty answers that nobody expects; none may make an exercise fail."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd


def silly() -> list[object]:
    """Return them; each is asked of every exercise."""
    return [
        "", "a third", "1/0", "12 %%", "9" * 400, None, True, float("nan"), float("inf"),
        123456, -10**400, Decimal("NaN"), Fraction(1, 7919), 1j, [], [1, [2, [3]]], {"a": object()},
        {}, object(), print, pd.Series(dtype=float), pd.Series([None, "x"]), pd.DataFrame(),
        pd.DataFrame({"a": [1, 2], "b": ["x", [3]]}), pd.DataFrame([[1, 2]], columns=["a", "a"]),
        np.zeros((2, 2)), np.array("x"), plt.figure(), plt.figure().subplots(2, 2), pd.NaT, pd.NA,
    ]  # fmt: skip
