import re

import pytest
from django.urls import reverse

from cohort.models import AuditEntry
from forums import moderation_mail, services
from forums.models import Flag, Post, Thread
from forums.queries import flags as queries
from forums.queries.search import search_threads
from forums.queries.stored import stored_posts
from notifications.composing import compose
from notifications.models import Delivery
from notifications.registry import Mail


def url(name, thread=None, *args):
    rest = [thread.pk, *args] if thread else []
    return reverse(f"forums:{name}", args=["spring", *rest])


@pytest.fixture
def post(thread, theo):
    """A reply of theo's."""
    return services.publish_reply(thread=thread, author=theo, body="<p>Something unkind.</p>")


@pytest.fixture
def flag(post, tia):
    return services.flag_post(post=post, by=tia, reason="unkind", note="Please look.")


def words_at(post, member):
    (stored,) = stored_posts([post.pk], member)
    return stored.note


def seen(*flags):
    return {flag.pk: flag.state for flag in flags}


def mails():
    """Reader, what they read, as mail that is going out says it."""
    rows = Delivery.objects.filter(kind=moderation_mail.KIND).order_by("pk")
    rows = rows.select_related("recipient__user", "recipient__cohort", "cohort")
    return [
        (str(delivery.recipient), delivery.params["outcome"], outcome)
        for delivery, outcome in compose(list(rows))
        if isinstance(outcome, Mail)
    ]


def told():
    return [(name, outcome) for name, outcome, _mail in mails()]


# ---------------------------------------------------------------- flag


def test_whoever_facilitates_no_more_hears_of_no_flag(flag, fay):
    assert ("Fay", "flagged") in told()
    fay.role = "member"
    fay.save()
    assert told() == []


def test_a_flag_waits_once_and_facilitators_hear_of_it(browse, thread, post, tia, fay):
    client = browse(tia)
    for note in ("Please look.", "Again."):
        form = {"reason": "private", "note": note}
        response = client.post(url("flag_create", thread, 2), form, follow=True)
    assert "you hear what came of it" in response.content.decode()
    flag = Flag.objects.get()
    assert (flag.flagged_by, flag.reason, flag.note) == (tia, "private", "Please look.")
    assert told() == [("Fay", "flagged")]
    assert "You told them" in client.get(url("flag_create", thread, 2)).content.decode()
    assert queries.count_cases(fay) == 1


