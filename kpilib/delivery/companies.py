"""Many companies from one list: each in a process of its own, here or on a cluster, and one page.

What is run is the command that one company's operator types, so a company costs the same among a
hundred as alone, a broken one stops no other, and the memory of each ends with it.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from kpilib.delivery.message import RECIPIENTS
from kpilib.engine.privacy import MOST_PARTS
from kpilib.errors import CompanyError, KpilibError, ParameterError, listed
from kpilib.files import options_of, replacing, slug
from kpilib.language import LANGUAGES, speaker
from kpilib.monthly import workers
from kpilib.monthly.index import PAPER, Manifest, languages_of, manifests, page_told
from kpilib.monthly.job import STATE_WORDS
from kpilib.monthly.layout import fill, place
from kpilib.monthly.owner import folder_of, root_of
from kpilib.period import read_period
from kpilib.saying import error_of, fault_at, say
from kpilib.settings import Language, Recipient, settings_of, unknown_audience
from kpilib.yaml_file import Place, Strict, at_lines, load_yaml, read_yaml, spelt

PAGE = "companies.html"
LOCAL, DASK = "local-cluster", "dask://"
STATES = {0: "published", 1: "failed", 2: "failed", 3: "under way"}
FOREIGN = re.compile(r"^(\w+(?:Error|Exception))\b.*\Z", re.M)
LONGEST = 3600.0  # seconds for one company


def _period(given: str) -> str:
    return read_period(given).name


def _one_column(given: Any) -> Any:
    """Take ``{campus: Lyon}`` and ``{campus: [Lyon, Paris]}`` alike."""
    column, groups = next(iter(given.items()), ("", [])) if isinstance(given, dict) else ("", [])
    groups = groups if isinstance(groups, list) else [groups]
    # Without a group it would be the whole company, published where a part of it is looked for.
    whole = column and groups and all(isinstance(each, str | int | float) for each in groups)
    if not whole or len(given) != 1:
        raise error_of(
            ValueError,
            "write one column and its groups, such as {example}",
            example="{campus: [Lyon, Paris]}",
        )
    return {str(column): list(dict.fromkeys(str(each) for each in groups))}


NamedPeriod = Annotated[str, AfterValidator(_period)]
Rows = Annotated[dict[str, list[str]], BeforeValidator(_one_column)]
Own = spelt(r"(?!.*://).*\S.*", "the company's folder, seen from this list, such as acme")
Folder = spelt(r"(?!.*://).+", "the folder in which its pages are published, such as ../public")


class Asked(BaseModel):
    """What is asked of a company; of the list's defaults, where it says nothing itself.

    Parameters
    ----------
    topics, languages, periods : list of str
    pdf, send : bool
    out : str
        The folder in which its pages are published, seen from the list; that of all by default.
    recipients : list of Recipient
        In place of those of its company.yaml.
    """

    model_config = Strict.model_config

    topics: list[str] | None = None
    languages: list[Language] | None = None
    periods: list[NamedPeriod] | None = None
    pdf: bool | None = None
    send: bool | None = None
    out: Folder | None = None
    recipients: list[Recipient] | None = None


class Listed(Asked):
    """One company of the list.

    Parameters
    ----------
    folder : str
        Its own, seen from the list.
    where : mapping of str to list of str
        The part of it that is reported: a column, and the groups whose rows count.
    """

    folder: Own
    where: Rows | None = None

    def over(self, defaults: Asked) -> Listed:
        """Return it with the defaults where it says nothing."""
        said = self.model_dump(exclude_none=True)
        return Listed(**{**defaults.model_dump(exclude_none=True), **said})


class Companies(Strict):
    """companies.yaml: the companies of one operator."""

    defaults: Asked = Field(default_factory=Asked)
    companies: list[Listed] = Field(min_length=1)


@dataclass(frozen=True)
class Task:
    """One company and period: the command that makes it, and what came of it."""

    data: Path
    command: tuple[str, ...]
    out: Path
    recipients: tuple[Recipient, ...] | None = field(default=None, repr=False)
    where: dict[str, list[str]] = field(default_factory=dict)
    code: int = -1
    said: str = ""
    seconds: float = 0.0

    def done(self) -> Task:
        """Run it, to the end whatever happens."""
        began = perf_counter()
        with TemporaryDirectory() as place:
            log = Path(place) / "said"
            log.touch()
            process = workers.begun(_command, (self.command, self._told(), log))
            process.join(LONGEST)
            code = process.exitcode
            if code is None:
                process.kill()
                process.join()
            said = log.read_text("utf-8", "replace")
        if code is None:
            code, said = 1, f"kpilib: not done after {LONGEST:.0f} seconds."
        ours = " ".join([*_lost().findall(said), said.partition("kpilib: ")[2]]).strip()
        if code and not ours and (kind := FOREIGN.search(said)):  # its words may repeat data
            ours = f"It ended with {kind[1]}. Run it alone to see more."
        if code < 0:
            ours = f"It was killed (signal {-code}). Run it again."
        return replace(self, code=code, said=ours, seconds=perf_counter() - began)

    @property
    def name(self) -> str:
        """What its folder of reports is called, before a slug is made of it."""
        return folder_of(self.data, self.where)

    def _told(self) -> dict[str, str]:
        """Return what must not stand in the command, which every user of the machine may read."""
        if self.recipients is None:
            return {}
        return {RECIPIENTS: json.dumps([each.model_dump() for each in self.recipients])}


@cache
def _lost() -> re.Pattern[str]:
    """Find a page and why it is not there, as a run says it in the language of its company."""
    said = {
        speaker(lang)(STATE_WORDS[state]) for lang in LANGUAGES for state in ("failed", "no_data")
    }
    pages = "|".join(re.escape(each).replace(r"\{topic\}", r"\w+") for each in sorted(said))
    return re.compile(rf"^(?:{pages})\. .*$", re.M)


def _command(words: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    """Do a command in a process of its own, which ends with the one that began it."""
    workers.end_with_starter()
    workers.lend()
    os.environ.update(environment)
    for number, to in ((1, os.devnull), (2, log)):
        os.dup2(os.open(to, os.O_WRONLY | os.O_APPEND), number)
    sys.argv = ["kpilib", *words]
    runpy.run_module("kpilib", run_name="__main__")


def tasks(file: Path, out: Path, options: Sequence[str] = ()) -> list[Task]:
    """Return what a list of companies asks for, `options` of the command line for all of them.

    A period on the command line, or ``--due``, stands in place of those of the list.

    Raises
    ------
    CompanyError
        The file has faults, or two companies would publish into one folder.
    """
    if not file.is_file():
        raise error_of(
            CompanyError, "There is no file {file!r}. Check --companies.", file=file.name
        )
    found = read_yaml(file, Companies)
    if faults := at_lines(file.name, load_yaml(file), _faults(file, found)):
        raise CompanyError("\n".join(faults))
    return _tasks(found, file, out, options)


def of_folders(folders: Sequence[Path], out: Path, options: Sequence[str] = ()) -> list[Task]:
    """Return what several folders of companies ask for, each as it is."""
    found = Companies(companies=[Listed(folder=str(each.resolve())) for each in folders])
    return _tasks(found, Path("--data"), out, options)


def _tasks(found: Companies, file: Path, out: Path, options: Sequence[str]) -> list[Task]:
    said = any(not each.startswith("-") or each == "--due" for each in options)
    made, stands = [], []
    for one in (own.over(found.defaults) for own in found.companies):
        data = (file.parent / one.folder).resolve()
        place = (file.parent / (one.out or out.resolve())).resolve()
        given = [word for topic in one.topics or () for word in ("--topic", topic)]
        given += [word for lang in one.languages or () for word in ("--lang", lang)]
        given += options_of(one.where)
        given += [name for name, on in (("--pdf", one.pdf), ("--send", one.send)) if on]
        same = ["--data", str(data), "--out", str(place), "--jobs", "1", *given, *options]
        stands.append((place, folder_of(data, one.where or {}), data))
        to = None if one.recipients is None else tuple(one.recipients)
        for period in dict.fromkeys((not said and one.periods) or [None]):
            command = ("report", *([period] if period else ()), *same)
            made.append(Task(data, command, place, to, one.where or {}))
    _refuse_shared(file.name, stands)
    return made


def _refuse_shared(file: str, stands: Sequence[tuple[Path, str, Path]]) -> None:
    """Refuse two companies, or parts, that would publish into one folder."""
    same = [name for (_, name, _), times in Counter(stands).items() if times > 1]
    if same:
        told = fault_at(
            file,
            "one stands there twice: {names}. Take one of them out, or say in out: where each is"
            " published.",
            names=listed(same),
        )
        raise CompanyError(told)
    names = Counter((out, slug(name)) for out, name, _ in stands)
    if twice := [name for (_, name), times in names.items() if times > 1]:
        told = fault_at(
            file,
            "folders of one name would publish into one folder: {names}. Rename one of them, or say"
            " in out: where each is published.",
            names=listed(twice),
        )
        raise CompanyError(told)


def _faults(file: Path, found: Companies) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong with a list that only the folders it names can tell, by its place."""
    for number, own in enumerate(found.companies):
        one = own.over(found.defaults)
        said = {key: ("companies", number, key) for key in own.model_dump(exclude_none=True)}
        if one.out and (file.parent / one.out).is_file():
            place = said.get("out", ("defaults", "out"))
            yield place, say("{out!r} is a file; write a folder.", out=one.out)
        try:
            audiences = settings_of(file.parent / one.folder).delivery.audiences
        except KpilibError:  # its own run says so, and stops no other
            continue
        to = said.get("recipients", ("defaults", "recipients"))
        for at, each in enumerate(one.recipients or ()):
            if strange := unknown_audience(each.audience, audiences):
                yield (*to, at, "audience"), f"{one.folder}: {strange}"


