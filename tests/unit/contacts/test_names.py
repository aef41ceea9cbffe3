"""Names in their culture's order, and the keys that sort and find them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.text import fold
from services.contacts.domain.names import (
    KEY_LENGTH,
    company_search_text,
    contact_search_text,
    display_name,
    family_key,
    family_prefix,
    sort_key,
)


@pytest.mark.parametrize(
    ("given_name", "family_name", "language", "shown"),
    [
        ("Ada", "Lovelace", "en", "Ada Lovelace"),
        ("علی", "رضایی", "fa", "علی رضایی"),
        ("Elvin", "Məmmədov", "az", "Elvin Məmmədov"),
        ("Béla", "Bartók", "hu", "Bartók Béla"),
        ("Béla", "Bartók", "hu-HU", "Bartók Béla"),
        ("Văn A", "Nguyễn", "vi", "Nguyễn Văn A"),
        ("伟", "王", "zh", "王伟"),
        ("太郎", "山田", "", "山田太郎"),
        ("민준", "김", "ko", "김민준"),
        ("Wei", "Wang", "zh", "Wang Wei"),
        ("伟", "王", "en", "伟 王"),
        ("", "Smith", "en", "Smith"),
        ("Cher", "", "", "Cher"),
        ("", "", "", "cher@example.com"),
    ],
)
def test_a_name_is_shown_in_its_cultures_order(given_name: str, family_name: str, language: str, shown: str) -> None:
    assert display_name(given_name, family_name, language, "cher@example.com") == shown


def test_keys_sort_in_the_order_of_the_persian_alphabet() -> None:
    alphabet = list("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی")
    assert sorted(alphabet, key=sort_key) == alphabet
    assert sorted(["Ödön", "zara", "Ali", "ışıl"], key=sort_key) == ["Ali", "ışıl", "Ödön", "zara"]


def test_what_folds_alike_sorts_alike() -> None:
    assert sort_key("علي كريمي") == sort_key("علی کریمی")


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_key_of_a_piece_is_a_piece_of_the_key(one: str, other: str) -> None:
    whole = sort_key(f"{fold(one)} {fold(other)}")
    assert sort_key(fold(one)) in whole
    assert len(whole) <= KEY_LENGTH


def test_people_of_one_family_stand_together_by_given_name() -> None:
    keys = [family_key("Zoe", "Smith"), family_key("Ann", "Smith"), family_key("Ann", "Smithson")]
    assert sorted(keys) == [keys[1], keys[0], keys[2]]
    assert keys[0].startswith(family_prefix("SMITH"))
    assert not keys[2].startswith(family_prefix("Smith"))


def test_search_texts_hold_each_word_once_and_companies_in_a_line_of_their_own() -> None:
    text = contact_search_text(["Ali Rezaei", "ALI", "a@b.example"], ["+98912"], ["Acme GmbH", "Ali & Co"])
    assert text == " ali rezaei a@b.example 98912\n acme gmbh ali & co"
    assert company_search_text("Acme GmbH", ["acme", "Bakı"]) == " acme gmbh\n acme baki"
    assert contact_search_text([], [], []) == "\n"
