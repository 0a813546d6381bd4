"""Answers as Google, Outlook and Apple mail them, over SMTP to the organizer's own address."""

import base64
import smtplib
from datetime import UTC, timedelta
from email.message import EmailMessage

import icalendar
import pytest
from django.utils import timezone

from notifications.inbound import working
from notifications.models import InboundMail
from sessions.models import RSVP, CalendarInvite
from sessions.services import planning
from sessions.services.answers import answer
from tests.factories import SessionFactory
from tests.notifications.inbound.test_ways_in import listening_in_thread
from tests.sessions.test_calendar_programs import mailed

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

GOOGLE = """\
BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:{start}
DTEND:{end}
DTSTAMP:{stamp}
ORGANIZER;CN=Spring:{organizer}
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN=Mia;
 X-NUM-GUESTS=0;X-RESPONSE-COMMENT="{comment}":mailto:{attendee}
CREATED:{stamp}
DESCRIPTION:
LAST-MODIFIED:{stamp}
LOCATION:
SEQUENCE:{sequence}
STATUS:CONFIRMED
SUMMARY:Trust
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""
OUTLOOK = """\
BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Eastern Standard Time
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT={partstat};CN=Mia:MAILTO:{attendee}
COMMENT;LANGUAGE=en-US:{comment}\\n
UID:{uid}
SUMMARY;LANGUAGE=en-US:Accepted: Trust
DTSTART;TZID=Eastern Standard Time:{local}
DTEND;TZID=Eastern Standard Time:{local}
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:{stamp}
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:{sequence}
X-MICROSOFT-CDO-APPT-SEQUENCE:{sequence}
X-MICROSOFT-CDO-OWNERAPPTID:0
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-DISALLOW-COUNTER:FALSE
END:VEVENT
END:VCALENDAR
"""
APPLE = """\
BEGIN:VCALENDAR
CALSCALE:GREGORIAN
PRODID:-//Apple Inc.//macOS 15.1//EN
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
UID:{uid}
DTSTART:{start}
DTEND:{end}
SUMMARY:Trust
SEQUENCE:{sequence}
ORGANIZER;CN="Spring":{organizer}
DTSTAMP:{stamp}
COMMENT:{comment}
ATTENDEE;CN="Mia";CUTYPE=INDIVIDUAL;EMAIL="{attendee}";PARTSTAT={partstat};R
 OLE=REQ-PARTICIPANT:/aMTIzNDU2Nzg5/principal/
END:VEVENT
END:VCALENDAR
"""


def google(calendar):
    """Three alternatives, the last the calendar's, and the same once more as a file."""
    mail = EmailMessage()
    mail["Sender"] = "Google Calendar <calendar-notification@google.example.com>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("Mia has accepted this invitation.")
    mail.add_alternative("<p>Mia has accepted this invitation.</p>", subtype="html")
    mail.add_alternative(calendar.encode(), maintype="text", subtype="calendar")
    part = mail.get_payload()[-1]
    part.set_param("method", "REPLY")
    part.set_param("charset", "UTF-8")
    mail.add_attachment(
        calendar.encode(), maintype="application", subtype="ics", filename="invite.ics"
    )
    return mail


def outlook(calendar):
    """No words at all, and the calendar in base64."""
    mail = EmailMessage()
    mail["X-MS-Has-Attach"] = ""
    mail["X-Auto-Response-Suppress"] = "DR, OOF, AutoReply"
    mail.set_content("\n")
    mail.add_alternative("\n", subtype="html")
    part = EmailMessage()
    part["Content-Type"] = 'text/calendar; charset="utf-8"; method=REPLY'
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(calendar.encode()).decode())
    mail.attach(part)
    return mail


def apple(calendar):
    """The calendar is an attachment, and its type does not name the method."""
    mail = EmailMessage()
    mail.set_content("Mia may come.")
    mail.add_attachment(
        calendar.encode(), maintype="text", subtype="calendar", filename="iCal-20261208.ics"
    )
    return mail


PROGRAMS = {"google": (GOOGLE, google), "outlook": (OUTLOOK, outlook), "apple": (APPLE, apple)}


