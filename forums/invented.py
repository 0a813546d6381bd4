"""A discussion that never was, for samples of mail."""

from django.utils.translation import gettext as _

from cohort.models import Role
from forums.models import Post, Space, Thread
from notifications import samples


def post() -> Post:
    """The opening post of a question."""
    thread = _thread()
    return _post(thread, 1, _("How do you decide which employer to ask first?"))


def reply() -> Post:
    """An answer to it that names the reader and holds some of what posts can hold."""
    words = _("%(name)s, we ask the one who loses most people, and offer two things:") % {
        "name": '<a class="mention" href="/sample/ana/">@Ana Ruiz</a>'
    }
    points = (_("students who have tried the work"), _("one person to call"))
    items = "".join(f"<li>{point}</li>" for point in points)
    found = _post(_thread(), 2, "")
    found.body = f"<p>{words}</p><ul>{items}</ul>"
    found.body_text = "\n".join(
        [_("@Ana Ruiz, we ask the one who loses most people, and offer two things:"), *points]
    )
    return found


def _thread() -> Thread:
    cohort = samples.cohort()
    return Thread(
        pk=0,
        cohort=cohort,
        space=Space(pk=0, cohort=cohort, slug="commons", name=_("Commons")),
        author=samples.person("Mia Tran"),
        kind=Thread.Kind.QUESTION,
        title=_("Which employer do you ask first?"),
    )


def _post(thread: Thread, number: int, text: str) -> Post:
    author = samples.person("Theo Larkin", role=Role.TEAM_LEAD)
    return Post(
        pk=0, thread=thread, author=author, number=number, body=f"<p>{text}</p>", body_text=text
    )
