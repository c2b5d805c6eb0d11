"""The monthly run: lock, check, run the notebooks side by side, judge, publish, index.

Nothing is published before everything is known, and nothing that failed replaces what was good.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from kpilib.definitions import Method
from kpilib.errors import ParameterError
from kpilib.language import speaker
from kpilib.monthly import index, ledger, lock, owner, workers
from kpilib.monthly.basis import Basis, read_basis
from kpilib.monthly.ending import interruptible, put_away
from kpilib.monthly.glossary import glossaries
from kpilib.monthly.job import (
    FIGURES,
    PLAN,
    Beforehand,
    Job,
    Outcome,
    Places,
    Report,
)
from kpilib.monthly.layout import place, twins
from kpilib.monthly.lock import LOG, RUNNING, private
from kpilib.monthly.manifest import Entry, compose, refused
from kpilib.monthly.manifest import manifest as describe
from kpilib.monthly.parameters import faults_of
from kpilib.monthly.publish import as_json, changed, join_figures, publish, sweep
from kpilib.monthly.selection import Source, select
from kpilib.monthly.unchanged import made_of
from kpilib.objectives.plan import hand_on
from kpilib.period import read_period
from kpilib.saying import error_of, say
from kpilib.topics.catalogue import TOPICS, of_topic

DEFAULT_PLACES = Places()
MOST_OF_A_CELL, MOST_OF_A_NOTEBOOK = 300.0, 900.0  # seconds that each may take
SEVERAL = 3  # pages from which on figures are worked out before the pages


def run(
    period: str | None = None,
    places: Places = DEFAULT_PLACES,
    topics: Collection[str] = (),
    langs: Sequence[str] = (),
    jobs: int | None = None,
) -> Report:
    """Run the notebooks of a period and publish their pages.

    Parameters
    ----------
    period : str, optional
        ``2026-10``, ``2026-Q3``, ``2026``, ``2026-W44``, ``FY2026`` or ``FY2026-Q1``; by default
        the last complete month in the data.
    places : Places
    topics : collection of str
        Only these; all by default.
    langs : sequence of str
        Languages, the first at the month's root; by default those of company.yaml.
    jobs : int, optional
        How many notebooks run side by side; by default one a core.

    Raises
    ------
    KpilibError
        Something forbids to start: parameters, configuration, another run.
    Interrupted
        A signal came; nothing was published and nothing is left behind.
    """
    started = datetime.now(UTC)
    sources = _asked(period, places, topics, langs, jobs)
    with interruptible():
        workers.warm()
        basis, root = _basis(period, places, langs, sources)
        report = Report(root / basis.month, unreadable=basis.unreadable)
        sweep(root)
        _own(root, basis)
        month_lock = lock.hold(root / f".{basis.month}.lock", f"{basis.slug} {basis.month}")
        with month_lock, private() as work:
            try:
                entries = refused(sources, basis, explicit=bool(topics))
                able = [source for source in sources if source.topic not in entries]
                planned = _plan(able, basis, root, work)
                count = jobs or workers.cores()
                _work_out(able, basis, work, count)
                results = _collect(planned, count)
                basis.confirm()
                entries |= {each.topic: compose(each, basis, results, work) for each in able}
                report.tell(entries)
                _publish(root, basis, entries, planned, started)
            finally:
                report.logs = _tidy(work, report.states)
    return report


def _asked(
    period: str | None,
    places: Places,
    topics: Collection[str],
    langs: Sequence[str],
    jobs: int | None,
) -> list[Source]:
    """Return the notebooks asked for; a slip is said before anything heavy is loaded."""
    for lang in langs:
        speaker(lang)  # says which languages there are
    if jobs is not None and jobs < 1:
        raise error_of(
            ParameterError,
            "The number of jobs must be 1 or more; it was given as {jobs}.",
            jobs=jobs,
        )
    own = Path(places.data) / "notebooks"
    sources = select(Path(places.notebooks), list(topics), own=own)
    if period:
        read_period(period)
    return sources


def _basis(
    period: str | None, places: Places, langs: Sequence[str], sources: list[Source]
) -> tuple[Basis, Path]:
    """Return what the report is based on, and the company's folder of reports."""
    folder = Path(places.data)
    made = made_of(folder, sources, langs)
    basis = read_basis(folder, period or None, langs)
    root = owner.root_of(Path(places.out).resolve(), basis.folder, basis.names)
    said_again = "" if basis.unreadable else made
    return replace(basis, made_of=said_again, slug=root.name), root


def _own(root: Path, basis: Basis) -> tuple[dict[str, index.Manifest], pd.DataFrame]:
    """Read what was published before, and refuse what is damaged or another company's."""
    months = index.manifests(root)
    record = ledger.load(root, months)
    owner.refuse_others(root, basis.names, months, record["company"].unique())
    return months, record


