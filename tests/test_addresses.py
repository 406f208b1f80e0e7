"""What is not of the public web is not reached, in whatever form it is written, and whatever a name server says later."""

import socket
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import AddressRefused, DatelineError, Unusable
from app.web import Web
from app.web.addresses import Allowed, is_public
from tests.site import page, serving_site

_INSIDE = """
127.0.0.1 127.0.0.53 127.1 0 0.0.0.0 2130706433 0x7f000001 0x7f.1 0x7f.0.0.1 0177.0.0.1 017700000001 127.0.0.1. localhost
LOCALHOST localhost. 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.254 192.168.0.1 192.168.255.255 169.254.169.254 0xa9fea9fe
2852039166 169.254.0.1 100.64.0.1 100.127.255.254 192.0.0.8 192.0.0.9 192.0.0.170 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1
192.88.99.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
[::] [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1] [::127.0.0.1] [::ffff:0:127.0.0.1]
[64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::1] [2002:7f00:1::] [2002:a9fe:a9fe::1] [2001:0:7f00:1::1] [2001:db8::1]
[fd00::1] [fc00::1] [fd00:ec2::254] [fe80::1] [fec0::1] [ff02::1] [100::1] [5f00::1] [3fff::1] [2001:470:1:1:0:5efe:7f00:1]
"""
_ELSEWHERE = """
http://8.8.8.8:25/ http://8.8.8.8:8080/ https://8.8.8.8:22/ http://8.8.8.8:6379/ http://user:secret@8.8.8.8/ http://user@8.8.8.8/
file:///etc/passwd gopher://8.8.8.8/ ftp://8.8.8.8/ dict://8.8.8.8:80/ ldap://8.8.8.8/ data:text/html,x javascript:1 unix:///run/x
//8.8.8.8/ http:/// http://[::1 http://8.8.8.8:99999/
"""
INSIDE, ELSEWHERE = _INSIDE.split(), _ELSEWHERE.split()
PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001::200e", "64:ff9b::808:808"]


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whatever was tried to be connected to; nothing is."""
    tried: list[Any] = []

    def connect(address: Any, *_: Any, **__: Any) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    return tried


def get(url: str, web: Web | None = None) -> str:
    try:
        return str((web or Web("test", total_s=5)).get(url, "text/html").status)
    except DatelineError as error:
        return type(error).__name__


@pytest.mark.parametrize("host", INSIDE)
def test_an_address_inside_is_refused_in_every_form_before_anything_is_connected(host: str, connected: list[Any]) -> None:
    refused = {"AddressRefused", "SiteFailed", "NothingToRead"}  # the latter two where the form is no address, or nobody knows it
    assert get(f"http://{host}/") in refused
    assert get(f"https://{host}/latest/meta-data") in refused
    assert connected == []


@pytest.mark.parametrize("url", ELSEWHERE)
def test_other_schemes_ports_and_passwords_are_refused(url: str, connected: list[Any]) -> None:
    assert get(url) in {"AddressRefused", "NothingToRead"}
    assert connected == []


@pytest.mark.parametrize("host", INSIDE)
def test_a_name_that_leads_inside_is_refused_even_beside_a_public_address(host: str, connected: list[Any]) -> None:
    try:
        inside = ip_address(host.strip("[]"))
    except ValueError:
        return
    with pytest.raises(AddressRefused):
        Web("test", resolve=lambda *_: [ip_address("8.8.8.8"), inside]).get("http://news.example/", "text/html")
    assert connected == []


def test_the_address_that_was_checked_is_the_one_connected_to(connected: list[Any]) -> None:
    answers = iter([[ip_address("93.184.216.34")], [ip_address("127.0.0.1")]])
    assert get("http://rebinding.example/", Web("test", resolve=lambda *_: next(answers))) == "SiteFailed"
    assert connected == [("93.184.216.34", 80)]
    assert get("http://rebinding.example/", Web("test", resolve=lambda *_: [ip_address("127.0.0.1")])) == "AddressRefused"


def test_a_name_is_looked_up_once_for_each_hop_and_each_hop_is_checked() -> None:
    with serving_site() as site, serving_site() as other:
        site.redirect("/", f"{other.base}/secret")
        other.put("/secret", page())
        web = Web("test", Allowed.read([site.host_and_port]))
        assert (get(f"{site.base}/", web), other.asked) == ("AddressRefused", [])
        assert get(f"{site.base}/", Web("test", Allowed.read([site.host_and_port, other.host_and_port]))) == "200"


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_web_is_reached(address: str, connected: list[Any]) -> None:
    assert is_public(ip_address(address))
    get("http://news.example/", Web("test", resolve=lambda *_: [ip_address(address)]))
    assert connected == [(str(ip_address(address)), 80)]


@given(st.ip_addresses(v=4))
def test_an_address_of_ipv4_is_public_in_ipv6_only_when_it_is_itself(address: Any) -> None:
    number = int(address)
    for inside in (0x0064FF9B << 96 | number, 0x2002 << 112 | number << 80 | 1, 0x20010470 << 96 | 0x5EFE << 32 | number):
        assert is_public(ip_address(inside.to_bytes(16))) == is_public(address)
    assert not is_public(ip_address((0xFFFF << 32 | number).to_bytes(16)))


def test_what_is_allowed_besides_is_a_host_at_its_port_and_a_network_at_the_ports_of_the_web() -> None:
    allowed = Allowed.read(["News.intranet:8080", "10.1.0.0/16", "[fd00::1]:8000"])
    inside = [ip_address("10.1.2.3")]
    assert allowed.checked("news.intranet", 8080, [ip_address("172.16.0.9")])
    assert allowed.checked("other.intranet", 80, inside) == inside
    for host, port, found in (
        ("news.intranet", 80, [ip_address("172.16.0.9")]),
        ("other.intranet", 8080, inside),
        ("other.intranet", 80, [*inside, ip_address("10.2.0.1")]),
    ):
        with pytest.raises(AddressRefused):
            allowed.checked(host, port, found)


@pytest.mark.parametrize("entry", ["", "8080", "host", "host:", "host:0", "host:99999", "10.0.0.0/99", "10.0.0.1/8", ":80"])
def test_what_is_neither_a_host_with_a_port_nor_a_network_is_refused_in_words(entry: str) -> None:
    with pytest.raises(Unusable, match="neither host:port"):
        Allowed.read([entry])
