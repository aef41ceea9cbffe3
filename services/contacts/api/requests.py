"""What requests of both services have in common: ids, and the fields of records."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from crmkit.errors import InvalidArgument
from services.contacts.domain.values import Problems

MAX_BATCH = 1_000


def id_of(text: str, field: str = "id") -> UUID:
    """A UUID. Raises InvalidArgument ID_INVALID naming the field."""
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidArgument("ID_INVALID", f"{field} takes a UUID; got `{text[:50]}`.", field=field) from error


def ids_of(texts: Sequence[str]) -> list[UUID]:
    """1 to 1,000 UUIDs. Raises InvalidArgument naming the first wrong one."""
    if not 1 <= len(texts) <= MAX_BATCH:
        raise InvalidArgument("BATCH_SIZE_INVALID", f"ids takes 1 to {MAX_BATCH:,}; got {len(texts):,}.", field="ids")
    return [id_of(text, f"ids[{index}]") for index, text in enumerate(texts)]


def optional_id(text: str, path: str, problems: Problems) -> UUID | None:
    """A UUID, None when empty; notes ID_INVALID."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        problems.add(path, "ID_INVALID", f"{path} takes a UUID; got `{text[:50]}`.")
        return None


def search_size(page_size: int) -> int:
    """How many results a search returns: 1 to 100, 20 for 0. Raises InvalidArgument PAGE_SIZE_INVALID."""
    if not 0 <= page_size <= 100:
        raise InvalidArgument("PAGE_SIZE_INVALID", f"page_size takes 1 to 100; got {page_size}.", field="page_size")
    return page_size or 20
