"""A session begun from another one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cohort.models import Role
from sessions.services.agenda import AgendaPart, set_agenda, set_tasks
from tests.factories import CohortFactory, MembershipFactory, ResourceFactory
from tests.sessions.plan_views import NEW, shown, url


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