def run_all(todo: Sequence[Task], on: str = "") -> Iterator[Task]:
    """Run them side by side, on this machine or a cluster, and yield each as it ends.

    Parameters
    ----------
    todo : sequence of Task
    on : str
        ``dask://HOST:PORT``, whose workers see the same folders; ``local-cluster``; or this
        machine's processes.
    """
    from joblib import Parallel, delayed

    with _place(on):
        ready = Parallel(return_as="generator_unordered")
        yield from ready(delayed(Task.done)(each) for each in todo)


@contextmanager
def _place(on: str) -> Iterator[None]:
    from joblib import parallel_config

    if not on:
        # Each is a process already: a thread waits for it, and no other process stands between.
        with parallel_config(backend="threading", n_jobs=workers.cores()):
            yield
        return
    if on != LOCAL and not on.startswith(DASK):
        raise error_of(
            ParameterError,
            "--on {on!r}: write {dask}HOST:PORT or {local}.",
            on=on,
            dask=DASK,
            local=LOCAL,
        )
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise error_of(
            ParameterError,
            'A cluster needs Dask, which is not installed: pip install "kpilib[dask]".',
        ) from None
    if on == LOCAL:
        there: Any = LocalCluster(
            n_workers=workers.cores(), threads_per_worker=1, dashboard_address=None
        )
    else:
        there = f"tcp://{on.removeprefix(DASK)}"
    try:
        client = Client(there, timeout=20)
    except OSError:
        raise error_of(
            ParameterError, "--on {on!r}: nobody answers there. Start dask scheduler.", on=on
        ) from None
    with client, parallel_config(backend="dask"):
        yield
    if on == LOCAL:
        there.close()


