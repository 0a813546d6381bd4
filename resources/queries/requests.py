"""What is asked for, and what of the library answers it, as a member sees them."""

from django.contrib.postgres.search import SearchRank
from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce, Left

from cohort.models import Membership
from cohort.search import Narrowing, passage, search_query, whole
from resources.models import RequestAnswer, RequestQuerySet, Resource, ResourceRequest
from resources.queries.lines import Line, lines_of

MOST_ON_A_PAGE = 20


def requests_of(member: Membership) -> RequestQuerySet:
    """The open ones first, each with its `answer_count`: of what the member sees."""
    seen = Resource.objects.visible_to(member).order_by()
    answers = RequestAnswer.objects.filter(request=OuterRef("pk"), resource__in=seen.values("pk"))
    counts = answers.order_by().values("request").annotate(n=Count("pk")).values("n")
    asked = ResourceRequest.objects.visible_to(member).annotate(
        answer_count=Coalesce(Subquery(counts, output_field=IntegerField()), 0)
    )
    return asked.select_related("cohort", "asked_by__user", "asked_by__team").open_first()


def open_requests(member: Membership) -> int:
    """How many the member sees that wait for an answer."""
    return ResourceRequest.objects.visible_to(member).open().count()


def matching_requests(
    member: Membership, query: str, narrow: Narrowing | None = None
) -> RequestQuerySet:
    """What is or was asked for in these words, best first: as `matching_resources` has it."""
    narrow = narrow or Narrowing()
    asked = _narrowed(ResourceRequest.objects.visible_to(member), narrow)
    terms = search_query(query)
    if terms is None:
        shown = asked.annotate(headline=Left("details", 180), title_found=F("title"))
        is_all = narrow == Narrowing(at=narrow.at)
        return shown.none() if is_all else shown.order_by("-created_at", "-pk")
    return (
        asked.filter(search=terms)
        .annotate(
            rank=SearchRank(F("search"), terms),
            headline=passage("details", terms),
            title_found=whole("title", terms),
        )
        .order_by("-rank", "-created_at", "-pk")
    )


def _narrowed(asked: RequestQuerySet, narrow: Narrowing) -> RequestQuerySet:
    if narrow.themes:
        with_themes = ResourceRequest.themes.through.objects.filter(theme__in=narrow.themes)
        asked = asked.filter(pk__in=with_themes.values("resourcerequest"))
    if narrow.authors:
        asked = asked.filter(asked_by__in=narrow.authors)
    elif narrow.author_name:
        asked = asked.none()
    if narrow.team:
        asked = asked.filter(asked_by__team=narrow.team)
    if narrow.since:
        asked = asked.filter(created_at__gte=narrow.since)
    if narrow.until:
        asked = asked.filter(created_at__lt=narrow.until)
    return asked


def answers_to(asked: ResourceRequest, member: Membership) -> list[Line]:
    """What answers it, in the order it came, of what the member sees."""
    resources = Resource.objects.visible_to(member).filter(answer_rows__request=asked)
    return lines_of(resources.order_by("answer_rows__pk"))
