from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import addresses, outages
from notifications.edition import KIND as EDITION
from notifications.models import Allowance, Delivery, Suppression
from tests.factories import InvitationFactory, MembershipFactory

MAIL = "/c/spring/console/deliveries/"


def delivery(member, state="failed", kind="sessions.seat", **fields) -> Delivery:
    return Delivery.objects.create(
        kind=kind,
        dedupe_key=f"test:{Delivery.objects.count()}",
        cohort=member.cohort,
        recipient=member,
        state=state,
        **fields,
    )


def test_the_log_says_in_words_why_something_was_not_sent(browse, cast):
    delivery(cast.mia, "skipped", reason="switched-off")
    delivery(cast.theo, "failed", reason="expired: 451 Busy")
    delivery(cast.tia, "skipped", reason="quiet", kind="forums.reply")
    page = browse(cast.fay).get(MAIL).content.decode()
    for words in (
        "Switched this mail off",
        "The mail server did not take it in time (451 Busy)",
        "Keeps this quiet",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=mi", {"mia"}),
        ("q=river%20seat", {"theo"}),
        ("state=skipped", {"mia"}),
        ("way=push", {"tia"}),
        ("kind=forums.reply", {"tia"}),
        ("state=nonsense", {"mia", "theo", "tia"}),
    ],
)
def test_the_log_can_be_searched(browse, cast, query, found):
    delivery(cast.mia, "skipped", reason="quiet")
    delivery(cast.theo, subject="A seat in River")
    delivery(cast.tia, way="push", kind="forums.reply")
    delivery(cast.olga)
    page = browse(cast.fay).get(f"{MAIL}?{query}").context["page"]
    assert {row.recipient.user.name.lower() for row in page} == found


def test_a_mail_is_read_with_all_that_became_of_it(browse, cast):
    row = delivery(
        cast.mia, reason="550 5.7.1 Policy", attempts=3, provider_id="4F1BC2", subject="A seat"
    )
    page = browse(cast.fay).get(f"{MAIL}{row.pk}/").content.decode()
    for words in ("550 5.7.1 Policy", "4F1BC2", "A seat", "mia@example.org", "Try again"):
        assert words in page


def test_one_or_all_that_failed_are_tried_again_once(browse, cast):
    client, mine = browse(cast.fay), delivery(cast.mia)
    others = [delivery(cast.theo), delivery(cast.tia)]
    elsewhere, uncertain = delivery(cast.olga), delivery(cast.mia, "uncertain")
    client.post(f"{MAIL}{mine.pk}/retry/")
    client.post(f"{MAIL}retry/")
    client.post(f"{MAIL}retry/")
    state = dict(Delivery.objects.values_list("pk", "state"))
    assert [state[row.pk] for row in (mine, *others)] == ["pending"] * 3
    assert (state[elsewhere.pk], state[uncertain.pk]) == ("failed", "uncertain")


def test_only_what_was_filtered_is_tried_again(browse, cast):
    mine, other = delivery(cast.mia), delivery(cast.theo)
    browse(cast.fay).post(f"{MAIL}retry/", {"q": "mia"})
    state = dict(Delivery.objects.values_list("pk", "state"))
    assert (state[mine.pk], state[other.pk]) == ("pending", "failed")


def test_the_last_edition_is_counted(browse, cast):
    week_ago = timezone.now() - timedelta(days=7)
    old = delivery(cast.mia, "sent", EDITION)
    Delivery.objects.filter(pk=old.pk).update(created_at=week_ago)
    for member, state in ((cast.mia, "sent"), (cast.theo, "skipped"), (cast.tia, "failed")):
        delivery(member, state, EDITION, settled_at=timezone.now())
    edition = browse(cast.fay).get(MAIL).context["edition"]
    assert (edition.sent, edition.skipped, edition.failed, edition.waiting) == (1, 1, 1, 0)


def test_whose_address_gets_no_mail_is_shown_wherever_one_looks_for_them(browse, cast):
    client = browse(cast.fay)
    addresses.note_bounce("mia@example.org", "complaint", "abuse")
    InvitationFactory(cohort=cast.cohort, email="jo@example.org")
    addresses.note_bounce("jo@example.org", "complaint", "abuse")
    words = "marked our mail as spam"
    assert client.get(MAIL).content.decode().count(words) == 1
    assert client.get("/c/spring/console/roster/").content.decode().count(words) == 2


def test_an_address_is_tried_again(browse, cast):
    addresses.note_bounce("mia@example.org", "complaint", "abuse")
    trial = "/c/spring/console/addresses/trial/"
    back = browse(cast.fay).post(trial, {"address": "MIA@example.org", "next": "/c/spring/"})
    assert (back["Location"], Suppression.objects.count()) == ("/c/spring/", 0)


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_nobody_is_led_elsewhere(browse, cast, there):
    trial = "/c/spring/console/addresses/trial/"
    back = browse(cast.fay).post(trial, {"address": "mia@example.org", "next": there})
    assert back["Location"] == MAIL


def test_addresses_of_others_are_none_of_ones_business(browse, cast):
    addresses.note_bounce("olga@example.org", "complaint", "abuse")
    browse(cast.fay).post("/c/spring/console/addresses/trial/", {"address": "olga@example.org"})
    assert Suppression.objects.count() == 1


def test_the_page_says_that_the_server_is_away_and_the_day_used_up(browse, cast, settings):
    settings.MAIL_PER_DAY = 5
    outages.note_down("refused")
    Allowance.objects.create(pk=outages.server(), day=timezone.now().date(), taken=5)
    page = browse(cast.fay).get(MAIL).content.decode()
    assert "Used up" in page
    assert "stopped answering" in page


def test_the_page_asks_as_much_for_three_mails_as_for_one(browse, cast):
    client = browse(cast.fay)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(MAIL)
        return len(asked)

    delivery(cast.mia)
    addresses.note_bounce("mia@example.org", "complaint", "")
    questions()
    once = questions()
    for member in (cast.theo, MembershipFactory(cohort=cast.cohort)):
        delivery(member)
        addresses.note_bounce(member.user.email, "complaint", "")
    assert questions() == once
