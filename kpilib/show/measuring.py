"""What is said of measuring trainings: what is collected, and the proof that data allow."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpilib.company import Company
from kpilib.display.numbers import reader
from kpilib.language import Say
from kpilib.methods.measurements import KNOWLEDGE
from kpilib.methods.without_control import A_YEAR, FEWEST_BEFORE
from kpilib.objectives.picker import ANY, Subject
from kpilib.show.telling import DAY, Told
from kpilib.topics.catalogue import catalogue
from kpilib.training.collecting import APPLICATION, REACTION, STEPS, TAKING_PART, TARGET
from kpilib.training.proof import RUNG_WORDS, months_known, rungs_reached
from kpilib.training.rows import BY

WHAT_WORDS = {
    KNOWLEDGE: "Test of knowledge",
    TARGET: "Figure to move",
    TAKING_PART: "Taking part",
    REACTION: "Satisfaction",
    APPLICATION: "Skills at work",
}
SOURCE_WORDS = {
    KNOWLEDGE: "Test",
    TARGET: "Company figures",
    TAKING_PART: "Attendance, quizzes",
    REACTION: "Questionnaire",
    APPLICATION: "Questionnaire",
}
WHEN_WORDS = {
    "before": "Before the course",
    "during": "During the course",
    "after": "In the week after",
    "months after": "60 to 90 days after",
    "year after": "Over the year after",
}
WHO_WORDS = {"treated": "Trained", "control": "Control group"}
STATE_WORDS = {
    "complete": "Complete",
    "partly": "In part",
    "under way": "Under way",
    "to come": "To come",
    "missing": "Missing",
    "no_baseline": "Too late: no baseline",
    "nobody": "Nobody chosen",
}
TITLE_WORDS = {
    "name": "Training",
    "what": "What",
    "when": "When",
    "who": "Who",
    "source": "Source",
    "due": "Due on",
    "remind": "Remind on",
    "share": "Measured",
    "pairable": "Before and after",
    "state": "State",
}
TAKES_WORDS = {
    "lot": "More people than places: a lot says who comes first; those who wait are measured too",
    "control": "People like them who are not trained, both measured for six months before",
    "waves": "Sessions at several dates, everybody measured month by month from before the first",
    "trend": "The figure of the trained for six months before, twelve where there is a season",
    "estimate": "Weeks later, those who took part and their managers: gain, share, confidence",
    "none": "Nothing: what changed is told, not why",
}
DATA_WORDS = {  # what the company's own data allow
    "nothing": "Your data: no training on this topic was measured so that its effect is known, and"
    " “{kpi}” is known for {months}.",
    "reached": "Your data: of {every} trainings on this topic that were measured, {count} reached"
    " “{proof}”.",
    "single": "Your data: the one training on this topic that was measured reached “{proof}”.",
    "months": "Your data: “{kpi}” is known for {months}, “{proof}”.",
    "season": "Your data: “{kpi}” is known for {months}, enough for “{proof}” and its season.",
}
MONTHS_WORDS = {True: "1 month", False: "{count} months"}
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


def _complete(frame: pd.DataFrame) -> str:
    """Say how many of the steps that were due are complete."""
    due = frame["state"].isin(["complete", "partly", "missing", "no_baseline"])
    slots = {"count": int(frame["state"].eq("complete").sum()), "all": int(due.sum())}
    return reader().say("Measured: {count} of {all} complete", **slots)


COLLECTION = Told(
    frozenset({BY, "what", "when", "due", "state"}),
    _complete,
    TITLE_WORDS,
    {
        "what": WHAT_WORDS,
        "when": WHEN_WORDS,
        "who": WHO_WORDS,
        "source": SOURCE_WORDS,
        **dict.fromkeys(("due", "remind"), DAY),
        **dict.fromkeys(("share", "pairable"), "rate"),
        "state": STATE_WORDS,
    },
)


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
        self.months = None if company is None else months_known(topic.kpis[0], company)
        self.measured = None if company is None else rungs_reached(topic, company)

    def rungs(self) -> pd.DataFrame:
        """Return one row a rung of proof, the surest first.

        Returns
        -------
        pandas.DataFrame
            ``rung, proof, takes``; ``trainings``, how many of the company's on this topic stand on
            it; ``allowed``, whether its data reach it, both missing without data; ``best``,
            whether it is the one to plan for.
        """
        frame = pd.DataFrame({"rung": list(RUNG_WORDS), "trainings": np.nan, "allowed": None})
        if self.measured is not None:
            counts = self.measured.value_counts().reindex(frame["rung"], fill_value=0)
            frame["trainings"] = counts.to_numpy(dtype=float)
            by_line = frame["rung"].eq("trend") & (self.months >= FEWEST_BEFORE)
            frame["allowed"] = (frame["trainings"].gt(0) | by_line).astype(object)
        for place, (name, words) in enumerate({"proof": RUNG_WORDS, "takes": TAKES_WORDS}.items()):
            frame.insert(place + 1, name, [self.say(words[rung]) for rung in frame["rung"]])
        return frame.assign(best=frame["rung"].eq(BEST[self.topic.personal]))

    def plan(self) -> pd.DataFrame:
        """Return what is to be collected, of whom, when and whence: ``what, when, who, source``;
        see ``report.collection()`` for trainings that stand in the data."""
        rows = [(what, when, who, what) for what, when, who, *_ in self._steps()]
        words = (WHAT_WORDS, WHEN_WORDS, WHO_WORDS, SOURCE_WORDS)
        told = [[self.say(of[each]) for of, each in zip(words, row, strict=True)] for row in rows]
        return pd.DataFrame(told, columns=["what", "when", "who", "source"])

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
        known_for = self.say(MONTHS_WORDS[self.months == 1], count=self.months)
        slots = {"kpi": kpi, "months": known_for, "every": len(self.measured)}
        if best.empty:
            return self.say(DATA_WORDS["nothing"], **slots)
        row = best.iloc[0]
        slots |= {"proof": row["proof"], "count": int(row["trainings"])}
        known = "months" if self.months < A_YEAR else "season"
        reached = "single" if len(self.measured) == 1 else "reached"
        return self.say(DATA_WORDS[reached if row["trainings"] else known], **slots)
