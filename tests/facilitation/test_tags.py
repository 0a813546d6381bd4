import pytest
from django.urls import reverse

from cohort.models import AuditEntry, Tag
from cohort.services import tags as services
from forums.models import Follow, ThreadTag
from resources.models import ResourceTag
from tests.factories import ResourceFactory, SpaceFactory, TagFactory, ThreadFactory


def url(name, *args):
    return reverse(f"facilitation:{name}", args=["spring", *args])


@pytest.fixture
def tagged(cohort):
    """Two threads and a resource: the first tag on all of them, the second on one thread."""
    one, two = (
        TagFactory(cohort=cohort, name="recruiting"),
        TagFactory(cohort=cohort, name="hiring"),
    )
    space = SpaceFactory(cohort=cohort)
    threads = [ThreadFactory(space=space) for _each in range(2)]
    for thread in threads:
        ThreadTag.objects.create(content_object=thread, tag=one)
    ThreadTag.objects.create(content_object=threads[0], tag=two)
    ResourceTag.objects.create(content_object=ResourceFactory(cohort=cohort), tag=one)
    return one, two


def counts(page):
    return [(tag.name, tag.thread_count, tag.resource_count) for tag in page.context["page"]]


def test_the_list_counts_what_carries_each_tag_and_stands(browse, cohort, tagged, fay, olga):
    TagFactory(cohort=cohort, name="unused")
    TagFactory(cohort=olga.cohort, name="elsewhere")
    gone = ThreadTag.objects.filter(tag=tagged[1]).get().content_object
    client = browse(fay)
    assert counts(client.get(url("tag_list"))) == [
        ("hiring", 1, 0),
        ("recruiting", 2, 1),
        ("unused", 0, 0),
    ]
    gone.deleted_at = gone.created_at
    gone.save()
    assert counts(client.get(url("tag_list"), {"q": "HIR"})) == [("hiring", 0, 0)]


def test_a_tag_is_renamed_wherever_it_stands(browse, tagged, fay):
    client = browse(fay)
    client.post(url("tag_edit", tagged[0].pk), {"name": "Finding people"})
    tag = Tag.objects.get(pk=tagged[0].pk)
    assert (tag.name, tag.slug) == ("Finding people", "finding-people")
    assert AuditEntry.objects.get().details == {"before": "recruiting"}
    assert client.get(reverse("home:tag_detail", args=["spring", tag.slug])).status_code == 200


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Hiring", "There is a tag “hiring” already. Merge the two instead."),
        ("", "A tag needs a name."),
        ("one, two", "Please write one tag, without commas."),
        ("x" * 41, "is too long for a tag"),
    ],
)
def test_a_name_that_will_not_do_comes_back(browse, tagged, fay, name, words):
    response = browse(fay).post(url("tag_edit", tagged[0].pk), {"name": name})
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert f'value="{name}"' in page or not name
    assert Tag.objects.get(pk=tagged[0].pk).name == "recruiting"


def test_a_tag_may_be_written_in_another_case(browse, tagged, fay):
    browse(fay).post(url("tag_edit", tagged[0].pk), {"name": "Recruiting"})
    assert Tag.objects.get(pk=tagged[0].pk).name == "Recruiting"


def test_two_tags_become_one_without_doubles(browse, tagged, fay, mia, theo):
    one, two = tagged
    for member, tag in ((mia, one), (mia, two), (theo, one)):
        Follow.objects.create(member=member, tag=tag)
    client = browse(fay)
    page = client.get(url("tag_merge", one.pk), {"target": two.pk}).content.decode()
    assert "“recruiting” becomes “hiring” wherever it stands" in page
    assert Tag.objects.count() == 2

    client.post(url("tag_merge", one.pk), {"target": two.pk})

    assert list(Tag.objects.all()) == [two]
    assert counts(client.get(url("tag_list"))) == [("hiring", 2, 1)]
    follows = Follow.objects.order_by("member").values_list("member", "tag")
    assert sorted(follows) == sorted([(mia.pk, two.pk), (theo.pk, two.pk)])
    assert AuditEntry.objects.get().details == {"source": "recruiting"}


def test_a_tag_merges_into_none_of_another_cohort_nor_into_itself(browse, tagged, fay, olga):
    elsewhere = TagFactory(cohort=olga.cohort)
    for target in (elsewhere, tagged[0]):
        response = browse(fay).post(url("tag_merge", tagged[0].pk), {"target": target.pk})
        assert response.status_code == 422
    assert Tag.objects.count() == 3


def test_only_what_nothing_carries_is_removed(browse, cohort, tagged, fay):
    unused = TagFactory(cohort=cohort, name="unused")
    client = browse(fay)
    client.post(url("tag_removal", unused.pk))
    page = client.post(url("tag_removal", tagged[0].pk), follow=True).content.decode()
    assert "Something carries this tag by now; it stays." in page
    assert {tag.name for tag in Tag.objects.all()} == {"recruiting", "hiring"}


def test_a_merge_of_what_is_gone_is_refused(tagged, fay):
    services.merge_tags(source=tagged[0], target=tagged[1], by=fay)
    with pytest.raises(Tag.DoesNotExist):
        services.merge_tags(source=tagged[0], target=tagged[1], by=fay)


def test_the_console_counts_flagged_posts(browse, fay, mia, theo, cohort):
    from forums import services as forums

    thread = ThreadFactory(space=SpaceFactory(cohort=cohort), author=mia)
    forums.flag_post(post=thread.posts.get(), by=theo, reason="other")
    page = browse(fay).get(url("console")).content.decode()
    assert "1 flagged post waits for a decision." in page
