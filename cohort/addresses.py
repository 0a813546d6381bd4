"""One form for every mail address, so that one person cannot become two."""

import unicodedata
from contextlib import suppress


def canonical_address(raw: str) -> str:
    """The form in which addresses are stored, compared and mailed.

    Compatibility forms fold (NFKC), case goes, the domain becomes its ASCII form (RFC 5891).
    Lower case, not case folding: folding would turn "ß" into "ss", which is another mailbox.
    """
    address = unicodedata.normalize("NFKC", raw).strip().lower()
    local, at, domain = address.rpartition("@")
    if not at:
        return address
    with suppress(UnicodeError):  # not a host name: the validator says so in words
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}"
