"""From an address as people write it to the machines it means, if all the world may reach them."""

import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, quote, urlsplit

import dns.exception
import dns.resolver
import idna
from dns.rdatatype import AAAA, A, RdataType

Address = IPv4Address | IPv6Address
PORTS = {"http": 80, "https": 443}
LONGEST = 2_000
# What a path or query may hold besides letters and digits (RFC 3986 §3.3, §3.4).
_TARGET = "/%:=&?~+!$,;'@()*"


class NotRead(Exception):
    """Nothing came from there: too slow, broken, too many redirects, or one of the two below."""


class NotPublic(NotRead):
    """An address that is not for everybody, or that we do not ask."""


class NoSuchHost(NotRead):
    """The name in the address does not exist."""


class Clock:
    """What is left of the seconds that all of a reading has together."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def left(self) -> float:
        """In seconds, above 0. Raises NotRead."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise NotRead("out of time")
        return left


@dataclass(frozen=True)
class Place:
    """Whom to ask for what. `addresses` are all that the host's name means."""

    scheme: str
    host: str
    port: int
    target: str
    addresses: tuple[Address, ...]

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"


def find(url: str, clock: Clock, *, loopback: bool = False) -> Place:
    """`loopback` is for tests: this machine may be asked too, on any port.

    Raises NotPublic, NoSuchHost, NotRead.
    """
    parts = _parts(url)
    host = _host(parts)
    port = _port(parts, any_port=loopback)
    addresses = _addresses(host, clock)
    for address in addresses:
        if not (is_public(address) or (loopback and address.is_loopback)):
            raise NotPublic(f"{host} is {address}")
    query = f"?{quote(parts.query, safe=_TARGET)}" if parts.query else ""
    target = quote(parts.path or "/", safe=_TARGET) + query
    return Place(parts.scheme, host, port, target, addresses)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
    except ValueError as error:
        raise NotPublic("no address") from error
    if len(url) > LONGEST or parts.scheme not in PORTS or "@" in parts.netloc:
        raise NotPublic("not an address that we ask")
    return parts


def _port(parts: SplitResult, *, any_port: bool) -> int:
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError as error:
        raise NotPublic("no port") from error
    if port not in PORTS.values() and not any_port:
        raise NotPublic(f"port {port}")
    return port


def _host(parts: SplitResult) -> str:
    """As it is asked for: names in other alphabets in their ASCII form (RFC 5891)."""
    host = parts.hostname or ""
    if _literal(host):
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except (idna.IDNAError, UnicodeError) as error:
        raise NoSuchHost(host) from error


def _literal(host: str) -> Address | None:
    """Only as standards write them: 0x7f.1 and 2130706433 are names here, which nobody has."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _addresses(host: str, clock: Clock) -> tuple[Address, ...]:
    if literal := _literal(host):
        return (literal,)
    # The new kind only where there are none of the old, which every network can reach.
    return _resolved(host, A, clock) or _resolved(host, AAAA, clock) or _none(host)


def _none(host: str) -> tuple[Address, ...]:
    raise NoSuchHost(host)


def _resolved(host: str, kind: RdataType, clock: Clock) -> tuple[Address, ...]:
    """By DNS alone and within the time: names that only this machine knows mean nothing."""
    try:
        answer = dns.resolver.resolve(
            host, kind, lifetime=clock.left(), search=False, raise_on_no_answer=False
        )
    except dns.resolver.NXDOMAIN as error:
        raise NoSuchHost(host) from error
    except dns.exception.DNSException as error:
        raise NotRead(f"{host}: {type(error).__name__}") from error
    return tuple(ip_address(record.address) for record in answer.rrset or ())


# Of the new kind, one block is given out to all the world; within it these mean other things:
# protocols' own (Teredo among them), documentation, and addresses of the old kind wrapped up.
_WORLD = IPv6Network("2000::/3")
_NOT_WORLD = tuple(
    map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16"))
)
# Protocols' own and old relays (RFC 7526), which Python calls global here and there.
_ODD = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))


def is_public(address: Address) -> bool:
    """Whether all the world can reach it (IANA's special-purpose registries, RFC 6890).

    What wraps an address of the old kind (mapped, NAT64, 6to4, Teredo) never is.
    """
    if isinstance(address, IPv6Address):
        in_world = address in _WORLD and not any(address in block for block in _NOT_WORLD)
        return in_world and address.is_global and address.scope_id is None
    odd = address.is_multicast or any(address in block for block in _ODD)
    return address.is_global and not address.is_reserved and not odd
