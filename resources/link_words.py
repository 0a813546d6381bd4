"""What the page behind a link says of itself, for whoever adds it."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from cohort.limits import wait_before
from cohort.models import Membership
from cohort.public_web import Words, words_of

# A member may ask for so many in so many seconds.
MOST, SECONDS = 30, 600
NOTHING = Words("", "")
_is_address = URLValidator(["http", "https"])


def words_for(member: Membership, url: str) -> Words:
    """Title and description; empty where nothing could be read, or too much was asked for.

    Takes up to five seconds.
    """
    url = url.strip()
    url = url if "://" in url else f"https://{url}"
    try:
        _is_address(url)
    except ValidationError:
        return NOTHING
    if wait_before(f"link-words:{member.pk}", most=MOST, seconds=SECONDS):
        return NOTHING
    return words_of(url) or NOTHING
