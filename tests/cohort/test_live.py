import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import reverse

from cohort import live
from cohort.services import people
from tests.factories import InvitationFactory


@pytest.fixture
def told(monkeypatch):
    groups = []
    monkeypatch.setattr(live, "_send", groups.append)
    return groups


def test_sockets_hear_of_changed_memberships_once_it_is_certain(
    fay, mia, told, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        people.change_place(member=mia, role="observer", team=None, organization=None, by=fay)
        people.remove_member(member=mia, by=fay)
        people.remove_member(member=mia, by=fay)
        people.restore_member(member=mia, by=fay)
        assert told == []

    assert told == [f"member.{mia.pk}"] * 3


def test_sockets_hear_of_signing_out_and_of_deactivation(
    browse, mia, cast, told, django_capture_on_commit_callbacks
):
    browse(mia).post(reverse("account_logout"))
    assert told == [f"user.{mia.user_id}"]

    with django_capture_on_commit_callbacks(execute=True):
        people.set_active(user=mia.user, active=False, by=cast.staff)
    assert told == [f"user.{mia.user_id}"] * 2


def test_a_sign_out_is_told_once_the_session_is_gone(browse, mia, monkeypatch):
    left = []
    monkeypatch.setattr(live, "_send", lambda group: left.append(Session.objects.count()))
    browser = browse(mia)
    assert Session.objects.count() == 1

    browser.post(reverse("account_logout"))

    assert left == [0]


def test_sockets_hear_of_sessions_that_were_ended_elsewhere(browse, mia, told):
    UserSession.objects.create(user=mia.user, session_key="elsewhere", ip="127.0.0.1")

    browse(mia).post(reverse("usersessions_list"))

    assert told == [f"user.{mia.user_id}"]
    assert not UserSession.objects.exists()


def test_nothing_fails_while_redis_is_away(fay, mia, monkeypatch, caplog):
    def away():
        raise ConnectionError("no Redis")

    monkeypatch.setattr(live, "get_channel_layer", away)

    live.access_changed(mia.pk)

    assert "Could not tell open sockets" in caplog.text


def test_accepting_anew_tells_the_sockets_of_who_comes_back(
    gone, told, django_capture_on_commit_callbacks
):
    from cohort.services.invitations import accept

    invitation = InvitationFactory(cohort=gone.cohort, email=gone.user.email)
    with django_capture_on_commit_callbacks(execute=True):
        accept(invitation=invitation, user=gone.user)

    assert told == [f"member.{gone.pk}"]


def test_sockets_hear_of_new_norms_and_of_nothing_else_in_the_admin(
    browse, cast, told, django_capture_on_commit_callbacks
):
    def save(**changed):
        cohort = cast.cohort
        page = reverse("admin:cohort_cohort_change", args=[cohort.pk])
        form = browse(cast.staff).get(page).context["adminform"].form
        values = {name: form[name].value() for name in form.fields}

        with django_capture_on_commit_callbacks(execute=True):
            answer = browse(cast.staff).post(
                page, {name: value or "" for name, value in {**values, **changed}.items()}
            )
        assert answer.status_code == 302

    save(name="Spring, renamed")
    assert told == []
    save(norms_version=2)
    assert told == [f"cohort.{cast.cohort.pk}"]
