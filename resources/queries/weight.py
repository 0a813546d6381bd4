from dataclasses import dataclass

from django.db.models import Count, Sum

from resources.models import ResourceQuerySet


@dataclass(frozen=True)
class Weight:
    """How many resources, and the bytes of their current files together."""

    resources: int
    bytes: int


def weight_of(resources: ResourceQuerySet) -> Weight:
    found = resources.aggregate(n=Count("pk"), bytes=Sum("current_version__size"))
    return Weight(found["n"], found["bytes"] or 0)
