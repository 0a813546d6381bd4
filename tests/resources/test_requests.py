import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from cohort.models import Audience, AuditEntry
from notifications import reasons
from notifications.models import Delivery, Entry
from notifications.sections import Place, Reader
from resources import request_news, services
from resources.edition_requests import request_section
from resources.models import RequestAnswer, Resource, ResourceRequest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """Nobody is told of new mail: the test itself is the worker."""
    from notifications import tasks

    monkeypatch.setattr(tasks, "poke", lambda: None)


def at(name, cohort, *keys) -> str:
    return reverse(f"resources:{name}", args=[cohort.slug, *keys])


@pytest.fixture
def asked(cast, themes):
    """Mia looks for an agreement with a hospital."""
    return services.ask_for(
        member=cast.mia, title="Agreement with a hospital", themes=[themes["leaders"]]
    )


def answer(asked, resource, by) -> None:
    services.answer_request(asked=asked, resource=resource, by=by)


# ---------------------------------------------------------------- asking


def test_a_member_asks_the_cohort_and_a_facilitator_may_ask_facilitators(browse, cast, themes):
    form = {"title": " A  bus plan ", "details": "For May.", "themes": [themes["drivers"].pk]}
    new = at("request_create", cast.cohort)
    assert browse(cast.mia).post(new, {**form, "title": ""}).status_code == 422
    for member in (cast.mia, cast.fay):
        answered = browse(member).post(new, {**form, "audience": "facilitators"})
        assert answered.status_code == 302
    rows = ResourceRequest.objects.order_by("pk")
    assert list(rows.values_list("title", "asked_by", "audience", "themes__slug")) == [
        ("A bus plan", cast.mia.pk, "cohort", "drivers"),
        ("A bus plan", cast.fay.pk, "facilitators", "drivers"),
    ]


def test_open_requests_stand_first_and_each_sees_theirs(browse, cast, themes):
    def ask(member, title, **said):
        return services.ask_for(member=member, title=title, themes=[themes["leaders"]], **said)

    old = ask(cast.mia, "Old")
    ResourceRequest.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=9))
    services.close_request(asked=ask(cast.tia, "Closed"), by=cast.tia)
    ask(cast.fay, "Among us", audience=Audience.FACILITATORS)
    ask(cast.olga, "Autumn's")
    ask(cast.tia, "New")

    def seen_by(member):
        page = browse(member).get(at("request_list", cast.cohort)).context["page"]
        return [each.title for each in page]

    assert seen_by(cast.mia) == seen_by(cast.obi) == ["New", "Old", "Closed"]
    assert seen_by(cast.fay) == ["New", "Among us", "Old", "Closed"]


def test_one_has_only_so_many_open_requests(browse, cast, themes, monkeypatch):
    monkeypatch.setattr(ResourceRequest, "MOST_OPEN", 1)
    form = {"title": "A bus plan", "themes": [themes["drivers"].pk]}
    mia, new = browse(cast.mia), at("request_create", cast.cohort)
    assert [mia.post(new, form).status_code for _n in range(2)] == [302, 422]
    services.close_request(asked=ResourceRequest.objects.get(), by=cast.mia)
    assert mia.post(new, form).status_code == 302


def test_the_same_form_sent_twice_asks_once(browse, cast, themes):
    mia, new = browse(cast.mia), at("request_create", cast.cohort)
    key = mia.get(new).context["form"]["form_key"].value()
    form = {"title": "A bus plan", "themes": [themes["drivers"].pk], "form_key": str(key)}
    places = {mia.post(new, form)["Location"] for _twice in range(2)}
    assert places == {ResourceRequest.objects.get().get_absolute_url()}


def test_the_library_says_how_many_wait(browse, cast, asked, themes):
    services.ask_for(
        member=cast.fay, title="Ours", themes=[themes["drivers"]], audience=Audience.FACILITATORS
    )

    def told(member):
        return browse(member).get(at("resource_list", cast.cohort)).context["open_requests"]

    assert (told(cast.obi), told(cast.fay)) == (1, 2)
    services.close_request(asked=asked, by=cast.mia)
    assert told(cast.obi) == 0


def test_the_way_to_the_requests_has_one_name_whatever_is_filtered(browse, cast, asked):
    def link(**chosen):
        html = browse(cast.mia).get(at("resource_list", cast.cohort), chosen).content.decode()
        start = html.index(f'<a href="{at("request_list", cast.cohort)}">')
        return strip_tags(html[start : html.index("</a>", start)])

    assert (link(), link(q="nothing like it")) == ("Requests 1 open", "Requests")


