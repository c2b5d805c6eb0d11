"""What a page calls things: groups, trainings, posts; and why a chart is not drawn."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.definitions import Kpi
from kpilib.display.block import Block, notice
from kpilib.display.numbers import Formatter, known
from kpilib.display.reading import moved
from kpilib.display.words import group_words
from kpilib.language import Say


class Charts(Block):
    """Several blocks, one under the other."""

    def __init__(self, blocks: list[Block]) -> None:
        super().__init__("".join(block._repr_html_() for block in blocks))
        self.blocks = blocks


class Names:
    """The names of a page; see `kpilib.display.page.Page` for the rest of it."""

    company: Company
    formatter: Formatter
    say: Say

    def label(self, by: str, group: Any) -> str:
        """Return the name of a group; a training is called by its title."""
        if by == "training_id" and group in self._titles:
            return self._titles[group]
        return group_words(group, self.say)

    def named(self, rows: pd.DataFrame, by: str) -> pd.DataFrame:
        """Return rows whose groups bear the names a reader knows."""
        if by != "training_id":
            return rows
        return rows.assign(**{by: [self.label(by, group) for group in rows[by]]})

    @property
    def _titles(self) -> dict[str, str]:
        return {each: row["title"] for each, row in self._trainings.items() if row.get("title")}

    @cached_property
    def _trainings(self) -> dict[str, dict[str, Any]]:
        if "trainings" not in self.company.tables:
            return {}
        wanted = {"training_id", "title", "target_kpi_id"}
        found = self.company.table(
            "trainings", columns=sorted(wanted & self.company.tables.columns("trainings"))
        )
        if "training_id" not in found:
            return {}
        known_texts = found.astype(object).where(found.notna(), None)
        return known_texts.set_index("training_id").to_dict("index")

    def _posts(self) -> dict[str, str]:
        posts = self.company.table("social_posts")
        if not {"post_id", "published_at"} <= set(posts):
            return {}
        days = posts["published_at"]
        found = {}
        for place, row in enumerate(posts.to_dict("records")):
            day = days.iloc[place]
            words = [] if pd.isna(day) else [self.formatter.day_short(day.date())]
            words += [group_words(row[part], self.say) for part in ("network", "format")
                      if isinstance(row.get(part), str)]  # fmt: skip
            found[row["post_id"]] = ", ".join(words)
        return found

    def finding(self, kpi: Kpi, row: dict[str, Any]) -> str:
        """Return the title of a chart: what moved, or the question when nothing is known."""
        if row.get("status") != "ok" or not known(row.get("value")):
            return self.say(kpi.question)
        return moved(kpi, row, self.formatter)

    def withheld(self, kpi: Kpi, rows: pd.DataFrame | None) -> Block:
        """Show why a chart is not drawn."""
        row = {"status": "no_data", "reason": ""}
        if rows is not None and len(rows):
            row = rows.to_dict("records")[-1]
        return notice(self.say(kpi.label), self.formatter.missing(row))


def any_known(rows: pd.DataFrame) -> bool:
    """Tell whether at least one row has a figure."""
    return bool(len(rows)) and bool((rows["status"].eq("ok") & rows["value"].notna()).any())
