"""Answering from a mail: a page that asks, for one member and one session, and nothing else."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions import answering
from sessions.models import RSVP
from sessions.services import planning
from tests.factories import SessionFactory


@pytest.fixture
def session(cast):
    cast.cohort.memberships.update(norms_agreed_version=cast.cohort.norms_version)
    return SessionFactory(cohort=cast.cohort, title="Trust")


def path_for(member, session):
    return reverse("sessions:answer_link", args=[answering.token_for(member, session)])


def kept(session):
    return list(session.rsvps.values_list("member__user__name", "answer", "note"))


def test_following_the_link_changes_nothing(session, mia):
    for method in ("get", "head"):
        response = getattr(Client(), method)(f"{path_for(mia, session)}?answer=yes")
        assert response.status_code == 200
    assert kept(session) == []
    assert (
        'value="yes" required checked'
        in Client().get(f"{path_for(mia, session)}?answer=yes").content.decode()
    )


def test_its_button_answers_and_can_answer_again(session, mia):
    client = Client()
    first = client.post(path_for(mia, session), {"answer": "yes", "note": "By phone"})
    assert (first.status_code, kept(session)) == (200, [("Mia", "yes", "By phone")])
    assert "Good, you are coming." in first.content.decode()
    client.post(path_for(mia, session), {"answer": "no", "note": ""})
    assert kept(session) == [("Mia", "no", "")]


def test_it_signs_nobody_in(session, mia):
    client = Client()
    client.post(path_for(mia, session), {"answer": "yes"})
    assert "sessionid" not in client.cookies
    assert client.get(session.get_absolute_url()).status_code == 302


def test_a_forged_request_is_refused(session, mia):
    client = Client(enforce_csrf_checks=True)
    assert client.post(path_for(mia, session), {"answer": "yes"}).status_code == 403
    assert kept(session) == []


def test_without_an_answer_what_was_typed_comes_back(session, mia):
    response = Client().post(path_for(mia, session), {"answer": "perhaps", "note": "By phone"})
    assert response.status_code == 422
    assert 'value="By phone"' in response.content.decode()


@pytest.mark.parametrize("change", ["token", "left", "norms", "audience", "purpose"])
def test_whatever_does_not_open_is_not_there(session, mia, cast, change):
    path = path_for(mia, session)
    if change == "token":
        path = path.replace("/s/", "/s/x")
    elif change == "left":
        type(mia).objects.filter(pk=mia.pk).update(left_at=timezone.now())
    elif change == "norms":
        cast.cohort.norms_version += 1
        cast.cohort.save()
    elif change == "audience":
        session.audience, session.team = "team", cast.other_team
        session.save()
    else:
        from notifications.unsubscribe import token_for

        path = reverse("sessions:answer_link", args=[token_for(mia.pk, "reminders")])
    for method in ("get", "post"):
        assert getattr(Client(), method)(path, {"answer": "yes"}).status_code == 404
    assert RSVP.objects.count() == 0


def test_a_session_called_off_says_so(session, mia):
    planning.cancel_session(session=session)
    page = Client().get(path_for(mia, session))
    assert "Called off." in page.content.decode()
    late = Client().post(path_for(mia, session), {"answer": "yes", "note": ""})
    assert (late.status_code, kept(session)) == (409, [])


def test_it_is_not_answered_for_ever(session, mia):
    client = Client()
    for _n in range(30):
        client.post(path_for(mia, session), {"answer": "yes", "note": ""})
    assert client.post(path_for(mia, session), {"answer": "no", "note": ""}).status_code == 429


def test_times_are_the_readers(session, mia):
    mia.user.time_zone = "Pacific/Honolulu"
    mia.user.save()
    response = Client().get(path_for(mia, session))
    assert " HST" in response.content.decode()
    assert response["Referrer-Policy"] == "same-origin"
