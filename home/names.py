"""Names that search offers: to pick from while typing, and what is spelt nearly like the words."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast
from django.urls import reverse

from cohort.models import Membership
from cohort.search import plain_words
from cohort.services.tags import tags_in_sight
from forums.models import Thread
from resources.models import Resource
from sessions.models import LearningSession

# Close words are looked for in so many of the latest titles.
TITLES_COMPARED = 1500
CLOSE = 0.38
MOST_CLOSE = 5
MOST_NAMES = 12


def close_to(member: Membership, text: str) -> list[tuple[str, str]]:
    """(name, address) of what is spelt nearly like the words: titles, tags, people. One query."""
    words = " ".join(plain_words(text))[:60]
    if len(words) < 4:
        return []
    latest = Thread.objects.visible_to(member).order_by("-last_posted_at")
    newest = Thread.objects.filter(pk__in=latest.values("pk")[:TITLES_COMPARED])
    library = Resource.objects.visible_to(member)
    sessions = LearningSession.objects.visible_to(member)
    people = Membership.objects.visible_to(member)

    def nearest(rows: QuerySet[Any], what: str, name: str, most: int) -> QuerySet[Any]:
        close = TrigramWordSimilarity(words, name)
        label = Cast(name, TextField())
        # Not filtered by it here: it would be asked of every row before the cheaper questions.
        near = rows.annotate(close=close).order_by("-close", "-pk")
        return near.values_list("close", Value(what, TextField()), label, "pk")[:most]

    rows = nearest(newest, "thread", "title", 3).union(
        nearest(tags_in_sight(member), "tag", "name", 2),
        nearest(people, "person", "user__name", 3),
        nearest(sessions, "session", "title", 2),
        nearest(library, "resource", "title", 2),
        all=True,
    )
    slug = member.cohort.slug
    places = {
        "thread": reverse("forums:thread_list", args=[slug]) + "{pk}/",
        "tag": "?{tag}",
        "person": reverse("cohort:people", args=[slug]) + "{pk}/",
        "session": reverse("sessions:session_list", args=[slug]) + "{pk}/",
        "resource": reverse("resources:resource_list", args=[slug]) + "{pk}/",
    }
    best = sorted((row for row in rows if row[0] >= CLOSE), reverse=True)[:MOST_CLOSE]
    return [
        (label, places[what].format(pk=pk, tag=urlencode({"tag": label})))
        for _close, what, label, pk in best
    ]


def names_like(member: Membership, of: str, text: str) -> list[str]:
    """Names to pick from while typing: of people, or of tags. Those that begin so come first."""
    if of == "tag":
        rows: QuerySet[Any] = tags_in_sight(member)
        name = "name"
    else:
        rows = Membership.objects.visible_to(member)
        name = "user__name"
    first = Case(When(Q(**{f"{name}__unaccent__istartswith": text}), then=0), default=1)
    found = rows.filter(**{f"{name}__unaccent__icontains": text}).order_by(first, name, "pk")
    return list(found.values_list(name, flat=True)[:MOST_NAMES])
