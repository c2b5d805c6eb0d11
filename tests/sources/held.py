"""Files that are not on disk."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from kpilib.sources.decode import Content


@dataclass(frozen=True, kw_only=True)
class Held(Content):
    """A file whose bytes are at hand."""

    path: Path = Path()
    data: bytes

    def open(self) -> io.BytesIO:
        """Open the bytes from their beginning."""
        return io.BytesIO(self.data)
