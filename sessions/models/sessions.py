"""Learning sessions: when the cohort meets, and about what."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from cohort.models import Membership, Scoped, ScopedQuerySet, Theme
from cohort.zones import validate_zone
from forums.models import Thread
from resources.models import Resource
from sessions.models.answers import RSVP

# The room opens and one may join this long before the start.
DOORS_OPEN = timedelta(minutes=15)
# People greet each other before and thank each other after; then the chat is a record.
CHAT_STAYS_OPEN = timedelta(hours=24)
ASK_AHEAD = timedelta(days=21)


class SessionTheme(ItemBase):
    content_object = models.ForeignKey("LearningSession", on_delete=models.CASCADE)
    tag = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="session_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content_object", "tag"], name="session_has_a_theme_once"
            )
        ]


class LearningSessionQuerySet(ScopedQuerySet["LearningSession"]):
    def visible_to(self, member: Membership) -> "LearningSessionQuerySet":
        sessions = super().visible_to(member)
        if member.is_facilitator:
            return sessions
        return sessions.exclude(status=LearningSession.Status.DRAFT)

    def with_answer_of(self, member: Membership) -> "LearningSessionQuerySet":
        """Each with `my_rsvp` (its pk), `my_answer`, `my_note`, `my_waitlisted_at` of a member."""
        return self.annotate(
            mine=FilteredRelation("rsvps", condition=Q(rsvps__member=member)),
            my_rsvp=F("mine__pk"),
            my_answer=F("mine__answer"),
            my_note=F("mine__note"),
            my_waitlisted_at=F("mine__waitlisted_at"),
        )

    def standing(self) -> "LearningSessionQuerySet":
        """Published and not cancelled."""
        return self.filter(status=LearningSession.Status.SCHEDULED)

    def ahead(self, now: datetime) -> "LearningSessionQuerySet":
        """Not over yet, the next one first."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")

    def past(self, now: datetime) -> "LearningSessionQuerySet":
        """Over, the latest first."""
        return self.filter(ends_at__lte=now).order_by("-starts_at", "-pk")


class LearningSession(Scoped):  # type: ignore[django-manager-missing]
    class Kind(models.TextChoices):
        LEARNING_SESSION = "learning_session", _("Learning session")
        PEER_CLINIC = "peer_clinic", _("Peer clinic")
        OFFICE_HOURS = "office_hours", _("Office hours")
        SITE_VISIT = "site_visit", _("Site visit")
        SHOWCASE = "showcase", _("Showcase")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        CANCELLED = "cancelled", _("Canceled")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.LEARNING_SESSION)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SCHEDULED)
    description = models.TextField(blank=True, help_text=_("Sanitized HTML."))
    description_text = models.TextField(blank=True)
    goals = models.TextField(
        blank=True, max_length=2000, help_text=_("One to a line: what people should leave with.")
    )
    form_key = models.UUIDField(null=True, unique=True, editable=False)
    # Shared by those that were planned in one go; each of them then goes its own way.
    series = models.UUIDField(null=True, db_index=True, editable=False)

    # The wall time is what was promised; the UTC instants below are computed from it.
    local_date = models.DateField(_("date"))
    local_time = models.TimeField(_("start"))
    local_fold = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(1)])
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    minutes = models.PositiveSmallIntegerField(
        _("length in minutes"), validators=[MinValueValidator(5), MaxValueValidator(24 * 60)]
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Rises with every change of time or status: a reminder planned for an older one is stale.
    schedule_version = models.PositiveIntegerField(default=1)
    # RFC 5545 §3.8.7.4, for calendars that follow this session.
    ics_sequence = models.PositiveIntegerField(default=0)

    capacity = models.PositiveSmallIntegerField(
        _("seats"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Leave empty for everybody. Who comes too late waits and moves up by itself."),
    )
    meeting_url = models.URLField(
        _("meeting link"),
        max_length=1000,
        blank=True,
        validators=[URLValidator(["https", "http"])],
        help_text=_("Kept private: people join through their own button."),
    )
    place = models.CharField(max_length=200, blank=True)
    facilitator_notes = models.TextField(_("notes for facilitators"), blank=True, max_length=10_000)

    cancel_reason = models.CharField(_("reason"), max_length=500, blank=True)
    # When hosts last asked those who had not answered.
    asked_again_at = models.DateTimeField(null=True, editable=False)

    # Afterwards.
    summary = models.TextField(blank=True, help_text=_("Sanitized HTML."))
    summary_text = models.TextField(blank=True)
    recording_url = models.URLField(
        _("recording"), max_length=1000, blank=True, validators=[URLValidator(["https", "http"])]
    )
    # When summary or recording came, or last changed: what an edition tells as new.
    summarized_at = models.DateTimeField(null=True, blank=True)

    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    themes = TaggableManager(
        through=SessionTheme, related_name="sessions", verbose_name=_("themes"), blank=True
    )
    resources = models.ManyToManyField(Resource, related_name="sessions", blank=True)
    threads = models.ManyToManyField(Thread, related_name="sessions", blank=True)

    search = models.GeneratedField(
        expression=SearchVector("title", config="english", weight="A")
        + SearchVector("description_text", "goals", "summary_text", config="english", weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = LearningSessionQuerySet.as_manager()

    class Meta(Scoped.Meta):
        indexes = [
            models.Index(fields=["cohort", "starts_at"], name="session_by_start"),
            models.Index(fields=["starts_at"], name="session_start"),
            GinIndex(fields=["search"], name="session_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("sessions:session_detail", args=[self.cohort.slug, self.pk])

    def is_visible_to(self, member: Membership) -> bool:
        return super().is_visible_to(member) and (member.is_facilitator or not self.is_draft)

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def my_answer_display(self) -> str:
        """The reader's answer in words, where `with_answer_of` has brought it."""
        answer = getattr(self, "my_answer", None)
        if not answer:
            return ""
        if getattr(self, "my_waitlisted_at", None):
            return str(_("On the waiting list"))
        return str(RSVP.Answer(answer).label)

    @property
    def goal_list(self) -> list[str]:
        lines = (line.strip().lstrip("-*•").strip() for line in self.goals.splitlines())
        return [line for line in lines if line]

    @property
    def uid(self) -> str:
        """How calendars know it: stable, whatever happens to title, time and host."""
        return f"{self.public_id}@{settings.MAIL_DOMAIN}"

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def is_on(self) -> bool:
        return self.starts_at <= timezone.now() < self.ends_at

    @property
    def is_soon(self) -> bool:
        """Near enough to ask whether one comes."""
        return not self.is_over and self.starts_at - timezone.now() < ASK_AHEAD

    @property
    def doors_open_at(self) -> datetime:
        return self.starts_at - DOORS_OPEN

    @property
    def doors_are_open(self) -> bool:
        return self.doors_open_at <= timezone.now() < self.ends_at

    @property
    def chat_closes_at(self) -> datetime:
        return self.ends_at + CHAT_STAYS_OPEN

    @property
    def chat_is_open(self) -> bool:
        return self.status == self.Status.SCHEDULED and timezone.now() < self.chat_closes_at
