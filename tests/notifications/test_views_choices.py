"""Choosing what one hears of: signed in, and by the link in a mail."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forums.models import Space
from forums.services import open_spaces
from notifications import outbox, scoped_choices, unsubscribe, wishes
from notifications.composing import compose
from notifications.models import Choices, Delivery, Way
from notifications.reasons import PAUSED, SWITCHED_OFF
from notifications.registry import Skip
from tests.factories import CohortFactory, MembershipFactory

pytestmark = pytest.mark.usefixtures("notes", "no_worker")

URL = "/me/mail/"
# All that is on by default stays on.
DEFAULTS = {
    "edition": "weekly",
    "edition_weekday": "1",
    "edition_hour": "7",
    "notes-mail": "on",
    "discussions-replies-bell": "on",
    "discussions-replies-mail": "on",
    "discussions-replies-push": "on",
    "discussions-followed-bell": "on",
    "discussions-followed-mail": "on",
    "announcements-bell": "on",
    "announcements-mail": "on",
    "announcements-push": "on",
    "invitations-mail": "on",
    "reminders-bell": "on",
    "reminders-mail": "on",
    "reminders-push": "on",
    "feedback-bell": "on",
    "feedback-mail": "on",
    "catch-up-bell": "on",
    "catch-up-mail": "on",
    "library-trials-bell": "on",
    "library-trials-mail": "on",
    "library-requests-bell": "on",
    "library-requests-mail": "on",
    "links-bell": "on",
    "links-mail": "on",
}


def form(member, without=(), **changes):
    values = {**DEFAULTS, **changes}
    return {f"m{member.pk}-{name}": v for name, v in values.items() if name not in without}


def link(member):
    return reverse("notifications:scoped_choices", args=[scoped_choices.token_for(member.pk)])


def today():
    return timezone.localdate()


def test_what_is_as_published_is_not_kept(browse, mia):
    assert browse(mia).post(URL, form(mia)).status_code == 302
    assert Choices.objects.get(pk=mia.pk).switched == []


def test_each_way_is_kept_apart(browse, mia):
    without = {"discussions-replies-mail", "announcements-bell"}
    browse(mia).post(URL, form(mia, without, **{"discussions-followed-push": "on"}))
    assert Choices.objects.get(pk=mia.pk).switched == [
        "announcements:bell",
        "discussions-followed:push",
        "discussions-replies:mail",
    ]
    assert not wishes.wants(wishes.choices_of(mia), "discussions-replies", Way.MAIL)
    assert wishes.wants(wishes.choices_of(mia), "discussions-replies", Way.BELL)


def test_what_another_release_switched_stays(browse, mia):
    Choices.objects.create(member=mia, switched=["tomorrow:bell"])
    browse(mia).post(URL, form(mia))
    assert Choices.objects.get(pk=mia.pk).switched == ["tomorrow:bell"]


@pytest.mark.parametrize(("pick", "days"), [("7", 7), ("14", 14), ("30", 30)])
def test_a_pause_is_picked_quickly(browse, mia, pick, days):
    mia.user.time_zone = "UTC"
    mia.user.save()
    browse(mia).post(URL, form(mia, pause=pick))
    assert wishes.choices_of(mia).paused_until == today() + timedelta(days=days)
    html = browse(mia).get(URL).content.decode()
    assert "Paused: you hear nothing before" in html
    browse(mia).post(URL, form(mia, pause="as-it-is"))
    assert wishes.choices_of(mia).paused_until == today() + timedelta(days=days)
    browse(mia).post(URL, form(mia))
    assert wishes.choices_of(mia).paused_until is None


def test_a_pause_until_a_day(browse, mia):
    day = today() + timedelta(days=40)
    browse(mia).post(URL, form(mia, pause="until", paused_until=day.isoformat()))
    assert wishes.choices_of(mia).paused_until == day


@pytest.mark.parametrize("days", [-5, 400])
def test_a_pause_that_makes_no_sense_comes_back(browse, mia, days):
    day = (today() + timedelta(days=days)).isoformat()
    response = browse(mia).post(URL, form(mia, pause="until", paused_until=day))
    assert response.status_code == 422
    assert f'value="{day}"' in response.content.decode()
    assert not Choices.objects.filter(pk=mia.pk).exists()
    assert browse(mia).post(URL, form(mia, pause="until")).status_code == 422


def test_what_is_switched_off_or_paused_stops_what_waits(browse, mia, theo):
    outbox.enqueue("note", [mia, theo], dedupe_key="1")
    browse(mia).post(URL, form(mia, {"notes-mail"}))
    browse(theo).post(URL, form(theo, pause="7"))
    rows = Delivery.objects.select_related("recipient__user", "recipient__cohort", "cohort")
    outcomes = {str(d.recipient): outcome for d, outcome in compose(rows)}
    assert outcomes == {"Mia": Skip(SWITCHED_OFF), "Theo": Skip(PAUSED)}


def test_one_cohorts_choices_are_saved_for_all(browse, mia):
    other = MembershipFactory(cohort=CohortFactory(slug="winter"), user=mia.user)
    Choices.objects.create(member=other, switched=["tomorrow:bell"])
    data = form(mia, {"announcements-mail"}, edition="daily")
    response = browse(mia).post(URL, {**data, "for_all": str(mia.pk)})
    assert response.status_code == 302
    kept = {c.member_id: (c.edition, c.switched) for c in Choices.objects.all()}
    assert kept == {
        mia.pk: ("daily", ["announcements:mail"]),
        other.pk: ("daily", ["announcements:mail", "tomorrow:bell"]),
    }


def test_the_page_marks_what_is_published(browse, mia):
    html = browse(mia).get(URL).content.decode()
    assert "Mentions and replies: By mail (on unless you choose otherwise)" in html
    assert "What you follow: On my devices</span>" in html


# ---------------------------------------------------------------- the link in a mail


def test_following_the_link_changes_nothing_and_signs_nobody_in(mia):
    client = Client()
    response = client.get(link(mia))
    assert response.status_code == 200
    assert not Choices.objects.filter(pk=mia.pk).exists()
    assert client.get(URL).status_code == 302
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]


def test_the_link_changes_that_members_choices_alone(mia, theo):
    client = Client()
    assert client.post(link(mia), form(mia, {"notes-mail"})).status_code == 302
    client.post(link(mia), form(theo, {"notes-mail"}))
    assert not Choices.objects.filter(pk=theo.pk).exists()


def test_the_form_is_protected_against_forged_requests(mia):
    assert Client(enforce_csrf_checks=True).post(link(mia), form(mia)).status_code == 403


def test_a_forwarded_mail_shows_no_address_and_no_private_name(cast, mia, spaces_named):
    html = Client().get(link(mia)).content.decode()
    assert "m…@example.org" in html
    assert mia.user.email not in html
    assert mia.user.name not in html
    for name in spaces_named:
        assert name not in html


@pytest.fixture
def spaces_named(cast):
    open_spaces(cast.cohort)
    names = set(Space.objects.exclude(slug="commons").values_list("name", flat=True))
    assert {"Harbor", "Facilitators"} <= names
    return names


@pytest.mark.parametrize(
    "spoil", [lambda t: t + "x", lambda t: "x" + t, lambda t: t[:-2], str.upper, lambda t: "x" * 20]
)
def test_a_token_that_was_tampered_with_opens_nothing(mia, spoil):
    token = spoil(scoped_choices.token_for(mia.pk))
    address = reverse("notifications:scoped_choices", args=[token])
    assert Client().get(address).status_code == 404
    assert Client().post(address, form(mia)).status_code == 404


def test_a_token_for_something_else_opens_nothing(mia):
    for token in (
        unsubscribe.token_for(mia.pk, "notes"),
        signing.Signer(sep=".").sign_object([mia.pk]),
    ):
        address = reverse("notifications:scoped_choices", args=[token])
        assert Client().get(address).status_code == 404
    token = scoped_choices.token_for(mia.pk)
    assert Client().get(reverse("notifications:unsubscribe", args=[token])).status_code == 404


def test_whoever_left_has_nothing_to_choose(gone):
    assert Client().get(link(gone)).status_code == 404


def test_every_mail_that_can_be_switched_off_leads_there(mia):
    from notifications.rendering import render_mail

    outbox.enqueue("note", [mia], dedupe_key="1")
    delivery = Delivery.objects.select_related("recipient__user", "cohort").get()
    mail = render_mail(delivery, "mail/place", subject="x", why="y", context={"title": "t"})
    assert link(mia) in mail.text
    assert link(mia) in mail.html


def test_all_spaces_get_one_level(browse, cast, mia):
    open_spaces(cast.cohort)
    address = reverse("forums:space_following_all", args=["spring"])
    assert browse(mia).post(address, {"level": "quiet"}).status_code == 302
    levels = set(mia.follows.values_list("space__slug", "level"))
    assert levels == {("commons", "quiet"), ("harbor", "quiet")}
    browse(mia).post(address, {"level": "loud"})
    assert set(mia.follows.values_list("space__slug", "level")) == levels
