"""The clock of both changes to and from daylight saving time, minute by minute in big steps.

Two processes plan and send side by side, as two beats and workers would, while the clock is moved
from evening to noon. With libfaketime (Debian's package of that name) it is the clock of the whole
process, as the operating system would tell it; without it, Python's alone (time-machine).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.faults.ledger import Line
from benchmarks.faults.sink import Sink
from cohort.models import Membership
from notifications.models import Choices, Delivery, Rhythm

ZONE = "America/New_York"
# The clock goes back at 2:00 and 1:00 comes twice; it goes forward at 2:00 and there is no 2:00.
CHANGES = (date(2026, 11, 1), date(2027, 3, 14))
HOURS = (1, 2, 3)
STEP = timedelta(minutes=20)
STEPS = 32
LIBRARY = "*/faketime/libfaketime.so.1"
PATIENCE = 240


def library() -> str:
    return next(map(str, sorted(Path("/usr/lib").glob(LIBRARY))), "")


def run_all(sink: Sink, people: list[Membership]) -> list[Line]:
    return [_run(day, sink, people[-len(HOURS) :]) for day in CHANGES]


def _run(day: date, sink: Sink, people: list[Membership]) -> Line:
    """One edition for each reader on that local day, however often their hour comes."""
    begun = time.monotonic()
    how = "libfaketime" if library() else "time-machine"
    line = Line(f"clock over {day:%b %-d, %Y} ({how})", wanted=len(people))
    # From 20:00 the evening before, there, to early in the morning.
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    _choose(people, start)
    since_pk = Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    before = set(sink.accepted)
    _walk([start + number * STEP for number in range(STEPS)], sink.port)
    arrived = [sink.addresses[name] for name in sink.accepted if name not in before]
    line.accepted = len(set(arrived))
    line.doubled = line.forbidden = len(arrived) - len(set(arrived))
    line.lost = line.wanted - line.accepted
    Delivery.objects.filter(pk__gt=since_pk).delete()
    line.seconds = time.monotonic() - begun
    print(line, flush=True)
    return line


def _choose(people: list[Membership], start: datetime) -> None:
    """Each takes up a daily edition just now, at an hour of their own."""
    long_ago = datetime(2026, 9, 1, tzinfo=UTC)
    for member, hour in zip(people, HOURS, strict=True):
        type(member.user).objects.filter(pk=member.user_id).update(time_zone=ZONE)
        Membership.objects.filter(pk=member.pk).update(joined_at=long_ago, norms_agreed_at=long_ago)
        chosen = {"edition": Rhythm.DAILY, "edition_hour": hour, "edition_set_at": start}
        Choices.objects.update_or_create(member=member, defaults={**chosen, "edition_mark": None})


def _walk(moments: list[datetime], port: int) -> None:
    """Move the clock of two processes from moment to moment; each plans and sends at each."""
    with tempfile.TemporaryDirectory() as folder:
        walkers = [_walker(Path(folder) / f"clock-{n}", moments, port) for n in (1, 2)]
        try:
            ends = [walker.wait(PATIENCE) for walker in walkers]
            if any(ends):
                raise RuntimeError("a process with a moved clock failed; what it said stands above")
        finally:
            for walker in walkers:
                walker.kill()


def _walker(shown: Path, moments: list[datetime], port: int) -> "subprocess.Popen[bytes]":
    shown.write_text(f"@{moments[0]:%Y-%m-%d %H:%M:%S}\n")
    faked = {
        "LD_PRELOAD": library(),
        "FAKETIME_TIMESTAMP_FILE": str(shown),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "UTC",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.faults.walker"],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "benchmarks.faults.settings",
            "FAULTS_SMTP_PORT": str(port),
            "FAULTS_MOMENTS": json.dumps([moment.isoformat() for moment in moments]),
            **(faked if library() else {}),
        },
    )
