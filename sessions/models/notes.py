"""Notes that several people write at once."""

from django.db import models
from django.utils import timezone

from sessions.models.sessions import LearningSession

NOTES_LIMIT = 100_000  # characters


class SharedNotes(models.Model):
    """A session's notes: a CRDT's state, and the text it amounts to.

    Whoever saves merges into what is there, under this row's lock, and raises `version`.
    """

    session = models.OneToOneField(
        LearningSession, primary_key=True, on_delete=models.CASCADE, related_name="notes"
    )
    state = models.BinaryField(default=bytes)
    text = models.TextField(blank=True, default="")
    version = models.PositiveBigIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"notes of {self.session_id}"
