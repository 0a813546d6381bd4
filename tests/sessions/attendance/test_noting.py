"""Noted by the button and by the room."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from sessions.models import Attendance
from sessions.services.attendance import mark_attendance, record_join
from sessions.services.presence import Stay, keep_stays
from tests.sessions.attendance import marks

# ---------------------------------------------------------------- the button


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_once_are_one_mark(on_now, mia):
    def click(_number):
        record_join(session=on_now, member=mia)
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(click, range(20)))

    assert marks(on_now) == {"Mia": ("attended", "join")}
    assert Attendance.objects.count() == 1


# ---------------------------------------------------------------- the room


def stay(member, session, since, until):
    """From and to so many minutes after the start."""
    start = session.starts_at
    return Stay(member.pk, start + timedelta(minutes=since), start + timedelta(minutes=until))


def test_half_of_the_session_in_the_room_is_attending(on_now, mia, theo, tia, obi):
    keep_stays(
        on_now.pk,
        [
            stay(mia, on_now, 0, 45),
            stay(theo, on_now, 10, 20),
            stay(tia, on_now, 10, 11),
            stay(obi, on_now, 0, 60),
        ],
    )

    assert marks(on_now) == {"Mia": ("attended", "room"), "Theo": ("partly", "room")}
    assert {s.member: s.seconds for s in on_now.stays.all()} == {mia: 2700, theo: 600, tia: 60}


def test_a_stay_counts_only_while_the_session_is_on(on_now, mia, theo):
    keep_stays(on_now.pk, [stay(mia, on_now, -30, 5), stay(theo, on_now, 91, 200)])

    assert {s.member: s.seconds for s in on_now.stays.all()} == {mia: 300}


def test_what_two_windows_tell_of_the_same_time_counts_once(on_now, mia):
    for _process in range(2):
        keep_stays(on_now.pk, [stay(mia, on_now, 0, 10)])
    keep_stays(on_now.pk, [stay(mia, on_now, 5, 12)])
    keep_stays(on_now.pk, [stay(mia, on_now, 20, 25), stay(mia, on_now, 30, 35)])

    assert on_now.stays.get().seconds == (10 + 2 + 5 + 5) * 60


def test_the_room_marks_more_with_time_and_never_over_what_was_said(on_now, mia, theo, tia, fay):
    mark_attendance(session=on_now, members=[tia], mark="excused", by=fay)
    record_join(session=on_now, member=theo)
    keep_stays(on_now.pk, [stay(person, on_now, 0, 10) for person in (mia, theo, tia)])
    assert marks(on_now)["Mia"] == ("partly", "room")

    keep_stays(on_now.pk, [stay(person, on_now, 10, 50) for person in (mia, theo, tia)])

    assert marks(on_now) == {
        "Mia": ("attended", "room"),
        "Theo": ("attended", "join"),
        "Tia": ("excused", "person"),
    }


def test_nothing_is_kept_of_a_session_that_is_called_off(on_now, mia):
    on_now.status = "cancelled"
    on_now.save()

    keep_stays(on_now.pk, [stay(mia, on_now, 0, 45)])

    assert not on_now.stays.exists()


def test_going_to_the_meeting_says_more_than_being_in_the_room(on_now, mia):
    keep_stays(on_now.pk, [stay(mia, on_now, 0, 10)])

    record_join(session=on_now, member=mia)
    first = Attendance.objects.get().joined_at
    record_join(session=on_now, member=mia)

    assert marks(on_now) == {"Mia": ("attended", "join")}
    assert Attendance.objects.get().joined_at == first is not None
