"""Ten statements a lesson, true or false, in cells of their own: a quiz that needs no network."""

from __future__ import annotations

from pathlib import Path

from kpilib.errors import ParameterError
from kpilib.language import speaker
from kpilib.lesson.exercises import Feedback
from kpilib.lesson.marks import mark
from kpilib.saying import no_such
from kpilib.show.pages import fill

STATEMENT_WORDS = {
    "rates": (
        "The mean of the rates of two groups is the rate of the whole.",
        "A rate may fall although as many people act as before.",
        "A visit that brings two requests converts once.",
        "The highest of several rates shows the best button.",
        "The lower end of an interval is a careful way to rank.",
        "Whoever has no known channel is left out of the whole.",
        "A rate needs three statements: above, below, and who is in it.",
        "Ten rows are enough to choose between two channels.",
        "Rates of several months are added up for the year.",
        "Banners that bring many visits can lower the rate of the whole site.",
    ),
    "objectives": (
        '"Improve our newsletter" fails no test.',
        "A target is a way from a baseline to an end by a day.",
        "The year in a date makes an objective measurable.",
        "N of M.A.L.I.N asks when the target itself may be changed.",
        '"Publish twelve posts" says what will be better for somebody.',
        "One indicator speaks for an objective; a second watches what it may spoil.",
        "The more indicators an objective has, the better it is steered.",
        "What was reached over the target says how far one has come.",
        "A bounce rate that falls from 40 to 29 % on its way to 30 % is a success.",
        "Three weeks are too short for search engine work to show.",
    ),
    "audience": (
        "Twenty days of October compare with the whole of September.",
        "Visits of no second at regular minutes are probably a robot's.",
        "A robot is left out above only.",
        "A rate of the whole may fall while no channel's rate moves.",
        "Mix and rate effects of all channels add up to the change.",
        "More impressions prove that a campaign works.",
        "A vanity figure changes no decision.",
        "Training sells alike in every month.",
        "The same month a year before is a fairer comparison than the month before.",
        "Unique visitors of channels add up to those of the site.",
    ),
    "leads": (
        "Sales of October over leads of October is a cohort's rate.",
        "A cohort keeps its people, whenever they buy.",
        "October may not be judged on 31 October if ninety days are needed.",
        "What wins the whole wins in every part.",
        "Simpson's paradox comes of unequal weights.",
        "A calculation alone says which of two campaigns to pay.",
        "A funnel is drawn of people who all had the time to go through it.",
        "Seven customers of seventy leads are a rate known to the point.",
        "If campaigns stop, this month's sales over this month's leads can exceed one.",
        "The unripe month is estimated by multiplying it.",
    ),
    "emailing": (
        "The raw open rate counts people only.",
        "Apple's proxy opens letters that nobody reads.",
        "Open rates are divided by what was sent.",
        "Who clicks has opened.",
        "The raw rate can rise while people open less.",
        "Hidden readers are left out above only.",
        "Thirteen clicks against nine, of two hundred each, prove the better subject.",
        "From 2 % to 3 % is one point, and half as much again.",
        "Not proven means equal.",
        "A figure can be wrong twice and look right.",
    ),
    "social": (
        "The reach of a month is the sum of its posts' reach.",
        "One post can make nearly all the impressions of a month.",
        "The mean of the posts' rates always describes a typical post.",
        "The median is moved little by one viral post.",
        "Reach lies between the largest post and the sum of all.",
        "A viral post always brings followers.",
        "90-9-1 is a law of every community.",
        "A community may hang on one member.",
        "Names of super-users belong on the monthly page.",
        "Impressions count views, reach counts people.",
    ),
    "people": (
        "Retention is one minus turnover.",
        "Who came and left within the year counts in turnover.",
        "Paid leave is absenteeism.",
        "Hours of training are hours worked.",
        "All companies measure absenteeism alike.",
        "An eNPS is promoters less detractors.",
        "The mean mark is the eNPS.",
        "Of twelve people, one answer moves the eNPS by eight points or more.",
        "Hiding one small team is always enough.",
        "What can be subtracted is not hidden.",
    ),
    "training": (
        "After against before is what the training did.",
        "The control group's change is taken off.",
        "After alone compares the two groups fairly.",
        "ROI is BCR less one.",
        "The participants' time costs nothing.",
        "A team that was already rising goes on without a training too.",
        "Delighted participants prove an effect on the work.",
        "An interval that holds zero proves that there is no effect.",
        "How long the effect lasts decides the return.",
        "The control group is best asked for before the training.",
    ),
}
# Which of them are true; this table is what a class is not shown.
TRUE = {
    "rates": "FTTFTFTFFT",
    "objectives": "FTFTFTFFTT",
    "audience": "FTFTTFTFTF",
    "leads": "FTTFTFTFTF",
    "emailing": "FTFTTFFTFT",
    "social": "FTFTTFFTFT",
    "people": "FTFTFTFTFT",
    "training": "FTFTFTFFTT",
}
YES, NO = "tvoy1", "fn0"  # what begins an answer: true, vrai, oui, yes; false, faux, non, no


