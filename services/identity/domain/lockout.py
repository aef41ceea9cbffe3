"""When repeated failures lock an account's sign-in, and for how long.

Tries are counted per account (whether it exists or not) and per network address. Each try is counted before the
password is looked at, so that many at once gain nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address


@dataclass(frozen=True, slots=True)
class Policy:
    """`threshold` failures within `window` of each other begin a lock, which doubles with every further failure."""

    threshold: int
    window: timedelta
    first_lock: timedelta = timedelta(minutes=1)
    longest_lock: timedelta = timedelta(hours=1)


ACCOUNT = Policy(threshold=10, window=timedelta(hours=24))
# An office behind one address shares it: more tries, forgotten sooner.
ADDRESS = Policy(threshold=100, window=timedelta(minutes=15))


def lock_after(policy: Policy, failures: int) -> timedelta | None:
    """How long the try after this many failures has to wait; None: not at all."""
    if failures < policy.threshold:
        return None
    doublings = min(failures - policy.threshold, 30)  # far beyond the longest lock
    lock: timedelta = policy.first_lock * 2**doublings
    return min(lock, policy.longest_lock)


def account_key(email: str) -> bytes:
    """The counter of an account. A hash, so that the table holds no addresses that people mistyped."""
    return hashlib.sha256(b"account\0" + email.casefold().encode()).digest()


def address_key(address: str) -> bytes:
    """The counter of a network address; of IPv6 of its network, since every household and server has 2**64 of them."""
    return hashlib.sha256(b"address\0" + _source(address).encode()).digest()


def _source(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address  # a socket of this machine
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Network((int(found), 64), strict=False))
    return str(found)
