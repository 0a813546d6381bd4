"""Who is told: those whose session it is, as they answered, when it is near."""

from datetime import timedelta

from django.utils import timezone

from cohort.models import Audience
from notifications.models import Choices, Entry
from sessions.models import RSVP, CalendarInvite
from sessions.services import invites, planning
from sessions.services.answers import answer
from tests.factories import MembershipFactory, SessionFactory
from tests.sessions.invites import READERS, parsed, send, told


def test_who_says_no_loses_it_and_who_changes_their_mind_gets_it_back(session, mia):
    invites.bring_up_to_date(session)
    send()
    answer(session=session, member=mia, answer=RSVP.Answer.NO)
    assert told(send()) == [("Mia", "CANCEL", 1, "CANCELLED")]

    later = session.starts_at + timedelta(hours=1)
    planning.change_session(session=session, local_time=later.time(), local_date=later.date())
    assert sorted(name for name, _mail in send()) == ["Fay", "Theo", "Tia"]
    answer(session=session, member=mia, answer=RSVP.Answer.YES)
    ((name, mail),) = send()
    assert (name, mail.subject.partition(":")[0]) == ("Mia", "On again")
    event = parsed(mail)[1]
    assert event["SEQUENCE"] == 2
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_an_answer_that_changes_nothing_for_the_calendar_is_no_mail(session, mia):
    invites.bring_up_to_date(session)
    send()
    for what in (RSVP.Answer.YES, RSVP.Answer.MAYBE, RSVP.Answer.YES):
        answer(session=session, member=mia, answer=what)
    assert send() == []


def test_who_wants_no_invitations_gets_those_they_answered(session, mia):
    Choices.objects.create(member=mia, switched=["invitations:mail"])
    invites.bring_up_to_date(session)
    assert sorted(name for name, _mail in send()) == ["Fay", "Theo", "Tia"]

    answer(session=session, member=mia, answer=RSVP.Answer.YES)
    assert told(send()) == [("Mia", "REQUEST", 0, "CONFIRMED")]


def test_who_loses_a_session_has_it_taken_out_and_learns_nothing_more(session, cast):
    invites.bring_up_to_date(session)
    send()
    planning.change_session(
        session=session,
        audience=Audience.TEAM,
        team=cast.other_team,
        title="Harbor plans",
        place="Secret place",
    )
    invites.plan(timezone.now())

    mails = dict(send())

    assert set(mails) == {"Fay", "Mia", "Theo", "Tia"}
    mail = mails["Mia"]
    assert (mail.calendar[0], mail.subject) == ("CANCEL", "A session you are no longer invited to")
    for words in (mail.text, mail.html, mail.calendar[1].decode()):
        assert "Harbor plans" not in words
        assert "Secret place" not in words
    assert mails["Tia"].calendar[0] == "REQUEST"


def test_who_comes_later_is_invited_to_what_is_near(cast):
    near = SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=30))
    far = SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=40))
    draft = SessionFactory(cohort=cast.cohort, status="draft")
    past = SessionFactory(cohort=cast.cohort, starts_in=timedelta(days=-2))
    assert invites.plan(timezone.now()) == 4
    assert invites.plan(timezone.now()) == 0

    newcomer = MembershipFactory(cohort=cast.cohort, norms_agreed_version=0)
    assert invites.plan(timezone.now()) == 0
    newcomer.norms_agreed_version = cast.cohort.norms_version
    newcomer.save()
    assert invites.plan(timezone.now()) == 1

    assert set(CalendarInvite.objects.values_list("session", flat=True)) == {near.pk}
    assert invites.plan(timezone.now() + timedelta(days=6)) == 5
    assert CalendarInvite.objects.filter(session__in=[draft, past]).count() == 0
    assert CalendarInvite.objects.filter(session=far).count() == 5


def test_new_norms_take_nothing_back(session, cast):
    invites.bring_up_to_date(session)
    send()
    cast.cohort.norms_version += 1
    cast.cohort.save()
    invites.bring_up_to_date(session)
    invites.plan(timezone.now())
    assert send() == []


def test_one_session_is_told_at_once_and_a_whole_year_when_it_is_near(cast):
    start = timezone.now() + timedelta(days=100)
    fields = {
        "local_date": start.date(),
        "local_time": start.time().replace(second=0, microsecond=0),
        "time_zone": "UTC",
        "minutes": 60,
    }
    planning.plan_session(cohort=cast.cohort, title="Of many", tell=False, **fields)
    assert (send(), Entry.objects.count()) == ([], 0)
    planning.plan_session(cohort=cast.cohort, title="A draft", publish=False, **fields)
    assert (send(), Entry.objects.count()) == ([], 0)
    planning.plan_session(cohort=cast.cohort, title="One", **fields)
    assert sorted(name for name, _mail in send()) == READERS
    assert Entry.objects.count() == 4
