from typing import Any

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """What was asked came too late. `reason` says so to the person who asked."""

    reason: Any = _("That is not possible any more.")


class ThreadClosed(Refused):
    reason = _("This discussion was closed while you were writing.")


class ThreadGone(Refused):
    reason = _("This discussion was removed while you were writing.")


class ThreadMerged(ThreadGone):
    reason = _("This discussion became a part of another one while you were writing.")


class PostGone(Refused):
    reason = _("This post was removed meanwhile.")


class ParentGone(PostGone):
    reason = _("The post you were replying to was removed while you were writing.")


class ParentMoved(ParentGone):
    reason = _("The post you were replying to went to another discussion while you were writing.")


class EditedMeanwhile(Refused):
    """`post` is what stands there now."""

    reason = _("This post was changed somewhere else while you were writing.")
