"""The live rooms of this process.

A room is one member of the channel layer here, however many sockets it has: a line is encoded
once and handed to each socket's own bounded queue. The layer only hints; the database decides
what was said, and whoever sees a gap reads it there.
"""

from sessions.hub.connection import FORBIDDEN, TOO_FAST, Connection
from sessions.hub.hub import Hub, current_hub
from sessions.hub.notes import LiveNotes
from sessions.hub.room import LiveRoom

__all__ = ["FORBIDDEN", "TOO_FAST", "Connection", "Hub", "LiveNotes", "LiveRoom", "current_hub"]
