"""Links that died, at a real server on this machine."""

from datetime import UTC, datetime, timedelta
from functools import partial
from unittest import mock

import pytest
import time_machine
from django.urls import reverse

from cohort.public_web import Status, check
from notifications.models import Delivery, Entry
from notifications.sending import send_due
from resources import links, services
from resources.links.checking import ROUND
from resources.models import LinkCheck, Resource

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 10, tzinfo=UTC)
HERE = partial(check, loopback=True)
GONE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def look():
    """Look at what is due on so many days after Monday."""

    def looked(days: float = 0, look=HERE) -> int:
        with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
            return links.check_due(look)

    return looked


@pytest.fixture
def link(cast, add):
    def added(url: str, member=None, **said) -> Resource:
        with time_machine.travel(MONDAY, tick=False):
            return add(member or cast.mia, url=url, title="A guide", kind="article", **said)

    return added


def state(resource: Resource) -> tuple[bool, bool]:
    """Whether it fails, and whether it is dead."""
    check = LinkCheck.objects.get(resource=resource)
    return check.failing_since is not None, check.is_dead


def test_two_failures_on_different_days_are_told_once_and_cleared_when_it_answers(
    cast, link, look, site
):
    site.say(GONE)
    resource = link(site.url)
    seen = [(look(day), state(resource), Delivery.objects.count()) for day in (0, 0.2, 1, 2, 8, 9)]

    assert seen == [
        (1, (True, False), 0),
        (0, (True, False), 0),
        (1, (True, True), 1),
        (0, (True, True), 1),
        (1, (True, True), 1),
        (0, (True, True), 1),
    ]
    assert LinkCheck.objects.get().failing_since == MONDAY
    assert Delivery.objects.get().recipient == cast.mia

    site.say(FINE)
    assert (look(15), state(resource)) == (1, (False, False))


def test_one_bad_day_says_nothing(link, look, site):
    site.say(GONE, FINE)
    resource = link(site.url)
    assert [(look(day), state(resource)) for day in (0, 1, 2, 8)] == [
        (1, (True, False)), (1, (False, False)), (0, (False, False)), (1, (False, False)),
    ]  # fmt: skip
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 999 No Robots\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_who_speaks_to_no_programs_is_not_dead(link, look, site, answer):
    site.say(answer)
    resource = link(site.url)
    assert [(look(day), state(resource)) for day in (0, 7)] == [(1, (False, False))] * 2


def test_what_is_not_on_the_public_web_is_not_asked(link, look, site):
    resource = link(site.url)
    assert (look(look=check), state(resource), site.asked) == (1, (False, False), [])


def test_one_of_each_site_in_a_round(link, look):
    asked = []

    def note(url):
        asked.append(url)
        return Status.FINE

    for number in range(3):
        link(f"https://one.example.org/{number}")
    link("https://two.example.org/")
    assert [look(0, note) for _ in range(4)] == [2, 1, 1, 0]
    assert sorted(asked) == [
        "https://one.example.org/0", "https://one.example.org/1", "https://one.example.org/2",
        "https://two.example.org/",
    ]  # fmt: skip


def test_a_round_has_an_end(link, look):
    for number in range(ROUND + 1):
        link(f"https://{number}.example.org/")
    assert [look(0, lambda _url: Status.FINE) for _ in range(3)] == [ROUND, 1, 0]


def test_our_own_line_being_down_says_nothing_of_others(link, look):
    resources = [link(f"https://{number}.example.org/") for number in range(3)]

    def away(_url):
        return Status.AWAY

    assert [look(day, away) for day in (0, 1, 2)] == [0, 0, 0]
    assert [state(resource) for resource in resources] == [(False, False)] * 3


def test_another_link_begins_anew(cast, link, look, site):
    site.say(GONE)
    resource = link(site.url)
    look(0), look(1)
    assert LinkCheck.objects.dead().get().resource == resource

    Resource.objects.filter(pk=resource.pk).update(url=f"{site.url}moved")
    assert not LinkCheck.objects.dead().exists()
    site.say(FINE)
    assert (look(2), state(resource)) == (1, (False, False))


def test_a_link_that_is_changed_while_it_is_looked_at_keeps_its_new_start(link, look, site):
    resource = link(site.url)

    def meanwhile(_url):
        Resource.objects.filter(pk=resource.pk).update(url="https://example.org/new")
        return Status.GONE

    # In the same thread, as the test's transaction is its own.
    with mock.patch("resources.links.checking.ThreadPoolExecutor") as pool:
        pool.return_value.__enter__.return_value.map = map
        look(0, meanwhile)
    assert LinkCheck.objects.get().failing_since is None


def test_files_and_archived_cohorts_are_left_alone(cast, add, link, look, site):
    add(cast.mia)
    link(site.url)
    cast.cohort.archived_at = MONDAY
    cast.cohort.save()
    assert (look(0), LinkCheck.objects.count(), site.asked) == (0, 1, [])


def test_the_mail_says_what_and_since_when_and_is_left_out_when_it_answers_again(
    cast, link, look, site, mailoutbox
):
    site.say(GONE)
    resource = link(site.url)
    look(0), look(1)
    with time_machine.travel(MONDAY + timedelta(days=1, minutes=1), tick=False):
        send_due()
        (mail,) = mailoutbox
    assert mail.subject == "A link of yours does not answer: A guide"
    assert mail.to == ["mia@example.org"]
    assert "has not given this page since" in mail.body
    assert resource.get_absolute_url() in mail.body


def test_no_mail_goes_when_it_was_mended_before(cast, link, look, site, mailoutbox):
    site.say(GONE)
    resource = link(site.url)
    look(0), look(1)
    services.edit_resource(
        resource=resource, editor=cast.mia, title="A guide", kind="article", themes=[],
        url="https://example.org/",
    )  # fmt: skip
    with time_machine.travel(MONDAY + timedelta(days=1, minutes=1), tick=False):
        send_due()
    assert (mailoutbox, Delivery.objects.get().reason) == ([], "link-came-back")


def test_the_bell_says_so_to_its_owner_while_it_is_dead(browse, cast, link, look, site):
    site.say(GONE)
    link(site.url)
    look(0), look(1)
    bell = reverse("notifications:bell_list", args=[cast.cohort.slug])

    assert [entry.member for entry in Entry.objects.all()] == [cast.mia]
    assert "A link of yours does not answer" in browse(cast.mia).get(bell).content.decode()
    site.say(FINE)
    look(8)
    assert "A link of yours does not answer" not in browse(cast.mia).get(bell).content.decode()


def test_its_page_tells_whoever_can_mend_it_and_nobody_else(browse, cast, link, look, site):
    site.say(GONE)
    resource = link(site.url)
    look(0), look(1)
    told = {
        name: "has not answered since" in browse(getattr(cast, name)).get(
            resource.get_absolute_url()
        ).content.decode()
        for name in ("mia", "fay", "theo", "obi")
    }  # fmt: skip
    assert told == {"mia": True, "fay": True, "theo": False, "obi": False}


def test_facilitators_have_a_list(browse, cast, link, look, site):
    site.say(GONE)
    page = reverse("facilitation:link_list", args=[cast.cohort.slug])
    fay = browse(cast.fay)
    assert "Every link answers" in fay.get(page).content.decode()
    link(f"{site.url}one")
    look(0), look(1)

    shown = fay.get(page).content.decode()

    assert ("A guide" in shown, "Mia" in shown, f"{site.url}one" in shown) == (True, True, True)
