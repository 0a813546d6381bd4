"""What views of sessions begin with."""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from cohort.access import MemberRequest
from sessions import queries
from sessions.models import LearningSession


def session_of(request: MemberRequest, session_pk: int) -> LearningSession:
    return get_object_or_404(queries.sessions_of(request.membership), pk=session_pk)


def page_of(request: MemberRequest, session_pk: int) -> Any:
    """The session with what its pages show (`queries.session_pages`)."""
    return get_object_or_404(queries.session_pages(request.membership), pk=session_pk)


def room_page_of(request: MemberRequest, session_pk: int) -> Any:
    """The session with what its live room shows (`queries.room_pages`)."""
    return get_object_or_404(queries.room_pages(request.membership), pk=session_pk)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when that is nothing at all."""
    return request.POST if request.method == "POST" else None
