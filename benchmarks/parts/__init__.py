"""What is measured, by name. Each part prints its figures and says which limits were missed."""

from benchmarks.parts.library import tell_library, tell_shelf
from benchmarks.parts.mail import tell_edition, tell_import, tell_mail
from benchmarks.parts.pages import tell_growth, tell_pages, tell_replies
from benchmarks.parts.rooms import tell_chat, tell_crowd, tell_rooms

# The import comes last: it adds to the data that the others measure.
PARTS = {
    "pages": tell_pages,
    "replies": tell_replies,
    "chat": tell_chat,
    "rooms": tell_rooms,
    "mail": tell_mail,
    "edition": tell_edition,
    "shelf": tell_shelf,
    "library": tell_library,
    "import": tell_import,
}
# Takes minutes, and leaves the large data behind: only when asked for.
# The crowd wants `--people 3000`.
LONG_PARTS = {"growth": tell_growth, "crowd": tell_crowd}
