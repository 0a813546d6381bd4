"""Videos at an address: which player shows them, without anything of it before one asks."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

_YOUTUBE_HOSTS = {"youtube.com", "m.youtube.com", "youtube-nocookie.com", "youtu.be"}
_YOUTUBE_ID = re.compile(r"[\w-]{11}", re.ASCII)
_YOUTUBE_PATH = re.compile(r"/(?:embed|live|shorts|v)/([\w-]{11})/?", re.ASCII)
_VIMEO_PATH = re.compile(
    r"/(?:video/|channels/[\w-]+/|groups/[\w-]+/videos/)?(\d{1,12})(?:/([0-9a-f]{6,16}))?/?",
    re.ASCII,
)


@dataclass(frozen=True)
class Player:
    """`origin` is what a page's policy must allow in a frame, `address` what goes into it."""

    site: str
    origin: str
    address: str


def player_for(url: str) -> Player | None:
    """The player for a video of YouTube or Vimeo; other sites are opened as they are."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if host in _YOUTUBE_HOSTS:
        return _youtube(parts, host)
    if host in ("vimeo.com", "player.vimeo.com"):
        return _vimeo(parts)
    return None


def _youtube(parts: SplitResult, host: str) -> Player | None:
    asked = parse_qs(parts.query, max_num_fields=20) if len(parts.query) < 500 else {}
    if host == "youtu.be":
        key = parts.path.strip("/")
    elif path := _YOUTUBE_PATH.fullmatch(parts.path):
        key = path[1]
    else:
        key = asked.get("v", [""])[0]
    if not _YOUTUBE_ID.fullmatch(key):
        return None
    seconds = re.fullmatch(r"(\d{1,6})s?", asked.get("t", asked.get("start", [""]))[0], re.ASCII)
    start = f"&start={seconds[1]}" if seconds else ""
    origin = "https://www.youtube-nocookie.com"
    return Player("YouTube", origin, f"{origin}/embed/{key}?autoplay=1&rel=0{start}")


def _vimeo(parts: SplitResult) -> Player | None:
    path = _VIMEO_PATH.fullmatch(parts.path)
    if path is None:
        return None
    # Of a video that only those with its address may see, the second part is its key.
    key = path[2] or ""
    asked = re.search(r"(?:^|&)h=([0-9a-f]{6,16})(?:&|$)", parts.query, re.ASCII)
    key = key or (asked[1] if asked else "")
    origin = "https://player.vimeo.com"
    secret = f"&h={key}" if key else ""
    return Player("Vimeo", origin, f"{origin}/video/{path[1]}?autoplay=1&dnt=1{secret}")
