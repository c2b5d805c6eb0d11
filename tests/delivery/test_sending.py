"""Messages through a real mail server on this machine: encrypted, once each, never a secret."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import sys
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from click.testing import CliRunner

from kpilib.cli import commands
from kpilib.delivery.message import Edition
from kpilib.delivery.post import Server, deliver
from kpilib.errors import CompanyError, ReportError
from kpilib.language import speaking
from kpilib.settings import Settings
from tests.delivery.published import publish

PASSWORD = "p@ss:w/rd"
WHO = {
    "sender": "kpi@acme.example",
    "operator": "ops@acme.example",
    "url": "https://kpi.acme.example",
    "recipients": [
        {"email": "editor@acme.example", "lang": "fr", "owner": "Newsletter editor"},
        {"email": "boss@acme.example"},
    ],
}


class Box:
    """What arrives, and what the server answers first."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, bytes]] = []
        self.answers: list[str] = []
        self.dies = False
        self.victim: subprocess.Popen | None = None

    async def handle_DATA(self, server, session, envelope):
        if self.victim:  # killed while it waits for the answer
            self.victim.kill()
            self.victim.wait()
            self.victim = None
        elif self.dies:
            server.transport.abort()
        if self.answers:
            return self.answers.pop(0)
        self.letters.append((envelope.rcpt_tos[0], envelope.content))
        return "250 OK"

    def to(self, address: str):
        found = [content for to, content in self.letters if to == address]
        return [message_from_bytes(each, policy=policy.default) for each in found]


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch):
    monkeypatch.setattr("kpilib.delivery.post.WAITS", (0.0, 0.01, 0.01))


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """An authority of our own, and a certificate that it signed for localhost."""
    place = tmp_path_factory.mktemp("tls")
    made = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Test-CA -keyout ca.key -out ca.pem"
        " -addext keyUsage=critical,keyCertSign -addext basicConstraints=critical,CA:TRUE",
        "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out ask.pem",
        "x509 -req -in ask.pem -CA ca.pem -CAkey ca.key -days 2 -out cert.pem -extfile ext",
    )
    (place / "ext").write_text("subjectAltName=DNS:localhost\nauthorityKeyIdentifier=keyid\n")
    for command in made:
        subprocess.run(["openssl", *command.split()], cwd=place, check=True, capture_output=True)
    return place


