"""Tests the addresses from which images may be fetched."""

import pytest

from service.adapters.images.address_policy import AddressPolicy, ForbiddenAddress

# Literal addresses are looked up without a name server.
PRIVATE = ["10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "100.64.0.1", "::1", "fd00::1", "::ffff:10.0.0.1"]
NEVER = ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::", "::ffff:169.254.169.254"]  # noqa: S104


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_the_public_internet_is_permitted(address: str) -> None:
    assert AddressPolicy().permitted_addresses(address, 80, is_label_studio=False) == [address]


@pytest.mark.parametrize("address", [*PRIVATE, *NEVER, "240.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"])
def test_everything_else_is_forbidden(address: str) -> None:
    with pytest.raises(ForbiddenAddress, match="MARGIN_ALLOWED_NETWORKS"):
        AddressPolicy().permitted_addresses(address, 80, is_label_studio=False)


@pytest.mark.parametrize("address", PRIVATE)
def test_label_studio_may_be_in_a_private_network(address: str) -> None:
    assert AddressPolicy().permitted_addresses(address, 80, is_label_studio=True)


@pytest.mark.parametrize("address", NEVER)
def test_not_even_label_studio_may_be_where_cloud_metadata_lives(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        AddressPolicy().permitted_addresses(address, 80, is_label_studio=True)


def test_a_network_is_permitted_by_name() -> None:
    policy = AddressPolicy(["10.1.0.0/16", " fd00::/8"])

    assert policy.permitted_addresses("10.1.2.3", 80, is_label_studio=False) == ["10.1.2.3"]
    assert policy.permitted_addresses("::ffff:10.1.2.3", 80, is_label_studio=False) == ["::ffff:10.1.2.3"]
    with pytest.raises(ForbiddenAddress):
        policy.permitted_addresses("10.2.0.1", 80, is_label_studio=False)


def test_a_network_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="not-a-network"):
        AddressPolicy(["not-a-network"])
