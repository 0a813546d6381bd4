from django import template

from notifications import reasons, registry
from notifications.models import Delivery

register = template.Library()

_BADGES = {
    Delivery.State.SENT: "badge--good",
    Delivery.State.FAILED: "badge--bad",
    Delivery.State.UNCERTAIN: "badge--warn",
}


@register.filter
def kind_label(name: str) -> str:
    """A mail kind in words; a kind that no feature registers any more keeps its bare name."""
    kind = registry.kinds.get(name)
    return str(kind.label) if kind else name


@register.filter
def reason_words(reason: str) -> str:
    """Why a mail was not sent, in words; a server's own stay as they are."""
    return reasons.words(reason)


@register.filter
def state_badge(state: str) -> str:
    return _BADGES.get(Delivery.State(state), "")