@pytest.fixture
def box(certificates, monkeypatch):
    """A server that asks for STARTTLS and a login, and the environment that names it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")

    def login(server, session, envelope, mechanism, given):
        right = isinstance(given, LoginPassword) and given == LoginPassword(
            b"kpi", PASSWORD.encode()
        )
        return AuthResult(success=right, handled=right)

    box = Box()
    controller = Controller(
        box, hostname="localhost", port=0, tls_context=context, require_starttls=True,
        authenticator=login, auth_required=True,
    )  # fmt: skip
    controller.port = free_port()
    controller.start()
    address = f"smtp://kpi:p%40ss%3Aw%2Frd@localhost:{controller.port}"
    monkeypatch.setenv("KPILIB_SMTP_URL", address)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
    yield box
    controller.stop()


def free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("localhost", 0))
        return found.getsockname()[1]


def edition(tmp_path, failed=False, **changed):
    folder = publish(tmp_path / "reports" / "acme" / "2026-10", failed=failed)
    return Edition(folder, Settings(delivery={**WHO, **changed}).delivery)


def test_each_gets_it_once_in_their_language_with_their_own_decisions(box, tmp_path):
    made = edition(tmp_path)
    assert deliver(made, Server.given()) == {"sent": 2, "before": 0, "unsure": 0}
    (french,), (both,) = box.to("editor@acme.example"), box.to("boss@acme.example")
    assert both["Subject"] == "Fewer readers open"
    text = french.get_body(("plain",)).get_content()
    assert "À vous de jouer, Responsable de la newsletter" in text
    assert "Write to the silent of Leads." in text
    assert "Toutes les pages https://kpi.acme.example/acme/2026-10/fr/index.html" in text
    text = both.get_body(("plain",)).get_content()
    assert "octobre 2026" in text and "October 2026" in text and "Yours to do" not in text
    html = both.get_body(("html",)).get_content()
    assert "style=" in html
    cids = {part["Content-ID"].strip("<>") for part in both.walk() if part["Content-ID"]}
    assert set(re.findall(r'src="cid:([^"]+)"', html)) == cids == {"emailing-line", "leads-line"}
    assert deliver(made, Server.given()) == {"sent": 0, "before": 2, "unsure": 0}
    assert len(box.letters) == 2


def test_what_says_something_else_is_sent_again(box, tmp_path):
    made = edition(tmp_path)
    deliver(made, Server.given())
    path = made.folder / "run.json"
    path.write_text(path.read_text().replace("Leads cost more", "Leads cost less"))
    assert deliver(made, Server.given())["sent"] == 2


def test_temporary_answers_are_waited_for_and_others_are_not(box, tmp_path):
    made = edition(tmp_path)
    box.answers = ["451 try later", "451 try later"]
    assert deliver(made, Server.given())["sent"] == 2
    other = edition(tmp_path / "other")
    box.answers = ["554 editor@acme.example is unknown"]
    with pytest.raises(ReportError, match="recipient 1: it answered 554") as refused:
        deliver(other, Server.given())
    assert "editor@" not in str(refused.value)
    assert deliver(other, Server.given()) == {"sent": 1, "before": 1, "unsure": 0}


def test_what_may_have_been_taken_is_never_sent_a_second_time(box, tmp_path):
    made = edition(tmp_path)
    box.dies = True  # the server takes it, and the line is cut before it says so
    assert deliver(made, Server.given())["unsure"] == 2
    box.dies = False
    assert deliver(made, Server.given()) == {"sent": 0, "before": 0, "unsure": 2}
    assert len(box.letters) == 2
    assert deliver(made, Server.given(), unsure=True)["sent"] == 2


def test_neither_record_nor_error_tells_an_address_or_the_password(box, tmp_path, monkeypatch):
    made = edition(tmp_path)
    deliver(made, Server.given())
    kept = (made.folder / "sent.json").read_text()
    assert "@" not in kept
    assert {row["state"] for row in json.loads(kept)} == {"sent"}
    assert "p@ss" not in repr(Server.given())
    for wrong in ("smtp://kpi:secret@localhost:99999", "http://kpi:secret@localhost"):
        monkeypatch.setenv("KPILIB_SMTP_URL", wrong)
        with pytest.raises(CompanyError) as fault:
            Server.given()
        assert "secret" not in str(fault.value)
    box.letters.clear()


def test_a_wrong_login_or_an_unknown_authority_ends_it(box, tmp_path, monkeypatch):
    right = Server.given()
    wrong = Server("localhost", right.port, at_once=False, user="kpi", password="guess")
    with pytest.raises(ReportError, match="it answered 535"):
        deliver(edition(tmp_path), wrong)
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ReportError, match="nobody known vouches"):
        deliver(edition(tmp_path / "other"), right)
    swapped = Server("localhost", right.port, at_once=True)  # smtps:// to the port of smtp://
    with speaking("fr"), pytest.raises(ReportError, match="destinataire 1.*ne parle pas TLS"):
        deliver(edition(tmp_path / "third"), swapped)
    assert not box.letters


def company(tmp_path, failed):
    made = edition(tmp_path, failed)
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "company.yaml").write_text("name: Acme\n" + json.dumps({"delivery": WHO})[1:-1])
    return made, ["send", "2026-10", "--data", str(folder), "--out", str(tmp_path / "reports")]


def test_a_failed_run_is_told_to_the_operator_once_and_to_no_reader(box, tmp_path):
    _, command = company(tmp_path, failed=True)
    for _ in range(2):
        said = CliRunner().invoke(commands, command)
        assert said.exit_code == 1
        assert "failed: social" in said.output
    assert [to for to, _ in box.letters] == ["ops@acme.example"]


def test_the_command_writes_the_message_and_sends_it(box, tmp_path, monkeypatch):
    made, command = company(tmp_path, failed=False)
    said = CliRunner().invoke(commands, command)
    assert (said.exit_code, "Sent: 2. Before: 0." in said.output) == (0, True), said.output
    kept = message_from_bytes((made.folder / "message.eml").read_bytes(), policy=policy.default)
    assert kept["X-Unsent"] == "1" and kept["To"] is None
    monkeypatch.delenv("KPILIB_SMTP_URL")
    assert "nothing was sent" in CliRunner().invoke(commands, command).output


@pytest.mark.parametrize("period", ["2026-13", "../2026-10", "october"])
def test_what_is_no_period_is_told_as_one(tmp_path, period):
    """The remedy was to run kpilib report 2026-13."""
    said = CliRunner().invoke(commands, ["send", period, "--data", str(tmp_path)])
    assert (said.exit_code, "kpilib report" in said.output) == (2, False)


def test_a_run_killed_while_it_sends_sends_nothing_twice(box, tmp_path):
    _, command = company(tmp_path, failed=False)
    box.victim = victim = subprocess.Popen([sys.executable, "-m", "kpilib", *command])
    assert victim.wait(60) == -9
    assert len(box.letters) == 1
    again = CliRunner().invoke(commands, command)
    assert "Sent: 1. Before: 0." in again.output and "Unsure: 1" in again.output
    assert sorted(to for to, _ in box.letters) == ["boss@acme.example", "editor@acme.example"]
