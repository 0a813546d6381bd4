"""Two questions to whoever was there."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.models import (
    Attendance,
    CloseOut,
    Feedback,
)
from sessions.queries import feedback_of, session_pages
from sessions.services.attendance import mark_attendance
from sessions.services.feedback import give_feedback
from tests.factories import MembershipFactory
from tests.sessions.afterwards import url


def test_feedback_is_given_once_and_can_be_changed(browse, closed, cast):
    client = browse(cast.mia)
    assert client.post(url("feedback_edit", closed), {"words": "Good"}).status_code == 422
    assert client.post(url("feedback_edit", closed), {"score": "6"}).status_code == 422

    client.post(url("feedback_edit", closed), {"score": "4", "words": "More time"})
    client.post(url("feedback_edit", closed), {"score": "5", "words": "More time!"})

    row = Feedback.objects.get()
    assert (row.member, row.score, row.words) == (cast.mia, 5, "More time!")


@pytest.mark.parametrize("person", ["tia", "fay", "obi"])
def test_only_members_who_were_there_are_asked(browse, closed, cast, person):
    mark_attendance(session=closed, members=[cast.fay], mark="attended", by=cast.fay)
    mark_attendance(session=closed, members=[cast.tia], mark="excused", by=cast.fay)
    Attendance.objects.create(session=closed, member=cast.obi, mark="attended")

    response = browse(getattr(cast, person)).post(url("feedback_edit", closed), {"score": "1"})

    assert response.status_code == 403
    assert not Feedback.objects.exists()


def test_feedback_closes_two_weeks_after_the_close_out(browse, closed, cast):
    CloseOut.objects.update(finished_at=timezone.now() - timedelta(days=13))
    assert browse(cast.mia).get(url("feedback_edit", closed)).status_code == 200

    CloseOut.objects.update(finished_at=timezone.now() - timedelta(days=15))

    assert browse(cast.mia).post(url("feedback_edit", closed), {"score": "1"}).status_code == 403


def shown(session, fay):
    page = session_pages(fay).get(pk=session.pk)
    return feedback_of(page, page.close_out)


def answer(session, count):
    for n in range(count):
        member = MembershipFactory(cohort=session.cohort)
        give_feedback(session=session, member=member, score=1 + n % 5, words=f"Words {n}")


def test_feedback_of_few_is_shown_to_nobody(browse, closed, cast):
    answer(closed, 3)
    found = shown(closed, cast.fay)
    assert (found.given, found.shown, found.words, found.scores) == (3, 0, (), ())
    assert "Words" not in browse(cast.fay).get(closed.get_absolute_url()).content.decode()


def test_feedback_comes_to_light_four_at_a_time_without_names(browse, closed, cast):
    answer(closed, 6)
    give_feedback(
        session=closed,
        member=MembershipFactory(cohort=cast.cohort, user__name="Zelda Secret"),
        score=5,
        words="",
    )

    found = shown(closed, cast.fay)
    assert (found.given, found.shown, found.average) == (7, 4, 2.5)
    assert sorted(found.words) == ["Words 0", "Words 1", "Words 2", "Words 3"]
    assert found.scores == ((5, 0), (4, 1), (3, 1), (2, 1), (1, 1))
    page = browse(cast.fay).get(closed.get_absolute_url()).content.decode()
    assert "Words 3" in page
    assert "Words 5" not in page
    assert "Zelda" not in re.sub(r"(?s)<aside.*?</aside>", "", page)
    for person in (cast.mia, cast.obi):
        assert "Words 3" not in browse(person).get(closed.get_absolute_url()).content.decode()

    CloseOut.objects.update(finished_at=timezone.now() - timedelta(days=15))
    assert shown(closed, cast.fay).shown == 7
