"""Which network addresses a node may be sent to by a name that a stranger chose.

``ipaddress.is_global`` is not enough: it lets through addresses that carry a private IPv4 address inside (NAT64,
6to4), the protocol assignments 192.0.0.0/24, multicast and site-local addresses. Registries: IANA IPv4 and IPv6
Special-Purpose Address Registries (RFC 6890).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_DENIED_V4 = tuple(map(IPv4Network, ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4")))
_DENIED_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Inside 2000::/3: protocol assignments with Teredo, documentation, 6to4."""


def is_public(address: str) -> bool:
    """Whether ``address`` is a public unicast address that carries no other address inside.

    All IPv6 outside 2000::/3 is refused, and with it mapped, compatible, NAT64, unique local and link-local forms.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return parsed.is_global and not parsed.is_multicast and not any(parsed in each for each in _DENIED_V4)
    if parsed.scope_id is not None:
        return False
    return parsed in _GLOBAL_UNICAST and parsed.is_global and not any(parsed in each for each in _DENIED_V6)


def is_loopback(address: str) -> bool:
    """Whether ``address`` is this machine itself: 127.0.0.0/8 or ::1, in their plain form."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return parsed.is_loopback and not (isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None)
