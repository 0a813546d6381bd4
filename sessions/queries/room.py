"""What was said in a live room."""

from cohort.models import Membership
from sessions.models import ChatMessage, LearningSession, Room

TRANSCRIPT_PAGE = 200


def room_of(session: LearningSession) -> Room:
    """The session's room; one that has not been opened yet is empty."""
    return Room.objects.filter(pk=session.pk).first() or Room(session=session)


def chat_page(
    member: Membership, session: LearningSession, before: int | None = None
) -> list[ChatMessage]:
    """The last lines of a room, or those before a place, in order."""
    lines = ChatMessage.objects.visible_to(member).filter(room_id=session.pk)
    if before is not None:
        lines = lines.filter(seq__lt=before)
    page = lines.select_related("sender__user", "sender__team").order_by("-seq")[:TRANSCRIPT_PAGE]
    return list(page)[::-1]
