import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.videos import player_for

KEY = "dQw4w9WgXcQ"
TUBE = f"https://www.youtube-nocookie.com/embed/{KEY}?autoplay=1&rel=0"
VIMEO = "https://player.vimeo.com/video/76979871?autoplay=1&dnt=1"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (f"https://www.youtube.com/watch?v={KEY}", TUBE),
        (f"http://m.youtube.com/watch?app=desktop&v={KEY}&t=90s", f"{TUBE}&start=90"),
        (f"https://youtu.be/{KEY}?t=12", f"{TUBE}&start=12"),
        (f"https://youtube.com/shorts/{KEY}", TUBE),
        (f"https://www.youtube.com/embed/{KEY}?start=5", f"{TUBE}&start=5"),
        (f"https://www.youtube.com/live/{KEY}/", TUBE),
        ("https://vimeo.com/76979871", VIMEO),
        ("https://vimeo.com/76979871/abcdef1234", f"{VIMEO}&h=abcdef1234"),
        ("https://player.vimeo.com/video/76979871?h=abcdef1234", f"{VIMEO}&h=abcdef1234"),
        ("https://vimeo.com/channels/staffpicks/76979871", VIMEO),
    ],
)
def test_videos_have_a_player(url, address):
    player = player_for(url)
    assert player.address == address
    assert address.startswith(f"{player.origin}/")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/",
        "https://www.youtube.com/watch?v=short",
        f"https://www.youtube.com/watch?v={KEY}%22onload",
        f"https://www.youtube.com/playlist?list={KEY}",
        f"https://youtube.com.example.org/watch?v={KEY}",
        f"https://example.org/?u=youtube.com/watch?v={KEY}",
        "https://vimeo.com/about",
        "https://vimeo.com/７６９７９８７１",
        "https://[",
        "https://video.example.org/76979871",
        "",
    ],
)
def test_other_addresses_have_none(url):
    assert player_for(url) is None


@given(st.text(max_size=80), st.sampled_from(["youtu.be", "www.youtube.com", "vimeo.com"]))
def test_whatever_an_address_holds_a_player_shows_only_a_video(text, host):
    player = player_for(f"https://{host}/{text}")
    assert player is None or set(player.address) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/.?&=-_"
    )