class Quiz:
    """Ten statements of a lesson: read them, then check ten letters.

    Parameters
    ----------
    lesson : str
        Its short name, a key of `STATEMENT_WORDS`.
    lang : str
    nickname : str
        Whose answers are noted, as `kpilib.lesson.asked` does.

    Examples
    --------
    >>> Quiz("rates").check("TFTFTFTFTF")
    """

    def __init__(self, lesson: str, lang: str = "en", nickname: str = "") -> None:
        if lesson not in STATEMENT_WORDS:
            raise no_such(
                ParameterError,
                "There is no quiz {name!r}. There are: {names}.{near}",
                lesson,
                STATEMENT_WORDS,
            )
        self.lesson, self.nickname, self.say = lesson, nickname, speaker(lang, "lessons")

    @property
    def statements(self) -> list[str]:
        """The ten, in the language asked."""
        return [self.say(each) for each in STATEMENT_WORDS[self.lesson]]

    def check(self, answers: object = None) -> Feedback:
        """Say how many of ten letters are right, and which statements to read again."""
        given = list(answers) if isinstance(answers, (str, list, tuple)) else []
        given = [each for each in map(_letter, given) if each]
        right = TRUE[self.lesson]
        if len(given) != len(right):
            said = self.say(
                "Write {count} letters, T or F: {example}.",
                count=len(right),
                example="check('TFTFTFTFTF')",
            )
            return Feedback(said, right=False, mistake="nothing")
        wrong = []
        for place, (one, other) in enumerate(zip(given, right, strict=True), 1):
            wrong += [] if one == other else [place]
            note = "" if one == other else "quiz"
            mark(f"quiz {self.lesson}", place, self.nickname, right=not note, mistake=note)
        if not wrong:
            return Feedback(self.say("All are right."), right=True)
        said = self.say(
            "{right} of {count} are right. Read again: {wrong}.",
            right=len(right) - len(wrong),
            count=len(right),
            wrong=", ".join(map(str, wrong)),
        )
        return Feedback(said, right=False, mistake="quiz")

    def __repr__(self) -> str:
        return "\n".join(f"{place}. {each}" for place, each in enumerate(self.statements, 1))

    def _repr_html_(self) -> str:
        return fill("statements.html.j2", statements=self.statements)


def _letter(answer: object) -> str:
    """Read one answer: a letter, a word or a truth value; empty where it is none."""
    first = str(answer).strip().casefold()[:1]
    return "T" if first and first in YES else "F" if first and first in NO else ""


def quiz_notebook(path: Path, lang: str) -> None:
    """Write the quiz of all lessons as a notebook: two cells a lesson."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    say = speaker(lang, "lessons")
    title = say("Quiz: true or false?")
    first = f'from kpilib.lesson.quiz import Quiz\n\nlang, nickname = "{lang}", ""'
    cells = [new_markdown_cell(f"# {title}"), new_code_cell(first)]
    for number, lesson in enumerate(STATEMENT_WORDS, start=1):
        heading = say("Lesson {number}", number=number)
        shown = f'quiz = Quiz("{lesson}", lang, nickname)\nquiz'
        cells += [new_markdown_cell(f"## {heading}"), new_code_cell(shown)]
        cells += [new_code_cell("quiz.check('')")]
    nbformat.write(new_notebook(cells=cells), path)
