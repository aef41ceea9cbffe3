"""What single cells mean: names in one cell, titles, lifecycle stages, countries, lists."""

from __future__ import annotations

import re
import zoneinfo
from functools import cache, lru_cache

from babel import Locale

from crmkit.text import fold

# Before a name, folded.
HONORIFICS = frozenset(
    fold(title)
    for title in [
        "Mr",
        "Mr.",
        "Mrs",
        "Mrs.",
        "Ms",
        "Ms.",
        "Miss",
        "Dr",
        "Dr.",
        "Prof",
        "Prof.",
        "Sir",
        "Dame",
        "Herr",
        "Frau",
        "M.",
        "Mme",
        "Mlle",
        "Sr.",
        "Sra.",
        "Eng.",
        "Engr.",
        "آقا",
        "آقای",
        "خانم",
        "دکتر",
        "مهندس",
        "سرکار خانم",
        "جناب آقای",
        "استاد",
        "حاج",
        "حاجی",
        "Cənab",
        "Xanım",
        "Bəy",
        "Bay",
        "Bayan",
        "Encik",
        "En.",
        "Puan",
        "Cik",
        "Dato'",
        "Datuk",
        "Datin",
        "Tan Sri",
        "Tuan",
        "Haji",
        "Hajah",
        "Pn.",
        "Prof. Dr.",
        "Assoc. Prof.",
    ]
)
_STAGES = {
    1: "subscriber|مشترک|abunəçi|pelanggan berita|subscribed|newsletter",
    2: "lead|new|prospect|open|marketing qualified lead|mql|سرنخ|جدید|lid|potensial|yeni|prospek|baru|petunjuk",
    3: "opportunity|sales qualified lead|sql|qualified|فرصت|fürsət|peluang|deal",
    4: "customer|client|active customer|won|مشتری|müştəri|pelanggan|kunde|active",
    5: "advocate|evangelist|promoter|مروج|حامی|tərəfdar|penyokong",
    6: "former|former customer|churned|lost|inactive|مشتری سابق|keçmiş müştəri|bekas pelanggan|ex-customer",
}
_SEPARATORS = re.compile(r"[;,|،؛\n]")
_PHONE_SEPARATORS = re.compile(r"[;,|،؛\n]| / |/(?=\s*[+0(۰٠])| or | və | یا | atau ")
_FORMULA_STARTS = ("=", "+", "-", "@")
_GUARDED = re.compile(r'="(.*)"\Z', re.DOTALL)
# Words that belong to the family name behind them.
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "de",
        "da",
        "del",
        "della",
        "di",
        "du",
        "la",
        "le",
        "der",
        "den",
        "dos",
        "das",
        "ter",
        "ten",
        "al",
        "el",
        "bin",
        "binti",
        "bt",
        "b.",
        "bte",
        "ibn",
        "a/l",
        "a/p",
        "s/o",
        "d/o",
        "anak",
    ]
)
_MALAY_PARTICLES = frozenset(["bin", "binti", "bt", "b.", "bte", "a/l", "a/p", "s/o", "d/o", "anak"])
_SUFFIXES = frozenset(["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "phd", "md", "esq", "esq."])
# Given names that make one name with the next in Persian.
_PERSIAN_FIRST = frozenset(
    map(fold, ["محمد", "علی", "امیر", "سید", "سیده", "فاطمه", "میر", "ابو", "عبد", "غلام", "شاه", "نور", "مهر"])
)
_AZERI_FAMILY = re.compile(r"(?:ov|ova|yev|yeva|ev|eva|zade|li|lu|oglu|qizi|beyli|skaya|ski)\Z")


def unguarded(cell: str) -> str:
    """A cell without what spreadsheets and exports put around it: ="0912" is 0912, and '=1+1 is =1+1.

    Formulas stay as they are: they are text to us.
    """
    if cell[0] == "'":
        return cell[1:] if cell[1:2] in _FORMULA_STARTS else cell
    match = _GUARDED.match(cell)
    return match[1] if match else cell


def split_list(cell: str) -> list[str]:
    """The items of a cell such as "vip; partner، new", in order."""
    return [item for item in map(str.strip, _SEPARATORS.split(cell)) if item]


def split_phones(cell: str) -> list[str]:
    """The numbers of a cell such as "0912 100 0316; +98 21 88776655"."""
    return [item for item in map(str.strip, _PHONE_SEPARATORS.split(cell)) if item]


@cache
def _stages() -> dict[str, int]:
    return {fold(name): number for number, names in _STAGES.items() for name in names.split("|")}


def lifecycle_stage(cell: str) -> int | None:
    """The number of the LifecycleStage a word means, in four languages; None when it means none."""
    return _stages().get(fold(cell).removeprefix("lifecycle_stage_"))


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("ar", "tr", "fr", "de", "ms", "az", "fa", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found[fold(name)] = code
                found[code.lower()] = code
    others = {"usa": "US", "u.s.a.": "US", "united states of america": "US", "uk": "GB", "great britain": "GB"}
    return found | others | {"islamic republic of iran": "IR", "جمهوری اسلامی ایران": "IR", "uae": "AE"}


@lru_cache(maxsize=1024)
def country_code(cell: str) -> str | None:
    """ISO 3166-1 alpha-2 code of a country by code or by name in eight languages; None when unknown."""
    return _countries().get(fold(cell))


@cache
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in ("tr", "ms", "az", "fa", "en"):
        for code, name in Locale(tag).languages.items():
            if len(code) == 2:
                found[fold(name)] = code
    return found


@lru_cache(maxsize=1024)
def language_tag(cell: str) -> str | None:
    """BCP 47 tag of a language by tag ("en", "fa-IR", "en_US") or name ("Persian", "فارسی"); None when unknown."""
    if match := re.match(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?\Z", cell):
        return match[1].lower() + (f"-{match[2].upper()}" if match[2] else "")
    return _languages().get(fold(cell))


@cache
def time_zones() -> frozenset[str]:
    """The names of IANA time zones."""
    return frozenset(zoneinfo.available_timezones())


def split_name(text: str, language: str) -> tuple[str, str, str]:
    """Honorific, given and family name of a whole name, by the customs of `language`.

    "Clark, Brittany" names the family first everywhere. What cannot be told apart is given name.
    """
    words = text.split()
    honorific: list[str] = []
    while len(words) > 1 and fold(words[0]) in HONORIFICS:
        honorific.append(words.pop(0))
    given, family = _split_words(words, language)
    return " ".join(honorific), " ".join(given), " ".join(family)


def _split_words(words: list[str], language: str) -> tuple[list[str], list[str]]:
    before = [word.rstrip(",،") != word for word in words[:-1]]
    if any(before):
        cut = before.index(True) + 1
        return words[cut:], [*words[: cut - 1], words[cut - 1].rstrip(",،")]
    if len(words) < 2:
        return words, []
    folded = [fold(word) for word in words]
    for place, word in enumerate(folded):
        if place and word in _MALAY_PARTICLES:
            return words[:place], words[place:]
    if language == "az":
        return _split_azeri(words, folded)
    if language == "fa":
        cut = 2 if len(words) > 2 and folded[0] in _PERSIAN_FIRST else 1
        return words[:cut], words[cut:]
    cut = len(words) - 1
    while cut > 1 and folded[cut] in _SUFFIXES:
        cut -= 1
    while cut > 1 and folded[cut - 1] in _PARTICLES:
        cut -= 1
    return words[:cut], words[cut:]


def _split_azeri(words: list[str], folded: list[str]) -> tuple[list[str], list[str]]:
    """Official order is family, given, father's name with oğlu or qızı; everyday order is given, family."""
    if folded[-1] in ("oglu", "qizi") and len(words) > 2:
        return (words[1:], words[:1]) if len(words) > 3 else (words[:1], words[1:])
    family_first = _AZERI_FAMILY.search(folded[0]) and not _AZERI_FAMILY.search(folded[-1])
    return (words[1:], words[:1]) if family_first else (words[:-1], words[-1:])
