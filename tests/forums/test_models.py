from hypothesis import given
from hypothesis import strategies as st

from cohort.models import Audience
from forums.models import Post, Space, Thread, path_step
from forums.models.paths import DEEPEST, STEP, path_below
from tests.factories import PostFactory, SpaceFactory, ThreadFactory


@given(st.integers(0, 36**4 - 1), st.integers(0, 36**4 - 1))
def test_path_step_sorts_as_its_number_does(one, other):
    assert (path_step(one) < path_step(other)) == (one < other)


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=40))
def test_ordering_by_path_walks_the_tree_depth_first(choices):
    paths, children = {1: path_step(1)}, {1: []}
    for number, choice in enumerate(choices, start=2):
        parent = choice % (number - 1) + 1
        paths[number] = path_below(paths[parent], number)
        children[number] = []
        children[parent].append(number)

    def walk(number):
        return [number, *(deep for child in children[number] for deep in walk(child))]

    assert sorted(paths, key=paths.__getitem__) == walk(1)


def test_path_at_the_last_depth_stands_beside_its_parent():
    parent = path_step(7) * (STEP * DEEPEST // 4)

    assert path_below(parent, 9) == parent[:-4] + path_step(9)


def rooms(cast):
    other = SpaceFactory(cohort=cast.olga.cohort, slug="olgas")
    for slug, audience, team in (
        ("commons", Audience.COHORT, None),
        ("one", Audience.TEAM, cast.team),
        ("two", Audience.TEAM, cast.other_team),
        ("back", Audience.FACILITATORS, None),
    ):
        space = SpaceFactory(cohort=cast.cohort, slug=slug, audience=audience, team=team)
        PostFactory(thread=ThreadFactory(space=space, title=slug))
    PostFactory(thread=ThreadFactory(space=other, title="olgas"))


SEES = {
    "fay": {"commons", "one", "two", "back"},
    "theo": {"commons", "one"},
    "mia": {"commons", "one"},
    "tia": {"commons", "two"},
    "obi": {"commons"},
    "olga": {"olgas"},
}


def test_visible_to_is_each_ones_own_whole_set(cast):
    rooms(cast)

    for name, slugs in SEES.items():
        member = getattr(cast, name)
        assert {s.slug for s in Space.objects.visible_to(member)} == slugs, name
        assert {t.title for t in Thread.objects.visible_to(member)} == slugs, name
        posts = Post.objects.visible_to(member)
        assert sorted(p.thread.title for p in posts) == sorted([*slugs, *slugs]), name


def test_visible_to_leaves_out_what_was_removed(cast):
    rooms(cast)
    Thread.objects.filter(title="commons").update(deleted_at="2026-11-01T00:00Z")

    assert {t.title for t in Thread.objects.visible_to(cast.mia)} == {"one"}
    assert {p.thread.title for p in Post.objects.visible_to(cast.mia)} == {"one"}
