"""What is asked for, and what of the library answers it, as a member sees them."""

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from cohort.models import Membership
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


def answers_to(asked: ResourceRequest, member: Membership) -> list[Line]:
    """What answers it, in the order it came, of what the member sees."""
    resources = Resource.objects.visible_to(member).filter(answer_rows__request=asked)
    return lines_of(resources.order_by("answer_rows__pk"))