def _plan(sources: list[Source], basis: Basis, root: Path, work: Path) -> list[Job]:
    """Lay out one job a notebook and language, refusing all of them if one may not run."""
    published = index.manifests(root)
    planned, faults = [], []
    for source in sources:
        for lang in basis.languages:
            private = work / f"{source.topic}.{lang}"
            given = {
                "period": basis.month,
                "data": str(basis.folder),
                "lang": lang,
                "out": str(private / "out"),
            }
            faults += [f"{source.path.name}: {fault}" for fault in faults_of(source.content, given)]
            (private / "out").mkdir(parents=True)
            planned.append(
                Job(
                    topic=source.topic,
                    lang=lang,
                    month=basis.month,
                    notebook=source.path.resolve(),
                    parameters=given,
                    expected=source.expected,
                    work=private,
                    frame=_frame(source, lang, basis, root, published),
                    cell_limit=MOST_OF_A_CELL,
                )
            )
    if faults:
        raise ParameterError("\n".join(dict.fromkeys(faults)))
    took = dict(_durations(published))
    length = {source.topic: len(source.content["cells"]) for source in sources}
    first = basis.languages[0]  # works the figures out; the others read them

    def order(job: Job) -> tuple[bool, float, int]:
        return job.lang != first, -took.get(job.topic, 0), -length[job.topic]

    return sorted(planned, key=order)


def _durations(published: dict[str, index.Manifest]) -> Iterator[tuple[str, float]]:
    """Tell how long notebooks took when they last ran: the longest ones are to start first."""
    for manifest in published.values():
        for topic, entry in manifest["notebooks"].items():
            past = [seconds.get("notebook", 0) for seconds in entry.get("seconds", {}).values()]
            if past:
                yield topic, max(past)


def _frame(
    source: Source, lang: str, basis: Basis, root: Path, published: dict[str, index.Manifest]
) -> dict[str, object]:
    """Gather what a page says around its cells."""
    name = f"{source.topic}.html"
    here = f"{basis.month}/{place(lang, basis.languages, name)}"
    return {
        "company": basis.settings.name,
        "short": index.short(source.title(lang)),
        "month": basis.month,
        "twins": twins(lang, basis.languages, name),
        "neighbours": index.topic_neighbours(
            source.topic, basis.month, lang, here, root, published
        ),
        "basis": basis.footer,
    }


def _topics(entries: Mapping[str, Entry], here: str, lang: str) -> list[tuple[str, str, bool]]:
    """Return the pages of a period as its topic bar names them: those that are there."""
    return [
        (index.short(entry["titles"][lang]), f"{topic}.html", topic == here)
        for topic, entry in entries.items()
        if entry["pages"].get(lang)
    ]


def _work_out(sources: list[Source], basis: Basis, work: Path, count: int) -> None:
    """Work out what several pages need, in parts side by side, before the first begins."""
    shared = work / FIGURES
    topics = tuple(dict.fromkeys(source.catalogue_topic for source in sources))
    shared.mkdir()
    hand_on(work / PLAN)
    if len(sources) < SEVERAL:
        return
    parts = [
        Beforehand(basis.folder, basis.month, asked, methods, work / f"part{number}", shared)
        for number, (asked, methods) in enumerate(_parts(topics, count))
    ]
    for part in parts:
        part.work.mkdir()
    for _ in workers.run(parts, count, MOST_OF_A_NOTEBOOK):
        pass  # what failed here, the pages meet and say


def _parts(topics: Sequence[str], count: int) -> list[tuple[Sequence[str], tuple[bool, ...]]]:
    """Return what is worked out apart, by so many processes: methods, and all else at once.

    Each process opens the company and reads its tables anew, so that no more are begun than work
    side by side.
    """
    if count == 1:
        return [(topics, (True, False))]
    known = [topic for topic in topics if topic in TOPICS]
    many = {topic: sum(isinstance(kpi.value, Method) for kpi in of_topic(topic)) for topic in known}
    apart = sorted(filter(many.__getitem__, many), key=many.__getitem__, reverse=True)
    methods = (tuple(apart[first :: count - 1]) for first in range(count - 1))
    return [(topics, (False,)), *((own, (True,)) for own in methods if own)]


def _collect(jobs: list[Job], count: int) -> dict[tuple[str, str], Outcome]:
    """Run the notebooks and tell of each as it ends, on the error stream, which is not the output.

    A line each in a log; on a terminal a bar, and a line for what failed.
    """
    results: dict[tuple[str, str], Outcome] = {}
    with ExitStack() as stack:
        bar = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            bar = stack.enter_context(tqdm(total=len(jobs), unit="page", leave=False))
        for job, outcome in stack.enter_context(
            closing(workers.run(jobs, count, MOST_OF_A_NOTEBOOK))
        ):
            results[job.topic, job.lang] = outcome
            line = f"[{len(results)}/{len(jobs)}] {ended(job, outcome)}"
            if bar is None:
                print(line, file=sys.stderr, flush=True)
            else:
                bar.update()
                if not outcome.ok or outcome.seen_alone:
                    bar.write(line, file=sys.stderr)
    return results


