"""Whose words they are: members by their address, strangers by their name alone."""

import pytest
from allauth.account.models import EmailAddress

from forums.models import Post
from tests.forums.mail_archive import mail


@pytest.mark.parametrize(
    "sender",
    [
        "Mia <mia@example.org>",
        "MIA@Example.ORG",
        "mia at example.org (Mia)",
        "=?utf-8?q?M=C3=ADa?= <mia@example.org>",
    ],
)
def test_authors_are_matched_by_address(bring, mia, sender):
    bring(mail(sender=sender))

    post = Post.objects.get()
    assert (post.author, post.author_name) == (mia, "")


def test_members_who_left_and_second_addresses_are_matched(bring, gone, theo):
    for address, verified in (("t@home.example.org", True), ("tt@home.example.org", False)):
        EmailAddress.objects.create(user=theo.user, email=address, verified=verified)
    bring(
        mail("1", sender="Gone <gone@example.org>"),
        mail("2", sender="T <t@home.example.org>", minutes=1, subject="B"),
        mail("3", sender="T <tt@home.example.org>", minutes=2, subject="C"),
    )

    authors = Post.objects.order_by("created_at").values_list("author", flat=True)
    assert list(authors) == [gone.pk, theo.pk, None]


def test_people_of_another_cohort_are_strangers_here(bring, olga):
    bring(mail(sender="Olga <olga@example.org>"))

    assert Post.objects.get().author is None


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("Pat Stranger <pat@far.example.org>", "Pat Stranger"),
        ('"Stranger, Pat" <pat@far.example.org>', "Stranger, Pat"),
        ("=?iso-8859-1?Q?Bj=F6rn?= <b@far.example.org>", "Björn"),
        ("pat@far.example.org", "Somebody on the list"),
        ('"pat@far.example.org" <pat@far.example.org>', "Somebody on the list"),
        ("Pat (pat@far.example.org) <pat@far.example.org>", "Pat"),
        ("pat at far.example.org (Pat S)", "Pat S"),
        ("pat at far.example.org", "Somebody on the list"),
        ("", "Somebody on the list"),
        ("<><>,,;:", "Somebody on the list"),
    ],
)
def test_strangers_keep_their_name_and_never_their_address(bring, sender, name):
    said = bring(mail(sender=sender))

    post = Post.objects.get()
    assert (post.author, post.author_name) == (None, name)
    assert "far.example.org" not in f"{said}{list(Post.objects.values())}"


@pytest.mark.parametrize(
    "fields",
    [
        {"X_Original_From": "Mia <mia@example.org>"},
        {"X_Original_Sender": "mia@example.org"},
        {"Reply_To": "Mia <mia@example.org>, bus@lists.example.org"},
        {"Reply_To": "bus@lists.example.org, Mia <mia@example.org>"},
    ],
)
def test_whom_the_list_hid_is_found(bring, mia, fields):
    bring(mail(sender="'Mia' via Bus list <bus@lists.example.org>", **fields))

    assert Post.objects.get().author == mia


def test_via_a_list_without_a_trace_leaves_the_name(bring):
    bring(
        mail(
            sender="Pat via Bus <bus@lists.example.org>",
            Reply_To="bus-owner@lists.example.org",
            List_Post="<mailto:bus-owner@lists.example.org>",
        )
    )

    assert Post.objects.get().author_name == "Pat"
