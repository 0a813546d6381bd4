"""What one types is kept, comes back, and is gone once it is sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forums import services
from forums.models import Draft, Post
from tests.factories import SpaceFactory, ThreadFactory

KEEP = "/c/spring/discussions/drafts/"


@pytest.fixture
def as_mia(client, mia):
    client.force_login(mia.user)
    return client


def keep(client, place, body="Half a thought", **more):
    return client.post(KEEP, {"draft": place, "body": body, **more}).status_code


def kept(member):
    rows = member.drafts.order_by("place").values_list("place", "title", "body", "is_html")
    return list(rows)


def test_a_draft_is_kept_and_replaced(as_mia, mia, thread):
    place = f"thread:{thread.pk}"
    assert keep(as_mia, place) == 204
    assert keep(as_mia, place, "<p>A whole <b>thought</b></p>", is_html="on") == 204
    assert kept(mia) == [(place, "", "<p>A whole <b>thought</b></p>", True)]


def test_an_emptied_form_leaves_no_draft(as_mia, mia, thread):
    keep(as_mia, f"thread:{thread.pk}")
    keep(as_mia, f"thread:{thread.pk}", " ", kind="question")
    assert kept(mia) == []


def test_a_reply_is_restored_and_gone_once_sent(as_mia, mia, thread):
    keep(as_mia, f"thread:{thread.pk}", "<p>Half a <b>thought</b></p>", is_html="on")
    page = as_mia.get(thread.get_absolute_url()).content.decode()
    assert "Half a **thought**</textarea>" in page
    assert "<template><p>Half a <strong>thought</strong></p></template>" in page
    assert "is restored." in page
    as_mia.post(f"{thread.get_absolute_url()}posts/", {"body": "Whole"})
    assert kept(mia) == []
    assert "Half a" not in as_mia.get(thread.get_absolute_url()).content.decode()


def test_a_hostile_draft_is_sanitized_when_it_is_shown(as_mia, thread):
    keep(as_mia, f"thread:{thread.pk}", "<p>x</p></template><script>x()</script>", is_html="on")
    page = as_mia.get(thread.get_absolute_url()).content.decode()
    assert "<template><p>x</p></template>" in page
    assert "x()" not in page


def test_a_new_thread_is_restored_with_its_choices(as_mia, themes, commons):
    theme = themes["leaders"].pk
    keep(
        as_mia, "new", "", title="A title", kind="dilemma", situation="What happens", tags="buses",
        themes=theme, space=commons.pk, **{"poll-question": "Which?", "poll-options": "A\nB"},
    )  # fmt: skip
    page = as_mia.get("/c/spring/discussions/new/").content.decode()
    assert 'value="A title"' in page
    assert '<option value="dilemma" selected>' in page
    assert "What happens</textarea>" in page
    assert 'value="buses"' in page
    assert f'value="{theme}" checked' in page
    assert 'value="Which?"' in page


def test_each_space_has_its_own_draft_of_a_new_thread(as_mia, mia, themes, commons):
    other = SpaceFactory(cohort=mia.cohort, name="Apprenticeships", slug="apprenticeships")
    new = "/c/spring/discussions/new/"
    keep(as_mia, f"new:{commons.pk}", "", title="In the commons")
    keep(as_mia, f"new:{other.pk}", "", title="On apprentices")
    keep(as_mia, "new", "", title="Anywhere")
    for query, title in [
        ("", "Anywhere"), ("?space=commons", "In the commons"),
        ("?space=apprenticeships", "On apprentices"),
    ]:  # fmt: skip
        assert f'value="{title}"' in as_mia.get(f"{new}{query}").content.decode()
    page = as_mia.get("/c/spring/discussions/drafts/").content.decode()
    assert "On apprentices, in Apprenticeships" in page
    assert f'href="{new}?space=apprenticeships"' in page

    sent = {
        "draft": f"new:{other.pk}", "title": "On apprentices", "space": other.pk,
        "kind": "discussion", "themes": themes["leaders"].pk, "body": "Who has some?",
    }  # fmt: skip
    assert as_mia.post(new, sent).status_code == 302
    assert sorted(mia.drafts.values_list("title", flat=True)) == ["Anywhere", "In the commons"]


def test_nobody_drafts_in_a_space_out_of_sight(client, cast, spaces):
    client.force_login(cast.tia.user)
    assert keep(client, f"new:{spaces['harbor'].pk}") == 404


def test_what_arrives_after_it_was_sent_is_not_kept(as_mia, mia, thread):
    key = "5a0f3f0e-0000-4000-8000-000000000001"
    as_mia.post(f"{thread.get_absolute_url()}posts/", {"body": "Whole", "form_key": key})
    assert keep(as_mia, f"thread:{thread.pk}", form_key=key) == 204
    assert kept(mia) == []


@pytest.mark.parametrize("place", ["", "new ", "thread:0", "thread:x", "post:1e3", "thread:٣", "x"])
def test_drafts_belong_somewhere(as_mia, place):
    assert keep(as_mia, place) == 404


def test_nobody_keeps_drafts_where_they_may_not_read_or_edit(client, cast, spaces):
    room = ThreadFactory(space=spaces["harbor"], author=cast.theo)
    client.force_login(cast.tia.user)
    assert keep(client, f"thread:{room.pk}") == 404
    client.force_login(cast.mia.user)
    assert keep(client, f"thread:{room.pk}") == 204
    assert keep(client, f"post:{Post.objects.get(thread=room).pk}") == 404


def test_too_long_a_draft_is_left_to_the_browser(as_mia, mia, thread):
    assert keep(as_mia, f"thread:{thread.pk}", "x" * (Draft.LIMIT + 1)) == 413
    assert kept(mia) == []


def test_the_oldest_beyond_the_most_goes(mia, monkeypatch):
    monkeypatch.setattr(Draft, "MOST", 3)
    for number in range(1, 6):
        services.keep_draft(member=mia, place=f"thread:{number}", body="x", is_html=False)
    assert [row[0] for row in kept(mia)] == ["thread:3", "thread:4", "thread:5"]


def test_drafts_are_listed_for_their_writer_alone(client, cast, thread):
    services.keep_draft(
        member=cast.mia, place=f"thread:{thread.pk}", body="<p>sesame</p>", is_html=True
    )
    pages = {}
    for who in (cast.mia, cast.fay):
        client.force_login(who.user)
        pages[who] = client.get(KEEP).content.decode()
    assert "sesame" in pages[cast.mia]
    assert "Reply in “Buses”" in pages[cast.mia]
    assert "sesame" not in pages[cast.fay]


def test_a_draft_for_a_thread_one_lost_keeps_its_text_and_tells_no_title(as_mia, mia, spaces, cast):
    thread = ThreadFactory(space=spaces["harbor"], author=cast.theo, title="Secret name")
    keep(as_mia, f"thread:{thread.pk}", "My own words")
    mia.team = cast.other_team
    mia.save()
    page = as_mia.get(KEEP).content.decode()
    assert "My own words" in page
    assert "Secret name" not in page


def test_a_draft_for_a_thread_closed_meanwhile_is_read_on_the_list(as_mia, thread):
    keep(as_mia, f"thread:{thread.pk}", "Long words " * 40)
    services.close_thread(thread=thread)
    page = as_mia.get(KEEP).content.decode()
    assert "which is closed" in page
    assert ("Long words " * 40).strip() in page
    assert f"{thread.get_absolute_url()}#reply" not in page


def test_throwing_away_from_the_form_leads_back_to_it(as_mia, mia, thread):
    keep(as_mia, f"thread:{thread.pk}")
    data = {"draft": f"thread:{thread.pk}", "from": "form"}
    answer = as_mia.post(f"{KEEP}removal/", data)
    assert answer["Location"] == f"{thread.get_absolute_url()}#reply"
    assert kept(mia) == []


def test_old_drafts_are_swept(mia):
    services.keep_draft(member=mia, place="new", body="old", is_html=False)
    services.keep_draft(member=mia, place="thread:1", body="young", is_html=False)
    mia.drafts.filter(place="new").update(
        updated_at=timezone.now() - Draft.KEPT - timedelta(hours=1)
    )
    services.sweep_unsent(timezone.now())
    assert [row[0] for row in kept(mia)] == ["thread:1"]


def test_drafts_cost_no_query_on_a_page(as_mia, thread, django_assert_max_num_queries):
    keep(as_mia, f"thread:{thread.pk}")
    with django_assert_max_num_queries(10):
        assert "Half a thought" in as_mia.get(thread.get_absolute_url()).content.decode()
