"""Where a company's folder is, from where a notebook runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def place(data: Any) -> Any:
    """Return a company folder beside the notebook, or in a folder above it; else what was given."""
    if not isinstance(data, (str, Path)) or Path(data).is_absolute() or Path(data).is_dir():
        return data
    above = (folder / data for folder in Path.cwd().parents)
    return next((folder for folder in above if folder.is_dir()), data)
