"""The statements the contacts service sends for a request, for floors: what the database alone needs for the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from unittest import mock

from pydantic import SecretStr
from uuid_utils.compat import uuid7

from crm.contacts.v1 import contact_pb2
from crmkit import queries
from crmkit.access import Principal, Scope
from crmkit.db import create_pool
from crmkit.paging import Pager
from crmkit.settings import Settings
from services.contacts.api.requests import query_of
from services.contacts.store import lists, search

# SQL with its arguments.
Statement = tuple[str, Sequence[Any]]
_SOMEBODY = Principal(uuid7(), None, frozenset(), None)
_REGION = "US"


def of_lists(url: str, asked: Sequence[tuple[str, str]], size: int) -> list[Statement]:
    """Of the first page of each list, a filter and an order, for who sees everything."""
    pager = Pager(bytes(32))

    async def read(db: queries.Database) -> None:
        for condition, order_by in asked:
            request = contact_pb2.ListContactsRequest(filter=condition, order_by=order_by, page_size=size)
            await lists.read_page(db, lists.CONTACTS, pager, request, scope=Scope.ALL, principal=_SOMEBODY)

    return asyncio.run(_recorded(url, read))


def of_searches(url: str, typed: Sequence[str], size: int) -> list[Statement]:
    """Of searches for contacts, for who sees everything."""

    async def read(db: queries.Database) -> None:
        for text in typed:
            query = query_of(text, _REGION)
            await search.find(db, search.CONTACTS, query, size, scope=Scope.ALL, principal=_SOMEBODY)

    return asyncio.run(_recorded(url, read))


async def _recorded(url: str, read: Callable[[queries.Database], Awaitable[None]]) -> list[Statement]:
    sent: list[Statement] = []
    fetch = queries.fetch

    async def noted(connection: queries.Connection, sql: str, arguments: list[Any]) -> Any:
        sent.append((sql, arguments))
        return await fetch(connection, sql, arguments)

    settings = Settings(database_url=SecretStr(url))
    async with create_pool(url, settings, application="bench") as pool:
        with mock.patch.object(queries, "fetch", noted):
            await read(pool)
    return sent
