"""What a run leaves in run.json: what it was asked, what it read, what became of each notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from kpilib.files import digest_of
from kpilib.monthly.basis import Basis
from kpilib.monthly.job import Outcome
from kpilib.monthly.layout import place
from kpilib.monthly.lock import LOG
from kpilib.monthly.selection import Source
from kpilib.tables import FROM_THE_START

Entry = dict[str, Any]


def entry(source: Source, basis: Basis, state: str, message: str = "", **slots: object) -> Entry:
    """Describe what became of a notebook.

    Parameters
    ----------
    source : Source
    basis : Basis
    state : str
        ``ok``, ``no_data`` (its page says so), ``skipped`` (nothing to run on) or ``failed``.
    message, **slots
        Why, in English, and what fills the slots; the index says it in its own language.

    Returns
    -------
    dict
        One notebook of run.json.
    """
    return {
        "state": state,
        "reason": {"message": message, "slots": slots},
        "file": source.path.name,
        "sha256": digest_of(source.path),
        "titles": {lang: source.title(lang) for lang in basis.languages},
        "pages": {},
        "kpis": {},
    }


def refused(sources: Sequence[Source], basis: Basis, explicit: bool) -> dict[str, Entry]:
    """Say which notebooks need not start, because of what their data is.

    Parameters
    ----------
    sources : sequence of Source
    basis : Basis
    explicit : bool
        Whether the topics were asked for by name: then a page without data is made too.

    Returns
    -------
    dict of str to entry
        ``failed`` where the data has faults, ``skipped`` where every table is missing.
    """
    refused, provided = {}, basis.provided - FROM_THE_START
    for source in sources:
        faults = [fault for table in source.tables for fault in basis.faults.get(table, [])]
        if faults:
            refused[source.topic] = entry(
                source, basis, "failed", "The data has faults: {faults}", faults=" ".join(faults)
            )
        elif source.tables and not explicit and provided.isdisjoint(source.tables):
            refused[source.topic] = entry(
                source,
                basis,
                "skipped",
                "None of its tables was provided: {tables}.",
                tables=", ".join(source.tables),
            )
    return refused


def compose(
    source: Source, basis: Basis, results: dict[tuple[str, str], Outcome], work: Path
) -> Entry:
    """Describe a notebook that ran, in all its languages: one that failed fails them all.

    What failed tells where its log is, in the private folder of the run.
    """
    outcomes = {lang: results[source.topic, lang] for lang in basis.languages}
    for lang, outcome in outcomes.items():
        if not outcome.ok:
            message, slots = outcome.reason
            failed = entry(source, basis, "failed", message, **slots)
            return failed | {"log": _from_home(work / f"{source.topic}.{lang}" / LOG)}
    kpis = outcomes[basis.languages[0]].result["kpis"]
    # The scoreboard needs no table: without objectives it says so, and nothing is amiss.
    silent = set(kpis.values()) <= {"no_data", "missing_table", "missing_column", "no_denominator"}
    if kpis and silent and source.tables:
        made = entry(source, basis, "no_data", "There is no data for this period.")
    else:
        made = entry(source, basis, "ok")
    made["kpis"] = kpis
    made["late"] = outcomes[basis.languages[0]].result.get("late", [])
    made["seen_alone"] = outcomes[basis.languages[0]].seen_alone
    made["pages"] = {
        lang: place(lang, basis.languages, f"{source.topic}.html") for lang in basis.languages
    }
    told = ("finding", "key", "states", "decisions")  # what indexes and messages say of it
    made["told"] = {
        lang: {name: outcome.result[name] for name in told if name in outcome.result}
        for lang, outcome in outcomes.items()
    }
    made["seconds"] = {
        lang: {part: round(seconds, 2) for part, seconds in outcome.seconds.items()}
        for lang, outcome in outcomes.items()
    }
    return made


def _from_home(path: Path) -> str:
    """Return a path that names nobody's home."""
    with suppress(ValueError, RuntimeError):
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    return str(path)


def manifest(
    basis: Basis,
    entries: dict[str, Entry],
    started: datetime,
    ended: datetime,
    record: Mapping[str, Any],
) -> dict[str, Any]:
    """Describe a run: the content of run.json, with what was restated and the ledger's seal."""
    return {
        "company": basis.settings.name,
        "identity": basis.names[0],
        "month": basis.month,
        "first": basis.period.start.isoformat(),
        "last": basis.period.end_day.isoformat(),
        "languages": list(basis.languages),
        "parameters": {"month": basis.month, "data": basis.slug, "langs": list(basis.languages)},
        "started": started.isoformat(timespec="seconds"),
        "ended": ended.isoformat(timespec="seconds"),
        "as_of": basis.as_of,
        "versions": basis.versions,
        "made_of": basis.made_of,
        "last_month": basis.last_month,
        "inputs": {
            fact["table"]: {name: value for name, value in fact.items() if name != "table"}
            for fact in basis.facts
        },
        "notebooks": entries,
        **record,
    }
