"""The record of what was published: one row a publication of a figure, never taken out.

A figure that would tell of few people beside the one that replaced it keeps its row, without it.

`reports/<company>/ledger.csv`. A run of a month that was published before adds a row for each
figure that is another one now, and nothing where all is as it was.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from kpilib.errors import KpilibError, ReportError, listed
from kpilib.monthly.index import LEDGER as FILE
from kpilib.period import Period
from kpilib.saying import and_more, say

WITHDRAWN = "withdrawn"  # status of a figure that was published and is no longer
MOST_SAID = 5
NOISE = 1e-11  # relative; what floats differ by when rows come in another order
READ = ("value", "n", "low", "high", "measured")
NUMBERS = (*READ, "target", "baseline")
REMEDY = (
    "Nothing was published. Put the last good copy of the file back. To begin a new record"
    " instead, remove it{beside}: what was published before is then no longer compared with."
)


class Publication(NamedTuple):
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


COLUMNS = list(Publication._fields)
LOST_WORDS = {
    "rows": "The record of what was published, {file}, misses rows that were published for"
    " {months}.",
    "file": "The record of what was published, {file}, is gone.",
}
KEY = COLUMNS[:5]  # what a figure is of
NOW = "_now"  # behind the columns of the last publication, beside those of an earlier one
# What a publication told; a ledger of an earlier version may lack other columns, never these.
TOLD = "month topic kpi breakdown group publication value status verdict target baseline".split()
WRITTEN = {
    "as_of": re.compile(r"(\d{4}-\d\d-\d\d)?"),
    "tables": re.compile(r"(\w+:\d+:\w*( \w+:\d+:\w*)*)?"),
    "made_with": re.compile(r"(\S+ \S+ python \S+)?"),
    "final": re.compile(r"yes|no|"),
}


def table(publications: Iterable[Publication] = ()) -> pd.DataFrame:
    """Return publications as rows of a ledger, all cells texts."""
    return pd.DataFrame(publications, columns=COLUMNS, dtype=object)


def publications(rows: pd.DataFrame, of: str = "") -> Iterator[Publication]:
    """Return rows as publications; of pairs, with `NOW` the one that stands on the right."""
    return map(Publication._make, rows[[f"{name}{of}" for name in COLUMNS]].to_numpy())


def close(one: Any, other: Any) -> Any:
    """Whether numbers written as texts are the same but for the noise of floats, or both missing.

    Parameters
    ----------
    one, other : str or pandas.Series of str
    """
    numbers = (pd.to_numeric(each, errors="coerce") for each in (one, other))
    return np.isclose(*numbers, rtol=NOISE, atol=1e-12, equal_nan=True)


def differ(pairs: pd.DataFrame) -> pd.Series:
    """Whether a reader was told otherwise then, for each pair of a figure's publications."""
    same = {name: close(pairs[name], pairs[name + NOW]) for name in NUMBERS}
    said = (
        pairs[["status", "verdict"]].to_numpy() == pairs[["status_now", "verdict_now"]].to_numpy()
    )
    bounds = pairs["value"].ne("") | (same["low"] & same["high"])
    told = same["value"] & same["target"] & same["baseline"] & bounds
    return ~(told & said.all(axis=1))


