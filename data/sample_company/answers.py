"""The two tables of every survey: who was asked when, and what each person answered."""

from __future__ import annotations

from datetime import date

import numpy as np


class Answers:
    """Collects waves and responses."""

    def __init__(self):
        self.waves: list[dict] = []
        self.responses: list[dict] = []

    def wave(self, survey_id, wave, kind, population, group, invited, population_n, opened, closed):
        """Add a wave of a survey for one group."""
        self.waves.append(
            {
                "survey_id": survey_id,
                "wave": wave,
                "survey_kind": kind,
                "population": population,
                "group_key": group,
                "invited_n": invited,
                "population_n": population_n,
                "opened_at": opened,
                "closed_at": closed,
            }
        )

    def answer(
        self,
        survey_id,
        wave,
        respondent,
        group,
        item,
        dimension,
        scale,
        value,
        at,
        is_reversed=False,
        subject=None,
    ):
        """Add the answer of one person to one item."""
        self.responses.append(
            {
                "survey_id": survey_id,
                "wave": wave,
                "respondent_key": respondent,
                "group_key": group,
                "item_id": item,
                "dimension": dimension,
                "scale_min": scale[0],
                "scale_max": scale[1],
                "is_reversed": is_reversed,
                "value": value,
                "answered_at": at,
                "subject_id": subject,
            }
        )

    def tables(self) -> tuple[dict[str, list], dict[str, list]]:
        """Return the columns of `survey_waves` and `survey_responses`."""
        responses = {name: [row[name] for row in self.responses] for name in self.responses[0]}
        responses["response_id"] = [
            f"r{number:05d}" for number in range(1, len(self.responses) + 1)
        ]
        responses["answered_at"] = np.array(responses["answered_at"], dtype="datetime64[s]")
        waves = {name: [row[name] for row in self.waves] for name in self.waves[0]}
        for name in ("opened_at", "closed_at"):
            waves[name] = np.array(waves[name], dtype="datetime64[s]")
        return waves, responses


def at_hour(day: date, hour: int) -> np.datetime64:
    """Return an hour of a day, local time."""
    return np.datetime64(day, "s") + hour * 3600
