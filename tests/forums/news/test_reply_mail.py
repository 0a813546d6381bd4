"""What the mail about replies says, and what is looked at before it goes."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohort.models import Membership
from forums import notices, services
from forums.models import Level, Post
from forums.services import following
from notifications import sending
from notifications import services as mail_choices
from notifications.models import Delivery
from tests.factories import MembershipFactory
from tests.forums.news import arrived, later, mention, reply, settle


def bodies(message):
    return [
        message.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html")
    ]


def test_the_mail_of_a_reply(sink, thread, mia, theo):
    settle()
    post = reply(
        thread,
        theo,
        f"<p>Mine <strong>do</strong>, says {mention(mia)}.</p>",
    )
    later(minutes=11)
    assert sending.send_due() == {"sent": 1}

    message = arrived(sink)["mia@example.org"]
    root = f"<thread-{thread.pk}@"
    assert message["Subject"] == "Re: Buses"
    assert message["From"].startswith("Theo via ")
    assert message["In-Reply-To"] == message["References"]
    assert message["References"].startswith(root)
    assert message["List-Id"].startswith(f"<{thread.space.slug}.{thread.cohort.slug}.discussions.")
    assert message["Precedence"] == "list"
    text, html = bodies(message)
    for body in (text, html):
        assert "Theo mentioned you" in body
        assert f"?reply_to={post.number}#reply" in body
    assert "\n\nMine do, says @Mia.\n" in text
    assert re.search(r'href="https?://[^/"]+/c/spring/people/\d+/"', html)


def test_an_edit_meanwhile_is_in_the_mail_and_what_is_gone_is_not(sink, thread, mia, theo):
    settle()
    first, second, third = (reply(thread, theo, f"Text {n}.") for n in range(3))
    later(minutes=11)
    services.edit_post(post=first, body="<p>Edited text.</p>")
    services.remove_post(post=second)
    Post.objects.filter(pk=third.pk).update(hidden_at=timezone.now())
    sending.send_due()
    text, html = bodies(arrived(sink)["mia@example.org"])
    for body in (text, html):
        assert "Edited text." in body
        assert not re.search(r"Text \d", body)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (lambda mia, post: services.remove_post(post=post), "caught-up"),
        (
            lambda mia, post: services.note_reading(member=mia, thread=post.thread, number=9),
            "caught-up",
        ),
        (
            lambda mia, post: following.follow(
                member=mia, subject=post.thread, level=Level.QUIET
            ),
            "caught-up",
        ),
        (
            lambda mia, post: mail_choices.switch_off(member=mia, topic=notices.REPLIES_TOPIC),
            "switched-off",
        ),
        (
            lambda mia, post: Membership.objects.filter(pk=mia.pk).update(left_at=timezone.now()),
            "left",
        ),
        (
            lambda mia, post: type(post.thread.space).objects.filter(
                pk=post.thread.space_id
            ).update(audience="facilitators"),
            "caught-up",
        ),
    ],
)  # fmt: skip
def test_what_changed_since_is_looked_at_before_sending(sink, thread, mia, theo, change, outcome):
    settle()
    post = reply(thread, theo)
    later(minutes=11)
    change(mia, post)
    assert sending.send_due() == {"skipped": 1}
    assert (Delivery.objects.get().reason, sink.arrived) == (outcome, [])


def test_a_mail_names_what_its_reader_may_see_and_no_pictures(sink, thread, spaces, cast, themes):
    settle()
    secret = services.start_thread(
        space=spaces["facilitators"], author=cast.fay, title="Hush", body="x",
        themes=[themes["drivers"]],
    )  # fmt: skip
    settle()
    following.follow(member=cast.fay, subject=thread)
    url = secret.get_absolute_url()
    reply(thread, cast.theo, f'<p><a href="{url}">{url}</a></p>')
    later(minutes=11)
    sending.send_due()
    mails = arrived(sink)
    assert ["Hush" in bodies(mails[f"{who}@example.org"])[1] for who in ("mia", "fay")] == [
        False, True,
    ]  # fmt: skip


def test_queries_of_composing_do_not_grow_with_readers(thread, theo, cast):
    settle()
    counts = []
    for number in (1, 3):
        for member in MembershipFactory.create_batch(number, cohort=thread.cohort):
            following.follow(member=member, subject=thread)
        reply(thread, theo)
        later(minutes=11)
        batch = sending.claim()
        with CaptureQueriesContext(connection) as queries:
            assert len(sending.compose(batch)) == len(batch)
        counts.append(len(queries))
    assert counts[0] == counts[1]
