"""Orders by numbers that change while one pages."""

import re

from resources.models import ResourceQuerySet
from resources.queries.lines import Line, lines_of

# So many stand in an order by number at most, page by page.
MOST_RANKED = 200
_SHOWN = re.compile(r"\d{1,18}(\.\d{1,18})*", re.ASCII)


def ranked(resources: ResourceQuerySet, by: str, before: str, page: int) -> tuple[list[Line], str]:
    """The next of those with the highest number, and what the page after it is asked for with.

    `before` names all that was shown so far: a place in the order would not do, since somebody may
    pass it, one way or the other, between two pages.
    """
    shown = _shown(before)
    ordered = resources.exclude(pk__in=shown) if shown else resources
    lines = lines_of(ordered.order_by(f"-{by}", "-pk")[: page + 1])
    shown += [line.pk for line in lines[:page]]
    goes_on = len(lines) > page and len(shown) < MOST_RANKED
    return lines[:page], ".".join(map(str, shown)) if goes_on else ""


def _shown(before: str) -> list[int]:
    keys = before.split(".", MOST_RANKED) if _SHOWN.fullmatch(before) else []
    return [int(key) for key in keys] if len(keys) <= MOST_RANKED else []
