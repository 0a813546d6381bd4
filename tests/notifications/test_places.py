"""Whoever gets another role or team hears of it, once and as it is when it goes out."""

import pytest

from cohort.models import Role
from cohort.services.people import change_place
from notifications import bell, places, reasons, registry
from notifications.composing import compose
from notifications.models import Delivery, Entry
from notifications.registry import Mail, Skip


@pytest.fixture(autouse=True)
def _alone(no_worker):
    """The test itself is the worker."""


def place(member, by, role, team=None):
    return change_place(member=member, role=role, team=team, organization=None, by=by)


def line_of(member):
    entry = bell.entries_of(member).select_related("member__user", "member__cohort").get()
    line = bell.lines_of([entry])[entry.pk]
    return line.title, line.detail


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.TEAM_LEAD, "You lead River now"),
        (Role.MEMBER, "You are in the team River now"),
        (Role.FACILITATOR, "You facilitate Spring now"),
        (Role.OBSERVER, "You observe Spring now"),
    ],
)
def test_another_place_is_told_by_mail_and_in_the_bell(cast, mia, fay, role, words):
    place(mia, fay, role, cast.other_team)
    [(_delivery, mail)] = compose(Delivery.objects.select_related("recipient__user", "cohort"))
    assert isinstance(mail, Mail)
    assert (mail.subject, line_of(mia)[0]) == (words, words)
    assert words in mail.text
    assert words in mail.html


def test_another_organization_alone_is_no_news(cast, mia, fay):
    change_place(member=mia, role=mia.role, team=mia.team, organization=None, by=fay)
    assert not Delivery.objects.exists()
    assert not Entry.objects.exists()


def test_of_two_changes_the_later_is_mailed(cast, mia, fay):
    place(mia, fay, Role.OBSERVER)
    place(mia, fay, Role.MEMBER)
    outcomes = [outcome for _delivery, outcome in compose(Delivery.objects.order_by("pk"))]
    assert outcomes[0] == Skip(places.CHANGED_SINCE)
    assert outcomes[1].subject == "You are a member of Spring now"
    assert reasons.words(places.CHANGED_SINCE) == "Their place was changed again since"
    assert Entry.objects.count() == 1
    assert line_of(mia)[0] == "You are a member of Spring now"


def test_a_lead_without_a_team_is_a_member(mia, fay):
    mia.role, mia.team = Role.TEAM_LEAD, None
    assert places.words_of(mia)[0] == "You are a member of Spring now"


def test_it_cannot_be_switched_off():
    assert registry.kinds[places.KIND].topic is None
