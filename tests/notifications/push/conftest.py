import pytest
from django.utils import timezone

from forums import ringing, services
from forums.models import Post
from notifications.push import keys
from tests.notifications.push_service import PushService, make_browser

UA = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile"


@pytest.fixture
def service(settings):
    service = PushService()
    service.start()
    settings.VAPID_PRIVATE_KEY = keys.new_private_key()
    settings.PUSH_SERVICES = [service.origin]
    yield service
    service.stop()


@pytest.fixture
def add(service, browse):
    """A browser of somebody's, signed in, that asked to be told."""

    def adding(member, path="/one"):
        browser = make_browser()
        client = browse(member)
        response = client.post(
            "/me/devices/",
            browser.subscription(f"{service.origin}{path}"),
            headers={"User-Agent": UA},
        )
        assert response.status_code == 201
        browser.client = client
        return browser

    return adding


@pytest.fixture
def thread(cast, themes):
    services.open_spaces(cast.cohort)
    return services.start_thread(
        space=cast.cohort.spaces.get(slug="commons"),
        author=cast.mia, title="Buses", body="<p>x</p>", themes=[],
    )  # fmt: skip


@pytest.fixture
def reply(thread, theo):
    """Theo answers, and it rings."""

    def replying(by=theo, body="<p>y</p>"):
        Post.objects.update(rung_at=timezone.now())
        post = services.publish_reply(thread=thread, author=by, body=body)
        ringing.ring(timezone.now())
        return post

    return replying
