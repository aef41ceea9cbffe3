"""The edge behind the real Envoy, with a real NATS, before services whose answers the tests set."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import nats
import pytest
from nats.aio.client import Client

from crmkit.access_mirror import access_bucket
from tests.system.gateway_stand import Stand, standing

READS_ALL = {"contact": {"read": "all", "export": "all", "import": "all"}, "company": {"read": "all"}}
OPERATES = {"system": {"read": "all", "administer": "all"}}


@pytest.fixture(scope="module")
async def broker(nats_url: str) -> AsyncIterator[Client]:
    client = await nats.connect(nats_url)
    bucket = await access_bucket(client.jetstream())
    await bucket.put("role.administrator", json.dumps(READS_ALL | OPERATES).encode())
    await bucket.put("role.representative", json.dumps({"contact": {"read": "own"}}).encode())
    yield client
    await client.close()


@pytest.fixture(scope="module")
async def stand(tmp_path_factory: pytest.TempPathFactory, nats_url: str, broker: Client) -> AsyncIterator[Stand]:
    async with standing(tmp_path_factory.mktemp("edge"), nats_url=nats_url) as running:
        await asyncio.wait_for(healthy(running), 20)
        yield running


async def healthy(stand: Stand) -> None:
    """Waits until everything serves."""
    while (await stand.call("GET", "/healthz", token=None)).status_code != 200:  # noqa: ASYNC110 - of another process
        await asyncio.sleep(0.1)


@pytest.fixture(autouse=True)
def no_answers(stand: Stand) -> None:
    stand.upstream.answers.clear()


def raising(error: Exception) -> Callable[..., Any]:
    def answer(*_: Any) -> None:
        raise error

    return answer
