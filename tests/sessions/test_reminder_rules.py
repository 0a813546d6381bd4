from django.urls import reverse

from cohort import events
from cohort.models import AuditEntry
from sessions.models import ReminderRule


def typed(*rules, initial=0):
    fields = {"rules-TOTAL_FORMS": len(rules), "rules-INITIAL_FORMS": initial}
    for place, (amount, unit, audience, *delete) in enumerate(rules):
        fields |= {
            f"rules-{place}-amount": amount,
            f"rules-{place}-unit": unit,
            f"rules-{place}-audience": audience,
        }
        if delete:
            fields[f"rules-{place}-DELETE"] = "on"
    return fields


def kept(cohort):
    return list(cohort.reminder_rules.values_list("minutes", "audience"))


def page(cohort):
    return reverse("sessions:reminder_rule_list", args=[cohort.slug])


def test_a_facilitator_sets_the_rules(browse, fay):
    events.cohort_created(fay.cohort)
    client = browse(fay)
    answer = client.post(
        page(fay.cohort),
        typed(
            (7, "days", "unanswered"),
            (1, "days", "coming", "delete"),
            (10, "minutes", "everybody"),
            ("", "minutes", "coming"),
            initial=3,
        ),
    )
    assert answer.status_code == 302
    assert kept(fay.cohort) == [(10080, "unanswered"), (10, "everybody")]
    assert AuditEntry.objects.filter(action="reminder_rules.changed").count() == 1
    shown = client.get(page(fay.cohort)).context["rules"]
    assert [form.initial for form in shown.initial_forms] == [
        {"amount": 7, "unit": "days", "audience": "unanswered"},
        {"amount": 10, "unit": "minutes", "audience": "everybody"},
    ]


def test_what_makes_no_sense_comes_back(browse, fay):
    for wrong in (
        [(40, "days", "coming")],
        [(0, "hours", "coming")],
        [(1, "days", "coming"), (24, "hours", "coming")],
        [(n, "hours", "coming") for n in range(1, 8)],
    ):
        answer = browse(fay).post(page(fay.cohort), typed(*wrong))
        assert answer.status_code == 422
        assert f'value="{wrong[0][0]}"' in answer.content.decode()
    assert ReminderRule.objects.count() == 0
