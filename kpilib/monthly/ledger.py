"""The record of what was published: one row a publication of a figure, never taken out.

A figure that would tell of few people beside the one that replaced it keeps its row, without it.

`reports/<company>/ledger.csv`. A run of a month that was published before adds a row for each
figure that is another one now, and nothing where all is as it was.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpilib.errors import KpilibError, ReportError, listed
from kpilib.monthly.index import LEDGER as FILE
from kpilib.period import Period

if TYPE_CHECKING:
    import pandas as pd

WITHDRAWN = "withdrawn"  # status of a figure that was published and is no longer
MOST_SAID = 5
NOISE = 1e-11  # relative; what floats differ by when rows come in another order
READ = ("value", "n", "low", "high", "measured")
NUMBERS = (*READ, "target", "baseline")
REMEDY = (
    "Nothing was published. Put the last good copy of the file back. To begin a new record "
    "instead, remove it{beside}: what was published before is then no longer compared with."
)


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One figure as it was published once; every field is a text, as in the file.

    Parameters
    ----------
    month, topic, kpi, breakdown, group : str
        What the figure is of; `breakdown` and `group` are empty for the whole.
    publication : str
        1 for the first, 2 for the first restatement, and so on.
    value, n, unit, status : str
        As in figures.csv; the status ``withdrawn`` says that the figure is published no more.
    low, high : str
        Ends of its interval; all there is of a figure known only to lie between two bounds.
    final : str
        ``no`` when it was published as one that could still change.
    verdict, measured, target, baseline, target_unit : str
        Of a key result: what was said, of which figure, for which target.
    as_of : str
        The last day that the data covered.
    tables : str
        What it stood on: ``orders:1234:9f86d081884c``, rows and fingerprint, one a table.
    definition, goal, settings : str
        Fingerprints of the KPI's definition, of the key result and of company.yaml.
    made_with : str
        Versions of kpilib and Python.
    company : str
        What the company was known by: no other may write into its ledger.
    """

    month: str
    topic: str
    kpi: str
    breakdown: str = ""
    group: str = ""
    publication: str = "1"
    value: str = ""
    n: str = ""
    unit: str = ""
    status: str = ""
    low: str = ""
    high: str = ""
    final: str = "yes"
    verdict: str = ""
    measured: str = ""
    target: str = ""
    baseline: str = ""
    target_unit: str = ""
    as_of: str = ""
    tables: str = ""
    definition: str = ""
    goal: str = ""
    settings: str = ""
    made_with: str = ""
    company: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What the figure is of."""
        return self.month, self.topic, self.kpi, self.breakdown, self.group

    def says_as(self, other: Publication) -> bool:
        """Whether a reader was told the same; the last digits of floats do not count."""
        bounds = () if self.value else ("low", "high")
        return (self.status, self.verdict) == (other.status, other.verdict) and all(
            close(getattr(self, name), getattr(other, name))
            for name in ("value", "target", "baseline", *bounds)
        )


COLUMNS = tuple(field.name for field in fields(Publication))
# What a publication told; a ledger of an earlier version may lack other columns, never these.
TOLD = "month topic kpi breakdown group publication value status verdict target baseline".split()
WRITTEN = {
    "as_of": re.compile(r"(\d{4}-\d\d-\d\d)?"),
    "tables": re.compile(r"(\w+:\d+:\w*( \w+:\d+:\w*)*)?"),
    "made_with": re.compile(r"(\S+ \S+ python \S+)?"),
    "final": re.compile(r"yes|no|"),
}
Ledger = tuple[Publication, ...]


def close(one: str, other: str) -> bool:
    """Whether two numbers written as text are the same but for the noise of floats."""
    if not (one and other):
        return one == other
    return math.isclose(float(one), float(other), rel_tol=NOISE, abs_tol=1e-12)


def load(root: Path, months: Mapping[str, Mapping[str, Any]]) -> Ledger:
    """Read the ledger of a company, before anything is published.

    Parameters
    ----------
    root : Path
        Where the company's reports lie.
    months : mapping of str to manifest
        The run.json of every period published there: each has sealed its own rows.

    Returns
    -------
    tuple of Publication
        Empty when there is none yet.

    Raises
    ------
    ReportError
        The file is damaged or misses rows that were written; every fault with its line.
    """
    path = root / FILE
    sealed = {month: told["ledger"] for month, told in months.items() if told.get("ledger")}
    ours = [month for month, told in sealed.items() if told["rows"]]
    beside = ", ".join(f"{month}/run.json" for month in ours or months)
    remedy = REMEDY.format(beside=f" together with {beside}" if beside else "")
    ledger = read(path.read_bytes(), remedy) if path.exists() else ()
    lost = [m for m in ours if seal(of_month(ledger, m)[: sealed[m]["rows"]]) != sealed[m]]
    if lost:
        found = f"misses rows that were published for {listed(lost)}"
        found = found if path.exists() else "is gone"
        raise ReportError(f"The record of what was published, {FILE}, {found}. {remedy}")
    return ledger


def read(content: bytes, remedy: str = "") -> Ledger:
    """Read a ledger; a `ReportError` lists what is wrong with it."""
    faults: list[str] = []
    publications: list[Publication] = []
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = ""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    counted: dict[tuple[str, ...], int] = {}
    try:
        header = next(rows, [])
        if not set(TOLD) <= set(header) <= set(COLUMNS) or len(header) > len(set(header)):
            faults.append("line 1: it does not begin with the columns of a ledger")
        elif not text.endswith("\n"):
            faults.append("its last line is cut off")
        for row in rows if not faults else ():
            wrong = _fault(row, header)
            if wrong:
                faults.append(f"line {rows.line_num}: {wrong}")
                continue
            made = Publication(**dict(zip(header, row, strict=True)))
            counted[made.key] = counted.get(made.key, 0) + 1
            if made.publication != str(counted[made.key]):
                faults.append(
                    f"line {rows.line_num}: publication {made.publication} of its figure where "
                    f"{counted[made.key]} is due"
                )
            publications.append(made)
    except csv.Error as error:
        faults.append(f"line {rows.line_num}: {error}")
    if faults:
        more = f"; and {len(faults) - MOST_SAID} more" if len(faults) > MOST_SAID else ""
        said = "; ".join(faults[:MOST_SAID])
        raise ReportError(
            f"The record of what was published, {FILE}, is damaged: {said}{more}. {remedy}".strip()
        )
    return tuple(publications)


def _fault(row: Sequence[str], header: Sequence[str]) -> str:
    """Say what is wrong with one row; nothing of what it holds is repeated."""
    if len(row) != len(header):
        return f"{len(row)} cells where {len(header)} are due"
    cells = dict(zip(header, row, strict=True))
    try:
        Period.parse(cells["month"])
    except KpilibError:
        return "its month is not written YYYY-MM"
    for name in NUMBERS:
        try:
            known = not cells.get(name) or math.isfinite(float(cells[name]))
        except ValueError:
            known = False
        if not known:
            return f"its {name} is not a number"
    for name, grammar in WRITTEN.items():
        if not grammar.fullmatch(cells.get(name, "")):
            return f"its {name} is not as a run writes it"
    return "" if all(cells[name] for name in ("topic", "kpi", "status")) else "a name is missing"


def write(ledger: Iterable[Publication]) -> bytes:
    """Write a ledger as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(each) for each in ledger)
    return text.getvalue().encode()


