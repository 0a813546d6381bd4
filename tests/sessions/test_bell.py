"""A session's lines in the bell, read by its page."""

from notifications import bell
from notifications.models import Entry
from sessions import notices
from tests.factories import SessionFactory


def test_the_sessions_page_reads_its_lines(browse, cast, mia):
    session = SessionFactory(cohort=cast.cohort, title="Trust")
    notices.schedule_changed(session)
    assert Entry.objects.filter(member=mia, group=notices.group_of(session)).count() == 1
    browse(mia).get(session.get_absolute_url())
    assert bell.unread_count(mia) == 0
