"""Mail to addresses of ours that take no answers to a discussion."""

from email.message import EmailMessage

import pytest

from notifications import registry, unsubscribe, wishes
from notifications.models import InboundMail
from notifications.registry import EDITION, CalendarAnswer, NotTaken, Posted
from tests.notifications.inbound import clients
from tests.notifications.inbound.clients import WORDS
from tests.notifications.inbound.conftest import sent_now

pytestmark = pytest.mark.django_db
State = InboundMail.State


# ---------------------------------------------------------------- unsubscribing


def stop(mia, topic, **headers):
    mail = EmailMessage()
    address = unsubscribe.ways_for(mia.pk, topic)[1].removeprefix("mailto:").partition("?")[0]
    for name, value in {"From": "mia@example.org", "To": address, "Subject": "unsubscribe"}.items():
        mail[name] = value
    mail["Message-ID"] = headers.get("message_id", "<stop@mail.example.org>")
    mail.set_content("")
    return mail


def test_a_mail_unsubscribes_as_the_link_does(mia, receive):
    topic = "discussions-replies"
    assert wishes.wants(wishes.choices_of(mia), topic)
    kept = receive(stop(mia, topic))
    assert (kept.reason, kept.member) == ("unsubscribed", mia)
    assert not wishes.wants(wishes.choices_of(mia), topic)
    assert wishes.wants(wishes.choices_of(mia), EDITION)


def test_the_edition_is_unsubscribed_by_its_own_address(mia, receive):
    receive(stop(mia, EDITION))
    assert not wishes.wants(wishes.choices_of(mia), EDITION)
    assert wishes.wants(wishes.choices_of(mia), "discussions-replies")


def test_a_forged_address_unsubscribes_nobody(mia, receive):
    mail = stop(mia, EDITION)
    mail.replace_header("To", mail["To"].replace("@", "0@").replace("+", "+9", 1))
    assert receive(mail).reason == "unsubscribe-unknown"
    other = stop(mia, EDITION)
    forged = f"unsubscribe+{mia.pk}-{'0' * 32}@reply.example.org"
    other.replace_header("To", forged)
    assert receive(other).reason == "unsubscribe-unknown"
    assert wishes.wants(wishes.choices_of(mia), EDITION)


def test_every_address_fits_a_mailbox_s_name(settings):
    for topic in registry.topics:
        address = unsubscribe.ways_for(10**11, topic)[1].removeprefix("mailto:")
        assert len(address.partition("@")[0]) <= 64


# ---------------------------------------------------------------- calendars


@pytest.fixture
def calendars(monkeypatch):
    asked: list[CalendarAnswer] = []

    def handler(answer):
        asked.append(answer)
        return Posted("/c/spring/") if b"UID:known" in answer.calendar else NotTaken("unknown")

    monkeypatch.setattr(registry, "calendar_handlers", [handler])
    return asked


def calendar_answer(ours, uid="known"):
    mail = clients.answer(ours, "Mia has accepted.", To="calendar@example.org")
    mail["Auto-Submitted"] = "auto-generated"
    mail.add_attachment(
        f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n".encode(),
        maintype="text",
        subtype="calendar",
        params={"method": "REPLY"},
    )
    return mail


def test_an_answer_to_an_invitation_goes_to_who_knows_it(ours, receive, calendars):
    kept = receive(calendar_answer(ours))
    assert (kept.reason, kept.url) == ("calendar", "/c/spring/")
    (answer,) = calendars
    assert (answer.method, answer.sender, answer.is_proven) == ("REPLY", "mia@example.org", True)
    assert b"UID:known" in answer.calendar


def test_an_answer_to_no_invitation_of_ours_is_left_alone(ours, receive, calendars):
    assert receive(calendar_answer(ours, uid="other")).reason == "calendar-not-taken"
    assert sent_now() == []


# ---------------------------------------------------------------- other addresses


def test_an_answer_to_the_edition_is_told_how_to_answer(ours, receive, thread):
    mail = clients.answer(ours, WORDS, To="digest@example.org")
    kept = receive(mail)
    assert (kept.state, kept.reason) == (State.REFUSED, "no-reply")
    (notice,) = sent_now()
    assert notice.to == ["mia@example.org"]
    assert "open what it is about" in notice.body
    assert notice.extra_headers["In-Reply-To"] == mail["Message-ID"]
    assert thread.posts.count() == 2


def test_nobody_is_told_who_is_not_proven_to_have_written(ours, receive):
    mail = clients.answer(ours, WORDS, To="digest@example.org", Authentication_Results=None)
    assert receive(mail).reason == "no-reply"
    assert sent_now() == []


def test_an_unknown_address_is_refused(ours, receive):
    mail = clients.gmail(ours, WORDS, To=f"reply+{'0' * 32}@reply.example.org")
    kept = receive(mail)
    assert (kept.reason, kept.member, kept.cohort) == ("unknown", None, None)
    assert len(sent_now()) == 1


def test_two_refusals_at_different_addresses_are_told_once(ours, receive):
    receive(clients.answer(ours, WORDS, To="digest@example.org"))
    receive(clients.gmail(ours, WORDS, To=f"reply+{'0' * 32}@reply.example.org"))
    assert len(sent_now()) == 1


def test_a_notice_that_comes_back_makes_no_other(ours, receive):
    receive(clients.answer(ours, WORDS, To="digest@example.org"))
    (notice,) = sent_now()
    back = clients.read(notice.message().as_bytes())
    echo = clients.answer(back, WORDS, From="notify@example.org", To="digest@example.org")
    receive(echo)
    assert sent_now() == []


def test_mail_to_none_of_our_addresses_is_not_kept(ours):
    from notifications.inbound import storing

    mail = clients.answer(ours, WORDS, To="somebody@elsewhere.example")
    assert storing.take(mail.as_bytes(), source="test") == []
    assert not InboundMail.objects.exists()
