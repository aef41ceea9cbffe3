"""Telephone numbers: read and checked by phonenumbers, compared in E.164.

Most numbers of a file are written plainly: digits with spaces, dashes and brackets, with a country code after
"+" or "00", or with the national prefix. For these `_Plan`, compiled from phonenumbers' own metadata, gives the
answer phonenumbers gives; everything else goes to phonenumbers. A property test holds the two together.
"""

from __future__ import annotations

import re
from functools import cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

from crmkit.text import ascii_digits

_MARKS = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Digits and the punctuation people put between them; never letters, so neither extensions nor vanity numbers.
_PLAIN = re.compile(r"\(?\+?[ (]*[0-9][0-9 ().\-\u00a0]*\Z")
_NOT_DIGIT = {ord(sign): None for sign in " ()-.\u00a0"}
_LONGEST = 50


def clean_phone(text: str) -> str:
    """The number as typed, without direction marks, and without what surrounds it."""
    return text.strip() if text.isascii() else _MARKS.sub("", text).strip()


def normalize_phone(text: str, region: str) -> str | None:
    """The number in E.164, None when it is not a possible and valid number of its country.

    `region` is the ISO 3166-1 alpha-2 country of a number without country code. Digits of any script are read;
    "00" before a country code is understood in every region.

    >>> normalize_phone("0912 100 0316", "IR"), normalize_phone("00989121000316", "US")
    ('+989121000316', '+989121000316')
    """
    number = ascii_digits(clean_phone(text))
    if len(number) > _LONGEST:
        return None
    if _PLAIN.match(number):
        digits = number.translate(_NOT_DIGIT)
        plan = _plan(region)
        found = _international(digits[1:]) if digits[0] == "+" else plan.national(digits) if plan else None
        if found is not None:
            return found
    return _checked(number, region)


def _checked(number: str, region: str) -> str | None:
    found = _parse(number, region)
    if found is None and number.startswith("00"):
        found = _parse("+" + number[2:], region)
    return found


def _parse(number: str, region: str) -> str | None:
    try:
        parsed = phonenumbers.parse(number, region)
    except NumberParseException:
        return None
    if not (phonenumbers.is_possible_number(parsed) and phonenumbers.is_valid_number(parsed)):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


class _Plan:
    """The numbering plan of a country code's main region, as far as plainly written numbers need it.

    Each answer is one phonenumbers would give, by its own rules: a number that is valid as it stands is never
    taken apart further, and a prefix is taken off when what remains is valid.
    """

    def __init__(self, metadata: PhoneMetadata, prefixes: tuple[str, ...]) -> None:
        self._code = f"+{metadata.country_code}"
        self._prefixes = prefixes
        self._idd = re.compile(metadata.international_prefix or "(?!)")
        self._leading = re.compile(metadata.leading_digits or "")
        kinds = (
            metadata.premium_rate,
            metadata.toll_free,
            metadata.shared_cost,
            metadata.voip,
            metadata.personal_number,
            metadata.pager,
            metadata.uan,
            metadata.voicemail,
            metadata.fixed_line,
            metadata.mobile,
        )
        valid = "|".join(pattern for pattern in map(_pattern, kinds) if pattern)
        self._valid = re.compile(rf"(?={_pattern(metadata.general_desc)}\Z)(?:{valid})\Z")

    def significant(self, digits: str) -> str | None:
        """E.164 of what follows a country code; None: ask phonenumbers."""
        if digits.startswith(self._prefixes) or not self._valid.match(digits) or not self._leading.match(digits):
            return None
        return self._code + digits

    def national(self, digits: str) -> str | None:
        """E.164 of digits dialled from this region; None: ask phonenumbers."""
        if abroad := self._idd.match(digits):
            return _international(digits[abroad.end() :])
        for prefix in self._prefixes:
            if digits.startswith(prefix):
                return self.significant(digits[len(prefix) :])
        return self.significant(digits)


@cache
def _plan(region: str) -> _Plan | None:
    """The plan of a region; None where its rules need phonenumbers (prefixes with carriers, shared codes)."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or phonenumbers.region_code_for_country_code(metadata.country_code or 0) != region:
        return None
    prefixes = tuple(filter(None, (metadata.national_prefix_for_parsing or "").split("|")))
    if metadata.national_prefix_transform_rule is not None or not all(prefix.isdigit() for prefix in prefixes):
        return None
    return _Plan(metadata, prefixes)


@cache
def _plan_of_code(code: str) -> _Plan | None:
    region = phonenumbers.region_code_for_country_code(int(code))
    return _plan(region)


def _international(digits: str) -> str | None:
    """E.164 of digits that begin with a country code; None: ask phonenumbers."""
    if digits.startswith("0"):
        return None
    for length in (1, 2, 3):
        if int(digits[:length] or "0") in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            plan = _plan_of_code(digits[:length])
            return plan.significant(digits[length:]) if plan else None
    return None


def _pattern(kind: PhoneNumberDesc | None) -> str:
    """The pattern of a kind of number together with its lengths; empty when the kind does not exist."""
    if kind is None or not kind.national_number_pattern or kind.national_number_pattern == "NA":
        return ""
    lengths = kind.possible_length or ()
    check = f"(?=(?:{'|'.join(rf'[0-9]{{{length}}}' for length in lengths)})\\Z)" if lengths else ""
    return f"{check}(?:{kind.national_number_pattern})"
