"""What can become of a mail that came in: words of code, for lists, and for whoever wrote it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.models import InboundMail

State = InboundMail.State


@dataclass(frozen=True)
class Outcome:
    """How a mail ended. `notice` is what its sender is told, if they are told anything."""

    state: str
    label: Any
    notice: Any = ""


OUTCOMES = {
    "posted": Outcome(State.TAKEN, _("Posted")),
    "unsubscribed": Outcome(State.TAKEN, _("Switched a kind of mail off")),
    "calendar": Outcome(State.TAKEN, _("An answer to an invitation")),
    "bounce": Outcome(State.TAKEN, _("A report that our mail did not arrive")),
    "sender": Outcome(State.HELD, _("It is not proven who sent it")),
    "unsure": Outcome(State.HELD, _("It was not clear which words were the answer")),
    "often": Outcome(State.HELD, _("Many answers within an hour")),
    "changed": Outcome(State.HELD, _("What it answers was removed or moved")),
    "automatic": Outcome(State.IGNORED, _("A program wrote it")),
    "report": Outcome(State.IGNORED, _("A report about no mail of ours")),
    "calendar-not-taken": Outcome(State.IGNORED, _("An answer to an invitation, not kept")),
    "unreadable": Outcome(State.REFUSED, _("It is no mail that can be read")),
    "too-large": Outcome(
        State.REFUSED,
        _("It was too large"),
        _(
            "Your mail was larger than we can take. Please send it without its large files, or add "
            "them on the page."
        ),
    ),
    "no-reply": Outcome(
        State.REFUSED,
        _("Sent to an address that nobody answers"),
        _(
            "You answered a mail that cannot be answered by mail: the weekly edition, an "
            "announcement or a reminder. To answer, open what it is about in that mail and write "
            "there."
        ),
    ),
    "unknown": Outcome(
        State.REFUSED,
        _("The address to answer to is not one of ours"),
        _(
            "The address you wrote to is not one that we gave out. Please answer the mail you got, "
            "or write on the page."
        ),
    ),
    "unsubscribe-unknown": Outcome(
        State.REFUSED,
        _("The address for unsubscribing is not one of ours"),
        _(
            "We could not tell what you want to hear no more of. Please use the link at the foot "
            "of a mail of ours, or choose on the page."
        ),
    ),
    "ended": Outcome(
        State.REFUSED,
        _("The address to answer to is not good any more"),
        _(
            "The address you wrote to has ended: addresses for answering are good for 90 days, and "
            "end when somebody leaves. Please write on the page."
        ),
    ),
    "left": Outcome(
        State.REFUSED,
        _("No longer in the cohort"),
        _("You are not a member there any more, so your answer was not posted."),
    ),
    "not-allowed": Outcome(State.REFUSED, _("May not answer there now")),
    "flood": Outcome(
        State.REFUSED,
        _("Far too many answers"),
        _("So many of your answers wait already that this one was not kept. Look at your drafts."),
    ),
    "empty": Outcome(
        State.REFUSED,
        _("There was nothing in it"),
        _("There was nothing in your mail but what it answered. Please write above our words."),
    ),
    "failed": Outcome(State.FAILED, _("It could not be taken in; the error is in the log")),
}


def label_of(reason: str) -> str:
    """What became of a mail, as people read it."""
    return str(OUTCOMES[reason].label) if reason in OUTCOMES else reason
