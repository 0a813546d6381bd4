"""Which TCP ports of this machine are free, and who holds the others."""

import socket
from pathlib import Path

HERE = "127.0.0.1"


def is_taken(port: int) -> bool:
    """Whether a server on this port would fail to start, or hide behind another."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((HERE, port)) == 0:
            return True
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, port))
        except OSError:
            return True
    return False


def free_port() -> int:
    """A port nobody uses now. Another program may take it before we do: be ready to ask again."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])


def next_free(after: int) -> int:
    return next((port for port in range(after + 1, 65536) if not is_taken(port)), free_port())


def holder(port: int) -> str | None:
    """The program that listens on a port, as "name (process 12)"; None where it cannot be told."""
    sockets = _listening_sockets(port)
    for process in _entries(Path("/proc")):
        if process.name.isdigit() and any(
            _target(descriptor) in sockets for descriptor in _entries(process / "fd")
        ):
            return f"{_name(process)} (process {process.name})"
    return None


def _listening_sockets(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for columns in map(str.split, rows):
            is_listening = columns[3] == "0A"
            if is_listening and int(columns[1].rsplit(":", 1)[1], 16) == port:
                found.add(f"socket:[{columns[9]}]")
    return found


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return "a program"
