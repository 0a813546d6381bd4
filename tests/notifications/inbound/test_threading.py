"""What holds a thread's mails together, for each of its readers."""

import io
import mailbox
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forums import services
from forums.mail_archive import reading
from forums.mail_archive.subjects import Subjects
from forums.mail_archive.threads import thread_mails
from forums.models import Follow
from tests.notifications.inbound import clients
from tests.notifications.inbound.conftest import send_mails

pytestmark = pytest.mark.django_db
TALK = {"Precedence", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive"}
TALK |= {"Reply-To", "In-Reply-To", "References", "X-Auto-Response-Suppress", "Message-ID"}
TALK |= {"From", "To", "Subject", "Date", "MIME-Version", "Content-Type"}


@pytest.fixture
def talk(thread, cast):
    """Five posts, each mailed to whoever follows before the next is written."""
    people = (cast.mia, cast.theo, cast.tia, cast.fay)
    for person in people:
        Follow.objects.get_or_create(member=person, thread=thread)
    mails = send_mails()
    posts = {1: thread.posts.get(number=1)}
    for number, (parent, author) in enumerate(
        [(1, cast.theo), (2, cast.mia), (3, cast.tia), (1, cast.fay)], start=2
    ):
        posts[number] = services.publish_reply(
            thread=thread, author=author, body=f"<p>Post {number}.</p>", parent=posts[parent]
        )
        mails += send_mails()
    return mails


def of(mails, name):
    return [mail for mail in mails if mail["To"] == f"{name}@example.org"]


def trees(mails):
    """By the algorithm that archives are threaded with (JWZ)."""
    with tempfile.TemporaryDirectory() as folder:
        box = mailbox.mbox(Path(folder) / "box")
        for mail in mails:
            box.add(mail)
        box.flush()
        data = (Path(folder) / "box").read_bytes()
    found = list(reading.read_mails(io.BytesIO(data)))
    reading.settle_dates(found, datetime(2027, 1, 1, tzinfo=UTC))
    assert len(found) == len(mails)
    return thread_mails(found, set(), Subjects([]))


@pytest.mark.parametrize("name", ["mia", "theo", "tia", "fay"])
def test_each_reader_has_one_tree(talk, name):
    mine = of(talk, name)
    assert len(mine) >= 3
    (tree,) = trees(mine)
    assert len(tree.mails) == len(mine)


def test_no_two_mails_share_a_name(talk):
    names = [mail["Message-ID"] for mail in talk]
    assert len(set(names)) == len(names)


def test_a_mail_stands_below_the_one_with_what_it_answers(talk):
    by_post = {
        number: mail
        for mail in of(talk, "fay")
        for number in (1, 2, 3, 4)
        if f"Post {number}." in clients.parts_of(mail)[0]
    }
    assert by_post[3]["In-Reply-To"] == by_post[2]["Message-ID"]
    assert by_post[4]["In-Reply-To"] == by_post[3]["Message-ID"]
    root, parent = by_post[4]["References"].split()
    assert root == by_post[2]["References"].split()[0]
    assert parent == by_post[3]["Message-ID"]


def test_a_mail_of_a_discussion_has_exactly_its_headers(talk):
    for mail in talk:
        assert set(mail.keys()) == TALK
        page, address = mail["List-Unsubscribe"].split(", ")
        assert page.startswith("<http")
        assert address.startswith("<mailto:unsubscribe+")
        assert "via Cohort" in mail["From"]
        assert "<notify@example.org>" in mail["From"]
        assert all(len(line) < 998 for line in mail.as_bytes().splitlines())


def test_an_announcement_is_a_bulletin_that_nobody_answers(thread, fay, themes, commons):
    told = services.start_thread(
        space=commons, author=fay, title="Dates", body="June.", themes=[themes["drivers"]]
    )
    services.announce_thread(thread=told, by=fay)
    mails = [mail for mail in send_mails() if mail["Subject"] == "Dates"]
    assert mails
    for mail in mails:
        gone = {"Precedence", "List-Archive", "Reply-To", "In-Reply-To", "References"}
        assert set(mail.keys()) == TALK - gone | {"Auto-Submitted"}
        assert "<digest@example.org>" in mail["From"]
        assert "nobody reads replies to this mail" in clients.parts_of(mail)[0]
