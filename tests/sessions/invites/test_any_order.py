"""Whatever happens, and in whatever order, the calendar ends as the session is."""

from datetime import UTC, datetime

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions.models import CalendarInvite
from sessions.services import invites, planning
from sessions.services.answers import answer
from tests.factories import SessionFactory
from tests.sessions.invites import parsed, send


def says(what):
    def step(session, member):
        if not session.is_cancelled:
            answer(session=session, member=member, answer=what)

    return step


def declines_in_the_calendar(session, member):
    if session.is_cancelled:
        return
    answer(session=session, member=member, answer="no", tell_calendar=False)
    held = CalendarInvite.objects.filter(session=session, member=member)
    held.exclude(told="nothing").update(told="declined", planned="declined")
    invites.bring_up_to_date(session, [member])


def moves(session, member):
    hour = (session.local_time.hour + 1) % 24
    planning.change_session(session=session, local_time=session.local_time.replace(hour=hour))


STEPS = {
    "yes": says("yes"),
    "maybe": says("maybe"),
    "no": says("no"),
    "calendar-no": declines_in_the_calendar,
    "move": moves,
    "place": lambda s, m: planning.change_session(session=s, place=f"{s.place}+"),
    "cancel": lambda s, m: planning.cancel_session(session=s),
    "return": lambda s, m: planning.bring_back_session(session=s),
    "plan": lambda s, m: invites.plan(timezone.now()),
    "send": lambda s, m: None,
}


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_whatever_happens_the_calendar_ends_as_the_session_is(cast, steps):
    """Every mail has a higher number than the one before, and the last one is what is so."""
    session = SessionFactory(cohort=cast.cohort, starts_at=datetime(2027, 2, 2, 18, tzinfo=UTC))
    invites.bring_up_to_date(session, [cast.mia])
    seen = []
    for name in [*steps, "send"]:
        session.refresh_from_db()
        STEPS[name](session, cast.mia)
        if name == "send":
            seen.extend(parsed(mail) for who, mail in send() if who == "Mia")

    numbers = [event["SEQUENCE"] for _calendar, event in seen]
    assert numbers == sorted(set(numbers))
    assert len({str(event["UID"]) for _calendar, event in seen}) <= 1
    session.refresh_from_db()
    if comes(session, cast.mia):
        calendar, event = seen[-1]
        assert str(calendar["METHOD"]) == "REQUEST"
        assert event.decoded("DTSTART") == session.starts_at
    elif seen and cast.mia.invites.get(session=session).told != "declined":
        assert str(seen[-1][0]["METHOD"]) == "CANCEL"


def comes(session, member):
    said_no = session.rsvps.filter(member=member, answer="no").exists()
    return not session.is_cancelled and not said_no
