"""The rules of notes."""

from __future__ import annotations

import re
from uuid import UUID

from services.activities.domain.errors import MentionInvalid, NoteBodyInvalid

MAX_BODY = 20_000
"""Characters of a note."""

MAX_MENTIONS = 50
"""People one note may mention."""

MUTABLE = frozenset({"body", "pinned"})
"""Fields an update mask may name; what a note is about is fixed."""

MAX_PINNED = 10
"""Pinned notes that a timeline shows above it."""

_EXCERPT = 200
_MENTION = re.compile(
    r"@\[([^\[\]\n]{1,200})\]\(user:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\)", re.IGNORECASE
)
# What begins the second half of a mention: where it stands alone, something was meant to be one.
_HALF = "](user:"


def checked_body(body: str) -> str:
    """The body without trailing white space; raises NoteBodyInvalid when empty or longer than 20,000 characters,
    MentionInvalid when it mentions somebody in a way that cannot be read, or too many."""
    kept = body.rstrip()
    if not kept.strip():
        raise NoteBodyInvalid("A note needs a text.")
    if len(kept) > MAX_BODY:
        raise NoteBodyInvalid(f"A note has at most {MAX_BODY:,} characters; this one has {len(kept):,}.")
    if "\x00" in kept:
        raise NoteBodyInvalid("A note cannot hold the character U+0000.")
    if kept.count(_HALF) != len(_MENTION.findall(kept)):
        raise MentionInvalid("A mention is written @[Name](user:UUID).")
    if len(mentioned(kept)) > MAX_MENTIONS:
        raise MentionInvalid(f"A note mentions at most {MAX_MENTIONS} people.")
    return kept


def mentioned(body: str) -> list[UUID]:
    """The users mentioned in a body, each once, in the order of the text."""
    return list(dict.fromkeys(UUID(found[2]) for found in _MENTION.finditer(body)))


def excerpt(body: str) -> str:
    """The beginning of a note, mentions as names."""
    text = _MENTION.sub(r"@\1", body)
    return text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"
