"""The password policy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain import errors
from services.identity.domain.passwords import check

EMAIL = "leyla.mammadova@example.com"


def refused(password: str) -> bool:
    try:
        check(password, EMAIL, "password")
    except errors.PasswordWeak as error:
        assert error.violations[0].field == "password"
        return True
    return False


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "elevenchars",
        "x" * 1025,
        EMAIL,
        EMAIL.upper(),
        "leyla.mammadova",
        "password1234",
        "P@ssw0rd2024!",
        "Password-Password",
        "qwertyuiop12",
        "123456789012",
        "1q2w3e4r5t6y",
        "aaaaaaaaaaaaaaaa",
        "abababababab",
        "Administrator1",
        "letmein-letmein",
        "Summer2024!!!",
        "changeme1234",
        "ｐａｓｓｗｏｒｄ１２３４",
    ],
)
def test_short_long_and_commonly_used_passwords_are_refused(password: str) -> None:
    assert refused(password)


@pytest.mark.parametrize(
    "password",
    ["vq8-turbine-oslo", "گربه روی بام خوابید", "tembikai manis sejuk", "kZ4!m9Qw#x2L", "x" * 8 + "vq8-turbine" * 90],
)
def test_long_and_uncommon_passwords_are_taken(password: str) -> None:
    assert not refused(password)


@given(st.text(min_size=16, max_size=64, alphabet=st.characters(categories=["L", "N", "P"])))
def test_any_text_gets_an_answer(password: str) -> None:
    refused(password)
