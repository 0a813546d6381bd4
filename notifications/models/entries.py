"""The bell: what each member was told of inside the product."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohort.models import Membership


class EntryQuerySet(models.QuerySet["Entry"]):
    def unread(self) -> "EntryQuerySet":
        return self.filter(read_at=None)

    def latest_first(self) -> "EntryQuerySet":
        return self.order_by("-at", "-pk")


class Entry(models.Model):
    """One line of a member's bell: a kind of news about one thing, gathered until it is read.

    It holds ids, never words: what it says is described when it is shown, to whoever may see the
    thing then.
    """

    # Beyond so many the line says "99+".
    MOST_ITEMS = 100

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=60)
    # What it is about, such as "thread:57": reading that reads the entry.
    group = models.CharField(max_length=80)
    # What happened, such as the keys of posts, the oldest first.
    items = ArrayField(models.BigIntegerField(), default=list)
    began_at = models.DateTimeField(default=timezone.now)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "group"],
                condition=Q(read_at=None),
                name="entry_gathers_until_it_is_read",
            )
        ]
        indexes = [
            models.Index(fields=["member", "-at"], name="entry_latest"),
            models.Index(fields=["group"], condition=Q(read_at=None), name="entry_unread_group"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.group}"
