"""Two people in a live room at once, as they see it: chat, questions, a pulse, notes; and axe."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cohort import browser_packages
from sessions.models import AgendaItem, ChatMessage, Question, Room
from sessions.queries import notes_of
from sessions.services import pulses
from tests.factories import SessionFactory
from tests.sessions.room_server import until


@pytest.fixture
def session(cohort):
    session = SessionFactory(cohort=cohort, starts_in=timedelta(minutes=-5), title="Trust")
    AgendaItem.objects.create(session=session, position=0, minutes=4, title="Welcome")
    AgendaItem.objects.create(session=session, position=1, minutes=40, title="Two stories")
    return session


@pytest.fixture
def enter(window, session):
    def enters(person, tab="chat", **options):
        page = window(person, **options)
        page.goto(f"{session.get_absolute_url()}live/")
        expect(page.locator("[data-status]")).to_have_text("Connected")
        if tab != "chat":
            page.locator(f".live__tabs [data-tab={tab}]").click()
        return page

    return enters


def say(page, words):
    page.get_by_label("Say something to the room").fill(words)
    page.keyboard.press("Enter")


def test_two_talk_reply_and_react(enter, session, mia, theo):
    mias, theos = enter(mia), enter(theo)
    say(mias, "Shall we meet on <b>Monday</b>?")
    line = theos.locator("#line-1")
    expect(line.locator(".line__text")).to_have_text("Shall we meet on <b>Monday</b>?")

    line.hover()
    line.get_by_role("button", name="What to do with this line").click()
    theos.get_by_role("menuitem", name="Reply").click()
    say(theos, "Yes.")
    expect(mias.locator("#line-2 .line__answers")).to_have_text(
        "Mia Shall we meet on <b>Monday</b>?"
    )
    mias.locator("#line-2").hover()
    mias.locator("#line-2 .line__more").click()
    mias.get_by_role("menuitem", name="Thanks").click()
    chip = theos.locator("#line-2 .reaction")
    expect(chip).to_contain_text("1")
    expect(chip).to_have_attribute("aria-pressed", "false")
    mias.locator("#line-2 .reaction").click()
    expect(theos.locator("#line-2 .reaction")).to_have_count(0)
    expect(mias.locator("[data-here-short]")).to_have_text("2 are here")


def test_a_host_removes_a_line_and_mutes_its_author(enter, session, mia, fay):
    mias, fays = enter(mia), enter(fay)
    say(mias, "Buy my things.")
    fays.locator("#line-1").hover()
    fays.locator("#line-1 .line__act").click()
    expect(mias.locator("#line-1 .line__text")).to_have_text("A facilitator removed this line.")
    fays.locator("#line-1").hover()
    fays.locator("#line-1 .line__more").click()
    fays.get_by_role("menuitem", name="Let them only read here").click()

    expect(mias.locator("[data-why]")).to_contain_text("muted you")
    expect(mias.get_by_label("Say something to the room")).to_be_hidden()


def test_a_host_removes_and_restores_a_line_that_follows_one_of_the_same_person(
    enter, session, mia, fay
):
    mias, fays = enter(mia), enter(fay)
    say(mias, "Good morning.")
    expect(fays.locator("#line-1")).to_be_visible()
    say(mias, "Buy my things.")

    for does, stands in (("Remove", "A facilitator removed this line."), ("Restore", "Buy my")):
        line = fays.locator("#line-2.line--same")
        line.hover()
        line.locator(".line__more").click()
        fays.get_by_role("menuitem", name=does).click()
        expect(mias.locator("#line-2 .line__text")).to_contain_text(stands)


def test_questions_change_in_place_and_keep_their_order_under_the_finger(enter, session, mia, theo):
    for number, text in enumerate(("First?", "Second?"), start=1):
        Question.objects.create(room_id=session.pk, asker=mia, text=text, rev=number)
    Room.objects.filter(pk=session.pk).update(last_rev=2)
    mias, theos = enter(mia), enter(theo)
    lane = mias.locator("[data-lane] .question__text")
    expect(lane).to_have_text(["First?", "Second?"])
    mias.locator("[data-lane]").hover()
    mias.mouse.move(900, 400)
    mias.locator("#questions-title").click()

    theos.locator(".question", has_text="Second?").locator(".vote").click()

    second = mias.locator(".question", has_text="Second?")
    expect(second.locator("[data-votes-shown]")).to_have_text("1")
    expect(lane).to_have_text(["First?", "Second?"])
    mias.get_by_role("button", name="Put the most wanted first").click()
    expect(lane).to_have_text(["Second?", "First?"])


def test_asking_without_a_name_is_seen_by_hosts_with_it(enter, session, mia, theo, fay):
    mias, theos, fays = enter(mia), enter(theo), enter(fay)
    mias.get_by_label("Your question").fill("Who pays?")
    mias.get_by_label("Without my name").check()
    mias.get_by_role("button", name="Ask", exact=True).click()

    expect(theos.locator(".question [data-by]").first).to_have_text("Without a name")
    expect(fays.locator(".question [data-by]").first).to_contain_text("Mia")
    fays.locator(".question").first.get_by_role("button", name="Answered").click()
    expect(theos.locator(".question [data-state-shown]").first).to_have_text("Answered live")


def test_a_pulse_comes_up_is_answered_and_shows_what_others_say(enter, session, mia, theo, fay):
    mias, fays = enter(mia), enter(fay)
    fays.get_by_text("Ask the room something").click()
    fays.get_by_label("Question", exact=True).fill("How sure are you?")
    fays.get_by_label("Nobody sees who answered what").uncheck()
    fays.get_by_role("button", name="Ask now").click()

    mias.locator("#pulses").get_by_role("button", name="4").click()

    result = fays.locator("#pulses .poll__result", has_text="4").locator(".poll__count")
    expect(result).to_have_text("1")
    theos = enter(theo)
    theos.locator("#pulses").get_by_role("button", name="4").click()
    expect(result).to_have_text("2")
    expect(mias.locator("#pulses [aria-pressed=true]")).to_have_text("4")


def test_on_a_phone_one_writes_above_the_bottom_bar(enter, session, mia, fay):
    """However high what was asked stands; nobody has scrolled."""
    pulses.start(
        session_pk=session.pk,
        by=fay,
        question="How sure are you that your team takes its next step before the break?",
        kind="scale",
        choices=[],
        is_anonymous=True,
        form_key=uuid4(),
    )
    phone = enter(mia, width=390, height=844)
    phone.locator("#pulses").get_by_role("button", name="4").click()
    expect(phone.locator("#pulses [aria-pressed=true]")).to_have_text("4")

    foot = phone.locator("[data-say]").bounding_box()
    bar = phone.locator(".rail").bounding_box()
    assert foot["y"] + foot["height"] <= bar["y"]
    assert phone.locator(".room__log").bounding_box()["height"] >= 100


def test_a_full_chat_opens_at_its_end_and_stays_in_place_while_one_reads_above(
    enter, session, mia, theo
):
    ChatMessage.objects.bulk_create(
        ChatMessage(room_id=session.pk, seq=seq, sender=theo, client_id=uuid4(), body=f"Line {seq}")
        for seq in range(1, 41)
    )
    Room.objects.filter(pk=session.pk).update(last_seq=40)
    phone, theos = enter(mia, width=390, height=844), enter(theo)
    expect(phone.locator("#line-40")).to_be_in_viewport()
    log = phone.locator(".room__log")
    before = log.bounding_box()
    log.evaluate("log => { log.scrollTop = 0 }")
    expect(phone.locator("#line-1")).to_be_in_viewport()

    say(theos, "One more.")

    expect(phone.locator("[data-more]")).to_have_text("1 new message ↓")
    assert log.bounding_box() == before
    expect(phone.locator("#line-1")).to_be_in_viewport()
    phone.locator("[data-more]").click()
    expect(phone.locator("#line-41")).to_be_in_viewport()
    expect(phone.locator("[data-more]")).to_be_hidden()


def test_a_question_begun_while_the_last_one_is_sent_stays_and_follows_it(enter, session, mia):
    page = enter(mia)
    box = page.get_by_label("Your question")
    page.route("**/live/questions/", lambda route: (box.fill("And who drives?"), route.continue_()))
    box.fill("Who pays?")
    page.get_by_role("button", name="Ask", exact=True).click()

    expect(page.locator(".question__text").first).to_have_text("Who pays?")
    expect(page.get_by_text("Your question is in the lane.")).to_be_visible()
    expect(box).to_have_value("And who drives?")

    page.unroute("**/live/questions/")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".question__text")).to_have_text(["Who pays?", "And who drives?"])
    expect(box).to_have_value("")


def test_a_vote_is_given_and_taken_back_at_once(enter, session, mia, theo):
    Question.objects.create(room_id=session.pk, asker=mia, text="Who pays?", rev=1)
    Room.objects.filter(pk=session.pk).update(last_rev=1)
    theos = enter(theo)
    vote = theos.locator(".question .vote")
    vote.click()
    expect(vote).to_have_attribute("aria-pressed", "true")
    vote.click()
    expect(vote).to_have_attribute("aria-pressed", "false")
    expect(theos.locator(".question [data-votes-shown]")).to_have_text("0")


@pytest.mark.skipif(not browser_packages.has_yjs(), reason="Yjs could not be bundled here")
def test_two_write_notes_at_once_and_keep_their_carets(enter, session, mia, theo):
    mias, theos = enter(mia, "notes"), enter(theo, "notes")
    box, other = (page.locator("#notes textarea") for page in (mias, theos))
    expect(box).to_be_enabled()
    box.press_sequentially("Mia writes 😀 here")
    expect(other).to_have_value("Mia writes 😀 here")

    other.evaluate("box => box.setSelectionRange(0, 0)")
    other.press_sequentially("Theo first. ")
    box.press_sequentially(", to the end")

    both = "Theo first. Mia writes 😀 here, to the end"
    expect(box).to_have_value(both)
    expect(other).to_have_value(both)
    until(lambda: notes_of(session).text == both)
    expect(mias.locator("[data-notes-status]")).to_have_text("Saved")


def test_a_restart_of_the_server_loses_no_line(enter, site, session, mia, theo):
    mias, theos = enter(mia), enter(theo)
    say(mias, "before")
    expect(theos.locator("#line-1")).to_be_visible()
    site.stop()
    say(mias, "while away")
    expect(mias.locator(".line--waiting")).to_contain_text("while away")
    site.start()

    expect(theos.locator("#line-2 .line__text")).to_have_text("while away", timeout=30_000)
    expect(mias.locator(".line--waiting")).to_have_count(0)
    assert ChatMessage.objects.count() == 2


def test_a_laptop_that_slept_through_a_restart_has_all_of_it_on_waking(
    enter, site, session, mia, theo
):
    mias, theos = enter(mia), enter(theo)
    say(mias, "before")
    expect(theos.locator("#line-1")).to_be_visible()
    laptop = mias.context.new_cdp_session(mias)
    laptop.send("Page.setWebLifecycleState", {"state": "frozen"})
    site.stop()
    site.start()
    expect(theos.locator("[data-status]")).to_have_text("Connected", timeout=30_000)
    say(theos, "Good night.")
    expect(theos.locator("#line-2")).to_be_visible()

    laptop.send("Page.setWebLifecycleState", {"state": "active"})

    expect(mias.locator("#line-2 .line__text")).to_have_text("Good night.", timeout=30_000)
    expect(mias.locator(".line[data-seq]")).to_have_count(2)


def test_a_clock_three_hours_off_changes_nothing_in_the_agenda(window, session, mia):
    """By its own clock the browser would think that the session is over."""
    page = window(mia)
    page.clock.set_system_time(timezone.now() + timedelta(hours=3))
    page.goto(f"{session.get_absolute_url()}live/")
    expect(page.locator("[data-status]")).to_have_text("Connected")

    expect(page.locator("[data-agenda-now] [data-title]")).to_have_text("Two stories")
    expect(page.locator("[data-agenda-now] [data-left]")).to_contain_text("minutes left")
    expect(page.locator(".agenda__item[aria-current=step]")).to_have_count(1)
    say(page, "On time?")
    expect(page.locator("#line-1 .line__text")).to_have_text("On time?")


def test_phone_shows_one_part_at_a_time_with_counts(enter, session, mia, theo):
    phone = enter(mia, "questions", width=390, height=844)
    expect(phone.locator("#chat")).to_be_hidden()
    theos = enter(theo)

    say(theos, "Hello, phone.")

    expect(phone.locator("[data-count=chat]")).to_have_text("1")
    phone.locator(".live__tabs [data-tab=chat]").click()
    expect(phone.locator("#line-1")).to_be_visible()
    expect(phone.locator("[data-count=chat]")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_room_is_accessible(enter, accessible, session, mia, fay, width, scheme):
    Question.objects.create(room_id=session.pk, asker=mia, text="Who pays?", is_nameless=True)
    page = enter(fay, width=width, scheme=scheme)
    say(page, "Hello")
    expect(page.locator("#line-1")).to_be_visible()
    for tab in ("questions", "notes", "agenda"):
        page.locator(f".live__tabs [data-tab={tab}]").click()
        accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
