"""The bell as two people meet it, the page of choices, and a device that is told."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from forums import ringing, services
from forums.models import Post
from notifications import bell, scoped_choices, wishes
from notifications.models import Way
from tests.factories import SpaceFactory

pytestmark = pytest.mark.services

SIZES = [
    (390, "light"),
    (390, "dark"),
    (820, "light"),
    (820, "dark"),
    (1440, "light"),
    (1440, "dark"),
]


@pytest.fixture(autouse=True)
def same_redis(settings):
    """This process speaks to the site through the same prefix as the site's own processes."""
    layer = settings.CHANNEL_LAYERS["default"]
    config = {**layer["CONFIG"], "prefix": f"cohort.{connection.settings_dict['NAME']}"}
    settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": config}}


@pytest.fixture
def thread(cast, themes):
    thread = services.start_thread(
        space=SpaceFactory(cohort=cast.cohort, name="Commons"),
        author=cast.mia, title="Buses", body="<p>Who drives?</p>", themes=[],
    )  # fmt: skip
    Post.objects.update(rung_at=timezone.now())
    return thread


def answer(thread, author):
    """Somebody answers, and a worker rings; in a thread, for ours runs Playwright’s event loop."""

    def work():
        try:
            services.publish_reply(thread=thread, author=author, body="<p>We do.</p>")
            ringing.ring(timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        threads.submit(work).result()


def bell_on(page):
    return page.locator(".topbar a.bell")


def test_the_number_follows_on_every_page_that_stands_open(window, cast, thread, theo, mia):
    home, people, theos = window(mia), window(mia), window(theo)
    for page, path in ((home, ""), (people, "people/"), (theos, "")):
        page.goto(f"/c/spring/{path}")
        expect(bell_on(page)).to_have_attribute("aria-label", "Bell, nothing new")
        page.wait_for_timeout(1_500)

    answer(thread, theo)
    for page in (home, people):
        expect(bell_on(page)).to_have_attribute("aria-label", "Bell, 1 new")
        expect(page.locator(".bell__count")).to_have_text("1")
        expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(bell_on(theos)).to_have_attribute("aria-label", "Bell, nothing new")

    bell_on(home).focus()
    home.keyboard.press("Enter")
    home.wait_for_url("**/bell/")
    home.get_by_role("link", name="Theo answered you").click()
    home.wait_for_url("**/discussions/**")
    expect(bell_on(home)).to_have_attribute("aria-label", "Bell, nothing new")
    expect(bell_on(people)).to_have_attribute("aria-label", "Bell, nothing new")
    assert not people.title().startswith("(")


def test_lines_are_called_read_in_place_and_taken_back(window, thread, theo, mia):
    answer(thread, theo)
    page = window(mia)
    page.goto("/c/spring/bell/")
    page.get_by_role("button", name="Mark as read: Theo answered you").click()
    expect(page.get_by_role("button", name="Mark as new: Theo answered you")).to_be_focused()
    expect(bell_on(page)).to_have_attribute("aria-label", "Bell, nothing new")
    page.get_by_role("button", name="Mark as new: Theo answered you").click()
    page.get_by_role("button", name="Mark all read").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Mark as read: Theo answered you")).to_be_visible()
    assert bell.unread_count(mia) == 1


def test_without_scripts_all_of_it_works(window, thread, theo, mia):
    answer(thread, theo)
    page = window(mia, java_script_enabled=False)
    page.goto("/c/spring/")
    expect(bell_on(page)).to_have_attribute("aria-label", "Bell, 1 new")
    bell_on(page).click()
    page.get_by_role("button", name="Mark all read").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="Theo answered you").click()
    expect(bell_on(page)).to_have_attribute("aria-label", "Bell, nothing new")


def test_a_mail_leads_to_choices_without_sign_in(window, mia):
    page = window()
    page.goto(f"/choices/{scoped_choices.token_for(mia.pk)}/")
    page.get_by_label("Announcements: By mail").uncheck()
    page.get_by_label("Pause", exact=False).first.select_option("7")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. This also holds for what is waiting.")).to_be_visible()
    choices = wishes.choices_of(mia)
    assert not wishes.wants(choices, "announcements", Way.MAIL)
    assert choices.paused_until


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_pages_are_accessible_and_fit(window, accessible, thread, theo, mia, width, scheme):
    answer(thread, theo)
    page = window(mia, width=width, scheme=scheme)
    for path in (
        "/c/spring/bell/",
        "/c/spring/bell/?topic=announcements",
        "/me/mail/",
        "/me/devices/",
        f"/choices/{scoped_choices.token_for(mia.pk)}/",
        "/offline/",
    ):
        page.goto(path)
        accessible(page)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, path


def test_a_pushed_word_is_shown_and_leads_to_the_thing(window, site, thread, mia):
    page = window(mia)
    page.context.grant_permissions(["notifications"], origin=site.url)
    page.goto("/me/devices/")
    page.evaluate(
        "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)"
    )
    devtools = page.context.new_cdp_session(page)
    found = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.wait_for_timeout(500)
    url = thread.get_absolute_url()
    words = f'{{"title": "Theo answered you", "body": "Buses", "url": "{url}", "tag": "t"}}'
    for data in (words, words, "not json"):
        devtools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": site.url, "registrationId": found[-1], "data": data},
        )
    page.wait_for_timeout(1_000)
    shown = page.evaluate(
        """async () => (await (await navigator.serviceWorker.ready).getNotifications())
            .map(one => [one.title, one.body, one.tag, one.data.url]).sort()"""
    )
    assert shown == [
        ["Something new for you", "", "news", "/"],
        ["Theo answered you", "Buses", "t", url],
    ]
    worker = page.context.service_workers[0]
    opened = worker.evaluate(
        """async () => {
            Clients.prototype.openWindow = async url => { self.opened = url }
            const all = await self.registration.getNotifications({ tag: "t" })
            const event = new NotificationEvent("notificationclick", { notification: all[0] })
            self.dispatchEvent(event)
            await new Promise(done => setTimeout(done, 500))
            return self.opened
        }"""
    )
    assert opened == f"{site.url}{url}"


def test_without_a_network_there_is_a_page(window, site, mia):
    page = window(mia)
    page.goto("/me/devices/")
    page.evaluate(
        "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)"
    )
    page.goto("/c/spring/")
    expect(page.get_by_role("heading", name="Hello, Mia")).to_be_visible()
    site.stop()
    page.goto("/c/spring/people/")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    site.start()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
