"""The invented people of `crm demo` and `make bench`."""

from __future__ import annotations

import pytest

from cli.demo_data import LANGUAGES, load, people
from services.contacts.domain.emails import normalize_email
from services.contacts.domain.phones import normalize_phone


@pytest.mark.parametrize("code", LANGUAGES)
def test_invented_people_have_valid_addresses_and_numbers_of_their_own(code: str) -> None:
    language = load(code)
    invented = list(people(language, 2900))
    assert len({normalize_email(person.email) for person in invented} - {None}) == 2900
    assert len({normalize_phone(person.phone, language.region) for person in invented} - {None}) == 2900


def test_the_same_seed_gives_the_same_people() -> None:
    language = load("fa")
    assert list(people(language, 50)) == list(people(language, 50))
    assert list(people(language, 50, seed="another")) != list(people(language, 50))
