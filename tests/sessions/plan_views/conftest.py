import pytest

from tests.factories import SessionFactory


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort, title="Trust")
