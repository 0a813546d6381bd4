"""What we send and serve, in programs that people have: vdirsyncer fetches, khal shows it."""

import re
import subprocess
import sys
import uuid
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.urls import reverse
from django.utils import timezone

from cohort.services import feed_keys
from notifications import composing
from notifications.models import Delivery
from sessions import calendar_mail
from sessions.calendar import calendar_file
from sessions.models import RSVP
from sessions.services import planning
from sessions.services.answers import answer
from tests.sessions.room_server import RoomServer

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

NEW_YORK = "America/New_York"
ZONES = (NEW_YORK, "America/Phoenix", "Pacific/Honolulu")
KHAL = """\
[calendars]
[[cohort]]
path = {folder}/events
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""
VDIRSYNCER = """\
[general]
status_path = "{folder}/status"
[pair cohort]
a = "feed"
b = "events"
collections = null
[storage feed]
type = "http"
url = "{url}"
[storage events]
type = "filesystem"
path = "{folder}/events"
fileext = ".ics"
"""


class Desk:
    """Somebody's computer: a calendar program, and one that fetches feeds for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "events").mkdir()

    def fetch(self, url: str) -> str:
        """Fetch the feed as vdirsyncer does, and say what it did."""
        config = self.folder / "vdirsyncer.conf"
        config.write_text(VDIRSYNCER.format(folder=self.folder, url=url))
        return "".join(
            self._run("vdirsyncer", "-c", config, command) for command in ("discover", "sync")
        )

    def take_in(self, content: bytes) -> None:
        """Import what came by mail, as khal does when one opens it."""
        mailed = self.folder / "mailed.ics"
        mailed.write_bytes(content)
        self._khal(NEW_YORK, "import", "--batch", mailed)

    def shows(self, zone: str) -> list[str]:
        """What stands in the calendar in this zone, in order."""
        begin = date.today() - timedelta(days=1)
        form = "{start-date} {start-time}-{end-time} {title} {status}"
        listed = self._khal(zone, "list", "--day-format", "", "--format", form, begin, "400d")
        return [line.strip() for line in listed.splitlines() if line.strip()]

    def _khal(self, zone: str, *arguments: object) -> str:
        config = self.folder / "khal.conf"
        config.write_text(KHAL.format(folder=self.folder, zone=zone))
        return self._run("khal", "-c", config, *arguments)

    def _run(self, program: str, *arguments: object) -> str:
        done = subprocess.run(
            [str(Path(sys.executable).parent / program), *map(str, arguments)],
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def agreed(cast):
    cast.cohort.memberships.update(norms_agreed_version=cast.cohort.norms_version)


def plan(cast, title, day, **fields):
    return planning.plan_session(
        cohort=cast.cohort,
        title=title,
        local_date=day,
        local_time=time(14),
        time_zone=NEW_YORK,
        minutes=90,
        **fields,
    )


def change_of_clocks():
    """The next day after a week from now on which New York's clocks have another offset."""
    zone = ZoneInfo(NEW_YORK)
    noon = datetime.combine(date.today(), time(12), zone)
    days = (noon + timedelta(days=ahead) for ahead in range(8, 380))
    return next(d.date() for d in days if d.utcoffset() != (d - timedelta(days=1)).utcoffset())


def shown(session, zone, title=None, status="CONFIRMED"):
    """How a calendar in this zone should write it."""
    start = datetime.combine(session.local_date, session.local_time, ZoneInfo(NEW_YORK))
    begin, end = (moment.astimezone(ZoneInfo(zone)) for moment in (start, session.ends_at))
    return f"{begin:%Y-%m-%d %H:%M}-{end:%H:%M} {title or session.title} {status}"


def test_a_feed_is_fetched_and_shown_in_three_zones_over_a_change_of_clocks(desk, agreed, cast):
    clocks = change_of_clocks()
    before = plan(cast, "Before, with comma; and more", clocks - timedelta(days=5))
    after = plan(cast, "After ✨", clocks + timedelta(days=2))
    gone = plan(cast, "Called off", clocks + timedelta(days=3))
    planning.cancel_session(session=gone)
    _key, secret = feed_keys.make_key(member=cast.mia, name="Desk", form_key=uuid.uuid4())
    server = RoomServer(f"test-{uuid.uuid4().hex[:8]}")
    server.start()
    try:
        url = server.origin + reverse("sessions:calendar_own", args=[secret])
        first = desk.fetch(url)
        assert len(re.findall("Copying", first)) == 3
        for zone in ZONES:
            assert desk.shows(zone) == [
                shown(before, zone),
                shown(after, zone),
                shown(gone, zone, status="CANCELLED"),
            ]
        assert "Copying" not in desk.fetch(url)

        planning.change_session(session=before, local_time=time(10, 30))
        before.refresh_from_db()
        assert "Copying" in desk.fetch(url)
        assert desk.shows(ZONES[2])[0] == shown(before, ZONES[2])
        assert len(desk.shows(ZONES[2])) == 3
    finally:
        server.kill()


def mailed(member):
    """What goes to a member's calendar now: (method, calendar object)."""
    pending = Delivery.objects.filter(kind="sessions.calendar", recipient=member, state="pending")
    rows = list(pending.select_related("cohort", "recipient__user", "recipient__cohort"))
    found = []
    for delivery, mail in composing.compose(rows):
        calendar_mail.note_told([delivery])
        Delivery.objects.filter(pk=delivery.pk).update(state="sent")
        found.append(mail.calendar)
    (only,) = found
    return only


def test_an_invitation_its_update_and_its_end_are_one_entry(desk, agreed, cast):
    day = timezone.localdate() + timedelta(days=9)
    session = plan(cast, "Trust", day)
    method, content = mailed(cast.mia)
    desk.take_in(content)
    assert (method, desk.shows(NEW_YORK)) == ("REQUEST", [shown(session, NEW_YORK)])
    invited = vobject.readOne(content.decode()).vevent

    planning.change_session(session=session, local_date=day + timedelta(days=1))
    session.refresh_from_db()
    method, content = mailed(cast.mia)
    desk.take_in(content)
    assert (method, desk.shows(NEW_YORK)) == ("REQUEST", [shown(session, NEW_YORK)])
    moved = vobject.readOne(content.decode()).vevent
    assert moved.uid.value == invited.uid.value
    assert int(moved.sequence.value) == int(invited.sequence.value) + 1
    assert moved.attendee.value == f"mailto:{cast.mia.user.email}"

    answer(session=session, member=cast.mia, answer=RSVP.Answer.NO)
    method, content = mailed(cast.mia)
    ended = vobject.readOne(content.decode())
    assert (method, ended.method.value, ended.vevent.status.value) == (
        "CANCEL",
        "CANCEL",
        "CANCELLED",
    )
    assert ended.vevent.uid.value == invited.uid.value
    assert int(ended.vevent.sequence.value) == int(moved.sequence.value) + 1
    desk.take_in(content)
    assert desk.shows(NEW_YORK) == [shown(session, NEW_YORK, status="CANCELLED")]


def test_a_file_to_add_is_read_by_a_calendar(desk, agreed, cast):
    title = "Trust\r\nATTENDEE:mailto:evil@example.org"
    session = plan(cast, title, timezone.localdate())
    desk.take_in(calendar_file(session))
    assert desk.shows(NEW_YORK) == [shown(session, NEW_YORK, title=" ".join(title.split()))]
