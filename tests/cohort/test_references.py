import time

import pytest
from django.conf import settings

from cohort import references
from cohort.models import Audience
from tests.factories import SpaceFactory, ThreadFactory

pytestmark = pytest.mark.django_db


def link(path, text=None):
    url = f"{settings.BASE_URL}{path}"
    return f'<a href="{url}" rel="nofollow">{text or url}</a>'


@pytest.mark.parametrize(
    ("html", "found"),
    [
        (link("/c/spring/discussions/12/"), ["thread:12"]),
        (link("/c/spring/discussions/12/?post=3#post-3"), ["thread:12"]),
        ('<a href="/c/spring/library/7/">/c/spring/library/7/</a>', ["resource:7"]),
        (link("/c/spring/sessions/3/live/"), ["session:3"]),
        (link("/c/spring/discussions/12/", "the buses"), []),
        (link("/c/autumn/discussions/12/"), []),
        ('<a href="https://example.org/c/spring/discussions/1/">x</a>', []),
        ('<a href="http://[::1">http://[::1</a>', []),
        (link("/c/spring/discussions/12/") * 2, ["thread:12"]),
        (
            link("/c/spring/discussions/12/", f"\n {settings.BASE_URL}/c/spring/discussions/12/ "),
            ["thread:12"],
        ),
        (link(f"/c/spring/discussions/{'1' * 70}/"), []),
        (link(f"/c/spring/library/{'1' * 5000}/"), []),
    ],
)
def test_references_are_the_bare_links_into_this_cohort(html, found):
    assert references.references_in(html, "spring") == found


def test_a_link_of_nothing_but_space_costs_little():
    html = f'<a href="x">{" " * 100_000}<em>x</em></a>'
    begun = time.process_time()
    assert references.references_in(html, "spring") == []
    assert references.with_titles(html, {"thread:1": "x"}, "spring") == html
    assert time.process_time() - begun < 1


def test_titles_are_told_to_those_who_may_see_the_thing(cast):
    open_one = ThreadFactory(space=SpaceFactory(cohort=cast.cohort), title="Buses & trains")
    back = SpaceFactory(cohort=cast.cohort, audience=Audience.FACILITATORS)
    closed = ThreadFactory(space=back, title="Behind doors")
    wanted = [f"thread:{open_one.pk}", f"thread:{closed.pk}", "thread:999999", "person:1"]

    assert references.titles_of(wanted, cast.mia) == {f"thread:{open_one.pk}": "Buses & trains"}
    assert len(references.titles_of(wanted, cast.fay)) == 2
    html = link(f"/c/spring/discussions/{open_one.pk}/") + link(
        f"/c/spring/discussions/{closed.pk}/"
    )
    shown = references.with_titles(html, references.titles_of(wanted, cast.mia), "spring")
    assert ">Buses &amp; trains</a>" in shown
    assert "Behind doors" not in shown
    assert shown.endswith(link(f"/c/spring/discussions/{closed.pk}/"))
