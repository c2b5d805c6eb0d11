"""What sales tools know: contacts and reports into leads, deals that were won into orders."""

from __future__ import annotations

import re

import polars as pl

from kpilib.saying import meant, say
from kpilib.sources.block import completed
from kpilib.sources.context import Context
from kpilib.sources.keys import key

SEVERAL = re.compile(r"\s*[;,]\s*")
WON_WORDS = {"ordered_at": "closing date", "amount_ht": "amount"}  # of a deal
STAGES = ("qualified_at", "sql_at", "won_at")
# Where a lead came from, in the words of HubSpot, the French ones unverified; a company's own words
# say no channel.
CHANNELS = {
    word: channel
    for channel, words in {
        "organic_search": ("organic search", "recherche organique"),
        "paid_search": ("paid search", "recherche payante"),
        "organic_social": ("organic social", "social media", "reseaux sociaux organiques"),
        "paid_social": ("paid social", "reseaux sociaux payants"),
        "email": ("email marketing", "e-mail marketing"),
        "direct": ("direct traffic", "trafic direct"),
        "referral": (
            "referrals",
            "ai referrals",
            "partner referral",
            "employee referral",
            "external referral",
            "references",
        ),
        "unassigned": (
            "other campaigns",
            "offline sources",
            "autres campagnes",
            "sources hors ligne",
        ),
    }.items()
    for word in words
}


def crm_leads(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return one row a contact or lead; people and their companies are pseudonyms.

    Fields: ``lead_id`` and ``email`` (one of them), ``created_at``, ``source``, ``company``, the
    dates of the stages. What has no day of creation is dropped and counted.
    """
    tool = str(context.table.options["tool"])
    frame = completed(frame, dict.fromkeys(("lead_id", "email", "source", "company"), pl.String()))
    named = pl.col("lead_id").is_not_null() | pl.col("email").is_not_null()
    known = context.left_out.keep(frame, named, "neither number nor e-mail address")
    dated = context.left_out.keep(known, pl.col("created_at").is_not_null(), "no day of creation")
    ids, people, customers = [], [], []
    for row in dated.iter_rows(named=True):
        person = context.pseudonym(row["email"] or f"{tool}|{row['lead_id']}")
        day = row["created_at"].isoformat()
        ids.append(context.pseudonym(f"{tool}|{row['lead_id'] or f'{person}|{day}'}"))
        people.append(person)
        won = row.get("won_at") is not None
        customers.append(_customer(row["company"], row["lead_id"], context) if won else None)
    sources = [each and key(each).replace("_", " ") for each in dated["source"]]
    if unknown := sum(each is not None and each not in CHANNELS for each in sources):
        context.note("{count} row(s) name a source that is no channel: unassigned", count=unknown)
    made = {
        "lead_id": ids,
        "person_key": people,
        "channel": [each and CHANNELS.get(each, "unassigned") for each in sources],
        **({"customer_id": customers} if "won_at" in dated.columns else {}),
    }
    stages = (name for name in STAGES if name in dated.columns)
    return dated.select("created_at", *stages).with_columns(
        pl.Series(name, values, dtype=pl.String) for name, values in made.items()
    )


def _customer(company: str | None, contact: str | None, context: Context) -> str | None:
    """Return who buys: the company when it is known, else the first of the contacts."""
    tool = context.table.options["tool"]
    for kind, several in (("company", company), ("contact", contact)):
        if several:
            return context.pseudonym(f"{tool}|{kind}|{SEVERAL.split(several.strip())[0]}")
    return None


def _won(frame: pl.DataFrame, context: Context) -> pl.Series:
    """Return which deals were won: as the tool says, or by the name of their stage."""
    header = context.header("stage")
    answer = context.answer(header)
    if "is_won" in frame.columns and not answer:
        return frame["is_won"].fill_null(False)
    pattern = re.compile(str(context.table.options["won"]), re.I)
    keys = [key(text or "") for text in frame["stage"]]
    won = pl.Series(
        [each == key(answer) if answer else bool(pattern.search(each)) for each in keys],
        dtype=pl.Boolean,
    )
    if len(frame) and not won.any():
        raise context.refused(
            "column {header}: no deal is in the stage {answer!r}.{near}"
            if answer
            else "column {header}: no deal is in a stage called won. Say which one is: --read"
            " '{header}=NAME OF THE STAGE'; if none was won, there is nothing to import.",
            header=header,
            answer=answer,
            near=meant(answer, set(keys)),
        )
    return won


def won_deals(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return one order for each deal that was won; open and lost ones are dropped and counted.

    Raises
    ------
    ContractError
        No stage is called won, and none was named; a won deal has no day or no amount.
    """
    orders = context.left_out.keep(frame, pl.lit(_won(frame, context)), "deal not won")
    for name, what in WON_WORDS.items():
        if orders[name].null_count():
            raise context.refused(
                "{count} won deal(s) have no {what}. Fill it in and export again.",
                count=orders[name].null_count(),
                what=say(what),
            )
    orders = completed(orders, dict.fromkeys(("company", "contact", "currency"), pl.String()))
    customers = [
        _customer(row["company"], row["contact"], context) for row in orders.iter_rows(named=True)
    ]
    return orders.select(
        "order_id",
        pl.Series("customer_id", customers, dtype=pl.String),
        "ordered_at",
        "amount_ht",
        pl.col("currency").fill_null(context.currency),
        pl.lit("paid").alias("status"),
    )
