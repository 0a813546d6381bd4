"""What is kept of a mail that came in, for how long, and who reads it."""

from pathlib import Path

import pytest

from forums.models import Draft
from notifications import registry
from notifications.models import Delivery, InboundMail
from tests.notifications.inbound import clients
from tests.notifications.inbound.clients import WORDS

pytestmark = pytest.mark.django_db
State = InboundMail.State


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
