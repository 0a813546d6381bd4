"""The live room: what was said in it, in one order for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohort.models import Membership
from cohort.models.scoped import audience_of
from forums.models import Thread
from sessions.models.sessions import LearningSession

CHAT_LIMIT = 4000


class Room(models.Model):
    """A session's live room: the counter that gives every chat line its place.

    A row of its own, so that chatting and answering invitations do not wait for each other.
    """

    session = models.OneToOneField(
        LearningSession, primary_key=True, on_delete=models.CASCADE, related_name="room"
    )
    last_seq = models.PositiveBigIntegerField(default=0)
    # Counts what happened to lines already said, so that a returning reader asks for that too.
    last_rev = models.PositiveBigIntegerField(default=0)
    # Slow mode: seconds between two lines of one person. Facilitators are exempt.
    slow_seconds = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.session_id}: {self.last_seq}"


class RoomMute(models.Model):
    """Somebody who reads in one room and writes no lines and questions there."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="mutes")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="room_mutes")
    muted_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    muted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "member"], name="room_mute_once")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.room_id}"


@dataclass(frozen=True)
class Answered:
    """The line that another one answers, as it is quoted above that."""

    seq: int
    name: str
    text: str  # empty: removed


class ChatMessageQuerySet(models.QuerySet["ChatMessage"]):
    def visible_to(self, member: Membership) -> "ChatMessageQuerySet":
        messages = self.filter(audience_of(member, "room__session__"))
        if member.is_facilitator:
            return messages
        return messages.exclude(room__session__status=LearningSession.Status.DRAFT)


class ChatMessage(models.Model):
    """One line in a room. `seq` is its place for everybody; `client_id` makes resending safe."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveBigIntegerField()
    sender = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="chat_messages"
    )
    client_id = models.UUIDField()
    body = models.TextField(max_length=CHAT_LIMIT)
    # The line that this one answers, by its place in the same room.
    answers_seq = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The room's `last_rev` when this line was last removed or restored; 0 for most.
    rev = models.PositiveBigIntegerField(default=0)

    objects = ChatMessageQuerySet.as_manager()

    # Brought by `queries.room.with_company`: the line this one answers, and who reacted how. A line
    # just said has no reactions.
    answered: Answered | None = None
    by_kind: Mapping[str, list[int]] = MappingProxyType({})
    # Brought by `queries.with_discussions`, and by the transcript's search.
    discussion: Thread | None = None
    url = marked = ""

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="chat_message_place"),
            models.UniqueConstraint(
                fields=["room", "sender", "client_id"],
                condition=Q(sender__isnull=False),
                name="chat_message_sent_once",
            ),
        ]
        indexes = [
            # Not a column: rooms read whole lines, and have no use for it.
            GinIndex(SearchVector("body", config="english"), name="chat_message_search"),
            models.Index(fields=["room", "rev"], condition=Q(rev__gt=0), name="chat_message_rev"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} #{self.seq}"


class LineReaction(models.Model):
    """How somebody took a line; one at a time."""

    class Kind(models.TextChoices):
        AGREE = "agree", _("Agree")
        THANKS = "thanks", _("Thanks")
        LEARNED = "learned", _("Learned something")
        CHEER = "cheer", _("Well done")

    line = models.ForeignKey(ChatMessage, on_delete=models.CASCADE, related_name="reactions")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="line_reactions")
    kind = models.CharField(max_length=7, choices=Kind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "member"], name="line_reaction_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.kind} to {self.line_id}"
