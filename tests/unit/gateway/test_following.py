"""The edge follows rights and events whatever happens to its connection."""

import asyncio
from pathlib import Path

import pytest
from nats.aio.client import Client
from starlette.applications import Starlette
from structlog.testing import capture_logs

from gateway import contracts
from gateway.edge import app
from gateway.edge.settings import EdgeSettings


async def test_following_begins_anew_after_a_defect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "FOLLOW_AGAIN_SECONDS", 0.01)
    edge = app.Edge(EdgeSettings(targets=dict.fromkeys(contracts.domains(), "127.0.0.1:1")))
    again, attempts = asyncio.Event(), 0

    async def connect(_url: str) -> Client:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise RuntimeError("a defect")
        again.set()
        return await asyncio.Future()

    monkeypatch.setattr(edge.feed, "connect", connect)
    with capture_logs() as said:
        async with edge.running(Starlette()), asyncio.timeout(5):
            await again.wait()
    assert [line["event"] for line in said] == ["rights and events are not followed"]