def test_a_flag_without_a_reason_comes_back_with_its_note(browse, thread, post, tia):
    response = browse(tia).post(url("flag_create", thread, 2), {"note": "It names my pupil"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Please choose a reason." in page
    assert "It names my pupil" in page


def test_a_post_that_is_gone_is_not_flagged(browse, thread, post, tia):
    services.remove_post(post=post)
    page = browse(tia).post(url("flag_create", thread, 2), {"reason": "unkind"}, follow=True)
    assert "This post was removed meanwhile." in page.content.decode()
    with pytest.raises(services.PostGone):
        services.flag_post(post=post, by=tia, reason="unkind")


def test_a_second_member_may_flag_the_same_post_and_nobody_is_mailed_twice(flag, post, mia):
    services.flag_post(post=post, by=mia, reason="wrong")
    assert Flag.objects.waiting().count() == 2
    assert told() == [("Fay", "flagged")]


# ---------------------------------------------------------------- hide


def test_a_hidden_post_is_out_of_sight_and_out_of_the_counts(thread, post, flag, mia, fay, theo):
    services.mark_answer(thread=thread, post=post)
    services.hide_post(post=post, by=fay, seen=seen(flag), words="Let us talk.")

    assert not Post.objects.visible_to(mia).standing().filter(pk=post.pk).exists()
    assert len(search_threads(mia, "unkind")) == 0
    thread.refresh_from_db()
    assert (thread.reply_count, thread.last_post_by, thread.answer) == (0, mia, None)
    assert thread.last_number == 2
    flag.refresh_from_db()
    assert (flag.state, flag.decided_by, flag.words) == ("hidden", fay, "Let us talk.")
    assert told() == [("Theo", "hidden"), ("Tia", "hidden")]
    author_mail, flagger_mail = (mail for _name, _outcome, mail in mails())
    assert "Let us talk." in author_mail.text
    assert "Let us talk." not in flagger_mail.text
    assert not re.search(r"\bTia\b", author_mail.text)


def test_a_hidden_post_shows_to_its_author_and_facilitators_only(
    browse, thread, post, flag, mia, theo, fay
):
    services.hide_post(post=post, by=fay, seen=seen(flag))
    pages = {m: browse(m).get(thread.get_absolute_url()).content.decode() for m in (mia, theo, fay)}
    assert [m for m in pages if "Something unkind." in pages[m]] == [theo, fay]
    assert "This post was hidden by a facilitator." in pages[mia]


def test_a_post_brought_back_counts_again_and_its_author_hears_so(thread, post, flag, theo, fay):
    services.hide_post(post=post, by=fay, seen=seen(flag))
    services.show_post(post=post, by=fay)
    services.show_post(post=post, by=fay)
    thread.refresh_from_db()
    assert (thread.reply_count, thread.last_post_by) == (1, theo)
    # The mail that said it was hidden is not true any more, and stays.
    assert told() == [("Theo", "shown")]
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["post.hidden", "post.shown"]


def test_removing_a_hidden_post_counts_it_out_once(thread, post, mia, theo, fay):
    services.publish_reply(thread=thread, author=mia, body="<p>Another.</p>")
    services.hide_post(post=post, by=fay)
    services.remove_post(post=post)
    thread.refresh_from_db()
    assert thread.reply_count == 1


def test_a_thread_whose_only_post_is_hidden_stays(thread, fay):
    services.hide_post(post=thread.posts.get(), by=fay)
    thread.refresh_from_db()
    assert thread.deleted_at is None


# ---------------------------------------------------------------- keep, ask, take down


def test_a_kept_post_stays_and_whoever_flagged_hears_it(post, flag, fay):
    services.keep_post(post=post, by=fay, seen=seen(flag))
    post.refresh_from_db()
    assert post.stands
    assert told() == [("Tia", "kept")]
    assert queries.count_cases(fay) == 0


def test_an_author_who_was_asked_hears_that_it_stays(post, flag, fay, theo):
    services.ask_author(post=post, by=fay, seen=seen(flag), words="Could you soften it?")
    flag.refresh_from_db()
    assert words_at(post, theo) == "Could you soften it?"
    assert words_at(post, fay) is None
    assert ("Theo", "asked") in told()

    services.keep_post(post=post, by=fay, seen=seen(flag))
    assert ("Theo", "kept") in told()
    assert words_at(post, theo) is None


def test_the_queue_says_that_the_author_edited_since(post, flag, fay):
    services.ask_author(post=post, by=fay, seen=seen(flag), words="Could you soften it?")
    _page, [case] = queries.cases(fay)
    assert (case.is_all_asked, case.was_edited_since) == (True, False)
    services.edit_post(post=post, body="<p>Something kind.</p>")
    _page, [case] = queries.cases(fay)
    assert case.was_edited_since


def test_a_post_taken_down_is_gone_for_good_and_both_hear_it(browse, thread, post, flag, fay):
    response = browse(fay).post(
        url("takedown_create", thread, 2), {"words": "It named a pupil."}, follow=True
    )
    assert "This post was removed by a facilitator." in response.content.decode()
    post.refresh_from_db()
    assert (post.body, post.deleted_by) == ("", fay)
    assert told() == [("Theo", "removed"), ("Tia", "removed")]
    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.details["words"]) == ("post.removed", "It named a pupil.")


def test_taking_down_all_there_is_leads_back_to_the_list(browse, thread, fay):
    response = browse(fay).post(url("takedown_create", thread, 1), follow=True)
    assert response.redirect_chain[-1][0] == url("thread_list")
    assert not Thread.objects.visible_to(fay).exists()


# ---------------------------------------------------------------- two facilitators


@pytest.fixture
def decide(browse, thread, flag):
    """A decision from a queue that was opened while the flag was as it is now."""
    as_seen = f"{flag.pk}-open"

    def decide(member, noun, **form):
        return browse(member).post(url(noun, thread, 2), {"seen": as_seen, **form})

    return decide


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("keeping_create", "Fay decided already to keep this post."),
        ("hiding_create", "Fay decided already to hide this post."),
        ("question_create", "Fay has asked the author already."),
    ],
)
@pytest.mark.parametrize("second", ["keeping_create", "hiding_create", "question_create"])
def test_a_second_decision_on_the_same_flag_is_told_so(decide, post, fay, first, words, second):
    assert decide(fay, first, words="First.").status_code == 302
    mail_count = Delivery.objects.count()

    response = decide(fay, second, words="Second thoughts.")

    page = response.content.decode()
    assert response.status_code == 409
    assert words in page
    assert "Second thoughts." in page
    assert Delivery.objects.count() == mail_count
    assert AuditEntry.objects.count() == 1


