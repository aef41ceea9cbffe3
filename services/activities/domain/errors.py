"""What this service refuses, one reason each."""

from __future__ import annotations

from uuid import UUID

from crmkit.errors import FailedPrecondition, InvalidArgument, NotFound


class SubjectNotFound(NotFound):
    """There is no such contact or company that the caller may see, or it is not known here yet."""

    def __init__(self, subject_id: UUID) -> None:
        super().__init__("SUBJECT_NOT_FOUND", "There is no such contact or company.", id=str(subject_id))


class SubjectInBin(FailedPrecondition):
    """Notes are not written about what is in the bin."""

    def __init__(self, subject_id: UUID) -> None:
        super().__init__("SUBJECT_DELETED", "The record is in the bin; take it out first.", id=str(subject_id))


class NoteNotFound(NotFound):
    """There is no such note that the caller may see."""

    def __init__(self, note_id: UUID) -> None:
        super().__init__("NOTE_NOT_FOUND", "There is no such note.", id=str(note_id))


class NoteBodyInvalid(InvalidArgument):
    """A note has 1 to 20,000 characters that are not all white space."""

    def __init__(self, message: str) -> None:
        super().__init__("NOTE_BODY_INVALID", message, field="note.body")


class MentionInvalid(InvalidArgument):
    """A mention of a colleague that cannot be read, or one too many."""

    def __init__(self, message: str) -> None:
        super().__init__("NOTE_MENTION_INVALID", message, field="note.body")


class NothingNamed(InvalidArgument):
    """What to mark as read is named in one of two ways."""

    def __init__(self, message: str) -> None:
        super().__init__("NOTIFICATIONS_NOT_NAMED", message, field="ids")
