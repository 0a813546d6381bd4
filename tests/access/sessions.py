"""Who may open what in `sessions`: planning, the year, answers and calendars."""

import uuid
from datetime import timedelta
from typing import Any

from cohort.models import Audience
from sessions import answering
from sessions.models import (
    LearningSession,
    PreworkTask,
)
from tests.access import forums_feeds
from tests.access.table import Row, anybody, facilitators, inside, writers
from tests.conftest import Cast
from tests.factories import SessionFactory


def arguments(session: LearningSession) -> dict[str, Any]:
    return {"cohort_slug": session.cohort.slug, "session_pk": session.pk}


def coming(cast: Cast) -> dict[str, Any]:
    return arguments(SessionFactory(cohort=cast.cohort))


def of_team(cast: Cast) -> dict[str, Any]:
    return arguments(SessionFactory(cohort=cast.cohort, audience=Audience.TEAM, team=cast.team))


def of_hosts(cast: Cast) -> dict[str, Any]:
    return arguments(SessionFactory(cohort=cast.cohort, audience=Audience.FACILITATORS))


def draft(cast: Cast) -> dict[str, Any]:
    return arguments(SessionFactory(cohort=cast.cohort, status=LearningSession.Status.DRAFT))


def cancelled(cast: Cast) -> dict[str, Any]:
    return arguments(SessionFactory(cohort=cast.cohort, status=LearningSession.Status.CANCELLED))


def on_now(cast: Cast) -> dict[str, Any]:
    return arguments(
        SessionFactory(
            cohort=cast.cohort,
            starts_in=timedelta(minutes=-5),
            meeting_url="https://meet.example.org/room",
        )
    )


def over(cast: Cast) -> dict[str, Any]:
    return arguments(SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=-3)))


def invited(cast: Cast) -> dict[str, Any]:
    agree(cast)
    return {"token": answering.token_for(cast.mia, SessionFactory(cohort=cast.cohort))}


def forged(cast: Cast) -> dict[str, Any]:
    return {"token": f"x{invited(cast)['token']}"}


def agree(cast: Cast) -> None:
    cast.cohort.memberships.update(norms_agreed_version=cast.cohort.norms_version)


def calendar(cast: Cast) -> dict[str, Any]:
    """The address of mia's calendar: it is the key that opens it, whoever brings it."""
    agree(cast)
    return forums_feeds.feed(cast)


def task(cast: Cast) -> dict[str, Any]:
    return with_task(coming(cast))


def task_of_team(cast: Cast) -> dict[str, Any]:
    return with_task(of_team(cast))


def with_task(where: dict[str, Any]) -> dict[str, Any]:
    made = PreworkTask.objects.create(session_id=where["session_pk"], position=1, words="Read")
    return {**where, "task_pk": made.pk}


def plan(cast: Cast) -> dict[str, Any]:
    return {
        "title": "Trust",
        "kind": "learning_session",
        "audience": "cohort",
        "local_date": "2027-02-02",
        "local_time": "13:00",
        "time_zone": "America/New_York",
        "minutes": "90",
        "form_key": str(uuid.uuid4()),
    }


def at_its_time(cast: Cast) -> dict[str, Any]:
    """A plan that moves nothing: whoever moves a session is asked once more."""
    session = LearningSession.objects.filter(cohort=cast.cohort).latest("pk")
    return {
        **plan(cast),
        "local_date": session.local_date.isoformat(),
        "local_time": f"{session.local_time:%H:%M}",
        "time_zone": session.time_zone,
    }


def in_team(status: int) -> dict[str, int | str]:
    return inside(status, obi=404, tia=404)


def hosts_only(status: int) -> dict[str, int | str]:
    return inside(404, fay=status)


