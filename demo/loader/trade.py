"""What partnerships say of the library: what helped them, what stands on top, what they try."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cohort.models import Membership, Theme
from demo.loader import content
from demo.loader.calendar import Calendar
from demo.loader.library import Library
from demo.loader.people import People
from resources.models import (
    Collection,
    CollectionItem,
    HelpfulMark,
    RequestAnswer,
    Resource,
    ResourceRequest,
    Trial,
)


def load_trade(library: Library, people: People, calendar: Calendar) -> None:
    words = content.toml("trade.toml")
    marks = list(_marks(words["helpful"], library, people))
    HelpfulMark.objects.bulk_create(marks)
    for resource in library.resources.values():
        resource.helpful_count = sum(mark.resource == resource for mark in marks)
    for key in words["featured"]:
        library.resources[key].featured_at = calendar.now
    counted = ["helpful_count", "featured_at"]
    Resource.objects.bulk_update(library.resources.values(), counted)
    Trial.objects.bulk_create(_trial(row, library, people, calendar) for row in words["trials"])
    for row in words["lists"]:
        _make_list(row, library, people, calendar)
    for row in words["requests"]:
        _ask(row, library, people, calendar)


def _marks(helped: dict[str, list[str]], library: Library, people: People) -> Iterator[HelpfulMark]:
    for key, names in helped.items():
        resource = library.resources[key]
        for name in names:
            member = people.members[name]
            yield HelpfulMark(resource=resource, member=member, created_at=resource.created_at)


def _trial(row: dict[str, Any], library: Library, people: People, calendar: Calendar) -> Trial:
    began, started_at = _signed(row["by"], people, calendar)
    trial = Trial(
        resource=library.resources[row["of"]],
        team=began.team,
        started_by=began,
        started_at=started_at,
        plan=row.get("plan", ""),
        asks=row.get("asked", 0),
        asked_at=calendar.now if row.get("asked") else None,
    )
    if "reported" in row:
        trial.reported_by, trial.reported_at = _signed(row["reported"], people, calendar)
        trial.outcome, trial.report = row["outcome"], row["report"]
    return trial


def _make_list(row: dict[str, Any], library: Library, people: People, calendar: Calendar) -> None:
    made = Collection.objects.create(
        cohort=people.cohort,
        owner=people.members[row["by"]],
        title=row["title"],
        description=row.get("description", ""),
        is_private=row.get("private", False),
        featured_at=calendar.now if row.get("featured") else None,
    )
    CollectionItem.objects.bulk_create(
        CollectionItem(
            collection=made, resource=library.resources[key], note=note, position=position
        )
        for position, (key, note) in enumerate(row["items"], 1)
    )


def _ask(row: dict[str, Any], library: Library, people: People, calendar: Calendar) -> None:
    asker, asked_at = _signed(row["by"], people, calendar)
    asked = ResourceRequest.objects.create(
        cohort=people.cohort,
        asked_by=asker,
        title=row["title"],
        details=row.get("details", ""),
        created_at=asked_at,
        closed_at=_signed(row["closed"], people, calendar)[1] if "closed" in row else None,
    )
    asked.themes.set(Theme.objects.filter(slug__in=row["themes"]))
    for key, signed in row.get("answers", []):
        answerer, answered_at = _signed(signed, people, calendar)
        RequestAnswer.objects.create(
            request=asked,
            resource=library.resources[key],
            by=answerer,
            created_at=answered_at,
        )


def _signed(text: str, people: People, calendar: Calendar) -> tuple[Membership, datetime]:
    """Who and when, as the content files write it: `ana.ruiz 10-19 10:00`."""
    name, when = text.split(" ", 1)
    member = people.members[name]
    return member, calendar.moment(when, member.user.time_zone)
