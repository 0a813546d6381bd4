from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.models import TagBase


class ThemeQuerySet(models.QuerySet["Theme"]):
    def top(self) -> "ThemeQuerySet":
        return self.filter(parent=None)


class Theme(TagBase):
    """A curated learning theme (first level) or one of its sub-lessons (second level)."""

    class Color(models.TextChoices):
        DRIVERS = "drivers", _("Drivers")
        LEADERS = "leaders", _("Leaders")
        PRACTICES = "practices", _("Practices")
        STUDENTS = "students", _("Students")

    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="lessons"
    )
    question = models.CharField(max_length=240, blank=True)
    # Which of the style sheet's hues; a sub-lesson has its theme's.
    color = models.CharField(max_length=12, choices=Color.choices)
    position = models.PositiveSmallIntegerField(default=0)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("theme")
        verbose_name_plural = _("themes")

    @property
    def is_lesson(self) -> bool:
        return self.parent_id is not None

    def url_in(self, cohort_slug: str) -> str:
        return reverse("home:theme_detail", args=[cohort_slug, self.slug])


def theme_list(items: type[models.Model]) -> ArraySubquery:
    """The themes of each row, in order, to `annotate` a list with: no query more for any of them.

    `items` is the model that gives rows their themes. Each theme is a dictionary with `pk`,
    `parent` (a key or None), `name`, `slug`, `color` and `is_lesson`.
    """
    given = items._default_manager.filter(content_object=OuterRef("pk"))
    row = JSONObject(
        pk="tag_id",
        parent="tag__parent_id",
        name="tag__name",
        slug="tag__slug",
        color="tag__color",
        is_lesson=Q(tag__parent__isnull=False),
    )
    return ArraySubquery(given.order_by("tag__position", "tag_id").values(row=row))


class Tag(TagBase):
    """A free tag, the members' own word. Each cohort has its own, so that none leaks."""

    cohort = models.ForeignKey("cohort.Cohort", on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=80, allow_unicode=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(fields=["cohort", "name"], name="tag_name_once_per_cohort"),
            models.UniqueConstraint(fields=["cohort", "slug"], name="tag_slug_once_per_cohort"),
        ]