def seal(rows: Ledger) -> dict[str, Any]:
    """Return what run.json keeps of a month's rows, so that one that is lost is missed."""
    told = repr([[getattr(each, name) for name in TOLD] for each in rows])
    return {"rows": len(rows), "sha256": hashlib.sha256(told.encode()).hexdigest()}


def of_month(ledger: Ledger, month: str) -> Ledger:
    """Return the rows of one month."""
    return tuple(each for each in ledger if each.month == month)


def record(
    ledger: Ledger,
    month: str,
    topics: Iterable[str],
    now: Iterable[Publication],
    stand: Callable[[Publication], Publication],
) -> Ledger:
    """Add what a run publishes.

    Parameters
    ----------
    ledger : tuple of Publication
    month : str
    topics : iterable of str
        The topics that the run publishes, or takes off; of all others the rows stay as they are.
    now : iterable of Publication
        Every figure of the month on the pages of those topics, its number not set.
    stand : callable
        Fills in what a figure stands on in this run.

    Returns
    -------
    tuple of Publication
        The same rows, and behind them one for each figure that is new, is another one, has become
        final, or is no longer there.
    """
    published = set(topics)
    last = {each.key: each for each in of_month(ledger, month)}
    found = {each.key: each for each in now}
    gone = {
        key: _withdrawn(each)
        for key, each in last.items()
        if each.topic in published and key not in found
    }
    added = []
    for key, each in {**found, **gone}.items():
        before = last.get(key)
        settled = before is not None and before.final == "no" and each.final == "yes"
        if before is None or settled or not each.says_as(before):
            number = str(int(before.publication) + 1 if before else 1)
            added.append(stand(replace(each, publication=number)))
    return (*ledger, *added)


def withheld(
    ledger: Ledger, month: str, tells: Callable[[Publication, Publication], bool]
) -> Ledger:
    """Empty the figures that would tell of few people beside those published since.

    Parameters
    ----------
    ledger : tuple of Publication
    month : str
    tells : callable
        Whether an earlier figure and the last one together tell of few people.
    """
    last = {each.key: each for each in of_month(ledger, month)}

    def kept(each: Publication) -> Publication:
        now = last.get(each.key)
        if now is None or each is now or each.says_as(now) or not tells(each, now):
            return each
        return replace(each, **dict.fromkeys((*READ, "verdict"), ""))

    return tuple(kept(each) for each in ledger)


def _withdrawn(each: Publication) -> Publication:
    """Return a figure as one that is no longer published."""
    empty = dict.fromkeys((*NUMBERS, "verdict"), "")
    return replace(each, **empty, status=WITHDRAWN, final="yes")


def history(root: str | Path, kpi: str | None = None) -> pd.DataFrame:
    """Return what was published of a company, the oldest publication of each figure first.

    Parameters
    ----------
    root : path
        The company's folder of reports, such as ``reports/sample``.
    kpi : str, optional
        Only this one.

    Returns
    -------
    pandas.DataFrame
        One row a publication, in the columns of ledger.csv, numbers as numbers.

    Raises
    ------
    ReportError
        The ledger is damaged.
    """
    import pandas as pd

    path = Path(root) / FILE
    ledger = read(path.read_bytes()) if path.exists() else ()
    rows = pd.DataFrame([astuple(each) for each in ledger], columns=list(COLUMNS), dtype=object)
    for name in (*NUMBERS, "publication"):
        rows[name] = pd.to_numeric(rows[name])
    rows = rows if kpi is None else rows[rows["kpi"] == kpi]
    order = ["month", "topic", "kpi", "breakdown", "group", "publication"]
    return rows.sort_values(order, ignore_index=True)
