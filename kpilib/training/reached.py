"""Which rung of proof a company's own data reach on a topic."""

from __future__ import annotations

import pandas as pd

from kpilib.company import Company
from kpilib.errors import KpilibError
from kpilib.objectives.picker import ANY, Subject
from kpilib.objectives.sentence import topic_in
from kpilib.period import Period
from kpilib.training.proof import ASKED_FOR, EFFECTS, ESTIMATE, by_training, rung_of
from kpilib.training.rows import BY, known_trainings

LOOKED_BACK = 25  # months of the figure that speaks for a topic


def months_known(kpi: str, company: Company) -> int:
    """Count the months of the last two years of which a figure is known."""
    if company.as_of is None:
        return 0
    try:
        rows = company.series(kpi, company.last_month(), LOOKED_BACK)
    except KpilibError:  # data that is not there
        return 0
    return int(rows["value"].notna().sum())


def rungs_reached(topic: Subject, company: Company) -> pd.Series:
    """Return the rung of each training on a topic that was measured in the last two years."""
    if company.as_of is None or "kpi_measurements" not in company.tables:
        return pd.Series(dtype=object)
    period: Period = company.period(company.last_month()).ending(ASKED_FOR)
    try:
        rows = company.over([*EFFECTS[:2], ESTIMATE], [period], by=BY)
    except KpilibError:
        return pd.Series(dtype=object)
    found = by_training(rows, company, period)
    own = found.keys() if topic.id == ANY else found.keys() & _about(topic, company)
    return pd.Series({name: rung_of(found[name])[0] for name in own}, dtype=object)


def _about(topic: Subject, company: Company) -> set[str]:
    """Return the trainings whose title or topic is about a topic."""
    rows = known_trainings(company, "title", "topic").dropna(subset=BY).fillna("")
    texts = rows["title"].astype(str) + " " + rows["topic"].astype(str)
    return set(rows.loc[[topic_in(text).id == topic.id for text in texts], BY])
