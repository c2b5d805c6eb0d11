"""A column of texts into days and instants, all rows at once; see `kpilib.tables.cells`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

from kpilib.errors import ParameterError
from kpilib.saying import error_of
from kpilib.tables.cells import LONGEST, NOTHING, Ambiguous
from kpilib.tables.instants import plausible_days

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
# ISO 8601, with a slash for a dash, and the offset also as UTC+1.
OFFSET = r"(?P<z>[Zz]|[+-][0-9]{2}:?[0-9]{2}|(?:UTC|GMT) ?(?:[+-][0-9]{1,2}(?::?[0-9]{2})?)?)"
TIME = (
    r"(?P<H>[0-9]{1,2})[:hH](?P<M>[0-5][0-9])(?:[:m](?P<S>[0-5][0-9])(?:[.,](?P<f>[0-9]{1,9}))?)?"
    rf"(?: ?(?P<p>[AaPp])\.? ?[Mm]\.?)?(?: ?{OFFSET})?"
)
BETWEEN = r"(?:,? |T)(?:(?:à|at|um) )?"  # a day and its time
ISO = (
    r"^(?P<Y>[0-9]{4})(?:-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})|(?P<m2>[0-9]{2})(?P<d2>[0-9]{2})"
    rf"|/(?P<m3>[0-9]{{1,2}})/(?P<d3>[0-9]{{1,2}}))(?:[T ]{TIME})?$"
)
YEAR = r"(?:(?P<Y>[0-9]{4})|(?P<y>[0-9]{2}))"
NAME = r"\p{L}[\p{L}\p{M}]*\.?"
PARTS = {
    "d": r"(?P<d>3[01]|[12][0-9]|0?[1-9])",
    "m": r"(?P<m>1[0-2]|0?[1-9])",
    "Y": r"(?P<Y>[0-9]{4})",
    "y": r"(?P<y>[0-9]{2})",
    "H": r"(?P<H>2[0-4]|[01]?[0-9])",
    "I": r"(?P<H>1[0-2]|0?[1-9])",
    "M": r"(?P<M>[0-5]?[0-9])",
    "S": r"(?P<S>[0-5]?[0-9])",
    "f": r"(?P<f>[0-9]{1,6})",
    "p": r"(?P<p>[AaPp])\.?[Mm]\.?",
    "z": rf" ?{OFFSET}",
    "b": rf"(?P<b>{NAME})",
    "B": rf"(?P<b>{NAME})",
    "a": rf"(?P<a>{NAME})",
    "A": rf"(?P<a>{NAME})",
    "%": "%",
}
ORDERED = r"^\s*([0-9]{1,2})([/.-])([0-9]{1,2})([/.-])([0-9]{4}|[0-9]{2})(?:[^0-9].*)?$"
ONE_DAY = r"^[0-9]{4}(?:\W[0-9]{1,2}\W[0-9]{1,2}|[0-9]{4})$"  # or what looks like one: 2026-02-30
# As databases write none, and as people do.
NO_DAY = (
    r"(?i)^(?:0{2,4}[-/.]00[-/.]0{2,4}(?:[ T]00:00(?::00)?)?|"
    rf"{'|'.join(map(re.escape, NOTHING))})$"
)
FOLLOWED = "*"  # behind a format: any time of day may follow, and years have two or four digits
# A month in letters leaves no doubt.
WORDED = (
    "%d %B %Y*",
    "%B %d, %Y*",
    "%d-%B-%Y*",
    "%A %d %B %Y*",
    "%A, %d %B %Y*",
    "%A, %B %d, %Y*",
)
EPOCH = "epoch"  # seconds since 1970, in UTC: ten digits; thirteen or sixteen of parts of them
SINCE_1970 = r"^([0-9]{10})(?:\.([0-9]{1,9})|([0-9]{3}|[0-9]{6}))?$"
AT_FIRST = 100  # texts
LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pt")  # of months in letters


def plain_day(text: pl.Expr) -> pl.Expr:
    """Return days written YYYY-MM-DD; null for any other text."""
    return pl.when(text.str.contains(DAY)).then(text.str.to_date("%Y-%m-%d", strict=False))


def plain_instant(text: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    """Return instants of ISO 8601 in UTC, which a clock without an offset shows; null for others.

    A day alone begins where `zone` has midnight.
    """
    written = text.str.replace(" ", "T").str.replace(r"([+-]\d{2}):?(\d{2})$", "$1:$2")
    offset = written.str.contains(r"(Z|[+-]\d{2}:\d{2})$")
    aware = (
        pl.when(offset).then(written).otherwise(written + "Z").str.replace("Z$", "+00:00")
    ).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", strict=False, time_unit="us")
    begun = in_utc(plain_day(text).cast(pl.Datetime("us")), zone)
    return pl.when(text.str.contains(DAY)).then(begun).otherwise(aware)


class Order:
    """Where the day stands in a column of days written like 01/02/2026.

    Parameters
    ----------
    texts : polars.Series
    """

    def __init__(self, texts: pl.Series) -> None:
        fits = texts.str.contains(f"(?s){ORDERED}") & (texts.str.len_chars() <= LONGEST)
        fits &= ~texts.str.contains(NO_DAY)
        parts = texts.filter(fits).unique().str.extract_groups(ORDERED)
        found = parts.struct.unnest() if len(parts) else pl.DataFrame(schema=list("12345"))
        found = found.cast(pl.String).filter(pl.col("2") == pl.col("4"))
        numbers = found.select(pl.col("1", "3").cast(pl.Int64).max())
        self.found = len(found) > 0
        self.first, self.second = numbers.row(0) if self.found else (0, 0)
        self.short = bool((found["5"].str.len_chars() == 2).any())
        self.signs: list[str] = sorted(found["2"].unique().to_list())

    @property
    def seen(self) -> str:
        """The order that the column shows; empty when it shows none, or both."""
        if self.found and (self.first > 12) != (self.second > 12):
            return "%d/%m/%Y" if self.first > 12 else "%m/%d/%Y"
        return ""

    @property
    def undecided(self) -> bool:
        """Whether nothing is wrong but that no day is above 12."""
        return self.found and max(self.first, self.second) <= 12 and not self.short

    def formats(self) -> tuple[str, ...]:
        """Return the formats of the column, ISO among them.

        Raises
        ------
        Ambiguous
            No day is above 12, so that both orders fit; or both orders are needed; or years have
            two digits.
        """
        if not self.found:
            return ("iso", *WORDED)
        if self.first > 12 and self.second > 12:
            raise Ambiguous("day and month change places in this column.")
        if self.first <= 12 and self.second <= 12:
            raise Ambiguous("no day is above 12: day/month/year, or month/day/year?")
        if self.short:
            raise Ambiguous("years have two digits: of which century is not said.")
        return self.told(self.seen)

    def told(self, order: str) -> tuple[str, ...]:
        """Return the formats of the column when the order of day and month is said."""
        one, two, year = re.findall("%[dmYy]", order)
        signs = self.signs or [order[2]]
        return ("iso", *(f"{one}{sign}{two}{sign}{year}{FOLLOWED}" for sign in signs), *WORDED)


def is_order(written: str) -> bool:
    """Whether a format says in which order day and month stand, and nothing else."""
    return re.fullmatch(r"%[dm]([/.-])%[dm]\1%[Yy]", written) is not None and (
        written.count("%d") == 1
    )


@cache
def pattern(written: str) -> str:
    """Return the pattern of a format as `strptime` writes it.

    Raises
    ------
    ParameterError
        It has a directive that is not one of a day or a time.
    """
    followed = written.endswith(FOLLOWED)
    found = ""
    parts = re.split(r"%(.)", written.removesuffix(FOLLOWED))
    for place, part in enumerate(parts):
        if place % 2 and part not in PARTS:
            raise error_of(
                ParameterError,
                "%{part} in the format {written!r} is no part of a day or a time. There"
                " is: {parts}.",
                part=part,
                written=written,
                parts=", ".join(f"%{each}" for each in PARTS),
            )
        # A month in letters may bear a point whatever the format says.
        found += PARTS[part] if place % 2 else re.sub(r"^\\\.", r"\\.?", _literal(part))
    if followed:
        found = f"{found.removesuffix(PARTS[written[-2]])}{YEAR}(?:{BETWEEN}{TIME}(?: Uhr)?)?"
    return f"(?i)^{found}$"


def _literal(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"([^\w\s])", r"\\\1", text))


@cache
def names() -> tuple[list[str], dict[str, str]]:
    """Return the days of the week, and the months with their numbers, in small letters."""
    from babel.dates import get_day_names, get_month_names

    days, months = set(), {"sept": "09"}
    for lang in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                days |= {each.casefold().rstrip(".") for each in
                         get_day_names(width, context, lang).values()}  # fmt: skip
                for place, name in get_month_names(width, context, lang).items():
                    months[name.casefold().rstrip(".")] = f"{place:02d}"
    plain = str.maketrans("éûäç", "euac")
    return sorted(days), months | {name.translate(plain): place for name, place in months.items()}


def _word(word: pl.Expr) -> pl.Expr:
    return word.str.normalize("NFC").str.to_lowercase().str.strip_chars_end(".")


def _parts(texts: pl.Series, pattern: str) -> pl.DataFrame:
    """Return the parts of texts that a pattern fits, as text; a column for each that it knows."""
    found = texts.to_frame("text").select(pl.col("text").str.extract_groups(pattern))
    parts = found.unnest("text")
    for name, others in (("m", ("m2", "m3")), ("d", ("d2", "d3"))):
        alike = [each for each in (name, *others) if each in parts.columns]
        if len(alike) > 1:
            parts = parts.with_columns(pl.coalesce(alike).alias(name)).drop(alike[1:])
    if "b" in parts.columns:
        number = _word(pl.col("b")).replace_strict(names()[1], default=None, return_dtype=pl.String)
        parts = parts.with_columns(m=number)
    if "a" in parts.columns:
        known = _word(pl.col("a")).is_in(names()[0])
        parts = parts.with_columns(d=pl.when(known).then("d"))
    if "y" in parts.columns:
        short = pl.col("y").cast(pl.Int64, strict=False)
        century = pl.when(short < 69).then(short + 2000).otherwise(short + 1900).cast(pl.String)
        long = pl.col("Y") if "Y" in parts.columns else pl.lit(None, dtype=pl.String)
        parts = parts.with_columns(Y=pl.coalesce(long, century))
    return parts


def _read(texts: pl.Series, pattern: str) -> pl.DataFrame:
    """Return the clock of texts that a pattern fits, and the minutes of its offset."""
    parts = _parts(texts, pattern)
    here = set(parts.columns)
    hour = pl.col("H").fill_null("0").cast(pl.Int64) if "H" in here else pl.lit(0)
    if "p" in here:
        half = pl.col("p").str.to_lowercase()
        hour = (
            pl.when(half.is_null()).then(hour)
            .when(hour.is_between(1, 12)).then(hour % 12 + 12 * (half == "p").cast(pl.Int64))
        )  # fmt: skip

    def two(name: str) -> pl.Expr:
        return pl.col(name).fill_null("0").str.zfill(2) if name in here else pl.lit("00")

    fraction = pl.col("f").fill_null("0").str.slice(0, 6) if "f" in here else pl.lit("0")
    day = (pl.col(name).str.zfill(2) if name in here else pl.lit(None) for name in "md")
    year = pl.col("Y") if "Y" in here else pl.lit(None)
    written = pl.format(
        "{}-{}-{}T{}:{}:{}.{}",
        year, *day, hour.cast(pl.String).str.zfill(2), two("M"), two("S"), fraction,
    )  # fmt: skip
    found = parts.with_columns(clock=_shown(written), offset=pl.lit(None, dtype=pl.Int64))
    if "z" in here:
        shift = pl.col("z").str.extract_groups(r"([+-])([0-9]{1,2}):?([0-9]{2})?$").struct
        found = found.with_columns(
            minutes=shift.field("2").cast(pl.Int64) * 60
            + shift.field("3").cast(pl.Int64).fill_null(0),
            west=shift.field("1") == "-",
        ).with_columns(
            clock=pl.when(pl.col("minutes").fill_null(0) < 24 * 60).then("clock"),
            offset=pl.when(pl.col("z").is_not_null()).then(
                pl.when("west").then(-pl.col("minutes")).otherwise("minutes").fill_null(0)
            ),
        )
    return found.select("clock", "offset")


def _shown(written: pl.Expr) -> pl.Expr:
    """Return the times of a clock; 24:00 is the midnight that ends the day."""
    ended = written.str.contains(r"T24:00:00\.0+$")
    begun = written.str.replace(r"T24(:00:00\.0+)$", "T00$1").str
    clock = begun.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
    clock = pl.when(ended).then(clock.dt.offset_by("1d")).otherwise(clock)
    return pl.when(clock.dt.year().is_between(1, 9999)).then(clock)


def _plain(texts: pl.Series) -> pl.Series:
    text = pl.col("text")
    short = pl.when(text.str.len_chars() <= LONGEST).then(text.str.strip_chars())
    return texts.to_frame("text").select(text=short)["text"].str.replace_all(r"\s+", " ")


def clock(
    texts: pl.Series, formats: Iterable[str] = (), serials: date | None = None
) -> pl.DataFrame:
    """Return what is written as a clock shows it, and by how many minutes it is ahead of UTC.

    Parameters
    ----------
    texts : polars.Series
    formats : iterable of str
        As `strptime` writes them, ``iso`` for ISO 8601 (also when there are none), ``epoch`` for
        seconds since 1970; the first that fits counts. Names of months may be of any of
        `LANGUAGES`. Two digits of a year are 1969 to 2068.
    serials : datetime.date or None
        Day zero of serial numbers, in a workbook, where ISO is read in any case.

    Returns
    -------
    polars.DataFrame
        ``clock`` and ``offset``, null where no format fits; the second also without an offset.
    """
    plain = _plain(texts)
    found = pl.DataFrame(schema={"clock": pl.Datetime("us"), "offset": pl.Int64})
    found = pl.concat([found, pl.DataFrame({"row": range(len(plain))})], how="diagonal").drop("row")
    if serials is not None:
        found = found.with_columns(clock=_of_serials(plain, serials))
    chosen = [*formats, *(["iso"] if serials is not None else [])] or ["iso"]
    for written in dict.fromkeys(chosen):
        open_ = found["clock"].is_null() & (plain != "").fill_null(False)
        if not open_.any():
            break
        read = _as_written(plain.filter(open_), written)
        place = open_.arg_true()
        found = found.with_columns(
            found["clock"].scatter(place, read["clock"]),
            found["offset"].scatter(place, read["offset"]),
        )
    return found


def _as_written(texts: pl.Series, written: str) -> pl.DataFrame:
    """Return the clock of texts that one format fits."""
    if written == EPOCH:
        return _since_1970(texts)
    if re.search("%[aAbB]", written):
        texts = texts.str.replace(r"\b1(?:er|st)\b", "1")
    if written in WORDED:  # 5. März, June 5th, 5 de marzo de
        texts = texts.str.replace(r"\b([0-9]{1,2})(?:\.|nd|rd|th|º)([ ,])", "$1$2")
        texts = texts.str.replace_all(" (?:de|del|of) ", " ")
    return _read(texts, ISO if written == "iso" else pattern(written))


def counted(texts: pl.Series) -> bool:
    """Whether all there is in a column are seconds since 1970, or parts of them, of days meant."""
    known = texts.filter(texts.str.strip_chars() != "")
    if not len(known) or not known.head(AT_FIRST).str.contains(SINCE_1970).all():  # as nearly all
        return False
    days = clock(known, [EPOCH])["clock"].dt.date()
    return bool(days.is_between(*plausible_days()).fill_null(False).all())


def _since_1970(texts: pl.Series) -> pl.DataFrame:
    parts = texts.str.extract_groups(SINCE_1970).struct.unnest()
    behind = pl.coalesce("2", "3", pl.lit("0")).str.pad_end(6, "0").str.slice(0, 6)
    passed = pl.col("1").cast(pl.Int64) * 1_000_000 + behind.cast(pl.Int64)
    return parts.select(
        clock=pl.from_epoch(passed, time_unit="us"),
        offset=pl.when(pl.col("1").is_not_null()).then(pl.lit(0, dtype=pl.Int64)),
    )


def _of_serials(texts: pl.Series, zero: date) -> pl.Expr:
    number = texts.str.extract(r"^([0-9]{1,7}(?:\.[0-9]+)?)$").cast(pl.Float64)
    # 60 is the 29 February 1900 that never was; days before it are one off.
    usable = (number >= (61 if zero.year < 1900 else 1)) & (number < 2_958_466)
    seconds = (number.set(~usable.fill_null(False), None) * 86_400).round().cast(pl.Int64)
    return pl.lit(zero).cast(pl.Datetime("us")) + pl.duration(seconds=pl.lit(seconds))


def day(
    texts: pl.Series,
    formats: Iterable[str] = (),
    serials: date | None = None,
    zone: ZoneInfo | None = None,
) -> pl.Series:
    """Return the days that are written; null where no format fits. See `clock`.

    An instant with an offset is of the day that `zone` has then.
    """
    found = clock(texts, formats, serials)
    if zone is not None and found["offset"].count():
        known = pl.col("clock").dt.replace_time_zone("UTC") - pl.duration(minutes="offset")
        there = known.dt.convert_time_zone(zone.key).dt.replace_time_zone(None)
        found = found.with_columns(clock=pl.coalesce(there, "clock"))
    return found["clock"].dt.date()


def instant(
    texts: pl.Series, formats: Iterable[str], zone: ZoneInfo, serials: date | None = None
) -> pl.Series:
    """Return instants in UTC; null where no format fits, or the calendar ends. See `clock`.

    `zone` is that of instants without an offset.
    """
    shown = pl.col("clock")
    known = shown.dt.replace_time_zone("UTC") - pl.duration(minutes="offset")
    found = clock(texts, formats, serials).select(
        pl.when(pl.col("offset").is_not_null()).then(known).otherwise(in_utc(shown, zone))
    )
    return found.select(pl.when(shown.dt.year().is_between(1, 9999)).then(shown))["clock"]


def in_utc(shown: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    """Return when a clock of a place shows a time, in UTC.

    An hour that comes twice is the first one; one that clocks skip is counted on from before.
    """

    def begun(local: pl.Expr) -> pl.Expr:
        there = local.dt.replace_time_zone(zone.key, ambiguous="earliest", non_existent="null")
        return there.dt.convert_time_zone("UTC")

    half = pl.duration(hours=12)
    return pl.coalesce(begun(shown), begun(shown - half) + half)