ONE = "sessions:session_detail"
ROWS: list[Row] = [
    Row("sessions:session_list", "GET", inside(200)),
    Row("sessions:session_list", "POST", inside(405)),
    Row("sessions:session_month", "GET", inside(200)),
    Row("sessions:session_month", "POST", inside(405)),
    Row("sessions:session_create", "GET", facilitators(200)),
    Row("sessions:session_create", "POST", facilitators(302), data=plan),
    Row(ONE, "GET", inside(200), coming),
    Row(ONE, "POST", inside(405), coming),
    Row(ONE, "GET", in_team(200), of_team, case="of a team"),
    Row(ONE, "GET", hosts_only(200), of_hosts, case="of facilitators"),
    Row(ONE, "GET", hosts_only(200), draft, case="a draft"),
    Row(ONE, "GET", inside(200), cancelled, case="called off"),
    Row("sessions:session_edit", "GET", facilitators(200), coming),
    Row("sessions:session_edit", "POST", facilitators(302), coming, at_its_time),
    Row("sessions:session_publish", "GET", facilitators(200), coming),
    Row("sessions:session_publish", "GET", facilitators(200), draft, case="a draft"),
    Row("sessions:session_publish", "POST", facilitators(302), draft),
    Row("sessions:answer_link", "GET", anybody(200), invited),
    Row("sessions:answer_link", "POST", anybody(200), invited, lambda cast: {"answer": "yes"}),
    Row("sessions:answer_link", "GET", anybody(404), forged, case="forged"),
    Row("sessions:answer_link", "POST", anybody(404), forged, case="forged"),
    Row("sessions:calendar_own", "GET", anybody(200), calendar),
    Row("sessions:calendar_own", "POST", anybody(405), calendar),
    Row("sessions:calendar_own", "GET", anybody(404), forums_feeds.no_feed, case="forged"),
    Row("sessions:calendar_cohort", "GET", anybody(200), calendar),
    Row("sessions:calendar_cohort", "POST", anybody(405), calendar),
    Row(
        "sessions:calendar_cohort",
        "GET",
        anybody(404),
        forums_feeds.no_feed,
        case="forged",
    ),
    Row("sessions:calendar_key_list", "GET", inside(200)),
    Row(
        "sessions:calendar_key_list",
        "POST",
        inside(200),
        data=lambda cast: {"name": "Outlook", "form_key": str(uuid.uuid4())},
    ),
    Row("sessions:calendar_key_removal", "GET", inside(405), forums_feeds.feed_key),
    Row("sessions:calendar_key_removal", "POST", inside(404, mia=302), forums_feeds.feed_key),
    Row("sessions:reminder_rule_list", "GET", facilitators(200)),
    Row(
        "sessions:reminder_rule_list",
        "POST",
        facilitators(302),
        data=lambda cast: {"rules-TOTAL_FORMS": "0", "rules-INITIAL_FORMS": "0"},
    ),
    Row("sessions:session_cancel", "GET", facilitators(200), coming),
    Row("sessions:session_cancel", "POST", facilitators(302), coming),
    Row("sessions:session_bring_back", "GET", facilitators(200), cancelled),
    Row("sessions:session_bring_back", "POST", facilitators(302), cancelled),
    Row("sessions:session_copy", "GET", facilitators(302), coming),
    Row("sessions:session_copy", "GET", facilitators(302), draft, case="a draft"),
    Row("sessions:session_copy", "POST", inside(403, fay=405), coming),
    Row("sessions:year_copy", "GET", facilitators(200)),
    Row("sessions:year_copy", "POST", facilitators(422)),
    Row("sessions:answer_list", "GET", inside(200), coming),
    Row("sessions:answer_list", "GET", in_team(200), of_team, case="of a team"),
    Row("sessions:answer_list", "GET", hosts_only(200), draft, case="a draft"),
    Row("sessions:answers_ask", "GET", inside(403, fay=405), coming),
    Row("sessions:answers_ask", "POST", facilitators(302), coming),
    Row("sessions:answers_ask", "POST", facilitators(403), over, case="over"),
    Row("sessions:task_tick", "GET", inside(405), task),
    Row("sessions:task_tick", "POST", writers(302), task),
    Row("sessions:task_tick", "POST", in_team(302), task_of_team, case="of a team"),
    Row("sessions:rsvp_answer", "GET", inside(405), coming),
    Row("sessions:rsvp_answer", "POST", writers(302), coming, lambda cast: {"answer": "yes"}),
    Row(
        "sessions:rsvp_answer",
        "POST",
        in_team(302),
        of_team,
        lambda cast: {"answer": "yes"},
        case="of a team",
    ),
    Row(
        "sessions:rsvp_answer",
        "POST",
        hosts_only(302),
        draft,
        lambda cast: {"answer": "yes"},
        case="a draft",
    ),
    Row("sessions:session_calendar", "GET", inside(200), coming),
    Row("sessions:session_calendar", "GET", in_team(200), of_team, case="of a team"),
    Row("sessions:session_calendar", "GET", hosts_only(200), draft, case="a draft"),
    Row("sessions:session_join", "GET", inside(200), on_now),
    Row("sessions:session_join", "POST", inside(200), on_now),
    Row("sessions:session_join", "POST", inside(403), coming, case="without a meeting"),
]
