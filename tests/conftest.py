"""The cast, used everywhere. Each is a membership; `person.user` signs in.

fay facilitates · theo leads team one, mia is in it · tia is in team two · obi observes ·
gone was a member · olga facilitates another cohort · outsider has an account and no cohort ·
staff looks after the site and is in no cohort.
"""

import os
import uuid
from dataclasses import dataclass
from importlib import import_module
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import settings as examples

from cohort.models import Cohort, Membership, Organization, Role, Team, Theme, User
from tests.factories import (
    CohortFactory,
    MembershipFactory,
    OrganizationFactory,
    TeamFactory,
    UserFactory,
)
from tests.sessions.room_server import RoomServer

# The same examples each time: a run fails for what was changed, and not by chance. Others are tried
# with `make test ARGS="--hypothesis-profile=others"`.
examples.register_profile("same", derandomize=True)
examples.register_profile("others", derandomize=False)
examples.load_profile("same")


def pytest_addoption(parser):
    pace = parser.getgroup("pace", "What a browser test asserts holds at any pace; these try it")
    pace.addoption(
        "--slow-hands", type=int, default=0, metavar="MS", help="pause after each step in a browser"
    )
    pace.addoption(
        "--slow-browser", type=int, default=1, metavar="N", help="a browser N times as slow"
    )
    pace.addoption(
        "--slow-network", type=int, default=0, metavar="MS", help="each answer comes later"
    )


def pytest_configure(config):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Clearing a cache empties its whole Redis database: each process has one of its own, apart from
    # the messages in 0. Set here and not per test, as every change would leave a connection open.
    worker = getattr(config, "workerinput", {}).get("workerid", "gw14")
    own = urlsplit(settings.CACHES["default"]["LOCATION"])._replace(path=f"/{int(worker[2:]) + 1}")
    settings.CACHES["default"]["LOCATION"] = own.geturl()
    # Servers that tests start know what is kept here, and nothing of what another process keeps.
    os.environ["CACHE_URL"] = own.geturl()


@pytest.fixture(autouse=True)
def clean_places(tmp_path, settings):
    """Each test has its own files, and finds the cache empty."""
    settings.MEDIA_ROOT = tmp_path / "media"
    yield
    cache.clear()


@pytest.fixture(scope="session")
def worker_id(request):
    """Which of the parallel processes this is; `master` when there is one."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")


def ensure_themes() -> None:
    """The curated themes come with a migration; a test with real transactions flushed them."""
    if not Theme.objects.exists():
        import_module("cohort.migrations.0002_seed_themes").seed(apps, None)


@dataclass
class Cast:
    """Everybody at once, for tests that try a thing as each of them."""

    cohort: Cohort
    team: Team
    other_team: Team
    organization: Organization
    fay: Membership
    theo: Membership
    mia: Membership
    tia: Membership
    obi: Membership
    gone: Membership
    olga: Membership
    outsider: User
    staff: User

    def user(self, name: str) -> User | None:
        if name == "anonymous":
            return None
        person = getattr(self, name)
        return person if isinstance(person, User) else person.user


@pytest.fixture
def cast(db) -> Cast:
    ensure_themes()
    cohort = CohortFactory(slug="spring", name="Spring")
    team = TeamFactory(cohort=cohort, slug="harbor", name="Harbor")
    other_team = TeamFactory(cohort=cohort, slug="river", name="River", state="AL")
    organization = OrganizationFactory(cohort=cohort, team=team, name="Harbor Schools")

    def person(name: str, role: str = Role.MEMBER, **fields) -> Membership:
        user = UserFactory(name=name.title(), email=f"{name}@example.org")
        return MembershipFactory(cohort=cohort, user=user, role=role, **fields)

    return Cast(
        cohort=cohort,
        team=team,
        other_team=other_team,
        organization=organization,
        fay=person("fay", Role.FACILITATOR),
        theo=person("theo", Role.TEAM_LEAD, team=team, organization=organization),
        mia=person("mia", team=team, organization=organization),
        tia=person("tia", team=other_team),
        obi=person("obi", Role.OBSERVER),
        gone=person("gone", team=team, left_at=timezone.now()),
        olga=MembershipFactory(
            cohort=CohortFactory(slug="autumn", name="Autumn"),
            user=UserFactory(name="Olga", email="olga@example.org"),
            role=Role.FACILITATOR,
        ),
        outsider=UserFactory(name="Outsider", email="outsider@example.org"),
        staff=UserFactory(
            name="Staff", email="staff@example.org", is_staff=True, is_superuser=True
        ),
    )


@pytest.fixture
def cohort(cast):
    return cast.cohort


@pytest.fixture
def team(cast):
    return cast.team


@pytest.fixture
def fay(cast):
    return cast.fay


@pytest.fixture
def theo(cast):
    return cast.theo


@pytest.fixture
def mia(cast):
    return cast.mia


@pytest.fixture
def tia(cast):
    return cast.tia


@pytest.fixture
def obi(cast):
    return cast.obi


@pytest.fixture
def gone(cast):
    return cast.gone


@pytest.fixture
def olga(cast):
    return cast.olga


@pytest.fixture
def themes(db):
    ensure_themes()
    return {theme.slug: theme for theme in Theme.objects.all()}


@pytest.fixture
def browse(db):
    """A client signed in as this member or user: `browse(mia).get(…)`."""

    def signed_in(person: Membership | User) -> Client:
        client = Client()
        client.force_login(person.user if isinstance(person, Membership) else person)
        return client

    return signed_in


@pytest.fixture(scope="module")
def prefix(worker_id):
    """Apart from what other processes of these tests say through the same Redis."""
    return f"test-{worker_id}-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def running(django_db_setup, django_db_blocker, prefix):
    with django_db_blocker.unblock():
        server = RoomServer(prefix)
        server.start()
        yield server
        server.kill()


@pytest.fixture
def server(running, prefix, settings):
    """The server, started again if the test before killed it; this process speaks to it."""
    layer = settings.CHANNEL_LAYERS["default"]
    settings.CHANNEL_LAYERS = {
        "default": {**layer, "CONFIG": {**layer["CONFIG"], "prefix": prefix}}
    }
    if running.process.poll() is not None:
        running.start()
    return running
