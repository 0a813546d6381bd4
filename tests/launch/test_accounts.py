import os

import pytest

from launch import accounts
from launch.accounts import Account
from launch.console import Trouble

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to be somebody else")


def test_an_ordinary_user_stays_who_they_are(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert accounts.for_postgres(tmp_path / "postgres", tmp_path) == Account()


@as_root
def test_root_becomes_an_account_that_reaches_program_and_data(monkeypatch, tmp_path):
    monkeypatch.setattr(accounts, "_works", lambda account, *argv: not account.prefix)

    account = accounts.for_postgres(tmp_path / "postgres", tmp_path)

    assert account.owner is not None
    assert account.owner[0] != 0


@as_root
def test_root_wears_another_number_where_no_account_reaches(monkeypatch, tmp_path):
    monkeypatch.setattr(accounts, "_works", lambda account, *argv: bool(account.prefix))

    assert accounts.for_postgres(tmp_path / "postgres", tmp_path).owner == (0, 0)


@as_root
def test_where_neither_works_the_words_say_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(accounts, "_works", lambda account, *argv: False)

    with pytest.raises(Trouble, match="PostgreSQL does not run as root") as trouble:
        accounts.for_postgres(tmp_path / "postgres", tmp_path)

    assert "as an ordinary user" in str(trouble.value)


@as_root
def test_folders_of_others_are_not_opened_up(tmp_path):
    tmp_path.chmod(0o700)
    data = tmp_path / "data"
    data.mkdir()

    accounts.for_postgres(tmp_path / "postgres", data)

    assert tmp_path.stat().st_mode & 0o777 == 0o700
