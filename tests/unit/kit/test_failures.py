"""How a refusal is told: whole where it is short, and never too long for the trailers it travels in."""

from __future__ import annotations

import asyncio
import errno
import socket
from pathlib import Path
from typing import Any

import pytest
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from structlog.testing import capture_logs

from crmkit.db import create_engine, create_pool
from crmkit.errors import InvalidArgument, Violation
from crmkit.failures import classify, status_of
from crmkit.service import Service
from crmkit.settings import Settings

SERVICE = Service(name="little", servicers=(), migrations=Path())


def fields_of(error: InvalidArgument) -> list[str]:
    wrong = BadRequest()
    assert status_of(error).details[1].Unpack(wrong)
    return [violation.field for violation in wrong.field_violations]


def test_a_refusal_names_reason_facts_and_every_field() -> None:
    names = [f"contact.emails[{index}].address" for index in range(20)]
    wrong = [Violation(name, "This is no e-mail address: `nobody`.", "EMAIL_INVALID") for name in names]
    error = InvalidArgument("EMAIL_INVALID", "This is no e-mail address.", violations=wrong, ids="a,b")
    info = ErrorInfo()
    assert status_of(error).details[0].Unpack(info)
    assert (info.reason, dict(info.metadata)) == ("EMAIL_INVALID", {"ids": "a,b"})
    assert fields_of(error) == names


def test_what_the_caller_sent_never_makes_it_too_long() -> None:
    long = "ژ" * 70_000
    wrong = [Violation(long, long, "TEXT_INVALID") for _ in range(50)]
    error = InvalidArgument("TEXT_INVALID", long, violations=wrong, text=long)
    status = status_of(error)
    assert status.ByteSize() < 5_000
    assert status.message == "ژ" * 248 + "…"
    assert fields_of(error)


def test_half_a_character_in_a_refusal_is_replaced() -> None:
    assert status_of(InvalidArgument("TEXT_INVALID", "\ud800 is no character.")).message == "? is no character."


async def connect_by_sqlalchemy(url: str) -> None:
    engine = create_engine(url, Settings(), application="test", autocommit=True)
    try:
        async with engine.connect():
            pass
    finally:
        await engine.dispose()


async def connect_by_asyncpg(url: str) -> None:
    async with create_pool(url, Settings(), application="test") as pool, pool.acquire():
        pass


@pytest.mark.parametrize("connect", [connect_by_sqlalchemy, connect_by_asyncpg])
@pytest.mark.parametrize("away", ["nobody listens", "no such host", "no answer"])
async def test_a_database_without_connection_is_away_however_that_shows(
    connect: Any, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crmkit.db.CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and never says a word
        port = silent.getsockname()[1] if away == "no answer" else 1
        host = "nowhere.invalid" if away == "no such host" else "127.0.0.1"
        with pytest.raises(OSError) as caught:
            await connect(f"postgresql://nobody@{host}:{port}/none")
        with capture_logs() as logs:
            refusal = classify(caught.value, SERVICE)
    assert (refusal.code, refusal.reason) == ("UNAVAILABLE", "DATABASE_UNAVAILABLE")
    assert [(line["event"], line["log_level"]) for line in logs] == [("the database cannot be reached", "warning")]
    assert logs[0]["error"]


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "gone"), OSError(errno.ENOSPC, "full")])
def test_an_error_of_a_file_is_a_defect_of_ours_and_logged(error: OSError) -> None:
    with capture_logs() as logs:
        refusal = classify(error, SERVICE)
    assert refusal.code == "INTERNAL"
    assert logs[0]["exc_info"] is error


async def test_the_end_of_the_callers_time_is_told_as_that() -> None:
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(0):
            await asyncio.Event().wait()
    assert classify(caught.value, SERVICE).code == "DEADLINE_EXCEEDED"