class Correspondent:
    """Mia's mail program: it has the invitation, and answers to the organizer's address."""

    def __init__(self, session, member, port):
        self.member, self.port = member, port
        self.read_invitation()
        self.session = session

    def read_invitation(self):
        _method, content = mailed(self.member)
        (self.event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")

    def answer(self, program="google", partstat="ACCEPTED", comment="", sender=None, **changed):
        text, wrap = PROGRAMS[program]
        start = self.event.decoded("DTSTART")
        fields = {
            "uid": self.event["UID"],
            "organizer": self.event["ORGANIZER"],
            "attendee": self.member.user.email,
            "sequence": self.event["SEQUENCE"],
            "stamp": f"{timezone.now().astimezone(UTC):%Y%m%dT%H%M%SZ}",
            "start": f"{start:%Y%m%dT%H%M%SZ}",
            "end": f"{start + timedelta(minutes=90):%Y%m%dT%H%M%SZ}",
            "local": f"{start:%Y%m%dT%H%M%S}",
        }
        calendar = text.format(**fields | changed, partstat=partstat, comment=comment)
        mail = wrap(calendar.replace("\n", "\r\n"))
        to = str(self.event["ORGANIZER"]).removeprefix("mailto:")
        mail["From"], mail["To"] = sender or self.member.user.email, to
        mail["Subject"] = "Accepted: Trust"
        mail["Message-ID"] = f"<{InboundMail.objects.count()}.{partstat}@calendar.example.com>"
        with smtplib.SMTP(*self.port) as server:
            server.send_message(mail)
        kept = InboundMail.objects.latest("pk")
        working.work_off(kept.pk)
        kept.refresh_from_db()
        return kept.reason


@pytest.fixture
def mia_mails(cast, monkeypatch):
    from notifications import tasks
    from notifications.inbound import tasks as inbound_tasks

    monkeypatch.setattr(tasks, "poke", lambda: None)
    monkeypatch.setattr(inbound_tasks, "poke", lambda pk: None)
    cast.cohort.memberships.update(norms_agreed_version=cast.cohort.norms_version)
    session = SessionFactory(cohort=cast.cohort, title="Trust")
    planning.change_session(session=session, place="Room 4")
    with listening_in_thread(is_lmtp=False) as port:
        yield Correspondent(session, cast.mia, port)


def rsvp_of(mails):
    return mails.session.rsvps.filter(member=mails.member).values_list("answer", "note").first()


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_answer_in_somebodys_calendar_is_their_answer_here(mia_mails, program):
    assert mia_mails.answer(program, "TENTATIVE", comment="If the bus comes") == "calendar"
    assert rsvp_of(mia_mails)[0] == "maybe"
    later = {"stamp": f"{timezone.now().astimezone(UTC) + timedelta(minutes=1):%Y%m%dT%H%M%SZ}"}
    assert mia_mails.answer(program, "DECLINED", **later) == "calendar"
    assert rsvp_of(mia_mails)[0] == "no"


def test_outlooks_and_apples_comment_is_the_note_to_the_hosts(mia_mails):
    mia_mails.answer("outlook", comment="Ten minutes late")
    assert rsvp_of(mia_mails) == ("yes", "Ten minutes late")


@pytest.mark.parametrize(
    "forged",
    [
        {"uid": "made-up@example.org"},
        {"attendee": "theo@example.org"},
        {"attendee": "evil@example.com", "sender": "mia@example.org"},
        {"stamp": "20200101T000000Z"},
    ],
)
@pytest.mark.parametrize("program", PROGRAMS)
def test_forged_and_stale_answers_change_nothing(mia_mails, program, forged):
    answer(session=mia_mails.session, member=mia_mails.member, answer=RSVP.Answer.YES)

    assert mia_mails.answer(program, "DECLINED", **forged) == "calendar-not-taken"

    assert rsvp_of(mia_mails) == ("yes", "")
    assert mia_mails.session.rsvps.count() == 1


def test_what_everybody_can_read_is_no_key_to_anothers_answer(mia_mails):
    """The UID that feeds show is the session's; each invitation has one of its own."""
    assert mia_mails.answer(uid=mia_mails.session.uid) == "calendar-not-taken"
    assert rsvp_of(mia_mails) is None


def test_an_answer_to_the_time_before_a_move_is_too_late(mia_mails):
    day = mia_mails.session.local_date + timedelta(days=1)
    planning.change_session(session=mia_mails.session, local_date=day)
    before = mia_mails.event["SEQUENCE"]
    mia_mails.read_invitation()
    assert mia_mails.event["SEQUENCE"] == before + 1

    assert mia_mails.answer(sequence=before) == "calendar-not-taken"
    assert rsvp_of(mia_mails) is None
    assert mia_mails.answer() == "calendar"
    assert rsvp_of(mia_mails)[0] == "yes"
    assert CalendarInvite.objects.get(member=mia_mails.member).told == "request"
