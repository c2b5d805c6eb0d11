"""``python -m kpilib`` is the command line."""

from __future__ import annotations

from kpilib.cli import main

if __name__ == "__main__":
    main()
