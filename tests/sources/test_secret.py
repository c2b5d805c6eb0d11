"""The key of the pseudonyms: made once, for its owner only, never in the company's folder."""

from __future__ import annotations

import pytest

from kpilib.errors import CompanyError
from kpilib.sources import secret
from kpilib.sources.secret import check_of, pseudonym, secret_file, secret_of


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("KPILIB_KEY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = tmp_path / "Société Une"
    made.mkdir()
    return made


def test_is_made_once_and_for_its_owner_only(folder):
    first = secret_of(folder)
    file = secret_file(folder)

    assert secret_of(folder) == first and len(first) == 64
    assert file.name == "societe-une.key" and file.stat().st_mode & 0o777 == 0o600
    assert folder not in file.parents and list(folder.iterdir()) == []
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_nothing_is_written_when_it_is_only_looked_at(folder):
    assert secret_of(folder, create=False) != secret_of(folder, create=False)
    assert not secret_file(folder).exists()


def test_the_environment_goes_first(folder, monkeypatch):
    secret_of(folder)
    monkeypatch.setenv("KPILIB_KEY", "from the environment")

    assert secret_of(folder) == b"from the environment"


def test_a_short_key_is_refused_and_not_repeated(folder, monkeypatch):
    monkeypatch.setenv("KPILIB_KEY", "hunter2")
    with pytest.raises(CompanyError) as caught:
        secret_of(folder)

    assert str(caught.value) == (
        "The key in KPILIB_KEY is shorter than 16 signs, so it could be guessed. Use a long random"
        " one."
    )


def test_a_key_that_others_can_read_or_that_is_damaged_is_refused(folder):
    secret_of(folder)
    secret_file(folder).chmod(0o644)
    with pytest.raises(CompanyError, match="can be read by others: societe-une.key in your"):
        secret_of(folder)
    secret_file(folder).chmod(0o600)
    secret_file(folder).write_text("")
    with pytest.raises(CompanyError, match="is damaged: societe-une.key"):
        secret_of(folder)


def test_a_failure_while_it_is_written_leaves_no_half_key(folder, monkeypatch):
    def fails(*names):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(secret.os, "link", fails)
    with pytest.raises(CompanyError, match="cannot be used: societe-une.key .*: No space left"):
        secret_of(folder)

    assert list(secret_file(folder).parent.iterdir()) == []


def test_pseudonyms_need_the_key_and_ignore_case_and_spaces():
    one, other = b"one key that is long", b"other key that is long"

    assert pseudonym(" Ann@Client.example", one) == pseudonym("ann@client.EXAMPLE ", one)
    assert pseudonym("ann@client.example", one) != pseudonym("ann@client.example", other)
    assert check_of(one) != check_of(other) and one.decode() not in check_of(one)
