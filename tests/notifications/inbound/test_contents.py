"""What is in an answer: its size, its words, its files."""

from email.message import MIMEPart

import pytest

from forums.models import Attachment, Draft, Post
from notifications.models import InboundMail
from tests.made_files import photo
from tests.notifications.inbound import clients
from tests.notifications.inbound.clients import WORDS
from tests.notifications.inbound.conftest import sent_now

pytestmark = pytest.mark.django_db
State = InboundMail.State


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


def test_parts_of_any_kind_are_read(ours, receive):
    part = MIMEPart()
    part.set_content("x")
    mail = clients.gmail(ours, WORDS)
    mail.make_mixed()
    mail.attach(part)
    assert receive(mail).reason in ("posted", "unsure")
