"""company.yaml: who the company is, and the rules its figures follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from kpilib.assumptions import Assumptions
from kpilib.errors import CompanyError, listed
from kpilib.files import OF_PART, part_of
from kpilib.language import LANGUAGES
from kpilib.moment import moment
from kpilib.period import zone
from kpilib.saying import error_of, meant, say
from kpilib.tables import TABLES
from kpilib.tables.describing import BREAKDOWNS, FLOOR, minimum_group, named_breakdowns
from kpilib.yaml_file import Strict, read_yaml, spelt

UNREAD = ("exports", "previous")  # folders of a company in which no figure is looked for
NO_ADDRESS = (
    "the address of a database never stands in a file. Put it into an environment variable, and "
    "name that: database: {url_from: KPILIB_DATABASE_URL}"
)

Schema = spelt(r"([A-Za-z_][\w$]*)?", "its name: letters, digits and _, a letter first")
Name = spelt(r"(?s).*\S.*", "a name")
Currency = spelt(r"[A-Z]{3}", "its three capital letters, such as EUR")


class Privacy(Strict):
    """How employees are protected."""

    minimum_group: int = FLOOR

    @field_validator("minimum_group")
    @classmethod
    def _never_below_five(cls, asked: int) -> int:
        return minimum_group(asked)


class Database(Strict):
    """A database that the environment tells the address of; neither stands in any file."""

    url_from: str
    schema_: Schema = Field(default="", alias="schema")

    @field_validator("url_from", mode="before")
    @classmethod
    def _a_name_alone(cls, given: Any) -> Any:
        if not isinstance(given, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", given):
            raise ValueError(say(NO_ADDRESS))
        return given


class Network(Strict):
    """On which conditions a company looks at who writes to whom; all of them, or it does not.

    Parameters
    ----------
    purpose : str
        What it is for, as the staff were told.
    staff_informed, works_council_informed, impact_assessment : datetime.date
        The day on which each was done.
    """

    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)]
    staff_informed: date
    works_council_informed: date
    impact_assessment: date

    @field_validator("staff_informed", "works_council_informed", "impact_assessment")
    @classmethod
    def _done(cls, given: date) -> date:
        if given > date.today():
            raise error_of(
                ValueError,
                "found {day}, which has not come yet: until it is done, nobody is looked at. Write"
                " the day on which it was done; until then, leave network: out.",
                day=given.isoformat(),
            )
        return given


def known_language(given: str) -> str:
    """Return a language of reports, refusing others."""
    if given not in LANGUAGES:
        raise error_of(
            ValueError,
            "{given!r} is not a language of reports: {known}",
            given=given,
            known=listed(LANGUAGES),
        )
    return given


def unknown_audience(name: str, audiences: Iterable[str]) -> str:
    """Say that a recipient belongs to none of the audiences there are; nothing if to one."""
    if not name or name in audiences:
        return ""
    return say(
        "audience {name!r} of a recipient is none of audiences: {known}.{near}",
        name=name,
        known=listed(audiences),
        near=meant(name, audiences),
    )


Days = Annotated[int, Field(ge=0)]
Language = Annotated[str, AfterValidator(known_language)]
PRICED = re.compile(r"[€$£]|\b(EUR|USD|GBP|CHF|k€|euros?)\b", re.IGNORECASE)


class Intangible(Strict):
    """What a training brought that is listed and never priced (Phillips' fifth level).

    Parameters
    ----------
    what : str
    seen : str
        What it was seen by: a survey, an observation, a figure; empty where it is an opinion.
    """

    what: str = Field(min_length=3)
    seen: str = ""

    @model_validator(mode="before")
    @classmethod
    def _what_alone(cls, given: Any) -> Any:
        return {"what": given} if isinstance(given, str) else given

    @field_validator("what", "seen")
    @classmethod
    def _without_price(cls, given: str) -> str:
        if PRICED.search(given):
            raise error_of(
                ValueError,
                "an intangible is listed and never priced: take the amount out, or measure it as a"
                " figure of the training",
            )
        return given


Address = spelt(r"[^@\s<>,;]+@[^@\s<>,;]+", "one e-mail address, such as name@example.org")


Served = spelt(r"(https?://\S+)?", "where reports/ is served, such as https://kpi.example.org")
Seen = Annotated[list[str], Field(min_length=1)]  # topics
Audience = spelt(r"[a-z][a-z0-9_-]*", "its name: small letters, digits, - and _")


class Recipient(Strict):
    """Who is sent the message of a period: in one language or all, with the decisions they own."""

    email: Address
    lang: Language | None = None
    owner: str = ""
    audience: str = ""


class Delivery(Strict):
    """Whom a period is sent to. The address of the mail server stands in the environment alone."""

    sender: Address | None = None
    url: Served = ""
    operator: Address | None = None
    recipients: list[Recipient] = Field(default_factory=list)
    audiences: dict[Audience, Seen] = Field(default_factory=dict)
    working_day: int = Field(default=3, ge=1, le=20)  # after a month, on which it is due

    @model_validator(mode="after")
    def _known_audiences(self) -> Delivery:
        for each in self.recipients:
            if strange := unknown_audience(each.audience, self.audiences):
                raise ValueError(strange)
        return self

    def to(self, recipients: Sequence[Recipient]) -> Delivery:
        """Return it with other recipients.

        Raises
        ------
        CompanyError
            One of them is of an audience that is none.
        """
        for each in recipients:
            if strange := unknown_audience(each.audience, self.audiences):
                raise CompanyError(f"recipients: {strange}")
        return self.model_copy(update={"recipients": list(recipients)})


class Settings(Strict):
    """One company."""

    name: Name = "Company"
    former_names: list[Name] = Field(default_factory=list)
    lang: list[str] = Field(default_factory=lambda: ["en"], min_length=1)
    timezone: str = "Europe/Paris"
    currency: Currency = "EUR"
    as_of: date | datetime | str | None = None
    tables: str = "tables"
    database: Database | None = None
    freshness: dict[str, Days] = Field(default_factory=dict)
    privacy: Privacy = Field(default_factory=Privacy)
    network: Network | None = None
    breakdowns: list[str] = Field(default_factory=lambda: list(BREAKDOWNS))
    fiscal_year_starts: int = Field(default=1, ge=1, le=12)
    columns: dict[str, list[str]] = Field(default_factory=dict)
    assumptions: Assumptions = Field(default_factory=Assumptions)
    delivery: Delivery = Field(default_factory=Delivery)
    intangibles: dict[str, list[Intangible]] = Field(default_factory=dict)

    @field_validator("lang", mode="before")
    @classmethod
    def _one_or_several(cls, given: Any) -> Any:
        given = [given] if isinstance(given, str) else given
        for lang in given if isinstance(given, list) else []:
            known_language(lang)
        return given

    @field_validator("tables", mode="before")
    @classmethod
    def _a_place(cls, given: Any) -> Any:
        if isinstance(given, str) and "://" in given:
            raise ValueError(say(NO_ADDRESS))
        return given

    @field_validator("database", mode="before")
    @classmethod
    def _only_its_variable(cls, given: Any) -> Any:
        if isinstance(given, str):
            raise ValueError(say(NO_ADDRESS))
        return given

    @field_validator("as_of", mode="before")
    @classmethod
    def _a_moment(cls, given: Any) -> Any:
        """Check how it is written; the company's zone, another key, says which instant it is."""
        if given is not None:
            moment(given, zone("UTC"))
        return given

    @field_validator("freshness", "columns")
    @classmethod
    def _of_tables(cls, given: dict[str, Any]) -> dict[str, Any]:
        strange = [name for name in given if name not in TABLES]
        if strange:
            raise error_of(
                ValueError,
                "{name!r} is not a table.{near}",
                name=strange[0],
                near=meant(strange[0], TABLES)
                or " " + say("There are: {names}.", names=listed(TABLES)),
            )
        return given

    @field_validator("breakdowns")
    @classmethod
    def _describing(cls, given: list[str]) -> list[str]:
        return named_breakdowns(given)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        zone(name)
        return name


def settings_of(folder: Path) -> Settings:
    """Read company.yaml; a company that has none is called as its folder, a part by its groups."""
    path = folder / "company.yaml"
    settings = read_yaml(path, Settings) if path.exists() else Settings(name=folder.name)
    groups = [group for groups in part_of(folder).values() for group in groups]
    if not groups:
        return settings
    name = folder.resolve().name if settings.name == Settings().name else settings.name
    told = [OF_PART.join([each, *groups]) for each in (name, *settings.former_names)]
    return settings.model_copy(update={"name": told[0], "former_names": told[1:]})


def place_of_tables(folder: Path, settings: Settings) -> Path:
    """Return where a company's tables lie: inside its folder, as does all that is read of it.

    Raises
    ------
    CompanyError
        `tables`, or a link, leads elsewhere: figures would be of files that are somebody else's.
    """
    home, place = folder.resolve(), folder / settings.tables
    if not place.resolve().is_relative_to(home):
        raise error_of(
            CompanyError,
            "company.yaml: tables: {tables!r} leads out of the company's folder. Put the"
            " tables into it.",
            tables=settings.tables,
        )
    there = {*folder.glob("*"), *folder.glob("*/*"), *place.glob("*")}
    astray = sorted(
        path.name
        for path in there
        if path.is_symlink() and not path.resolve().is_relative_to(home)
        if path.relative_to(folder).parts[0] not in UNREAD
    )
    if astray:
        raise error_of(
            CompanyError,
            "{astray}: a link that leads out of the company's folder. Put the file itself there.",
            astray=listed(astray),
        )
    return place
