"""A living page of every component, with invented content: the demo's /demo/components/."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cohort.models import Cohort, Membership, Role, User


class ExampleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=140, help_text=_("One line that says it."))
    email = forms.EmailField(label=_("Email address"))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("question", _("Question")), ("win", _("Win")), ("ask", _("Ask"))]
    )
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    body = forms.CharField(label=_("Your text"), widget=forms.Textarea(attrs={"rows": 4}))
    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        widget=forms.CheckboxSelectMultiple,
        choices=[("drivers", _("Drivers")), ("leaders", _("Leaders")), ("students", _("Students"))],
    )
    rhythm = forms.ChoiceField(
        label=_("Mail"),
        widget=forms.RadioSelect,
        choices=[("weekly", _("Weekly, on Tuesday morning")), ("daily", _("Daily"))],
        help_text=_("You can change it at any time."),
    )
    file = forms.FileField(label=_("File"), required=False, help_text=_("Up to 25 MB."))
    agree = forms.BooleanField(label=_("I agree to the norms of this cohort"))


PEOPLE = [
    ("Mia Ortega", "Superintendent", "Lakeside Unified School District"),
    ("Theo Brandt", "Dean of Workforce Programs", "Harbor Community College"),
    ("Fay Lindqvist", "Facilitator", "Common Table"),
    ("Obi Nwosu", "Program officer", "Meridian Fund"),
    ("Ana María Peña-Solís", "Plant manager", "Cedar Valley Foods"),
    ("Jo Park", "President", "Tri-County Chamber of Commerce"),
]


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show every component; `?errors=1` shows the form refused, `?toast=1` a message."""
    cohort = Cohort(slug="example", name="Pathways Cohort 2026")
    people = [User(pk=pk, name=name, title=title) for pk, (name, title, _org) in enumerate(PEOPLE)]
    people[0].email = "mia@example.org"
    member = Membership(cohort=cohort, user=people[0], role=Role.FACILITATOR)
    if "toast" in request.GET:
        messages.success(request, _("Your reply is posted. Twelve people follow this discussion."))
        messages.error(request, _("The file is larger than 25 MB. Nothing was uploaded."))
    data: dict[str, Any] | None = {"title": "", "email": "mia"} if "errors" in request.GET else None
    context = {
        "user": people[0],
        "cohort": cohort,
        "membership": member,
        "nav_section": request.GET.get("section", "discussions"),
        "people": people,
        "form": ExampleForm(data),
        "page": Paginator(range(100), 20).page(2),
        "now": timezone.now(),
        "earlier": timezone.now() - timedelta(hours=5),
        "soon": timezone.now() + timedelta(days=2, hours=3),
        "hues": ["drivers", "leaders", "practices", "students"],
    }
    return render(request, "demo/components.html", context, status=422 if data else 200)
