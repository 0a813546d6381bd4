"""Naming people and teams with an @: typed, offered, counted."""

import re
import time

import pytest

from cohort.models import Audience
from forums import services
from forums.models import Mention
from forums.queries.naming import names_like
from forums.services.mentions import link_typed_names, read_mentions
from tests.factories import MembershipFactory, TeamFactory, UserFactory


def person(cohort, name, **fields):
    user = UserFactory(name=name, email=f"{abs(hash(name))}@example.org")
    return MembershipFactory(cohort=cohort, user=user, **fields)


def linked(html):
    """Who is linked in a text, in its order."""
    return re.findall(r'class="mention"[^>]*>@([^<]*)<', html)


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("Thanks @Ana Ruiz!", ["Ana Ruiz"]),
        ("Thanks @ana ruiz.", ["Ana Ruiz"]),
        ("@Ana Ruiz Calderón and @Ana Ruiz", ["Ana Ruiz Calderón", "Ana Ruiz"]),
        ("@Ana Ruizova", []),
        ("(@Ana Ruiz)", ["Ana Ruiz"]),
        ("@Siobhán O'Brien, @Siobha\u0301n O’Brien", ["Siobhán O&#x27;Brien"] * 2),
        ("@Jürgen Strauß and @JÜRGEN STRAUSS", ["Jürgen Strauß"] * 2),
        ("@山田 太郎 さん", ["山田 太郎"]),
        ("@نور حداد", ["نور حداد"]),
        ("ana@Ana Ruiz.example", []),
        ("https://example.org/@Ana Ruiz", []),
        ("[@Ana Ruiz](https://example.org/)", []),
        ("Ask @Harbor", ["Harbor"]),
    ],
)
def test_typed_names_become_mentions(commons, cohort, team, typed, named):
    for name in ("Ana Ruiz", "Ana Ruiz Calderón", "Siobhán O'Brien", "Jürgen Strauß", "山田 太郎",
                 "نور حداد"):  # fmt: skip
        person(cohort, name)
    assert linked(services.html_of(typed, commons, is_html=False)) == named


def test_typed_names_in_the_editor_count_too_but_not_in_code_or_links(commons, cohort):
    person(cohort, "Ana Ruiz")
    html = (
        "<p>@Ana Ruiz</p><pre><code>@Ana Ruiz</code></pre><p><code>@Ana Ruiz</code></p>"
        '<p><a href="https://example.org/">@Ana Ruiz</a></p>'
    )
    assert services.html_of(html, commons, is_html=True).count('class="mention"') == 1


def test_a_name_of_two_readers_names_neither(commons, cohort):
    person(cohort, "Sam Lee")
    MembershipFactory(cohort=cohort, user=UserFactory(name="Sam Lee", email="other@example.org"))
    assert link_typed_names("<p>@Sam Lee</p>", commons) == "<p>@Sam Lee</p>"


def test_many_members_and_many_ats_cost_little(commons, cohort):
    for number in range(1000):
        MembershipFactory(
            cohort=cohort,
            user=UserFactory(name=f"Ana {number} Ruiz", email=f"a{number}@example.org"),
        )
    text = services.html_of("@Ana 999 Ruiz " + "@a b " * 3900, commons, is_html=False)
    begun = time.process_time()
    text = services.html_of("@Ana 999 Ruiz " + "@a b " * 3900, commons, is_html=False)
    assert time.process_time() - begun < 1.5
    assert linked(text) == ["Ana 999 Ruiz"]


def test_mentions_lead_to_readers_only(spaces, cast):
    """Whoever may not read there is plain words, whatever the markup pretends."""
    room = spaces["harbor"]
    html = "".join(
        f'<a class="mention" href="/c/spring/people/{pk}/">@<strong>X</strong></a>'
        for pk in (cast.theo.pk, cast.tia.pk, cast.olga.pk, cast.gone.pk, 10**30)
    )
    html += '<a class="mention" href="https://example.org/">@Bob</a>'
    html += '<a class="mention" href="/c/spring/teams/river/">@River</a>'
    named = read_mentions(html, room)
    assert (named.members, named.teams) == ({cast.theo.pk}, set())
    assert named.html == (
        f'<a class="mention" href="/c/spring/people/{cast.theo.pk}/">@Theo</a>@X@X@X@X@Bob@River'
    )


def test_names_offered_are_those_of_readers(spaces, cast):
    def offered(space, q, member):
        return [name.name for name in names_like(q, space, member)]

    assert offered(spaces["commons"], "", cast.mia) == [
        "Harbor", "River", "Theo", "Fay", "Obi", "Tia",
    ]  # fmt: skip
    assert offered(spaces["harbor"], "", cast.mia) == ["Harbor", "Theo", "Fay"]
    assert offered(spaces["facilitators"], "", cast.fay) == []
    assert offered(spaces["commons"], "ti", cast.mia) == ["Tia"]


def test_names_are_found_by_any_word_without_accents_and_at_most_eight(spaces, cast):
    person(cast.cohort, "Zoë Ångström")
    for number in range(12):
        person(cast.cohort, f"Kim {number}")
    assert [name.name for name in names_like("angs", spaces["commons"], cast.mia)] == [
        "Zoë Ångström"
    ]
    assert len(names_like("kim", spaces["commons"], cast.mia)) == 8


def test_who_is_told_counts_each_once_and_not_the_writer(spaces, cast):
    html = services.html_of("@Theo, @Tia and @Harbor", spaces["commons"], is_html=False)
    told = services.who_is_told(html, spaces["commons"], cast.mia)
    assert (told.count, told.words) == (2, "Tia and 1 person of Harbor will be told by mail.")
    assert services.who_is_told("<p>@Mia</p>", spaces["commons"], cast.mia).words == ""


def test_more_than_twenty_are_many(spaces, cast):
    big = TeamFactory(cohort=cast.cohort, slug="big", name="Big")
    for number in range(21):
        person(cast.cohort, f"P {number}", team=big)
    told = services.who_is_told("<p>@Big</p>", spaces["commons"], cast.mia)
    assert (told.count, told.is_many) == (21, True)


def test_the_lookup_knows_nothing_of_spaces_one_may_not_read(client, spaces, cast):
    client.force_login(cast.tia.user)
    room = spaces["harbor"]
    assert client.get(f"/c/spring/discussions/names/?space={room.pk}&q=m").status_code == 404
    assert client.get("/c/spring/discussions/names/?space=x").status_code == 404
    counted = {"space": room.pk, "body": "<p>@Mia</p>"}
    assert client.post("/c/spring/discussions/names/count/", counted).status_code == 404


def test_a_post_keeps_whom_it_names(thread, theo, tia):
    post = services.publish_reply(
        thread=thread, author=theo,
        body=services.html_of("@Tia and @Harbor", thread.space, is_html=False),
    )  # fmt: skip
    kept = Mention.objects.filter(post=post).values_list("member__user__name", "team__name")
    assert sorted(kept, key=str) == [("Tia", None), (None, "Harbor")]
    assert thread.space.audience == Audience.COHORT
