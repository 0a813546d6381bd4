"""Rows for tests. Plain and few: what a test is about it says itself."""

from datetime import UTC, date, datetime, time, timedelta

import factory
from factory.django import DjangoModelFactory

from cohort.models import Audience, Cohort, Membership, Organization, Role, Sector, Tag, Team, User
from cohort.models import Invitation as InvitationModel
from forums.models import Post, Space, Thread, path_step
from resources.models import Resource
from sessions.models import LearningSession, Room


class CohortFactory(DjangoModelFactory):
    class Meta:
        model = Cohort
        django_get_or_create = ("slug",)

    slug = factory.Sequence(lambda n: f"cohort-{n}")
    name = factory.LazyAttribute(lambda o: o.slug.title())
    starts_on = date(2026, 9, 1)
    ends_on = date(2027, 8, 31)
    norms = "<p>Be kind.</p>"


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    cohort = factory.SubFactory(CohortFactory)
    slug = factory.Sequence(lambda n: f"team-{n}")
    name = factory.LazyAttribute(lambda o: o.slug.replace("-", " ").title())
    place = "Harbor City"
    state = "MD"
    setting = Team.Setting.URBAN


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    cohort = factory.SubFactory(CohortFactory)
    name = factory.Sequence(lambda n: f"Organization {n}")
    sector = Sector.INDUSTRY


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person-{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = "!"


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    cohort = factory.SubFactory(CohortFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.MEMBER
    norms_agreed_version = 1


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = InvitationModel

    cohort = factory.SubFactory(CohortFactory)
    email = factory.Sequence(lambda n: f"invited-{n}@example.org")


class TagFactory(DjangoModelFactory):
    class Meta:
        model = Tag

    cohort = factory.SubFactory(CohortFactory)
    name = factory.Sequence(lambda n: f"tag {n}")
    slug = factory.LazyAttribute(lambda o: o.name.replace(" ", "-"))


class SpaceFactory(DjangoModelFactory):
    class Meta:
        model = Space

    cohort = factory.SubFactory(CohortFactory)
    slug = factory.Sequence(lambda n: f"space-{n}")
    name = factory.LazyAttribute(lambda o: o.slug.title())
    audience = Audience.COHORT


class ThreadFactory(DjangoModelFactory):
    """A thread with its opening post, as the service would leave it."""

    class Meta:
        model = Thread
        skip_postgeneration_save = True

    class Params:
        body = "An opening thought."

    space = factory.SubFactory(SpaceFactory)
    cohort = factory.LazyAttribute(lambda o: o.space.cohort)
    author = factory.LazyAttribute(lambda o: MembershipFactory(cohort=o.space.cohort))
    title = factory.Sequence(lambda n: f"Thread {n}")
    last_number = 1
    last_post_by = factory.SelfAttribute("author")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        thread = super()._create(model_class, *args, **kwargs)
        Post.objects.create(
            thread=thread,
            author=thread.author,
            number=1,
            path=path_step(1),
            body="<p>An opening thought.</p>",
            body_text="An opening thought.",
        )
        return thread


class PostFactory(DjangoModelFactory):
    """A reply, placed in the tree and counted as the service would."""

    class Meta:
        model = Post

    thread = factory.SubFactory(ThreadFactory)
    parent = factory.LazyAttribute(lambda o: o.thread.posts.get(number=1))
    author = factory.LazyAttribute(lambda o: MembershipFactory(cohort=o.thread.cohort))
    number = factory.LazyAttribute(lambda o: o.thread.posts.count() + 1)
    path = factory.LazyAttribute(lambda o: o.parent.path + path_step(o.number))
    body_text = "A reply."
    body = factory.LazyAttribute(lambda o: f"<p>{o.body_text}</p>")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        post = super()._create(model_class, *args, **kwargs)
        Thread.objects.filter(pk=post.thread_id).update(
            last_number=post.number,
            reply_count=post.number - 1,
            last_posted_at=post.created_at,
            last_post_by=post.author,
        )
        return post


class ResourceFactory(DjangoModelFactory):
    class Meta:
        model = Resource

    cohort = factory.SubFactory(CohortFactory)
    title = factory.Sequence(lambda n: f"Resource {n}")
    kind = Resource.Kind.TEMPLATE
    url = "https://example.org/a-page"
    added_by = factory.LazyAttribute(lambda o: MembershipFactory(cohort=o.cohort))


class SessionFactory(DjangoModelFactory):
    """A session that starts `starts_in` from now, its wall time told in UTC."""

    class Meta:
        model = LearningSession

    class Params:
        starts_in = timedelta(days=3)

    cohort = factory.SubFactory(CohortFactory)
    title = factory.Sequence(lambda n: f"Session {n}")
    time_zone = "UTC"
    minutes = 90
    starts_at = factory.LazyAttribute(
        lambda o: (datetime.now(UTC) + o.starts_in).replace(second=0, microsecond=0)
    )
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(minutes=o.minutes))
    local_date = factory.LazyAttribute(lambda o: o.starts_at.date())
    local_time = factory.LazyAttribute(lambda o: time(o.starts_at.hour, o.starts_at.minute))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        session = super()._create(model_class, *args, **kwargs)
        Room.objects.create(session=session)
        return session
