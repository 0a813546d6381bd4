"""The mail that asks, once more, those who have not said whether they come."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Membership
from cohort.templatetags.cohort import when_text
from notifications import reasons, registry, samples
from notifications.models import Delivery
from notifications.registry import Kind, Mail, Outcome, Skip
from notifications.rendering import absolute, render_mail
from sessions import answering, invented
from sessions.models import RSVP, LearningSession
from sessions.notices import ASK, REMINDERS_TOPIC

CLOSED, ANSWERED = "session-takes-no-answers", "answered-meanwhile"
REASONS = {
    CLOSED: gettext_lazy("The session was called off or is over"),
    ANSWERED: gettext_lazy("Has answered meanwhile"),
}


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """ "Will you come?", unless they have answered or it is gone meanwhile: two queries a batch."""
    pks = {delivery.target_pk for delivery in deliveries}
    sessions = LearningSession.objects.select_related("cohort").in_bulk([pk for pk in pks if pk])
    answered = set(RSVP.objects.filter(session__in=pks).values_list("session_id", "member_id"))
    for delivery in deliveries:
        session = sessions.get(delivery.target_pk or 0)
        yield delivery, _outcome(delivery, session, answered)


def _outcome(
    delivery: Delivery, session: LearningSession | None, answered: set[tuple[int, int]]
) -> Outcome:
    member = delivery.recipient
    if session is None or member is None or not session.is_visible_to(member):
        return Skip(reasons.GONE)
    if session.status != session.Status.SCHEDULED or session.is_over:
        return Skip(CLOSED)
    if (session.pk, member.pk) in answered:
        return Skip(ANSWERED)
    return _mail(delivery, session, member)


def _mail(delivery: Delivery, session: LearningSession, member: Membership) -> Mail:
    title = " ".join(session.title.split())
    return render_mail(
        delivery,
        "mail/session_ask",
        subject=_("Will you come? %(title)s") % {"title": title},
        why=_("The facilitators of %(cohort)s asked everybody who has not answered yet.")
        % {"cohort": session.cohort.name},
        context={
            "session": session,
            "start": when_text(session.starts_at, "full", ZoneInfo(member.user.time_zone)),
            "answers": answering.links(member, session),
            "session_url": absolute(session.get_absolute_url()),
        },
    )


def sample(delivery: Delivery) -> Mail:
    return _mail(delivery, invented.session(), samples.reader_of(delivery))


def register() -> None:
    reasons.WORDS.update(REASONS)
    registry.register_kind(
        Kind(
            ASK,
            gettext_lazy("Will you come?"),
            compose,
            topic=REMINDERS_TOPIC,
            sample=sample,
        )
    )
