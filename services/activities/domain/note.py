"""The rules of notes."""

from __future__ import annotations

from services.activities.domain.errors import NoteBodyInvalid

MAX_BODY = 20_000
"""Characters of a note."""

MUTABLE = frozenset({"body"})
"""Fields an update mask may name; what a note is about is fixed."""


def checked_body(body: str) -> str:
    """The body without trailing white space; raises NoteBodyInvalid when empty or longer than 20,000 characters."""
    kept = body.rstrip()
    if not kept.strip():
        raise NoteBodyInvalid("A note needs a text.")
    if len(kept) > MAX_BODY:
        raise NoteBodyInvalid(f"A note has at most {MAX_BODY:,} characters; this one has {len(kept):,}.")
    if "\x00" in kept:
        raise NoteBodyInvalid("A note cannot hold the character U+0000.")
    return kept
