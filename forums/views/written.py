"""From a form in which somebody wrote to the HTML of a post."""

from django.utils.html import format_html
from django.utils.translation import gettext as _

from cohort.files import NotStored
from cohort.models import Membership
from forums import services
from forums.forms import ThreadForm, WrittenForm
from forums.models import Space


def html_written(form: WrittenForm, space: Space, writer: Membership) -> str | None:
    """What a valid form says, as HTML, with the files added to it.

    None if a file could not be kept; the form says why then.
    """
    is_html = form.cleaned_data["is_html"]
    sections = (
        form.sections() if isinstance(form, ThreadForm) else [("", form.cleaned_data["body"])]
    )
    html = "".join(
        (format_html("<h2>{}</h2>", heading) if heading else "")
        + services.html_of(text, space, is_html=is_html)
        for heading, text in sections
        if text
    )
    try:
        for checked in form.cleaned_data["attached"]:
            kept = services.add_attachment(member=writer, checked=checked)
            html += services.attachment_html(kept)
    except services.TooManyWaiting as refused:
        form.add_error("attached", str(refused.reason))
        return None
    except NotStored:
        form.add_error("attached", _("The files could not be kept just now. Please try again."))
        return None
    return html
