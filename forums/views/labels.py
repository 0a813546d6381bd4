"""What a thread is called and filed under, changed after it was begun."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohort.access import MemberRequest, member_required, require
from cohort.form_fields import theme_tree
from forums import permissions, services
from forums.forms_labels import LabelsForm
from forums.views.threads import find_thread


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread_edit(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = find_thread(request, thread_pk)
    require(permissions.can_relabel(request.membership, thread))
    may_announce = permissions.can_announce(request.membership)
    if request.method == "POST":
        form = LabelsForm(thread, request.POST, may_announce=may_announce)
        if form.is_valid():
            try:
                services.relabel_thread(thread=thread, by=request.membership, **form.cleaned_data)
            except services.Refused as refused:
                messages.error(request, refused.reason)
                return redirect("forums:thread_list", request.cohort.slug)
            messages.success(request, _("Saved."))
            return redirect(thread)
    else:
        form = LabelsForm.of(thread, may_announce=may_announce)
    context = {"thread": thread, "form": form, "tree": theme_tree(form["themes"])}
    return render(request, "forums/thread_edit.html", context, status=422 if form.errors else 200)
