"""What a search as typed asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contacts.domain.search import MAX_TERMS, Query, has_trigram


@pytest.mark.parametrize(
    ("typed", "terms", "prefixes"),
    [
        ("Ali  REZAEI", ("rezaei", "ali"), (False, False)),
        ("al", ("al",), (True,)),
        ("王伟", ("王伟",), (True,)),
        ("a@b", ("a@b",), (True,)),
        ("a@example", ("a@example",), (False,)),
        ("@@ ali --", ("ali",), (False,)),
        ("@ - %", (), ()),
        ("ali ali", ("ali",), (False,)),
    ],
)
def test_words_are_terms_and_short_ones_begin_words(
    typed: str, terms: tuple[str, ...], prefixes: tuple[bool, ...]
) -> None:
    query = Query.of(typed, "IR")
    assert (query.terms, query.prefixes) == (terms, prefixes)


@pytest.mark.parametrize(
    ("typed", "term", "number"),
    [
        ("0912 100 0316", "9121000316", "+989121000316"),
        ("۰۹۱۲۱۰۰۰۳۱۶", "9121000316", "+989121000316"),
        ("+98 (912) 100", "98912100", "+98912100"),
        ("0098912", "98912", "+98912"),
        ("100-03", "10003", "+10003"),
        ("000", "0", "+0"),
    ],
)
def test_digits_are_a_telephone_number_without_its_zeros(typed: str, term: str, number: str) -> None:
    query = Query.of(typed, "IR")
    assert (query.terms, query.number) == ((term,), number)


@given(st.text(max_size=200))
def test_every_text_is_a_query_of_few_terms(typed: str) -> None:
    query = Query.of(typed, "US")
    assert len(query.terms) <= MAX_TERMS
    assert all(has_trigram(term) or prefix for term, prefix in zip(query.terms, query.prefixes, strict=True))
