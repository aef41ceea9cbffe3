"""What a person is called, and the keys that lists and searches use. Imports build the same keys."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from crmkit.text import fold

# Longest key, in characters: a B-tree entry may hold 2,700 bytes.
KEY_LENGTH = 200
SEARCH_LENGTH = 4_000

# Languages whose speakers write the family name first (CLDR person name formats, order surnameFirst).
_FAMILY_FIRST = frozenset({"hu", "ja", "ko", "vi", "yue", "zh", "km", "mn"})

# The alphabet's order as the order of code points, for folded text: Unicode puts the Persian letters behind the
# Arabic ones. Letter by letter into the private area, so that a piece of a text has a piece of its key.
_ALPHABET = {ord(letter): 0xE000 + place for place, letter in enumerate("ءابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی")}
_SEPARATOR = "\x1f"


def display_name(given: str, family: str, language: str, fallback: str = "") -> str:
    """The name in its culture's order; `fallback` (the first address or number) when there is none.

    The language decides; without one the script does: names in Han, Kana or Hangul are written family first,
    and where neither part has other letters, without a space.
    """
    if not given or not family:
        return given or family or fallback
    # The comparison is of the first letters, and enough for most names.
    ideographic = given >= "\u2e80" and _is_east_asian(given) and _is_east_asian(family)
    primary_language = language.partition("-")[0].lower()
    family_first = primary_language in _FAMILY_FIRST or (not primary_language and ideographic)
    first, second = (family, given) if family_first else (given, family)
    return first + ("" if family_first and ideographic else " ") + second


def _is_east_asian(text: str) -> bool:
    return all(
        "\u2e80" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" or character >= "\U00020000"
        for character in text
    )


# Most texts of people are those of other people, too; so are the words of their titles and cities. And a name is folded
# for its key and for the search text.
_common_fold = lru_cache(maxsize=1 << 14)(fold)


def _fold(text: str) -> str:
    """`fold`, which is as fast as looking up where the text is ASCII, as addresses are."""
    return fold(text) if text.isascii() else _common_fold(text)


def sort_key(text: str) -> str:
    """A key whose order by code points is the order of the alphabet, whatever the case and accents.

    The key of a piece of a text is a piece of the text's key, so keys serve "begins with" and "contains" as well.
    """
    folded = _fold(text)
    return (folded if folded.isascii() else folded.translate(_ALPHABET))[:KEY_LENGTH]


@lru_cache(maxsize=1 << 14)
def common_key(text: str) -> str:
    """`sort_key` of what many records share: names of people, titles, sources."""
    return sort_key(text)


def family_key(given: str, family: str) -> str:
    """The key of lists ordered by family name, then given name."""
    return f"{family_prefix(family)}{common_key(given)}"[:KEY_LENGTH]


def family_prefix(family: str) -> str:
    """What the family_key of everybody of this family name begins with."""
    return common_key(family) + _SEPARATOR


def search_words(texts: Iterable[str]) -> str:
    """The folded words of all texts, each once, a space before each; at most 4,000 characters."""
    given = list(filter(None, texts))
    together = " ".join(given)
    # ASCII folds to the same words at one go; other scripts join words across a space (Persian endings).
    folded = fold(together) if together.isascii() else " ".join(map(_fold, given))
    words = dict.fromkeys(folded.split())
    joined = f" {' '.join(words)}" if words else ""
    return joined if len(joined) <= SEARCH_LENGTH else joined[:SEARCH_LENGTH]


def contact_search_text(texts: Iterable[str], e164: Iterable[str], company_names: Iterable[str]) -> str:
    """What a search for a contact looks into: own words and digits, a line feed, the words of its companies.

    `texts`: see Contact.keys; what comes first stays when there is too much. Two lines, so that a company's new
    name replaces the second by one UPDATE.
    """
    own = search_words(texts) + "".join(f" {number.removeprefix('+')}" for number in e164)
    return own + "\n" + "".join(map(search_name, company_names))


@lru_cache(maxsize=1 << 14)
def search_name(name: str) -> str:
    """A company's name as it stands in the search text of the company and of its contacts."""
    return search_words([name])


def company_search_text(name: str, others: Iterable[str]) -> str:
    """What a search for a company looks into: the words of its name, a line feed, those of everything else.

    `others`: legal name, domains, industry, lines, city and postal code of addresses.
    """
    return search_name(name) + "\n" + search_words(others)
