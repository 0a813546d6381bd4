"""What is no answer: programs, reports, unsubscribing, calendars, other addresses of ours."""

from email.message import EmailMessage, MIMEPart
from pathlib import Path

import pytest

from forums.models import Attachment, Draft, Post
from notifications import registry, unsubscribe, wishes
from notifications.models import Bounce, Delivery, InboundMail
from notifications.registry import EDITION, CalendarAnswer, NotTaken, Posted
from tests.made_files import photo
from tests.notifications.inbound import clients
from tests.notifications.inbound.conftest import sent_now

pytestmark = pytest.mark.django_db
State = InboundMail.State
WORDS = "Two more drivers start on Monday."


# ------------------------------------------------------------------------ programs


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x@example.org"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "away"},
        {"List_Id": "<other.example.org>"},
        {"Subject": "Automatic reply: Buses"},
        {"Subject": "Out of office Re: Buses"},
        {"Subject": "Respuesta automática: Buses"},
        {"From": "Mail Delivery <MAILER-DAEMON@example.org>"},
        {"From": "no-reply@example.org"},
    ],
    ids=str,
)
def test_a_program_s_mail_is_left_alone_and_answered_by_nothing(headers, ours, receive, thread):
    kept = receive(clients.gmail(ours, WORDS, **headers))
    assert (kept.state, kept.reason) == (State.IGNORED, "automatic")
    assert thread.posts.count() == 2
    assert not Draft.objects.exists()
    assert sent_now() == []


def test_the_empty_envelope_sender_is_a_program_s(ours, receive):
    assert receive(clients.gmail(ours, WORDS), sender="").reason == "automatic"
    assert receive(clients.gmail(ours, WORDS), sender="mia@example.org").reason == "posted"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"X_Auto_Response_Suppress": "All"},
        {"Subject": "Re: Is the office out of buses?"},
    ],
    ids=str,
)
def test_people_s_mail_is_no_program_s(headers, ours, receive):
    assert receive(clients.gmail(ours, WORDS, **headers)).reason == "posted"


# ------------------------------------------------------------------------ reports


def report(ours, address="mia@example.org", status="5.1.1", action="failed", message_id=None):
    return f"""From: mailer-daemon@mail.example.org
To: notify@example.org
Message-ID: <report-1@mail.example.org>
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type="delivery-status"; boundary="cut"

--cut
Content-Type: text/plain

It did not arrive.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--cut
Content-Type: message/rfc822

Message-ID: {message_id or ours["Message-ID"]}
Subject: {ours["Subject"]}

Words.
--cut--
""".encode()


def test_a_report_of_our_mail_counts_against_its_address(ours, receive):
    kept = receive(report(ours), sender="")
    assert kept.reason == "bounce"
    bounce = Bounce.objects.get()
    assert (bounce.address, bounce.kind) == ("mia@example.org", "hard")
    assert "550 no such user" in bounce.detail
    receive(report(ours).replace(b"report-1", b"report-2"), sender="")
    assert Bounce.objects.count() == 1, "the same mail counts once"


def test_a_delay_is_no_hard_bounce(ours, receive):
    receive(report(ours, status="4.4.1", action="delayed"), sender="")
    assert Bounce.objects.get().kind == "soft"


@pytest.mark.parametrize(
    "made_up", [{"message_id": "<made-up@example.org>"}, {"address": "theo@example.org"}], ids=str
)
def test_a_made_up_report_counts_for_nothing(made_up, ours, receive):
    assert receive(report(ours, **made_up), sender="").reason == "report"
    assert not Bounce.objects.exists()


def test_a_complaint_stops_mail_to_the_address(ours, receive):
    data = report(ours).replace(b'report-type="delivery-status"', b'report-type="feedback-report"')
    assert receive(data, sender="").reason == "bounce"
    assert Bounce.objects.get().kind == "complaint"


# ------------------------------------------------------------------------ unsubscribing


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


# ------------------------------------------------------------------------ calendars


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


