"""The commands of delivery: a period as a message, when it is due, what is to be forgotten."""

from __future__ import annotations

import shlex
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpilib.cli_options import out_option, part_option, spoken_data_option
from kpilib.errors import ReportError
from kpilib.files import about, options_of
from kpilib.saying import error_of, say

if TYPE_CHECKING:
    from kpilib.delivery.companies import Task

# What a list of companies says itself, by parameter of `report`, and where.
LISTED_WORDS = {
    "data": "its list names the folders (folder:).",
    "where": "its list names the parts (where:).",
    "topics": "its list names the topics (topics:).",
    "langs": "its list names the languages (languages:).",
    "jobs": "companies run side by side, one notebook of each at a time.",
}
OPTION_OF = {"topics": "topic", "langs": "lang"}
KINDS = ("cron", "systemd", "windows", "github")


@click.command("send")
@click.argument("period")
@spoken_data_option
@part_option
@out_option
@click.option(
    "--unsure", is_flag=True, help="Send again what may have gone out when a run was killed."
)
def send_command(
    period: str, data: Path, where: dict[str, list[str]], out: Path, unsure: bool
) -> None:
    """Write PERIOD as message.eml, and send it to the recipients of company.yaml, once each.

    The address of the mail server stands in the environment, in KPILIB_SMTP_URL. Where a topic
    failed, the operator is told and the readers get nothing.
    """
    from kpilib.files import require_folder
    from kpilib.period import read_period

    asked = read_period(period).name
    require_folder(data)
    with about(data, where):
        sent(data, out, asked, unsure)


def sent(data: Path, out: Path, period: str, unsure: bool) -> None:
    """Write and send a period, and say what became of it."""
    from kpilib.delivery.message import Edition
    from kpilib.delivery.post import VARIABLE, Server, deliver

    edition, server = Edition.of(data, out, period), Server.given()
    if edition.failed:
        why = say(
            "{period}: failed: {topics}. See its index.html for the reasons.",
            period=period,
            topics=", ".join(edition.failed),
        )
        tell_failure(data, out, period, why)
        raise error_of(ReportError, "{why} Nothing was sent to the readers.", why=why)
    click.echo(edition.write())
    if not edition.delivery.recipients:
        said = say("company.yaml names no recipients (delivery:): nothing was sent.")
        click.echo(said, err=True)
    elif server is None:
        click.echo(say("{variable} is not set: nothing was sent.", variable=VARIABLE), err=True)
    else:
        told = deliver(edition, server, unsure=unsure)
        said = say("Sent: {sent}. Before: {before}.", sent=told["sent"], before=told["before"])
        click.echo(said, err=True)
        if blank := sum(not edition.shows(each) for each in edition.delivery.recipients):
            said = say("Nothing was sent to {count}: no page is for their audience.", count=blank)
            click.echo(said, err=True)
        if told["unsure"]:
            said = say(
                "Unsure: {count}: the connection or the run ended while these were being sent."
                " --unsure sends them again.",
                count=told["unsure"],
            )
            click.echo(said, err=True)


def tell_failure(data: Path, out: Path, period: str | None, why: str) -> None:
    """Tell the operator that a run failed, where there is one and a mail server."""
    from kpilib.delivery.message import Edition
    from kpilib.delivery.post import Server, tell_operator

    server = Server.given()
    if server is not None and data.is_dir():
        tell_operator(Edition.of(data, out, period or "the last month"), server, why)


def for_audiences(data: Path, folder: Path) -> None:
    """Publish for each audience of company.yaml what it may see, and take off what it may not."""
    from kpilib.settings import settings_of

    audiences = settings_of(data).delivery.audiences
    if audiences or (folder.parent / "for").is_dir():
        from kpilib.delivery.audiences import publish_audiences, unpublished

        for made in publish_audiences(folder.parent, audiences):
            click.echo(made / "index.html")
        for name, topic, near in unpublished(folder.parent, audiences):
            said = say(
                "Audience {name}: no page of topic {topic!r} is published.{near}",
                name=name,
                topic=topic,
                near=near,
            )
            click.echo(said, err=True)


def due_periods(data: Path, out: Path) -> list[str]:
    """Return the months that are due and missing, the oldest first, and say if there is none."""
    from kpilib.delivery.schedule import due

    found = due(data, out, date.today())
    if not found.missing:
        said = say(
            "Nothing is due: {month} is published. Next: {day}.", month=found.month, day=found.next
        )
        click.echo(said, err=True)
    return list(found.missing)


