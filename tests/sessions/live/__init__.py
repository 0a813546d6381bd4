"""The live room on real servers."""

from sessions.models import ChatMessage


def stored(session):
    return list(
        ChatMessage.objects.filter(room=session.pk).order_by("seq").values_list("seq", "body")
    )
