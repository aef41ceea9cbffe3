"""What a password must be: long, and none that attackers try first (NIST SP 800-63B, section 3.1.1.2)."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from services.identity.domain import errors

MIN_LENGTH = 12
MAX_LENGTH = 1024
_MIN_DISTINCT = 5

# The words that commonly used passwords are made of; decoration around them adds next to nothing.
_WORDS = frozenset((Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").split())
_LONGEST_WORD = max(map(len, _WORDS))
# Five and more words are a passphrase, also when each is common.
_MAX_WORDS = 4
_LEET = str.maketrans("013457@$!", "oieastasi")
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "1q2w3e4r5t6y7u8i9o0p")


def check(password: str, email: str, field: str) -> None:
    """Raises PasswordWeak (naming the request's `field`) unless the policy accepts the password for this user."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise errors.PasswordWeak(field, f"A password has {MIN_LENGTH} to {MAX_LENGTH:,} characters.")
    folded = unicodedata.normalize("NFKC", password).casefold()
    if _is_address(folded, email.casefold()):
        raise errors.PasswordWeak(field, "The password must not be the e-mail address.")
    if is_common(folded):
        raise errors.PasswordWeak(field, "This password is among the first that attackers try.")


def is_common(folded: str) -> bool:
    """Whether it is a run of keys, a few characters repeated, or a few common words with decoration around them."""
    if len(set(folded)) < _MIN_DISTINCT or any(folded in run or folded in run[::-1] for run in _RUNS):
        return True
    core = re.sub(r"^[^a-z]+|[^a-z]+$", "", folded)
    return any(_is_few_words(re.sub(r"[^a-z]", "", spelling)) for spelling in (core, core.translate(_LEET)))


def _is_few_words(letters: str) -> bool:
    """Whether the letters are one to _MAX_WORDS common words without a space."""
    fewest = [0, *([_MAX_WORDS + 1] * len(letters))]  # how few words make up the first letters
    for end in range(1, len(letters) + 1):
        starts = (start for start in range(max(0, end - _LONGEST_WORD), end) if letters[start:end] in _WORDS)
        fewest[end] = min((fewest[start] + 1 for start in starts), default=_MAX_WORDS + 1)
    return 1 <= fewest[-1] <= _MAX_WORDS


def _is_address(folded: str, email: str) -> bool:
    return folded == email or folded == email.partition("@")[0] or folded == email[::-1]
