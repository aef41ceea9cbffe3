"""Callers that hang up at any moment, many at once: what was acknowledged is kept, and the service goes on."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import uuid4

import grpc

from cli.stack.settings import OFFSETS
from crm.contacts.v1 import contact_pb2
from crm.contacts.v1.contact_service_pb2_grpc import ContactServiceStub
from tests.system.conftest import Stack

CALLERS, CALLS = 12, 60
# A create is answered within these seconds or later: a caller leaves somewhere on the way.
LONGEST_STAY = 0.04


async def test_what_was_acknowledged_is_kept_whoever_hangs_up_beside_it(stack: Stack) -> None:
    metadata = (("authorization", f"Bearer {stack.token()}"),)
    choose = random.Random(7)  # noqa: S311 - which moments, not secrets
    acknowledged: list[str] = []
    left = 0
    address = f"127.0.0.1:{stack.http_port + OFFSETS['contacts_port']}"
    async with grpc.aio.insecure_channel(address) as channel:
        stub: Any = ContactServiceStub(channel)

        async def create(stay: float | None) -> None:
            nonlocal left
            contact = contact_pb2.Contact(
                given_name="Left", emails=[contact_pb2.EmailAddress(address=f"{uuid4().hex}@left.example")]
            )
            call = stub.CreateContact(contact_pb2.CreateContactRequest(contact=contact), metadata=metadata, timeout=20)
            if stay is not None:
                asyncio.get_running_loop().call_later(stay, call.cancel)
            try:
                acknowledged.append((await call).id)
            except asyncio.CancelledError:
                left += 1

        async def caller() -> None:
            for number in range(CALLS):
                await create(choose.uniform(0, LONGEST_STAY) if number % 3 else None)

        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        found = await stub.BatchGetContacts(
            contact_pb2.BatchGetContactsRequest(ids=acknowledged), metadata=metadata, timeout=20
        )
    assert left > CALLS, "callers left while their call was under way"
    assert len(acknowledged) >= CALLERS * CALLS // 3
    assert list(found.missing_ids) == []