# ------------------------------------------------------------------------ other addresses


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


# ------------------------------------------------------------------------ what is in it


def test_too_large_is_refused_and_not_kept(ours, receive, settings, thread):
    settings.INBOUND_MAX_BYTES = 50_000
    mail = clients.gmail(ours, WORDS)
    mail.add_attachment(b"x" * 60_000, maintype="application", subtype="pdf", filename="a.pdf")
    kept = receive(mail)
    assert kept.reason == "too-large"
    assert kept.raw.size < 10_000
    assert "larger than we can take" in sent_now()[0].body
    assert thread.posts.count() == 2


def test_nothing_of_one_s_own_is_no_answer(ours, receive):
    assert receive(clients.answer(ours, "\n\n")).reason == "empty"


def test_nothing_but_our_own_words_is_kept_to_look_at(ours, receive):
    kept = receive(clients.gmail(ours, ""))
    assert (kept.state, kept.reason) == (State.HELD, "unsure")


def test_a_cut_that_takes_nearly_all_is_kept_to_look_at(ours, receive, thread):
    story = "\n".join(f"Line {n} of what I have to say." for n in range(30))
    text = f"Hello.\n\nOn Monday at 9 Theo wrote:\n{story}\n"
    assert receive(clients.answer(ours, text)).reason == "unsure"
    assert "Line 29" in Draft.objects.get().body


def test_files_come_with_it_checked_as_uploads_are(ours, receive, thread):
    mail = clients.gmail(ours, WORDS)
    mail.add_attachment(photo(), maintype="image", subtype="jpeg", filename="../../bus.jpg")
    mail.add_attachment(b"MZ\x90", maintype="image", subtype="png", filename="bus.png.exe")
    kept = receive(mail)
    post = Post.objects.latest("pk")
    (file,) = Attachment.objects.all()
    assert kept.reason == "posted"
    assert (file.name, file.post) == ("bus.jpg", post)
    assert file.get_absolute_url() in post.body
    assert len(kept.notes) == 1


def test_of_twenty_files_five_are_kept(ours, receive):
    mail = clients.gmail(ours, WORDS)
    for n in range(20):
        mail.add_attachment(
            f"Plan {n}".encode(), maintype="text", subtype="plain", filename=f"{n}.txt"
        )
    kept = receive(mail)
    assert Attachment.objects.count() == 5
    assert len(kept.notes) == 15


def test_a_file_alone_is_an_answer(ours, receive, thread):
    mail = clients.answer(ours, "")
    mail.add_attachment(b"The plan.", maintype="text", subtype="plain", filename="plan.txt")
    assert receive(mail).reason == "posted"
    assert "plan.txt" in Post.objects.latest("pk").body


def test_markup_and_scripts_stay_outside(ours, receive, thread):
    page = (
        '<p onclick="x()">Fine</p><script>alert(1)</script><img src="https://t.example/p.gif">'
        '<a href="javascript:alert(1)" hx-get="/x">here</a><svg onload="x()"></svg>'
    )
    receive(clients.answer(ours, None, page))
    body = Post.objects.latest("pk").body
    assert "Fine" in body
    for word in ("script", "onclick", "onload", "hx-", "javascript", "<img", "<svg"):
        assert word not in body


def test_no_log_and_no_row_tells_a_whole_address(ours, receive, caplog):
    token = ours["Reply-To"].partition("+")[2].partition("@")[0]
    with caplog.at_level("DEBUG"):
        kept = receive(clients.gmail(ours, WORDS, In_Reply_To=f"<{ours['Reply-To']}>"))
    assert token not in caplog.text
    told = {name: value for name, value in vars(kept).items() if name != "raw"}
    assert token not in str(told)
    assert token[:6] in kept.address
    assert token in Path(kept.raw.path).read_text()


