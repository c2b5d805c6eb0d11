"""One import: its files converted, its tables merged and checked, before any is put in place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from kpilib.errors import CompanyError, ContractError, NoRows, ParameterError, listed
from kpilib.files import digest_of
from kpilib.opening import open_company
from kpilib.period import zone
from kpilib.saying import and_more, error_of, refusal, say
from kpilib.settings import Settings
from kpilib.sources import provenance
from kpilib.sources.context import Context
from kpilib.sources.convert import Understood
from kpilib.sources.incoming import Imported, take
from kpilib.sources.keys import digest, key
from kpilib.sources.merge import Merged, Part, merge
from kpilib.sources.preset import Preset
from kpilib.sources.provenance import Entry, overlaps
from kpilib.sources.secret import VARIABLE, check_of, secret_file, secret_of
from kpilib.sources.spellings import one_spelling
from kpilib.sources.staging import put_in_place
from kpilib.sources.survey_file import Survey, surveys_of
from kpilib.tables import TABLES
from kpilib.tables.read import SUFFIXES

MOST_NAMED = 5  # files in a sentence


def nothing_imported(
    faults: list[str], wrong: Sequence[str] = (), right: Sequence[str] = ()
) -> ContractError:
    """Return the error of faults that kept all files from being imported, with what to do.

    Parameters
    ----------
    faults : list of str
    wrong, right : sequence of str
        Names of the files that have some, and of those that have none.
    """
    remedy = say("Nothing was imported.")
    if wrong and right:
        shown = listed(right[:MOST_NAMED]) + and_more(len(right) - MOST_NAMED)
        remedy += " " + say(
            "Of the other file(s) none has a fault: {shown}. To import them now, leave out"
            " {wrong}.",
            shown=shown,
            wrong=listed(wrong),
        )
    return ContractError(faults, remedy)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How files are imported.

    Parameters
    ----------
    preset : str
        Which preset they are of; by default each table is recognised from its columns.
    told : mapping of str to str
        Column to its date format or decimal sign, where a file is ambiguous.
    dry_run : bool
        Everything is read, checked and shown; nothing is written.
    again : bool
        Whether a file that was imported before is read once more.
    """

    preset: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False
    again: bool = False


