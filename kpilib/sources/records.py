"""Files that hold records: JSON, JSON lines, Parquet. Each gives one table of text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from kpilib.errors import ContractError, NoRows
from kpilib.saying import fault_at, refusal
from kpilib.sources.block import Block, Cells, Row
from kpilib.sources.decode import Content, text_of
from kpilib.sources.workbook import number_text

LARGEST_JSON = 256 << 20  # of one value, which is held as a whole; lines may go on for ever
MOST_COLUMNS = 2_000
DEEPEST = 20
# What a tool writes beside its records.
BESIDE = ("meta", "metadata", "paging", "pagination", "links", "_links", "page", "total", "count")
MOST_BESIDE = 4
SPACE = re.compile(r"[\s,]*")
DECODER = json.JSONDecoder(parse_constant=str)


def blocks_of_json(content: Content, encoding: str) -> Iterator[Block]:
    """Yield the records of a JSON array, of JSON lines, or of the one list in a JSON object.

    Nested keys become ``outer.inner``, lists stay JSON text, null is an empty cell.

    Raises
    ------
    ContractError
        It is not JSON, or a message instead of records.
    """
    source = _Records(content, encoding)
    header: dict[str, None] = {}
    count = 0
    for line, record in source.all():
        count += 1
        header |= dict.fromkeys(_flat(record, f"{content.name}:{line}"))
        if len(header) > MOST_COLUMNS:
            raise refusal(
                f"{content.name}:{line}",
                "more than {most} different keys: names are values here. Export it as a table.",
                most=MOST_COLUMNS,
            )
    if not count:
        said = fault_at(
            content.name,
            "an empty list, without records. There is nothing to import for this period.",
        )
        raise NoRows([said])
    names = tuple(header)
    yield Block(
        origin=content.name,
        header=names,
        line=0,
        rows=_rows(source.all(), names, content.name),
        title=source.title,
        encoding=encoding,
    )


def _rows(records: Iterable[tuple[int, dict[str, Any]]], names: Cells, name: str) -> Iterator[Row]:
    for line, record in records:
        flat = _flat(record, f"{name}:{line}")
        yield line, tuple(flat.get(each, "") for each in names)


class _Records:
    """Records of a file, read once for their keys and once for their values."""

    def __init__(self, content: Content, encoding: str) -> None:
        self.content, self.encoding, self.title = content, encoding, ""

    def all(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield line and record."""
        with text_of(self.content, self.encoding) as file:
            lines = (
                line for line in iter(partial(file.readline, LARGEST_JSON), "") if line.strip()
            )
            first, second = next(lines, ""), next(lines, "")
        yield from self._lines() if self._stands_alone(first, second) else self._whole()

    def _stands_alone(self, line: str, next_line: str) -> bool:
        """Whether a line is a record by itself, so that the file may be JSON lines."""
        try:
            found = DECODER.decode(line.strip())
        except (ValueError, RecursionError):
            return False
        several = next_line.lstrip().startswith("{")
        return isinstance(found, dict) and (several or self._list_in(found) is None)

    def _lines(self) -> Iterator[tuple[int, dict[str, Any]]]:
        count = 0
        with text_of(self.content, self.encoding) as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                record = self._decoded(line.strip(), 0, number)[0]
                if count == 0 and "error" in str(next(iter(record), "")).casefold():
                    raise self._message()
                count += 1
                yield number, self._record(record, number)

    def _whole(self) -> Iterator[tuple[int, dict[str, Any]]]:
        with text_of(self.content, self.encoding) as file:
            text = file.read(LARGEST_JSON + 1)
        if len(text) > LARGEST_JSON:
            raise refusal(
                self.content.name,
                "one JSON value of more than {count} MB. Export it as JSON lines, CSV or Parquet.",
                count=LARGEST_JSON >> 20,
            )
        if text.lstrip().startswith("{"):
            whole, end = self._decoded(text, SPACE.match(text).end(), 1)
            found = self._list_in(whole)
            if found is None:
                raise self._message()
            if text[end:].strip():
                raise self._damaged(1 + text.count("\n", 0, end))
            self.title, records = found
            for record in records:
                yield 1, self._record(record, 1)
            return
        place = SPACE.match(text, text.index("[") + 1).end()
        line, counted = 1, 0
        while place < len(text) and text[place] != "]":
            line, counted = line + text.count("\n", counted, place), place
            record, place = self._decoded(text, place, line)
            yield line, self._record(record, line)
            place = SPACE.match(text, place).end()
        if place >= len(text) or text[place + 1 :].strip():
            raise self._damaged(1 + text.count("\n"))

    def _list_in(self, whole: dict[str, Any]) -> tuple[str, list[Any]] | None:
        """Return the one list of records of an object, or of the object in it, with its key."""
        held = {
            name: value
            for name, value in whole.items()
            if isinstance(value, (dict, list)) and name.casefold() not in BESIDE
        }
        if len(held) != 1 or len(whole) > MOST_BESIDE:
            return None
        ((name, value),) = held.items()
        alone = len(whole) == 1 or any(each.casefold() in BESIDE for each in whole)
        if "error" in name.casefold():
            return None
        if isinstance(value, dict):
            return self._list_in(value) if alone else None
        if not value and not alone:  # a record may hold an empty list
            return None
        return (name, value) if all(isinstance(each, dict) for each in value) else None

    def _decoded(self, text: str, place: int, line: int) -> tuple[Any, int]:
        try:
            return DECODER.raw_decode(text, place)
        except json.JSONDecodeError as error:
            raise self._damaged(line + text.count("\n", place, error.pos)) from None
        except (ValueError, RecursionError):
            raise self._damaged(line) from None

    def _record(self, value: Any, line: int) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        raise refusal(
            f"{self.content.name}:{line}", "not a record with names. A list of records is expected."
        )

    def _damaged(self, line: int) -> ContractError:
        return refusal(
            f"{self.content.name}:{line}",
            "not valid JSON here. The download was cut short, or this is not JSON:"
            " export it again.",
        )

    def _message(self) -> ContractError:
        return refusal(
            self.content.name,
            "not a CSV: a message in JSON instead of a list of records. The tool"
            " probably refused the download: sign in and export again.",
        )


