"""Every page for members and facilitators: readable by everyone, in both schemes, at any width."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from cohort.models import Role
from sessions.answering import token_for
from sessions.models import MeetingList, Pulse
from sessions.services import pulses
from sessions.services.agenda import AgendaPart, set_agenda, set_tasks
from sessions.services.attendance import mark_attendance
from tests.factories import (
    CohortFactory,
    MembershipFactory,
    PostFactory,
    ResourceFactory,
    SessionFactory,
    SpaceFactory,
    ThreadFactory,
)

WIDTHS = (390, 820, 1440)
PAGES = [
    ("mia", "/c/spring/"),
    ("mia", "/c/spring/year/"),
    ("mia", "/c/spring/search/?q=thread"),
    ("mia", "/c/spring/themes/drivers/"),
    ("mia", "/c/spring/sessions/"),
    ("mia", "/c/spring/sessions/month/?month={month}"),
    ("mia", "/c/spring/sessions/{session}/"),
    ("mia", "/c/spring/discussions/"),
    ("mia", "/c/spring/discussions/new/"),
    ("mia", "/c/spring/discussions/{thread}/"),
    ("mia", "/c/spring/feeds/"),
    ("mia", "/c/spring/library/"),
    ("mia", "/c/spring/library/new/"),
    ("mia", "/c/spring/library/{resource}/"),
    ("mia", "/c/spring/people/"),
    ("mia", "/c/spring/people/{person}/"),
    ("mia", "/c/spring/teams/"),
    ("mia", "/c/spring/teams/harbor/"),
    ("mia", "/me/"),
    ("mia", "/me/mail/"),
    ("mia", "/accounts/email/"),
    ("mia", "/accounts/2fa/"),
    ("mia", "/accounts/sessions/"),
    ("fay", "/c/spring/console/"),
    ("fay", "/c/spring/console/roster/"),
    ("fay", "/c/spring/sessions/new/"),
    ("fay", "/c/spring/sessions/{session}/"),
    ("fay", "/c/spring/sessions/{session}/edit/"),
    ("fay", "/c/spring/sessions/{session}/answers/"),
    ("fay", "/c/spring/sessions/{session}/cancellation/"),
    ("fay", "/c/spring/console/sessions/"),
    ("fay", "/c/spring/sessions/copies/"),
    ("fay", "/c/spring/sessions/reminders/"),
    ("fay", "/c/spring/sessions/attendance/"),
    ("mia", "/c/spring/sessions/calendar/"),
    ("mia", "/c/spring/sessions/{session}/live/"),
    ("mia", "/c/spring/sessions/{over}/"),
    ("fay", "/c/spring/sessions/{over}/close-out/"),
    ("fay", "/c/spring/sessions/{over}/attendance/"),
    ("fay", "/c/spring/sessions/{over}/attendance/lists/"),
    ("fay", "/c/spring/sessions/{over}/attendance/lists/{list}/"),
    ("mia", "/c/spring/sessions/{over}/feedback/"),
    ("mia", "/c/spring/sessions/{over}/chat/"),
    ("fay", "/c/spring/sessions/copies/?from=before"),
    ("fay", "/c/spring/sessions/{session}/copy/"),
    ("fay", "/c/spring/sessions/{draft}/publication/"),
    ("fay", "/c/spring/sessions/{off}/return/"),
    ("mia", "/c/spring/sessions/{session}/live/notes/"),
    ("mia", "/c/spring/sessions/{session}/join/"),
    (None, "/s/{answer}/"),
    (None, "/accounts/login/"),
    (None, "/accounts/login/code/"),
]

PARTICIPANTS = [
    {"name": "Mia", "address": "mia@example.org", "minutes": 80},
    {"name": "Theo Other", "address": "", "minutes": 40},
    {"name": "A stranger", "address": "stranger@example.com", "minutes": 3},
]


@pytest.fixture
def world(cast, themes):
    space = SpaceFactory(cohort=cast.cohort, name="Commons")
    thread = ThreadFactory(space=space, author=cast.theo, title="A thread")
    thread.themes.add(themes["drivers"])
    PostFactory(thread=PostFactory(thread=thread, author=cast.tia).thread, author=cast.mia)
    session = SessionFactory(cohort=cast.cohort)
    session.themes.add(themes["leaders"])
    set_agenda(session, [AgendaPart("Hello", 10, presenters=[cast.mia]), AgendaPart("Case", 60)])
    set_tasks(session, ["Read the agreement", "Bring a figure"])
    over = SessionFactory(
        cohort=cast.cohort,
        starts_in=timedelta(days=-3),
        created_at=timezone.now() - timedelta(days=30),
    )
    mark_attendance(session=over, members=[cast.mia], mark="attended", by=cast.fay)
    MeetingList.objects.create(session=over, by=cast.fay, provider="zoom", rows=PARTICIPANTS)
    pulses.start(
        session_pk=session.pk,
        by=cast.fay,
        question="How sure are you?",
        kind=Pulse.Kind.SCALE,
        choices=[],
        is_anonymous=True,
        form_key=uuid.uuid4(),
    )
    year = CohortFactory(slug="before", name="The year before")
    MembershipFactory(cohort=year, user=cast.fay.user, role=Role.FACILITATOR)
    SessionFactory(cohort=year, title="A plan to copy")
    resource = ResourceFactory(cohort=cast.cohort, added_by=cast.theo)
    resource.themes.add(themes["student-experiences"])
    return {
        "thread": thread.pk,
        "session": session.pk,
        "over": over.pk,
        "list": MeetingList.objects.get().pk,
        "draft": SessionFactory(cohort=cast.cohort, status="draft").pk,
        "off": SessionFactory(cohort=cast.cohort, status="cancelled").pk,
        "answer": token_for(cast.mia, session),
        "month": f"{session.starts_at:%Y-%m}",
        "resource": resource.pk,
        "person": cast.theo.pk,
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits_its_window(window, cast, world, accessible, scheme):
    """axe finds nothing, and nothing makes a page scroll sideways."""
    pages = {
        name: window(name and getattr(cast, name), scheme=scheme) for name in ("mia", "fay", None)
    }
    troubles = []
    for name, path in PAGES:
        page = pages[name]
        page.set_viewport_size({"width": WIDTHS[0], "height": 844})
        page.goto(path.format(**world))
        try:
            accessible(page)
        except AssertionError as error:
            troubles.append((path, str(error).split("==")[0][:400]))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                troubles.append((path, f"{wide} px wide in a window of {width}"))
    assert troubles == []
