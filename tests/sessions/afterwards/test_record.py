"""What stays of a session, and what its page costs."""

import re

from django.urls import reverse
from django.utils import timezone

from cohort.models import Audience
from sessions.models import (
    ChatMessage,
)
from tests.factories import SessionFactory
from tests.sessions.afterwards import url
from tests.sessions.test_views import say


def test_the_transcript_is_searched(browse, session, cast):
    say(session, cast.mia, 1, "The apprenticeships begin in May")
    say(session, cast.theo, 2, "Lunch?")
    say(session, cast.tia, 3, "An apprenticeship needs a mentor")
    ChatMessage.objects.filter(seq=3).update(removed_at=timezone.now())

    page = browse(cast.mia).get(url("transcript", session), {"q": "apprenticeship"})

    assert [line.seq for line in page.context["found"]] == [1]
    words = page.content.decode()
    assert "<mark>apprenticeships</mark>" in words
    assert "mentor" not in words
    assert f'href="{url("transcript", session)}?before=101#line-1"' in words
    nothing = browse(cast.mia).get(url("transcript", session), {"q": "zebra"})
    assert nothing.context["found"] == []


def test_lines_are_found_by_the_search_of_everything_by_those_who_may(browse, session, cast):
    team = SessionFactory(cohort=cast.cohort, audience=Audience.TEAM, team=cast.team)
    say(session, cast.mia, 1, "Zebra crossing")
    say(team, cast.mia, 1, "Zebra in private")
    gone = say(session, cast.mia, 2, "Zebra unkind")
    ChatMessage.objects.filter(pk=gone.pk).update(removed_at=timezone.now())

    def found(person):
        page = browse(person).get(reverse("home:search", args=["spring"]), {"q": "zebra"})
        tab = next(tab for tab in page.context["found"].tabs if tab.name == "rooms")
        return sorted(re.sub(r"<.*?>", "", hit.passage) for hit in tab.hits)

    assert found(cast.mia) == ["Zebra crossing …", "Zebra in private …"]
    assert found(cast.tia) == found(cast.obi) == ["Zebra crossing …"]


def test_the_record_is_one_file_without_what_was_removed(browse, closed, cast):
    say(closed, cast.mia, 1, "Hello & <b>welcome</b>")
    say(closed, cast.mia, 2, "Unkind words")
    ChatMessage.objects.filter(seq=2).update(removed_at=timezone.now())

    def file(person):
        response = browse(person).get(url("record_export", closed))
        assert response["Content-Disposition"] == 'attachment; filename="trust.html"'
        return response.content.decode()

    for person in (cast.tia, cast.obi, cast.fay):
        words = file(person)
        assert "Hello &amp; &lt;b&gt;welcome" in words
        assert "Leave your door open." in words
        assert "1 of 1 organization was there" in words
        assert "Unkind" not in words
        assert not re.search(r'<(script|link|img)|src="', words)
    assert "Attendance</h2>" not in file(cast.tia)
    assert "Attendance</h2>" in file(cast.fay)
