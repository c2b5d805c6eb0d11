"""What a report is based on: company, month, data, versions of the programs.

Checked before any kernel starts, and once more when all have ended.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kpilib.display.numbers import Formatter
from kpilib.errors import CompanyError, ContractError, KpilibError, PeriodError, listed
from kpilib.files import part_of, require_folder, slug
from kpilib.labels import Labels, labels
from kpilib.monthly.owner import folder_of, names_of
from kpilib.monthly.unchanged import contents
from kpilib.period import Period, read_period
from kpilib.saying import error_of
from kpilib.settings import Settings
from kpilib.tables import TABLES
from kpilib.yaml_file import read_yaml

if TYPE_CHECKING:
    from kpilib.company import Company

PROGRAMS = ("kpilib", "narwhals", "polars", "pandas")


@dataclass(frozen=True)
class Basis:
    """What all notebooks of a run share.

    Parameters
    ----------
    folder : Path
        The company's folder.
    slug : str
        The name of its folder of reports.
    settings : Settings
    names : tuple of str
        What it is known by: its name, or without one that of its folder; then what it was before.
    period : Period
        A month, quarter, year, ISO week or fiscal year.
    languages : tuple of str
        The first one's pages lie at the month's root.
    as_of : date
        The last day that the data covers.
    facts : list of dict
        One a table: rows, duplicates left out, first and last day, fingerprint.
    provided : frozenset of str
        The tables that are there, or follow from one that is.
    faults : dict of str to list of str
        Faults of the data, by table.
    unreadable : tuple of str
        Those of tables that cannot be read at all.
    versions : dict of str to str
    watched : tuple of Path
        The folders that must not change while the notebooks run.
    seen : dict
        What every file in them held when the run began, by its content and not by the clock.
    labels : Labels or None
        What the company calls its codes.
    """

    folder: Path
    slug: str
    settings: Settings
    period: Period
    languages: tuple[str, ...]
    as_of: date | None
    facts: list[dict[str, Any]]
    provided: frozenset[str]
    faults: dict[str, list[str]]
    versions: dict[str, str]
    watched: tuple[Path, ...]
    seen: dict[str, str]
    labels: Labels | None = None
    made_of: str = ""
    last_month: str = ""
    names: tuple[str, ...] = ("",)
    unreadable: tuple[str, ...] = ()

    @property
    def month(self) -> str:
        """The period's name, and that of its folder: ``2026-10``, ``2026-Q3``."""
        return self.period.name

    def formatter(self, lang: str) -> Formatter:
        """Return how figures and names of this company are written in a language."""
        least = self.settings.privacy.minimum_group
        return Formatter(lang, self.settings.currency, least, self.labels)

    @property
    def footer(self) -> dict[str, Any]:
        """What the foot of a page says."""
        return {
            "first": self.period.start,
            "last": self.period.end_day,
            "timezone": self.settings.timezone,
            "as_of": self.as_of,
            "versions": self.versions,
        }

    def confirm(self) -> None:
        """Refuse to publish when a file of the data changed while the notebooks ran."""
        now = contents(self.watched)
        changed = [path for path in {*self.seen, *now} if self.seen.get(path) != now.get(path)]
        if changed:
            names = listed(sorted({path.rpartition("/")[2] for path in changed}))
            raise error_of(
                ContractError,
                "The data changed while the notebooks ran ({names}), so their figures may not"
                " belong together. Nothing was published; start again.",
                names=names,
            )
        if any(not fact["sha256"] for fact in self.facts):  # tables of a database
            from kpilib import open

            if _extents(open(self.folder).facts().to_dict("records")) != _extents(self.facts):
                raise error_of(
                    ContractError,
                    "The tables of the database changed while the notebooks ran, so their figures"
                    " may not belong together. Nothing was published; start again.",
                )


