"""Stored replies go after a day, however many there are, and whatever the database does meanwhile."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from crmkit import idempotency, serve
from crmkit.service import Runtime
from tests.service.kit.ledger import beside, ledger

_STORE = text(
    "INSERT INTO idempotency (user_id, method, request_id, fingerprint, reply, created_at) "
    "SELECT uuidv7(), '/x', uuidv7(), '', '', now() - make_interval(hours => :hours) FROM generate_series(1, :count)"
)


async def store(runtime: Runtime, count: int, hours: int) -> None:
    async with runtime.writer.begin() as db:
        await db.execute(_STORE, {"count": count, "hours": hours})


async def stored(runtime: Runtime) -> int:
    async with runtime.reader.connect() as db:
        return int((await db.execute(text("SELECT count(*) FROM idempotency"))).scalar_one())


async def test_replies_go_after_a_day_and_not_before(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "EXPIRE_ROWS", 5)
    await store(runtime, 12, 25)
    await store(runtime, 3, 23)
    assert await idempotency.expire(runtime.writer) == 12
    assert await stored(runtime) == 3


async def test_a_statement_that_took_too_long_does_not_end_the_process(ledger_url: str, own_nats_url: str) -> None:
    async with ledger(ledger_url, own_nats_url, max_call_seconds=0.2) as runtime:
        await store(runtime, 1, 25)
        async with runtime.reader.connect() as other:
            await other.execute(text("BEGIN"))
            await other.execute(text("LOCK TABLE idempotency"))
            with capture_logs() as said:
                async with beside(serve.expire_replies(runtime)), asyncio.timeout(10):
                    while not said:  # noqa: ASYNC110 - the server's patience ends
                        await asyncio.sleep(0.02)
            await other.execute(text("ROLLBACK"))
        assert said[0]["event"] == "stored replies not expired"
