"""A mailing list's archive (mbox) becomes threads: read, threaded, cleaned, imported.

`reading` finds the mails of a file and keeps their heads, `threads` tells which answers which,
`contents` and `cleaning` what each says, `importing` writes them down a batch at a time, and
`report` remembers what became of every one.
"""

from forums.mail_archive.importing import AlreadyImporting, Choices, import_archive
from forums.mail_archive.reading import UnreadableArchive
from forums.mail_archive.report import Outcome, Report

__all__ = [
    "AlreadyImporting",
    "Choices",
    "Outcome",
    "Report",
    "UnreadableArchive",
    "import_archive",
]
