"""Reads what lies open on the web, and nothing else: no server of ours, of a host, of a cloud.

words = words_of("https://example.org/guide")   # its title and description, or None
check("https://example.org/guide")              # Status.FINE, GONE, AWAY or CLOSED
answer = fetch("https://example.org/guide")     # NotRead says why not

Only http and https on their own ports. Every address that a name resolves to must be one that all
the world can reach, and the connection goes to that very address, so that a name cannot mean
another machine a moment later. Redirects are followed one by one with the same check. All of it
together has five seconds and half a megabyte. Nothing of a member or of the site is sent along but
its address, in the User-Agent.
"""

from cohort.public_web.checks import Status, check
from cohort.public_web.places import NoSuchHost, NotPublic, NotRead
from cohort.public_web.reading import Answer, fetch
from cohort.public_web.said import Words, words_of

__all__ = [
    "Answer",
    "NoSuchHost",
    "NotPublic",
    "NotRead",
    "Status",
    "Words",
    "check",
    "fetch",
    "words_of",
]
