"""News on devices."""

from notifications.models import Delivery, Way


def outcomes():
    return sorted(Delivery.objects.filter(way=Way.PUSH).values_list("state", "reason"))
