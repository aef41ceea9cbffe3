"""The roll call: every process of a service answers what it is, whichever of them was asked.

A process asks on the service's subject at NATS and gathers what comes within a moment; nothing is stored, so what
has died is not listed.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version

import nats.errors
import psutil
import structlog
from google.protobuf.timestamp_pb2 import Timestamp
from nats.aio.msg import Msg

from crm.system.v1.system_service_pb2 import ServiceStatus
from crmkit.broker import roll_call_subject
from crmkit.service import Runtime
from crmkit.telemetry import names

GATHER_SECONDS = 0.25
_ASK = "ask"
log = structlog.get_logger(__name__)


@dataclass
class RollCall:
    """Who answered, and how many events their consumers have still to take."""

    processes: list[ServiceStatus.Process] = field(default_factory=list)
    pending: Counter[str] = field(default_factory=Counter)

    def add(self, answer: ServiceStatus) -> None:
        """Takes over what one process said."""
        self.processes.extend(answer.processes)
        for consumer in answer.consumers:
            self.pending[consumer.name] += consumer.pending


def present(runtime: Runtime) -> ServiceStatus:
    """This process, and what its consumers have still to take."""
    started = Timestamp()
    started.FromDatetime(datetime.fromtimestamp(psutil.Process().create_time(), UTC))
    answer = ServiceStatus(service=runtime.service.name)
    answer.processes.add(
        host=socket.gethostname(),
        pid=os.getpid(),
        role=runtime.role,
        version=version("peyvand"),
        start_time=started,
        resident_bytes=psutil.Process().memory_info().rss,
        loop_lag_seconds=_loop_lag(),
    )
    pending: Counter[str] = Counter()
    for metric in names.consumer_lag.collect():
        for sample in metric.samples:
            pending[sample.labels["consumer"]] += int(sample.value)
    for name, count in pending.items():
        answer.consumers.add(name=name, pending=count)
    return answer


def _loop_lag() -> float:
    return next((sample.value for metric in names.loop_lag.collect() for sample in metric.samples), 0.0)


async def answer_roll_calls(runtime: Runtime) -> None:
    """Answers until cancelled; nats-py subscribes again after every reconnect."""

    client, service = runtime.nats, runtime.service.name

    async def answer(asked: Msg) -> None:
        await client.publish(roll_call_subject(service, asked.data.decode()), present(runtime).SerializeToString())

    await client.subscribe(roll_call_subject(service, _ASK), cb=answer)
    await asyncio.Event().wait()


async def roll_call(runtime: Runtime) -> RollCall:
    """Everyone who answers; without NATS this process alone."""
    found = RollCall()
    if runtime.nats.is_connected:
        try:
            await _gather(runtime, found)
        except (nats.errors.Error, OSError) as error:
            log.warning("roll call interrupted", error=str(error) or type(error).__name__)
    if not found.processes:
        found.add(present(runtime))
    found.processes.sort(key=lambda process: process.start_time.ToNanoseconds())
    return found


async def _gather(runtime: Runtime, found: RollCall) -> None:
    client, service = runtime.nats, runtime.service.name
    # Not the reply of a request: nobody may say anything to an inbox, not even its own (crmkit.broker).
    mine = secrets.token_hex(8)

    async def take(reply: Msg) -> None:
        found.add(ServiceStatus.FromString(reply.data))

    subscription = await client.subscribe(roll_call_subject(service, mine), cb=take)
    try:
        await client.publish(roll_call_subject(service, _ASK), mine.encode())
        await asyncio.sleep(GATHER_SECONDS)  # how many will answer is not known
    finally:
        await subscription.unsubscribe()