def overview(done: Sequence[Task], out: Path, today: datetime | None = None) -> Path:
    """Write the page of all companies: state, finding and age of each, what failed first.

    It is in the language in which most of them are published first, else in English.
    """
    today = today or datetime.now(UTC)
    last = [_last(each) for each in done]
    first = Counter(languages_of(each.told)[0] for each in last if each.told)
    lang = max(first, key=first.__getitem__, default="en")
    rows = [_row(task, of, out, lang, today) for task, of in zip(done, last, strict=True)]
    rows.sort(key=lambda row: (row["code"] == 0, row["company"]))
    path = out / PAGE
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as aside:
        most = MOST_PARTS if any(each.where for each in done) else 0
        told = fill("companies.html.j2", lang, rows=rows, most=most, twins=())
        aside.write_text(told, encoding="utf-8")
    return path


class Last(NamedTuple):
    """The last period that a company has published, if it has; or why that cannot be told."""

    folder: Path
    told: Manifest
    fault: str = ""


def _last(task: Task) -> Last:
    try:
        root = root_of(task.out, task.data, part=task.where)
        months = manifests(root)
    except KpilibError as error:
        return Last(task.out, {}, str(error))
    month = next(reversed(months), "")
    return Last(root / month, months.get(month, {}))


def _row(task: Task, last: Last, out: Path, lang: str, today: datetime) -> dict[str, Any]:
    row = {"company": task.name, "code": task.code, "state": STATES.get(task.code, "failed")}
    row |= {"said": f"{task.said} {last.fault}".strip()}
    row |= {"finding": "", "href": "", "paper": "", "month": "", "age": None}
    if told := last.told:
        spoken = languages_of(told)
        at = lang if lang in spoken else spoken[0]
        lost = [topic for topic, entry in told["notebooks"].items() if entry["state"] == "failed"]
        found = (page_told(entry, at)["finding"] for entry in told["notebooks"].values())
        paper = last.folder / place(at, spoken, PAPER)
        row |= {
            "company": told["company"],
            "said": task.said or listed(lost) * bool(lost),
            "finding": next(filter(None, found), ""),
            "month": last.folder.name,
            "href": _link(out, last.folder / place(at, spoken, "index.html")),
            "paper": _link(out, paper) if paper.is_file() else "",
            "age": (today - datetime.fromisoformat(told["ended"])).days,
        }
    return row


def _link(out: Path, page: Path) -> str:
    """Return how the overview leads to a page, wherever that is published."""
    try:
        return quote(Path(os.path.relpath(page.resolve(), out.resolve())).as_posix())
    except ValueError:  # on another drive, to which no path leads
        return page.resolve().as_uri()