def test_who_asked_is_not_asked_whether_they_have_it(browse, cast, asked):
    def heading(member):
        html = browse(member).get(asked.get_absolute_url()).content.decode()
        return re.search(r'<h2 id="answer">([^<]+)</h2>', html)[1]

    assert heading(cast.mia) == "Found it yourself?"
    assert heading(cast.tia) == "Do you have it?"


def test_a_search_in_vain_leads_to_asking(browse, cast):
    page = browse(cast.mia).get(at("resource_list", cast.cohort), {"q": "bus & plan"})
    link = f"{at('request_create', cast.cohort)}?title=bus%20%26%20plan"
    assert link in page.content.decode()
    form = browse(cast.mia).get(link).context["form"]
    assert form["title"].value() == "bus & plan"
    nothing = browse(cast.obi).get(at("resource_list", cast.cohort), {"q": "bus"})
    assert "?title=bus" not in nothing.content.decode()


# ---------------------------------------------------------------- saying it better


def test_whoever_asked_says_it_better_while_it_is_open(browse, cast, asked, themes):
    mia, edit = browse(cast.mia), at("request_edit", cast.cohort, asked.pk)
    form = mia.get(edit).context["form"]
    assert [form[name].value() for name in ("title", "details", "themes")] == [
        "Agreement with a hospital", "", [themes["leaders"].pk],
    ]  # fmt: skip
    drivers = themes["drivers"].pk
    said = {"title": " A  clinic's agreement ", "details": "A page.", "themes": [drivers]}

    refused = mia.post(edit, {**said, "themes": []})
    assert refused.status_code == 422
    assert refused.context["form"]["details"].value() == "A page."
    assert mia.post(edit, said)["Location"] == asked.get_absolute_url()

    rows = ResourceRequest.objects.values_list("title", "details", "themes__slug", "audience")
    assert list(rows) == [("A clinic's agreement", "A page.", "drivers", "cohort")]
    assert not AuditEntry.objects.exists()


def test_what_a_facilitator_says_better_for_another_is_noted(browse, cast, asked, themes):
    said = {"title": "A clinic", "themes": [themes["drivers"].pk], "audience": "facilitators"}
    browse(cast.fay).post(at("request_edit", cast.cohort, asked.pk), said)
    asked.refresh_from_db()
    assert (asked.title, asked.audience, asked.asked_by) == ("A clinic", "cohort", cast.mia)
    entry = AuditEntry.objects.get(action="request.edited")
    assert (entry.subject, entry.actor_name) == ("Agreement with a hospital", "Fay")


def test_what_was_closed_meanwhile_is_not_said_anew(browse, cast, asked):
    edit = at("request_edit", cast.cohort, asked.pk)
    assert edit in browse(cast.mia).get(asked.get_absolute_url()).content.decode()
    services.close_request(asked=asked, by=cast.mia)
    assert edit not in browse(cast.mia).get(asked.get_absolute_url()).content.decode()
    with pytest.raises(services.RequestClosed):
        services.edit_request(asked=asked, by=cast.mia, title="B", themes=[])
    asked.refresh_from_db()
    assert (asked.title, asked.themes.count()) == ("Agreement with a hospital", 1)


# ---------------------------------------------------------------- answering


def told() -> tuple[list[str], list[str]]:
    """Who was told, by mail and in the bell."""
    rows = Delivery.objects.filter(kind=request_news.KIND).select_related("recipient__user")
    lines = Entry.objects.filter(kind=request_news.KIND).select_related("member__user")
    return [str(row.recipient) for row in rows], [str(line.member) for line in lines]


def test_naming_what_there_is_tells_the_asker_once(browse, cast, add, asked):
    resource = add(cast.tia, title="Hospital MOU")
    tia = browse(cast.tia)
    found = tia.get(asked.get_absolute_url(), {"find": "hospital"})
    assert [each.title for each in found.context["found"]] == ["Hospital MOU"]
    for _twice in range(2):
        tia.post(at("answer_create", cast.cohort, asked.pk, resource.pk))
    assert (RequestAnswer.objects.count(), told()) == (1, (["Mia"], ["Mia"]))
    page = browse(cast.mia).get(asked.get_absolute_url())
    assert [each.title for each in page.context["answers"]] == ["Hospital MOU"]
    assert Entry.objects.filter(read_at=None).count() == 0


def test_adding_something_answers_what_it_was_added_for(browse, cast, themes, asked):
    new = f"{at('resource_create', cast.cohort)}?answers={asked.pk}"
    tia = browse(cast.tia)
    assert "Agreement with a hospital" in tia.get(new).content.decode()
    form = {
        "title": "Ours", "kind": "agreement", "themes": [themes["leaders"].pk],
        "audience": "cohort", "url": "https://example.org/", "answers": asked.pk,
    }  # fmt: skip
    refused = tia.post(at("resource_create", cast.cohort), {**form, "title": ""})
    assert f'name="answers" value="{asked.pk}"' in refused.content.decode()
    tia.post(at("resource_create", cast.cohort), form)
    row = RequestAnswer.objects.get()
    assert (row.request, row.resource.title, row.by) == (asked, "Ours", cast.tia)
    assert told() == (["Mia"], ["Mia"])


