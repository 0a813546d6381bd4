"""Under which account PostgreSQL runs: it refuses to be root, for good reasons.

An ordinary user is no question. As root there are two ways: hand it to an account without rights,
where that account can reach the program and the data; or, where it cannot (a clone under /root, a
folder nobody else may enter), run it in a user namespace, in which root wears another number.
Nobody's folders are opened up for it.
"""

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launch import ROOT
from launch.console import Trouble

NO_WAY = """\
PostgreSQL does not run as root, and no other account can reach {place}.
  Either run Cohort as an ordinary user,
  or clone it into a folder that every user may enter, such as /srv/cohort,
  or give DATABASE_URL a PostgreSQL that runs already."""

CAN_REACH = 'cd "$1" && exec "$2" --version'


@dataclass(frozen=True)
class Account:
    """How to start a program as somebody: words before its own, and options for Popen."""

    prefix: tuple[str, ...] = ()
    popen: Mapping[str, Any] = field(default_factory=dict)
    owner: tuple[int, int] | None = None

    def give(self, folder: Path) -> None:
        """Make the account the owner of a folder of ours and of what is in it."""
        if self.owner is None or folder.stat().st_uid == self.owner[0]:
            return
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, *self.owner, follow_symlinks=False)


def for_postgres(program: Path, folder: Path) -> Account:
    """The account that can run `program` on the data in `folder`, which exists."""
    if os.geteuid() != 0:
        return Account()
    for name, uid, gid in _candidates(folder):
        account = Account(popen=_dropped(uid, gid), owner=(uid, gid))
        if _works(account, "/bin/sh", "-c", CAN_REACH, name, str(folder.parent), str(program)):
            return account
    namespaced = Account(
        prefix=(sys.executable, "-I", str(ROOT / "launch" / "namespace.py")), owner=(0, 0)
    )
    if _works(namespaced, "/bin/sh", "-c", 'test "$(id -u)" != 0'):
        return namespaced
    raise Trouble(NO_WAY.format(place=ROOT))


def _candidates(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Who has the data already, whose checkout it is, then the accounts made for such things."""
    uids = [path.stat().st_uid for path in (folder, ROOT)]
    for name in ("postgres", "nobody"):
        try:
            uids.append(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    for uid in dict.fromkeys(uids):
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            continue  # initdb wants a name for whoever runs it
        if uid != 0:
            yield entry.pw_name, uid, entry.pw_gid


def _dropped(uid: int, gid: int) -> dict[str, Any]:
    return {"user": uid, "group": gid, "extra_groups": []}


def _works(account: Account, *argv: str) -> bool:
    try:
        done = subprocess.run([*account.prefix, *argv], capture_output=True, **account.popen)
    except OSError:
        return False
    return done.returncode == 0
