"""A session closed out from end to end, as its host and its members see it."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from cohort.models import Membership, Theme
from forums.models import Thread
from sessions.models import Attendance, CloseOut
from tests.factories import SessionFactory, SpaceFactory
from tests.sessions.test_views import say

LIST = (
    "Name (Original Name),User Email,Total Duration (Minutes)\n"
    "Mia’s iPhone (Mia),,80\nStranger,,9\n"
)


def test_a_session_is_closed_out_from_end_to_end(site, window, cast, accessible, tmp_path):
    SpaceFactory(cohort=cast.cohort, slug="commons", name="Commons")
    session = SessionFactory(cohort=cast.cohort, starts_in=timedelta(hours=-3), title="Trust")
    session.themes.add(Theme.objects.get(slug="leaders"))
    Membership.objects.update(joined_at=session.starts_at - timedelta(days=9))
    say(session, cast.mia, 1, "Who brings the plant managers in?")
    list_file = tmp_path / "participants.csv"
    list_file.write_text(LIST)

    fay = window(cast.fay, width=390, height=844)
    fay.goto(f"/c/spring/sessions/{session.pk}/")
    fay.get_by_role("link", name="Close it out").click()
    accessible(fay)

    fay.get_by_role("link", name="Put attendance right").click()
    fay.get_by_role("link", name="Bring in a list").click()
    accessible(fay)
    fay.locator("input[type=file]").set_input_files(str(list_file))
    fay.get_by_role("button", name="Show who is who").click()
    fay.get_by_role("heading", name="1 row to look at").wait_for()
    accessible(fay)
    fay.get_by_role("button", name="Mark attendance").click()
    fay.get_by_role("heading", name="Attendance", exact=True).wait_for()
    fay.get_by_role("checkbox", name="Theo").check()
    fay.get_by_role("button", name="Excused").click()
    fay.get_by_text("1 person is marked.").wait_for()
    fay.locator("tr", has_text="Theo").get_by_text("Excused").wait_for()
    accessible(fay)

    fay.goto(f"/c/spring/sessions/{session.pk}/chat/")
    fay.get_by_role("link", name="Discuss", exact=True).click()
    accessible(fay)
    fay.get_by_role("button", name="Start the discussion").click()
    fay.get_by_role("heading", name="Who brings the plant managers in?").wait_for()
    assert Thread.objects.get().author == cast.mia

    fay.goto(f"/c/spring/sessions/{session.pk}/close-out/")
    fay.get_by_label("Recording").fill("https://video.example.org/trust")
    fay.get_by_label("Summary").click()
    summary = fay.get_by_role("textbox", name="Summary")
    summary.press_sequentially("Leave your door open.")
    accessible(fay)
    fay.get_by_role("button", name="Save and finish").click()
    fay.get_by_text("Closed out.").wait_for()
    accessible(fay)
    assert CloseOut.objects.get().is_finished

    mia = window(cast.mia)
    mia.goto(f"/c/spring/sessions/{session.pk}/")
    mia.get_by_text("Leave your door open.").wait_for()
    mia.get_by_text("1 of 1 organization was there").wait_for()
    accessible(mia)
    mia.get_by_role("link", name="Give feedback").click()
    accessible(mia)
    mia.get_by_role("radio", name="5 – very useful").check()
    mia.get_by_role("button", name="Send").click()
    mia.get_by_text("Thank you for your feedback.").wait_for()

    site.manage("send_due")
    tia = window(cast.tia, scheme="dark")
    tia.goto("/demo/mail/?to=tia@example.org")
    tia.get_by_role("link", name=re.compile("What you missed: Trust")).first.wait_for()
    tia.goto(f"/c/spring/sessions/{session.pk}/")
    accessible(tia)
    expect(tia.get_by_role("link", name="Give feedback")).to_have_count(0)


def test_attendance_is_marked_by_keys_alone(site, window, cast):
    session = SessionFactory(cohort=cast.cohort, starts_in=timedelta(hours=-3), title="Trust")
    fay = window(cast.fay)
    fay.goto(f"/c/spring/sessions/{session.pk}/attendance/")

    fay.get_by_role("checkbox", name="Mia").focus()
    fay.keyboard.press("a")
    fay.locator("tr", has_text="Mia").get_by_text("Attended").wait_for()
    expect(fay.get_by_role("checkbox", name="Mia")).to_be_focused()
    fay.keyboard.press("ArrowDown")
    fay.keyboard.press("Space")
    fay.keyboard.press("ArrowDown")
    fay.keyboard.press("Space")
    fay.get_by_text("2 ticked:").wait_for()
    fay.keyboard.press("n")
    fay.locator("tr", has_text="Tia").get_by_text("Absent").wait_for()

    marks = dict(Attendance.objects.values_list("member__user__name", "mark"))
    assert marks == {"Mia": "attended", "Theo": "absent", "Tia": "absent"}
    fay.get_by_role("button", name="Undo").click()
    fay.get_by_text("2 marks are as they were.").wait_for()
    assert list(Attendance.objects.values_list("member", flat=True)) == [cast.mia.pk]
