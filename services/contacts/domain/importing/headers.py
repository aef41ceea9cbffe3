"""From the columns of a file to the fields of a contact: a proposal a person can correct."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from crmkit.text import compact, fold
from services.contacts.domain.emails import normalize_email
from services.contacts.domain.importing.synonyms import FIELDS, labels, names
from services.contacts.domain.importing.values import HONORIFICS, lifecycle_stage
from services.contacts.domain.phones import normalize_phone

# Fields that several columns may feed.
REPEATED = frozenset({"email", "phone", "tags", "street"})
CUSTOM = "custom."
LONGEST_CUSTOM_NAME = 50

# Names of custom fields are ASCII; this is how Persian and Arabic letters are spelled in them.
_LATIN = str.maketrans(
    {
        letter: latin
        for pair in [
            "ا a",
            "ب b",
            "پ p",
            "ت t",
            "ث s",
            "ج j",
            "چ ch",
            "ح h",
            "خ kh",
            "د d",
            "ذ z",
            "ر r",
            "ز z",
            "ژ zh",
            "س s",
            "ش sh",
            "ص s",
            "ض z",
            "ط t",
            "ظ z",
            "ع a",
            "غ gh",
            "ف f",
            "ق gh",
            "ک k",
            "گ g",
            "ل l",
            "م m",
            "ن n",
            "و v",
            "ه h",
            "ی y",
            "ء a",
        ]
        for letter, latin in [pair.split()]
    }
)
_NOT_WORD = re.compile(r"[\W_]+")
_GENERIC_NAMES = frozenset(
    compact(name) for name in ("Name", "نام", "اسم", "Ad", "Nama", "Nom", "İsim", "Nombre", "Nome")
)
_LANGUAGE_OF_REGION = {"IR": "fa", "AF": "fa", "AZ": "az", "MY": "ms", "BN": "ms", "TR": "tr", "DE": "de", "FR": "fr"}
_CERTAIN, _SYNONYM, _LABELLED, _GUESSED = 1.0, 0.9, 0.8, 0.6
_ENOUGH = 0.6
# Columns of our own export (gateway/edge/files.py) that tell what the system knows anyway.
_OWN = frozenset(
    ("id", "display_name", "other_companies", "owner_id", "team_id", "custom", "create_time", "update_time")
)
# Columns that our file of rejected rows adds (gateway/edge/files.py): what was wrong is no property of the contact.
_REFUSAL = frozenset(("record", "column", "reason", "message"))


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which field a column feeds: one of `FIELDS`, "custom.<name>", or "" when it is left out."""

    column: str
    field: str
    # 0 to 1; how sure a proposal is.
    confidence: float = 0.0


@cache
def _known() -> dict[str, tuple[str, float]]:
    """Field and confidence by header key."""
    known: dict[str, tuple[str, float]] = {field.replace("_", ""): (field, _CERTAIN) for field in FIELDS}
    for field, _, name, own in names():
        key = header_key(name)
        if key not in known or (own and known[key][1] < _CERTAIN):
            known[key] = (field, _CERTAIN if own else _SYNONYM)
    return known


@cache
def _labels() -> tuple[tuple[str, str], ...]:
    """Folded label words, the longest first, with the label each means."""
    found = ((f" {_words(word)} ", label) for word, label in labels())
    return tuple(sorted(found, key=lambda item: -len(item[0])))


@cache
def _languages() -> dict[str, tuple[str, ...]]:
    """The languages a header key is a name in."""
    found: dict[str, list[str]] = {}
    for _, language, name, _own in names():
        found.setdefault(header_key(name), []).append(language)
    return {key: tuple(languages) for key, languages in found.items()}


def header_key(header: str) -> str:
    """What headers are compared by: folded, without spaces and punctuation."""
    return _NOT_WORD.sub("", compact(header))


def _words(header: str) -> str:
    return " ".join(_NOT_WORD.sub(" ", fold(header)).split())


def split_label(header: str) -> tuple[str, str]:
    """The key of a header without numbers and label words, and the label: "Work phone 2" gives "phone", "work"."""
    rest = f" {' '.join(word for word in _words(header).split() if not word.isdigit())} "
    label = ""
    for word, meaning in _labels():
        if word in rest and rest != word:
            rest = rest.replace(word, " ")
            label = label or meaning
    return rest.replace(" ", ""), label


def label_of(header: str) -> str:
    """The label of the addresses or numbers in a column: "Mobile" gives "mobile", "E-mail" nothing."""
    words = f" {_words(header)} "
    return next((label for word, label in _labels() if word in words and label), "")


_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")


def unique_columns(header: Sequence[str]) -> list[str]:
    """The names columns go by: as in the file, "Column 3" for an empty one, " (2)" behind a repeated one.

    They are sent and stored: NUL, and bytes that are no characters, become U+FFFD.
    """
    found: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for place, cell in enumerate(header, 1):
        name = " ".join(_UNPRINTABLE.sub("\ufffd", cell).split()) or f"Column {place}"
        candidate = name
        while candidate in found:
            numbers[name] = numbers.get(name, 1) + 1
            candidate = f"{name} ({numbers[name]})"
        found[candidate] = None
    return list(found)


