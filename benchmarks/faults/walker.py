"""A process whose clock is moved: it plans what is due at each moment, and sends it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import django
import time_machine


def main() -> None:
    django.setup()
    from django.utils import timezone

    from notifications import planning, sections, sending

    sections.register_section(_news)
    for moment in map(datetime.fromisoformat, json.loads(os.environ["FAULTS_MOMENTS"])):
        with clock_at(moment):
            now = timezone.now()
            # libfaketime adds how long the process has been running.
            assert -1 < (now - moment).total_seconds() < 900, f"the clock says {now}"
            planning.plan_due(now)
            sending.send_due(5)


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    if shown := os.environ.get("FAKETIME_TIMESTAMP_FILE"):
        own = Path(f"{shown}.new")
        own.write_text(f"@{moment:%Y-%m-%d %H:%M:%S}\n")
        own.replace(shown)
        yield
    else:
        with time_machine.travel(moment):
            yield


def _news(readers):  # type: ignore[no-untyped-def]
    """There is always something new."""
    from notifications.sections import Place, SectionItem, SectionPart

    part = SectionPart(Place.WINS, [SectionItem("One thing", "/")], highlights=["One thing"])
    return {reader.member.pk: [part] for reader in readers}


if __name__ == "__main__":
    main()
