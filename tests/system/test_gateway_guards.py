"""The gateway under more than it should take: what is refused, and that the rest goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from crm.contacts.v1 import contact_pb2
from crmkit.errors import Unavailable
from gateway.envoy import clusters, render
from gateway.envoy.settings import EnvoySettings
from tests.system.gateway_stand import Stand, Upstream, standing

LITTLE_MEMORY = 4 * 2**20


async def metric(stand: Stand, name: str, **labels: str) -> float:
    """The sum of a metric of Envoy's over what has these labels."""
    url = f"http://127.0.0.1:{stand.settings.envoy_metrics_port}/stats/prometheus"
    text = (await asyncio.to_thread(requests.get, url, timeout=5)).text
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return sum(sample.value for sample in samples if sample.name == name and labels.items() <= sample.labels.items())


async def test_requests_beyond_what_a_service_may_have_are_refused_at_once_and_the_others_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "MAX_REQUESTS", 2)
    async with standing(tmp_path) as stand:
        full, go = asyncio.Semaphore(0), asyncio.Event()

        async def slow(request: Any, _: Any) -> contact_pb2.Contact:
            full.release()
            await go.wait()
            return contact_pb2.Contact(id=request.id)

        stand.upstream.answers["GetContact"] = slow
        held = [asyncio.create_task(stand.call("GET", f"/v1/contacts/{number}")) for number in range(2)]
        for _ in held:
            await asyncio.wait_for(full.acquire(), 10)
        beyond = await asyncio.gather(*(stand.call("GET", "/v1/contacts/beyond") for _ in range(3)))
        assert [answer.status_code for answer in beyond] == [503] * 3
        assert {answer.json()["details"][0]["reason"] for answer in beyond} == {"SERVICE_UNAVAILABLE"}
        assert max(answer.elapsed.total_seconds() for answer in beyond) < 5
        go.set()
        assert [answer.json()["id"] for answer in await asyncio.gather(*held)] == ["0", "1"]
        assert (await stand.call("GET", "/v1/contacts/again")).status_code == 200


def with_a_second_host(port: int) -> Callable[[EnvoySettings], list[dict[str, Any]]]:
    """Every service on one more port."""
    single = clusters.clusters

    def both(settings: EnvoySettings) -> list[dict[str, Any]]:
        found = single(settings)
        for cluster in found:
            if "health_checks" in cluster:
                address = {"socket_address": {"address": "127.0.0.1", "port_value": port}}
                cluster["load_assignment"]["endpoints"][0]["lb_endpoints"].append({"endpoint": {"address": address}})
        return found

    return both


async def test_a_host_that_fails_call_after_call_gets_no_more_although_it_says_it_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ill = Upstream()

    def fail(*_: Any) -> Any:
        raise Unavailable("DATABASE_UNAVAILABLE", "The database cannot be reached.")

    ill.answers["CreateContact"] = fail
    await ill.start()
    monkeypatch.setattr(render, "clusters", with_a_second_host(ill.port))
    try:
        async with standing(tmp_path) as stand:
            healthy = "envoy_cluster_membership_healthy"
            async with asyncio.timeout(20):
                while await metric(stand, healthy, envoy_cluster_name="contacts") < 2:  # noqa: ASYNC110 - it asks them
                    await asyncio.sleep(0.05)

            async def write() -> int:
                return (await stand.call("POST", "/v1/contacts", json={})).status_code

            failed, well = 0, 0
            async with asyncio.timeout(10):
                while well < 4:  # in a row: they take turns while both are asked
                    well = well + 1 if await write() == 200 else 0
                    failed += well == 0
            assert failed >= 5, "fewer failures in a row are not enough"
            active = "envoy_cluster_outlier_detection_ejections_active"
            assert await metric(stand, active, envoy_cluster_name="contacts") == 1
            tried = len(ill.seen)
            until = time.monotonic() + 5  # more than two health checks, which it passes
            while time.monotonic() < until:
                assert await write() == 200
                await asyncio.sleep(0.1)
            assert len(ill.seen) == tried
    finally:
        await ill.stop()


async def overload(stand: Stand, action: str) -> int:
    """How far an action of the overload manager is in force, in percent, as Envoy's admin says."""
    name = f"overload.envoy.overload_actions.{action}.scale_percent"
    url = f"http://127.0.0.1:{stand.settings.envoy_admin_port}/stats?filter={name}"
    answer = await asyncio.to_thread(requests.get, url, timeout=5)
    return int(answer.text.split(":")[-1] or 0)


async def test_without_memory_requests_are_refused_in_the_shape_of_all_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = render._overload

    def little(settings: EnvoySettings) -> dict[str, Any]:
        made = whole(settings.model_copy(update={"gateway_heap_bytes": LITTLE_MEMORY}))
        # The last resort would leave nobody to read the answer.
        made["actions"] = [action for action in made["actions"] if "accepting_connections" not in action["name"]]
        return made

    monkeypatch.setattr(render, "_overload", little)
    async with standing(tmp_path) as stand:
        async with asyncio.timeout(10):
            while await overload(stand, "stop_accepting_requests") < 100:  # noqa: ASYNC110 - it looks now and then
                await asyncio.sleep(0.05)
        answer = await stand.call("GET", "/v1/contacts/1")
        assert (answer.status_code, answer.json()["details"][0]["reason"]) == (503, "SERVICE_UNAVAILABLE")
        assert stand.upstream.seen == []


async def test_connections_beyond_the_limit_are_closed_and_one_that_ends_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "MAX_CONNECTIONS", 3)

    async def answered() -> tuple[asyncio.StreamWriter, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", stand.settings.http_port)
        try:
            writer.write(b"GET /v1/contacts HTTP/1.1\r\nHost: x\r\n\r\n")
            return writer, await asyncio.wait_for(reader.read(12), 10)
        except ConnectionResetError:
            return writer, b""

    async with standing(tmp_path) as stand:
        async with asyncio.timeout(10):  # until the look whether the port is open has been forgotten
            held: list[asyncio.StreamWriter] = []
            while len(held) < 3:
                writer, answer = await answered()
                if answer:
                    assert answer == b"HTTP/1.1 401"
                    held.append(writer)
        assert (await answered())[1] == b""
        held.pop().close()
        async with asyncio.timeout(10):
            while not (await answered())[1]:  # noqa: ASYNC110 - Envoy hears of the end a moment later
                await asyncio.sleep(0.05)
        for writer in held:
            writer.close()
