from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort.public_web import NoSuchHost, NotPublic, NotRead, fetch
from cohort.public_web.places import Clock, find, is_public

INNER = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.1.1", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1",
    "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::",
    "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1",
]  # fmt: skip
OUTER = ["1.1.1.1", "8.8.8.8", "93.184.215.14", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize("address", INNER)
def test_addresses_of_inner_networks_are_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", OUTER)
def test_addresses_that_all_can_reach_are_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", [address for address in INNER if "%" not in address])
def test_an_inner_address_is_refused_written_out_and_by_a_name(address, names):
    written = f"[{address}]" if ":" in address else address
    names["school.example"] = [address]
    for host in (written, "school.example"):
        with pytest.raises(NotPublic):
            find(f"http://{host}/", Clock(5))


def test_one_inner_address_among_public_ones_is_enough_to_be_refused(names):
    names["school.example"] = ["93.184.215.14", "10.0.0.7"]
    with pytest.raises(NotPublic):
        find("https://school.example/", Clock(5))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://school.example/",
        "file:///etc/passwd",
        "gopher://school.example/",
        "http://school.example:22/",
        "http://school.example:8080/",
        "http://school.example:99999/",
        "http://me:secret@school.example/",
        "http://school.example@127.0.0.1/",
        "http://[::1",
        "https://school.example/" + "a" * 2_000,
        "school.example",
        "",
    ],
)
def test_addresses_that_are_not_asked(url, names):
    names["school.example"] = ["93.184.215.14"]
    with pytest.raises(NotPublic):
        find(url, Clock(5))


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "127.1", "017700000001", "localhost"])
def test_other_ways_to_write_this_machine_are_names_and_there_are_none(host, names):
    with pytest.raises(NoSuchHost):
        find(f"http://{host}/", Clock(5))


def test_a_place_is_asked_in_ascii_whatever_the_address_holds(names):
    names["xn--schler-5ya.example"] = ["93.184.215.14"]
    place = find("https://schüler.example/über uns/?q=jobs & Ähnliches#teil", Clock(5))
    assert (place.host, place.host_header, place.port) == (
        "xn--schler-5ya.example", "xn--schler-5ya.example", 443,
    )  # fmt: skip
    assert place.target == "/%C3%BCber%20uns/?q=jobs%20&%20%C3%84hnliches"
    assert place.addresses == (ip_address("93.184.215.14"),)


def test_the_new_kind_is_asked_where_there_is_none_of_the_old(names):
    names["six.example"] = ["2606:4700::1111"]
    assert find("http://six.example/", Clock(5)).addresses == (ip_address("2606:4700::1111"),)


@given(st.text(max_size=60))
def test_wild_addresses_are_refused_in_one_way(text):
    with pytest.raises(NotRead):
        find(f"http://{text}.invalid:1/{text}", Clock(5))


def test_no_more_time_is_no_more_time():
    with pytest.raises(NotRead, match="out of time"):
        fetch("http://school.example/", seconds=0)
