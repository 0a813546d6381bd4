"""What calendars are told."""

import icalendar

from notifications import composing
from notifications.models import Delivery
from notifications.registry import Mail
from sessions import calendar_mail
from sessions.notices import CALENDAR

READERS = ["Fay", "Mia", "Theo", "Tia"]


def send():
    """Deliver what is pending, as the worker would: [(name, event's method, UID, SEQUENCE)]."""
    found = []
    pending = Delivery.objects.filter(kind=CALENDAR, state=Delivery.State.PENDING)
    rows = pending.select_related("cohort", "recipient__user", "recipient__cohort").order_by("pk")
    for delivery, outcome in composing.compose(list(rows)):
        if isinstance(outcome, Mail):
            calendar_mail.note_told([delivery])
            state, reason = Delivery.State.SENT, ""
            found.append((delivery.recipient.user.name, outcome))
        else:
            state, reason = Delivery.State.SKIPPED, outcome.reason
        Delivery.objects.filter(pk=delivery.pk).update(state=state, reason=reason)
    return found


def told(mails):
    """Who was told what: name, METHOD, SEQUENCE and STATUS of the calendar part."""
    return sorted(
        (name, str(calendar["METHOD"]), event["SEQUENCE"], str(event["STATUS"]))
        for name, mail in mails
        for calendar, event in [parsed(mail)]
    )


def parsed(mail):
    method, content = mail.calendar
    calendar = icalendar.Calendar.from_ical(content)
    assert str(calendar["METHOD"]) == method
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def everybody(method, sequence, status="CONFIRMED"):
    return [(name, method, sequence, status) for name in READERS]
