"""No page of a session asks the database more than ten things, whatever it has to show."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions.models import RSVP
from tests.factories import SessionFactory
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
