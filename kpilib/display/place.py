"""Where a company's folder is, from where a notebook runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def place(data: Any, here: Path | None = None) -> Any:
    """Return a company folder beside the notebook, or in a folder above it; else what was given.

    The notebook is in the working folder, or `here`.
    """
    here = here or Path()
    if not isinstance(data, (str, Path)) or Path(data).is_absolute():
        return data
    if (here / data).is_dir():
        return here / data if here != Path() else data
    above = (folder / data for folder in here.resolve().parents)
    return next((folder for folder in above if folder.is_dir()), data)