def _flat(record: dict[str, Any], where: str) -> dict[str, str]:
    """Return the values of a record as text, nested ones by dotted names."""
    flat: dict[str, str] = {}
    waiting = [("", record, 0)]
    while waiting:
        before, values, depth = waiting.pop()
        for name, value in values.items():
            if isinstance(value, dict) and value and depth < DEEPEST:
                waiting.append((f"{before}{name}.", value, depth + 1))
            else:
                flat[_clean(before + name, where)] = _clean(_text(value, where), where)
    return flat


def _text(value: Any, where: str) -> str:
    if value is None or value == {}:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return number_text(value.total_seconds())
    if isinstance(value, (list, tuple, dict)):
        try:
            return json.dumps(value, ensure_ascii=False, default=str)
        except (ValueError, RecursionError):
            raise refusal(where, "nested too deep to be a table.") from None
    if isinstance(value, bytes):
        return value.decode("utf-8", "strict")
    return str(value)


def _clean(text: str, where: str) -> str:
    if "\0" in text:
        raise refusal(where, "a NUL sign in a text. Export it again.")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise refusal(where, "half a letter in a text. Export it again.") from None
    return text


def blocks_of_parquet(content: Content) -> Iterator[Block]:
    """Yield the table of a Parquet file; rows are counted from 1.

    Raises
    ------
    ContractError
        It is damaged or cut short.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with content.open() as file:
            table = parquet.ParquetFile(file)
            header = tuple(dict.fromkeys(_leaves(table.schema_arrow, "")))
            rows = _batches(table.iter_batches(batch_size=10_000), header, content)
            yield Block(origin=content.name, header=header, line=0, rows=rows)
    except (pa.ArrowException, OSError, UnicodeDecodeError, RecursionError, MemoryError):
        raise _unreadable(content) from None


def _batches(batches: Iterator[Any], header: Cells, content: Content) -> Iterator[Row]:
    from pyarrow import ArrowException

    try:
        records = (record for batch in batches for record in batch.to_pylist())
        yield from _rows(enumerate(records, 1), header, content.name)
    except ContractError:
        raise
    except (ArrowException, OSError, UnicodeDecodeError, ValueError):
        raise _unreadable(content) from None


def _leaves(fields: Any, before: str) -> Iterator[str]:
    for each in fields:
        if str(each.type).startswith("struct") and each.type.num_fields:
            yield from _leaves(each.type, f"{before}{each.name}.")
        else:
            yield before + each.name


def _unreadable(content: Content) -> ContractError:
    return refusal(content.name, "a Parquet file that is damaged or cut short. Export it again.")
