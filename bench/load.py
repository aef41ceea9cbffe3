"""The load generator: keep-alive HTTP/1.1 connections in a process of its own.

Closed loop: each connection sends its next request when the answer is there; gives the throughput. Open loop: requests
leave at a fixed rate whatever the answers do, and latency counts from when a request was due, so a stall is not hidden.

A request costs this generator about 30 µs of processor time (`cpu_seconds` in the result tells), which on a small
machine the system under test goes without.

    python -m bench.load < plan.json > result.json
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle
from typing import Any

import uvloop


@dataclass(frozen=True)
class Request:
    """One request; `body` is JSON text or empty."""

    method: str
    path: str
    body: str = ""


@dataclass(frozen=True)
class Plan:
    """What to send: the requests in turn, for some seconds; at `rate` a second, or as fast as answers come when 0."""

    host: str
    port: int
    token: str
    requests: Sequence[Request]
    connections: int = 16
    seconds: float = 5.0
    rate: float = 0.0


@dataclass
class Result:
    """What came back. Latencies in milliseconds; `statuses` counts answers by HTTP status."""

    per_second: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    count: int = 0
    errors: int = 0
    cpu_seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    first_error: str = ""


def measure(plan: Plan) -> Result:
    """Runs a plan in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        timeout=plan.seconds + 60,
        check=True,
    )
    return Result(**json.loads(done.stdout))


class _Run:
    """A plan being carried out."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.latencies: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.first_error = ""
        self.pending: deque[tuple[bytes, float]] = deque()
        self.idle: list[_Connection] = []
        self.ends = 0.0
        self.messages = cycle([_message(plan, request) for request in plan.requests])

    def answered(self, connection: _Connection, status: str, body: bytes) -> None:
        """Takes note of an answer and gives the connection its next request."""
        now = time.perf_counter()
        if now <= self.ends:
            self.latencies.append(now - connection.due)
            self.statuses[status] += 1
            if not status.startswith("2") and not self.first_error:
                self.first_error = f"{status} {body[:300]!r}"
        if self.plan.rate:
            if self.pending:
                connection.send(*self.pending.popleft())
            else:
                self.idle.append(connection)
        elif now < self.ends:
            connection.send(next(self.messages), now)

    async def carry_out(self) -> Result:
        """Connects, sends for the time of the plan, and adds up."""
        loop = asyncio.get_running_loop()
        connections = []
        for _ in range(self.plan.connections):
            _, connection = await loop.create_connection(lambda: _Connection(self), self.plan.host, self.plan.port)
            connections.append(connection)
        begun, cpu = time.perf_counter(), time.process_time()
        self.ends = begun + self.plan.seconds
        if self.plan.rate:
            self.idle = connections
            await self._at_rate(begun)
        else:
            for connection in connections:
                connection.send(next(self.messages), time.perf_counter())
            await asyncio.sleep(self.plan.seconds)
        return self._result(time.process_time() - cpu)

    async def _at_rate(self, begun: float) -> None:
        sent, total = 0, int(self.plan.rate * self.plan.seconds)
        while sent < total:
            due = begun + sent / self.plan.rate
            wait = due - time.perf_counter()
            if wait > 0.0005:
                await asyncio.sleep(wait)
            if self.idle:
                self.idle.pop().send(next(self.messages), due)
            else:
                self.pending.append((next(self.messages), due))
            sent += 1

    def _result(self, cpu_seconds: float) -> Result:
        ordered = sorted(self.latencies)
        errors = sum(count for status, count in self.statuses.items() if not status.startswith("2"))
        return Result(
            per_second=(len(ordered) - errors) / self.plan.seconds,
            p50=_percentile(ordered, 0.50),
            p95=_percentile(ordered, 0.95),
            p99=_percentile(ordered, 0.99),
            count=len(ordered),
            errors=errors,
            cpu_seconds=cpu_seconds,
            statuses=dict(self.statuses),
            first_error=self.first_error,
        )


class _Connection(asyncio.Protocol):
    """One keep-alive connection with one request under way at most."""

    def __init__(self, run: _Run) -> None:
        self.run = run
        self.due = 0.0
        self.buffer = b""
        self.wanted = -1

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def send(self, message: bytes, due: float) -> None:
        self.due = due
        self.transport.write(message)

    def data_received(self, data: bytes) -> None:
        buffer = self.buffer + data if self.buffer else data
        if self.wanted < 0:
            head = buffer.find(b"\r\n\r\n")
            if head < 0:
                self.buffer = buffer
                return
            self.wanted = head + 4 + _content_length(buffer[:head])
        if len(buffer) < self.wanted:
            self.buffer = buffer
            return
        self.buffer, self.wanted = b"", -1
        self.run.answered(self, buffer[9:12].decode(), buffer)

    def connection_lost(self, exc: Exception | None) -> None:
        if time.perf_counter() < self.run.ends:
            self.run.statuses["connection lost"] += 1


def _content_length(head: bytes) -> int:
    place = head.lower().find(b"\r\ncontent-length:")
    if place < 0:
        raise ValueError(f"an answer without content-length: {head[:400]!r}")
    end = head.find(b"\r\n", place + 2)
    return int(head[place + 17 : end if end >= 0 else None])


def _message(plan: Plan, request: Request) -> bytes:
    body = request.body.encode()
    content = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n" if body else ""
    head = (
        f"{request.method} {request.path} HTTP/1.1\r\nhost: {plan.host}\r\n"
        f"authorization: Bearer {plan.token}\r\n{content}\r\n"
    )
    return head.encode() + body


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


def main() -> None:
    given = json.load(sys.stdin)
    given["requests"] = [Request(**request) for request in given["requests"]]
    result = uvloop.run(_Run(Plan(**given)).carry_out())
    json.dump(asdict(result), sys.stdout)


if __name__ == "__main__":
    main()
