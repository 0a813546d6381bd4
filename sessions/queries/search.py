"""Sessions by the words in them."""

from django.contrib.postgres.search import SearchRank
from django.db.models import F, TextField, Value
from django.db.models.functions import Concat, Left

from cohort.models import Membership
from cohort.search import Narrowing, passage, search_query, whole
from sessions.models import LearningSession, LearningSessionQuerySet, SessionTheme


def search_sessions(
    member: Membership, query: str, narrow: Narrowing | None = None
) -> LearningSessionQuerySet:
    """Sessions whose title, description, goals or summary hold the words, best first.

    Each with a `headline` and its `title_found`, text for `cohort.search.marked`. Without words
    the latest of what it is narrowed to, and without that none.
    """
    narrow = narrow or Narrowing()
    sessions = LearningSession.objects.visible_to(member)
    if narrow.themes:
        items = SessionTheme.objects.filter(tag__in=narrow.themes)
        sessions = sessions.filter(pk__in=items.values("content_object"))
    if narrow.team:
        sessions = sessions.filter(team=narrow.team)
    if narrow.since:
        sessions = sessions.filter(starts_at__gte=narrow.since)
    if narrow.until:
        sessions = sessions.filter(starts_at__lt=narrow.until)
    words = search_query(query)
    if words is None:
        shown = sessions.annotate(headline=Left("description_text", 180), title_found=F("title"))
        shown = shown.order_by("-starts_at", "-pk")
        return shown.none() if narrow == Narrowing(at=narrow.at) else shown
    space = Value(" ", TextField())
    text = Concat("description_text", space, "goals", space, "summary_text")
    return (
        sessions.filter(search=words)
        .annotate(
            rank=SearchRank(F("search"), words),
            headline=passage(text, words),
            title_found=whole("title", words),
        )
        .order_by("-rank", "-starts_at", "-pk")
    )
