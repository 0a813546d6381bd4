"""Voting, closing and reading who chose what, by their pages."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cohort.models import Role
from forums import services
from forums.models import Poll, PollVote
from tests.factories import MembershipFactory
from tests.forums.polls import ask, choose, counts, url


def test_voting_leads_back_to_the_post(browse, thread, fay, mia):
    poll = ask(thread, fay)
    friday = poll.options.get(text="Friday")

    response = browse(mia).post(url("vote_create", poll), {"option": friday.pk})

    assert response.status_code == 302
    assert response["Location"] == poll.post.get_absolute_url()
    assert counts(poll, mia) == [0, 0, 1]


@pytest.mark.parametrize("sent", [{}, {"option": "x"}, {"option": "-1"}, {"option": "9" * 40}])
def test_a_vote_for_nothing_is_told(browse, thread, fay, mia, sent):
    poll = ask(thread, fay)
    choose(poll, mia, "Monday")

    page = browse(mia).post(url("vote_create", poll), sent, follow=True)

    assert "Nothing was chosen." in page.content.decode()
    assert counts(poll, mia) == [1, 0, 0]


def test_a_vote_is_taken_back_on_its_page(browse, thread, fay, mia):
    poll = ask(thread, fay)
    choose(poll, mia, "Monday")

    page = browse(mia).post(
        url("vote_create", poll), {"option": poll.options.first().pk, "withdraw": "1"}, follow=True
    )

    assert "Your vote was taken back." in page.content.decode()
    assert PollVote.objects.count() == 0


def test_a_late_vote_is_told(browse, thread, fay, mia):
    poll = ask(thread, fay)
    services.close_poll(poll=poll)

    page = browse(mia).post(
        url("vote_create", poll), {"option": poll.options.first().pk}, follow=True
    )

    assert "This poll was closed meanwhile." in page.content.decode()


@pytest.mark.parametrize(("who", "status"), [("fay", 302), ("mia", 302), ("theo", 403)])
def test_its_author_and_facilitators_close_a_poll(browse, cast, thread, who, status):
    poll = ask(thread, cast.mia)

    response = browse(getattr(cast, who)).post(url("poll_closing_create", poll))

    assert response.status_code == status
    assert Poll.objects.get(pk=poll.pk).is_open == (status == 403)


def test_who_chose_what_is_told_to_whoever_voted(browse, thread, fay, mia, theo, cohort):
    poll = ask(thread, fay)
    choose(poll, mia, "Monday")
    assert browse(theo).get(url("vote_list", poll)).status_code == 403

    gone = MembershipFactory(cohort=cohort, user__name="Gil Gone", role=Role.MEMBER)
    choose(poll, theo, "Monday")
    choose(poll, gone, "Friday")
    gone.left_at = timezone.now()
    gone.save()
    response = browse(theo).get(url("vote_list", poll))

    told = [(option, [str(one) for one in who]) for option, who in response.context["choices"]]
    assert told == [("Monday", ["Mia", "Theo"]), ("Tuesday", []), ("Friday", ["Gil Gone"])]


def test_a_post_without_a_poll_has_none_to_vote_in(browse, thread, mia):
    place = ["spring", thread.pk, 1]
    assert browse(mia).post(reverse("forums:vote_create", args=place)).status_code == 404
    assert browse(mia).get(reverse("forums:vote_list", args=place)).status_code == 404
    closing = reverse("forums:poll_closing_create", args=place)
    assert browse(mia).post(closing).status_code == 404