def custom_field(column: str, taken: Iterable[str] = ()) -> str:
    """The custom field an unknown column becomes: "custom." and its words in lower snake case, ASCII."""
    words = _words(column).translate(_LATIN)
    name = re.sub(r"[^a-z0-9]+", "_", words).strip("_").lstrip("0123456789_")[:LONGEST_CUSTOM_NAME] or "column"
    number, candidate = 2, CUSTOM + name
    while candidate in taken:
        candidate, number = f"{CUSTOM}{name}_{number}", number + 1
    return candidate


def by_header(column: str) -> tuple[str, float]:
    """Field and confidence of a header; "" and 0 when it says nothing."""
    plain = re.sub(r" \(\d+\)\Z", "", column)
    found = _known().get(header_key(plain))
    if found:
        return found
    key, _label = split_label(plain)
    field, confidence = _known().get(key, ("", 0.0))
    return (field, min(_LABELLED, confidence)) if field else ("", 0.0)


def propose_mapping(columns: Sequence[str], rows: Sequence[Sequence[str]], region: str) -> list[ColumnMapping]:
    """A mapping for every column: by its header, else by what is in it, else to a custom field of its name.

    `rows`: some records, for columns whose headers say nothing or too little.
    """
    left_out = frozenset[str]().union(*(added for added in (_OWN, _REFUSAL) if added.issubset(columns)))
    found = [ColumnMapping(column, *by_header(column)) for column in columns]
    found = [_by_values(mapping, _cells(rows, place)) for place, mapping in enumerate(found)]
    found = _names_sorted_out(found)
    found = _guessed(found, rows, region)
    taken: set[str] = set()
    for place in sorted(range(len(found)), key=lambda place: -found[place].confidence):
        mapping = found[place]
        if mapping.column in left_out:
            found[place] = ColumnMapping(mapping.column, "", _CERTAIN)
            continue
        if not mapping.field or (mapping.field in taken and mapping.field not in REPEATED):
            field = custom_field(mapping.column, taken)
            found[place] = mapping = ColumnMapping(mapping.column, field, _CERTAIN if not mapping.field else _GUESSED)
        taken.add(mapping.field)
    return found


def _cells(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    return [row[place].strip() for row in rows if place < len(row) and row[place].strip()]


def _by_values(mapping: ColumnMapping, cells: list[str]) -> ColumnMapping:
    """Corrects headers that have two meanings by the values beneath."""
    if mapping.field == "job_title" and cells and _share(cells, lambda cell: fold(cell) in HONORIFICS) >= _ENOUGH:
        return replace(mapping, field="honorific", confidence=_LABELLED)
    if mapping.field == "lifecycle_stage" and _share(cells, lambda cell: lifecycle_stage(cell) is not None) < _ENOUGH:
        return ColumnMapping(mapping.column, "")
    return mapping


def _share(cells: Sequence[str], holds: Callable[[str], object]) -> float:
    return sum(1 for cell in cells if holds(cell)) / len(cells) if cells else 0.0


def _names_sorted_out(found: list[ColumnMapping]) -> list[ColumnMapping]:
    """ "Name" is the whole name when it stands alone, and the other half beside a first or a last name."""
    fields = {mapping.field for mapping in found}
    given, family, full = (field in fields for field in ("given_name", "family_name", "full_name"))
    changes: dict[str, str] = {}
    if full and family and not given:
        changes = {"full_name": "given_name"}
    elif full and given and not family:
        changes = {"full_name": "family_name"}
    elif given != family and not full:
        changes = {"given_name": "full_name", "family_name": "full_name"}
    return [
        replace(mapping, field=changes[mapping.field])
        if mapping.field in changes and header_key(mapping.column) in _GENERIC_NAMES
        else mapping
        for mapping in found
    ]


def _guessed(found: list[ColumnMapping], rows: Sequence[Sequence[str]], region: str) -> list[ColumnMapping]:
    """Finds e-mail addresses and telephone numbers by their look, each when no header names them."""
    checks: dict[str, Callable[[str], str | None]] = {
        "email": normalize_email,
        "phone": lambda cell: normalize_phone(cell, region),
    }
    for field, check in checks.items():
        if any(mapping.field == field for mapping in found):
            continue
        for place, mapping in enumerate(found):
            if not mapping.field and _share(_cells(rows, place), check) >= _ENOUGH:
                found[place] = ColumnMapping(mapping.column, field, _GUESSED)
    return found


def is_header(record: Sequence[str], region: str) -> bool:
    """Whether a file's first record names its columns: no cell in it is an address or a number."""
    return not any(normalize_email(cell) or normalize_phone(cell, region) for cell in record if cell)


def find_language(columns: Iterable[str], region: str) -> str:
    """The language most headers are in; where two are as likely, the region's own, else English."""
    votes = Counter(language for column in columns for language in _languages().get(header_key(column), ()))
    own = _LANGUAGE_OF_REGION.get(region, "en")
    most = max(votes.values(), default=0)
    best = [language for language, count in votes.items() if count == most]
    return own if not best or own in best else "en" if "en" in best else best[0]
