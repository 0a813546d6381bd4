"""No page of a session asks the database more than ten things, whatever it has to show."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohort.models import Role
from sessions.models import RSVP
from tests.factories import CohortFactory, MembershipFactory, SessionFactory, TeamFactory
from tests.sessions.everything import fill

PLANNED, NOW, OVER = timedelta(days=3), timedelta(minutes=-20), timedelta(hours=-3)

# By when the session is: what each page costs a member and a facilitator (None: not for them).
COSTS = {
    PLANNED: {
        "session_detail": (10, 10),
        "answer_list": (7, 7),
        "session_edit": (None, 10),
        "session_cancel": (None, 7),
    },
    NOW: {"session_detail": (10, 10), "room": (9, 10), "pulse_list": (5, 5)},
    OVER: {
        "session_detail": (10, 10),
        "room": (9, 10),
        "transcript": (7, 7),
        "notes": (6, 6),
        "record_export": (7, 8),
        "feedback_edit": (8, None),
        "close_out": (None, 9),
        "attendance_edit": (None, 9),
        "attendance_import": (None, 5),
    },
}


@pytest.fixture
def cost(browse, cast):
    """How much a page asks of the database, once its reader has settled in."""
    clients = {}

    def counted(who, page):
        if who not in clients:
            clients[who] = browse(getattr(cast, who))
            clients[who].get(reverse("home:start"))
        with CaptureQueriesContext(connection) as asked:
            assert clients[who].get(page).status_code == 200
        return len(asked)

    return counted


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("when", COSTS, ids=["planned", "now", "over"])
def test_a_session_with_every_part_costs_the_same_for_any_number(cost, cast, themes, when, count):
    session = SessionFactory(cohort=cast.cohort, starts_in=when, title="Trust")
    fill(session, cast, themes, count)
    pages = {name: reverse(f"sessions:{name}", args=["spring", session.pk]) for name in COSTS[when]}
    for who in ("mia", "fay"):
        cost(who, session.get_absolute_url())  # reads what the bell says of it

    found = {
        name: tuple(
            cost(who, pages[name]) if expected else None
            for who, expected in zip(("mia", "fay"), costs, strict=True)
        )
        for name, costs in COSTS[when].items()
    }

    assert found == COSTS[when]
    assert all(asked is None or asked <= 10 for costs in found.values() for asked in costs)


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_any_number(cost, cast, themes, count):
    for _n in range(count):
        for when in (PLANNED, OVER):
            session = SessionFactory(cohort=cast.cohort, starts_in=when)
            session.themes.set(themes.values())
            RSVP.objects.create(session=session, member=cast.mia, answer="yes")
    pages = ("session_list", "session_month", "session_create")
    urls = {name: reverse(f"sessions:{name}", args=["spring"]) for name in pages}

    for who in ("mia", "fay"):
        assert cost(who, urls["session_list"]) == 9
        assert cost(who, urls["session_month"]) == 6
    assert cost("fay", urls["session_create"]) == 8


@pytest.mark.parametrize("count", [1, 3])
def test_beginning_with_what_was_planned_costs_the_same_for_any_number(cost, cast, themes, count):
    last = CohortFactory(slug="last")
    MembershipFactory(user=cast.fay.user, cohort=last, role=Role.FACILITATOR)
    old = SessionFactory(cohort=cast.cohort, starts_in=OVER, title="Trust")
    fill(old, cast, themes, count)
    for number in range(count):
        TeamFactory(cohort=last)
        SessionFactory(cohort=last, starts_in=OVER, title=f"Old {number}")
    begun = {slug: reverse("sessions:session_create", args=[slug]) for slug in ("spring", "last")}
    for page in begun.values():
        cost("fay", page)  # reads what the bell says

    assert cost("fay", f"{begun['spring']}?copy={old.pk}") == 9
    assert cost("fay", f"{begun['last']}?copy={old.pk}") == 10
    assert cost("fay", reverse("sessions:year_copy", args=["spring"])) == 10