def _extents(facts: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    return [(each["table"], each["rows"], str(each["last_date"])) for each in facts]


def read_basis(folder: Path, asked: str | None, langs: Sequence[str]) -> Basis:
    """Open the company and check what was asked against it.

    Parameters
    ----------
    folder : Path
    asked : str or None
        A period's name; by default the last complete month in the data.
    langs : sequence of str
        By default those of company.yaml.

    Raises
    ------
    KpilibError
        The folder is no company's, or the period lies in the future or beyond the data.
    """
    company = _opened(folder)
    settings = company.settings
    watched = tuple(dict.fromkeys([folder.resolve(), (folder / settings.tables).resolve()]))
    seen = contents(watched)
    _configuration(folder)
    known = _known_of_tables(company)
    last_month = _last_month(company) if asked else company.last_month()
    period = read_period(asked or last_month, settings.fiscal_year_starts)
    _refuse_beyond(period, known["as_of"], settings.timezone)
    return Basis(
        folder=folder.resolve(),
        slug=slug(folder_of(folder, part_of(folder))),
        settings=settings,
        names=names_of(folder, settings),
        period=period,
        languages=tuple(dict.fromkeys(langs or settings.lang)),
        last_month=last_month,
        versions={"python": platform.python_version()} | {each: version(each) for each in PROGRAMS},
        watched=watched,
        seen=seen,
        labels=labels(folder, settings),
        **known,
    )


def _opened(folder: Path) -> Company:
    require_folder(folder)
    from kpilib import open  # heavy: only once what is cheap to check is right

    return open(folder)


def _known_of_tables(company: Company) -> dict[str, Any]:
    """Return what a `Basis` says of the tables, unless none of them can be read."""
    tables, faults = company.tables, company.check()
    try:
        as_of, facts = company.as_of, company.facts().to_dict("records")
    except ContractError as error:
        raise ContractError(dict.fromkeys([*error.faults, *faults])) from None
    return {
        "as_of": as_of,
        "facts": facts,
        "provided": frozenset(name for name in TABLES if name in tables),
        "faults": {name: _about(tables.origin(name), faults) for name in tables.given},
        "unreadable": tuple(fault for found in tables.unreadable.values() for fault in found),
    }


def _last_month(company: Any) -> str:
    """Return the last complete month of the data, where there is one: another period is asked."""
    try:
        return company.last_month()
    except KpilibError:
        return ""


def faults_of_company(folder: Path) -> tuple[list[str], list[str]]:
    """List everything that is wrong with a company's folder.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    tuple of list of str
        Faults of its configuration, and faults of its tables.
    """
    from kpilib import open

    configuration: list[str] = []
    data: list[str] = []
    for look in (lambda folder: open(folder).check(), _configuration):
        try:
            data += look(folder)
        except ContractError as error:
            data += error.faults
        except KpilibError as error:
            configuration += str(error).splitlines()
    return configuration, list(dict.fromkeys(data))


def _configuration(folder: Path) -> list[str]:
    """Read what people wrote about the company, so that its faults are said before a run."""
    from kpilib.answers.own import read_kpis
    from kpilib.objectives.diary import checkins, decisions, notes
    from kpilib.objectives.plan import read_plan
    from kpilib.objectives.written import Plan
    from kpilib.sources.preset import own_presets
    from kpilib.sources.survey_file import surveys_of

    faults: list[str] = []
    plan: Plan | None = None
    try:
        settings = read_yaml(folder / "company.yaml", Settings)
    except (KpilibError, FileNotFoundError):  # said where the company is opened
        settings = Settings()
    currency = settings.currency
    try:
        plan = read_plan(folder, currency, settings.breakdowns)
    except CompanyError as error:
        faults.append(str(error))
    for look in (
        notes,
        decisions,
        read_kpis,
        lambda folder: checkins(folder, plan, currency) if plan else [],
        lambda folder: labels(folder, settings),
        own_presets,
        surveys_of,
    ):
        try:
            look(folder)
        except CompanyError as error:
            faults.append(str(error))
    if faults:
        raise CompanyError("\n".join(faults))
    return []


def _about(origin: str, faults: list[str]) -> list[str]:
    return [fault for fault in faults if fault.startswith(f"{origin}:")]


def _refuse_beyond(period: Period, as_of: date | None, timezone: str) -> None:
    today = datetime.now(ZoneInfo(timezone)).date()
    if period.start > today:
        raise error_of(
            PeriodError,
            "The period {period} lies in the future; today is {today}.",
            period=period.name,
            today=today,
        )
    if as_of is not None and period.start > as_of:
        raise error_of(
            PeriodError,
            "The data ends on {day}, before the period {period} begins. The last month it reaches"
            " is {month}.",
            day=as_of,
            period=period.name,
            month=Period.month_of(as_of).name,
        )
