"""An index of several items is shown where its items go together, all who answered being asked."""

from __future__ import annotations

import numpy as np
import pytest

from tests.worked import exactly, groups, one, rows

KPI, JUNE = "engagement_survey_score", {"as_of": "2025-06-30"}
# Sums 2, 4, 6, 8, 10: both items vary by 2.5, the sums by 10; alpha is 2 x (1 - 5 / 10) = 1.
TOGETHER = {"i1": (1, 2, 3, 4, 5), "i2": (1, 2, 3, 4, 5)}
# i3 varies by 0.5, the sums 4, 5, 7, 7, 7 of i1 and i3 by 2; alpha is 2 x (1 - 3 / 2) = -1.
AGAINST = {"i1": (1, 2, 3, 4, 5), "i3": (3, 3, 4, 3, 2)}
DIMENSIONS = {"i1": "manager", "i2": "manager", "i3": "mission"}


def survey(*parts):
    """Parts of the staff, each with its team, its items and what each of its people answered."""
    columns = "survey_id wave respondent_key group_key item_id dimension value answered_at"
    said = [
        ("g", "1", f"{team}{number}", team, item, DIMENSIONS.get(item), grade, "2025-06-10")
        for team, items in parts
        for item, grades in items.items()
        for number, grade in enumerate(grades)
    ]
    waves = "survey_id wave survey_kind group_key invited_n closed_at"
    asked = [("g", "1", "engagement", team, 9, "2025-06-20") for team, _ in parts]
    return {"survey_responses": rows(columns, *said), "survey_waves": rows(waves, *asked)}


def test_items_that_go_together_are_one_figure():
    row = one(survey(("a", TOGETHER)), KPI, "2025-06", **JUNE)

    assert (row["value"], row["details"]["cronbach_alpha"]) == (exactly(3), exactly(1))


def test_items_that_do_not_are_read_one_by_one():
    tables = survey(("a", AGAINST))
    row = one(tables, KPI, "2025-06", **JUNE)

    assert row["status"] == "too_few" and np.isnan(row["value"])
    assert "alpha below 0.7" in row["reason"] and row["details"]["cronbach_alpha"] == exactly(-1)
    # (1 + 2 + 3 + 4 + 5) / 5 and (3 + 3 + 4 + 3 + 2) / 5
    assert groups(tables, KPI, "2025-06", "item_id", **JUNE) == {"i1": 3, "i3": 3}


def test_a_dimension_has_the_alpha_of_its_own_items():
    # i1 and i2 alike, i3 as above: alpha of the three is
    # sums 5, 7, 10, 11, 12 vary by 8.5, items by 5.5: 3/2 x (1 - 5.5 / 8.5) = 0.53
    tables = survey(("a", TOGETHER | AGAINST))

    assert one(tables, KPI, "2025-06", **JUNE)["details"]["cronbach_alpha"] == exactly(9 / 17)
    assert groups(tables, KPI, "2025-06", "dimension", **JUNE) == {"manager": 3, "mission": 3}


def test_a_team_has_the_alpha_of_all():
    # Team b says the same of both items, but for one: by itself its alpha would be unknown or low.
    # All: i1 and i2 vary by 2.011 and 1.889, their sums by 7.567: 2 x (1 - 3.9 / 7.567) = 0.97
    alike = {"i1": (3, 3, 3, 3, 4), "i2": (3, 3, 3, 4, 3)}
    tables = survey(("a", TOGETHER), ("b", alike))

    assert groups(tables, KPI, "2025-06", "team", **JUNE) == {"a": exactly(3), "b": exactly(3.2)}


@pytest.mark.parametrize(
    ("items", "status"),
    [
        ({"i1": (3,) * 5, "i2": (4,) * 5}, "ok"),  # nobody differs from anybody: nothing to doubt
        ({"i1": (1, 2, 3, 4, 5), "i2": (5, 4, 3, 2, 1)}, "too_few"),  # all sums are 6
    ],
)
def test_where_sums_do_not_vary(items, status):
    assert one(survey(("a", items)), KPI, "2025-06", **JUNE)["status"] == status


def test_of_fewer_than_five_whole_answers_nobody_knows():
    # Six people answered at least four of five items, and four of them all five.
    items = {f"i{n}": [1, 2, 3, 4, 5, 1] for n in range(1, 6)}
    items["i1"][5] = items["i2"][4] = None
    row = one(survey(("a", items)), KPI, "2025-06", **JUNE)

    assert row["status"] == "too_few" and "Fewer than five" in row["reason"]
