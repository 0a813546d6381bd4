"""What a session goes through and what is done before it, written down by its hosts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from cohort.models import Membership, Team
from sessions.models import AgendaItem, LearningSession, PreworkTask


@dataclass(frozen=True)
class AgendaPart:
    """One line of an agenda as it was planned: `minutes` long, presented by people and teams."""

    title: str
    minutes: int
    notes: str = ""
    presenters: Sequence[Membership] = field(default_factory=tuple)
    teams: Sequence[Team] = field(default_factory=tuple)


def set_agenda(session: LearningSession, parts: Sequence[AgendaPart]) -> None:
    """Make the agenda these parts, in this order. The session's row must be locked."""
    there = {item.position: item for item in session.agenda.all()}
    for position, part in enumerate(parts, start=1):
        item = there.pop(position, None) or AgendaItem(session=session, position=position)
        item.title, item.minutes, item.notes = part.title, part.minutes, part.notes
        item.save()
        item.presenters.set(part.presenters)
        item.presenting_teams.set(part.teams)
    session.agenda.filter(position__in=list(there)).delete()


def set_tasks(session: LearningSession, lines: Sequence[str]) -> None:
    """Make the tasks these lines. One that was only reworded keeps who has done it."""
    there = list(session.tasks.all())
    kept: dict[int, PreworkTask] = {}
    for find in (_same, _alike):
        for position, words in enumerate(lines, start=1):
            if position not in kept and (task := find(words, there)):
                there.remove(task)
                kept[position] = task
    session.tasks.filter(pk__in=[task.pk for task in there]).delete()
    for position, words in enumerate(lines, start=1):
        task = kept.get(position) or PreworkTask(session=session)
        task.position, task.words = position, words
        task.save()


def _same(words: str, tasks: Sequence[PreworkTask]) -> PreworkTask | None:
    return next((task for task in tasks if task.words == words), None)


def _alike(words: str, tasks: Sequence[PreworkTask]) -> PreworkTask | None:
    close = get_close_matches(words, [task.words for task in tasks], n=1, cutoff=0.7)
    return _same(close[0], tasks) if close else None
