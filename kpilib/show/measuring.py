"""How a training on a topic can be measured: rungs of proof, what each takes, what data allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kpilib.errors import KpilibError
from kpilib.methods.beyond_trend import A_YEAR, FEWEST_BEFORE
from kpilib.objectives.picker import ANY, Subject
from kpilib.objectives.sentence import topic_in
from kpilib.show.collection import STEPS, TARGET, WHAT_WORDS, WHEN_WORDS, WHO_WORDS
from kpilib.show.proof import ASKED_FOR, EFFECTS, ESTIMATE, RUNG_WORDS, by_training, rung_of
from kpilib.show.trainings import BY, known_trainings
from kpilib.topics.catalogue import catalogue

if TYPE_CHECKING:
    from kpilib.company import Company
    from kpilib.language import Say
    from kpilib.period import Period

LOOKED_BACK = 25  # months of the figure that speaks for a topic
TAKES_WORDS = {
    "lot": "More people than places: a lot says who comes first; those who wait are measured too",
    "control": "People like them who are not trained, both measured for six months before",
    "waves": "Sessions at several dates, everybody measured month by month from before the first",
    "trend": "The figure of the trained for six months before, twelve where there is a season",
    "estimate": "Weeks later, those who took part and their managers: gain, share, confidence",
    "none": "Nothing: what changed is told, not why",
}
BEST = {True: "lot", False: "trend"}  # by whether each person has a figure of their own
HOW_WORDS = {
    True: "Best proof: draw by lot who is trained first, and compare “{kpi}” of the trained with"
    " that of those who wait. Without a lot, take a control group of people like them.",
    False: "Best proof: “{kpi}” is one figure for everybody, so nobody is a control group. Compare"
    " it with its own trend of six months before, twelve where there is a season. Better still,"
    " count the pages, mailings or accounts of the trained apart from those of others.",
}
COLLECT_WORDS = {
    True: "To collect before the course begins: who is trained and who waits, a test of knowledge,"
    " and “{kpi}” of both for six months.",
    False: "To collect before the course begins: a test of knowledge, and “{kpi}” for six months.",
}


class Measuring:
    """What is said of measuring a training on a topic.

    Parameters
    ----------
    topic : Subject
    company : Company or None
    say : callable
    """

    def __init__(self, topic: Subject, company: Company | None, say: Say) -> None:
        self.topic, self.company, self.say = topic, company, say
        self.months = None if company is None else _months(topic.kpis[0], company)
        self.measured = None if company is None else _measured(topic, company)

    def rungs(self) -> pd.DataFrame:
        """Return one row a rung of proof, the surest first.

        Returns
        -------
        pandas.DataFrame
            ``rung, proof, takes``; ``trainings``, how many of the company's on this topic stand on
            it; ``allowed``, whether its data reach it, both missing without data; ``best``,
            whether it is the one to plan for.
        """
        rows = []
        for rung, proof in RUNG_WORDS.items():
            count, reached = None, None
            if self.measured is not None:
                count = float((self.measured == rung).sum())
                reached = count > 0 or (rung == "trend" and self.months >= FEWEST_BEFORE)
            told = (rung, self.say(proof), self.say(TAKES_WORDS[rung]), count, reached)
            rows.append((*told, rung == BEST[self.topic.personal]))
        columns = ["rung", "proof", "takes", "trainings", "allowed", "best"]
        return pd.DataFrame(rows, columns=columns)

    def plan(self) -> pd.DataFrame:
        """Return what is to be collected, of whom and when: ``what, when, who``; see
        ``report.collection()`` for trainings that stand in the data."""
        rows = [(what, when, who) for what, when, who, *_ in self._steps()]
        words = (WHAT_WORDS, WHEN_WORDS, WHO_WORDS)
        told = [[self.say(of[each]) for of, each in zip(words, row, strict=True)] for row in rows]
        return pd.DataFrame(told, columns=["what", "when", "who"])

    def sentences(self) -> list[str]:
        """Return how to measure, what the data allow, and what to collect before the course."""
        say, personal = self.say, self.topic.personal
        general = self.topic.id == ANY  # there it is any figure, and the return is made of it
        label = WHAT_WORDS[TARGET] if general else catalogue()[self.topic.kpis[0]].label
        kpi = say(label)
        return [
            say(HOW_WORDS[personal], kpi=kpi),
            *([self._allowed(kpi)] if self.company is not None else []),
            say(COLLECT_WORDS[personal], kpi=kpi),
        ]

    def _steps(self) -> list[tuple]:
        return [step for step in STEPS if self.topic.personal or step[2] == "treated"]

    def _allowed(self, kpi: str) -> str:
        """Say which rung the company's own data reach on this topic."""
        rungs = self.rungs()
        best = rungs[rungs["allowed"].astype(bool) & rungs["rung"].ne("none")]
        say = self.say
        if best.empty:
            return say(
                "Your data: no training on this topic was measured so that its effect is known, and"
                " “{kpi}” is known for {months} months.",
                kpi=kpi,
                months=self.months,
            )
        row = best.iloc[0]
        if row["trainings"]:
            return say(
                "Your data: of {every} trainings on this topic that were measured, {count} reached"
                " “{proof}”.",
                every=len(self.measured),
                count=int(row["trainings"]),
                proof=row["proof"],
            )
        told = {"kpi": kpi, "months": self.months, "proof": row["proof"]}
        if self.months < A_YEAR:
            return say("Your data: “{kpi}” is known for {months} months, “{proof}”.", **told)
        return say(
            "Your data: “{kpi}” is known for {months} months, enough for “{proof}” and its season.",
            **told,
        )


def _months(kpi: str, company: Company) -> int:
    """Count the months of the last two years of which a figure is known."""
    if company.as_of is None:
        return 0
    try:
        rows = company.series(kpi, company.last_month(), LOOKED_BACK)
    except KpilibError:  # data that is not there
        return 0
    return int(rows["value"].notna().sum())


def _measured(topic: Subject, company: Company) -> pd.Series:
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
