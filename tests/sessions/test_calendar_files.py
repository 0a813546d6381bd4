"""Calendar files, read back by two parsers that are not ours."""

from datetime import UTC, datetime

import icalendar
import pytest
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions.calendar import calendar_file
from sessions.services import planning
from tests.factories import SessionFactory

NAMES = {
    "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION",
    "LOCATION", "URL", "STATUS", "TRANSP", "ORGANIZER",
}  # fmt: skip
HOSTILE = [
    "Trust\r\nATTENDEE:mailto:evil@example.org",
    "Trust\nEND:VEVENT\nEND:VCALENDAR",
    "Bell\x07 and \x00 and \x1b",
    "Commas, semicolons; back\\slashes",
    "🎓" * 70,
    "x" * 160,
    "Line\u2028separator",
]


def event(session):
    return icalendar.Calendar.from_ical(calendar_file(session)).walk("VEVENT")


def test_calendar_file_says_what_the_session_is(cohort):
    session = SessionFactory(
        cohort=cohort, title="Trust", starts_at=datetime(2027, 2, 2, 18, tzinfo=UTC), place="Room 4"
    )

    (found,) = event(session)

    assert set(found) == NAMES
    assert str(found["UID"]) == session.uid
    assert found.decoded("DTSTART") == datetime(2027, 2, 2, 18, tzinfo=UTC)
    assert found.decoded("DTEND") == datetime(2027, 2, 2, 19, 30, tzinfo=UTC)
    assert (str(found["SUMMARY"]), str(found["LOCATION"])) == ("Trust", "Room 4")
    assert str(found["STATUS"]) == "CONFIRMED"
    assert b"DTSTART:20270202T180000Z\r\n" in calendar_file(session)


def test_calendar_file_never_holds_the_meeting_link_or_a_guest(cohort):
    session = SessionFactory(cohort=cohort, meeting_url="https://meet.example.org/secret-word")

    content = calendar_file(session)

    assert b"secret-word" not in content
    assert b"ATTENDEE" not in content


def test_calendar_file_is_the_same_until_the_session_changes(cohort):
    session = SessionFactory(cohort=cohort)
    first = calendar_file(session)
    assert calendar_file(session) == first

    planning.change_session(session=session, title="Another title")
    session.refresh_from_db()

    assert calendar_file(session) != first


def test_a_session_called_off_says_so_with_a_higher_number(cohort):
    session = SessionFactory(cohort=cohort)
    (before,) = event(session)

    planning.cancel_session(session=session)
    session.refresh_from_db()
    (after,) = event(session)

    assert (before["UID"], before["SEQUENCE"]) == (after["UID"], after["SEQUENCE"] - 1)
    assert str(after["STATUS"]) == "CANCELLED"


def is_sound(session):
    content = calendar_file(session)
    (found,) = event(session)
    assert set(found) == NAMES
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    content.replace(b"\r\n ", b"").decode()
    other = vobject.readOne(content.decode())
    assert len(other.vevent_list) == 1
    assert other.vevent.summary.value == str(found["SUMMARY"])
    assert {child.name for child in other.vevent.getChildren()} == NAMES


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_words_stay_words(cohort, title):
    is_sound(
        SessionFactory.build(
            cohort=cohort, pk=1, title=title, place=title, description_text=f"{title}\r\n{title}"
        )
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=st.text(max_size=300))
def test_any_words_stay_words(cohort, words):
    is_sound(
        SessionFactory.build(cohort=cohort, pk=1, title=words, place=words, description_text=words)
    )
