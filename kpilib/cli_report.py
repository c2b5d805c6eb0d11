"""The command that makes the reports of a period: of one company, or of several."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpilib.cli_delivery import (
    due_periods,
    for_audiences,
    refuse_beside_a_list,
    sent,
    several,
    tell_failure,
    typed,
)
from kpilib.cli_options import companies_option, notebooks_option, out_option, part_option
from kpilib.errors import KpilibError, LockedError
from kpilib.files import about, options_of
from kpilib.language import LANGUAGES
from kpilib.monthly.job import STATE_WORDS, Places
from kpilib.period import read_period
from kpilib.saying import error_of, say

if TYPE_CHECKING:
    from kpilib.monthly.job import Report


@click.command("report")
@click.argument("period", required=False)
@companies_option
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
def report_command(
    period: str | None,
    data: tuple[Path, ...],
    where: dict[str, list[str]],
    due: bool,
    companies: Path | None,
    on: str,
    **options: Any,
) -> None:
    """Run the notebooks and publish a period (by default the last complete month).

    PERIOD is a month 2026-10, a quarter 2026-Q4, a year 2026, a week 2026-W44, or FY2026. Pages
    since which nothing changed stand as they are.

    Exit code 0: published. 1: a notebook or the data failed, the others are published. 2: wrong
    usage or configuration. 3: another run holds the period. 130, 143: interrupted.
    """
    _refuse_slips(period, due, options["pdf"])
    if companies or len(data) > 1:
        from kpilib.delivery.companies import of_folders, tasks

        if companies:
            refuse_beside_a_list()
        asked = options["out"], _words(period, due, where, options)
        todo = tasks(companies, *asked) if companies else of_folders(data, *asked)
        sys.exit(several(todo, options["out"], on))
    if on:
        raise error_of(click.UsageError, "--on goes with --companies.")
    (folder,) = data
    with about(folder, where):
        periods = due_periods(folder, options["out"]) if due else [period]
        sys.exit(max((_published(each, data=folder, **options) for each in periods), default=0))


def _refuse_slips(period: str | None, due: bool, pdf: bool) -> None:
    """Say what cannot be done before anything heavy begins."""
    if period:
        read_period(period)
    if period and due:
        raise error_of(
            click.UsageError, "--due looks for the months itself: give it, or a PERIOD, not both."
        )
    if pdf:
        from kpilib.delivery.pdf import ready

        ready()


def _words(
    period: str | None, due: bool, where: dict[str, list[str]], options: dict[str, Any]
) -> list[str]:
    """Return what is asked of each of several companies, as words of a command line."""
    named = {"due": due, **{name: options[name] for name in ("pdf", "send", "again", "strict")}}
    said = [*([period] if period else ()), *(f"--{name}" for name in named if named[name])]
    for option, given in (("--topic", options["topics"]), ("--lang", options["langs"])):
        said += [word for each in given for word in (option, each)]
    said += options_of(where)
    if typed("notebooks"):
        said += ["--notebooks", str(options["notebooks"].resolve())]
    return [*said, *(["--jobs", str(options["jobs"])] if options["jobs"] else ())]


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
    from kpilib.monthly.selection import left_out, select
    from kpilib.monthly.unchanged import made_of, unchanged

    data = Path(places.data)
    own = data / "notebooks"
    sources = select(Path(places.notebooks), topics, own=own)
    for each in left_out(own):
        click.echo(each, err=True)
    now = made_of(data, sources, langs) if data.is_dir() and not again else ""
    made = unchanged(Path(places.out), period, now, [each.topic for each in sources])
    made = made or _run(period, places, topics, langs, jobs)
    _say(made)
    return made


def _say(made: Report) -> None:
    """Say what became of a run, to whoever watches it."""
    if made.since:
        said = say(
            "Nothing changed since {day}: the pages stand as they are. --again makes them anew.",
            day=made.since,
        )
        click.echo(said, err=True)
    for fault in made.unreadable:
        if not any(fault in reason for reason in made.reasons.values()):
            click.echo(fault, err=True)
    for topic, state in made.states.items():
        if state != "ok":
            why = made.reasons.get(topic)
            said = say(STATE_WORDS[state], topic=topic)
            click.echo(f"{said}. {why}" if why else said, err=True)
    if made.kpis:
        known = len(made.kpis) - len(made.lacking)
        slots = {"known": known, "count": len(made.kpis)}
        click.echo(say("{known} of {count} KPIs could be worked out.", **slots), err=True)
    if made.lacking:
        click.echo(say("Without a figure: {kpis}", kpis=", ".join(made.lacking)), err=True)
    if made.late:
        click.echo(say("Late data: {tables}", tables=", ".join(made.late)), err=True)
    if made.logs:
        click.echo(say("Private logs of what failed: {folder}", folder=made.logs), err=True)


def _run(period: str | None, places: Places, *asked: Any) -> Report:
    from kpilib.monthly.ending import Interrupted, interruptible
    from kpilib.monthly.workers import warm

    try:
        with interruptible():
            warm()  # imports, beside what is imported here
            from kpilib.monthly.run import run

            return run(period, places, *asked)
    except Interrupted as interrupted:
        click.echo(f"kpilib: {say('interrupted; nothing was published.')}", err=True)
        sys.exit(128 + interrupted.signum)
