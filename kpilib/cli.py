"""The command line. Whatever is heavy is imported inside the command that needs it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpilib.cli_class import judge_command, marks_command, questionnaire_command, sample_command
from kpilib.cli_delivery import (
    due_periods,
    for_audiences,
    purge_command,
    refuse_beside_a_list,
    schedule_command,
    send_command,
    sent,
    several,
    tell_failure,
    typed,
    upgrade_command,
)
from kpilib.cli_import import import_command, init_command
from kpilib.cli_value import (
    columns,
    data_option,
    lang_option,
    out_option,
    own_option,
    part_option,
    spoken_data_option,
    value_command,
)
from kpilib.errors import ContractError, KpilibError, LockedError, NoRows, ReportError
from kpilib.files import about
from kpilib.language import LANGUAGES, language_of, speaking
from kpilib.memory import look_seldom, shortage
from kpilib.monthly.job import Places
from kpilib.period import read_period
from kpilib.saying import error_of

if TYPE_CHECKING:
    from kpilib.company import Company
    from kpilib.definitions import Kpi
    from kpilib.monthly.job import Report

FAULT, USAGE, LOCKED, INTERRUPTED = 1, 2, 3, 130
PACKAGE = Path(__file__).resolve().parent
# The notebooks that came with kpilib: in a wheel inside the package, in the repository beside it.
OURS = PACKAGE / "notebooks" if (PACKAGE / "notebooks").is_dir() else PACKAGE.parent / "notebooks"
CULLED = (
    "cull_idle_timeout=14400",
    "cull_interval=300",
)  # seconds: a morning
WORKING = ("report", "check", "value", "import")  # with whatever data a company has
NO_MEMORY = "there is not enough memory. Close other programs, or do less at a time (fewer files)."


def notebooks_option(*names: str, below: str = "", help: str) -> Callable[[Any], Any]:
    """Add the option of a folder of notebooks: those here, or else those that came with kpilib."""

    def chosen(_context: object, _option: object, given: Path | None) -> Path:
        here = Path("notebooks", below)
        if given is None:
            return here if any(here.glob("*.ipynb")) else OURS / below
        if not given.is_dir():
            raise click.BadParameter(f"there is no folder {str(given)!r}.")
        return given

    said = f"{help}  [default: notebooks, or else those that came with kpilib]"
    kind = click.Path(path_type=Path)
    return click.option(*names, type=kind, callback=chosen, help=said)


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
@click.argument("period", required=False)
@spoken_data_option
@part_option
@out_option
@click.option("--topic", "topics", multiple=True, help="Only this topic; may be repeated.")
@click.option(
    "--lang",
    "langs",
    multiple=True,
    type=click.Choice(LANGUAGES),
    help="Language of the pages, the first at the month's root; by default the company's.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Notebooks side by side; by default one a core."
)
@notebooks_option("--notebooks", help="Folder of the notebooks.")
@click.option(
    "--strict", is_flag=True, help="Exit code 1 too when a figure is missing or its data is late."
)
@click.option("--again", is_flag=True, help="Make the pages anew even when nothing changed.")
@click.option("--pdf", is_flag=True, help="A PDF a topic too, and month.pdf with a cover.")
@click.option("--send", is_flag=True, help="Send it too: see kpilib send.")
@click.option("--due", is_flag=True, help="What is due and missing: see kpilib schedule.")
@click.option(
    "--companies", type=click.Path(path_type=Path), help="Those of a list, companies.yaml."
)
@click.option("--on", default="", help="With --companies: dask://HOST:PORT, or local-cluster.")
def report(
    period: str | None,
    where: dict[str, list[str]],
    due: bool,
    companies: Path | None,
    on: str,
    **options: Any,
) -> None:
    """Run the notebooks and publish a period (by default the last complete month).

    When nothing changed since its pages were made, they stand as they are.

    PERIOD is a month 2026-10, a quarter 2026-Q4, a year 2026, a week 2026-W44, or FY2026.

    Exit code 0: published. 1: a notebook or the data failed, the others are published. 2: wrong
    usage or configuration. 3: another run holds the period. 130, 143: interrupted.
    """
    if period:
        read_period(period)  # a slip is told before anything heavy begins
    if period and due:
        raise error_of(
            click.UsageError, "--due looks for the months itself: give it, or a PERIOD, not both."
        )
    if options["pdf"]:
        from kpilib.delivery.pdf import ready

        ready()
    if companies:
        refuse_beside_a_list()
        named = {"due": due, **{name: options[name] for name in ("pdf", "send", "again", "strict")}}
        asked = [*([period] if period else ()), *(f"--{name}" for name in named if named[name])]
        asked += ["--notebooks", str(options["notebooks"].resolve())] * typed("notebooks")
        sys.exit(several(companies, options["out"], asked, on))
    if on:
        raise error_of(click.UsageError, "--on goes with --companies.")
    with about(options["data"], where):
        periods = due_periods(options["data"], options["out"]) if due else [period]
        sys.exit(max((_published(each, **options) for each in periods), default=0))


def _published(period: str | None, *, pdf: bool, send: bool, strict: bool, **options: Any) -> int:
    """Publish one period, on paper and by mail too if asked; return the exit code."""
    data, out = options.pop("data"), options.pop("out")
    try:
        made = _made(period, Places(data, out, options.pop("notebooks")), **options)
        if pdf or any(made.folder.rglob("*.pdf")):
            from kpilib.delivery.pdf import drop_outdated, write_pdfs
            from kpilib.monthly.publish import index_anew

            (write_pdfs if pdf else drop_outdated)(made.folder)
            index_anew(made.folder.parent)
        for_audiences(data, made.folder)
    except Exception as error:
        if send and not isinstance(error, LockedError):
            ours = isinstance(error, KpilibError)  # others may repeat what the data says
            tell_failure(data, out, period, str(error) if ours else type(error).__name__)
        raise
    click.echo(made.folder / "index.html")
    lost = strict and bool(made.lacking or made.late)
    if send:
        sent(data, out, made.folder.name, unsure=False)
    return made.exit_code or int(lost)


def _made(
    period: str | None,
    places: Places,
    *,
    topics: tuple[str, ...],
    langs: tuple[str, ...],
    again: bool,
    jobs: int | None,
) -> Report:
    """Run a period, unless it stands, and say what became of it."""
    from kpilib.monthly.selection import select
    from kpilib.monthly.unchanged import made_of, unchanged

    data = Path(places.data)
    sources = select(Path(places.notebooks), topics, own=data / "notebooks")
    now = made_of(data, sources, langs) if data.is_dir() and not again else ""
    made = unchanged(Path(places.out), period, now, [each.topic for each in sources])
    made = made or _run(period, places, topics, langs, jobs)
    _say(made)
    return made


def _say(made: Report) -> None:
    """Say what became of a run, to whoever watches it."""
    if made.since:
        click.echo(
            f"Nothing changed since {made.since}: the pages stand as they are. --again makes them "
            "anew.",
            err=True,
        )
    for fault in made.unreadable:
        if not any(fault in reason for reason in made.reasons.values()):
            click.echo(fault, err=True)
    for topic, state in made.states.items():
        if state != "ok":
            why = made.reasons.get(topic)
            click.echo(f"{topic}: {state.replace('_', ' ')}{f'. {why}' if why else ''}", err=True)
    if made.kpis:
        known = len(made.kpis) - len(made.lacking)
        click.echo(f"{known} of {len(made.kpis)} KPIs could be worked out.", err=True)
    for words, lost in (("Without a figure", made.lacking), ("Late data", made.late)):
        if lost:
            click.echo(f"{words}: {', '.join(lost)}", err=True)
    if made.logs:
        click.echo(f"Private logs of what failed: {made.logs}", err=True)


def _run(period: str | None, places: Places, *asked: Any) -> Report:
    from kpilib.monthly.ending import Interrupted, interruptible
    from kpilib.monthly.workers import warm

    try:
        with interruptible():
            warm()  # imports, beside what is imported here
            from kpilib.monthly.run import run

            return run(period, places, *asked)
    except Interrupted as interrupted:
        click.echo("kpilib: interrupted; nothing was published.", err=True)
        sys.exit(128 + interrupted.signum)


@commands.command()
@data_option
def check(data: Path) -> None:
    """Check a company's data, objectives and notes: every fault, then doubts and what is there."""
    from kpilib import open as open_company
    from kpilib.health.told import told
    from kpilib.monthly.basis import faults_of_company

    with speaking(language_of(data)):
        configuration, tables = faults_of_company(data)
    for fault in (*configuration, *tables):
        click.echo(fault)
    if not configuration and not tables:
        company = open_company(data)
        for doubt in (*company.doubts(), *doubts_of_objectives(company)):
            click.echo(f"To be looked at: {doubt}")
        for line in told(company):
            click.echo(line)
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
