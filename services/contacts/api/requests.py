"""What requests of both services have in common."""

from __future__ import annotations

from crm.contacts.v1 import contact_pb2
from crmkit import checks
from crmkit.checks import checking
from crmkit.errors import InvalidArgument
from services.contacts.domain.contact_rules import MAX_EMAILS, MAX_PHONES, email_key, phone_key
from services.contacts.domain.search import MAX_QUERY, Query


def search_size(page_size: int) -> int:
    """How many results a search returns: 1 to 100, 20 for 0. Raises InvalidArgument PAGE_SIZE_INVALID."""
    if not 0 <= page_size <= 100:
        raise InvalidArgument("PAGE_SIZE_INVALID", f"page_size takes 1 to 100; got {page_size}.", field="page_size")
    return page_size or 20


def query_of(text: str, region: str) -> Query:
    """A search as typed. Raises InvalidArgument QUERY_INVALID when empty or longer than 200 characters."""
    if not 1 <= len(text.strip()) <= MAX_QUERY:
        raise InvalidArgument("QUERY_INVALID", f"query takes 1 to {MAX_QUERY} characters.", field="query")
    return Query.of(text, region)


def normal_keys(request: contact_pb2.FindDuplicateContactsRequest, default_region: str) -> tuple[list[str], list[str]]:
    """The addresses and numbers of the request as they are compared. Raises FieldsInvalid naming those that are none.

    One at least is required, at most 20 of each are taken.
    """
    if not (request.emails or request.phones):
        raise InvalidArgument("VALUE_REQUIRED", "Give an e-mail address or a telephone number.", field="emails")
    with checking("") as problems:
        region = checks.region(request.region, "region", problems) or default_region
        checks.count(request.emails, "emails", MAX_EMAILS, problems)
        checks.count(request.phones, "phones", MAX_PHONES, problems)
        emails = [email_key(text, f"emails[{i}]", problems)[1] for i, text in enumerate(request.emails)]
        phones = [phone_key(text, region, f"phones[{i}]", problems)[1] for i, text in enumerate(request.phones)]
    return emails, phones
