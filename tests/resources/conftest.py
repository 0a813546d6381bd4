import pytest
from django.core.files.base import ContentFile

from cohort.files import check_upload
from resources.services import add_resource
from tests import made_files as made
from tests.cohort.public_web.conftest import make_site, site  # noqa: F401


@pytest.fixture
def add(themes):
    """Put something into the library: `add(mia, title=…)`."""

    def added(member, data=None, name="MOU.pdf", **said):
        given = {"title": "Agreement", "kind": "agreement", "themes": [themes["leaders"]], **said}
        if not given.get("url"):
            given["file"] = check_upload(ContentFile(data or made.pdf(), name))
        return add_resource(added_by=member, **given)

    return added


@pytest.fixture
def files_kept(settings):
    """The paths of all files in the store."""

    def kept():
        return sorted(path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())

    return kept


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """No test asks a page on the web; those that are about it say what pages tell."""
    monkeypatch.setattr("resources.link_words.words_of", lambda url: None)


@pytest.fixture
def untracked(settings):
    """Without the book-keeping of sign-ins, whose queries are not the page's."""
    settings.USERSESSIONS_TRACK_ACTIVITY = False
