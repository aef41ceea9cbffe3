"""Which encoding a file of contacts is written in.

Byte order marks and valid UTF-8 decide at once; UTF-16 without a mark shows in where its zero bytes stand. What
remains is one of the three code pages our users' spreadsheets write. They are told apart by what surrounds the
bytes above 0x7F, which works on a dozen names, where detectors made for web pages need paragraphs.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

UTF_8 = "utf-8"
UTF_16 = "utf-16"
LATIN = "windows-1252"
TURKIC = "windows-1254"
ARABIC = "windows-1256"
ENCODINGS = (UTF_8, UTF_16, LATIN, TURKIC, ARABIC)

_ASCII_BESIDE = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
# In 1256 everything from 0xC0 is an Arabic letter (but for ten French ones and marks), and the letters that
# Persian adds stand at 0x81, 0x8D, 0x8E, 0x90, 0x98. Overlapping pairs: "abc" counts two.
_HIGH_BESIDE = re.compile(rb"[\x81\x8d\x8e\x90\x98\xc0-\xff](?=[\x81\x8d\x8e\x90\x98\xc0-\xff])")
# Bytes that 1252 and 1254 read differently: Ğ İ Ş ğ ı ş in the one, Ð Ý Þ ð ý þ in the other.
_DISPUTED = re.compile(rb"[A-Za-z\xc0-\xff]*[\xd0\xdd\xde\xf0\xfd\xfe][A-Za-z\xc0-\xff]*")
# Turkic words: ç or ü beside the letter, ş not at the start, ı at the end or twice, a capital İ inside.
_TURKIC_WORD = re.compile(rb"[\xc7\xe7\xdc\xfc]|.[\xde\xfe]|.[\xfd]\Z|\xfd.*\xfd|[A-Z]\xdd")
# Icelandic words: á é í ó ú æ beside the letter.
_NORDIC_WORD = re.compile(rb"[\xc1\xc6\xc9\xcd\xd3\xda\xe1\xe6\xe9\xed\xf3\xfa]")
_BROKEN = re.compile("[\udc80-\udcff]")
# What a cut leaves of a UTF-8 character at the start of a piece.
_CONTINUED = bytes(range(0x80, 0xC0))
_TOLERATED = 20


def detect_encoding(samples: Sequence[bytes]) -> str:
    """The encoding of a file, one of `ENCODINGS`.

    `samples` are pieces of the file as it stands: the first from its start, the others, if any, from where it
    is not ASCII. Pieces may be cut inside a character.
    """
    head = samples[0] if samples else b""
    if head.startswith(codecs.BOM_UTF8):
        return UTF_8
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _zero_bytes(head):
        return UTF_16
    if _is_utf8(head) and all(_is_utf8(sample.lstrip(_CONTINUED)) for sample in samples[1:]):
        return UTF_8
    body = b"\n".join(samples)
    if len(_HIGH_BESIDE.findall(body)) > len(_ASCII_BESIDE.findall(body)):
        return ARABIC
    disputed = _DISPUTED.findall(body)
    turkic = sum(1 for word in disputed if _TURKIC_WORD.search(word))
    nordic = sum(1 for word in disputed if _NORDIC_WORD.search(word))
    return TURKIC if disputed and turkic >= nordic else LATIN


def codec_of(encoding: str, head: bytes) -> str:
    """Python's codec for `encoding` and a file that begins with `head`; it drops the byte order mark."""
    if encoding == UTF_8:
        return "utf-8-sig"
    if encoding != UTF_16:
        return encoding.replace("windows-", "cp")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # ASCII signs (delimiters, line ends) have their zero byte last in little endian.
    return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"


def decode_sample(sample: bytes, encoding: str) -> str:
    """The text of a file's first piece; what is cut at its end is left out."""
    decoder = codecs.getincrementaldecoder(codec_of(encoding, sample))(errors_of(encoding))
    return decoder.decode(sample)


def errors_of(encoding: str) -> str:
    """How Python's decoder marks bytes that are no character: `is_broken` finds the mark."""
    return "replace" if encoding == UTF_16 else "surrogateescape"


def is_broken(text: str, encoding: str) -> bool:
    """Whether a decoded text holds bytes that are no characters of its encoding."""
    if text.isascii():
        return False
    return "\ufffd" in text if encoding == UTF_16 else _BROKEN.search(text) is not None


def _zero_bytes(head: bytes) -> bool:
    """Whether zero bytes stand where UTF-16 has them: often, and nearly all on one side of the pairs."""
    first, second = head[0::2].count(0), head[1::2].count(0)
    return first + second > len(head) // 50 and max(first, second) > 10 * min(first, second)


def _is_utf8(sample: bytes) -> bool:
    """Whether a piece reads as UTF-8, but for its cut end and for a broken sign among very many good ones."""
    if sample.isascii():
        return True
    text, read = codecs.utf_8_decode(sample, "surrogateescape", False)
    broken = len(_BROKEN.findall(text))
    good = sum(1 for character in text if not character.isascii()) - broken
    return broken * _TOLERATED < good or (broken == 0 and read == len(sample))
