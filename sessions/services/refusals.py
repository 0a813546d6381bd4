"""Why something was not taken in a live room."""


class Refused(Exception):
    """Not taken; `code` says why: empty, too_long, forbidden, closed, muted, slow, too_many.

    `retry_after` is in seconds, of `slow` alone.
    """

    def __init__(self, code: str, retry_after: float = 0) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
