from datetime import timedelta

import pytest

from tests.factories import SessionFactory


@pytest.fixture
def over(cohort):
    return SessionFactory(cohort=cohort, starts_in=timedelta(days=-3), title="Trust")


@pytest.fixture
def on_now(cohort):
    return SessionFactory(cohort=cohort, starts_in=timedelta(minutes=-60), minutes=90)
