"""An answer by mail becomes a post: once, as the right person, below what it answers."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cohort.services.people import remove_member, set_active
from forums import services
from forums.models import Draft, Post
from notifications import reply_addresses
from notifications.models import Delivery, Entry, InboundMail, ReplyAddress
from tests.notifications.inbound import clients
from tests.notifications.inbound.clients import WORDS
from tests.notifications.inbound.conftest import send_mails, sent_now

pytestmark = pytest.mark.django_db
State = InboundMail.State


def answers(thread):
    """What stands in a thread beyond mia's question and theo's reply."""
    return list(thread.posts.filter(number__gt=2).order_by("number"))


@pytest.mark.parametrize("client", clients.CLIENTS, ids=lambda client: client.__name__)
def test_an_answer_is_posted_as_its_writer_below_what_it_answers(
    client, ours, receive, thread, mia
):
    kept = receive(client(ours, WORDS))
    (post,) = answers(thread)
    assert (kept.state, kept.reason) == (State.TAKEN, "posted")
    assert (post.author, post.parent.number) == (mia, 2)
    assert WORDS in post.body_text
    assert "Who drives" not in post.body_text
    assert "reply+" not in post.body
    assert "/u/" not in post.body
    assert kept.url == post.get_absolute_url()
    assert kept.cohort == mia.cohort


@pytest.mark.parametrize(
    "client",
    [clients.gmail, clients.outlook_phone, clients.apple, clients.iphone],
    ids=lambda client: client.__name__,
)
def test_nothing_but_the_answer_is_left(client, ours, receive, thread):
    receive(client(ours, WORDS))
    assert [post.body_text.strip() for post in answers(thread)] == [WORDS]


def test_the_same_mail_again_is_no_second_post(ours, receive, thread):
    mail = clients.gmail(ours, WORDS)
    first, again = receive(mail), receive(mail)
    assert first.pk == again.pk
    assert again.copies == 1
    assert len(answers(thread)) == 1


def test_a_mail_without_message_id_is_known_by_what_it_says(ours, receive, thread):
    mail = clients.gmail(ours, WORDS, Message_ID=None)
    assert receive(mail).pk == receive(mail).pk
    assert len(answers(thread)) == 1


def test_a_worker_that_died_after_posting_posts_no_second_time(ours, receive, thread):
    kept = receive(clients.gmail(ours, WORDS))
    InboundMail.objects.update(state=State.WAITING, not_before=timezone.now())
    from notifications.inbound import working

    assert working.work_off(kept.pk)
    assert len(answers(thread)) == 1


def test_it_threads_by_its_address_alone(ours, receive, thread):
    mail = clients.gmail(
        ours, WORDS, In_Reply_To=None, References=None, Message_ID="<x@relay.example>"
    )
    receive(mail)
    (post,) = answers(thread)
    assert post.parent.number == 2


def test_it_threads_by_the_name_a_provider_gave_the_mail(ours, receive, thread, theo):
    Delivery.objects.filter(message_id=ours["Message-ID"]).update(
        provider_id="0100abc-1", message_id="<was@ours.example>"
    )
    services.publish_reply(thread=thread, author=theo, body="<p>And a third.</p>")
    send_mails()
    mail = clients.gmail(
        ours, WORDS, In_Reply_To="<0100abc-1@email.provider.example>", References=None
    )
    receive(mail)
    assert answers(thread)[-1].parent.number == 2


def test_answers_between_the_lines_keep_what_they_answer(ours, receive, thread):
    text, _html = clients.parts_of(ours)
    lines = clients.quoted(text).split("\n")
    at = next(n for n, line in enumerate(lines) if "The college has two" in line)
    between = "\n".join([*lines[: at + 1], "", "I count three.", "", *lines[at + 1 :]])
    receive(clients.answer(ours, f"On Monday, 7 December, Theo wrote:\n{between}\n"))
    (post,) = answers(thread)
    assert post.body_text.split() == ["The", "college", "has", "two.", "I", "count", "three."]
    assert "<blockquote>" in post.body


def test_mentions_hold_and_whoever_is_named_hears_of_it(ours, receive, thread, tia):
    receive(clients.gmail(ours, "Ask @Tia about it."))
    (post,) = answers(thread)
    assert [mention.member for mention in post.mentions.all()] == [tia]
    assert "tia@example.org" in [mail["To"] for mail in send_mails()]


# ------------------------------------------------------------------------ who sent it


def forged(**results):
    return {"Authentication_Results": "; ".join([clients.OUR_SERVER, *results.values()])}


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "stranger@example.org"},
        {"From": "mia@example.org, stranger@example.org"},
        forged(dmarc="dmarc=fail header.from=example.org", dkim="dkim=pass header.d=example.org"),
        forged(spf="spf=fail smtp.mailfrom=mia@example.org", dkim="dkim=none"),
        forged(dkim="dkim=pass header.d=elsewhere.example"),
        forged(dmarc="dmarc=pass header.from=elsewhere.example"),
        forged(comment='dkim=none (dmarc=pass header.from="example.org"; dmarc=pass)'),
        {"Authentication_Results": f"mx.elsewhere.example; {clients.RESULTS}"},
        {"Authentication_Results": None},
    ],
    ids=str,
)
def test_what_is_not_proven_is_a_draft_and_never_a_post(headers, ours, receive, thread, mia):
    kept = receive(clients.gmail(ours, WORDS, **headers))
    assert (kept.state, kept.reason) == (State.HELD, "sender")
    assert answers(thread) == []
    draft = Draft.objects.get()
    assert draft.member == mia
    assert WORDS in draft.body
    assert [entry.kind for entry in Entry.objects.filter(member=mia)] == ["forums.answer_held"]
    (told,) = sent_now()
    assert told.to == ["mia@example.org"]
    assert told.subject == "Please look at your answer: Buses"


def test_only_the_topmost_result_of_our_server_counts(ours, receive, thread):
    failed = f"{clients.OUR_SERVER}; dmarc=fail header.from=example.org"
    data = clients.gmail(ours, WORDS, Authentication_Results=failed).as_bytes()
    forgery = f"Authentication-Results: {clients.PROVEN}\n".encode()
    assert receive(data.replace(b"Subject:", forgery + b"Subject:", 1)).reason == "sender"
    assert answers(thread) == []


def test_what_stands_below_the_mail_s_way_to_us_does_not_count(ours, receive, thread):
    data = clients.gmail(ours, WORDS, Authentication_Results=None).as_bytes()
    below = b"Received: from evil.example by mail.example.org; Mon, 7 Dec 2026 09:59:00 +0000\n"
    below += f"Authentication-Results: {clients.PROVEN}\n".encode()
    assert receive(data.replace(b"From:", below + b"From:", 1)).reason == "sender"
    assert answers(thread) == []


@pytest.mark.parametrize(
    ("verdict", "reason"), [("pass", "posted"), ("fail", "sender"), ("", "sender")]
)
def test_a_provider_s_verdict_counts(verdict, reason, ours, receive):
    mail = clients.gmail(ours, WORDS, Authentication_Results=None)
    assert receive(mail, verdict=verdict).reason == reason


def test_spf_for_the_very_domain_is_enough(ours, receive):
    mail = clients.gmail(ours, WORDS, **forged(spf="spf=pass smtp.mailfrom=mia@example.org"))
    assert receive(mail).reason == "posted"


def test_a_second_address_that_was_verified_is_the_member_s_too(ours, receive, mia):
    from allauth.account.models import EmailAddress

    row = EmailAddress.objects.create(user=mia.user, email="mia@work.example.org", verified=False)
    proof = forged(dmarc="dmarc=pass header.from=work.example.org")
    home = {"From": "Mia <mia@work.example.org>", **proof}
    assert receive(clients.gmail(ours, WORDS, **home)).reason == "sender"
    row.verified = True
    row.save()
    assert receive(clients.gmail(ours, WORDS, **home)).reason == "posted"


# ------------------------------------------------------------------------ who may


def test_whoever_left_posts_nothing_and_is_told_once(ours, receive, thread, mia, fay):
    remove_member(member=mia, by=fay)
    first, second = receive(clients.gmail(ours, WORDS)), receive(clients.gmail(ours, WORDS))
    assert [kept.reason for kept in (first, second)] == ["left", "left"]
    assert answers(thread) == []
    (notice,) = sent_now()
    assert notice.to == ["mia@example.org"]
    assert notice.extra_headers["Auto-Submitted"] == "auto-replied"
    assert "not a member" in notice.body
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        receive(clients.gmail(ours, WORDS))
        assert len(sent_now()) == 1


def test_a_deactivated_account_posts_nothing(ours, receive, thread, mia, cast):
    set_active(user=mia.user, active=False, by=cast.staff)
    assert receive(clients.gmail(ours, WORDS)).reason == "left"
    assert answers(thread) == []


def test_a_closed_discussion_takes_nothing_and_says_so(ours, receive, thread, fay):
    services.close_thread(thread=thread, by=fay)
    kept = receive(clients.gmail(ours, WORDS))
    assert (kept.state, kept.reason) == (State.REFUSED, "not-allowed")
    (notice,) = sent_now()
    assert "closed" in notice.body


def test_what_one_may_not_see_any_more_is_not_named(ours, receive, thread, spaces_of, mia):
    services.move_thread(thread=thread, space=spaces_of["facilitators"], by=spaces_of["fay"])
    assert receive(clients.gmail(ours, WORDS)).reason == "not-allowed"
    (notice,) = sent_now()
    assert "cannot see it" in notice.body
    assert "Facilitators" not in notice.body


@pytest.fixture
def spaces_of(commons, cast):
    from forums.models import Space

    return {space.slug: space for space in Space.objects.filter(cohort=cast.cohort)} | {
        "fay": cast.fay
    }


def test_an_observer_s_mail_cannot_be_answered(thread, obi, theo):
    from forums.models import Follow

    Follow.objects.create(member=obi, thread=thread)
    services.publish_reply(thread=thread, author=theo, body="<p>Hear this.</p>")
    mails = {mail["To"]: mail for mail in send_mails()}
    assert "Write above this line" in clients.parts_of(mails["mia@example.org"])[0]
    assert "obi@example.org" not in mails or mails["obi@example.org"]["Reply-To"] is None


def test_an_observer_with_an_address_posts_nothing(ours, receive, thread, mia):
    mia.role, mia.team = "observer", None
    mia.save()
    assert receive(clients.gmail(ours, WORDS)).reason == "not-allowed"
    assert answers(thread) == []


# ------------------------------------------------------------------------ addresses


def token_of(mail):
    return re.match(r"reply\+([0-9a-f]{32})@reply\.example\.org$", mail["Reply-To"])[1]


def test_the_address_stays_the_same_in_every_mail_about_a_thing(ours, thread, theo):
    services.publish_reply(thread=thread, author=theo, body="<p>Once more.</p>")
    (later,) = [mail for mail in send_mails() if mail["To"] == "mia@example.org"]
    assert token_of(later) == token_of(ours)


def test_the_database_tells_no_token(ours):
    row = ReplyAddress.objects.get()
    kept = " ".join(str(value) for value in vars(row).values())
    assert token_of(ours) not in kept
    assert row.digest != token_of(ours)


def test_a_token_is_good_while_its_key_is_ours(ours, receive, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert receive(clients.gmail(ours, WORDS)).reason == "posted"
    settings.SECRET_KEY_FALLBACKS = []
    assert receive(clients.gmail(ours, WORDS)).reason == "ended"


def test_a_token_ends_90_days_after_the_last_mail(ours, receive):
    with time_machine.travel(timezone.now() + timedelta(days=89)):
        assert receive(clients.gmail(ours, WORDS)).reason == "posted"
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert receive(clients.gmail(ours, WORDS)).reason == "ended"


def test_whoever_came_back_needs_a_new_mail(ours, receive, mia, fay):
    from cohort.services.people import restore_member

    remove_member(member=mia, by=fay)
    restore_member(member=mia, by=fay)
    assert receive(clients.gmail(ours, WORDS)).reason == "ended"


def test_revoked_by_hand(ours, receive, mia, thread, theo):
    assert reply_addresses.revoke_all(member=mia, by=mia) == 1
    assert receive(clients.gmail(ours, WORDS)).reason == "ended"
    services.publish_reply(thread=thread, author=theo, body="<p>Once more.</p>")
    (later,) = [mail for mail in send_mails() if mail["Reply-To"]]
    assert token_of(later) != token_of(ours)
    assert receive(clients.gmail(later, WORDS)).reason == "posted"


def test_somebody_else_s_token_posts_as_nobody(ours, receive, thread, tia):
    kept = receive(clients.gmail(ours, WORDS, From="tia@example.org"))
    assert kept.reason == "sender"
    assert answers(thread) == []


@pytest.mark.parametrize("members", [1, 3])
def test_addresses_of_a_batch_cost_the_same(members, cast, thread, django_assert_num_queries):
    people = [cast.mia, cast.theo, cast.tia][:members]
    places = {(person.pk, "forums.thread", thread.pk) for person in people}
    with django_assert_num_queries(4):
        first = reply_addresses.addresses_of(places)
    with django_assert_num_queries(1):
        assert reply_addresses.addresses_of(places) == first
    assert len(set(first.values())) == members


def test_a_separator_for_providers_without_plus(thread, mia, settings):
    settings.REPLY_SEPARATOR = "-"
    place = (mia.pk, "forums.thread", thread.pk)
    assert reply_addresses.addresses_of({place})[place].startswith("reply-")


def test_without_a_reply_domain_mails_say_how_to_answer(thread, theo, settings):
    settings.REPLY_DOMAIN = ""
    services.publish_reply(thread=thread, author=theo, body="<p>The college has two.</p>")
    (mail,) = [mail for mail in send_mails() if mail["To"] == "mia@example.org"]
    text, html = clients.parts_of(mail)
    assert mail["Reply-To"] is None
    assert "mailto" not in mail["List-Unsubscribe"]
    assert "nobody reads replies to this mail" in text
    assert "Write above" not in text + html


# ------------------------------------------------------------------------ limits


def test_the_eleventh_answer_of_an_hour_waits_as_a_draft(ours, receive, thread):
    reasons = [receive(clients.gmail(ours, f"Answer {n}.")).reason for n in range(11)]
    assert reasons == ["posted"] * 10 + ["often"]
    assert len(answers(thread)) == 10


def test_unproven_mails_fill_no_more_than_ten_drafts(ours, receive):
    stranger = {"From": "stranger@example.org"}
    reasons = [receive(clients.gmail(ours, f"Nr {n}.", **stranger)).reason for n in range(11)]
    assert reasons == ["sender"] * 10 + ["flood"]


def test_post_removed_meanwhile(ours, receive, thread):
    services.remove_post(post=Post.objects.get(thread=thread, number=2))
    kept = receive(clients.gmail(ours, WORDS))
    assert (kept.state, kept.reason) == (State.HELD, "changed")
    assert Draft.objects.get().fields["parent"] == "1"
