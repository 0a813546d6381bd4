import pytest

from tests.factories import SessionFactory


@pytest.fixture(autouse=True)
def agreed(cast):
    cast.cohort.memberships.update(norms_agreed_version=cast.cohort.norms_version)


@pytest.fixture
def session(cast, db):
    return SessionFactory(cohort=cast.cohort, title="Trust", place="Room 4")
