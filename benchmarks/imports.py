"""How long a mailing list's archive takes to come in, with the command that people use."""

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mailing_list import write_archive
from benchmarks.world import World

MAILS = 10_000
# Seconds.
LONGEST = 120.0


@dataclass(frozen=True)
class ImportFigures:
    mails: int
    posts: int
    seconds: float


def measure(world: World, *, mails: int = MAILS) -> ImportFigures:
    """Bring an archive of so many mails into a space of its own."""
    from cohort.models import Cohort
    from forums.models import Post, Space

    cohort = Cohort.objects.get(slug=world.slug)
    space = Space.objects.create(cohort=cohort, name="Mailing list", slug="mailing-list")
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "list.mbox"
        write_archive(archive, mails)
        command = ["import_mbox", str(archive), "--cohort", world.slug, "--space", space.slug]
        begun = time.monotonic()
        subprocess.run(
            [sys.executable, "manage.py", *command], check=True, stdout=subprocess.DEVNULL
        )
        seconds = time.monotonic() - begun
    return ImportFigures(mails, Post.objects.filter(thread__space=space).count(), seconds)
