"""What contacts and companies refuse, one reason each."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from crmkit.errors import AlreadyExists, InvalidArgument, NotFound


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
