"""The live room: what was said in it, in one order for everybody."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohort.models import Membership
from cohort.models.scoped import audience_of
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

    def __str__(self) -> str:
        return f"{self.session_id}: {self.last_seq}"


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
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The room's `last_rev` when this line was last removed or restored; 0 for most.
    rev = models.PositiveBigIntegerField(default=0)

    objects = ChatMessageQuerySet.as_manager()

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
            models.Index(fields=["room", "rev"], condition=Q(rev__gt=0), name="chat_message_rev")
        ]

    def __str__(self) -> str:
        return f"{self.room_id} #{self.seq}"
