"""Who hears of a session that is closed out."""

import pytest

from cohort.models import Audience
from notifications import bell, registry
from notifications.models import Choices, Delivery, Entry
from sessions.notices import CATCH_UP, FEEDBACK
from sessions.services import closing
from sessions.services.attendance import mark_attendance
from sessions.services.feedback import give_feedback
from tests.factories import MembershipFactory, ResourceFactory
from tests.sessions.afterwards import compose


def test_what_goes_out_is_looked_at_again(closed, cast):
    assert compose(FEEDBACK) == {
        "Mia": "Two questions about “Trust”",
        "Theo": "Two questions about “Trust”",
    }
    assert compose(CATCH_UP) == {"Tia": "What you missed: Trust"}

    give_feedback(session=closed, member=cast.mia, score=5, words="")
    mark_attendance(session=closed, members=[cast.theo], mark="absent", by=cast.fay)
    mark_attendance(session=closed, members=[cast.tia], mark="attended", by=cast.fay)

    assert compose(FEEDBACK) == {"Mia": "not: feedback-given", "Theo": "not: was-not-there"}
    assert compose(CATCH_UP) == {"Tia": "not: was-there"}

    closed.status = "cancelled"
    closed.save()
    assert set(compose(FEEDBACK).values()) == {"not: gone"}


def test_a_mail_of_a_closed_space_holds_nothing_back_and_nothing_more(closed, cast):
    closed.resources.add(
        ResourceFactory(cohort=cast.cohort, title="For all"),
        ResourceFactory(
            cohort=cast.cohort, title="Harbor only", audience=Audience.TEAM, team=cast.team
        ),
    )
    delivery = Delivery.objects.select_related(
        "cohort", "recipient__user", "recipient__cohort"
    ).get(kind=CATCH_UP)

    [(_delivery, mail)] = registry.kinds[CATCH_UP].compose([delivery])

    for part in (mail.text, mail.html):
        assert "Leave your door open." in part
        assert "For all" in part
        assert "Harbor only" not in part
        assert "video.example.org" not in part  # it is watched from the session's page


@pytest.mark.parametrize("count", [1, 3])
def test_mails_cost_the_same_for_any_number(session, cast, count, django_assert_num_queries):
    people = [MembershipFactory(cohort=cast.cohort, team=cast.team) for _n in range(count)]
    mark_attendance(session=session, members=people, mark="attended", by=cast.fay)
    closing.finish(session=session, by=cast.fay)
    deliveries = list(
        Delivery.objects.filter(kind=FEEDBACK).select_related(
            "cohort", "recipient__user", "recipient__cohort"
        )
    )
    assert len(deliveries) == count

    with django_assert_num_queries(5):
        list(registry.kinds[FEEDBACK].compose(deliveries))


def test_the_bell_says_it_while_it_is_so(closed, cast):
    def lines(member):
        entries = Entry.objects.filter(member=member)
        entries = entries.select_related("member__user", "member__cohort", "member__team")
        return [line.title for line in bell.lines_of(list(entries)).values()]

    assert lines(cast.mia) == ["How was “Trust”?"]
    assert lines(cast.tia) == ["What you missed: Trust"]

    give_feedback(session=closed, member=cast.mia, score=5, words="")
    closed.audience, closed.team = Audience.TEAM, cast.team
    closed.save()

    assert lines(cast.mia) == []
    assert lines(cast.tia) == []


def test_reading_the_page_reads_what_the_bell_said(browse, closed, cast):
    assert bell.unread_count(cast.tia) == 1

    browse(cast.tia).get(closed.get_absolute_url())

    assert bell.unread_count(cast.tia) == 0


def test_wishes_are_respected(session, cast):
    Choices.objects.update_or_create(
        member=cast.tia, defaults={"switched": ["catch-up:bell", "catch-up:mail"]}
    )

    closing.finish(session=session, by=cast.fay)

    assert not Entry.objects.filter(member=cast.tia).exists()
    assert Entry.objects.filter(member=cast.theo).exists()
