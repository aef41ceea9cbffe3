"""E-mail addresses and telephone numbers: the fast paths give the libraries' own answers."""

from __future__ import annotations

import email_validator
import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.contacts.domain.emails import normalize_email
from services.contacts.domain.phones import normalize_phone

REGIONS = ("IR", "AZ", "MY", "US", "DE", "GB", "TR", "RU", "AE", "IN", "IT", "FR", "AU", "CA", "BR", "KZ", "SG")


@pytest.mark.parametrize(
    ("typed", "normalized"),
    [
        ("  EN7.USER360@EXAMPLE-EN.COM ", "en7.user360@example-en.com"),
        ("a@example.com", "a@example.com"),
        ("\u200ffa@example.com\u200e\u00a0", "fa@example.com"),
        ("sales@Bücher.example", "sales@xn--bcher-kva.example"),
        ("no-at-sign.example.com", None),
        ("a b@example.com", None),
        ("@example.com", None),
        ("x@", None),
        ("x@y", None),
        ("x@host.invalid", None),
        ("a..b@example.com", None),
        ("", None),
    ],
)
def test_an_address_is_trimmed_lowered_and_checked(typed: str, normalized: str | None) -> None:
    assert normalize_email(typed) == normalized


local_parts = st.text("aZ0.!#+-_'@ \"<>é", min_size=1, max_size=70)
domains = st.text("aZx0n.-é _", min_size=1, max_size=40)
endings = st.sampled_from(["", ".com", ".ir", ".test", ".local", ".c0m", ".c", ".xn--p1ai", ".co.uk", ".9"])


@settings(max_examples=600, deadline=None)
@given(local_parts, domains, endings)
@example("a", "xn--bcher-kva", ".com")
@example("a", "ab--c", ".com")
@example("a", "a" * 63, ".com")
@example("a", "a" * 64, ".com")
@example("a" * 250, "b", ".co")
@example("a" * 240, "b", ".example.co")
def test_the_fast_path_of_addresses_agrees_with_email_validator(local: str, domain: str, ending: str) -> None:
    typed = f"{local}@{domain}{ending}"
    try:
        checked = email_validator.validate_email(typed.strip(), check_deliverability=False)
        expected = f"{checked.local_part}@{checked.ascii_domain}".lower()
    except email_validator.EmailNotValidError:
        expected = None
    assert normalize_email(typed) == expected


@pytest.mark.parametrize(
    ("typed", "region", "e164"),
    [
        ("+۹۸ ۹۱۲ ۱۰۰ ۰۳۱۶", "IR", "+989121000316"),
        ("۰۰۹۸۹۱۲۱۰۰۰۱۵۸", "IR", "+989121000158"),
        ("٠٩١٢ ١٠٠ ٠١٦٣", "IR", "+989121000163"),
        ("9121000163", "IR", "+989121000163"),
        ("989121000163", "IR", "+989121000163"),
        ("(202) 555-0360", "US", "+12025550360"),
        ("1-202-555-0360", "US", "+12025550360"),
        ("0060123000240", "MY", "+60123000240"),
        ("012-300 0354", "MY", "+60123000354"),
        ("050 200 03 90", "AZ", "+994502000390"),
        ("00989121000316", "US", "+989121000316"),
        ("tel:+1-202-555-0360", "IR", "+12025550360"),
        ("+1 202-555-0360 ext. 12", "IR", "+12025550360"),
        ("\u202a+98 912 100 0316\u202c", "IR", "+989121000316"),
        ("+999999999999999999", "US", None),
        ("123", "MY", None),
        ("not a number", "AZ", None),
        ("9.89121E+11", "IR", None),
        ("", "US", None),
    ],
)
def test_a_number_is_read_for_its_region(typed: str, region: str, e164: str | None) -> None:
    assert normalize_phone(typed, region) == e164


def by_the_library(typed: str, region: str) -> str | None:
    """What phonenumbers says, with "00" understood everywhere."""
    for number in (typed, "+" + typed[2:]) if typed.startswith("00") else (typed,):
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed) and phonenumbers.is_valid_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return None


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Numbers that begin as numbers do: examples of real plans with digits changed, prefixed and punctuated."""
    region = draw(st.sampled_from(REGIONS))
    kind = draw(st.sampled_from([0, 1, 2, 3, 4, 6]))
    found = phonenumbers.example_number_for_type(region, kind)
    digits = phonenumbers.national_significant_number(found) if found else draw(st.text("0123456789", min_size=4))
    cut = draw(st.integers(0, len(digits)))
    digits = digits[:cut] + draw(st.text("0123456789", min_size=0, max_size=len(digits) - cut + 1))
    code = str(phonenumbers.country_code_for_region(region))
    before = [
        "",
        "0",
        "00",
        "1",
        "8",
        "011",
        "+",
        "+" + code,
        "00" + code,
        code,
        "+" + code + "0",
        "0" + code,
        "810" + code,
    ]
    digits = draw(st.sampled_from(before)) + digits
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(digits)))
        digits = digits[:at] + draw(st.sampled_from([" ", "-", ".", "(", ") ", "\u00a0"])) + digits[at:]
    return digits


@settings(max_examples=1500, deadline=None)
@given(numbers(), st.sampled_from(REGIONS))
def test_the_fast_path_of_numbers_agrees_with_phonenumbers(typed: str, region: str) -> None:
    assert normalize_phone(typed, region) == by_the_library(typed.strip(), region)
