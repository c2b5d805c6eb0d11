"""From messages to a mail server: encrypted, tried again, and never the same thing twice.

What was sent is written down before and after. Where a run is killed in between, nobody knows
whether the server took the message: then it is not sent again, and the next run says so.
"""

from __future__ import annotations

import hashlib
import json
import os
import smtplib
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kpilib.delivery.message import Edition
from kpilib.errors import CompanyError, ReportError, listed
from kpilib.files import replacing
from kpilib.monthly import lock
from kpilib.saying import error_of, fault_at, say
from kpilib.settings import Recipient

VARIABLE = "KPILIB_SMTP_URL"
RECORD, FAILED = "sent.json", ".failed"
PORTS = {"smtp": 587, "smtps": 465}
HERE = ("localhost", "127.0.0.1", "::1")
WAITS = (0.0, 5.0, 30.0, 120.0)  # seconds before each try
PATIENCE = 60.0  # seconds for one answer of the server
WRITTEN = (
    "{variable} does not hold the address of a mail server. Write smtp://USER:PASSWORD@HOST:587"
    " (encrypted by STARTTLS) or smtps://USER:PASSWORD@HOST:465, signs such as @ in a password as"
    " %40. It stands in the environment alone, never in a file."
)


class Refused(Exception):
    """The server does not take a message; only its number is told, its words may name people."""


class Temporary(Exception):
    """It was not taken now, and may be later."""


class Unsure(Exception):
    """The connection ended when all was said: it may have been taken."""


