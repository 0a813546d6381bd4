"""A cohort on its first day: each page offers the first step, and nothing that leads nowhere."""

import pytest

from tests.factories import MembershipFactory, SessionFactory

PLAN = "/c/autumn/sessions/new/"


@pytest.mark.parametrize(
    ("path", "first_step"),
    [
        ("/c/autumn/", PLAN),
        ("/c/autumn/year/", PLAN),
        ("/c/autumn/sessions/", PLAN),
        ("/c/autumn/library/", "/c/autumn/library/new/"),
        ("/c/autumn/teams/", "/c/autumn/console/roster/imports/"),
        ("/c/autumn/console/", "/c/autumn/console/roster/imports/"),
    ],
)
def test_facilitators_are_offered_the_first_step(browse, olga, path, first_step):
    page = browse(olga).get(path).content.decode()

    assert f'<a class="button" href="{first_step}">' in page.partition('class="empty')[2]
    assert 'class="filters"' not in page


def test_members_are_offered_no_step_that_is_not_theirs(browse, olga):
    member = MembershipFactory(cohort=olga.cohort)

    for path in ("", "year/", "sessions/", "teams/"):
        page = browse(member).get(f"/c/autumn/{path}").content.decode()
        assert 'class="empty' in page
        assert (PLAN in page, "imports" in page) == (False, False)


def test_filters_come_with_the_first_thing_to_filter(browse, olga):
    SessionFactory(cohort=olga.cohort)

    assert 'class="filters"' in browse(olga).get("/c/autumn/sessions/").content.decode()
    # Also where a filter was followed from elsewhere: it must be possible to undo it.
    for path in ("library/?kind=article", "sessions/?kind=peer_clinic"):
        assert 'class="filters"' in browse(olga).get(f"/c/autumn/{path}").content.decode()


def test_a_console_with_teams_is_quiet_instead(browse, fay):
    page = browse(fay).get("/c/spring/console/").content.decode()

    assert "All quiet" in page
    assert "Begin with the roster" not in page
