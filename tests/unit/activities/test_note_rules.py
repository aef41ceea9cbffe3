"""The rules of notes."""

from __future__ import annotations

import pytest

from services.activities.domain.errors import NoteBodyInvalid
from services.activities.domain.note import MAX_BODY, checked_body


def test_a_note_keeps_its_text_but_not_white_space_at_its_end() -> None:
    assert checked_body("  Called, wants a quote.\n\n") == "  Called, wants a quote."


@pytest.mark.parametrize("body", ["", " \n\t", "x" * (MAX_BODY + 1), "a\x00b"])
def test_an_empty_overlong_or_unstorable_note_is_refused(body: str) -> None:
    with pytest.raises(NoteBodyInvalid) as refusal:
        checked_body(body)
    assert refusal.value.violations[0].field == "note.body"


def test_a_note_of_the_greatest_length_is_kept_whole() -> None:
    assert len(checked_body("ی" * MAX_BODY)) == MAX_BODY
