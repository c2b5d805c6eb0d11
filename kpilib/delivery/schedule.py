"""When a month is due, which ones are missing, and the lines that have a machine see to it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kpilib.errors import CompanyError, ReportError
from kpilib.files import about, options_of, require_folder, slug
from kpilib.health.moves import public_holidays
from kpilib.monthly.index import manifests
from kpilib.monthly.owner import folder_of, root_of
from kpilib.monthly.unchanged import PUBLISHED
from kpilib.period import Period
from kpilib.saying import error_of
from kpilib.starting.holidays import holidays
from kpilib.tables.store import Tables

HOUR = 7
# Day after day: a month whose day was missed is made on the next one, and nothing else happens.
CRON = "0 {hour} * * *  cd {here} && {line}"
SYSTEMD = """\
# ~/.config/systemd/user/{name}.service
[Unit]
Description={name}: the reports of the month, when they are due
[Service]
Type=oneshot
WorkingDirectory={here}
ExecStart={line}
# EnvironmentFile=%h/.config/kpilib.env   (KPILIB_SMTP_URL=..., readable by you alone)

# ~/.config/systemd/user/{name}.timer  (then: systemctl --user enable --now {name}.timer)
[Timer]
OnCalendar=*-*-* {hour:02}:00
Persistent=true
[Install]
WantedBy=timers.target"""
WINDOWS = "schtasks /Create /F /TN {name} /SC DAILY /ST {hour:02}:00 /TR {line}"
GITHUB = """\
# .github/workflows/{name}.yml, in a file of its own: without a commit for 60 days, GitHub
# switches a public repository's schedules off, and with them all that the file does.
name: {name}
on:
  schedule: [{{cron: "0 {hour} * * *"}}]
  workflow_dispatch:
concurrency: {name}
jobs:
  report:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {{python-version: "3.11"}}
      - run: pip install kpilib
      - run: {line}
        env: {{KPILIB_SMTP_URL: "${{{{ secrets.KPILIB_SMTP_URL }}}}"}}
      - uses: actions/upload-artifact@v4
        if: always()
        with: {{name: reports, path: {out}}}"""


@dataclass(frozen=True)
class Due:
    """Which months of a company are due on a day, and which of them are missing.

    Parameters
    ----------
    month : str
        The last one that is due.
    missing : tuple of str
        Those up to it that are not published, or not whole, the oldest first.
    next : date
        The day on which the next one is due.
    """

    month: str
    missing: tuple[str, ...]
    next: date


def due(data: Path, out: Path, today: date) -> Due:
    """Say what is due: each month on the working day after its end that company.yaml names.

    Working days are those of the company's table work_calendar; for years that it does not hold,
    those of France. A month that was missed stays due, back to the last one published.

    Raises
    ------
    ReportError
        The company has no data yet: a month of it would be empty.
    """
    from kpilib import open  # heavy

    require_folder(data)
    company = open(data)
    if company.as_of is None:
        raise error_of(
            ReportError,
            "{name} has no data yet, so nothing is due. Import its exports first: kpilib import"
            " FILES --data {folder}.",
            name=data.name,
            folder=data,
        )
    free = set(_free(company.tables, today))
    nth = company.settings.delivery.working_day
    this = Period.month_of(today)
    last = this.previous()
    if today < day_of(last, nth, free):
        last = last.previous()
    waiting = this.previous() if last != this.previous() else this
    root = root_of(out, data)
    months = {name: told for name, told in manifests(root).items() if _is_month(name)}
    whole = [name for name, told in months.items() if _whole(told)]
    back = [last]
    # A month from before the records began tells nothing, and has none made after it.
    earlier = [name for name in whole if name < last.name and _tells(months[name])]
    while earlier and back[-1].previous().name > max(earlier):
        back.append(back[-1].previous())
    missing = tuple(each.name for each in reversed(back) if each.name not in whole)
    return Due(last.name, missing, day_of(waiting, nth, free))


def day_of(month: Period, nth: int, free: set[date]) -> date:
    """Return the nth working day after a month."""
    first = np.datetime64(month.end_day, "D") + 1
    days = np.array(sorted(free), dtype="datetime64[D]")
    return np.busday_offset(first, nth - 1, roll="forward", holidays=days).item()


def _is_month(name: str) -> bool:
    return Period.parse(name).kind == "month"


def _tells(told: Mapping[str, Any]) -> bool:
    return any(each["state"] == "ok" for each in told["notebooks"].values())


def _whole(told: Mapping[str, Any]) -> bool:
    """Whether nothing of a month failed and its data reached its end."""
    reached = str(told.get("as_of"))[:10] >= str(told.get("last", ""))
    return reached and all(each["state"] in PUBLISHED for each in told["notebooks"].values())


def _free(tables: Tables, today: date) -> Iterator[date]:
    """Yield the public holidays around a day: the company's own, where it has the year."""
    own = public_holidays(tables)
    yield from own
    for year in {today.year - 1, today.year, today.year + 1} - {each.year for each in own}:
        yield from (day for day, _ in holidays(year))


