"""A session's shared notes, as text."""

from sessions.models import LearningSession, SharedNotes


def notes_of(session: LearningSession) -> SharedNotes:
    """The notes without their CRDT's state; empty ones where nobody has written."""
    found = SharedNotes.objects.defer("state").filter(pk=session.pk).first()
    return found or SharedNotes(session=session)
