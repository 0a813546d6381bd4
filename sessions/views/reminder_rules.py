"""How long before its sessions a cohort reminds whom."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohort.access import MemberRequest, member_required, require
from sessions.forms_calendar import ReminderRuleFormSet
from sessions.permissions import can_plan
from sessions.services import reminder_rules


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def reminder_rule_list(request: MemberRequest) -> HttpResponse:
    require(can_plan(request.membership))
    rules = ReminderRuleFormSet(
        request.POST or None, initial=reminder_rules.as_typed(request.cohort), prefix="rules"
    )
    if request.method == "POST" and rules.is_valid():
        reminder_rules.set_rules(cohort=request.cohort, rules=rules.wanted, by=request.membership)
        messages.success(request, _("Saved. It holds for every session that is not over."))
        return redirect("sessions:reminder_rule_list", request.cohort.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "sessions/reminder_rule_list.html", {"rules": rules}, status=status)
