"""The lists of participants that Zoom, Google Meet and Microsoft Teams give: read, and matched with
the people of a cohort. Nothing here knows the database.
"""

from sessions.meeting_lists.matching import Certainty, Match, match
from sessions.meeting_lists.reading import MAX_BYTES, Participant, UnreadableTable, read

__all__ = [
    "MAX_BYTES",
    "Certainty",
    "Match",
    "Participant",
    "UnreadableTable",
    "match",
    "read",
]