def test_what_the_asker_cannot_see_answers_nothing_to_her(browse, cast, themes, asked):
    form = {
        "title": "Ours", "kind": "agreement", "themes": [themes["leaders"].pk],
        "audience": "team", "url": "https://example.org/", "answers": asked.pk,
    }  # fmt: skip
    page = browse(cast.tia).post(at("resource_create", cast.cohort), form, follow=True)
    assert "it is not for the whole cohort" in page.content.decode()
    assert (RequestAnswer.objects.count(), told()) == (1, ([], []))


def test_several_files_and_a_page_answer_as_well(browse, cast, themes, asked):
    tia = browse(cast.tia)
    said = {"kind": "agreement", "themes": [themes["leaders"].pk], "audience": "cohort"}
    files = [ContentFile(b"One.", "one.txt"), ContentFile(b"Two.", "two.txt")]
    for_script = tia.post(
        at("resource_create", cast.cohort),
        {**said, "title": "First", "file": ContentFile(b"0", "0.txt"), "answers": asked.pk},
        headers={"Accept": "application/json"},
    )
    assert for_script.status_code == 201
    tia.post(at("resource_create", cast.cohort), {**said, "file": files, "answers": asked.pk})
    new_page = at("page_create", cast.cohort)
    assert (
        f'name="answers" value="{asked.pk}"'
        in tia.get(f"{new_page}?answers={asked.pk}").content.decode()
    )
    tia.post(new_page, {**said, "title": "Third", "body": "Words.", "answers": asked.pk})
    titles = asked.answers.order_by("answer_rows__pk").values_list("title", flat=True)
    assert list(titles) == ["First", "one", "two", "Third"]


def test_what_was_closed_meanwhile_is_added_and_answers_nothing(browse, cast, themes, asked):
    services.close_request(asked=asked, by=cast.mia)
    form = {
        "title": "Ours", "kind": "agreement", "themes": [themes["leaders"].pk],
        "audience": "cohort", "url": "https://example.org/", "answers": asked.pk,
    }  # fmt: skip
    page = browse(cast.tia).post(at("resource_create", cast.cohort), form, follow=True)
    assert "closed meanwhile" in page.content.decode()
    assert (Resource.objects.count(), RequestAnswer.objects.count(), told()) == (1, 0, ([], []))


def test_one_answers_only_what_one_sees(browse, cast, themes):
    """Asked among the facilitators: to others it is as if it were not there."""
    asked = services.ask_for(
        member=cast.fay, title="Secret plan", themes=[], audience=Audience.FACILITATORS
    )
    new = at("resource_create", cast.cohort)
    assert "Secret plan" in browse(cast.fay).get(f"{new}?answers={asked.pk}").content.decode()
    assert "Secret plan" not in browse(cast.tia).get(f"{new}?answers={asked.pk}").content.decode()
    form = {
        "title": "Ours", "kind": "agreement", "themes": [themes["leaders"].pk],
        "audience": "cohort", "url": "https://example.org/", "answers": asked.pk,
    }  # fmt: skip
    browse(cast.tia).post(new, form)
    assert (Resource.objects.count(), RequestAnswer.objects.count()) == (1, 0)


def test_a_request_takes_only_so_many_answers(cast, add, asked, monkeypatch):
    monkeypatch.setattr(ResourceRequest, "MOST_ANSWERS", 1)
    answer(asked, add(cast.tia), cast.tia)
    with pytest.raises(services.EnoughAnswers):
        answer(asked, add(cast.tia), cast.tia)
    assert RequestAnswer.objects.count() == 1


@pytest.mark.parametrize("answers", ["x", "0", "987654321", "-1", "9" * 30, ""])
def test_adding_for_no_request_is_adding(browse, cast, themes, answers):
    form = {
        "title": "Ours", "kind": "agreement", "themes": [themes["leaders"].pk],
        "audience": "cohort", "url": "https://example.org/", "answers": answers,
    }  # fmt: skip
    browse(cast.tia).post(at("resource_create", cast.cohort), form)
    assert (Resource.objects.count(), RequestAnswer.objects.count()) == (1, 0)