@dataclass(frozen=True)
class Server:
    """A mail server, as the environment tells it."""

    host: str
    port: int
    at_once: bool
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def given(cls) -> Server | None:
        """Return the one of the environment; None without.

        Raises
        ------
        CompanyError
            Its address cannot be read. It is never repeated: it holds a password.
        """
        url = os.environ.get(VARIABLE, "")
        if not url:
            return None
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise error_of(CompanyError, WRITTEN, variable=VARIABLE) from None
        if not parts.hostname:
            raise error_of(CompanyError, WRITTEN, variable=VARIABLE)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port, parts.scheme == "smtps", user, password)

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """Connect, encrypted; unencrypted only to this machine, and then without a password."""
        context = ssl.create_default_context()  # SSL_CERT_FILE names an authority of one's own
        if self.at_once:
            smtp = smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
        else:
            smtp = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        try:
            smtp.ehlo_or_helo_if_needed()
            if not self.at_once and (self.host not in HERE or smtp.has_extn("starttls")):
                smtp.starttls(context=context)
            elif not self.at_once and self.user:
                raise Refused(say("it does not encrypt, and would be told a password"))
            if self.user:
                smtp.login(self.user, self.password)
            yield smtp
        finally:
            smtp.close()

    def send(self, message: EmailMessage, sender: str, to: str) -> None:
        """Hand one message over.

        Raises
        ------
        Refused, Temporary, Unsure
        """
        try:
            with self._session() as smtp:
                _answered(*smtp.mail(sender))
                _answered(*smtp.rcpt(to))
                try:
                    code, _ = smtp.data(message.as_bytes(policy=SMTP))
                except smtplib.SMTPDataError:
                    raise
                except OSError:
                    raise Unsure from None
                _answered(code)
        except ssl.SSLCertVerificationError:
            raise Refused(say("nobody known vouches for its certificate (SSL_CERT_FILE)")) from None
        except ssl.SSLError:  # to wait changes nothing: it took minutes
            raise Refused(
                say("it speaks no TLS on this port: write smtps:// for 465, smtp:// for 587")
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise Refused(say("it offers no encryption (STARTTLS) or no login")) from None
        except smtplib.SMTPResponseException as error:
            _answered(error.smtp_code)
            raise Refused(say("it answered {code}", code=str(error.smtp_code))) from None
        except (smtplib.SMTPException, OSError) as error:
            raise Temporary(
                say("it cannot be reached ({kind})", kind=type(error).__name__)
            ) from None


def _answered(code: int, _: bytes = b"") -> None:
    if 400 <= code < 500:
        raise Temporary(say("it answered {code}", code=str(code)))
    if code >= 500:
        raise Refused(say("it answered {code}", code=str(code)))


@dataclass
class Record:
    """What was sent of a period: to whom (a digest), in which language and version, and when."""

    path: Path
    rows: list[dict[str, str]]

    @classmethod
    def read(cls, folder: Path) -> Record:
        """Read sent.json; a damaged one is a fault, since it says what must not go twice."""
        path = folder / RECORD
        try:
            rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
            known = [{**row, "key": str(row["key"]), "state": str(row["state"])} for row in rows]
        except (ValueError, KeyError, TypeError):
            raise error_of(
                ReportError,
                "{file} is damaged, so nobody knows what was sent. Mend it; or remove it, and"
                " everything is sent again.",
                file=f"{folder.name}/{RECORD}",
            ) from None
        return cls(path, known)

    def state(self, key: str) -> str:
        """Return ``sent``, ``begun`` or nothing."""
        return next((row["state"] for row in self.rows if row["key"] == key), "")

    def note(self, key: str, state: str, **about: str) -> None:
        """Write down what becomes of a message, on the disk before anything else happens."""
        self.rows = [row for row in self.rows if row["key"] != key]
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self.rows += [{"key": key, "state": state, "at": at, **about}] if state else []
        with replacing(self.path) as aside:
            aside.write_text(json.dumps(self.rows, indent=1) + "\n", encoding="utf-8")


def deliver(edition: Edition, server: Server, *, unsure: bool = False) -> dict[str, int]:
    """Send a period to the recipients of company.yaml, once each.

    Parameters
    ----------
    edition : Edition
    server : Server
    unsure : bool
        Also what may have been sent when a run was killed.

    Returns
    -------
    dict of str to int
        How many were ``sent``, stood ``before``, and are ``unsure``.

    Raises
    ------
    ReportError
        Some could not be sent; the others were, and the next run sends the rest.
    """
    readers = enumerate(edition.delivery.recipients, 1)  # as company.yaml has them
    to = [(at, each, edition.message(each)) for at, each in readers if edition.shows(each)]
    return _post(edition, server, to, unsure)


def tell_operator(edition: Edition, server: Server, why: str) -> None:
    """Tell the operator, and nobody else, that a run failed: once a day for each reason."""
    operator = edition.delivery.operator
    if operator is None:
        return
    made, today = EmailMessage(), datetime.now(UTC).date().isoformat()
    made["Subject"] = f"kpilib: {edition.folder.parent.name} {edition.folder.name} FAILED"
    made["X-Kpilib-Version"] = hashlib.sha256(f"{today} {why}".encode()).hexdigest()[:16]
    made.set_content(f"{why}\n\nNothing was sent to the readers.\n")
    beside = replace(edition, folder=edition.folder.parent / FAILED)  # not where readers look
    _post(beside, server, [(1, Recipient(email=operator), made)], unsure=True)


def _post(
    edition: Edition,
    server: Server,
    messages: Sequence[tuple[int, Recipient, EmailMessage]],
    unsure: bool,
) -> dict[str, int]:
    folder, sender = edition.folder, edition.delivery.sender or edition.delivery.operator
    if sender is None:
        told = fault_at("company.yaml: delivery: sender", "missing. Write who sends messages.")
        raise CompanyError(told)
    told, lost = {"sent": 0, "before": 0, "unsure": 0}, []
    folder.mkdir(parents=True, exist_ok=True)
    with lock.hold(folder.parent / f".{folder.name}.lock", f"{folder.parent.name} {folder.name}"):
        record = Record.read(folder)
        for number, reader, message in messages:
            about = _about(reader, message)
            key = "-".join(about.values())
            state = record.state(key)
            if state == "sent" or (state == "begun" and not unsure):
                told["before" if state == "sent" else "unsure"] += 1
                continue
            addressed(message, sender, reader.email, key)
            record.note(key, "begun", **about)
            try:
                _patiently(server, message, sender, reader.email)
            except Unsure:
                told["unsure"] += 1
                continue
            except (Refused, Temporary) as error:
                record.note(key, "")
                lost.append(say("recipient {number}: {why}", number=number, why=error))
                continue
            record.note(key, "sent", **about)
            told["sent"] += 1
    if lost:
        raise error_of(
            ReportError,
            "Not sent through {host}: {lost}. The others were; kpilib send {period} sends the"
            " rest.",
            host=server.host,
            lost=listed(lost),
            period=folder.name,
        )
    return told


def _about(reader: Recipient, message: EmailMessage) -> Mapping[str, str]:
    digest = hashlib.sha256(reader.email.casefold().encode()).hexdigest()[:16]
    return {"to": digest, "lang": reader.lang or "all", "version": message["X-Kpilib-Version"]}


def addressed(message: EmailMessage, sender: str, to: str, key: str) -> None:
    """Address a message; the same one has the same id, by which programs drop what came twice."""
    del message["X-Unsent"]
    message["From"], message["To"] = sender, to
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"


def _patiently(server: Server, message: EmailMessage, sender: str, to: str) -> None:
    """Try until it is taken, refused, or there was no success after the last wait."""
    for number, wait in enumerate(WAITS, 1):
        time.sleep(wait)
        try:
            return server.send(message, sender, to)
        except Temporary:
            if number == len(WAITS):
                raise
    return None