def load(root: Path, months: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Read the ledger of a company, before anything is published.

    Parameters
    ----------
    root : Path
        Where the company's reports lie.
    months : mapping of str to manifest
        The run.json of every period published there: each has sealed its own rows.

    Returns
    -------
    pandas.DataFrame
        One row a publication, all cells texts; none when there is no ledger yet.

    Raises
    ------
    ReportError
        The file is damaged or misses rows that were written; every fault with its line.
    """
    path = root / FILE
    sealed = {month: told["ledger"] for month, told in months.items() if told.get("ledger")}
    ours = [month for month, told in sealed.items() if told["rows"]]
    beside = ", ".join(f"{month}/run.json" for month in ours or months)
    together = " " + say("together with {files}", files=beside) if beside else ""
    remedy = say(REMEDY, beside=together)
    ledger = read(path.read_bytes(), remedy) if path.exists() else table()
    lost = [m for m in ours if seal(of_month(ledger, m)[: sealed[m]["rows"]]) != sealed[m]]
    if lost:
        text = LOST_WORDS["rows" if path.exists() else "file"]
        told = say(text, file=FILE, **({"months": listed(lost)} if path.exists() else {}))
        raise ReportError(f"{told} {remedy}")
    return ledger


def read(content: bytes, remedy: str = "") -> pd.DataFrame:
    """Read a ledger; a `ReportError` lists what is wrong with it."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = ""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    rows: dict[int, list[str]] = {}
    wrong: dict[int, str] = {}
    try:
        header = next(lines, [])
        if not set(TOLD) <= set(header) <= set(COLUMNS) or len(header) > len(set(header)):
            raise _damaged(["line 1: it does not begin with the columns of a ledger"], remedy)
        if not text.endswith("\n"):
            raise _damaged(["its last line is cut off"], remedy)
        for cells in lines:
            if len(cells) == len(header):
                rows[lines.line_num] = cells
            else:
                wrong[lines.line_num] = f"{len(cells)} cells where {len(header)} are due"
    except csv.Error as error:
        wrong[lines.line_num] = str(error)
    found = pd.DataFrame.from_dict(rows, orient="index", columns=header, dtype=object)
    found = found.reindex(columns=COLUMNS, fill_value="")
    wrong |= _faults(found)
    if wrong:
        raise _damaged([f"line {line}: {wrong[line]}" for line in sorted(wrong)], remedy)
    return found.reset_index(drop=True)


def _damaged(faults: list[str], remedy: str) -> ReportError:
    more = and_more(len(faults) - MOST_SAID)
    said = "; ".join(faults[:MOST_SAID])
    told = say(
        "The record of what was published, {file}, is damaged: {faults}.",
        file=FILE,
        faults=said + more,
    )
    return ReportError(f"{told} {remedy}".strip())


def _faults(rows: pd.DataFrame) -> dict[int, str]:
    """Say what is wrong with rows, by line; nothing of what they hold is repeated but a number."""
    due = (rows.groupby(KEY, sort=False).cumcount() + 1).astype(str)
    months = {name: _is_period(name) for name in rows["month"].unique()}
    numbers = {name: pd.to_numeric(rows[name], errors="coerce") for name in NUMBERS}
    rules = [
        (~rows["month"].map(months).astype(bool), "its month is not written YYYY-MM"),
        *(
            (rows[name].ne("") & ~np.isfinite(found), f"its {name} is not a number")
            for name, found in numbers.items()
        ),
        *(
            (~rows[name].str.fullmatch(grammar), f"its {name} is not as a run writes it")
            for name, grammar in WRITTEN.items()
        ),
        (rows[["topic", "kpi", "status"]].eq("").any(axis=1), "a name is missing"),
    ]
    again = rows["publication"].ne(due)
    counted = zip(rows["publication"][again], due[again], strict=True)
    found = {
        line: f"publication {number} of its figure where {expected} is due"
        for line, (number, expected) in zip(rows.index[again], counted, strict=True)
    }
    for broken, said in reversed(rules):  # the first rule that a row breaks is the one that is said
        found |= dict.fromkeys(rows.index[broken], said)
    return found


def _is_period(name: str) -> bool:
    try:
        return bool(Period.parse(name))
    except KpilibError:
        return False


def write(ledger: pd.DataFrame) -> bytes:
    """Write a ledger as CSV."""
    return ledger.to_csv(index=False, lineterminator="\n").encode()


def seal(rows: pd.DataFrame) -> dict[str, Any]:
    """Return what run.json keeps of a month's rows, so that one that is lost is missed."""
    told = repr(rows[TOLD].to_numpy().tolist())
    return {"rows": len(rows), "sha256": hashlib.sha256(told.encode()).hexdigest()}


def of_month(ledger: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return the rows of one month."""
    return ledger[ledger["month"] == month]


def record(
    ledger: pd.DataFrame,
    month: str,
    topics: set[str],
    now: Iterable[Publication],
    stand: Callable[[Publication], Publication],
) -> pd.DataFrame:
    """Add what a run publishes.

    Parameters
    ----------
    ledger : pandas.DataFrame
    month : str
    topics : set of str
        The topics that the run publishes, or takes off; of all others the rows stay as they are.
    now : iterable of Publication
        Every figure of the month on the pages of those topics, its number not set.
    stand : callable
        Fills in what a figure stands on in this run.

    Returns
    -------
    pandas.DataFrame
        The same rows, and behind them one for each figure that is new, is another one, has become
        final, or is no longer there.
    """
    last = _last(ledger, month)
    gone = last[last["topic"].isin(topics)].assign(
        **dict.fromkeys((*NUMBERS, "verdict"), ""), status=WITHDRAWN, final="yes"
    )
    found = pd.concat([table(now), gone]).drop_duplicates(KEY)  # what is there is not gone
    pairs = _beside(last, found, how="right")
    new = pairs["publication"].isna()
    settled = pairs["final"].eq("no") & pairs["final_now"].eq("yes")
    number = pd.to_numeric(pairs["publication"]).fillna(0).astype(int) + 1
    pairs["publication_now"] = number.astype(str)
    added = pairs[new | settled | differ(pairs)]
    return pd.concat([ledger, table(map(stand, publications(added, NOW)))], ignore_index=True)


def changed(ledger: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return the publications of a month that told otherwise than the last one of their figure.

    Returns
    -------
    pandas.DataFrame
        The ledger's rows under their numbers, and the last ones in columns that end with `NOW`.
    """
    rows = of_month(ledger, month)
    pairs = _beside(rows, _last(ledger, month), how="left").set_axis(rows.index)
    return pairs[differ(pairs)]


def withheld(
    ledger: pd.DataFrame, month: str, tells: Callable[[Publication, Publication], bool]
) -> pd.DataFrame:
    """Empty the figures that would tell of few people beside those published since.

    Parameters
    ----------
    ledger : pandas.DataFrame
    month : str
    tells : callable
        Whether an earlier figure and the last one together tell of few people.
    """
    pairs = changed(ledger, month)
    each = zip(publications(pairs), publications(pairs, NOW), strict=True)
    telling = [place for place, pair in zip(pairs.index, each, strict=True) if tells(*pair)]
    kept = ledger.copy()
    kept.loc[telling, [*READ, "verdict"]] = ""
    return kept


def _last(ledger: pd.DataFrame, month: str) -> pd.DataFrame:
    return of_month(ledger, month).drop_duplicates(KEY, keep="last")


def _beside(then: pd.DataFrame, now: pd.DataFrame, how: str) -> pd.DataFrame:
    """Lay publications of the same figures side by side, in the order of one of both."""
    now = now.add_suffix(NOW)
    return then.merge(now, how=how, left_on=KEY, right_on=[f"{name}{NOW}" for name in KEY])
