"""How trainings are measured: what is collected when and of whom; the proof that data allow."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from kpilib.display.numbers import reader
from kpilib.errors import KpilibError
from kpilib.methods.measurements import KNOWLEDGE, SKILL
from kpilib.methods.without_control import A_YEAR, FEWEST_BEFORE
from kpilib.objectives.picker import ANY, Subject
from kpilib.objectives.sentence import topic_in
from kpilib.period import Period
from kpilib.show.proof import ASKED_FOR, EFFECTS, ESTIMATE, RUNG_WORDS, by_training, rung_of
from kpilib.show.trainings import BY, Told, known_rows, known_trainings
from kpilib.topics.catalogue import catalogue

TARGET = "target"
REACTION, APPLICATION = "training_reaction", "training_application"
TAKING_PART = "taking_part"
STEPS = (  # what, when, who, the day that it is due after, and by how many days
    (KNOWLEDGE, "before", "treated", "started_at", 0),
    (TARGET, "before", "treated", "started_at", 0),
    (TARGET, "before", "control", "started_at", 0),
    (TAKING_PART, "during", "treated", "ended_at", 0),
    (REACTION, "after", "treated", "ended_at", 7),
    (KNOWLEDGE, "after", "treated", "ended_at", 7),
    (APPLICATION, "months after", "treated", "ended_at", 90),
    (TARGET, "year after", "treated", "ended_at", 365),
    (TARGET, "year after", "control", "ended_at", 365),
)
KEYS = [BY, "what", "phase", "who"]
PHASES = {"before": "before", "during": "during", "after": "after", "year after": "after"}
AHEAD, BEHIND = 7, 30  # days before a step is due, and after it, in which somebody is reminded
COMPLETE = 0.8  # of those listed: as many answers as a survey is taken to stand for all
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
OPEN = ("to come", "under way", "partly", "missing")
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


def collection(company: Any, period: Period) -> pd.DataFrame:
    """Return what is to be measured of trainings with a figure to move, up to a period's end.

    Parameters
    ----------
    company : Company
    period : Period
        Trainings of the year that ends with it, and those to come.

    Returns
    -------
    pandas.DataFrame
        One row a training and step: ``training_id, name, what, when, who, source, due``;
        ``remind``, the day to write to them: a week before it is due, or the day after the period's
        end where that has gone by; none of what is complete or too late. The ``share`` of people
        measured; ``pairable``, the share of them with a value before and one after, where both are
        asked for; and ``state``: ``complete, partly, under way, to come, missing, no_baseline``,
        or ``nobody`` where no control group was chosen.
    """
    plan = _plan(company, period)
    if plan.empty:
        return pd.DataFrame(columns=[BY, *TITLE_WORDS])
    steps = plan.merge(
        pd.DataFrame(STEPS, columns=["what", "when", "who", "from", "days"]), "cross"
    )
    anchor = steps["started_at"].where(steps["from"].eq("started_at"), steps["ended_at"])
    steps["due"] = anchor + pd.to_timedelta(steps["days"], unit="D")
    steps["phase"], steps["source"] = steps["when"].map(PHASES), steps["what"]
    listed, measured = _listed(company), _people(company, period.end_day)
    steps = steps.merge(listed, "left", [BY, "who"])
    counted = pd.concat([_counted(measured), _taking_part(company)], ignore_index=True)
    steps = steps.merge(counted, "left", KEYS)
    asked = _asked(company)
    steps = steps.merge(asked, "left", [BY, "what"], suffixes=("", "_asked"))
    surveyed = steps["what"].isin([REACTION, APPLICATION])
    people = steps["people_asked"].where(surveyed, steps["people"]).fillna(0.0)
    found = steps["found_asked"].where(surveyed, steps["found"]).fillna(0.0)
    steps["share"] = (found / people.where(people > 0)).clip(upper=1.0)
    late = steps["due"] < pd.Timestamp(period.end_day)
    steps["state"] = [
        _state(*each)
        for each in zip(steps["share"], steps["when"], steps["who"], people, late, strict=True)
    ]
    steps["remind"] = _reminders(steps, pd.Timestamp(period.end_day)).dt.date
    steps["due"] = steps["due"].dt.date
    pairs = _pairs(measured, listed).rename(columns={"share": "pairable"})
    steps = steps.merge(pairs.assign(phase="after"), "left", KEYS)
    return steps[[BY, *TITLE_WORDS]].sort_values([BY, "due"], kind="stable", ignore_index=True)


def _state(share: float, when: str, who: str, people: float, late: bool) -> str:
    if who == "control" and not people:
        return "nobody"
    if share > 0 and not late:
        return "under way"
    if share > 0:
        return "complete" if share >= COMPLETE else "partly"
    return "to come" if not late else "no_baseline" if when == "before" else "missing"


def _reminders(steps: pd.DataFrame, until: pd.Timestamp) -> pd.Series:
    """Return when to remind of each step: what is thirty days late is asked of nobody any more."""
    next_day = until + pd.Timedelta(days=1)
    days = (steps["due"] - pd.Timedelta(days=AHEAD)).clip(lower=next_day)
    still = steps["due"] + pd.Timedelta(days=BEHIND) >= next_day
    return days.where(steps["state"].isin(OPEN) & still)


def _plan(company: Any, period: Period) -> pd.DataFrame:
    plan = known_trainings(company, "title", "started_at", "ended_at", "target_kpi_id")
    plan = plan.assign(**{day: pd.to_datetime(plan[day]) for day in ("started_at", "ended_at")})
    recent = plan["started_at"] >= pd.Timestamp(period.ending("12m").start)
    asked = recent & plan[["ended_at", "target_kpi_id"]].notna().all(axis=1)
    return plan.assign(name=plan["title"].fillna(plan[BY]))[asked]


def _rows(company: Any, table: str, columns: str) -> pd.DataFrame:
    """Return rows of a table that may be missing, as may columns of it."""
    if table not in company.tables or set(columns.split()) - set(company.tables.columns(table)):
        return pd.DataFrame(columns=columns.split())
    return company.table(table, columns=columns.split())


def _listed(company: Any) -> pd.DataFrame:
    people = _rows(company, "training_participants", f"{BY} person_key arm").rename(
        columns={"arm": "who"}
    )
    return people.groupby([BY, "who"])["person_key"].nunique().rename("people").reset_index()


def _counted(measured: pd.DataFrame) -> pd.DataFrame:
    """Count the people who have a value, by training, what, phase and arm."""
    return measured.groupby(KEYS)["subject_key"].nunique().rename("found").reset_index()


def _taking_part(company: Any) -> pd.DataFrame:
    """Count the people of whom it is known how long they were there or what quizzes they took."""
    known_of = ("hours_attended", "quizzes_answered")
    rows = known_rows(company, "training_participants", BY, "person_key", "arm", *known_of)
    there = rows[rows[list(known_of)].notna().any(axis=1)]
    found = there.groupby([BY, "arm"])["person_key"].nunique().rename("found").reset_index()
    return found.rename(columns={"arm": "who"}).assign(what=TAKING_PART, phase="during")


def paired(company: Any, until: date) -> pd.DataFrame:
    """Return the share of the people listed who have a value before and one after.

    Returns
    -------
    pandas.DataFrame
        One row a training, ``what`` was measured and ``who``: ``share``. Of people with one of
        both no change is known: they are in no effect.
    """
    return _pairs(_people(company, until), _listed(company))


def _pairs(measured: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    rows = measured[measured["phase"].isin(["before", "after"])]
    keys = [BY, "what", "who"]
    both = rows.groupby([*keys, "subject_key"])["phase"].nunique().eq(2)
    found = both.groupby(keys).sum().rename("pairs").reset_index()
    found = found.merge(listed, "left", [BY, "who"])
    return found.assign(share=found["pairs"] / found["people"])[[*keys, "share"]]


def _people(company: Any, until: date) -> pd.DataFrame:
    """Return who has a value of what and when, with the arm as ``who``."""
    rows = _rows(company, "kpi_measurements", f"{BY} subject_key kpi_id phase value period_end")
    rows = rows[rows["value"].notna() & rows["kpi_id"].ne(SKILL)]
    rows = rows[pd.to_datetime(rows["period_end"]) <= pd.Timestamp(until)]
    arms = _rows(company, "training_participants", f"{BY} person_key arm")
    rows = rows.merge(arms, left_on=[BY, "subject_key"], right_on=[BY, "person_key"])
    rows = rows.assign(what=rows["kpi_id"].where(rows["kpi_id"].eq(KNOWLEDGE), TARGET))
    return rows.rename(columns={"arm": "who"})


def _asked(company: Any) -> pd.DataFrame:
    """Count those invited to the surveys of trainings, and those who answered."""
    waves = _rows(company, "survey_waves", "survey_id wave survey_kind invited_n")
    waves = waves[waves["survey_kind"].isin([REACTION, APPLICATION])]
    given = _rows(company, "survey_responses", "survey_id wave respondent_key value")
    given = given[given["value"].notna()].groupby(["survey_id", "wave"])["respondent_key"].nunique()
    waves = waves.merge(given.rename("found").reset_index(), "left", ["survey_id", "wave"])
    sums = waves.groupby(["survey_id", "survey_kind"])[["invited_n", "found"]].sum().reset_index()
    return sums.set_axis([BY, "what", "people", "found"], axis=1)


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
        "due": lambda row: reader().day(row["due"]),
        "remind": lambda row: "–" if pd.isna(row["remind"]) else reader().day(row["remind"]),
        "share": "rate",
        "pairable": "rate",
        "state": STATE_WORDS,
    },
)


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
DATA_WORDS = {  # what the company's own data allow
    "nothing": "Your data: no training on this topic was measured so that its effect is known, and"
    " “{kpi}” is known for {months} months.",
    "reached": "Your data: of {every} trainings on this topic that were measured, {count} reached"
    " “{proof}”.",
    "single": "Your data: the one training on this topic that was measured reached “{proof}”.",
    "months": "Your data: “{kpi}” is known for {months} months, “{proof}”.",
    "season": "Your data: “{kpi}” is known for {months} months, enough for “{proof}” and its"
    " season.",
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
        self.measured = None if company is None else _reached(topic, company)

    def rungs(self) -> pd.DataFrame:
        """Return one row a rung of proof, the surest first.

        Returns
        -------
        pandas.DataFrame
            ``rung, proof, takes``; ``trainings``, how many of the company's on this topic stand on
            it; ``allowed``, whether its data reach it, both missing without data; ``best``,
            whether it is the one to plan for.
        """
        frame = pd.DataFrame({"rung": list(RUNG_WORDS), "trainings": None, "allowed": None})
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
        slots = {"kpi": kpi, "months": self.months, "every": len(self.measured)}
        if best.empty:
            return self.say(DATA_WORDS["nothing"], **slots)
        row = best.iloc[0]
        slots |= {"proof": row["proof"], "count": int(row["trainings"])}
        known = "months" if self.months < A_YEAR else "season"
        reached = "single" if len(self.measured) == 1 else "reached"
        return self.say(DATA_WORDS[reached if row["trainings"] else known], **slots)


def _months(kpi: str, company: Company) -> int:
    """Count the months of the last two years of which a figure is known."""
    if company.as_of is None:
        return 0
    try:
        rows = company.series(kpi, company.last_month(), LOOKED_BACK)
    except KpilibError:  # data that is not there
        return 0
    return int(rows["value"].notna().sum())


def _reached(topic: Subject, company: Company) -> pd.Series:
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
