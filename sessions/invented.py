"""A session that never was, for samples of mail."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import samples
from resources.models import Resource
from sessions.models import LearningSession


def session() -> LearningSession:
    start = timezone.now() + timedelta(days=1)
    return LearningSession(
        pk=0,
        cohort=samples.cohort(),
        title=_("What trust is made of"),
        description_text=_("Bring one small thing your partnership stopped doing, and why."),
        place=_("Online"),
        meeting_url="https://meet.example.org/trust",
        time_zone="America/Los_Angeles",
        minutes=90,
        starts_at=start,
        ends_at=start + timedelta(minutes=90),
    )


def session_told_of() -> LearningSession:
    """One that is over, with what came of it."""
    told = session()
    told.summary_text = _("Two teams showed the agreement that ended their double calls.")
    told.recording_url = "https://example.org/recording"
    vars(told)["_prefetched_objects_cache"] = {"resources": Resource.objects.none()}
    return told
