"""Who will be there, and asking those who have not said."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohort.models import AuditEntry
from notifications.models import Delivery
from notifications.registry import Skip
from sessions.asking_mail import compose
from sessions.models import RSVP
from sessions.queries import expected, place_in_line, session_pages, who_comes
from sessions.services.answers import answer, take_back
from sessions.services.asking import TooSoon, ask_again
from tests.factories import SessionFactory


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort, capacity=1)


def table(groups):
    return [
        (group.name, group.yes, group.waiting, [str(one) for one in group.silent],
         group.is_empty, group.is_thin)
        for group in groups
    ]  # fmt: skip


def test_teams_and_organizations_that_will_be_thin(session, cast):
    answer(session=session, member=cast.mia, answer="yes")
    answer(session=session, member=cast.fay, answer="no", note="Away")

    found = expected(session)

    assert table(found.teams) == [
        ("Harbor", 1, 0, ["Theo"], False, True),
        ("River", 0, 0, ["Tia"], True, True),
    ]
    assert table(found.organizations) == [("Harbor Schools", 1, 0, ["Theo"], False, True)]
    assert [rsvp.note for rsvp in found.notes] == ["Away"]


def test_who_waits_is_not_counted_as_coming(session, cast):
    for member in (cast.mia, cast.theo, cast.tia):
        answer(session=session, member=member, answer="yes")

    assert table(expected(session).teams) == [
        ("Harbor", 1, 1, [], False, True),
        ("River", 0, 1, [], True, True),
    ]
    waiting = session.rsvps.exclude(waitlisted_at=None).order_by("waitlisted_at")
    assert [(r.member, place_in_line(session, r)) for r in waiting] == [
        (cast.theo, 1),
        (cast.tia, 2),
    ]


def test_members_see_who_comes_and_not_who_is_missing(browse, session, mia, theo, tia):
    answer(session=session, member=theo, answer="yes")

    page = browse(mia).get(reverse("sessions:answer_list", args=["spring", session.pk]))

    assert [str(rsvp.member) for rsvp in page.context["going"]] == ["Theo"]
    assert not re.search(r"\bTia\b", page.content.decode())
    assert "Thin so far" not in page.content.decode()


def test_an_answer_taken_back_frees_the_seat(session, mia, theo):
    answer(session=session, member=mia, answer="yes", note="Late")
    answer(session=session, member=theo, answer="yes")

    take_back(session=session, member=mia)

    assert [(r.member, r.has_seat) for r in session.rsvps.all()] == [(theo, True)]
    counts = who_comes(session_pages(mia).get(pk=session.pk))
    assert (counts.yes, counts.maybe, counts.waiting) == (1, 0, 0)


def test_an_answer_is_taken_back_from_the_page(browse, session, mia):
    there = reverse("sessions:rsvp_answer", args=["spring", session.pk])
    browse(mia).post(there, {"answer": "maybe"})

    browse(mia).post(there, {"answer": "none"})

    assert not RSVP.objects.exists()


def test_those_who_have_not_answered_are_asked_once_a_day(session, cast, fay):
    answer(session=session, member=cast.mia, answer="no")

    assert ask_again(session=session, by=fay) == 3
    with pytest.raises(TooSoon):
        ask_again(session=session, by=fay)

    asked = Delivery.objects.filter(kind="sessions.ask")
    assert {str(delivery.recipient) for delivery in asked} == {"Fay", "Theo", "Tia"}
    entry = AuditEntry.objects.get(action="session.asked_again")
    assert (entry.actor_name, entry.subject, entry.details) == (
        "Fay",
        session.title,
        {"people": 3},
    )
    session.refresh_from_db()
    session.asked_again_at = timezone.now() - timedelta(hours=25)
    session.save()
    assert ask_again(session=session, by=fay) == 3


def test_the_question_is_put_off_by_an_answer_and_by_calling_off(session, cast, fay):
    ask_again(session=session, by=fay)
    deliveries = list(Delivery.objects.select_related("recipient__user", "recipient__cohort"))
    answer(session=session, member=cast.theo, answer="yes")

    outcomes = {str(d.recipient): outcome for d, outcome in compose(deliveries)}
    assert outcomes["Theo"] == Skip("answered-meanwhile")
    assert outcomes["Tia"].subject == f"Will you come? {session.title}"
    assert session.get_absolute_url() in outcomes["Tia"].text

    session.status = "cancelled"
    session.save()
    assert {outcome for _delivery, outcome in compose(deliveries)} == {
        Skip("session-takes-no-answers")
    }