@click.command("schedule")
@click.option("--for", "kind", type=click.Choice(KINDS), default="cron", show_default=True)
@spoken_data_option
@part_option
@out_option
@click.option("--pdf", is_flag=True, help="With PDFs.")
@click.option("--send", is_flag=True, help="With messages.")
@click.option("--check", is_flag=True, help="Say whether the last month is late: exit code 1.")
def schedule_command(
    kind: str, data: Path, where: dict[str, list[str]], out: Path, check: bool, **more: bool
) -> None:
    """Print what has this machine make each month when it is due, and what was missed.

    A month is due on the third working day after it (company.yaml: delivery: working_day), in the
    calendar of the company: its table work_calendar, else the holidays of France.
    """
    from kpilib.delivery.schedule import line

    options = [f"--{name}" for name, on in more.items() if on]
    if check and typed("kind"):
        raise error_of(click.UsageError, "--check prints no line: give it, or --for, not both.")
    if check:
        with about(data, where):
            _tell_late(data, out, [*options_of(where), *options])
    else:
        click.echo(line(kind, data, out, options, where))


def _tell_late(data: Path, out: Path, options: list[str]) -> None:
    """Say whether the last month is late, and how it is made up; exit with 1 if so."""
    from kpilib.delivery.schedule import due

    found = due(data, out, date.today())
    if found.missing:
        same = ["--data", f"{data}", *options, "--out", f"{out}"]
        again = shlex.join(["kpilib", "report", "--due", *same])
        months = ", ".join(found.missing)
        click.echo(say("Late: {months}. Make it up: {command}", months=months, command=again))
        sys.exit(1)
    slots = {"month": found.month, "day": found.next}
    click.echo(say("On time: {month} is published. Next: {day}.", **slots))


def typed(name: str) -> bool:
    """Whether an option stands on the command line."""
    source = click.get_current_context().get_parameter_source(name)
    return source is click.core.ParameterSource.COMMANDLINE


def refuse_beside_a_list() -> None:
    """Refuse what a list of companies says itself: it would be taken, and nothing come of it."""
    for name, key in LISTED_WORDS.items():
        if typed(name):
            raise error_of(
                click.UsageError,
                "--companies does not go with --{option}: {remedy}",
                option=OPTION_OF.get(name, name),
                remedy=say(key),
            )


def several(todo: list[Task], out: Path, on: str) -> int:
    """Run several companies, say how each one ended, and return 1 where one failed."""
    from kpilib.delivery.companies import STATES, overview, run_all

    done = []
    for each in run_all(todo, on):
        done.append(each)
        state = STATES.get(each.code, "failed")
        said = f"[{len(done)}/{len(todo)}] {each.name}: {state} ({each.seconds:.0f} s)"
        click.echo(f"{said} {each.said}".rstrip(), err=True)
    click.echo(overview(done, out))
    return int(any(each.code for each in done))


def _begun(before: str) -> date:
    """Return the first day of a month; refuse one that has not come yet."""
    from kpilib.period import Period

    day = Period.parse(before).start
    if day > date.today():
        raise error_of(
            click.UsageError,
            "--before {before!r} has not come yet: all exports would go. Give a month that has"
            " begun, such as {month}.",
            before=before,
            month=Period.month_of(date.today()).previous().name,
        )
    return day


@click.command("purge")
@spoken_data_option
@out_option
@click.option("--before", metavar="MONTH", help="What is older than this month, such as 2024-10.")
@click.option("--person", metavar="KEY", help="A person, as the tables name them.")
@click.option("--dry-run", is_flag=True, help="With --before: only say what would go.")
def purge_command(
    data: Path, out: Path, before: str | None, person: str | None, dry_run: bool
) -> None:
    """Forget: old exports, former tables and detailed figures; or a person who asked for it.

    The ledger and the pages stay. A person goes from the tables and from the copies of what they
    were; erased.csv keeps when and how many rows, and no name.
    """
    if bool(before) == bool(person) or (person and dry_run):
        raise error_of(
            click.UsageError,
            "Give --before MONTH (with --dry-run, if you like) or --person KEY.",
        )
    from kpilib.delivery.purge import erase, old, purge

    if person:
        for name, rows in erase(data, person):
            click.echo(f"{name}: {rows}")
        said = say(
            "Their exports still hold them: remove these files. Periods that are published are made"
            " again by kpilib report PERIOD."
        )
        click.echo(said, err=True)
        return
    found = (old if dry_run else purge)(data, out, _begun(before))
    for path in found.files:
        click.echo(path)
    for path in found.unknown:
        said = say("Kept, as imports.csv does not know its days: {name}", name=path.name)
        click.echo(said, err=True)
    count = len(found.files)
    if not count:
        said = say("Nothing here is older than {month}.", month=before)
    elif dry_run:
        said = say("Nothing was removed; {count} would go.", count=count)
    else:
        said = say("Removed: {count}.", count=count)
    click.echo(f"{said} {say('The ledger and the pages stay.')}", err=True)


@click.command("upgrade")
@spoken_data_option
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def upgrade_command(data: Path, dry_run: bool) -> None:
    """Rewrite what a company folder of an older kpilib says otherwise; copies end in .old."""
    from kpilib.delivery.upgrade import upgrade

    done = upgrade(data, dry_run=dry_run)
    for name, why in done:
        click.echo(f"{name}: {why}")
    if not done:
        click.echo(say("Nothing to change."), err=True)
