"""Backup and restore for real: PostgreSQL's own programs, two databases, files on the disk."""

import os
import secrets
import tarfile
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from deploy import archive, backup, restore
from deploy.archive import Failure

pytestmark = pytest.mark.services

ROWS = """
create table people (id int primary key, name text, photo bytea, seen timestamptz, tags text[]);
insert into people values
    (1, E'Nandú O''Hara\\n\\t\\\\', '\\x00ff', '2026-03-29 01:30+00', '{river,"wide, deep"}'),
    (2, null, null, '2026-11-01 06:30+00', '{}');
create table empty (id int);
"""


def address(name: str) -> str:
    of = settings.DATABASES["default"]
    password = f":{of['PASSWORD']}" if of["PASSWORD"] else ""
    return f"postgres://{of['USER']}{password}@{of['HOST']}:{of['PORT']}/{name}"


@pytest.fixture
def make_database():
    """Make databases beside the tests' own and return their names; all are dropped at the end."""
    names = []
    with psycopg.connect(address("postgres"), autocommit=True) as server:

        def make() -> str:
            names.append(f"backup_test_{secrets.token_hex(4)}")
            server.execute(sql.SQL("create database {}").format(sql.Identifier(names[-1])))
            return names[-1]

        yield make
        for name in names:
            drop = sql.SQL("drop database {} with (force)")
            server.execute(drop.format(sql.Identifier(name)))


@pytest.fixture
def site(make_database, tmp_path, monkeypatch):
    """A database with rows and a folder with files, named by the environment."""
    name = make_database()
    with psycopg.connect(address(name), autocommit=True) as connection:
        connection.execute(ROWS)
    media = tmp_path / "media"
    (media / "ab").mkdir(parents=True)
    (media / "ab" / "plan.pdf").write_bytes(b"%PDF-1.7 plan")
    monkeypatch.setenv("DATABASE_URL", address(name))
    monkeypatch.setenv("MEDIA_ROOT", str(media))
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path / "backups"))
    monkeypatch.setenv("PGOPTIONS", "")
    return tmp_path


@pytest.fixture
def managed(monkeypatch):
    """The commands that restoring runs at the end, noted, with whether others could write then."""
    ran = []

    def manage(*arguments: str) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"], options="-c search_path=public") as other:
            (read_only,) = other.execute("show default_transaction_read_only").fetchone()
        ran.append((arguments[0], read_only))

    monkeypatch.setattr(restore, "manage", manage)
    return ran


@pytest.fixture
def empty_place(make_database, monkeypatch):
    def move(folder) -> None:
        monkeypatch.setenv("DATABASE_URL", address(make_database()))
        monkeypatch.setenv("MEDIA_ROOT", str(folder / "media-anew"))

    return move


def people(url: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        return connection.execute("select * from people order by id").fetchall()


def test_rows_and_files_come_back_as_they_were(site, managed, empty_place):
    before = people(os.environ["DATABASE_URL"])
    made = backup.back_up()
    empty_place(site)

    restore.restore(made)

    assert people(os.environ["DATABASE_URL"]) == before
    assert (site / "media-anew" / "ab" / "plan.pdf").read_bytes() == b"%PDF-1.7 plan"
    assert [name for name, _ in managed] == ["migrate", "after_restore"]


def test_nobody_can_write_until_the_old_mail_is_settled(site, managed, empty_place):
    made = backup.back_up()
    empty_place(site)

    restore.restore(made)

    assert managed == [("migrate", "on"), ("after_restore", "on")]
    with psycopg.connect(os.environ["DATABASE_URL"], options="") as connection:
        assert connection.execute("show default_transaction_read_only").fetchone() == ("off",)


def test_what_is_there_is_only_replaced_when_told(site, managed):
    made = backup.back_up()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("insert into people values (3, 'later')")

    with pytest.raises(Failure, match="has 2 tables already"):
        restore.restore(made)
    assert len(people(os.environ["DATABASE_URL"])) == 3

    restore.restore(made, replace=True)
    assert len(people(os.environ["DATABASE_URL"])) == 2
    kept = list((site / "media").glob("before-restore-*/ab/plan.pdf"))
    assert len(kept) == 1


def test_a_database_in_use_is_left_alone(site, managed, monkeypatch):
    made = backup.back_up()
    monkeypatch.setattr(restore.time, "sleep", lambda seconds: None)

    with (
        psycopg.connect(os.environ["DATABASE_URL"]),
        pytest.raises(Failure, match="1 other connections use this database"),
    ):
        restore.restore(made, replace=True)


@pytest.mark.parametrize("name", [archive.DUMP, archive.MEDIA, archive.ROWS])
def test_a_damaged_backup_is_refused_before_anything_is_touched(site, managed, name):
    made = backup.back_up()
    damaged = made / name
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")

    with pytest.raises(Failure, match="missing or damaged"):
        restore.restore(made, replace=True)

    assert len(people(os.environ["DATABASE_URL"])) == 2


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "link"])
def test_only_files_below_their_folder_are_unpacked(tmp_path, name):
    packed = tmp_path / archive.MEDIA
    member = tarfile.TarInfo(name)
    member.type = tarfile.SYMTYPE if name == "link" else tarfile.REGTYPE
    member.linkname = "/etc/passwd"
    with tarfile.open(packed, "w") as tar:
        tar.addfile(member)
    media = tmp_path / "media"

    with pytest.raises(Failure, match="does not belong among uploaded files"):
        restore.unpack_media(tmp_path, media)

    assert list(media.iterdir()) == []


def test_a_changed_row_changes_the_sum(site):
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        before = archive.row_sums(connection)
        connection.execute("update people set seen = seen + interval '1 microsecond' where id = 1")
        after = archive.row_sums(connection)

    assert before["people"][0] == after["people"][0] == 2
    assert before["people"][1] != after["people"][1]
    assert before["empty"] == after["empty"] == [0, "0"]


def test_a_backup_is_private(site):
    made = backup.back_up()

    assert [path.stat().st_mode & 0o077 for path in (made, *made.iterdir())] == [0] * 5


def test_a_failed_backup_leaves_no_half_one(site, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", address("no_such_database"))

    with pytest.raises(Failure, match="could not be read"):
        backup.back_up()

    assert list((site / "backups").iterdir()) == []


def test_old_backups_go_and_the_newest_stays(site, monkeypatch):
    monkeypatch.setenv("BACKUP_KEEP_DAYS", "7")
    made = backup.back_up()
    now = datetime.now(UTC)
    ages = {}
    for days in (6, 8, 90):
        name = f"{archive.PREFIX}{now - timedelta(days=days):%Y%m%d-%H%M%S}"
        ages[days] = (site / "backups" / name).absolute()
        ages[days].mkdir()
        (ages[days] / archive.SUMS).touch()

    backup.drop_old(now)
    assert archive.complete_backups(site / "backups") == [ages[6], made]

    backup.drop_old(now + timedelta(days=365))
    assert archive.complete_backups(site / "backups") == [made]


def test_the_health_check_wants_a_young_backup(site):
    assert backup.check_newest(timedelta(hours=26)) == 1

    backup.back_up()

    assert backup.check_newest(timedelta(hours=26)) == 0
    assert backup.check_newest(timedelta(seconds=-5)) == 1


def test_the_hook_gets_the_new_backup(site, monkeypatch):
    monkeypatch.setenv("BACKUP_HOOK", f"cp -r --target-directory={site / 'elsewhere'}")
    (site / "elsewhere").mkdir()

    made = backup.back_up()

    assert [path.name for path in (site / "elsewhere").iterdir()] == [made.name]
