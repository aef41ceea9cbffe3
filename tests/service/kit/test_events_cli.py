"""`crm events`, as an operator uses it on one service's database."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from crmkit.events.consumer import run_consumers
from crmkit.events.relay import run_relay
from crmkit.service import Runtime
from tests.service.kit.ledger import beside, change, change_many, published, told, until
from tests.service.kit.teller import Poison, teller


async def crm(url: str, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `crm events …`."""
    command = [str(Path(sys.executable).parent / "crm"), "events", *arguments]
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        env={**os.environ, "CRM_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


async def test_events_are_listed_for_people_and_for_programs(runtime: Runtime, ledger_url: str) -> None:
    account = uuid4()
    await change_many(runtime, 5)
    async with runtime.writer.begin() as db:
        await change(db, account, owner="علی")
        await change(db, account, owner="Əli")
    code, out, _ = await crm(ledger_url, "list", "--service", "contacts", "--limit", "3")
    assert code == 0
    assert len(out.splitlines()) == 3
    assert "account.changed" in out.splitlines()[-1] and str(account) in out.splitlines()[-1]
    _, out, _ = await crm(ledger_url, "list", "--service", "contacts", "--aggregate", str(account), "--json")
    events = [json.loads(line) for line in out.splitlines()]
    assert [(event["type"], event["after"]["owner"]) for event in events] == [
        ("account.opened", "علی"),
        ("account.changed", "Əli"),
    ]
    _, out, _ = await crm(ledger_url, "list", "--service", "contacts", "--since", "2999-01-01")
    assert out == "no events\n"


async def test_wrong_usage_is_told_and_exits_with_2(ledger_url: str) -> None:
    for arguments in (
        ["list"],
        ["list", "--service", "contacts", "--since", "yesterday"],
        ["dead-letters", "retry", "--service", "contacts"],
        ["forget", "nobody"],
    ):
        code, _, err = await crm(ledger_url, *arguments)
        assert code == 2, arguments
        assert err.startswith("crm: ")


async def test_a_replay_is_done_by_the_relay(runtime: Runtime, ledger_url: str) -> None:
    async def repeated() -> bool:
        return len(await published(runtime)) == 10

    await change_many(runtime, 5)
    async with beside(run_relay(runtime)):
        await until(lambda: _stream_has(runtime, 5))
        code, out, _ = await crm(ledger_url, "replay", "--service", "contacts", "--since", "1h")
        assert (code, out) == (0, "contacts: its relay publishes 5 events again, in order, before anything newer\n")
        await until(repeated)


async def _stream_has(runtime: Runtime, count: int) -> bool:
    try:
        return len(await published(runtime)) == count
    except Exception:
        return False


async def test_dead_letters_are_listed_retried_and_discarded(runtime: Runtime, ledger_url: str) -> None:
    poison = Poison(sick := uuid4(), hopeless := uuid4())
    chosen = ("--service", "contacts")

    async def given_up() -> bool:
        async with runtime.reader.connect() as db:
            return bool((await db.execute(text("SELECT count(*) = 2 FROM dead_letter"))).scalar_one())

    async def applied() -> bool:
        return (sick, 1) in await told(runtime)

    async with beside(run_relay(runtime), run_consumers(runtime, [teller(poison)])):
        for account in (sick, hopeless):
            async with runtime.writer.begin() as db:
                await change(db, account)
        await until(given_up)
        code, out, _ = await crm(ledger_url, "dead-letters", "list", *chosen, "--json")
        letters = {letter["aggregate_id"]: letter for letter in json.loads(out)}
        assert code == 0
        assert letters[str(sick)]["consumer"] == "teller"
        assert letters[str(sick)]["error"] == "ValueError: cannot take account.opened"
        poison.accounts.clear()
        _, out, _ = await crm(ledger_url, "dead-letters", "retry", letters[str(sick)]["event_id"], *chosen)
        assert out == "1 given back to their consumers\n"
        await until(applied)
    _, out, _ = await crm(ledger_url, "dead-letters", "discard", "--all", *chosen)
    assert out == "1 discarded\n"
    _, out, _ = await crm(ledger_url, "dead-letters", "list", *chosen)
    assert out == "no dead letters\n"
    code, _, err = await crm(ledger_url, "dead-letters", "discard", str(uuid4()), *chosen)
    assert (code, err) == (1, "crm: no dead letter has such an id\n")
