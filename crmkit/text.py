"""One way to compare text in every script: search, matching and duplicate detection all use `fold`.

Every function here is pure, total over `str` (no input raises) and linear in its input.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

# Letters that Unicode does not decompose, yet people and their exports write without the mark.
_LETTERS = {
    "ı": "i",  # Azerbaijani and Turkish dotless i meets the dotted one
    "ə": "e",  # exports in cp1254 cannot hold ə and write e: Xəzər, Xezer
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ŧ": "t",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ي": "ی",
    "ى": "ی",
    "ې": "ی",
    "ے": "ی",
    "ك": "ک",
    "ڪ": "ک",
    "ة": "ه",
    "ە": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ۃ": "ه",
    "ٱ": "ا",
    "ـ": "",  # tatweel only stretches the line
}
_PUNCTUATION = {
    **dict.fromkeys("‘’‚‛ʼʹ′´`ʻ", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    "،": ",",
    "٬": ",",
    "؛": ";",
    "؟": "?",
    "٫": ".",
    "٪": "%",
    "⁄": "/",
    "−": "-",
}
# Persian affixes are written joined, with ZWNJ or with a space, all three by careful people.
_AFFIX_SPACE = re.compile(r" (?=(?:ها|های|هایی|تر|ترین)(?: |$))|(?<=\bمی) |(?<=\bنمی) ")
# Classes of no mark, nukta, kana voicing and virama: these make letters, all others are accents.
_LETTER_MARKS = frozenset({0, 7, 8, 9})


def _fold_character_once(character: str) -> str:
    """One step of the folding of one code point; `_fold_character` repeats it until nothing changes."""
    replacement = _LETTERS.get(character, _PUNCTUATION.get(character))
    if replacement is not None:
        return replacement
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd":
        return "-"
    accent = unicodedata.combining(character) not in _LETTER_MARKS
    if accent or category in ("Cf", "Cc", "Cs"):  # ZWNJ, direction marks, soft hyphen, control characters
        return ""
    return unicodedata.normalize("NFKD", character.casefold())


def _fold_character(character: str) -> str:
    folded, before = _fold_character_once(character), character
    while folded != before:
        before = folded
        folded = "".join(map(_fold_character_once, before))
    return folded


class _FoldTable(dict[int, str]):
    """Foldings by code point, worked out when first met. Holds at most the assigned characters."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        folded = _fold_character(character)
        if unicodedata.category(character) not in ("Cn", "Co"):
            self[code_point] = folded
        return folded


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """The form of a text in which it is compared, indexed and searched.

    Case, accents (é, ğ, ş), letters with a stroke (ø, đ), dotted and dotless i (İ I ı i), ə and e, Arabic and
    Persian forms of one letter (ي ى ی, ك ک, ة ه, أ إ آ ا, ؤ و, ئ ی), vowel marks, tatweel, digits of all scripts,
    dashes, quotation marks and runs of white space no longer tell two texts apart; direction marks and control
    characters go.

    ZWNJ goes without leaving a space: `برچسب‌ها` and `برچسبها` fold alike. A space before the Persian endings
    ها، های، هایی، تر، ترین and after می and نمی goes too, so `برچسب ها` folds like them. Other compounds
    (`سرمایه‌گذاری` and `سرمایه گذاری`) differ by a space: compare those by `compact`.

    Laws: `fold(fold(a)) == fold(a)`; `fold(f"{fold(a)} {fold(b)}") == fold(f"{a} {b}")`. The result has no leading,
    trailing or double space, and may be empty.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().replace("`", "'").split())
    folded = " ".join(text.translate(_TABLE).split())
    if " ه" in folded or " ت" in folded or "می " in folded:
        return _AFFIX_SPACE.sub("", folded)
    return folded


def compact(text: str) -> str:
    """`fold` without any space: the key of matching where people disagree on spaces (company names, headers, tags)."""
    return fold(text).replace(" ", "")


def fold_with_map(text: str) -> tuple[str, Sequence[int]]:
    """`fold(text)` and, for each of its characters, the index of the code point of `text` it came from.

    The indexes have one entry a character of the folded text, ascending, not always strictly (ß gives two).
    """
    if text.isascii() and text.isprintable() and len(plain := fold(text)) == len(text):
        return plain, range(len(text))
    characters: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        for folded in _TABLE[ord(character)]:
            if folded == " " and (not characters or characters[-1] == " "):
                continue
            characters.append(folded)
            origins.append(index)
    if characters and characters[-1] == " ":
        characters.pop()
        origins.pop()
    joined = "".join(characters)
    dropped = {match.start() for match in _AFFIX_SPACE.finditer(joined)}
    if dropped:
        kept = [index for index in range(len(joined)) if index not in dropped]
        return "".join(joined[index] for index in kept), [origins[index] for index in kept]
    return joined, origins


def highlight_ranges(text: str, query_terms: Iterable[str]) -> list[tuple[int, int]]:
    """Where the terms of a search occur in `text`, in any script, case or spelling that `fold` makes equal.

    `query_terms` are taken as typed; empty ones are ignored. A term that occurs only when spaces are left out
    (`compact`) is found too. Returns half-open ranges in code points of `text`, ascending, not overlapping and not
    touching; a combining mark behind a matched letter belongs to the range. Empty when nothing matches.
    """
    folded, origins = fold_with_map(text)
    found: list[tuple[int, int]] = []
    for term in map(fold, query_terms):
        found.extend(_runs(folded, origins, term, text) or _runs_without_spaces(folded, origins, term, text))
    return _merged(found)


def _runs(folded: str, origins: Sequence[int], term: str, text: str) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    position = folded.find(term) if term else -1
    while position >= 0:
        end = origins[position + len(term) - 1] + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1  # accents and vowel marks of the last letter
        runs.append((origins[position], end))
        position = folded.find(term, position + 1)
    return runs


def _runs_without_spaces(folded: str, origins: Sequence[int], term: str, text: str) -> list[tuple[int, int]]:
    joined, term = folded.replace(" ", ""), term.replace(" ", "")
    if term not in joined:
        return []
    tight = [origin for character, origin in zip(folded, origins, strict=True) if character != " "]
    return _runs(joined, tight, term, text)


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def digits(text: str) -> str:
    """The decimal digits of `text`, of any script, as ASCII, and nothing else: the search key of a telephone number."""
    if text.isascii():
        return "".join(filter(str.isdigit, text))
    return "".join(str(unicodedata.decimal(character)) for character in text if character.isdecimal())


def ascii_digits(text: str) -> str:
    """`text` with the decimal digits of all scripts written as ASCII digits; everything else stays."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
