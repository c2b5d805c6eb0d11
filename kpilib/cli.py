"""The command line. Whatever is heavy is imported inside the command that needs it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpilib.cli_class import judge_command, marks_command, questionnaire_command, sample_command
from kpilib.cli_delivery import purge_command, schedule_command, send_command, upgrade_command
from kpilib.cli_import import import_command, init_command
from kpilib.cli_options import OURS, lang_option, notebooks_option, own_option, spoken_data_option
from kpilib.cli_report import report_command
from kpilib.cli_value import columns, value_command
from kpilib.errors import ContractError, KpilibError, LockedError, NoRows, ReportError
from kpilib.language import LANGUAGES, speaking
from kpilib.memory import look_seldom, shortage
from kpilib.saying import say

if TYPE_CHECKING:
    from kpilib.company import Company
    from kpilib.definitions import Kpi

FAULT, USAGE, LOCKED, INTERRUPTED = 1, 2, 3, 130
CULLED = (
    "cull_idle_timeout=14400",
    "cull_interval=300",
)  # seconds: a morning
WORKING = ("report", "check", "value", "import")  # with whatever data a company has
NO_MEMORY = "there is not enough memory. Close other programs, or do less at a time (fewer files)."


class Commands(click.Group):
    """The commands, with one clean message for every error of ours."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except KpilibError as error:
            click.echo(f"kpilib: {error}", err=True)
            context.exit(code_of(error))
        except KeyboardInterrupt:
            context.exit(INTERRUPTED)
        except MemoryError:
            click.echo(f"kpilib: {NO_MEMORY}", err=True)
            context.exit(FAULT)
        except BrokenPipeError:  # whoever reads has seen enough: kpilib kpis | head
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            context.exit(0)
        except OSError as error:
            said = f"{error.strerror}: {error.filename or 'output'}" if error.strerror else error
            click.echo(f"kpilib: {said}", err=True)
            context.exit(FAULT)


def code_of(error: KpilibError) -> int:
    """Return the exit code of an error: a fault of the data or the run, the usage, or the lock."""
    if isinstance(error, LockedError):
        return LOCKED
    return FAULT if isinstance(error, (ContractError, NoRows, ReportError)) else USAGE


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kpilib", message="%(prog)s %(version)s")
@click.pass_context
def commands(context: click.Context) -> None:
    """Monthly KPI reports for training companies."""
    if context.invoked_subcommand in WORKING and (said := shortage()):
        raise ReportError(said)


@commands.command()
@spoken_data_option
@click.option(
    "--strict", is_flag=True, help="Exit code 1 too when something is to be looked at, or is late."
)
def check(data: Path, strict: bool) -> None:
    """Check a company's data, objectives and notes: every fault, then doubts and what is there."""
    from kpilib import open as open_company
    from kpilib.health.told import Line, told
    from kpilib.monthly.basis import faults_of_company

    configuration, tables = faults_of_company(data)
    for fault in (*configuration, *tables):
        click.echo(fault)
    if not configuration and not tables:
        company = open_company(data)
        doubtful = [*company.doubts(), *doubts_of_objectives(company)]
        lines = [*map(Line.doubt, doubtful), *told(company)]
        for line in lines:
            click.echo(line.text)
        if strict and (count := sum(line.doubtful for line in lines)):
            told_of = say("{count} line(s) to be looked at: exit code 1 (--strict).", count=count)
            click.echo(told_of, err=True)
            tables = True
    sys.exit(USAGE if configuration else FAULT if tables else 0)


@commands.command()
@click.option("--topic", help="Only the KPIs of this topic.")
@own_option
def kpis(topic: str | None, own: dict[str, Kpi]) -> None:
    """List the catalogue, and what a company declares itself."""
    from kpilib.answers.own import declared_for
    from kpilib.topics.catalogue import catalogue, of_topic

    every = [*catalogue().values(), *own.values()]
    chosen = [*of_topic(topic), *declared_for(topic, own)] if topic else every
    rows = [(each.topic, each.id, each.label, each.unit, each.better) for each in chosen]
    click.echo(columns(["topic", "id", "label", "unit", "better"], rows))


@commands.command()
@click.argument("kpi")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of the card.",
)
@own_option
def show(kpi: str, lang: str, own: dict[str, Kpi]) -> None:
    """Show the card of a KPI."""
    from kpilib.display.card import card_text
    from kpilib.topics.catalogue import kpi as definition

    click.echo(card_text(definition(kpi, own), lang))


