"""Who asked for something hears, once for each, of what answers it."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Membership
from notifications import reach, reasons, registry, samples
from notifications.models import Delivery, Entry
from notifications.registry import Kind, Line, Mail, Outcome, Skip, Topic
from notifications.rendering import absolute, render_mail
from resources.models import RequestAnswer, Resource, ResourceRequest

KIND, TOPIC = "resources.answer", "library-requests"


def group_of(request_pk: int) -> str:
    """What the bell gathers by."""
    return f"request:{request_pk}"


def tell_asker(row: RequestAnswer) -> None:
    """In the transaction that answers; not of what one named oneself, or may not see."""
    asker = row.request.asked_by
    if asker is None or asker.pk == row.by_id or not _may_see(row, asker):
        return
    reach.tell(
        KIND,
        [asker],
        dedupe_key=f"answer:{row.request_id}:{row.resource_id}",
        target_pk=row.pk,
        group=group_of(row.request_id),
        items=[row.pk],
    )


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """One query for a batch."""
    rows = _by_key(delivery.target_pk for delivery in deliveries)
    for delivery in deliveries:
        row, member = rows.get(delivery.target_pk or 0), delivery.recipient
        if row is None or member is None or not _may_see(row, member):
            yield delivery, Skip(reasons.GONE)
        else:
            yield delivery, _mail(delivery, row)


def _by_key(pks: Iterable[int | None]) -> dict[int, RequestAnswer]:
    rows = RequestAnswer.objects.select_related("request__cohort", "resource__cohort", "by__user")
    return rows.in_bulk([pk for pk in pks if pk])


def _may_see(row: RequestAnswer, member: Membership) -> bool:
    return row.request.is_visible_to(member) and row.resource.is_visible_to(member)


def _mail(delivery: Delivery, row: RequestAnswer) -> Mail:
    title = " ".join(row.request.title.split())
    return render_mail(
        delivery,
        "mail/request_answer",
        subject=_("Somebody has it: %(title)s") % {"title": title},
        why=_("You asked for it in the library."),
        context={
            "asked": row.request,
            "resource": row.resource,
            "by": row.by or _("Somebody who left"),
            "resource_url": absolute(row.resource.get_absolute_url()),
            "request_url": absolute(row.request.get_absolute_url()),
        },
    )


def describe(entries: Sequence[Entry]) -> dict[int, Line]:
    """One query for all of them; the latest answer that its reader may see."""
    rows = _by_key(pk for entry in entries for pk in entry.items)
    lines = {}
    for entry in entries:
        seen = [rows[pk] for pk in entry.items if pk in rows and _may_see(rows[pk], entry.member)]
        if seen:
            row = max(seen, key=lambda each: each.pk)
            title = _("Somebody has it: %(title)s") % {"title": row.request.title}
            url = row.request.get_absolute_url()
            lines[entry.pk] = Line(
                title, url, row.resource.title, icon="package-check", person=row.by
            )
    return lines


def sample(delivery: Delivery) -> Mail:
    cohort = samples.cohort()
    asked = ResourceRequest(pk=0, cohort=cohort, title=_("A short agreement with a hospital"))
    resource = Resource(pk=0, cohort=cohort, title=_("Hospital agreement, two pages"))
    return _mail(
        delivery, RequestAnswer(request=asked, resource=resource, by=samples.person("Ben Osei"))
    )


def register() -> None:
    registry.register_topic(
        Topic(
            TOPIC,
            gettext_lazy("What you asked for"),
            gettext_lazy("Somebody adds, or names, what you asked for in the library."),
        )
    )
    registry.register_kind(
        Kind(
            KIND,
            gettext_lazy("Something that was asked for"),
            compose,
            topic=TOPIC,
            describe=describe,
            sample=sample,
        )
    )