def test_a_question_needs_words(decide, thread, fay):
    response = decide(fay, "question_create")
    assert response.status_code == 422
    assert "Please say what you ask of the author." in response.content.decode()
    assert Flag.objects.get().state == "open"


def test_words_that_are_too_long_come_back(decide, fay):
    response = decide(fay, "hiding_create", words="w" * 501)
    assert response.status_code == 422
    assert "w" * 501 in response.content.decode()


@pytest.mark.parametrize("junk", ["\0", "x-open", "9" * 30 + "-open", "-", "²-open"])
def test_what_is_no_list_of_flags_decides_nothing(decide, thread, fay, browse, flag, junk):
    form = {"seen": junk, "words": ""}
    response = browse(fay).post(url("keeping_create", thread, 2), form)
    assert response.status_code in (409, 422)
    assert Flag.objects.get().state == "open"


# ---------------------------------------------------------------- the pages


def test_the_queue_shows_the_post_who_flagged_it_and_why(browse, thread, post, flag, mia, fay):
    services.flag_post(post=post, by=mia, reason="wrong")
    page = browse(fay).get(url("flag_list")).content.decode()
    for words in ("Something unkind.", "Tia", "It is unkind", "Please look.", "Mia"):
        assert words in page


def test_the_queue_costs_the_same_for_many(
    browse, thread, post, flag, mia, theo, tia, fay, django_assert_max_num_queries
):
    client = browse(fay)

    def queue():
        return client.get(url("flag_list"))

    queue()
    with django_assert_max_num_queries(9):
        queue()
    for _each in range(3):
        other = services.publish_reply(thread=thread, author=theo, parent=post, body="<p>x</p>")
        services.flag_post(post=other, by=tia, reason="other")
    with django_assert_max_num_queries(9):
        assert queue().content.decode().count('class="card case"') == 4


def test_the_log_tells_everything_that_was_decided(browse, thread, post, flag, fay):
    services.ask_author(post=post, by=fay, seen=seen(flag), words="Could you?")
    services.hide_post(post=post, by=fay)
    page = browse(fay).get(url("decision_list")).content.decode()
    assert page.index("Hidden</span>") < page.index("Author asked</span>")
    assert "Could you?" in page
    assert "Bring it back" in page


def test_a_flag_on_what_its_author_removed_waits_for_nobody(post, flag, fay):
    services.remove_post(post=post)
    assert queries.count_cases(fay) == 0


def test_flags_of_another_cohort_are_not_seen(flag, olga):
    assert queries.count_cases(olga) == 0
    assert queries.decisions(olga)[1] == []


def test_nobody_hears_of_a_post_that_they_may_not_see_any_more(thread, spaces, post, flag, fay):
    services.keep_post(post=post, by=fay, seen=seen(flag))
    services.move_thread(thread=thread, space=spaces["facilitators"], by=fay)
    assert told() == []


def test_an_author_reads_at_the_post_what_the_facilitators_say(
    browse, thread, post, flag, theo, mia, fay
):
    services.ask_author(post=post, by=fay, seen=seen(flag), words="Could you <b>soften</b> it?")
    said = "The facilitators say to you: Could you &lt;b&gt;soften&lt;/b&gt; it?"
    pages = {m: browse(m).get(thread.get_absolute_url()).content.decode() for m in (theo, mia)}
    assert [m for m in pages if said in pages[m]] == [theo]
