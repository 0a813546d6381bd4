from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from cohort.services import invitations as inviting
from notifications import invitations, sending
from notifications.models import Delivery

pytestmark = pytest.mark.usefixtures("no_worker")


@pytest.fixture
def invitation(cohort, fay, team):
    return inviting.invite(
        cohort=cohort, email="Jordan@Example.org", by=fay, team=team, name="Jordan Alvarez"
    )


def after(**time) -> None:
    with time_machine.travel(timezone.now() + timedelta(**time)):
        invitations.plan_nudges(timezone.now())
        sending.send_due()


def test_an_invitation_is_mailed_to_an_address_without_an_account(invitation):
    sending.send_due()
    (message,) = mail.outbox
    assert message.to == ["jordan@example.org"]
    assert message.subject == "Fay invites you to Spring"
    assert message.from_email == "Fay via Cohort <account@example.org>"
    assert invitation.get_absolute_url() in message.body
    assert invitation.get_absolute_url() in message.alternatives[0][0]
    assert "List-Unsubscribe" not in message.extra_headers
    assert "Not for you?" in message.body


def test_those_who_do_not_answer_are_nudged_twice_and_then_left_alone(invitation):
    sending.send_due()
    for days in range(1, 30):
        after(days=days)
        after(days=days, hours=5)
    assert [message.subject.split(":")[0] for message in mail.outbox] == [
        "Fay invites you to Spring",
        "Still waiting for you",
        f"Your invitation to Spring is open until {mail.outbox[2].subject.split('until ')[1]}",
    ]


def test_who_accepted_or_was_revoked_is_not_nudged(invitation, fay):
    sending.send_due()
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        invitations.plan_nudges(timezone.now())
        inviting.revoke(invitation=invitation, by=fay)
        sending.send_due()
    assert len(mail.outbox) == 1
    assert list(Delivery.objects.filter(state="skipped").values_list("reason", flat=True)) == [
        "The invitation was revoked"
    ]
    after(days=10, minutes=1)
    assert len(mail.outbox) == 1


def test_resending_mails_anew_and_counts_the_days_from_there(invitation, fay):
    sending.send_due()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        inviting.resend(invitation=invitation, by=fay)
        sending.send_due()
    after(days=3, hours=1)
    assert len(mail.outbox) == 2
    after(days=5, hours=1)
    assert len(mail.outbox) == 3


def test_a_nudge_missed_for_days_is_left_out(invitation):
    sending.send_due()
    after(days=6)
    assert len(mail.outbox) == 1
