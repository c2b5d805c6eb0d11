"""Write the tables of the sample company: `python data/make_sample.py [--out FOLDER]`.

The same seed gives the same bytes. `--without STORY` leaves out one of the stories that are planted
in the company, `--tell STORY` tells one that it does not tell; `--stories` lists them all.
`data/README.md` says what the tables hold and what there is to find in them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sample_company.build import build
from sample_company.stories import STORIES, left_out, retold
from sample_company.tables import write_tables

DEFAULT = Path(__file__).parent / "sample" / "tables"


def main() -> None:
    """Draw the company and write its tables."""
    parser = argparse.ArgumentParser(description="Write the tables of the sample company.")
    parser.add_argument("--out", type=Path, help=f"folder of the tables (default: {DEFAULT})")
    story = parser.add_mutually_exclusive_group()
    story.add_argument("--without", metavar="STORY", choices=STORIES, help="leave out a story")
    story.add_argument("--tell", metavar="STORY", choices=STORIES, help="tell a story for a lesson")
    story.add_argument("--stories", action="store_true", help="list the stories and write nothing")
    given = parser.parse_args()
    if given.stories:
        for each in STORIES.values():
            told = "told" if each.told else "for a lesson"
            print(f"{each.name} ({told}; {each.whom}, from {each.since})\n    {each.changes}")
        return
    if (given.without or given.tell) and not given.out:
        parser.error("another company than the sample needs a folder of its own: add --out FOLDER")
    stories = left_out(given.without) if given.without else STORIES
    stories = retold(given.tell) if given.tell else stories
    folder, tables = given.out or DEFAULT, build(stories)
    write_tables(tables, folder)
    for name, table in tables.items():
        size = (folder / f"{name}.parquet").stat().st_size
        print(f"{name:22} {table.height:>8} rows  {size:>9} bytes")


if __name__ == "__main__":
    main()
