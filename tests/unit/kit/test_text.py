"""Folding: one key for what people mean by the same word, in every script."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmkit.text import ascii_digits, compact, digits, fold, fold_with_map, highlight_ranges

# Letters that meet: the alphabets of the four languages, Arabic forms, marks, separators.
TRICKY = "aAiIİıəƏeéşŞßæﬁ يیىكکةهءأإآاٱؤئًـ\u200c\u200d\u200e\u2066۱١1٫،-–’'`\t\n\xa0 هاترینمن"
texts = st.text(st.one_of(st.sampled_from(TRICKY), st.characters()), max_size=40)


@given(texts)
@example("می ها ها می تر ")
@example("می می ها")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_one_character_twice_is_folding_it_once_for_all_of_unicode() -> None:
    for code_point in range(0x110000):
        folded = fold(chr(code_point))
        assert fold(folded) == folded, hex(code_point)


@given(texts, texts)
def test_texts_may_be_folded_before_or_after_they_are_joined_by_a_space(one: str, other: str) -> None:
    assert fold(f"{fold(one)} {fold(other)}") == fold(f"{one} {other}")


@given(texts)
def test_a_folded_text_has_no_stray_space_and_no_capital(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split(" ")).strip()
    assert folded == "".join(c for c in folded if unicodedata.category(c) != "Lu" or c.lower() == c)


@given(texts)
def test_canonically_equal_texts_fold_alike(text: str) -> None:
    if all(unicodedata.combining(c) not in (7, 8, 9) for c in unicodedata.normalize("NFD", text)):
        assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_the_shortcut_for_ascii_folds_as_the_long_way_does(text: str) -> None:
    assert fold(text) == fold_with_map(text)[0]


@given(texts)
def test_the_map_belongs_to_the_folded_text(text: str) -> None:
    folded, origins = fold_with_map(text)
    assert folded == fold(text)
    assert len(origins) == len(folded)
    assert list(origins) == sorted(origins)
    for character, origin in zip(folded, origins, strict=True):
        assert character in fold(f"a{text[origin]}a")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("علي", "علی"),
        ("كاظم", "کاظم"),
        ("فاطمة", "فاطمه"),
        ("أحمد", "احمد"),
        ("إسلام", "اسلام"),
        ("آرش", "ارش"),
        ("مؤمن", "مومن"),
        ("رئیس", "رییس"),
        ("مُحَمَّد", "محمد"),
        ("محـــمد", "محمد"),
        ("موسى", "موسی"),
        ("ﻋﻠﻲ", "علی"),
        ("برچسب\u200cها", "برچسبها"),
        ("برچسب\u200cها", "برچسب ها"),
        ("می\u200cخواهم", "می خواهم"),
        ("\u2067علی\u2069", "علی"),
        ("Xəzər", "Xezer"),
        ("İSMAYIL", "ismayıl"),
        ("Gəncə", "GƏNCƏ"),
        ("Şəki", "seki"),
        ("Müşfiq", "musfiq"),
        ("José", "JOSE"),
        ("Øster", "oster"),
        ("Straße", "STRASSE"),
        ("O’Brien", "o'brien"),
        ("Jean–Luc", "jean-luc"),
        ("٠٩١٢", "۰۹۱۲"),
        ("۰۹۱۲", "0912"),
        ("  Ali \t Rza\u00a0", "ali rza"),
        ("Ａｌｉ", "ali"),
    ],
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("ali", "aly"), ("علی", "عالی"), ("گل", "کل"), ("پدر", "بدر"), ("کி", "கு")]
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("spelling", ["سرمایه‌گذاری", "سرمايه گذاري", "سرمایهگذاری"])
def test_compact_makes_spaces_in_compounds_not_matter(spelling: str) -> None:
    assert compact(spelling) == "سرمایهگذاری"


def test_a_text_of_marks_only_folds_to_nothing() -> None:
    assert fold("\u200c\u064b \u0640") == ""


@pytest.mark.parametrize(
    ("text", "terms", "found"),
    [
        ("Məmmədov Əli", ["memm", "ƏLİ"], ["Məmm", "Əli"]),
        ("مُحَمَّد علي", ["محمد"], ["مُحَمَّد"]),
        ("سرمايه گذاري البرز", ["سرمایه‌گذاری"], ["سرمايه گذاري"]),
        ("Großmann", ["SS"], ["ß"]),
        ("Ali ali", ["ali"], ["Ali", "ali"]),
        ("banana", ["ana"], ["anana"]),
        ("Ali", ["", " ", "\u200c"], []),
        ("Ali", ["x"], []),
        ("e\u0301cole", ["e"], ["e\u0301", "e"]),
        ("+98 912 100 0316", ["1000"], ["100 0"]),
        ("۰۹۱۲", ["912"], ["۹۱۲"]),
        ("علی رضا", ["علی", "رضا"], ["علی", "رضا"]),
        ("alireza", ["ali", "reza"], ["alireza"]),
    ],
)
def test_highlights_are_runs_of_the_original(text: str, terms: list[str], found: list[str]) -> None:
    assert [text[start:end] for start, end in highlight_ranges(text, terms)] == found


@given(texts, st.lists(texts, max_size=3))
def test_highlights_are_ascending_and_apart(text: str, terms: list[str]) -> None:
    ranges = highlight_ranges(text, terms)
    ends = [position for run in ranges for position in run]
    assert ends == sorted(set(ends))
    assert all(0 <= start < end <= len(text) for start, end in ranges)


@given(texts, st.integers(0, 39), st.integers(1, 8))
def test_a_piece_of_a_text_is_found_in_it(text: str, start: int, length: int) -> None:
    piece = text[start : start + length]
    folded = fold(text)
    if fold(piece) and fold(piece) in folded:
        assert highlight_ranges(text, [piece])


def test_digits_of_every_script_come_out_as_ascii() -> None:
    assert digits("+۹۸ ۹۱۲ (100) ٣") == "989121003"
    assert digits("Tel.: 012-34²") == "01234"
    assert ascii_digits("۱۴۰۴/۰۴/۲۴ الف") == "1404/04/24 الف"
