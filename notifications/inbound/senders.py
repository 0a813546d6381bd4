"""Whether a mail is from whom it says: by what our own mail server, or the provider, found.

Our server writes Authentication-Results (RFC 8601) at the top of what comes in. Only the topmost
one under its name counts, and only above what our own servers received: anything below is the
sender's to write.
"""

import re
from collections.abc import Iterator

from django.conf import settings

from cohort.mails.charsets import to_text
from notifications.inbound.letters import Letter

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|;|[^\s;"]+')
_METHOD = re.compile(r"([a-z0-9-]+)(?:/\d+)?=([a-z]+)$", re.IGNORECASE)
_PROPERTY = re.compile(r"(smtp|header|body|policy)\.([a-z0-9-]+)=(.*)$", re.IGNORECASE | re.DOTALL)
Result = tuple[str, str, dict[str, str]]


def is_proven(letter: Letter, verdict: str) -> bool:
    """Whether the address in From is proven: DMARC passed, or DKIM or SPF for its very domain."""
    domain = letter.author.rpartition("@")[2]
    if not domain or verdict == "fail":
        return False
    if verdict == "pass":
        return True
    results = list(_results(letter))
    if any(method == "dmarc" and result == "fail" for method, result, _properties in results):
        return False
    return any(_proves(each, domain) for each in results)


def _proves(found: Result, domain: str) -> bool:
    method, result, properties = found
    if result != "pass":
        return False
    if method == "dmarc":
        return _domain(properties.get("header.from", "")) == domain
    if method == "dkim":
        signer = properties.get("header.d") or properties.get("header.i", "")
        return _domain(signer) == domain
    return method == "spf" and _domain(properties.get("smtp.mailfrom", "")) == domain


def _domain(value: str) -> str:
    return value.strip().strip("<>.").rpartition("@")[2].lower()


def _results(letter: Letter) -> Iterator[Result]:
    """Method, result and properties of each test that our own server made."""
    received = 0
    for name, value in letter.pairs:
        received += name == "received"
        if received > settings.INBOUND_OWN_HOPS:
            return
        if name == "authentication-results" and _is_ours(text := to_text(value[:8000])):
            yield from _parsed(text)
            return


def _is_ours(text: str) -> bool:
    ours = settings.INBOUND_AUTHSERV_ID
    named = _TOKENS.match(_without_comments(text).strip())
    return bool(ours and named) and named is not None and named[0].strip('"').lower() == ours


def _parsed(text: str) -> Iterator[Result]:
    statements = _statements(_without_comments(text))
    next(statements, None)  # the server's name
    for words in statements:
        method = _METHOD.match(words[0]) if words else None
        if method is None:
            continue
        found = filter(None, map(_PROPERTY.match, words[1:]))
        properties = {f"{p[1]}.{p[2]}".lower(): p[3].strip('"') for p in found}
        yield method[1].lower(), method[2].lower(), properties


def _statements(text: str) -> Iterator[list[str]]:
    words: list[str] = []
    for word in _TOKENS.findall(text):
        if word == ";":
            yield words
            words = []
        else:
            words.append(word)
    yield words


def _without_comments(text: str) -> str:
    """Parentheses nest, and mean nothing within quotes (RFC 5322 §3.2.2)."""
    out, depth, is_quoted, is_escaped = [], 0, False, False
    for char in text:
        if is_escaped:
            is_escaped = False
        elif char == "\\":
            is_escaped = True
        elif char == '"' and not depth:
            is_quoted = not is_quoted
        elif char == "(" and not is_quoted:
            depth += 1
        elif char == ")" and depth and not is_quoted:
            depth -= 1
            continue
        if not depth:
            out.append(char)
    return "".join(out)
