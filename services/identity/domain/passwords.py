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
    """Whether nothing is left of it once known words, runs of keys and repetition are taken out."""
    if len(set(folded)) < _MIN_DISTINCT or any(folded in run or folded in run[::-1] for run in _RUNS):
        return True
    return any(_is_decorated_word(spelling) for spelling in (folded, folded.translate(_LEET)))


def _is_decorated_word(spelling: str) -> bool:
    letters = re.sub(r"[^a-z]", "", spelling)
    while letters:
        word = next((letters[:end] for end in range(len(letters), 0, -1) if letters[:end] in _WORDS), None)
        if word is None:
            return False
        letters = letters[len(word) :]
    # Only words, digits and signs: at least one word, or digits that follow a pattern.
    return bool(re.search(r"[a-z]", spelling)) or len(set(spelling)) < len(spelling) // 2


def _is_address(folded: str, email: str) -> bool:
    return folded == email or folded == email.partition("@")[0] or folded == email[::-1]