@dataclass(kw_only=True)
class Run:
    """One import: what it knows, and what it has prepared."""

    folder: Path
    settings: Settings
    known: Mapping[str, Preset]
    asked: Asked
    place: Path
    entries: list[Entry] = field(default_factory=list)
    parts: dict[str, list[Part]] = field(default_factory=dict)
    ready: dict[Path, Path] = field(default_factory=dict)
    replaced: list[Path] = field(default_factory=list)
    merged: dict[str, Merged] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    key_check: str = ""

    def __post_init__(self) -> None:
        self.tables = self.folder / self.settings.tables
        self.surveys = surveys_of(self.folder)
        self.before = provenance.read(self.folder)

    @cached_property
    def secret(self) -> bytes:
        """The key of the pseudonyms, the same as in every import before.

        Raises
        ------
        CompanyError
            It is another one.
        """
        found = secret_of(self.folder, create=not self.asked.dry_run)
        self.key_check = check_of(found)
        used = next((each.key_check for each in reversed(self.before) if each.key_check), "")
        if used and used != self.key_check:
            raise error_of(
                CompanyError,
                "The pseudonyms in the tables were made with another key, and the same"
                " people would get others now. Put back the key: {variable}, or {name} in"
                " your configuration folder (its name is that of the company's folder).",
                variable=VARIABLE,
                name=secret_file(self.folder).name,
            )
        return found

    def files(self, paths: Sequence[Path]) -> list[Imported]:
        """Read and convert files; every fault of all of them at once."""
        done: list[Imported] = []
        faults: list[str] = []
        seen: dict[str, str] = {}
        wrong: list[str] = []
        empty: list[str] = []
        for path in paths:
            try:
                digest = _digest(path)
                why = self._done(path, digest, seen)
                if why:
                    twin = Imported(file=path.name, sha256=digest, refused=[why], already=True)
                    twin.answered |= set() if digest in seen else set(map(key, self.asked.told))
                    done.append(twin)
                seen.setdefault(digest, path.name)
                if not why:
                    done.append(self._taken(path, digest))
            except NoRows as error:
                done.append(Imported(file=path.name, sha256=digest, refused=error.faults))
                empty += error.faults
            except ContractError as error:
                faults += error.faults
                wrong.append(path.name)
        if empty and not faults and not any(each.understood or each.already for each in done):
            raise nothing_imported(empty)
        answered = {name for each in done for name in each.answered}
        strange = [name for name in self.asked.told if key(name) not in answered]
        if strange and not faults:
            raise error_of(
                ParameterError,
                "--read names {names}, and no table has such a column.",
                names=listed(strange),
            )
        faults += overlaps(self.entries, self.before)
        if faults:
            right = [path.name for path in paths if path.name not in wrong]
            raise nothing_imported(list(dict.fromkeys(faults)), wrong, right)
        return done

    def _done(self, path: Path, digest: str, seen: Mapping[str, str]) -> str:
        """Say why a file needs not be read: its bytes were, now or before; empty when it does."""
        if digest in seen:
            return say("the same bytes as {file}: read once", file=seen[digest])
        entry = None if self.asked.again else self._known(digest)
        if entry is None:
            return ""
        return say(
            "imported on {day} as {it.file}: nothing to do (--again reads it once more)"
            if entry.file != path.name
            else "imported on {day}: nothing to do (--again reads it once more)",
            day=date.fromisoformat(entry.imported_on[:10]),
            it=entry,
        )

    def _taken(self, path: Path, digest: str) -> Imported:
        context = Context(
            zone=zone(self.settings.timezone),
            currency=self.settings.currency,
            told=self.asked.told,
            secret=lambda: self.secret,
            surveys=self.surveys,
        )
        taken = take(path, self.known, self.asked.preset, context, self.place)
        if _digest(path) != digest:
            raise refusal(
                path.name,
                "the file changed while it was read. Wait until it is"
                " complete, then import it again.",
            )
        taken.sha256 = digest
        for understood, table, part in taken.made:
            self.parts.setdefault(table, []).append(part)
            self.entries.append(self._entry(taken, understood, table))
        return taken

    def _known(self, digest: str) -> Entry | None:
        """Return the entry of a file that was read before, by presets that have not changed."""
        entries = [each for each in self.before if each.sha256 == digest]
        same = entries and all(
            each.preset in self.known
            and each.version == _version(self.known[each.preset], self.asked.told, self.surveys)
            and self._table(each.table) is not None
            for each in entries
        )
        return entries[-1] if same and self.asked.preset in ("", entries[-1].preset) else None

    def _table(self, name: str) -> Path | None:
        """Return the file that holds a table, when there is one."""
        places = (self.tables / f"{name}{suffix}" for suffix in SUFFIXES)
        return next((path for path in places if path.exists()), None)

    def _entry(self, done: Imported, understood: Understood, table: str) -> Entry:
        return Entry(
            file=done.file,
            sha256=done.sha256,
            imported_on=datetime.now(UTC).isoformat(timespec="seconds"),
            preset=understood.preset.id,
            version=_version(understood.preset, self.asked.told, self.surveys),
            status=understood.preset.status,
            source=understood.source,
            table=table,
            first_day=str(understood.first or ""),
            last_day=str(understood.last or ""),
            spans="yes" if understood.spans else "",
            encoding=understood.block.encoding,
            key_check=self.key_check,
        )

    def merge(self, done: Sequence[Imported]) -> None:
        """Prepare the tables as they will be, and check them; every fault at once."""
        faults: list[str] = []
        merged = self.merged
        for name, parts in self.parts.items():
            before, made = self._table(name), self.place / f"{name}.parquet"
            try:
                for part in parts:
                    self._check(name, part.path, part.origin)
                self.notes += one_spelling(TABLES[name], [part.path for part in parts], before)
                merged[name] = merge(
                    TABLES[name], parts, before, made, zone(self.settings.timezone)
                )
                if merged[name].moved:
                    self._check(name, made, say("{name} after this import", name=made.name))
                    self.ready[self.tables / made.name] = made
                    self.replaced += [before] if before else []
            except ContractError as error:
                faults += error.faults
        if faults:
            raise nothing_imported(list(dict.fromkeys(faults)))
        for each in done:
            names = dict.fromkeys(entry.table for entry in self.entries if entry.file == each.file)
            each.tables = {name: merged[name] for name in names if name in merged}
        self.entries = [
            replace(
                entry,
                added=str(rows.added),
                changed=str(rows.changed),
                same=str(rows.same),
            )
            for entry in self.entries
            if (rows := merged.get(entry.table))
        ]

    def _check(self, name: str, path: Path, origin: str) -> None:
        """Hold rows to the contract of their table.

        Raises
        ------
        ContractError
            With the file that the rows come from, where the check names ours.
        """
        company = open_company(
            {name: path}, timezone=self.settings.timezone, currency=self.settings.currency
        )
        faults = company.check()
        try:
            company.tables.summed(name)
        except ContractError as error:
            faults += error.faults
        # A row of what an import made of a file is no row of the file.
        row = re.escape(say(", the first in row {row:d}", row=0)).replace("0", r"\d+")
        if faults:
            raise ContractError(
                [
                    re.sub(row, "", fault.replace(f"{path.name}:", f"{origin}: {name}:", 1))
                    for fault in faults
                ]
            )

    def put(self) -> list[str]:
        """Put everything in place, note where it came from; return where the tables before are."""
        known = {(each.sha256, each.version, each.source) for each in self.before}
        fresh = [
            each for each in self.entries if (each.sha256, each.version, each.source) not in known
        ]
        if self.ready or fresh:
            made = self.place / provenance.FILE
            provenance.write(made, [*self.before, *(fresh or self.entries)])
            target = self.folder / provenance.FILE
            return put_in_place(self.folder, {**self.ready, target: made}, self.replaced)
        return []


def _digest(path: Path) -> str:
    if not path.is_file():
        raise refusal(path.name, "there is no such file.")
    return digest_of(path)


def _version(preset: Preset, told: Mapping[str, str], surveys: Mapping[str, Survey]) -> str:
    """Return a digest of all that decides how a file is read, besides the file."""
    answers = sorted((key(name), answer) for name, answer in told.items())
    written = f"{preset.model_dump_json()}{answers}"
    if any(table.form for table in preset.tables):
        written += f"{[(name, each.model_dump_json()) for name, each in surveys.items()]}"
    return digest(written, 12)
