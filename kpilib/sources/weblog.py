"""The log of a web server: a table of text, and its sessions, which are an approximation.

A log knows no people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import narwhals as nw
import polars as pl

from kpilib.saying import refusal
from kpilib.sources.block import Block, Row, numbered
from kpilib.sources.context import Context
from kpilib.sources.decode import CHUNK, Content, text_of
from kpilib.tables.visits import SEARCH, sessions_from_events

LOG = re.compile(
    r'(?:(?:\S+:\d+) )?(\S+) \S+ \S+ \[([^\]]{10,40})\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)'
    r'(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?(?: .*)?'
)
LOG_HEADER = ("host", "time", "request", "status", "bytes", "referrer", "agent")
LOG_SHARE = 0.01  # of lines that may be of another form: what scanners send
BOTS = (
    r"(?i)bot\b|bot/|crawl|spider|slurp|scan|monitor|preview|headless|externalhit|curl/|wget/"
    r"|python|httpx|okhttp|go-http|java/|libwww|axios|feed|archiver|lighthouse|probe|checker"
)
REQUEST = r"^(\S+) (\S+)(?: HTTP/[\d.]+)?$"
# A page has no suffix, or one of these; robots.txt, pictures, styles and scripts are none.
PAGE = r"(?i)^[^?]*?(/[^/.?]*|\.(html?|xhtml|php\d?|aspx?|jsp|cfm))(\?.*)?$"
MACHINES = r"(?i)^/(api|wp-json|wp-admin|wp-cron|xmlrpc|feed|\.well-known|health|cgi-bin)\b"


def is_log(start: str) -> bool:
    """Whether a text begins as the log of a web server does, in common or combined format."""
    return any(LOG.fullmatch(line) for line in start.splitlines()[:5])


def blocks_of_log(content: Content, encoding: str) -> Iterator[Block]:
    """Yield the requests of a web server's log.

    Lines of another form are left out and counted in the notes.

    Raises
    ------
    ContractError
        More than one line in a hundred is of another form.
    """
    block = Block(origin=content.name, header=LOG_HEADER, line=0, rows=iter(()), encoding=encoding)
    block.rows = _requests(content, block)
    yield block


def _requests(content: Content, block: Block) -> Iterator[Row]:
    wrong, number = [], 0
    with text_of(content, block.encoding) as file:
        while line := file.readline(CHUNK):
            number += 1
            found = LOG.fullmatch(line.rstrip("\r\n"))
            if found:
                *asked, size, referrer, agent = found.groups("")
                told = ("" if each == "-" else each for each in (size, referrer, agent))
                yield number, (*asked, *told)
            elif line.strip():
                wrong.append(number)
    if len(wrong) > max(10, LOG_SHARE * number):
        raise refusal(
            f"{content.name}:{wrong[0]}",
            "not in the combined format of web logs, and so {count} more line(s). Ask"
            " for the log in the combined format.",
            count=len(wrong) - 1,
        )
    if wrong:
        block.note(
            "{count} line(s) left out: not in the combined format ({where})",
            count=len(wrong),
            where=numbered(len(wrong), wrong, "line"),
        )


def log_sessions(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return one row a session, from requests for pages that were answered.

    A visitor is an address with an agent, under a keyed hash; neither is kept.
    """
    asked = frame.with_columns(
        method=pl.col("request").str.extract(REQUEST, 1),
        target=pl.col("request").str.extract(REQUEST, 2),
        agent=pl.col("agent").fill_null(""),
    )
    human = (pl.col("agent") != "") & ~pl.col("agent").str.contains(BOTS)
    people = context.left_out.keep(asked, human, "request of a program, told by its agent")
    answered = (pl.col("status") // 100 == 2) | (pl.col("status") == 304)
    page = pl.col("target").str.contains(PAGE) & ~pl.col("target").str.contains(MACHINES)
    shown = (pl.col("method") == "GET") & answered & page
    views = context.left_out.keep(people, shown, "request that shows no page")
    context.note(
        "approximate: a visitor is an address with an agent, a session ends after 30 idle"
        " minutes; pages that a browser kept are not in a log"
    )
    return _sessions(views, context)


def _sessions(views: pl.DataFrame, context: Context) -> pl.DataFrame:
    whole = views.select("host", "agent").unique()
    names = (f"{host}\x1f{agent}" for host, agent in whole.rows())
    whole = whole.with_columns(visitor_id=context.pseudonyms(names))
    views = views.join(whole, on=["host", "agent"], how="left").sort("visitor_id", "ts")
    views = views.with_columns(event_name=pl.lit("page_view"))
    events = nw.from_native(views.select("visitor_id", "ts", "event_name").lazy())
    found = sessions_from_events(events).to_native().collect()
    own = _own(views, found)
    landed = views.unique(["visitor_id", "ts"], keep="first", maintain_order=True)
    landed = landed.select("visitor_id", started_at="ts", target="target", referrer="referrer")
    found = found.join(landed, on=["visitor_id", "started_at"], how="left")
    origins = [
        origin(target or "", referrer or "", own)
        for target, referrer in found.select("target", "referrer").rows()
    ]
    source, medium, campaign = zip(*origins, strict=True) if origins else ((), (), ())
    began = pl.col("started_at").dt.epoch("s").cast(pl.String)
    return found.select(
        "visitor_id",
        "started_at",
        pl.col("duration_s").cast(pl.Float64),
        pl.col("pageviews").cast(pl.Int64),
        # Not a number in the file: the next file goes on with the same visitors.
        session_id=pl.concat_str("visitor_id", began, separator="."),
        landing_page=pl.Series([path_of(each or "") for each in found["target"]], dtype=pl.String),
        source=pl.Series(source, dtype=pl.String),
        medium=pl.Series(medium, dtype=pl.String),
        campaign_id=pl.Series(campaign, dtype=pl.String),
        is_aggregate=pl.lit(False),
    )


def _own(views: pl.DataFrame, found: pl.DataFrame) -> str:
    """Return the site's own name: where the pages after the first one were come from."""
    starts = found.select("visitor_id", ts="started_at")
    later = views.join(starts, on=["visitor_id", "ts"], how="anti")["referrer"]
    hosts = pl.Series([_host(each or "") for each in later], dtype=pl.String)
    return hosts.filter(hosts != "").mode().min() or ""


def origin(target: str, referrer: str, own: str) -> tuple[str, str, str | None]:
    """Return source, medium and campaign of a visit, from its first request.

    Parameters
    ----------
    target, referrer : str
        What was asked for, and the page before it.
    own : str
        The site's own name.
    """
    try:
        tags = parse_qs(urlsplit(target).query)
    except ValueError:
        tags = {}
    if "utm_source" in tags:
        campaign = tags.get("utm_campaign", [None])[0]
        return tags["utm_source"][0], tags.get("utm_medium", ["(not set)"])[0], campaign
    host = _host(referrer)
    if not host or host == own:
        return "(direct)", "(none)", None
    return host, "organic" if re.search(SEARCH, host) else "referral", None


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def path_of(address: str) -> str | None:
    """Return the path of a page: what follows it may hold names of people."""
    try:
        return urlsplit(address).path or "/"
    except ValueError:
        return None
