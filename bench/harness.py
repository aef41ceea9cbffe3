"""What every row of the table stands on: a stack with data, a sample of it, and how load is put on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from bench.load import Plan, Request, Result, measure
from bench.stack import BenchFailed, Stack

CONNECTIONS = 16
REPEATS = 3
SAMPLE = 2000


@dataclass(frozen=True)
class Row:
    """One line of the table. `reached` is None where the goal is no figure of this row."""

    work: str
    measured: str
    floor: str
    goal: str
    rivals: str
    reached: bool | None


@dataclass
class Bench:
    """A stack with data, and what the rows need to know of it."""

    stack: Stack
    seconds: float
    say: Callable[[str], None]
    ids: list[UUID] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)

    def load(self, requests: Sequence[Request], rate: float = 0.0, seconds: float = 0.0) -> Result:
        """One run of the load generator. Raises BenchFailed when more than one answer in a thousand is an error."""
        plan = Plan(
            self.stack.host, self.stack.port, self.stack.token(), requests, CONNECTIONS, seconds or self.seconds, rate
        )
        result = measure(plan)
        if result.errors * 1000 > result.count:
            raise BenchFailed(f"{result.errors} of {result.count} answers were errors: {result.first_error}")
        return result

    def throughput(self, requests: Sequence[Request]) -> Result:
        """The median of three runs as fast as answers come, after one to warm up."""
        self.load(requests, seconds=1.0)
        runs = sorted((self.load(requests) for _ in range(REPEATS)), key=lambda run: run.per_second)
        return runs[REPEATS // 2]

    def full_and_half(self, requests: Sequence[Request]) -> tuple[Result, Result]:
        """The throughput, and a run at half of it."""
        full = self.throughput(requests)
        return full, self.load(requests, rate=full.per_second / 2)

    async def prepare(self) -> None:
        """Draws the sample of contacts the rows use, the same table pgbench reads."""
        db = await asyncpg.connect(self.stack.database("contacts"))
        try:
            await db.execute("CREATE SCHEMA IF NOT EXISTS bench")
            await db.execute("DROP TABLE IF EXISTS bench.sample")
            await db.execute(
                "CREATE TABLE bench.sample AS SELECT row_number() OVER () AS n, id FROM "
                "(SELECT id FROM contact ORDER BY random() LIMIT 100000) AS drawn"
            )
            await db.execute("CREATE UNIQUE INDEX ON bench.sample (n) INCLUDE (id)")
            await db.execute("VACUUM (ANALYZE) bench.sample")
            rows = await db.fetch(
                "SELECT c.id, c.given_name, c.family_name FROM bench.sample s JOIN contact c USING (id) "
                "ORDER BY s.n LIMIT $1",
                SAMPLE,
            )
        finally:
            await db.close()
        self.ids = [UUID(str(row["id"])) for row in rows]
        self.names = [(row["given_name"], row["family_name"]) for row in rows]