def test_a_handler_that_fails_is_asked_again(ours, receive, monkeypatch, thread):
    from dataclasses import replace

    from notifications.inbound import working

    handler = registry.reply_handlers["forums.thread"]

    def fail(_answer):
        raise RuntimeError

    monkeypatch.setitem(registry.reply_handlers, "forums.thread", replace(handler, post=fail))
    kept = receive(clients.gmail(ours, WORDS))
    assert kept.state == State.WAITING
    monkeypatch.setitem(registry.reply_handlers, "forums.thread", handler)
    assert not working.work_off(kept.pk), "not before its lease ends"
    InboundMail.objects.update(not_before=kept.received_at)
    assert working.work_off_due() == 1
    kept.refresh_from_db()
    assert (kept.state, kept.attempts) == (State.TAKEN, 2)


def test_a_mail_that_always_fails_is_given_up(ours, receive, monkeypatch):
    from notifications.inbound import working

    monkeypatch.setattr(working, "judge", lambda mail, letter: 1 / 0)
    kept = receive(clients.gmail(ours, WORDS))
    for _attempt in range(working.MOST_ATTEMPTS):
        InboundMail.objects.update(not_before=kept.received_at)
        working.work_off_due()
    kept.refresh_from_db()
    assert (kept.state, kept.reason) == (State.FAILED, "failed")


def test_what_was_written_goes_after_a_month_and_the_row_after_a_year(ours, receive):
    from datetime import timedelta

    import time_machine
    from django.utils import timezone

    from notifications.inbound import clearing

    kept = receive(clients.gmail(ours, WORDS))
    path = Path(kept.raw.path)
    clearing.clear_away()
    assert path.exists()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        clearing.clear_away()
    kept.refresh_from_db()
    assert (kept.raw.name, kept.elided) == ("", "")
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        clearing.clear_away()
    assert not InboundMail.objects.exists()
    assert Delivery.objects.exists()


def test_parts_of_any_kind_are_read(ours, receive):
    part = MIMEPart()
    part.set_content("x")
    mail = clients.gmail(ours, WORDS)
    mail.make_mixed()
    mail.attach(part)
    assert receive(mail).reason in ("posted", "unsure")


def test_a_page_that_lists_what_came_shows_no_words(ours, receive, browse, fay, olga):
    from django.urls import reverse

    receive(clients.gmail(ours, WORDS))
    receive(clients.gmail(ours, "A secret thought.", From="stranger@example.org"))
    url = reverse("facilitation:answer_list", args=["spring"])
    page = browse(fay).get(url).content.decode()
    assert "Posted" in page
    assert "It is not proven who sent it" in page
    assert "secret thought" not in page
    assert "stranger@" not in page
    other = browse(olga).get(reverse("facilitation:answer_list", args=["autumn"]))
    assert other.context["rows"] == []


def test_staff_read_what_came_with_its_secrets_taken_out(ours, receive, browse, cast):
    kept = receive(clients.gmail(ours, WORDS))
    page = browse(cast.staff).get(f"/admin/notifications/inboundmail/{kept.pk}/change/")
    token = ours["Reply-To"].partition("+")[2].partition("@")[0]
    text = page.content.decode()
    assert WORDS in text
    assert token not in text


def test_a_held_answer_is_posted_from_its_page_and_only_once(ours, receive, browse, mia, thread):
    kept = receive(clients.gmail(ours, WORDS, From="stranger@example.org"))
    page = browse(mia).get(kept.url)
    assert "stranger@example.org" in page.content.decode()
    form = page.context["form"]
    draft = page.context["draft"]
    data = {
        "body": WORDS,
        "parent": form["parent"].value(),
        "form_key": str(form["form_key"].value()),
        "draft": draft.place,
    }
    from django.urls import reverse

    url = reverse("forums:post_create", args=["spring", thread.pk])
    for _twice in range(2):
        assert browse(mia).post(url, data).status_code == 302
    (post,) = thread.posts.filter(number__gt=2)
    assert (post.body_text.strip(), post.parent.number, post.author) == (WORDS, 2, mia)
    assert not Draft.objects.exists()
