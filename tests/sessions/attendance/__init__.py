"""Who came."""

from django.urls import reverse

from sessions.models import Attendance


def url(name, session, *more):
    return reverse(f"sessions:{name}", args=[session.cohort.slug, session.pk, *more])


def marks(session):
    """Mark and source, by first name."""
    rows = Attendance.objects.filter(session=session).select_related("member__user")
    return {row.member.user.name: (row.mark, row.source) for row in rows}
