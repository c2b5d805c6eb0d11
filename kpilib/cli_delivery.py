"""The commands of delivery: a period as a message, when it is due, what is to be forgotten."""

from __future__ import annotations

from pathlib import Path

import click

from kpilib.cli_value import data_option, out_option
from kpilib.errors import ReportError


@click.command("send")
@click.argument("period")
@data_option
@out_option
@click.option(
    "--unsure", is_flag=True, help="Send again what may have gone out when a run was killed."
)
def send_command(period: str, data: Path, out: Path, unsure: bool) -> None:
    """Write PERIOD as message.eml, and send it to the recipients of company.yaml, once each.

    The address of the mail server stands in the environment, in KPILIB_SMTP_URL. Where a topic
    failed, the operator is told and the readers get nothing.
    """
    from kpilib.delivery.message import Edition
    from kpilib.delivery.post import VARIABLE, Server, deliver, tell_operator

    edition, server = Edition.of(data, out, period), Server.given()
    if edition.failed:
        why = f"{period}: failed: {', '.join(edition.failed)}. See its index.html for the reasons."
        if server:
            tell_operator(edition, server, why)
        raise ReportError(f"{why} Nothing was sent to the readers.")
    click.echo(edition.write())
    if not edition.delivery.recipients:
        click.echo("company.yaml names no recipients (delivery:): nothing was sent.", err=True)
    elif server is None:
        click.echo(f"{VARIABLE} is not set: nothing was sent.", err=True)
    else:
        told = deliver(edition, server, unsure=unsure)
        click.echo(f"Sent: {told['sent']}. Before: {told['before']}.", err=True)
        if told["unsure"]:
            click.echo(
                f"Unsure: {told['unsure']}: the connection or the run ended while these were being"
                " sent. --unsure sends them again.",
                err=True,
            )
