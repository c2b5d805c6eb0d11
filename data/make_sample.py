"""Write the tables of the sample company: `python data/make_sample.py [--out FOLDER]`.

The same seed gives the same bytes. `data/README.md` says what the tables hold and what there is to
find in them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sample_company.build import build
from sample_company.tables import write_tables

DEFAULT = Path(__file__).parent / "sample" / "tables"


def main() -> None:
    """Draw the company and write its tables."""
    parser = argparse.ArgumentParser(description="Write the tables of the sample company.")
    parser.add_argument(
        "--out", type=Path, default=DEFAULT, help="folder of the tables (default: %(default)s)"
    )
    folder = parser.parse_args().out
    tables = build()
    write_tables(tables, folder)
    for name, table in tables.items():
        size = (folder / f"{name}.parquet").stat().st_size
        print(f"{name:22} {table.height:>8} rows  {size:>9} bytes")


if __name__ == "__main__":
    main()
