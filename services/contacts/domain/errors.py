"""What contacts and companies refuse, one reason each."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from crmkit.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound


class ContactNotFound(NotFound):
    """There is no such contact, or none the caller may see."""

    def __init__(self) -> None:
        super().__init__("CONTACT_NOT_FOUND", "There is no such contact.")


class CompanyNotFound(NotFound):
    """There is no such company, or none the caller may see."""

    def __init__(self) -> None:
        super().__init__("COMPANY_NOT_FOUND", "There is no such company.")


class ContactDuplicate(AlreadyExists):
    """Other contacts have the same address or number; metadata `contact_ids` names those the caller may see."""

    def __init__(self, visible_ids: Sequence[UUID]) -> None:
        if visible_ids:
            super().__init__(
                "CONTACT_DUPLICATE",
                "Another contact has the same e-mail address or telephone number. "
                "Send allow_duplicate to create this one all the same.",
                contact_ids=",".join(map(str, visible_ids)),
            )
        else:
            super().__init__(
                "CONTACT_DUPLICATE",
                "Another record, which you may not see, has the same e-mail address or telephone number. "
                "Send allow_duplicate to create this one all the same.",
            )


class CompanyCycle(InvalidArgument):
    """The parent stands below the company, or too many stand above it."""

    def __init__(self, longest: int) -> None:
        super().__init__(
            "COMPANY_CYCLE",
            f"A company cannot stand below itself, nor below more than {longest} others.",
            field="company.parent_id",
        )


class TooManyTags(FailedPrecondition):
    """A bulk change would give a record more tags than it takes."""

    def __init__(self) -> None:
        super().__init__("TOO_MANY", "A record takes at most 50 tags.")


class ChangeRequired(InvalidArgument):
    """A bulk change that changes nothing."""

    def __init__(self) -> None:
        super().__init__("CHANGE_REQUIRED", "Say what to change: tags to add or remove, an owner, a team or a stage.")


class SelectionInvalid(InvalidArgument):
    """A bulk change of neither ids nor a filter, or of both."""

    def __init__(self) -> None:
        super().__init__("SELECTION_INVALID", "selection takes either ids or a filter.", field="selection")


class SelectionTooLarge(InvalidArgument):
    """A bulk change whose filter matches more than one operation takes."""

    def __init__(self, most: int) -> None:
        super().__init__(
            "SELECTION_TOO_LARGE",
            f"The filter matches more than {most:,} records. Narrow it down.",
            field="selection.filter",
            most=str(most),
        )
