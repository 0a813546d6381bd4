"""What the partnerships trade: a file, a link or a page, and what one must know to use it."""

from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from cohort.models import (
    Audience,
    Membership,
    Scoped,
    ScopedQuerySet,
    Tag,
    Theme,
    theme_list,
)
from resources.languages import LANGUAGES, USUAL
from resources.videos import Player, player_for


class ResourceTheme(ItemBase):
    content_object = models.ForeignKey("Resource", on_delete=models.CASCADE)
    tag = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="resource_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content_object", "tag"], name="resource_has_a_theme_once"
            )
        ]


class ResourceTag(ItemBase):
    content_object = models.ForeignKey("Resource", on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="resource_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content_object", "tag"], name="resource_has_a_tag_once"
            )
        ]


def site_of(url: str) -> str:
    """Where a link leads, without what is not worth reading: `example.org`."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


class ResourceQuerySet(ScopedQuerySet["Resource"]):
    def latest_first(self) -> "ResourceQuerySet":
        return self.order_by("-created_at", "-pk")

    def about(self, theme: Theme | int) -> "ResourceQuerySet":
        """With this theme, or the one with this key, or one of its sub-lessons."""
        items = ResourceTheme.objects.filter(Q(tag=theme) | Q(tag__parent=theme))
        return self.filter(pk__in=items.values("content_object"))

    def with_rows(self) -> "ResourceQuerySet":
        """With all that is told of each, its `theme_list` among it, in one query."""
        rows = self.select_related(
            "cohort", "team", "current_version", "added_by__user", "added_by__team"
        )
        # What is told nowhere is long.
        rows = rows.defer("search", "cohort__welcome", "cohort__norms")
        return rows.annotate(theme_list=theme_list(ResourceTheme))


class Resource(Scoped):  # type: ignore[django-manager-missing]
    """A file, a link or a page written here, with what one must know to use it.

    Its address outlives its versions.
    """

    class Kind(models.TextChoices):
        PURPOSE_STATEMENT = "purpose_statement", _("Purpose statement")
        ENGAGEMENT = "engagement", _("Stakeholder engagement material")
        RECRUITMENT = "recruitment", _("Recruitment protocol")
        ACTION_PLAN = "action_plan", _("Strategic action plan")
        AGREEMENT = "agreement", _("Partnership agreement")
        DASHBOARD = "dashboard", _("Data dashboard")
        SLIDES = "slides", _("Slides")
        RECORDING = "recording", _("Recording")
        ARTICLE = "article", _("Article")
        TEMPLATE = "template", _("Template")
        STUDENT_WORK = "student_work", _("Student work")

    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    description = models.TextField(blank=True, help_text=_("Sanitized HTML."))
    description_text = models.TextField(blank=True)
    used_for = models.TextField(_("how we used it"), max_length=2000, blank=True)
    # What of this product its description and its page link to, as `cohort.references` names it.
    references = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    made_by = models.CharField(max_length=160, blank=True)
    # Empty where there are no words in it.
    language = models.CharField(
        max_length=8, choices=list(LANGUAGES.items()), default=USUAL, blank=True
    )
    # Of what the whole cohort sees: it may be shown to everybody, later and elsewhere.
    is_public = models.BooleanField(_("may be shown to the public"), default=False)
    # For those who cannot see a picture, or hear a recording.
    alt = models.CharField(_("what the picture shows"), max_length=500, blank=True)
    captions = models.CharField(_("where captions are"), max_length=500, blank=True)
    url = models.URLField(
        _("link"), max_length=1000, blank=True, validators=[URLValidator(["http", "https"])]
    )
    # What its address gives now; neither for a link.
    current_version = models.OneToOneField(
        "FileVersion", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    current_page = models.OneToOneField(
        "WrittenPage", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    added_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="resources"
    )
    # What the page made up when the form was shown: the same form sent twice is one resource.
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    download_count = models.PositiveIntegerField(default=0)
    # Kept with its marks.
    helpful_count = models.PositiveIntegerField(default=0)
    # Facilitators show it on top of the library.
    featured_at = models.DateTimeField(null=True, blank=True, editable=False)

    themes = TaggableManager(
        through=ResourceTheme, related_name="resources", verbose_name=_("themes")
    )
    tags = TaggableManager(
        through=ResourceTag, related_name="resources", verbose_name=_("tags"), blank=True
    )

    search = models.GeneratedField(
        expression=SearchVector("title", config="english", weight="A")
        + SearchVector("description_text", "used_for", config="english", weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ResourceQuerySet.as_manager()

    class Meta(Scoped.Meta):
        indexes = [
            models.Index(fields=["cohort", "-created_at"], name="resource_latest"),
            GinIndex(fields=["search"], name="resource_search", fastupdate=False),
            GinIndex(fields=["references"], name="resource_references"),
            models.Index(
                fields=["cohort", "-featured_at"],
                condition=Q(featured_at__isnull=False),
                name="resource_featured",
            ),
        ]
        constraints = [
            *Scoped.Meta.constraints,
            # That it is one of them is looked at when a transaction ends: `resource_is_something`.
            models.CheckConstraint(
                condition=Q(url="", current_page=None)
                | Q(url="", current_version=None)
                | Q(current_version=None, current_page=None),
                name="resource_is_one_of_file_link_page",
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(audience=Audience.COHORT),
                name="resource_is_public_when_for_the_cohort",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("resources:resource_detail", args=[self.cohort.slug, self.pk])

    @property
    def reference(self) -> str:
        """As `cohort.references` names it."""
        return f"resource:{self.pk}"

    @property
    def is_link(self) -> bool:
        return bool(self.url)

    @property
    def is_page(self) -> bool:
        return self.current_page_id is not None

    @property
    def is_picture(self) -> bool:
        version = self.current_version
        return version is not None and version.content_type.startswith("image/")

    @property
    def is_heard(self) -> bool:
        """A recording or a video: there may be those who cannot hear it."""
        return self.kind == self.Kind.RECORDING or self.player is not None

    @property
    def player(self) -> Player | None:
        """What shows the video that it links to."""
        return player_for(self.url) if self.url else None

    @property
    def site(self) -> str:
        return site_of(self.url)
