"""What was said in rooms, by the words in it, and as it is taken along."""

from typing import Any

from django.contrib.postgres.search import SearchRank, SearchVector
from django.db.models import F, Q, QuerySet

from cohort.models import Membership
from cohort.search import Narrowing, passage, search_query
from sessions.models import ChatMessage, LearningSession, SessionTheme

MOST_FOUND = 100


def spoken_lines(member: Membership, session: LearningSession) -> QuerySet[ChatMessage]:
    """Every line of a room that stands, in order, with who said it."""
    lines = ChatMessage.objects.visible_to(member).filter(room_id=session.pk, removed_at=None)
    return lines.select_related("sender__user", "sender__team").order_by("seq")


def found_lines(
    member: Membership, session: LearningSession, query: str
) -> QuerySet[ChatMessage] | None:
    """The lines of one room that hold the words, in order; None where nothing was asked for."""
    words = search_query(query)
    if words is None:
        return None
    lines = spoken_lines(member, session).annotate(vector=_vector()).filter(vector=words)
    return lines.annotate(headline=passage("body", words))[:MOST_FOUND]


def search_lines(
    member: Membership, query: str, narrow: Narrowing | None = None
) -> QuerySet[ChatMessage]:
    """Lines of all rooms that hold the words, best first, each with a `headline`."""
    narrow = narrow or Narrowing()
    lines = ChatMessage.objects.visible_to(member).filter(removed_at=None)
    words = search_query(query)
    if words is None:
        return lines.annotate(headline=F("body")).none()
    if narrow.themes:
        items = SessionTheme.objects.filter(tag__in=narrow.themes)
        lines = lines.filter(room__in=items.values("content_object"))
    if narrow.team:
        lines = lines.filter(room__session__team=narrow.team)
    lines = lines.filter(_between(narrow)).annotate(vector=_vector()).filter(vector=words)
    return lines.annotate(
        rank=SearchRank("vector", words), headline=passage("body", words)
    ).order_by("-rank", "-created_at", "-pk")


def _vector() -> SearchVector:
    """As the index `chat_message_search` has it."""
    return SearchVector("body", config="english")


def _between(narrow: Narrowing) -> Q:
    within: dict[str, Any] = {}
    if narrow.since:
        within["created_at__gte"] = narrow.since
    if narrow.until:
        within["created_at__lt"] = narrow.until
    return Q(**within)
