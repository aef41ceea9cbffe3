"""The rules of notes."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.activities.domain.errors import MentionInvalid, NoteBodyInvalid
from services.activities.domain.note import MAX_BODY, MAX_MENTIONS, checked_body, excerpt, mentioned


def test_a_note_keeps_its_text_but_not_white_space_at_its_end() -> None:
    assert checked_body("  Called, wants a quote.\n\n") == "  Called, wants a quote."


@pytest.mark.parametrize("body", ["", " \n\t", "x" * (MAX_BODY + 1), "a\x00b"])
def test_an_empty_overlong_or_unstorable_note_is_refused(body: str) -> None:
    with pytest.raises(NoteBodyInvalid) as refusal:
        checked_body(body)
    assert refusal.value.violations[0].field == "note.body"


def test_a_note_of_the_greatest_length_is_kept_whole() -> None:
    assert len(checked_body("ی" * MAX_BODY)) == MAX_BODY


SARA, ALI = UUID(int=1), UUID(int=2)


def mention(user_id: object, name: str = "Sara") -> str:
    return f"@[{name}](user:{user_id})"


def test_colleagues_are_mentioned_once_each_in_the_order_of_the_text() -> None:
    body = f"{mention(ALI, 'علی')} and {mention(SARA)}: call back. {mention(str(ALI).upper(), 'Ali')}"
    assert checked_body(body) == body
    assert mentioned(body) == [ALI, SARA]


@pytest.mark.parametrize(
    "body",
    [
        mention("nobody"),
        mention(SARA, ""),
        mention(SARA, "a]b"),
        f"[Sara](user:{SARA})",
        f"{mention(SARA)} @[Ali](user:",
        " ".join(mention(UUID(int=number)) for number in range(MAX_MENTIONS + 1)),
    ],
)
def test_a_mention_that_cannot_be_read_or_is_one_too_many_is_refused(body: str) -> None:
    with pytest.raises(MentionInvalid) as refusal:
        checked_body(body)
    assert refusal.value.violations[0].field == "note.body"


def test_an_excerpt_shows_mentions_as_names_and_ends_in_time() -> None:
    assert excerpt(f"{mention(SARA)}, please call.") == "@Sara, please call."
    assert len(excerpt("x" * 500)) == 201
