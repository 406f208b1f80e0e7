"""Which addresses may be reached: those of the public web, and what whoever runs the program allows besides.

A page names other addresses, so whatever could be reached from here, a page could have read. See docs/web.md.
"""

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from app.errors import AddressRefused, Fault, Unusable

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
PORTS = {"http": 80, "https": 443}
# What Python's is_global, which follows IANA's registries differently in each release, has called global at some time and is not.
_NOT_PUBLIC: tuple[Network, ...] = tuple(
    map(
        ip_network,
        ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/3", "2001::/23", "3fff::/20"),
    )
)
_UNICAST = IPv6Network("2000::/3")  # all that is given out of IPv6; outside lie mapped, translated, local and unknown ones
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address as a network without IPv4 sees it
_ISATAP = (bytes.fromhex("00005efe"), bytes.fromhex("02005efe"))  # RFC 5214


def is_public(address: Address) -> bool:
    """Whether it is one of the public internet, and so is the IPv4 address inside it, where there is one."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _NOT_PUBLIC)
    if address in _NAT64:
        return is_public(IPv4Address(address.packed[12:]))
    inside = [IPv4Address(address.packed[12:])] if address.packed[8:12] in _ISATAP else []
    inside += [address.sixtofour] if address.sixtofour else []
    in_use = address in _UNICAST and address.is_global and not any(address in network for network in _NOT_PUBLIC)
    return in_use and all(map(is_public, inside))


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be reached besides the public web: a host at a port, as addresses name it, and networks at ports 80 and 443."""

    hosts: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def read(cls, entries: Iterable[str]) -> "Allowed":
        """From `host:port` and networks such as 10.1.0.0/16.

        Raises:
            Unusable: with what was given and what is accepted.
        """
        hosts, networks = set(), []
        for entry in entries:
            host, _, port = entry.rpartition(":")
            try:
                if "/" in entry:
                    networks.append(ip_network(entry))
                else:
                    hosts.add((_plain(host), _port(port)))
            except ValueError:
                told = f"{entry!r} is neither host:port, such as news.intranet:8080, nor a network, such as 10.1.0.0/16"
                raise Unusable([Fault("/fetch_allow", told)]) from None
        return cls(frozenset(hosts), tuple(networks))

    def check(self, scheme: str, host: str, port: int) -> None:
        """What can be said before the host is looked up.

        Raises:
            AddressRefused.
        """
        if scheme not in PORTS:
            raise AddressRefused(f"{scheme[:20]!r} is not a scheme that is fetched; http and https are")
        if port not in PORTS.values() and (_plain(host), port) not in self.hosts:
            raise AddressRefused(f"port {port} is not fetched from; 80 and 443 are, and what DATELINE_FETCH_ALLOW names")
        literal = _literal(host)
        if literal is not None:
            self.checked(host, port, [literal])

    def checked(self, host: str, port: int, found: Sequence[Address]) -> Sequence[Address]:
        """The addresses that a host was found to have, when every one of them may be reached.

        Raises:
            AddressRefused: without them, for whoever asked is not to learn what stands in the network here.
        """
        if (_plain(host), port) in self.hosts:
            return found
        may = port in PORTS.values() and all(is_public(one) or any(one in network for network in self.networks) for one in found)
        if not may:
            raise AddressRefused(f"{host[:100]!r} is no host of the public web; DATELINE_FETCH_ALLOW names others that are fetched")
        return found


def _plain(host: str) -> str:
    if not host:
        raise ValueError("a host is needed")
    return host.strip("[]").rstrip(".").lower()


def _port(port: str) -> int:
    number = int(port)
    if not 0 < number < 65536:
        raise ValueError("ports are 1 to 65535")
    return number


def _literal(host: str) -> Address | None:
    """The address that a host is, also as C libraries write it (127.1, 0x7f000001), or that its name always means (RFC 6761)."""
    plain = _plain(host)
    if plain.rpartition(".")[2] == "localhost":
        return IPv4Address("127.0.0.1")
    try:
        return ip_address(plain)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(plain))
    except (OSError, UnicodeError):
        return None
