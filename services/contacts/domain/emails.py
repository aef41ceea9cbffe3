"""E-mail addresses: checked by email-validator without the network, compared in lower case with an IDNA domain."""

from __future__ import annotations

import re

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

# What mail programs and spreadsheets leave around an address: white space, direction marks, zero-width signs.
_AROUND = re.compile(
    r"^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+|[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+$"
)

# An ASCII dot-atom at a host name of two labels or more that ends in a letter: email-validator takes every such
# address, but for the reserved names and "xx--" labels, which go to it. Nine of ten addresses never leave here.
_LABEL = r"(?![a-z0-9]{2}--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ATOM = r"[a-z0-9_!#$%&'*+\-/=?^`{|}~]+"
_PLAIN = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[a-z0-9-]*[a-z]\Z){_LABEL}\Z")
_RESERVED = tuple(f"{before}{name}" for name in SPECIAL_USE_DOMAIN_NAMES for before in "@.")
_LONGEST_PLAIN = 254


def clean_email(text: str) -> str:
    """The address as typed, without what stands around it."""
    return text.strip() if text.isascii() else _AROUND.sub("", text)


def normalize_email(text: str) -> str | None:
    """The address as it is compared: lower case, the domain in IDNA's ASCII form. None when it is not valid.

    >>> normalize_email("  Ali.Rezaei@Example.COM ")
    'ali.rezaei@example.com'
    """
    address = clean_email(text)
    lower = address.lower()
    if len(lower) <= _LONGEST_PLAIN and _PLAIN.match(lower) and not lower.endswith(_RESERVED):
        return lower
    return _checked(address)


def _checked(address: str) -> str | None:
    try:
        found = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return None
    return f"{found.local_part}@{found.ascii_domain or found.domain}".lower()
