"""Refresh tokens and the sealing of their successors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.sessions import new_token, open_successor, seal_successor, token_hash


def test_a_token_opens_its_successor_and_no_other_token_does() -> None:
    token, successor, other = new_token(), new_token(), new_token()
    sealed = seal_successor(token, successor)
    assert open_successor(token, sealed) == successor
    assert open_successor(other, sealed) != successor


def test_neither_hash_nor_seal_holds_a_token() -> None:
    token, successor = new_token(), new_token()
    stored = (token_hash(token) or b"") + seal_successor(token, successor)
    assert token.encode() not in stored
    assert successor.encode() not in stored


def test_tokens_are_256_random_bits() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {43}


@given(st.text())
def test_what_is_no_token_has_no_hash(text: str) -> None:
    if len(text) != 43:
        assert token_hash(text) is None


@pytest.mark.parametrize("text", ["", "é" * 43, "=" * 43, "A" * 42, "A" * 44])
def test_malformed_tokens_have_no_hash(text: str) -> None:
    assert token_hash(text) is None
