"""What was said in a live room."""

from collections import defaultdict
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from cohort.models import Membership
from cohort.references import reference_of, titles_of
from sessions.models import Answered, ChatMessage, LearningSession, LineReaction, Room, RoomMute

TRANSCRIPT_PAGE = 200
EXCERPT = 80


def room_of(session: LearningSession) -> Room:
    """The session's room; one that has not been opened yet is empty."""
    return getattr(session, "room", None) or Room(session=session)


def chat_page(
    member: Membership,
    session: LearningSession,
    before: int | None = None,
    limit: int = TRANSCRIPT_PAGE,
) -> list[ChatMessage]:
    """The last lines of a room, or those before a place, in order."""
    lines = ChatMessage.objects.visible_to(member).filter(room_id=session.pk)
    if before is not None:
        lines = lines.filter(seq__lt=before)
    page = with_people(lines).order_by("-seq")[:limit]
    return with_company(list(page)[::-1])


def with_people(lines: QuerySet[ChatMessage]) -> QuerySet[ChatMessage]:
    """With who said each line, what it answers, and how people took it, for `with_company`."""
    reactions = LineReaction.objects.filter(line=OuterRef("pk")).order_by("pk")
    took = ArraySubquery(reactions.values_list(JSONObject(kind="kind", member="member")))
    others = ChatMessage.objects.filter(room=OuterRef("room"), seq=OuterRef("answers_seq"))
    other = JSONObject(seq="seq", name="sender__user__name", text="body", gone="removed_at")
    people = lines.select_related("sender__user", "sender__team")
    return people.annotate(took=took, answers=Subquery(others.values(row=other)))


def with_company(lines: list[ChatMessage]) -> list[ChatMessage]:
    """Lines `with_people`, put together."""
    for line in lines:
        line.by_kind = _by_kind(line)
        line.answered = _answered(line)
    return lines


def _by_kind(line: Any) -> dict[str, list[int]]:
    members: dict[str, list[int]] = defaultdict(list)
    for reaction in line.took:
        members[reaction["kind"]].append(reaction["member"])
    return members


def _answered(line: Any) -> Answered | None:
    if not (other := line.answers):
        return None
    text = "" if other["gone"] else " ".join(other["text"].split())
    if len(text) > EXCERPT:
        text = f"{text[: EXCERPT - 1].rstrip()}…"
    return Answered(other["seq"], other["name"] or "", text)


def link_titles(member: Membership, lines: list[ChatMessage], slug: str) -> dict[str, str]:
    """The titles, by address, of what links in lines lead to here: as far as this member sees."""
    references = {
        address: reference
        for line in lines
        if not line.removed_at
        for address in addresses_in(line.body)
        if (reference := reference_of(address, slug))
    }
    titles = titles_of(references.values(), member)
    return {
        address: titles[reference]
        for address, reference in references.items()
        if reference in titles
    }


def addresses_in(text: str) -> list[str]:
    """Words of a text that are addresses on the web."""
    words = (word.strip("<>()[]{}\"'").rstrip(".,;:!?") for word in text.split())
    return [word for word in words if word.startswith(("http://", "https://"))]


def muted_in(session: LearningSession) -> list[Membership]:
    """Those who only read in this room, by name."""
    mutes = RoomMute.objects.filter(room_id=session.pk).select_related("member__user")
    return [mute.member for mute in mutes.order_by("member__user__name", "pk")]
