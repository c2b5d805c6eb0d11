"""One column of an export by its field of a preset: its values, or what is wrong, or a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

import polars as pl

from kpilib.errors import ParameterError, listed
from kpilib.saying import and_more, error_of, fault_at, quoted, say
from kpilib.sources.block import LINE, more_rows
from kpilib.sources.context import Context
from kpilib.sources.keys import key
from kpilib.sources.no_table import is_period
from kpilib.sources.once import ONE
from kpilib.sources.preset import NUMBERS, Preset
from kpilib.sources.units import COUNTED, are_days, are_hours, foreign, hours, seconds_of
from kpilib.tables import cells, moments
from kpilib.tables.cells import Ambiguous
from kpilib.tables.instants import plausible_days
from kpilib.tables.moments import Order
from kpilib.tables.plausible import ENDS, implausible

WHY, PLAIN = " why", " plain"  # no field is called so
DATES = ("date", "instant")
DTYPES = {
    **dict.fromkeys(NUMBERS, pl.Float64()),
    "int": pl.Int64(),
    "date": pl.Date(),
    "instant": pl.Datetime("us", "UTC"),
    "bool": pl.Boolean(),
}
EXPECTED_WORDS = {
    "number": "a number",
    "rate": "a number",
    "money": "a number",
    "int": "a whole number",
    "seconds": "a duration",
    "date": "a date",
    "instant": "a date and time",
    "bool": "yes or no",
}
ANSWER_WORDS = {
    NUMBERS: "--read {header}={answer}: the column holds numbers. Say what parts their decimals:"
    " {header}=. or {header}=,",
    DATES: "--read {header}={answer}: the column holds days. Say how they are written:"
    " {header}=%d/%m/%Y or {header}=%m/%d/%Y",
    (): "--read {header}={answer}: the column holds neither numbers nor days, so that there is"
    " nothing to say about how they are written. Leave it out.",
}
NO_DAYS_WORDS = {
    "serials": "column {header}: days as Excel counts them. Format the column as dates there and"
    " save the file again, or import the workbook itself.",
    "periods": "column {header}: these are periods, and a row is of a day. Write the first day of"
    " each, such as 2026-10-01.",
}
SERIAL = r"^[3-6][0-9]{4}(?:[.,][0-9]+)?$"  # 1982 to 2091
FORMAT = re.compile(rf"%[A-Za-z]|iso|{moments.EPOCH}")
HOURLY = "%Y%m%d%H"  # ten digits too
TIMES = ("s", "sec", "min")  # a number of hours may say that it is one
# What a number of a kind is not of: of what is a share, and a duration has a kind of its own.
STRANGE = {"int": ("%", "h", *TIMES), "money": ("%", "h", *TIMES), "number": TIMES, "rate": TIMES}
EXACT = 2**53
OF_UTC = re.compile(
    r"[(\[](?:in )?(?:UTC|GMT)[)\]]", re.I
)  # a header that says of which zone it is
SHORTENED = r"(?i)^[0-9][.,][0-9]+E\+[0-9]+$"
CUT = (
    "a number that Excel has shortened, so that its last digits are lost: import the file as it"
    " was downloaded"
)
SHOWN, MOST_CHOICES, FEW = 5, 12, 100
AT_ONCE = 100_000  # texts taken apart together


class Column:
    """One column of a table: decided as a whole, then read as a whole.

    Parameters
    ----------
    name : str
        Of the field.
    header : str
        As it stands in the file.
    context : Context
    preset : Preset
    """

    def __init__(self, name: str, header: str, context: Context, preset: Preset) -> None:
        self.name, self.header, self.context = name, header, context
        self.written = written = context.table.fields[name]
        named = preset.timezone if preset.timezone != "company" else OF_UTC.search(header) and "UTC"
        self.zone = ZoneInfo(named) if named else context.zone
        self.serials = context.block.serials  # day zero of serial numbers, in a workbook
        answer = context.answer(header)
        self.decimal = answer if answer in cells.SIGNS else written.decimal
        self._refuse(answer)
        self.told = tuple(filter(None, answer.split("|"))) if written.type in DATES else ()
        self.formats = self.told or written.formats
        self.values = {key(text): value for text, value in written.values.items()}
        choice = bool(written.values) or written.type not in DTYPES
        self.dtype = pl.String() if choice else DTYPES[written.type]
        self.order: Order | None = None
        self.question = self.doubt = ""

    def _refuse(self, answer: str) -> None:
        """Refuse an answer that would change nothing; a shape may ask for answers of its own.

        Raises
        ------
        ParameterError
            With what can be answered.
        """
        kind, table = self.written.type, self.context.table
        sign, written = answer in cells.SIGNS, FORMAT.search(answer) is not None
        if (sign and kind in NUMBERS) or (written and kind in DATES) or not answer:
            return
        if sign or written or not (table.shape or key(answer) == ONE):
            text = next(text for kinds, text in ANSWER_WORDS.items() if kind in kinds or not kinds)
            raise error_of(ParameterError, text, header=self.header, answer=answer)

    def decide(self, texts: pl.DataFrame, origin: str) -> list[str]:
        """Decide by the whole column how it is read, or ask; return what is suspicious.

        Parameters
        ----------
        texts : polars.DataFrame
            The texts of the fields, with the `LINE` of each row; of a workbook, also why a cell
            cannot be used (`WHY` behind the name) and whether it is a number there (`PLAIN`).
        origin : str
        """
        kind, column = self.written.type, texts[self.name]
        if kind in DATES and OF_UTC.search(self.header) and not column.str.contains(":").any():
            self.zone = self.context.zone  # a day without a time is the company's
        if kind == "number" and are_hours(self.name) and are_days(self.header):
            self.question = fault_at(
                origin,
                "column {header}: these are days, and hours are wanted. Write how many hours.",
                header=self.header,
            )
            return []
        if kind in DATES and not self.told and moments.counted(column):
            self._as_counted(column, origin)
            return []
        try:
            if kind in NUMBERS and self.decimal == "auto":
                known = texts[self.name + PLAIN] if self.name + PLAIN in texts.columns else None
                self.decimal = cells.decimal_sign(
                    column if known is None else column.filter(~known)
                )
            if kind in DATES and (self.told or not self.formats or self.serials is not None):
                self.order = Order(column)
                self.formats = self._formats()
        except Ambiguous as error:
            said = say(str(error))
            if ways := self._working(column):
                self.question = self._asked(origin, said, ways)
                return []
            return [fault_at(origin, "column {header}: {error}", header=self.header, error=said)]
        return self._swapped(texts, origin)

    def _formats(self) -> tuple[str, ...]:
        """Return the formats of a column of days: told, of the preset, or seen."""
        if not self.formats:
            return self.order.formats()
        # An order of day and month holds for all the times and years that the column has.
        each = (
            self.order.told(one) if one in self.told and moments.is_order(one) else (one,)
            for one in self.formats
        )
        return tuple(one for several in each for one in several)

    def _answers(self) -> dict[str, str]:
        """Return the answers that can be given about the column, each with what it means."""
        if self.written.type not in DATES:
            return {".": say("decimal point"), ",": say("decimal comma")}
        if not self.order.found:
            return {"iso": say("year first")}
        year = "%y" if self.order.short else "%Y"
        known = {
            f"%d/%m/{year}": say("day first"),
            f"%m/%d/{year}": say("month first"),
        }
        seen = self.order.seen.replace("%Y", year)
        return {seen: known[seen]} if seen else known

    def _working(self, column: pl.Series) -> dict[str, str]:
        """Return the answers by which the whole column is read.

        When there are none, it is read as the best of them says, so that rows are named.
        """
        texts = column.unique(maintain_order=True).to_frame("text")
        answers, wrong = self._answers(), {}
        for answer in answers:
            self._follow(answer)
            wrong[answer] = self._read(texts)["reason"].count()
        self._follow(min(wrong, key=wrong.__getitem__))
        return {answer: what for answer, what in answers.items() if not wrong[answer]}

    def _otherwise(self, texts: pl.DataFrame, origin: str) -> list[str]:
        """Ask about a column that is not written as its preset says, and is written in one way.

        So is one that a spreadsheet saved again, in the language of whoever opened it.
        """
        preset = self.written.formats or self.written.decimal in cells.SIGNS
        said, column = self._no_days(texts[self.name]), texts[self.name]
        if preset and not self.context.answer(self.header) and self.name + WHY not in texts.columns:
            self.order = Order(column) if self.written.type in DATES else None
            if ways := self._working(column):
                return [self._asked(origin, say("it is not written as the preset says."), ways)]
        return [fault_at(origin, said, header=self.header)] if said else []

    def _no_days(self, column: pl.Series) -> str:
        """Return what all texts of a column of days are instead; empty when they are not."""
        given = column.str.strip_chars().unique(maintain_order=True)
        given = given.filter(given != "")
        if self.written.type not in DATES or not len(given) or Order(given).found:
            return ""
        if given.str.contains(SERIAL).all():
            return NO_DAYS_WORDS["serials"]
        whole = given.str.contains(moments.ONE_DAY).any()  # 2026-02-30
        return NO_DAYS_WORDS["periods"] if not whole and all(map(is_period, given[:FEW])) else ""

    def _follow(self, answer: str) -> None:
        if self.order is None:
            self.decimal = answer
        else:
            self.formats = self.order.told(answer) if moments.is_order(answer) else (answer,)

    def _asked(self, origin: str, error: str, ways: Mapping[str, str]) -> str:
        said = say(" or --read ").join(
            f"{quoted(f'{self.header}={answer}')} ({what})" for answer, what in ways.items()
        )
        short = self.order is not None and self.order.short
        return fault_at(
            origin,
            "column {header}: {error} Say which: --read {ways}.",
            header=self.header,
            error=error,
            ways=said + (say(", where 69 to 99 are 1969 to 1999") if short else ""),
        )

    def _as_counted(self, column: pl.Series, origin: str) -> None:
        """Read seconds since 1970, or ask where ten digits can be a day and its hour."""
        self.formats = (moments.EPOCH,)
        if moments.clock(column, [HOURLY])["clock"].count() == (column != "").sum():
            self.question = self._asked(
                origin,
                say("ten digits that can be seconds, or a day and its hour."),
                {moments.EPOCH: say("seconds since 1970"), HOURLY: say("day and hour")},
            )

    def _swapped(self, texts: pl.DataFrame, origin: str) -> list[str]:
        """Say when Excel has probably taken months for days in some rows of a workbook."""
        if self.order is None or self.serials is None or not self.order.found:
            return []
        text = pl.col(self.name)
        real = moments.day(texts[self.name], (), self.serials).dt.day().max()
        if real is None or real > 12:
            return []
        lines = texts.filter(text.str.contains(f"(?s){moments.ORDERED}"))[LINE].to_list()
        return [
            fault_at(
                origin,
                "column {header}: row(s) {names}{more} hold dates as text among real dates, none"
                " of which is later than a 12th: Excel has probably taken months for days when"
                " the file was opened. Import the file as it was downloaded.",
                header=self.header,
                names=listed(map(str, lines[:SHOWN])),
                more=and_more(len(lines) - SHOWN),
            )
        ]

    def read(self, texts: pl.DataFrame, origin: str) -> tuple[pl.Series, list[str]]:
        """Return the values of the column, and a sentence a reason why some have none."""
        if self.question:
            return pl.Series(self.name, [None] * len(texts), dtype=self.dtype), []
        marked = [mark for mark in (WHY, PLAIN) if self.name + mark in texts.columns]
        marks = {mark: self.name + mark for mark in marked}
        rows = texts.select(text=self.name, line=LINE, **marks)
        plain = self.written.type in ("text", "id") and not (self.values or self.written.pseudonym)
        if plain or 2 * rows["text"].approx_n_unique() > len(rows) > AT_ONCE:
            read = self._by_parts(rows)
        else:  # each different text once
            different = self._by_parts(rows.select("text", *marked).unique())
            read = rows.join(
                different, on=["text", *marked], how="left", nulls_equal=True, maintain_order="left"
            )
        if self.written.type in DATES and self.name not in ENDS:
            self.doubt = self._doubtful(read["value"], rows["line"], origin)
        faults = self._faults(read, rows["line"], origin)
        if faults and (line := read.filter(pl.col("reason").is_not_null())["line"].first()):
            faults = self._otherwise(texts, f"{origin}:{line}") or faults
        return read["value"].alias(self.name), faults

    def _doubtful(self, values: pl.Series, lines: pl.Series, origin: str) -> str:
        """Say in which rows a day is none that can be meant; empty when there are none."""
        days = values if self.written.type == "date" else values.dt.date()
        odd = lines.filter((~days.is_between(*plausible_days())).fill_null(False))
        return implausible(origin, self.header, len(odd), int(odd[0])) if len(odd) else ""

    def _by_parts(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Read some rows after the others: the parts of texts are not held for all at once."""
        parts = rows.iter_slices(AT_ONCE) if len(rows) else (rows,)
        return pl.concat(map(self._read, parts))

    def values_of(self, texts: Sequence[str]) -> pl.Series:
        """Return the values of a few cells beside the column, null where there is none."""
        return self._read(pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)}))["value"]

    def _read(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add `value`, `reason` (null where nothing is wrong) and, of money, `unit`."""
        kind, written = self.written.type, self.written
        text = pl.col("text").str.strip_chars()
        if self.values:
            found = self._mapped(rows, self._chosen)
        elif kind in NUMBERS:
            found = self._numbers(rows)
        elif kind in DATES:
            value = (
                moments.day(rows["text"], self.formats, self.serials, self.zone)
                if kind == "date"
                else moments.instant(rows["text"], self.formats, self.zone, self.serials)
            )
            found = rows.with_columns(value=value, wrong=value.is_null()).with_columns(
                pl.col("wrong") & ~text.str.contains(moments.NO_DAY)
            )
        elif kind == "bool":
            value = cells.boxes(text)
            found = rows.with_columns(value=value, wrong=value.is_null() & (text != ""))
        elif written.pseudonym:
            found = self._mapped(rows, lambda each: (self.context.pseudonym(each), False))
        else:
            text = text.str.to_uppercase() if self.name == "currency" else text
            value = pl.when(text != "").then(text)
            cut = text.str.contains(SHORTENED) if kind == "id" else pl.lit(False)
            found = rows.with_columns(value=value, wrong=cut)
        reason = pl.when("wrong").then(
            pl.lit(say(CUT) if kind == "id" and not self.values else self._expected())
        )
        if WHY in rows.columns:
            broken = pl.col(WHY).is_not_null()
            broken &= ~pl.col(PLAIN) if kind in NUMBERS else pl.lit(True)
            reason = pl.when(broken).then(pl.col(WHY)).otherwise(reason)
        found = found.with_columns(reason=reason)
        return found.with_columns(
            value=pl.when(pl.col("reason").is_null()).then("value").cast(self.dtype, strict=False)
        )

    def _numbers(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add numbers as the type wants them, what they are of, and what is none."""
        kind, value = self.written.type, pl.col("value")
        read = cells.seconds if kind == "seconds" else cells.numbers
        found = pl.concat([rows, read(rows["text"], self.decimal)], how="horizontal")
        if PLAIN in rows.columns:  # a number of a workbook has a point, whatever the texts are
            pointed = read(rows["text"], ".")["value"]
            found = found.with_columns(value=pl.when(PLAIN).then(pointed).otherwise(value))
        if kind == "seconds":
            counted = pl.col("text").str.contains(COUNTED) & pl.col("unit").is_null()
            length = pl.when(counted).then(seconds_of(self.header)).otherwise(1)
            found = found.with_columns(value=value * length)
        if kind == "number" and are_hours(self.name):
            found = hours(found, self.header)
        if kind == "int":
            whole = pl.when((value == value.floor()) & (value.abs() <= EXACT)).then(value)
            found = found.with_columns(value=whole.cast(pl.Int64, strict=False))
        if kind == "rate":
            rate = pl.when(pl.col("unit") == "%").then(value / 100).otherwise(value)
            found = found.with_columns(value=rate)
        strange = pl.col("unit").is_in(STRANGE.get(kind, ())).fill_null(False)
        value = pl.when(~strange).then(value)
        return found.with_columns(value=value, wrong=value.is_null() & ~pl.col("nothing"))

    def _mapped(
        self, rows: pl.DataFrame, meant: Callable[[str], tuple[str | None, bool]]
    ) -> pl.DataFrame:
        """Read each text by a function: its value, and whether it is wrong."""
        read = [
            meant(each.strip()) if each.strip() or self.values else (None, False)
            for each in rows["text"]
        ]
        return rows.with_columns(
            pl.Series("value", [each for each, _ in read], dtype=pl.String),
            pl.Series("wrong", [each for _, each in read], dtype=pl.Boolean),
        )

    def _chosen(self, text: str) -> tuple[str | None, bool]:
        if key(text) in self.values:
            return self.values[key(text)] or None, False
        if self.written.otherwise is not None:
            return self.written.otherwise or None, False
        return None, bool(text)

    def _faults(self, read: pl.DataFrame, lines: pl.Series, origin: str) -> list[str]:
        """Count the rows of each reason, and name the first."""
        wrong = read.select("reason", line=lines).filter(pl.col("reason").is_not_null())
        reasons = wrong.group_by("reason", maintain_order=True).agg(
            pl.col("line").first(), count=pl.len()
        )
        faults = []
        for reason, line, count in reasons.iter_rows():
            faults.append(
                fault_at(
                    f"{origin}:{line}",
                    "column {header}: {reason}{more}.",
                    header=self.header,
                    reason=reason,
                    more=more_rows(count),
                )
            )
        if self.written.type == "money" and "unit" in read.columns:
            faults += foreign(read, lines, origin, self.header, self.context)
        return faults

    def _expected(self) -> str:
        """Say what a text is not."""
        if self.values:
            names, more = list(self.written.values), len(self.written.values) - MOST_CHOICES
            shown = listed(names[:MOST_CHOICES]) + and_more(more)
            return say("not one of {names}", names=shown)
        what = say(EXPECTED_WORDS.get(self.written.type, "a text"))
        if self.written.type in DATES and self.formats:
            formats = [each.rstrip("*") for each in self.formats if each not in moments.WORDED]
            named = {"iso": "YYYY-MM-DD", moments.EPOCH: say("seconds since 1970")}
            formats = [named.get(each, each) for each in formats]
            return say("not {what} written {ways}", what=what, ways=say(" or ").join(formats[:3]))
        if self.written.type in NUMBERS and self.decimal == ",":
            return say("not {what} with a decimal comma", what=what)
        return say("not {what}", what=what)