def ended(job: Job, outcome: Outcome) -> str:
    """Say in one line what became of a notebook."""
    page = f"{job.topic} {job.lang}"
    seconds = sum(outcome.seconds.get(each, 0) for each in ("notebook", "page"))
    if outcome.ok:
        told = say("{page}: ok ({seconds:.1f} s)", page=page, seconds=seconds)
    else:
        why = say(outcome.reason[0], **outcome.reason[1])
        told = say("{page}: FAILED: {why} ({seconds:.1f} s)", page=page, why=why, seconds=seconds)
    if not outcome.seen_alone:
        return told
    alone = say(
        "Only its axes describe a picture of cell {cells}: say what it shows, as"
        ' figure.set_label("...").',
        cells=", ".join(map(str, outcome.seen_alone)),
    )
    return f"{told}. {alone}"


def _publish(
    root: Path, basis: Basis, entries: dict[str, Entry], jobs: list[Job], started: datetime
) -> None:
    """Publish the good pages, the month's figures, record and state, and every index, in order."""
    from kpilib.monthly import restated

    # Another month's run may end at this moment; both write the index of all months.
    with lock.hold(root / ".index.lock"):
        months, record = _own(root, basis)  # another company's run may have ended meanwhile
        before = months.get(basis.month, {}).get("notebooks", {})
        good = [job for job in jobs if entries[job.topic]["state"] in ("ok", "no_data")]
        figures = {
            job.topic: job.figures.read_bytes() for job in good if job.lang == basis.languages[0]
        }
        entries = _with_those_before(entries, before)
        published = root / basis.month / "figures.csv"
        table = join_figures(
            figures,
            published.read_bytes() if published.exists() else b"",
            [topic for topic, entry in entries.items() if entry["pages"]],
        )
        off = {topic for topic, entry in entries.items() if entry["state"] == "skipped"}
        record, said = restated.recorded(basis, record, table, {*figures, *off})
        # First: a record that is ahead of its pages is made good by the next run, a lost one never.
        files = {ledger.FILE: ledger.write(record)}
        files |= _complete(good, entries, said["restated"]["topics"])
        files[f"{basis.month}/figures.csv"] = table
        files |= glossaries(basis)
        manifest = describe(basis, entries, started, datetime.now(UTC), said)
        manifest["beside"] = sorted({*months, basis.month})
        files[f"{basis.month}/run.json"] = as_json(manifest)
        months = index.in_order({**months, basis.month: manifest})
        gone = _pages(before, basis.month) - _pages(entries, basis.month)

        def exists(path: str) -> bool:
            older = path.startswith(f"{basis.month}/") and path.endswith(".pdf")  # than its page
            return path in files or (path not in gone and not older and (root / path).is_file())

        files |= changed(root, index.pages(months, exists))
        publish(root, files, gone, f".{basis.month}.new")


def _complete(
    jobs: Iterable[Job], entries: Mapping[str, Entry], restated: Mapping[str, int]
) -> dict[str, bytes]:
    """Return the pages of a period, by their places, with what is known once all are made."""
    from kpilib.monthly.restated import completed

    return {
        f"{job.month}/{entries[job.topic]['pages'][job.lang]}": completed(
            job.page.read_bytes(),
            restated[job.topic],
            _topics(entries, job.topic, job.lang),
            job.lang,
        )
        for job in jobs
    }


def _with_those_before(entries: dict[str, Entry], before: dict[str, Entry]) -> dict[str, Entry]:
    """Add the topics that only an earlier run had, and the last good pages of those that failed."""
    failed = {
        topic: entry | {"pages": before[topic]["pages"]}
        for topic, entry in entries.items()
        if entry["state"] == "failed" and topic in before
    }
    every = before | entries | failed
    return dict(sorted(every.items(), key=lambda item: item[1]["file"]))


def _pages(entries: Mapping[str, Entry], month: str) -> set[str]:
    return {f"{month}/{page}" for entry in entries.values() for page in entry["pages"].values()}


def _tidy(work: Path, states: dict[str, str]) -> Path | None:
    """Remove the private folder, but for what explains a failure."""
    failed = {topic for topic, state in states.items() if state == "failed"}
    put_away(
        folder
        for folder in work.iterdir()
        if folder.name != RUNNING
        and (folder.name.rpartition(".")[0] not in failed or not (folder / LOG).exists())
    )
    return work if any(each.name != RUNNING for each in work.iterdir()) else None