def test_answers_are_shown_and_counted_to_those_who_see_them(browse, cast, add, asked):
    answer(asked, add(cast.tia, title="For all"), cast.tia)
    answer(asked, add(cast.tia, title="River's", audience=Audience.TEAM), cast.tia)

    def seen_by(member):
        page = browse(member).get(asked.get_absolute_url())
        listed = browse(member).get(at("request_list", cast.cohort)).context["page"]
        return [each.title for each in page.context["answers"]], listed[0].answer_count

    assert seen_by(cast.mia) == (["For all"], 1)
    assert seen_by(cast.tia) == (["For all", "River's"], 2)


def test_mail_and_bell_say_nothing_of_what_the_asker_may_not_see(cast, add, asked):
    resource = add(cast.tia, title="Hospital MOU")
    answer(asked, resource, cast.tia)
    delivery = Delivery.objects.select_related("recipient__user", "recipient__cohort").get()
    entry = Entry.objects.select_related("member__user", "member__cohort").get()
    ((_row, mail),) = request_news.compose([delivery])
    assert mail.subject == "Somebody has it: Agreement with a hospital"
    assert request_news.describe([entry])[entry.pk].detail == "Hospital MOU"

    Resource.objects.update(audience=Audience.FACILITATORS)
    ((_row, outcome),) = request_news.compose([delivery])
    assert (outcome.reason, request_news.describe([entry])) == (reasons.GONE, {})


def test_who_answers_themselves_is_not_told(cast, add, asked):
    answer(asked, add(cast.mia), cast.mia)
    assert told() == ([], [])


# ---------------------------------------------------------------- closing


def test_who_asked_closes_it_and_a_facilitator_may(browse, cast, add, asked):
    resource = add(cast.tia)
    close = at("request_closing", cast.cohort, asked.pk)
    again = at("request_closing_removal", cast.cohort, asked.pk)
    assert browse(cast.theo).post(close).status_code == 403
    browse(cast.mia).post(close)
    answered = browse(cast.tia).post(at("answer_create", cast.cohort, asked.pk, resource.pk))
    assert (answered.status_code, RequestAnswer.objects.count()) == (403, 0)
    for _twice in range(2):
        browse(cast.fay).post(again)
    asked.refresh_from_db()
    assert asked.is_open
    actions = AuditEntry.objects.filter(action__startswith="request.")
    assert list(actions.values_list("action", flat=True)) == ["request.reopened"]


def test_what_is_removed_leaves_its_answers_in_the_library(browse, cast, add, asked):
    resource = add(cast.tia)
    answer(asked, resource, cast.tia)
    gone = at("request_removal", cast.cohort, asked.pk)
    assert browse(cast.fay).get(gone).status_code == 200
    assert ResourceRequest.objects.exists()
    browse(cast.fay).post(gone)
    assert (ResourceRequest.objects.count(), Resource.objects.get()) == (0, resource)
    entry = AuditEntry.objects.get(action="request.removed")
    assert (entry.subject, entry.details["request"]) == ("Agreement with a hospital", asked.pk)
    ((_row, outcome),) = request_news.compose(list(Delivery.objects.select_related("recipient")))
    assert outcome.reason == reasons.GONE


# ---------------------------------------------------------------- the edition


def test_the_edition_tells_others_what_is_looked_for(cast, asked, themes):
    services.ask_for(member=cast.olga, title="Autumn's", themes=[])
    services.ask_for(member=cast.fay, title="Ours", themes=[], audience=Audience.FACILITATORS)
    done = services.ask_for(member=cast.tia, title="Found", themes=[])
    services.close_request(asked=done, by=cast.tia)
    old = services.ask_for(member=cast.tia, title="Old", themes=[])
    ResourceRequest.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=9))
    week = timezone.now() - timedelta(days=7), timezone.now() + timedelta(seconds=1)
    readers = [Reader(member, *week) for member in (cast.mia, cast.theo, cast.fay, cast.obi)]
    parts = request_section(readers)
    title = "Does anyone have: Agreement with a hospital?"
    assert {pk: [item.title for item in part.items] for pk, [part] in parts.items()} == {
        cast.theo.pk: [title],
        cast.fay.pk: [title],
        cast.obi.pk: [title],
    }
    assert {part.place for [part] in parts.values()} == {Place.QUESTIONS}


def test_requests_ask_the_same_for_one_and_for_three(
    browse, cast, add, asked, themes, untracked, django_assert_num_queries
):
    tia = browse(cast.tia)
    tia.get(at("request_list", cast.cohort))
    for count in (1, 2):
        for number in range(count):
            services.ask_for(member=cast.mia, title=f"R{number}", themes=[themes["leaders"]])
            answer(asked, add(cast.fay), cast.fay)
        with django_assert_num_queries(6):
            tia.get(at("request_list", cast.cohort))
        with django_assert_num_queries(7):
            tia.get(asked.get_absolute_url())
