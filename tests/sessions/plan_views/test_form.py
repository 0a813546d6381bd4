"""Rows of the agenda, tasks, and what is said before a change is made."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from sessions.models import LearningSession, TaskTick
from sessions.services.agenda import set_tasks
from sessions.services.answers import answer
from tests.access.sessions import plan as typed_plan
from tests.factories import ResourceFactory, SessionFactory
from tests.sessions.plan_views import NEW, heeding, shown, url


def rows(*parts):
    """An agenda as the form posts it: title, minutes, presenters."""
    typed = {"agenda-count": str(len(parts))}
    for number, (title, minutes, *who) in enumerate(parts):
        typed |= {f"agenda-{number}-title": title, f"agenda-{number}-minutes": minutes}
        typed[f"agenda-{number}-presenters"] = [*who, ""]
    return typed


def agenda_of(session):
    return [
        (item.title, item.minutes, [str(who) for who in item.presenters.all()],
         [str(team) for team in item.presenting_teams.all()])
        for item in session.agenda.all()
    ]  # fmt: skip


# ---------------------------------------------------------------- the agenda's rows


def test_rows_are_added_moved_and_removed_without_scripts(browse, cast, fay):
    client = browse(fay)
    typed = {**typed_plan(cast), **rows(("One", "10"), ("Two", "x", f"team:{cast.team.pk}"))}

    def press(row):
        page = client.post(NEW, {**typed, "row": row})
        assert page.status_code == 200
        return shown(page)

    one, two = ("One", "10", []), ("Two", "x", [f"team:{cast.team.pk}"])
    assert press("add") == [one, two, ("", "", [])]
    assert press("up:1") == press("down:0") == [two, one]
    assert press("up:0") == press("down:1") == [one, two]
    assert press("remove:0") == [two]
    assert press("remove:9") == press("down:²") == press("what") == [one, two]
    assert not LearningSession.objects.exists()


def test_a_session_comes_with_agenda_and_tasks(browse, cast, fay):
    people = f"member:{cast.mia.pk}", f"team:{cast.team.pk}"
    resource = ResourceFactory(cohort=cast.cohort)
    typed = {
        **typed_plan(cast),
        **rows(("Hello", "10"), ("", ""), ("Cases", "80", *people)),
        "tasks": "- Read the agreement\n\n  Bring a  figure ",
        "resources": [resource.pk],
        "description": "<p>Read <strong>it</strong>.</p><img src=x onerror=alert(1)>",
        "is_html": "on",
    }

    assert browse(fay).post(NEW, typed).status_code == 302

    session = LearningSession.objects.get()
    assert agenda_of(session) == [("Hello", 10, [], []), ("Cases", 80, ["Mia"], ["Harbor"])]
    assert [task.words for task in session.tasks.all()] == ["Read the agreement", "Bring a figure"]
    assert session.description == "<p>Read <strong>it</strong>.</p>"
    assert list(session.resources.all()) == [resource]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("Hello", ""), "This field is required"),
        (("", "10"), "This field is required"),
        (("Hello", "0"), "greater than or equal to 1"),
        (("Hello", "10", "member:0"), "is not one of the available choices"),
    ],
)
def test_a_row_that_makes_no_sense_keeps_what_was_typed(browse, cast, fay, row, words):
    page = browse(fay).post(NEW, {**typed_plan(cast), **rows(row), "tasks": "Read"})

    assert page.status_code == 422
    assert words in page.content.decode()
    assert page.context["agenda"].rows[0]["title"].value() == row[0]
    assert page.context["form"]["tasks"].value() == "Read"
    assert not LearningSession.objects.exists()


def test_nobody_of_another_cohort_can_lead(browse, cast, fay):
    page = browse(fay).post(
        NEW, {**typed_plan(cast), **rows(("Hello", "10", f"member:{cast.olga.pk}"))}
    )

    assert page.status_code == 422


def test_the_sum_of_minutes_stands_beside_the_length(browse, cast, fay):
    page = browse(fay).post(
        NEW, {**typed_plan(cast), **rows(("One", "60"), ("Two", "45")), "preview": "1"}
    )

    assert (page.context["agenda"].minutes, page.context["spare"]) == (105, -15)
    assert "That is longer than the session." in page.content.decode()


# ---------------------------------------------------------------- description, tasks


def test_an_edit_without_scripts_keeps_the_formatting(browse, cast, session, fay):
    session.description = "<p>Read <em>this</em>.</p>"
    session.save()
    page = browse(fay).get(url("session_edit", session))
    typed = {
        name: value for name, value in page.context["form"].initial.items() if value is not None
    }
    typed["local_date"] = session.local_date.isoformat()

    assert browse(fay).post(url("session_edit", session), typed).status_code == 302

    session.refresh_from_db()
    assert session.description == "<p>Read <em>this</em>.</p>"


def test_members_tick_for_themselves_and_hosts_see_who_has(browse, session, mia, fay):
    set_tasks(session, ["Read"])
    task = session.tasks.get()
    there = reverse("sessions:task_tick", args=["spring", session.pk, task.pk])

    browse(mia).post(there)
    assert [tick.member for tick in TaskTick.objects.all()] == [mia]

    lines = {
        who: browse(who).get(session.get_absolute_url()).context["tasks"][0] for who in (mia, fay)
    }
    assert (lines[mia].is_done, lines[mia].missing) == (True, ())
    assert (lines[fay].is_done, lines[fay].done, lines[fay].missing) == (False, 1, ("Theo", "Tia"))

    browse(mia).post(there, {"undo": "1"})
    assert not TaskTick.objects.exists()


def test_a_task_is_ticked_in_its_own_session_only(browse, cohort, session, mia):
    set_tasks(session, ["Read"])
    other = SessionFactory(cohort=cohort)

    answered = browse(mia).post(
        reverse("sessions:task_tick", args=["spring", other.pk, session.tasks.get().pk])
    )

    assert answered.status_code == 404
    assert not TaskTick.objects.exists()


# ---------------------------------------------------------------- warnings


def test_what_speaks_against_a_time_is_seen_before_it_is_saved(browse, cast, fay):
    typed = {**typed_plan(cast), "local_date": "2027-05-31"}
    client = browse(fay)

    page = client.post(NEW, typed)
    assert page.status_code == 422
    assert page.context["outlook"].warnings == ["Memorial Day: a federal holiday."]
    assert not LearningSession.objects.exists()

    seen = page.context["outlook"].fingerprint
    assert (
        client.post(NEW, {**typed, "local_date": "2027-07-05", "heeded": seen}).status_code == 422
    )
    assert client.post(NEW, {**typed, "heeded": seen}).status_code == 302


def test_a_move_says_first_who_is_told(browse, cast, fay):
    session = SessionFactory(
        cohort=cast.cohort,
        starts_at=datetime(2027, 2, 2, 18, tzinfo=UTC),
        time_zone="America/New_York",
        local_time=datetime(2027, 2, 2, 13, tzinfo=UTC).time(),
    )
    answer(session=session, member=cast.mia, answer="yes")
    typed = {**typed_plan(cast), "local_time": "15:00", "seen": session.updated_at.isoformat()}
    client = browse(fay)

    page = client.post(url("session_edit", session), typed)

    outlook = page.context["outlook"]
    assert (page.status_code, outlook.moved_from) == (422, session.starts_at)
    assert (outlook.echo.invited, outlook.echo.yes) == (4, 1)
    assert "4 people are told." in " ".join(page.content.decode().split())
    session.refresh_from_db()
    assert session.starts_at.hour == 18

    assert heeding(client, url("session_edit", session), typed).status_code == 302
    session.refresh_from_db()
    assert (session.starts_at.hour, session.schedule_version) == (20, 2)


def test_publishing_and_calling_off_say_who_is_told_and_the_reason_stays(
    browse, cast, session, fay, mia
):
    draft = SessionFactory(cohort=cast.cohort, status="draft")
    words = " ".join(browse(fay).get(url("session_publish", draft)).content.decode().split())
    assert "4 people see it, are told, and can answer." in words
    draft.refresh_from_db()
    assert draft.is_draft

    assert "4 people are told." in " ".join(
        browse(fay).get(url("session_cancel", session)).content.decode().split()
    )
    too_long = browse(fay).post(url("session_cancel", session), {"reason": "x" * 501})
    assert too_long.status_code == 422
    browse(fay).post(url("session_cancel", session), {"reason": "A storm."})

    assert "A storm." in browse(mia).get(session.get_absolute_url()).content.decode()
    assert "4 people are told." in " ".join(
        browse(fay).get(url("session_bring_back", session)).content.decode().split()
    )
