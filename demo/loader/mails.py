"""The log of mail that went out in the weeks before, so that the console has one to show.

Nothing of it is waiting: what is logged here as sent was never a message.
"""

from datetime import datetime, timedelta

from django.db.models import F

from cohort.models import Membership, Role
from demo.loader.calendar import Calendar
from demo.loader.people import People, last_edition
from notifications.models import Choices, Delivery, Rhythm
from sessions.models import RSVP, LearningSession

# Each logged mail has a key of its own kind, so that none of them stands in for a real one.
_KEY = "demo"
_FULL = "winston.quintana"


def log_mails(people: People, calendar: Calendar) -> None:
    sent = [*_editions(people, calendar), *_reminders(people, calendar)]
    for delivery in sent:
        if delivery.recipient == people.members[_FULL]:
            delivery.state = Delivery.State.FAILED
            delivery.reason = "552 5.2.2 The mailbox is full"
    Delivery.objects.bulk_create(sent)
    # The database stamps a row when it is made; these were made just before they were sent.
    Delivery.objects.filter(cohort=people.cohort).update(
        created_at=F("settled_at") - timedelta(seconds=20)
    )


def _editions(people: People, calendar: Calendar) -> list[Delivery]:
    weekly = set(
        Choices.objects.filter(member__cohort=people.cohort, edition=Rhythm.WEEKLY).values_list(
            "member", flat=True
        )
    )
    return [
        _sent(
            "notifications.edition",
            member,
            f"{people.cohort.name}: the week",
            last_edition(member, calendar),
        )
        for member in people.members.values()
        if member.pk in weekly and member.role != Role.OBSERVER
    ]


def _reminders(people: People, calendar: Calendar) -> list[Delivery]:
    session = LearningSession.objects.filter(cohort=people.cohort).past(calendar.now).first()
    if session is None:
        return []
    said_no = set(session.rsvps.filter(answer=RSVP.Answer.NO).values_list("member", flat=True))
    return [
        _sent(
            "sessions.reminder",
            member,
            f"Tomorrow: {session.title}",
            session.starts_at - timedelta(days=1),
            target_pk=session.pk,
        )
        for member in people.members.values()
        if member.role != Role.OBSERVER and member.pk not in said_no
    ]


def _sent(
    kind: str, member: Membership, subject: str, at: datetime, target_pk: int | None = None
) -> Delivery:
    return Delivery(
        kind=kind,
        dedupe_key=f"{_KEY}:{kind}:{at:%Y%m%d}:{member.pk}",
        cohort=member.cohort,
        recipient=member,
        address=member.user.email,
        target_pk=target_pk,
        not_before=at,
        state=Delivery.State.SENT,
        subject=subject,
        attempts=1,
        settled_at=at,
    )
