import pytest
from django.urls import reverse

from cohort.models import AuditEntry
from notifications.models import Choices

WELCOME = "/c/spring/welcome/"
ANSWERS = {"name": "Mia  Okoro", "title": "Dean", "time_zone": "America/Denver", "edition": "daily"}


@pytest.fixture
def new(mia):
    """Mia, who has just accepted her invitation."""
    mia.norms_agreed_version = 0
    mia.save()
    return mia


def test_whoever_has_not_agreed_comes_here_first(browse, new):
    for page in ("/c/spring/people/", "/c/spring/teams/"):
        assert browse(new).get(page)["Location"] == WELCOME
    assert browse(new).get(WELCOME).status_code == 200


def test_agreeing_keeps_which_version_and_when_and_the_rest(browse, new):
    response = browse(new).post(WELCOME, {**ANSWERS, "agree": "on"})

    assert response["Location"] == reverse("home:home", args=["spring"])
    new.refresh_from_db()
    assert (new.norms_agreed_version, new.has_agreed) == (1, True)
    assert new.norms_agreed_at is not None
    assert (new.user.name, new.user.title, new.user.time_zone) == (
        "Mia Okoro",
        "Dean",
        "America/Denver",
    )
    assert Choices.objects.get(member=new).edition == "daily"
    assert AuditEntry.objects.get().action == "norms.agreed"


def test_without_agreeing_nothing_is_kept(browse, new):
    response = browse(new).post(WELCOME, ANSWERS)

    assert response.status_code == 422
    assert "asks everybody to agree" in response.content.decode()
    new.refresh_from_db()
    assert (new.has_agreed, new.user.name) == (False, "Mia")


def test_new_norms_are_asked_about_again(browse, mia):
    mia.cohort.norms_version = 2
    mia.cohort.save()

    assert browse(mia).get("/c/spring/people/")["Location"] == WELCOME


def test_whoever_has_agreed_goes_home(browse, mia):
    assert browse(mia).get(WELCOME)["Location"] == "/c/spring/"


def test_strangers_are_not_welcome(browse, olga):
    assert browse(olga).get(WELCOME).status_code == 404
