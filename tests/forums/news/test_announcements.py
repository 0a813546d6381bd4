"""Announcements reach everybody at once, and whoever helped is told so."""

import pytest
from django.utils import timezone

from cohort.models import Membership
from forums import notices, services
from forums.models import Level, Thread
from forums.services import following
from notifications import sending
from notifications import services as mail_choices
from notifications.models import Delivery, Suppression
from tests.forums.news import arrived, later, reply, settle


@pytest.fixture
def news(commons, fay, themes):
    return services.start_thread(
        space=commons, author=fay, title="Doors open at nine", body="Bring a friend.",
        themes=[themes["drivers"]], kind=Thread.Kind.ANNOUNCEMENT,
    )  # fmt: skip


def test_an_announcement_counts_its_audience_and_reaches_it(sink, news, cast):
    Membership.objects.filter(pk=cast.tia.pk).update(norms_agreed_version=0)
    mail_choices.switch_off(member=cast.theo, topic=notices.ANNOUNCEMENTS_TOPIC)
    Suppression.objects.create(address=cast.obi.user.email)

    audience = notices.announcement_audience(news)
    assert (audience.mailed, sum(audience.left_out.values()), audience.readers) == (1, 3, 4)
    assert notices.announce(news) == 4
    sending.send_due()
    assert list(arrived(sink)) == ["mia@example.org"]
    message = arrived(sink)["mia@example.org"]
    assert (message["Subject"], message["From"].split(" via ")[0]) == ("Doors open at nine", "Fay")
    notices.announce(news)
    assert sending.send_due() == {}
    # Nor is it told once more to those who follow its theme.
    assert later(minutes=11) == 0


def test_an_announcement_spares_those_who_keep_its_space_quiet(sink, news, cast):
    following.follow(member=cast.mia, subject=news.space, level=Level.QUIET)
    assert notices.announcement_audience(news).left_out == {"Keeps this quiet": 1}
    notices.announce(news)
    sending.send_due()
    assert "mia@example.org" not in arrived(sink)


def test_whoever_helped_hears_of_it_unless_it_is_taken_back(sink, commons, cast, themes):
    question = services.start_thread(
        space=commons, author=cast.mia, title="How?", body="?", themes=[themes["drivers"]],
        kind=Thread.Kind.QUESTION,
    )  # fmt: skip
    helpful, other = reply(question, cast.theo, "So."), reply(question, cast.tia, "Or so.")
    settle()
    services.mark_answer(thread=question, post=other, by=cast.mia)
    services.mark_answer(thread=question, post=helpful, by=cast.mia)
    Delivery.objects.update(not_before=timezone.now())
    assert sending.send_due() == {"sent": 1, "skipped": 1}
    assert arrived(sink)["theo@example.org"]["Subject"] == "Your reply helped: How?"
