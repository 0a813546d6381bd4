"""What DNS says of the senders' domain: may our mail server send for it (SPF, DKIM, DMARC, MX)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import dns.exception
import dns.resolver

PATIENCE = 5.0  # seconds for each question
# RFC 7208 §5: what anybody may send as.
OPEN_SPF = ("+all", "?all", " all")


@dataclass(frozen=True)
class Finding:
    """One record. `is_well` is None where nobody could be asked."""

    record: str
    is_well: bool | None
    words: str


class Resolver(Protocol):
    def resolve(self, name: str, kind: str, *, lifetime: float) -> Any: ...


class Unasked(Exception):
    """DNS did not answer."""


def look_at(domain: str, selector: str = "", resolver: Resolver | None = None) -> Iterator[Finding]:
    """Ask for each record of a domain; never raises for what DNS says or does not say."""
    questions = {"SPF": _spf, "DKIM": _dkim, "DMARC": _dmarc, "MX": _mx}
    for record, question in questions.items():
        try:
            is_well, words = question(resolver or _default(), domain, selector)
        except Unasked as error:
            yield Finding(record, None, f"could not be asked: {error}")
        else:
            yield Finding(record, is_well, words)


def _default() -> Resolver:
    try:
        return dns.resolver.get_default_resolver()
    except dns.exception.DNSException as error:
        raise Unasked(type(error).__name__) from error


Answer = tuple[bool | None, str]


def _spf(resolver: Resolver, domain: str, _selector: str) -> Answer:
    found = [text for text in _texts(resolver, domain) if text.lower().startswith("v=spf1")]
    if not found:
        return False, f"{domain} has none: receivers cannot tell who may send for it"
    if len(found) > 1:
        return False, f"{domain} has {len(found)}, and only one may be (RFC 7208 §3.2)"
    if found[0].lower().endswith(OPEN_SPF):
        return False, f"lets anybody send for {domain}: {found[0]}"
    return True, found[0]


def _dkim(resolver: Resolver, domain: str, selector: str) -> Answer:
    if not selector:
        return None, "not looked at: say --selector, which your provider tells you"
    name = f"{selector}._domainkey.{domain}"
    keys = [text for text in _texts(resolver, name) if "p=" in text]
    if not keys:
        return False, f"no key at {name}"
    key = keys[0].split("p=", 1)[1].split(";", 1)[0].strip()
    return (True, f"a key at {name}") if key else (False, f"the key at {name} is withdrawn")


def _dmarc(resolver: Resolver, domain: str, _selector: str) -> Answer:
    names = [f"_dmarc.{domain}", f"_dmarc.{'.'.join(domain.split('.')[-2:])}"]
    for name in dict.fromkeys(names):
        for text in _texts(resolver, name):
            if text.lower().startswith("v=dmarc1"):
                return True, f"{name}: {text}"
    return False, f"none at {names[0]}: Gmail and Yahoo want one of whoever sends much"


def _mx(resolver: Resolver, domain: str, _selector: str) -> Answer:
    hosts = [str(answer.exchange).rstrip(".") for answer in _ask(resolver, domain, "MX")]
    if hosts:
        return True, ", ".join(hosts)
    return False, f"{domain} takes no mail: answers to calendar invitations and bounces are lost"


def _texts(resolver: Resolver, name: str) -> list[str]:
    return [
        b"".join(answer.strings).decode(errors="replace") for answer in _ask(resolver, name, "TXT")
    ]


def _ask(resolver: Resolver, name: str, kind: str) -> list[Any]:
    try:
        return list(resolver.resolve(name, kind, lifetime=PATIENCE))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise Unasked(type(error).__name__) from error
