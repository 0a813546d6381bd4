"""Planning by its form: rows of the agenda, series, copies, and what is said before it is done."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohort.models import Role
from sessions.models import LearningSession, TaskTick
from sessions.services.agenda import AgendaPart, set_agenda, set_tasks
from sessions.services.answers import answer
from tests.access.sessions import plan as typed_plan
from tests.factories import CohortFactory, MembershipFactory, ResourceFactory, SessionFactory

NEW = "/c/spring/sessions/new/"


def url(name, session):
    return reverse(f"sessions:{name}", args=[session.cohort.slug, session.pk])


def rows(*parts):
    """An agenda as the form posts it: title, minutes, presenters."""
    typed = {"agenda-count": str(len(parts))}
    for number, (title, minutes, *who) in enumerate(parts):
        typed |= {f"agenda-{number}-title": title, f"agenda-{number}-minutes": minutes}
        typed[f"agenda-{number}-presenters"] = [*who, ""]
    return typed


def shown(page):
    return [
        (row["title"].value(), str(row["minutes"].value()), row["presenters"].value())
        for row in page.context["agenda"].rows
    ]


def agenda_of(session):
    return [
        (item.title, item.minutes, [str(who) for who in item.presenters.all()],
         [str(team) for team in item.presenting_teams.all()])
        for item in session.agenda.all()
    ]  # fmt: skip


def heeding(client, address, typed):
    """Send a form, and once more when something had to be seen first."""
    answered = client.post(address, typed)
    if answered.status_code == 422 and answered.context["asks"]:
        seen = answered.context["outlook"].fingerprint
        answered = client.post(address, {**typed, "heeded": seen})
    return answered


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort, title="Trust")


# ------------------------------------------------------------ the agenda's rows


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


# ------------------------------------------------------------ description, tasks


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


# ------------------------------------------------------------ warnings


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


# ------------------------------------------------------------ series


def weekly(cast, **fields):
    return {
        **typed_plan(cast),
        "local_date": "2027-01-12",
        "repeat": "weekly",
        "times": "3",
        **fields,
    }


def test_a_series_shows_each_day_first_and_plans_all(browse, cast, fay):
    client, typed = browse(fay), weekly(cast)

    page = client.post(NEW, typed)

    assert page.status_code == 422
    assert [(str(d.occurrence.day), d.warnings) for d in page.context["outlook"].days] == [
        ("2027-01-12", []),
        ("2027-01-19", []),
        ("2027-01-26", []),
    ]
    assert not LearningSession.objects.exists()
    assert heeding(client, NEW, typed).status_code == 302
    assert list(LearningSession.objects.values_list("local_date", flat=True)) == [
        date(2027, 1, 12),
        date(2027, 1, 19),
        date(2027, 1, 26),
    ]


def test_single_days_of_a_series_are_left_out(browse, cast, fay):
    typed = weekly(cast, left_out=["2027-01-19", "junk", "9999-99-99"])

    assert heeding(browse(fay), NEW, typed).status_code == 302

    assert [str(s.local_date) for s in LearningSession.objects.order_by("starts_at")] == [
        "2027-01-12",
        "2027-01-26",
    ]


def test_a_series_over_a_skipped_hour_is_refused_until_that_day_is_left_out(browse, cast, fay):
    typed = weekly(cast, local_date="2027-03-07", local_time="02:30")
    client = browse(fay)

    page = client.post(NEW, typed)
    assert "does not exist on March 14, 2027" in page.content.decode()
    assert not LearningSession.objects.exists()

    assert heeding(client, NEW, {**typed, "left_out": ["2027-03-14"]}).status_code == 302
    assert LearningSession.objects.count() == 2


def test_a_series_over_an_hour_that_comes_twice_asks(browse, cast, fay):
    typed = weekly(cast, local_date="2027-10-31", local_time="01:30", times="2")
    client = browse(fay)

    assert "comes twice on November 7, 2027" in client.post(NEW, typed).content.decode()
    assert heeding(client, NEW, {**typed, "local_fold": "1"}).status_code == 302

    assert [s.starts_at.isoformat() for s in LearningSession.objects.order_by("starts_at")] == [
        "2027-10-31T05:30:00+00:00",
        "2027-11-07T06:30:00+00:00",
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"times": ""}, "Please say how many."),
        ({"times": "31"}, "less than or equal to 30"),
        ({"times": "1"}, "greater than or equal to 2"),
        ({"repeat": "daily"}, "Select a valid choice"),
        ({"times": "2", "left_out": ["2027-01-12", "2027-01-19"]}, "please keep one"),
        ({"local_date": "9999-12-28"}, "too far away"),
    ],
)
def test_a_series_that_makes_no_sense_is_refused(browse, cast, fay, fields, words):
    page = browse(fay).post(NEW, weekly(cast, **fields))

    assert page.status_code == 422
    assert words in page.content.decode()
    assert not LearningSession.objects.exists()


def test_those_planned_together_lead_to_each_other(browse, cast, fay, mia):
    heeding(browse(fay), NEW, weekly(cast))
    first, *others = LearningSession.objects.order_by("starts_at")

    page = browse(mia).get(first.get_absolute_url())

    assert page.context["series"] == others


# ------------------------------------------------------------ copies


@pytest.fixture
def full(cohort, session, mia, theo, team):
    set_agenda(session, [AgendaPart("Cases", 50, presenters=[mia, theo], teams=[team])])
    set_tasks(session, ["Read"])
    session.description = "<p>About <em>it</em>.</p>"
    session.facilitator_notes = "Bring cake."
    session.save()
    return session


def begun(page):
    form = page.context["form"]
    return {
        "title": form["title"].value(),
        "tasks": form["tasks"].value(),
        "notes": form["facilitator_notes"].value(),
        "html": form.fields["description"].html,
        "agenda": shown(page),
    }


def test_a_copy_begins_with_all_of_it(browse, full, fay, mia, theo, team):
    leads_to = browse(fay).get(url("session_copy", full))["Location"]

    people = [f"member:{mia.pk}", f"member:{theo.pk}", f"team:{team.pk}"]
    assert leads_to == f"{NEW}?copy={full.pk}"
    assert begun(browse(fay).get(leads_to)) == {
        "title": "Trust",
        "tasks": "Read",
        "notes": "Bring cake.",
        "html": "<p>About <em>it</em>.</p>",
        "agenda": [("Cases", "50", people)],
    }


def test_next_years_copy_keeps_whom_it_knows_and_moves_by_a_year(browse, full, fay, mia):
    begins = timezone.localdate()
    following = CohortFactory(
        slug="following", starts_on=begins, ends_on=begins + timedelta(days=800)
    )
    MembershipFactory(cohort=following, user=fay.user, role=Role.FACILITATOR)
    again = MembershipFactory(cohort=following, user=mia.user)
    full.resources.add(ResourceFactory(cohort=full.cohort))

    asked = browse(fay).get(url("session_copy", full))
    assert [place.slug for place, _url in asked.context["places"]] == ["following", "spring"]
    page = browse(fay).get(asked.context["places"][0][1])

    assert shown(page) == [("Cases", "50", [f"member:{again.pk}"])]
    assert page.context["form"]["local_date"].value() == full.local_date + timedelta(weeks=52)
    assert page.context["form"]["resources"].value() == []


def test_a_session_of_others_cannot_be_copied(browse, cohort, cast, full):
    page = browse(cast.olga).get(f"/c/autumn/sessions/new/?copy={full.pk}")

    assert page.status_code == 200
    assert page.context["form"]["title"].value() is None
    assert browse(cast.fay).get(f"{NEW}?copy=²").status_code == 200
