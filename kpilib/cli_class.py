"""The commands of who teaches: ten tests on a sentence, marks, a company, questionnaires."""

from __future__ import annotations

from pathlib import Path

import click

from kpilib.cli_options import data_option, lang_option
from kpilib.cli_value import columns
from kpilib.language import language_of, speaker, speaking


@click.command("judge")
@click.argument("sentence")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Folder of the company: gives baseline and target of the better sentence.",
)
@lang_option
def judge_command(sentence: str, data: Path | None, lang: str) -> None:
    """Put one SENTENCE to the ten tests of M.A.L.I.N and SMART, and propose a better one."""
    from kpilib.show.judged import judge

    click.echo(repr(judge(sentence, data, lang)))


@click.command("marks")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
def marks_command(folder: Path) -> None:
    """Say what a class got right, by exercise, from the marks-*.csv below FOLDER, or from here."""
    from kpilib.lesson.marks import marks

    with speaking(language_of(folder)):
        rows = marks(folder)
    click.echo(columns(list(rows.columns), [*rows.itertuples(index=False)]))


@click.command("questionnaire")
@click.argument("training")
@click.option(
    "--when",
    type=click.Choice(["before", "after", "later", "estimate", "manager"]),
    default="after",
    show_default=True,
    help="Before it begins, at its end, two to three months later; or what participants or their"
    " managers estimate that it gained.",
)
@data_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="questionnaires",
    show_default=True,
    help="Folder for the files.",
)
@lang_option
def questionnaire_command(training: str, when: str, data: Path, out: Path, lang: str) -> None:
    """Write the questionnaire of a TRAINING, to print or to send, with columns for its answers.

    Its answers come back by kpilib import, once what is said of them stands in surveys.yaml.
    """
    from kpilib.opening import open_company
    from kpilib.show.questionnaires import questionnaire

    page, answers, *said = questionnaire(open_company(data), training, when, lang, out)
    todo = "Fill in gain_eur, share and confidence (40%) of each row; no answer stays empty"
    for block in said:
        todo = f"Add {block.name} to {data / 'surveys.yaml'}, fill in one row an answer (1 to 5)"
    files = "\n".join(map(str, (page, answers, *said)))
    click.echo(f"{files}\n\n{todo}, then\n  kpilib import {answers} --data {data}")


@click.command("sample")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--story", default="", metavar="NAME", help="With one thing changed.")
@click.option("--solution", is_flag=True, help="Say what the story is; make nothing.")
@lang_option
def sample_command(folder: Path | None, story: str, solution: bool, lang: str) -> None:
    """Make the sample company in FOLDER, to play with; without FOLDER, list the stories."""
    from kpilib.lesson.played import STORY_WORDS, make, story_words

    say = speaker(lang, "lessons")
    if solution and not story:
        raise click.UsageError("--solution goes with --story.")
    with speaking(lang):
        if solution:
            click.echo(say(story_words(story)[1]))
        elif folder is None:
            for name, (asked, _) in STORY_WORDS.items():
                click.echo(f"{name}\n    {say(asked)}")
        else:
            make(folder, story)
            click.echo(say(story_words(story)[0]) if story else folder)
