class FileRefused(ValueError):
    """Not a file we take. The message says why, and what to do instead."""


class NotLookedInto(FileRefused):
    """Of a kind that nothing here reads: only some rooms take it, to be downloaded as it is."""