@commands.command()
@click.argument("objective", nargs=-1)
@click.option("--training", help="Topic of a training, such as sales_methods, or a question.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Folder of the company: says what is missing, gives baseline and target.",
)
@lang_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "yaml"]),
    default="text",
    show_default=True,
    help="yaml: only the objective, to paste into objectives.yaml.",
)
def pick(
    objective: tuple[str, ...], training: str | None, data: Path | None, lang: str, form: str
) -> None:
    """Choose at most four KPIs for an OBJECTIVE or a training; without either, list them.

    A question will do: kpilib pick "Did our e-mailing course help?" names KPIs and how to measure.
    """
    from kpilib.show.choice import Choice
    from kpilib.show.choice import pick as choose

    chosen = choose(" ".join(objective) or None, training, data, lang)
    if form == "yaml" and not isinstance(chosen, Choice):
        raise click.UsageError("--format yaml needs an OBJECTIVE or a --training.")
    click.echo(chosen.objective if form == "yaml" else repr(chosen), nl=form != "yaml")


@commands.command()
@notebooks_option("--notebooks", help="Folder of the notebooks.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of copies of your own.")
def lab(notebooks: Path, lang: str | None) -> None:
    """Open the notebooks in JupyterLab; with --lang, your own copies of them in that language.

    The copies lie beside the notebooks, in notebooks-fr; those that are there are opened as they
    are. Of an installed kpilib, copies in the working folder are opened in any case.
    """
    if lang or notebooks == OURS:  # nobody writes in what is installed
        from kpilib.copies import copies

        beside = Path() if notebooks == OURS else notebooks.parent
        own = beside / (f"{notebooks.resolve().name}-{lang}" if lang else notebooks.name)
        if not own.exists():
            copies(notebooks, own, lang or LANGUAGES[0])
        notebooks = own
    ends = [f"--MappingKernelManager.{name}" for name in CULLED]  # of whoever forgot them
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", str(notebooks), *ends])


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
@lang_option
@notebooks_option("--notebooks", "source", help="Folder of the notebooks.")
def notebooks(folder: Path, lang: str, source: Path) -> None:
    """Copy the notebooks into FOLDER, to work on: one language, the same data."""
    from kpilib.copies import copies

    for path in copies(source, folder, lang):
        click.echo(path)


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
@lang_option
@notebooks_option("--lessons", "source", below="lessons", help="Folder of the lessons.")
@click.option("--wheels", is_flag=True, help="Fetch all wheels, so that students need no network.")
@click.option(
    "--python",
    "pythons",
    multiple=True,
    metavar="VERSION",
    help="With --wheels: Python of the students, such as 3.12; may be repeated.",
)
def lessons(folder: Path, lang: str, source: Path, wheels: bool, pythons: tuple[str, ...]) -> None:
    """Make the kit of a class in FOLDER: students for a stick, trainer with the solutions."""
    from kpilib.lesson.kit import make_kit

    if pythons and not wheels:
        raise click.UsageError("--python goes with --wheels.")
    for strange in (each for each in pythons if not re.fullmatch(r"3\.\d+", each)):
        raise click.UsageError(f"--python {strange}: write a version such as 3.12.")
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    with speaking(lang):
        for line in make_kit(folder, source, lang, pythons or (here,) if wheels else ()):
            click.echo(line)
    click.echo(folder)


commands.add_command(import_command)
commands.add_command(init_command)
commands.add_command(judge_command)
commands.add_command(marks_command)
commands.add_command(purge_command)
commands.add_command(questionnaire_command)
commands.add_command(report_command)
commands.add_command(sample_command)
commands.add_command(schedule_command)
commands.add_command(send_command)
commands.add_command(upgrade_command)
commands.add_command(value_command)


def doubts_of_objectives(company: Company) -> list[str]:
    """Return what is weak in a company's objectives: no faults, but questions to answer."""
    from kpilib.display.lint_words import warnings
    from kpilib.display.numbers import Formatter
    from kpilib.objectives.plan import read_plan
    from kpilib.objectives.purpose import coverage
    from kpilib.objectives.ten_tests import lint

    currency = company.settings.currency
    plan = read_plan(company.folder, currency)
    lints = lint(plan, company)
    return warnings(lints, coverage(plan), Formatter("en", currency))


def main() -> None:
    """Run the command that was asked for."""
    look_seldom()
    commands(prog_name="kpilib")
