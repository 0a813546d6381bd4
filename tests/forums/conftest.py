import pytest

from forums import services
from forums.models import Space


@pytest.fixture
def spaces(cast):
    """The cohort's spaces by slug: commons, facilitators, and a room for each team."""
    services.open_spaces(cast.cohort)
    return {space.slug: space for space in Space.objects.filter(cohort=cast.cohort)}


@pytest.fixture
def commons(spaces):
    return spaces["commons"]


@pytest.fixture
def thread(commons, mia, themes):
    """Mia's thread in the commons, with its opening post."""
    return services.start_thread(
        space=commons, author=mia, title="Buses", body="Who drives?", themes=[themes["drivers"]]
    )
