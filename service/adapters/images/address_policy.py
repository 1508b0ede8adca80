"""Decides which network addresses an image may be fetched from."""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from service.domain.errors import MarginError


class ForbiddenAddress(MarginError):
    """An image's address leads to a network from which images may not be fetched."""


class AddressPolicy:
    """Allows the public internet and the networks that are listed in the settings.

    Private, loopback, link-local, shared, multicast and reserved addresses are refused: routers, cloud metadata and
    databases are behind them, and the author of an image's address must not reach those through Margin.
    """

    def __init__(self, allowed_networks: Sequence[str] = ()) -> None:
        self._allowed = tuple(ip_network(network.strip(), strict=False) for network in allowed_networks)

    def permitted_addresses(self, host: str, port: int, *, is_label_studio: bool) -> list[str]:
        """Look the host up once and return the addresses that may be connected to; connect to exactly these.

        Args: is_label_studio: the host is Label Studio's own, which may be in a private network.

        Raises: ForbiddenAddress: no address of the host is allowed; OSError: the host is unknown.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        permitted = [each for each in addresses if self._permits(ip_address(each), is_label_studio)]
        if not permitted:
            raise ForbiddenAddress(
                f"{host} leads to {addresses[0]}, which is not a public address; to read images from there,"
                " add its network to MARGIN_ALLOWED_NETWORKS"
            )
        return permitted

    def _permits(self, address: IPv4Address | IPv6Address, is_label_studio: bool) -> bool:
        real = _unwrapped(address)
        if any(real in network for network in self._allowed):
            return True
        if real.is_multicast or real.is_unspecified or real.is_link_local:
            return False
        if is_label_studio:
            return True
        return real.is_global and not real.is_reserved


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address stands for, if it stands for one."""
    if isinstance(address, IPv4Address):
        return address
    return address.ipv4_mapped or address.sixtofour or address
