"""A link died: its owner hears of it once, by bell and by mail."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.templatetags.cohort import when_text
from notifications import reach, reasons, registry, samples
from notifications.models import Delivery, Entry
from notifications.registry import Kind, Line, Mail, Outcome, Skip, Topic
from notifications.rendering import absolute, render_mail
from resources.models import LinkCheck, Resource
from resources.permissions import can_edit

KIND, TOPIC = "resources.dead-link", "links"
BACK = "link-came-back"


def tell_owner(check: LinkCheck) -> None:
    resource = Resource.objects.select_related("added_by").get(pk=check.resource_id)
    if resource.added_by is None:
        return  # facilitators see it in the console
    reach.tell(
        KIND,
        [resource.added_by],
        dedupe_key=f"dead-link:{resource.pk}:{check.failing_since:%Y%m%d}",
        target_pk=resource.pk,
        group=_group(resource.pk),
        items=[resource.pk],
    )


def _group(resource_pk: int) -> str:
    return f"link:{resource_pk}"


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    """One query for all, unless the link answers again or was changed meanwhile."""
    dead = _dead({delivery.target_pk for delivery in deliveries if delivery.target_pk})
    for delivery in deliveries:
        check, member = dead.get(delivery.target_pk or 0), delivery.recipient
        if check is None:
            yield delivery, Skip(BACK)
        elif member is None or not (
            check.resource.is_visible_to(member) and can_edit(member, check.resource)
        ):
            yield delivery, Skip(reasons.GONE)
        else:
            yield delivery, _mail(delivery, check)


def _dead(resource_pks: Collection[int]) -> dict[int, LinkCheck]:
    checks = LinkCheck.objects.dead().filter(resource__in=resource_pks)
    return {check.resource_id: check for check in checks.select_related("resource__cohort")}


def _mail(delivery: Delivery, check: LinkCheck) -> Mail:
    resource, member = check.resource, delivery.recipient
    title = " ".join(resource.title.split())
    zone = ZoneInfo(member.user.time_zone) if member else None
    return render_mail(
        delivery,
        "mail/dead_link",
        subject=_("A link of yours does not answer: %(title)s") % {"title": title},
        why=_("You added it to the library of %(cohort)s.") % {"cohort": resource.cohort.name},
        context={
            "resource": resource,
            "since": when_text(check.failing_since or timezone.now(), "date", zone),
            "resource_url": absolute(resource.get_absolute_url()),
        },
    )


def describe(entries: Sequence[Entry]) -> dict[int, Line]:
    """While it is dead, for whoever may mend it: one query."""
    dead = _dead({pk for entry in entries for pk in entry.items})
    lines = {}
    for entry in entries:
        check = next((dead[pk] for pk in entry.items if pk in dead), None)
        if check and check.resource.is_visible_to(entry.member):
            lines[entry.pk] = Line(
                _("A link of yours does not answer"),
                check.resource.get_absolute_url(),
                " ".join(check.resource.title.split()),
                icon="link-2-off",
            )
    return lines


def sample(delivery: Delivery) -> Mail:
    resource = Resource(
        pk=0, cohort=samples.cohort(), title=_("How to write an agreement in an afternoon"),
        url="https://example.org/agreements",
    )  # fmt: skip
    since = timezone.now() - timedelta(days=1)
    return _mail(delivery, LinkCheck(resource=resource, url=resource.url, failing_since=since))


def register() -> None:
    reasons.WORDS[BACK] = gettext_lazy("The link answers again, or was changed")
    registry.register_topic(
        Topic(
            TOPIC,
            gettext_lazy("Links you added"),
            gettext_lazy("A link of yours in the library has stopped answering."),
        )
    )
    registry.register_kind(
        Kind(
            KIND,
            gettext_lazy("A link does not answer"),
            compose,
            topic=TOPIC,
            describe=describe,
            sample=sample,
        )
    )
