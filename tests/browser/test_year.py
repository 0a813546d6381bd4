"""The year as its people walk through it, on the running product with its mail and its sockets."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cohort.models import Membership, User
from demo.models import Message
from notifications.models import Choices, Rhythm
from tests.factories import SessionFactory, SpaceFactory, ThreadFactory


@pytest.fixture
def commons(cast):
    return SpaceFactory(cohort=cast.cohort, slug="commons", name="Commons")


def open_mail(page, address: str, subject: str):
    """Open the newest mail to an address in the demo's mailbox; returns its HTML part's frame."""
    page.goto(f"/demo/mail/?to={address}")
    page.get_by_role("link", name=re.compile(subject)).first.click()
    return page.frame_locator("iframe").first


def test_from_the_invitation_to_a_first_discussion(site, window, cast, commons, accessible):
    session = SessionFactory(cohort=cast.cohort, title="What trust is made of")
    facilitator = window(cast.fay)
    facilitator.goto("/c/spring/console/")
    facilitator.get_by_role("link", name="Invite somebody").click()
    facilitator.get_by_label("Email address").fill("New.Person@Example.org")
    facilitator.get_by_label("Name").fill("Noor Haddad")
    facilitator.get_by_label("Team").select_option(label="Harbor")
    facilitator.get_by_role("button", name="Send the invitation").click()
    facilitator.get_by_text("new.person@example.org").first.wait_for()
    site.manage("send_due")

    person = window(width=390, height=844)
    mail = open_mail(person, "new.person@example.org", "Spring")
    link = mail.get_by_role("link", name=re.compile("invitation", re.I)).first.get_attribute("href")
    person.goto(link)
    accessible(person)
    assert not Membership.objects.filter(user__email="new.person@example.org").exists()
    person.get_by_role("button", name="Accept the invitation").click()

    person.get_by_role("heading", name="Welcome to Spring").wait_for()
    accessible(person)
    expect(person.get_by_label("Name")).to_have_value("Noor Haddad")
    person.get_by_role("button", name="Come in").click()  # the norms are not agreed to yet
    assert Membership.objects.get(user__email="new.person@example.org").norms_agreed_at is None
    person.get_by_label("I agree to these norms").check()
    person.get_by_role("button", name="Come in").click()

    person.get_by_role("heading", name="Hello, Noor").wait_for()
    accessible(person)
    person.get_by_role("button", name="Yes").click()
    person.locator('button[value="yes"][aria-pressed="true"]').wait_for()
    noor = Membership.objects.get(user__email="new.person@example.org")
    assert list(session.rsvps.values_list("member", "answer")) == [(noor.pk, "yes")]

    person.get_by_role("link", name="Start a discussion").first.click()
    person.get_by_label("Title").fill("Who brings the plant managers in?")
    person.get_by_label("What is it about?").fill("We lost two.\n\n- shifts\n- too many asks")
    person.get_by_role("button", name="Start the discussion").click()
    person.locator("[aria-invalid], .errorlist, [role=alert]").first.wait_for()  # no theme yet
    expect(person.get_by_label("Title")).to_have_value("Who brings the plant managers in?")
    person.get_by_role("checkbox", name=re.compile("^Drivers")).check()
    person.get_by_role("button", name="Start the discussion").click()
    person.get_by_role("heading", name="Who brings the plant managers in?").wait_for()
    accessible(person)

    facilitator.goto("/c/spring/discussions/")
    facilitator.get_by_role("link", name="Who brings the plant managers in?").click()
    facilitator.get_by_label(re.compile("reply|answer", re.I)).first.fill(
        "Ask for one hour, not a seat."
    )
    facilitator.get_by_role("button", name="Reply").last.click()
    facilitator.get_by_text("Ask for one hour, not a seat.").wait_for()

    person.goto("/c/spring/")
    person.get_by_role("link", name=re.compile("Fay answered you")).wait_for()


def test_a_chat_between_two_windows_survives_a_restart_of_the_server(
    site, window, cast, accessible
):
    session = SessionFactory(cohort=cast.cohort, starts_in=timedelta(minutes=-5))
    mia, theo = window(cast.mia), window(cast.theo, width=390, height=844)
    for page in (mia, theo):
        page.goto(f"/c/spring/sessions/{session.pk}/live/")
        page.get_by_text("Connected", exact=True).wait_for()
    accessible(mia)

    def say(page, words: str) -> None:
        page.get_by_label("Say something to the room").fill(words)
        page.get_by_label("Say something to the room").press("Enter")

    say(mia, "Before the restart")
    theo.get_by_text("Before the restart").wait_for()

    site.stop()
    mia.get_by_text(re.compile("Reconnecting|offline")).wait_for()
    say(mia, "Written while the server was away")
    say(theo, "So was this")
    site.start()

    for page in (mia, theo):
        page.get_by_text("Written while the server was away").wait_for(timeout=40_000)
        page.get_by_text("So was this").wait_for(timeout=40_000)
        page.get_by_text("Connected", exact=True).wait_for(timeout=40_000)
    said = list(session.room.messages.order_by("seq").values_list("seq", "body"))
    assert [seq for seq, _body in said] == [1, 2, 3]
    assert said[0] == (1, "Before the restart")
    for page in (mia, theo):
        shown = page.locator(".line__text").all_inner_texts()
        assert [text for text in shown if text] == [body for _seq, body in said]


def test_reminder_and_edition_arrive_once_and_can_be_stopped(site, window, cast, commons):
    SessionFactory(
        cohort=cast.cohort, title="What trust is made of", starts_in=timedelta(minutes=50)
    )
    yesterday = timezone.now() - timedelta(days=1)
    thread = ThreadFactory(
        space=commons,
        author=cast.theo,
        title="A pilot that ended well",
        created_at=yesterday,
        last_posted_at=yesterday,
    )
    thread.posts.update(created_at=yesterday)
    User.objects.filter(pk=cast.mia.user_id).update(time_zone="America/Denver")
    Membership.objects.update(joined_at=timezone.now() - timedelta(days=30))
    there = timezone.now().astimezone(ZoneInfo("America/Denver"))
    Choices.objects.create(
        member=cast.mia,
        edition=Rhythm.WEEKLY,
        edition_weekday=there.weekday(),
        edition_hour=there.hour,
        edition_set_at=yesterday,
        edition_mark=timezone.now() - timedelta(days=7),
    )
    for _beat in range(3):
        site.manage("send_due")

    def mine() -> list[str]:
        messages = Message.objects.filter(recipients__contains=["mia@example.org"])
        return sorted(message.subject for message in messages)

    subjects = mine()
    assert len(subjects) == 2, subjects
    page = window(width=390, height=844)
    mail = open_mail(page, "mia@example.org", "What trust is made of")
    mail.get_by_text(re.compile(r"\bM[SD]T\b")).first.wait_for()  # her zone, with its name

    edition = next(subject for subject in subjects if "week" in subject.lower())
    mail = open_mail(page, "mia@example.org", re.escape(edition))
    link = mail.get_by_role("link", name=re.compile("unsubscribe|stop", re.I)).first
    page.goto(link.get_attribute("href"))
    assert Choices.objects.get(member=cast.mia).edition == Rhythm.WEEKLY
    page.get_by_role("button", name="Unsubscribe").click()
    page.get_by_role("heading", name="Done: you are unsubscribed").wait_for()
    assert Choices.objects.get(member=cast.mia).edition == Rhythm.NEVER
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("heading", name="Switched on again").wait_for()
    assert Choices.objects.get(member=cast.mia).edition == Rhythm.WEEKLY
