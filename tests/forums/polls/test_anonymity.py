"""An anonymous poll tells nobody who chose what, not even by comparing."""

import pytest

from forums import services
from tests.factories import MembershipFactory
from tests.forums.polls import ask, choose, counts, seen, url


@pytest.fixture
def people(cohort):
    return MembershipFactory.create_batch(9, cohort=cohort)


@pytest.fixture
def secret(thread, fay):
    return ask(thread, fay, is_anonymous=True)


def test_an_anonymous_poll_shows_nothing_below_four_voters(secret, people, obi):
    for member in people[:3]:
        choose(secret, member, "Monday")
        view = seen(secret, member)
        assert (view.shows_results, view.counted, counts(secret, member)) == (True, 0, [0, 0, 0])
    assert counts(secret, obi) == [0, 0, 0]
    assert seen(secret, obi).voters == 3

    choose(secret, people[3], "Friday")
    assert counts(secret, people[0]) == [3, 0, 1]
    assert counts(secret, obi) == [3, 0, 1]
    assert counts(secret, people[4]) == [0, 0, 0]


def test_one_more_vote_of_an_anonymous_poll_is_not_told_by_comparing(secret, people):
    for member in people[:4]:
        choose(secret, member, "Monday")
    for newcomer in people[4:7]:
        choose(secret, newcomer, "Friday")
        assert counts(secret, people[0]) == [4, 0, 0]
    view = seen(secret, people[0])
    assert (view.voters, view.counted) == (7, 4)

    choose(secret, people[7], "Tuesday")
    assert counts(secret, people[0]) == [4, 1, 3]


def test_changing_ones_vote_again_and_again_brings_nobodys_to_light(secret, people):
    for member in people[:4]:
        choose(secret, member, "Monday")
    choose(secret, people[4], "Friday")
    for day in ["Tuesday", "Monday"] * 4:
        choose(secret, people[0], day)
    choose(secret, people[1])  # taken back

    assert counts(secret, people[0]) == [4, 0, 0]
    assert [option.is_mine for option in seen(secret, people[0]).options] == [True, False, False]


def test_closing_an_anonymous_poll_tells_no_more_than_was_told(secret, thread, fay, people):
    for member in people[:4]:
        choose(secret, member, "Tuesday")
    choose(secret, people[4], "Friday")
    services.close_thread(thread=thread, by=fay)
    assert counts(secret, people[8]) == [0, 4, 0]
    services.reopen_thread(thread=thread, by=fay)
    few = ask(thread, fay, is_anonymous=True)
    for member in people[:3]:
        choose(few, member, "Tuesday")
    services.close_poll(poll=secret)
    services.close_poll(poll=few)

    assert counts(secret, people[8]) == [0, 4, 0]
    assert counts(few, people[0]) == [0, 0, 0]
    assert seen(few, people[0]).awaits_more


def test_no_page_says_who_chose_what_in_an_anonymous_poll(secret, browse, fay, people):
    for member in people[:4]:
        choose(secret, member, "Monday")
    choose(secret, fay, "Monday")

    assert browse(fay).get(url("vote_list", secret)).status_code == 404
    assert not seen(secret, fay).shows_voters


def test_the_admin_does_not_say_who_chose_what(secret, browse, cast, people):
    for member in people[:4]:
        choose(secret, member, "Monday")

    page = browse(cast.staff).get(f"/admin/forums/post/{secret.post_id}/delete/")

    assert "a vote in poll" in page.content.decode()
    names = [member.user.name for member in people]
    assert [name for name in names if name in page.content.decode()] == []
