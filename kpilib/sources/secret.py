"""The key of the pseudonyms: outside the company's folder, its reports and its repository.

A person's identifier (an e-mail address, a number in the staff file) is kept as a keyed hash:
HMAC-SHA256 with a secret of the company. The same person gets the same pseudonym in every source,
so that tables can still be joined.

It protects from readers of the tables: without the key nobody can try out addresses until a hash
fits, which is easy with a hash that has no key. It does not make data anonymous. Who has the key
can work out the pseudonym of anyone whose address they know; and who knows enough about a person
(team, dates) may find them among the rows without any key. The tables remain personal data.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from functools import lru_cache
from pathlib import Path
from tempfile import mkstemp

from kpilib.errors import CompanyError
from kpilib.files import shortened, slug
from kpilib.saying import error_of
from kpilib.sources import provenance

VARIABLE = "KPILIB_KEY"
SHORTEST = 16
BYTES = 32


def secret_file(folder: Path) -> Path:
    """Return where the key of a company is kept, unless the environment gives it.

    A key from before names without Latin letters were told apart stays with who imported with it.
    """
    from platformdirs import user_config_path

    name, place = folder.resolve().name, user_config_path("kpilib")
    path, older = place / f"{slug(name)}.key", place / f"{shortened(name)}.key"
    if path != older and not path.exists() and older.exists():
        mark = check_of(older.read_bytes().strip())
        if any(each.key_check == mark for each in provenance.read(folder)):
            return older
    return path


def secret_of(folder: Path, create: bool = True) -> bytes:
    """Return the key of a company's pseudonyms.

    Parameters
    ----------
    folder : Path
        The company's; its name chooses the key.
    create : bool
        Whether a key that does not exist yet is kept for the next time; else it is used once.

    Raises
    ------
    CompanyError
        The key is too short, cannot be read, or can be read by others.
    """
    if given := os.environ.get(VARIABLE, ""):
        if len(given) < SHORTEST:
            raise error_of(
                CompanyError,
                "The key in {variable} is shorter than {least} signs, so it could be"
                " guessed. Use a long random one.",
                variable=VARIABLE,
                least=SHORTEST,
            )
        return given.encode()
    path = secret_file(folder)
    try:
        return _read(path) if path.exists() else _made(path, create)
    except OSError as error:
        raise error_of(
            CompanyError,
            "The key of the pseudonyms cannot be used: {name} in your configuration"
            " folder: {reason}. Mend it, or give the key in {variable}.",
            name=path.name,
            reason=error.strerror,
            variable=VARIABLE,
        ) from None


def _read(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise error_of(
            CompanyError,
            "The key of the pseudonyms can be read by others: {name} in your"
            " configuration folder. Take their rights away: chmod 600.",
            name=path.name,
        )
    found = path.read_bytes().strip()
    if len(found) < SHORTEST:
        raise error_of(
            CompanyError,
            "The key of the pseudonyms is damaged: {name} in your configuration folder."
            " Put back a copy: another key gives every person another pseudonym.",
            name=path.name,
        )
    return found


def _made(path: Path, create: bool) -> bytes:
    made = secrets.token_hex(BYTES).encode()
    if not create:
        return made
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, aside = mkstemp(dir=path.parent, prefix=".key-")  # for its owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(made)
        os.link(aside, path)  # whole or not at all, and never over another one
    except FileExistsError:  # another import was quicker
        return _read(path)
    finally:
        os.unlink(aside)
    return made


def check_of(secret: bytes) -> str:
    """Return a mark by which a key is known again, and that does not give it away."""
    return hmac.new(secret, b"kpilib: is this the key?", hashlib.sha256).hexdigest()[:12]


@lru_cache(maxsize=1)
def _keyed(secret: bytes) -> hmac.HMAC:
    return hmac.new(secret, digestmod=hashlib.sha256)


def pseudonym(text: str, secret: bytes) -> str:
    """Return the keyed hash that stands for a person: the same for the same, and no way back."""
    whose = unicodedata.normalize("NFKC", text).strip().casefold().encode()
    mine = _keyed(secret).copy()  # the key is hashed once for all of them
    mine.update(whose)
    return mine.hexdigest()[:20]