def line(
    kind: str,
    data: Path,
    out: Path,
    options: Sequence[str],
    where: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Return what tells a machine to make what is due, day after day, with whole paths.

    Parameters
    ----------
    kind : str
        ``cron``, ``systemd``, ``windows`` or ``github``.
    data, out : Path
    options : sequence of str
        Further ones of ``kpilib report``.
    where : mapping of str to sequence of str, optional
        The part of the company that it is about.

    Raises
    ------
    UnknownName
        The part is of a column that no table has.
    """
    require_folder(data)
    _refuse_strange(data, where)
    # Each part has a name of its own: the task of one would replace that of the whole.
    name, here = f"kpilib-{slug(folder_of(data, where or {}))}", Path.cwd()
    if kind == "github":  # there, the repository is the working folder
        places = [_inside(data, here), _inside(out, here)]
        command = ["kpilib"]
    else:
        places = [str(data.resolve()), str(out.resolve())]
        command = [sys.executable, "-m", "kpilib"]
    command += ["report", "--due", "--data", places[0], "--out", places[1]]
    command += [*options_of(where), *options]
    return _as_written(kind, command, here, {"name": name, "hour": HOUR, "out": places[1]})


def _refuse_strange(data: Path, where: Mapping[str, Sequence[str]] | None) -> None:
    """Refuse a part of a column that no table has: the line would fail every day."""
    if where:
        from kpilib import open  # heavy

        with about(data, where):
            open(data)


def _as_written(kind: str, command: Sequence[str], here: Path, slots: Mapping[str, Any]) -> str:
    """Return a command as a kind of schedule has it."""
    if kind == "cron":  # where % ends a line
        said = {"here": shlex.quote(str(here)), "line": shlex.join(command)}
        return CRON.format(**slots, **{key: each.replace("%", r"\%") for key, each in said.items()})
    if kind == "systemd":
        words = " ".join(map(_for_systemd, command))
        return SYSTEMD.format(**slots, here=str(here).replace("%", "%%"), line=words)
    if kind == "windows":
        inner = subprocess.list2cmdline(command)
        return WINDOWS.format(**slots, line=subprocess.list2cmdline([inner]))
    return GITHUB.format(**slots, line=shlex.join(command))


def _inside(path: Path, here: Path) -> str:
    """Return a path as a repository's own files call each other."""
    try:
        return path.resolve().relative_to(here).as_posix()
    except ValueError:
        raise error_of(
            CompanyError,
            "{name!r} lies outside this folder, so GitHub would not find it. Run this in the"
            " repository that holds the data.",
            name=path.name,
        ) from None


def _for_systemd(word: str) -> str:
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"' if plain != word or " " in word or "'" in word else word
