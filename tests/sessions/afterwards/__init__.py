"""What comes of a session: its close-out, who hears of it, feedback, and its record."""

from django.urls import reverse

from notifications import registry
from notifications.models import Delivery

RECORD = {
    "recording_url": "https://video.example.org/1",
    "summary": "<p>We <strong>met</strong>.</p><script>x</script>",
    "next_steps": "<ul><li>Write it down</li></ul>",
    "is_html": "on",
}


def url(name, session, *more):
    return reverse(f"sessions:{name}", args=[session.cohort.slug, session.pk, *more])


def compose(kind):
    """What is mailed, by first name: the subject, or why not."""
    found = {}
    deliveries = list(
        Delivery.objects.filter(kind=kind).select_related(
            "cohort", "recipient__user", "recipient__cohort"
        )
    )
    for delivery, outcome in registry.kinds[kind].compose(deliveries):
        subject = getattr(outcome, "subject", None)
        found[delivery.recipient.user.name] = subject or f"not: {outcome.reason}"
    return found
